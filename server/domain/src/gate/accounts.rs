//! Accounts: WeChat, QQ, e-mail and other networks; number plates.

use super::Rule;
use super::fold::{Folded, digit};
use super::numbers::pattern;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// What stands between the word and the account: `号`, `：`, `是`.
const LINK: &str = r#"[\s:：=\-—→"'“”‘’(（\[【]*(?:号码|号|账号|帐号|id|名|加|搜|搜索|是|为|叫|写|同|或|也是|就是|请|我|他|她|联系|私聊|备注|发|扫|找|家属的?|儿子的?|女儿的?|[\s:：=,，\-—→"'“”‘’(（\[【]){0,6}"#;

pattern!(
    EMAIL,
    r"(?x)
    [a-z0-9][a-z0-9._%+\-]{0,63}
    \s*(?:@|\(at\)|\[at\]|\{at\}|<at>|\sat\s|\#at\#|艾特|圈a|小老鼠|\#)\s*
    [a-z0-9\-]+(?:\s*(?:\.|。|\(dot\)|\[dot\]|\sdot\s|点)\s*[a-z0-9\-]+){0,3}\s*(?:\.|。|\(dot\)|\[dot\]|\sdot\s|点)\s*[a-z]{2,10}"
);
static WECHAT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:[微威薇葳徽维徾溦巍蔵危魏卫v][\s.·*]*[信芯心讯星腥x亻❤♥♡💗💚💬]|wei\s*xin|we\s*chat|\bw\s?x\b|\bv\s?x\b|\bv\b|绿泡泡|绿色软件|加v|围信|加我|[加扫](?:她|他|我|你|家属|老人)?的?微|[她他我]的微){LINK}(?P<id>[a-z0-9](?:[a-z0-9_\-]|下划线|横杠|减号){{4,24}}|[a-z0-9](?: [a-z0-9_\-]){{4,24}})"
    ))
});
static QQ: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"(?:q\s*q|q号|扣扣|抠抠|叩叩|口口号|丘丘|秋秋|球球|企鹅号?|腾讯号|加q|\bq\s*[:：]){LINK}"))
});
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:钉钉|抖音|快手|支付宝|微博|陌陌|小红书|飞书|telegram|whatsapp|skype|淘宝|企业微信|火山|视频号|贴吧){LINK}(?P<id>[a-z0-9@][a-z0-9_.@\-]{{4,24}})"
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
            if let Some(id) = found.name("id")
                && looks_like_account(id.as_str())
            {
                out.push((id.range(), rule));
            }
        }
    };
    named(&WECHAT, Rule::WeChat, &mut out);
    named(&OTHER, Rule::Account, &mut out);
    for found in QQ.find_iter(text) {
        if let Some(range) = digits_at(text, found.end(), 5, 11) {
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
    !tool && (id.contains(|c: char| c.is_ascii_digit() || c == '_' || c == '-') || id.len() >= 6)
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

pattern!(
    PLATE,
    r"(?x)
    (?:(?:[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?:牌照?|字牌?)?|车牌号?码?[是为:]*|牌照号?[是为:]*|车号[是为:]*)
    [-·.]?[a-z][-·.]?(?:[a-z0-9〇一二三四五六七八九幺][-·.]?){5,6}(?:[挂学警港澳])?)"
);

/// Plates, in the folded text without spaces.
pub(super) fn find_plates(folded: &Folded) -> Found {
    PLATE
        .find_iter(folded.text())
        .filter(|found| found.as_str().chars().filter(|c| digit(*c).is_some_and(|(_, plain)| plain)).count() >= 2)
        .map(|found| {
            let trimmed = found.as_str().trim_end_matches(['-', '·', '.']);
            (found.start()..found.start() + trimmed.len(), Rule::Plate)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Rule> {
        let folded = Folded::new(text);
        let mut found = find(&folded);
        found.extend(find_plates(&folded.tight()));
        found.into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn ways_of_writing_an_account() {
        for text in
            ["家属微信chenxi_1900_home", "葳信dz1900wujia", "加V：abc_1900", "微信号是 wx1900abc", "vx laoli1900"]
        {
            assert_eq!(of(text), [Rule::WeChat], "{text}");
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
