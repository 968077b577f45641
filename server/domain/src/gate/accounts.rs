//! Accounts: WeChat, QQ, e-mail and other networks; number plates.

use super::Rule;
use super::fold::{Folded, digit};
use super::numbers::pattern;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// The word for a WeChat account in its disguises.
const WECHAT_WORD: &str = r"(?:[微威薇葳徽维徾溦巍蔵危魏卫v][\s.·*]*[信芯心讯星腥x亻❤♥♡💗💚💬]|wei\s*xin|we\s*chat|(?-u:\b)w\s?x(?-u:\b)|(?-u:\b)v\s?x(?-u:\b)|(?-u:\b)v(?-u:\b)|绿泡泡|绿色软件|加个?v|围信|加我|[加扫](?:她|他|我|你|家属|老人)?的?微|[她他我]的微)";
const QQ_WORD: &str = r"(?:q\s*q|q号|扣扣|抠抠|叩叩|口口号|丘丘|秋秋|球球|企鹅号?|腾讯号|加q|(?-u:\b)q\s*[:：]|扣我)";
/// What stands between the word and the account: `号`, `：`, `是`.
const LINK: &str = r#"[\s:：=\-—→"'“”‘’(（\[【]*(?:号码|号|账号|帐号|id|名|加|搜|搜索|是|为|叫|写|同|或|也是|就是|请|我|他|她|联系|私聊|备注|发|扫|找|家属的?|儿子的?|女儿的?|[\s:：=,，\-—→"'“”‘’(（\[【]){0,6}"#;
/// An account spelled aloud: `q i n g 下划线 1900`, `d-z-1-9-0-0`.
const SPELLED: &str = r"[a-z](?:\s*(?:下划线|底线|底杠|横杠|横线|减号|短横|杠|加上?|再加|然后|[_\-·+,、])?\s*[a-z0-9〇一二三四五六七八九]){4,30}";

pattern!(
    EMAIL,
    r"(?x)
    [a-z0-9][a-z0-9._%+\-]{0,63}
    \s*(?:@|\(at\)|\[at\]|\{at\}|<at>|\sat\s|\#at\#|艾特|圈a|a圈|小老鼠|老鼠号|\#)\s*
    [a-z0-9\-一二三四五六七八九]+(?:\s*(?:\.|。|\(dot\)|\[dot\]|\sdot\s|点)\s*[a-z0-9\-]+){0,3}\s*(?:\.|。|\(dot\)|\[dot\]|\sdot\s|点)\s*[a-z]{2,10}"
);
// Name and domain told apart: 邮箱名是sun1900，在example点org.
pattern!(
    EMAIL_TOLD,
    r"(?:邮箱|信箱|邮件|mail|电邮)[^。;]{0,12}?(?P<id>[a-z0-9][a-z0-9._\-]{2,40}[^。;]{0,16}?[a-z0-9\-〇一二三四五六七八九]{2,20}\s*(?:点|dot|\.)\s*(?:com|cn|net|org|edu|gov))"
);
// The service by its name: qq邮箱7900064215, liu1900的163邮箱.
pattern!(
    EMAIL_AT,
    r"(?:qq|163|126|139|189|foxmail|gmail|outlook|网易|新浪|搜狐|阿里)\s*(?:邮箱|信箱)[号名是为:：\s,，]{0,4}(?:前面|名字?|用户名|账号|号码)?[是为:：]?(?P<id>[a-z0-9][a-z0-9._\-]{3,40})|(?P<ahead>[a-z0-9][a-z0-9._\-]{3,40})[\s,，]*(?:的|是|在|用的?是?)?\s*(?:qq|163|126|139|189|foxmail|gmail|outlook|网易|新浪|搜狐|阿里)\s*(?:邮箱|信箱)"
);

static WECHAT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}{LINK}(?P<id>[a-z0-9](?:[a-z0-9_\-〇一二三四五六七八九]|下划线|横杠|减号){{4,24}}|[a-z0-9](?: [a-z0-9_\-]){{4,24}})"
    ))
});
/// The account before its word: `sunny_1900x是女儿的微信`.
static WECHAT_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>[a-z][a-z0-9_\-]{{4,24}})[\s,，:：、]*[(（]?(?:这个|这)?(?:是|为|就是|即|→|—|-)?[\p{{Han}}]{{0,6}}?{WECHAT_WORD}"
    ))
});
static WECHAT_SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}[^。;a-z]{{0,14}}?(?P<id>{SPELLED})|(?P<ahead>{SPELLED})[^。;a-z]{{0,14}}?{WECHAT_WORD}"
    ))
});
/// `微信是老王的全拼加1900`.
static WECHAT_DESCRIBED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}{LINK}(?P<id>[\p{{Han}}a-z]{{1,10}}?的?(?:拼音|全拼|首字母|缩写|小写|大写)[\p{{Han}}+\s,，]{{0,6}}[a-z0-9_〇一二三四五六七八九\-]{{2,20}})"
    ))
});
/// `搜jia1900bao加我好友`.
static SOUGHT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"搜索?[\s:：“\x22]*(?P<id>[a-z0-9][a-z0-9_\-]{4,24})[”\x22\s,，]*[\p{Han}]{0,4}?(?:加|好友|关注|添加|就能找到|找我)",
    )
});
static QQ: LazyLock<Regex> = LazyLock::new(|| compiled(&format!(r"{QQ_WORD}{LINK}")));
static QQ_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>[0-9〇一二三四五六七八九幺][0-9〇一二三四五六七八九幺\-·. ]{{4,14}})[\s,，:：、]*[(（]?(?:这个|这)?(?:是|为|就是|即)?[\p{{Han}}]{{0,5}}?{QQ_WORD}"
    ))
});
const NETWORK: &str = r"(?:钉钉|抖音|快手|支付宝|微博|陌陌|小红书|飞书|telegram|whatsapp|skype|淘宝|闲鱼|企业微信|火山|视频号|贴吧|公众号|b站|哔哩哔哩|知乎|拼多多|美团|skype|line|游戏)";
static OTHER: LazyLock<Regex> =
    LazyLock::new(|| compiled(&format!(r"{NETWORK}{LINK}(?P<id>[a-z0-9@][a-z0-9_.@\-]{{4,24}})")));
static OTHER_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>[a-z][a-z0-9_.\-]{{4,24}})[\s,，:：、]*[(（]?(?:是|为|就是|即)?[\p{{Han}}]{{0,5}}?{NETWORK}(?:号|账号|帐号|id|名)"
    ))
});
/// A channel by its Chinese name and a number: 抖音搜老李的菜园1900.
static CHANNEL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{NETWORK}(?:号|账号|昵称|名字|名)?(?:搜索?|叫|是|为|:|：)[“\x22]?(?P<id>[\p{{Han}}a-z]{{1,12}}[0-9_]{{2,8}}[\p{{Han}}a-z]{{0,4}}?)(?:[”\x22,，。;；]|就是|是|$)"
    ))
});

// The patterns are constants and compiled by a test.
#[expect(clippy::expect_used)]
fn compiled(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// Accounts, in the folded text with its spaces.
pub(super) fn find(folded: &Folded) -> Found {
    let text = folded.text();
    let mut out: Found = EMAIL.find_iter(text).map(|found| (found.range(), Rule::Email)).collect();
    let named = |pattern: &Regex, rule: Rule, out: &mut Found| {
        for found in pattern.captures_iter(text) {
            for part in ["id", "ahead"] {
                if let Some(id) =
                    pattern.capture_names().flatten().any(|name| name == part).then(|| found.name(part)).flatten()
                    && looks_like_account(id.as_str())
                {
                    out.push((id.range(), rule));
                }
            }
        }
    };
    named(&EMAIL_TOLD, Rule::Email, &mut out);
    named(&EMAIL_AT, Rule::Email, &mut out);
    for pattern in [&WECHAT, &WECHAT_AHEAD, &WECHAT_SPELLED, &WECHAT_DESCRIBED, &SOUGHT] {
        named(pattern, Rule::WeChat, &mut out);
    }
    for pattern in [&OTHER, &OTHER_AHEAD, &CHANNEL] {
        named(pattern, Rule::Account, &mut out);
    }
    for found in QQ.find_iter(text) {
        if let Some(range) = digits_at(text, found.end(), 5, 11) {
            out.push((range, Rule::Qq));
        }
    }
    for found in QQ_AHEAD.captures_iter(text).filter_map(|found| found.name("id")) {
        if let Some(range) = digits_at(text, found.start(), 5, 11) {
            out.push((range, Rule::Qq));
        }
    }
    out
}

/// Not a plain word of the trade: an account has a digit, an underscore, or is long.
fn looks_like_account(id: &str) -> bool {
    let tool = ["pay", "work", "mini", "group", "video", "android", "iphone", "windows"]
        .iter()
        .any(|word| id.starts_with(word));
    let signs = |c: char| c == '_' || c == '-' || digit(c).is_some_and(|(_, plain)| plain);
    !tool && (id.contains(signs) || id.len() >= 6)
}

/// A run of `least` to `most` digits at `at`, Chinese ones and single separators allowed.
fn digits_at(text: &str, at: usize, least: usize, most: usize) -> Option<Range<usize>> {
    let (mut count, mut end, mut gap) = (0, at, 0);
    for (offset, c) in text[at..].char_indices() {
        match digit(c) {
            Some((_, plain)) if plain || count > 0 => {
                count += 1;
                gap = 0;
                end = at + offset + c.len_utf8();
            }
            _ if count > 0 && gap < 1 && matches!(c, ' ' | '-' | '·' | '.' | '_') => gap += 1,
            _ => break,
        }
    }
    (least..=most).contains(&count).then_some(at..end)
}

const PROVINCE: &str = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]";
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{PROVINCE}(?:牌照?|字牌?|字头|开头)?[,，的]{{0,2}}|(?:车牌号?码?|牌照号?码?|车号|牌号|号牌)(?:天津|北京|河北)?[是为:,，]*|天津牌照?)[-·.]?[a-z][-·.]?(?:[a-z0-9〇一二三四五六七八九幺][-·.]?){{5,6}}(?:[挂学警港澳])?"
    ))
});
/// Tractors and harvesters bear two digits for the place and five for the machine: 津02·00317.
static FARM_PLATE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{PROVINCE}|天津|河北|北京|(?:牌号|号牌|牌照号?码?|车牌号?码?)[是为:]*)[-·.]?[0-9〇一二三四五六七八九]{{2}}[-·.,]?[0-9〇一二三四五六七八九]{{5}}(?:[学挂])?"
    ))
});
pattern!(VEHICLE, r"车|牌|拖拉机|收割机|农机|插秧机|旋耕机|播种机|三马子|机动|驾驶|联合收割");

/// Plates, in the folded text without spaces.
pub(super) fn find_plates(folded: &Folded) -> Found {
    let text = folded.text();
    let is_digit = |c: char| digit(c).is_some_and(|(_, plain)| plain);
    let mut out: Found = PLATE
        .find_iter(text)
        .filter(|found| found.as_str().chars().filter(|c| is_digit(*c)).count() >= 2)
        .map(|found| {
            let trimmed = found.as_str().trim_end_matches(['-', '·', '.']);
            (found.start()..found.start() + trimmed.len(), Rule::Plate)
        })
        .collect();
    if VEHICLE.is_match(text) {
        out.extend(
            FARM_PLATE
                .find_iter(text)
                .filter(|found| !text[found.end()..].starts_with(is_digit))
                .map(|found| (found.range(), Rule::Plate)),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Rule> {
        let folded = Folded::new(text);
        let mut found = find(&folded);
        found.extend(find_plates(&folded.tight()));
        found.sort_by_key(|(range, _)| range.start);
        found.dedup_by_key(|(_, rule)| *rule);
        found.into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn ways_of_writing_an_account() {
        for text in
            ["家属微信chenxi_1900_home", "葳信dz1900wujia", "加V：abc_1900", "微信号是 wx1900abc", "vx laoli1900"]
        {
            assert_eq!(of(text), [Rule::WeChat], "{text}");
        }
        for text in [
            "sunny_1900x是女儿的微信",
            "xiaoqin-1900（微信）",
            "微信号是 qing 下划线 1900 下划线 home",
            "d-z-1-9-0-0-w-j去掉横线就是我微信",
            "微信是老王拼音加1900",
        ] {
            assert!(of(text).contains(&Rule::WeChat), "{text}");
        }
        assert_eq!(of("7900064215是我QQ"), [Rule::Qq]);
        assert!(of("邮箱名是sun1900，在example点org").contains(&Rule::Email));
        for text in ["三轮车牌号津02·00317", "拖拉机津14-00921", "接人的车，津字头，BD零零一二"]
        {
            assert_eq!(of(text), [Rule::Plate], "{text}");
        }
        for text in ["QQ 7900064215", "扣扣七九零零零六四二一五", "Q Q号：79000-64215"] {
            assert_eq!(of(text), [Rule::Qq], "{text}");
        }
        for text in [
            "laosong1900@example.net",
            "laosong1900＠example．net",
            "laosong1900 (at) example (dot) net",
            "laosong艾特example点net",
        ] {
            assert_eq!(of(text), [Rule::Email], "{text}");
        }
        for text in ["津F·0K0J3", "津BDQ0001", "津 f 0k0j3", "车牌F0K0J3"] {
            assert_eq!(of(text), [Rule::Plate], "{text}");
        }
    }

    #[test]
    fn talk_of_accounts_names_none() {
        for text in [
            "家里没有微信，只能通话",
            "微信视频每周一次",
            "发QQ邮件不会用",
            "想学微信支付和扫码",
            "津民发〔2020〕19号",
            "微信群里通知",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
