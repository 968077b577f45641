//! Asking for help 求助: what somebody outside tells a street, without an account, and what becomes of it; and the
//! household's own voice afterwards.

crate::state_enum! {
    HelpState of Help {
        Received = "received", "等街道答复";
        Accepted = "accepted", "街道在办";
        Routed = "routed", "在办政府救助";
        Watched = "watched", "街道留意着";
        Needed = "needed", "已转为需求";
        Advised = "advised", "已答复";
        Closed = "closed", "已结束";
    }
}

crate::state_enum! {
    /// What the household says of what was done.
    VoiceState of Voice {
        Said = "said", "等街道回话";
        Noted = "noted", "已记下";
        Heard = "heard", "街道回了话";
    }
}

crate::text_enum! {
    /// For whom it is asked.
    ForWhom {
        Oneself = "oneself", "我自己";
        Family = "family", "家里人";
        Other = "other", "邻居或别人（代求助）";
    }
}

crate::text_enum! {
    /// Whether it can wait.
    Pace {
        Now = "now", "今天就难：没吃的、没住的、没人照看、看不了病";
        Days = "days", "能等一两天";
    }
}

crate::text_enum! {
    /// Whether the person knows of it.
    Agreed {
        Yes = "yes", "知道，同意";
        NotAsked = "not_asked", "还没问，或没法问";
    }
}

crate::text_enum! {
    /// How it came.
    HelpChannel {
        Web = "web", "网上";
        Poster = "poster", "海报二维码";
        Phone = "phone", "电话，工作人员代填";
        Visit = "visit", "村居走访";
        Organization = "organization", "社会组织的线索";
        Volunteer = "volunteer", "志愿者的线索";
    }
}

crate::text_enum! {
    /// How heavy it is for somebody who is watched over.
    WatchLevel {
        Light = "light", "一般";
        Middle = "middle", "较重";
        Heavy = "heavy", "严重";
    }
}

crate::text_enum! {
    /// By what somebody may come into difficulty.
    WatchSign {
        Medical = "medical", "看病花费大";
        LostWork = "lost_work", "丢了工作";
        Disaster = "disaster", "火灾等意外";
        AloneIll = "alone_ill", "独居又有病";
        Death = "death", "家里有人去世";
        Debt = "debt", "欠房租、水电费或债";
        School = "school", "孩子上学困难";
        Care = "care", "家人照护不过来";
    }
}

crate::text_enum! {
    /// A way of the government's own aid.
    AidKind {
        Temporary = "temporary", "临时救助";
        Immediate = "immediate", "临时救助（先行救助，后补手续）";
        Minimum = "minimum", "最低生活保障";
        Extreme = "extreme", "特困人员供养";
        Medical = "medical", "医疗救助";
        Education = "education", "教育救助";
        Housing = "housing", "住房救助";
        Work = "work", "就业救助";
        Fund = "fund", "救助基金";
    }
}

crate::text_enum! {
    /// Why a request ends without anything else.
    HelpClose {
        Duplicate = "duplicate", "同一件事已经在办";
        Unreachable = "unreachable", "多次联系不上";
        Declined = "declined", "本人不需要了";
        Resolved = "resolved", "已经解决";
        NotHelp = "not_help", "不是求助";
        MovedAway = "moved_away", "已搬走";
    }
}

crate::text_enum! {
    /// Whether whoever was to come came.
    Came {
        Yes = "yes", "来了";
        No = "no", "没来";
        NotDue = "not_due", "还没到日子";
    }
}

crate::text_enum! {
    /// Whether it helped.
    Helped {
        Enough = "enough", "帮上了，够了";
        More = "more", "帮上了，还需要";
        Not = "not", "没帮上";
        Stop = "stop", "不需要再来了";
    }
}

crate::text_enum! {
    /// Who speaks.
    Speaker {
        Oneself = "oneself", "本人";
        Family = "family", "家里人";
        Reader = "reader", "别人代答";
    }
}

impl HelpState {
    /// The clock that runs in it.
    pub fn clock(self) -> Option<crate::clock::Name> {
        use crate::clock::Name;
        match self {
            Self::Received => Some(Name::HelpTriage),
            Self::Accepted => Some(Name::HelpWork),
            Self::Routed => Some(Name::HelpRoute),
            Self::Watched => Some(Name::HelpWatch),
            Self::Needed | Self::Advised | Self::Closed => None,
        }
    }
}

/// Working days, and hours where it is urgent, within which the street answers.
pub const TRIAGE_WORKING_DAYS: u32 = 1;
pub const TRIAGE_URGENT_HOURS: i64 = 4;
/// The same for what it has taken on.
pub const WORK_WORKING_DAYS: u32 = 5;
pub const WORK_URGENT_HOURS: i64 = 24;
/// Working days within which the street answers who says that nobody came.
pub const VOICE_WORKING_DAYS: u32 = 3;
/// Days after which the same words are a new request.
pub const SAME_DAYS: i64 = 7;
/// Days back in which a recorded visit is held against "没来".
pub const RECORDED_DAYS: u64 = 14;

/// Words after which the line for those in despair stands first, each with what may follow it where it means something
/// else: a ceiling, an infusion, a price. Taking one's medicine (喝药) is no sign.
const DESPAIR: &[(&str, &str)] = &[
    ("不想活", ""),
    ("不想再活", ""),
    ("活不下去", ""),
    ("活够了", ""),
    ("不活了", ""),
    ("活着没意思", ""),
    ("活着没意义", ""),
    ("活着没劲", ""),
    ("生不如死", ""),
    ("不如死", ""),
    ("想死", ""),
    ("去死", ""),
    ("死了算", ""),
    ("死了干净", ""),
    ("自杀", ""),
    ("自尽", ""),
    ("轻生", ""),
    ("寻短见", ""),
    ("寻死", ""),
    ("走绝路", ""),
    ("同归于尽", ""),
    ("跳楼", "价"),
    ("跳河", ""),
    ("上吊", "顶灯扇柜瓶水针车篮兰"),
    ("割腕", ""),
    ("烧炭自", ""),
    ("服毒", ""),
    ("农药自", ""),
    ("喝农药", ""),
    ("喝了农药", ""),
    ("喝药自", ""),
    ("喝药死", ""),
    ("百草枯", ""),
    ("敌敌畏", ""),
    ("结束生命", ""),
    ("结束自己", ""),
    ("一了百了", ""),
    ("遗书", ""),
];

/// Whether somebody may be about to harm themselves. Rather once too often.
pub fn is_despair(words: &str) -> bool {
    let plain = plain(words);
    DESPAIR.iter().any(|(sign, other)| {
        plain.match_indices(sign).any(|(at, sign)| {
            let next = plain[at + sign.len()..].chars().next();
            next.is_none_or(|next| !other.contains(next))
        })
    })
}

/// The same words typed again: without spaces and marks.
pub fn plain(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Digits of a slip's number, the last of them the check digit.
pub const SLIP_DIGITS: usize = 8;

/// Check digit (Luhn) of seven digits.
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(*digit);
            match at % 2 {
                0 if digit > 4 => 2 * digit - 9,
                0 => 2 * digit,
                _ => digit,
            }
        })
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

/// A slip's number from random bytes.
pub fn slip(random: [u8; 8]) -> String {
    let mut number = u64::from_be_bytes(random) % 10_000_000;
    let mut digits = [0_u8; SLIP_DIGITS - 1];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
    let check = check_digit(&digits);
    digits.iter().chain([&check]).map(|digit| char::from(b'0' + digit)).collect()
}

/// A typed number, with or without spaces, also in full-width digits; nothing where the check digit does not fit.
pub fn parse_slip(text: &str) -> Option<String> {
    let mut digits = Vec::with_capacity(SLIP_DIGITS);
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c as u8 - b'0'),
            '０'..='９' => digits.push(u8::try_from(c as u32 - '０' as u32).ok()?),
            c if c.is_whitespace() || matches!(c, '-' | '－' | '–') => {}
            _ => return None,
        }
        if digits.len() > SLIP_DIGITS {
            return None;
        }
    }
    let (check, rest) = digits.split_last()?;
    (digits.len() == SLIP_DIGITS && check_digit(rest) == *check)
        .then(|| digits.iter().map(|digit| char::from(b'0' + digit)).collect())
}

/// `1234 5678`
pub fn shown(slip: &str) -> String {
    match (slip.get(..4), slip.get(4..)) {
        (Some(first), Some(rest)) => format!("{first} {rest}"),
        _ => slip.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_reads_back_and_a_wrong_digit_does_not() {
        for seed in [0_u64, 1, 9_999_999, 123_456_789_123, u64::MAX] {
            let slip = slip(seed.to_be_bytes());
            assert_eq!(parse_slip(&shown(&slip)).as_deref(), Some(slip.as_str()));
            for at in 0..SLIP_DIGITS {
                let mut wrong = slip.clone().into_bytes();
                wrong[at] = b'0' + (wrong[at] - b'0' + 1) % 10;
                assert_eq!(parse_slip(std::str::from_utf8(&wrong).unwrap()), None);
            }
        }
        assert_eq!(parse_slip("１２３４"), None);
        assert_eq!(parse_slip("🐟"), None);
    }

    #[test]
    fn despair_is_heard_also_between_marks() {
        assert!(is_despair("我 不 想 活 了"));
        assert!(is_despair("真不如自杀，算了"));
        assert!(is_despair("孩子她妈说活着没意思，前天还要喝农药"));
        assert!(is_despair("晚上吊瓶打完她说想上吊"));
        for words in ["老人行动不便，想吃口热饭", "每天喝药，药费付不起", "天花板上吊顶掉下来，漏雨", "晚上吊水没人陪"]
        {
            assert!(!is_despair(words), "{words}");
        }
    }
}
