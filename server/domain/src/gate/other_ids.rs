//! Numbers of other papers than the resident identity card: passports, travel
//! permits, household registers, certificates of disability and of relief,
//! social and medical insurance, files of hospitals and schools.
//!
//! Their numbers have no check digit, so the paper's name must stand beside
//! them; the identity cards of Hong Kong are known by their shape.

use super::Rule;
use super::fold::{Folded, digit};
use super::numbers::pattern;
use regex::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// The paper, as people call it.
const PAPER: &str = "护照|passport|huzhao|通行证|台胞证|回乡证|返乡证|旅行证|签证|居住证|居留证|居留许可|永居证|绿卡|户口簿|户口本|户口|户籍|户号|户编号|户主编号|\
    残疾人?证|残疾人?证件|残疾人?手册|残疾军人证|残联证|低保(?:金)?(?:领取)?证|低保(?:金)?(?:本|卡)|低保号|低保编号|低保户号|低保边缘证|最低生活保障(?:金领取)?证|特困(?:人员)?(?:供养|救助供养)?证|五保(?:供养)?证|救助证|救助卡|建档立卡|扶贫手册|困难证|\
    社会?保障?(?:卡|号|编号|账号|个人编号)|社会保障号码|社会保险号?|社保|医疗?保险?(?:卡|号|编号|账号|证|手册)|医保|养老保险(?:号|编号|手册)?|公积金(?:号|账号)?|个人编号|个人代码|退休证|离休证|养老金(?:领取)?证|老年人?证|老年卡|敬老卡|敬老证|优待证|优抚证|抚恤证|抚恤金证|\
    军人证|军官证|士兵证|警官证|退役证|退伍证|复员证|转业证|伤残证|伤残军人证|烈属证|军属证|结婚证|离婚证|出生证|出生证明|出生医学证明|准生证|独生子女证|收养证|收养登记证|死亡证明|驾驶证|驾照|行驶证|驾驶本|机动车登记证|\
    学籍|学生证|学号|准考证|考生号|毕业证|学位证|病案|病历|病历本|住院号|住院单|门诊号|门诊卡|就诊卡|就诊号|就诊证|诊疗卡|诊疗号|挂号单|检查号|影像号|房产证|房本|房产|不动产权?证|宅基地证|土地证|保单|保险单|工号|工作证|员工号|港澳台居民居住证|证件|证号|证上|本上";
/// Signs that may open a number and are no part of it.
const OPENING: [char; 5] = ['-', '·', '.', ':', '('];
/// What may stand between the paper and its number.
const MOST_BETWEEN: usize = 16;

static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    // The pattern is a constant and compiled by a test.
    #[expect(clippy::expect_used)]
    RegexBuilder::new(&PAPER.replace(['\n', ' '], "")).dfa_size_limit(16 << 20).build().expect("a constant pattern")
});
// The characters of a stamp before the digits: 津河低字第…号, 退, 津老.
pattern!(
    NUMBER,
    r"(?:\p{Han}{1,8}?字第?|[津退老残军优低特京冀沪]{1,3}(?:字第?)?|第)?[a-z]{0,4}[-·.:()]?(?:[0-9〇一二三四五六七八九陆幺两洞拐勾o][-·.,/_*()~、]{0,2}){6,24}[a-z]?"
);
// A telephone, an order, a sum: another thing's number.
pattern!(
    ANOTHERS,
    r"电话|咨询|热线|手机|微信|拨|致电|打给|请打|联系|短信|订单|工单|单号|批次|合同|信用代码|型号|金额|共计|合计|费用|花了|花费|交了?[0-9]|网址|银行|批号|版本|尾号|补贴|每月|一年|发票|坐标|公交|提案|文件|政策|定点|机构|窗口|大厅|目录|编码"
);
pattern!(
    AMOUNT,
    r"^\)?(?:元|块|万|亿|人|户|次|份|天|年|岁|米|公里|平|斤|克|分|点|张|套|本|%|名|个|位|日|号(?:文|令|提案|线|楼|院)|到期|有效|起|前|后)"
);
// Letters of a number and the paper behind it: e12345678是她的护照.
pattern!(AFTER, r"^[号]?(?:\)|,|就|这|是|为|的|她|他|我|老人|本人|家里|孩子){0,5}(?:的)?");
/// Hong Kong: a letter or two, six digits, the check digit in brackets. Taiwan's is known beside its words.
static BY_SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    // The pattern is a constant and compiled by a test.
    #[expect(clippy::expect_used)]
    Regex::new(r"[a-z]{1,2}[0-9]{6}\([0-9a]\)").expect("a constant pattern")
});
pattern!(TAIWAN, r"(?:台湾|台籍)[^。;]{0,16}?(?P<id>[a-z][1289][0-9]{8})");
// What an organization is registered or allowed by.
pattern!(NOBODYS, r"(?:登记|许可|执业|备案|资质|执照|经营|卫生|营业|法人|募捐|资格|组织|机构|产品|合格|检验)$");
/// Papers whose number also shows that of the place, and so may be short.
const SHORT: usize = 6;
/// Where only the paper's general name stands (证件, 本上), the number must be longer.
const LONG: usize = 7;

/// In the folded text without spaces.
pub(super) fn find(folded: &Folded) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    if !text.contains(|c| digit(c).is_some_and(|(_, plain)| plain)) {
        return out;
    }
    let alone = |range: &Range<usize>| {
        !text[..range.start].ends_with(|c: char| c.is_ascii_alphanumeric())
            && !text[range.end..].starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    out.extend(BY_SHAPE.find_iter(text).map(|found| found.range()).filter(alone).map(|range| (range, Rule::OtherId)));
    out.extend(
        TAIWAN
            .captures_iter(text)
            .filter_map(|found| found.name("id"))
            .map(|id| id.range())
            .filter(alone)
            .map(|range| (range, Rule::OtherId)),
    );
    for paper in DOCUMENT.find_iter(text) {
        if NOBODYS.is_match(&text[..paper.start()]) {
            continue;
        }
        if let Some(range) = behind(text, paper.range()).or_else(|| ahead(text, paper.range())) {
            out.push((range, Rule::OtherId));
        }
    }
    out
}

/// The number that stands behind a paper's name in the same sentence.
fn behind(text: &str, paper: Range<usize>) -> Option<Range<usize>> {
    let rest = &text[paper.end..];
    let stop = rest.find(['。', ';', '!', '?', '\n']).unwrap_or(rest.len());
    let found = NUMBER.find_iter(&rest[..stop]).find(|found| digits(found.as_str()) >= SHORT)?;
    let between = &rest[..found.start()];
    let least = if matches!(&text[paper.clone()], "证件" | "证号" | "证上" | "本上" | "户口" | "户籍" | "社保" | "医保")
    {
        LONG
    } else {
        SHORT
    };
    let number = found.as_str().trim_end_matches(['-', '·', '.', ',', '/', '_', '*', '(', '~', '、', ':']);
    let fits = between.chars().count() <= MOST_BETWEEN
        && digits(number) >= least
        && !ANOTHERS.is_match(between)
        && !AMOUNT.is_match(&rest[found.start() + number.len()..])
        && !is_day(number)
        && !is_public(number)
        && !between.ends_with(|c: char| c.is_ascii_alphanumeric());
    let end = paper.end + found.start() + number.len();
    fits.then(|| end - number.trim_start_matches(OPENING).len()..end)
}

/// The number that stands before it: `E90001900是她的护照`.
fn ahead(text: &str, paper: Range<usize>) -> Option<Range<usize>> {
    let lead = &text[..paper.start];
    let found = NUMBER.find_iter(lead).last()?;
    let number = found.as_str().trim_end_matches(['-', '·', '.', ',', '/', '_', '*', '(', '~', '、', ':']);
    let between = &lead[found.start() + number.len()..];
    let link = AFTER.find(between).is_some_and(|link| link.end() == between.len());
    let said = between.contains(['是', '为', '这', '就', '(']);
    let start = found.start();
    (link && said && digits(number) >= LONG && !is_day(number) && !is_public(number))
        .then(|| start + number.len() - number.trim_start_matches(OPENING).len()..start + number.len())
}

fn digits(text: &str) -> usize {
    text.chars().filter(|c| digit(*c).is_some_and(|(_, plain)| plain)).count()
}

/// A day of this century, or a span of years.
fn is_day(number: &str) -> bool {
    let plain: String = number.chars().filter(char::is_ascii_digit).collect();
    let part = |range: Range<usize>| plain.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    plain.len() == 8
        && !number.contains(|c: char| c.is_ascii_lowercase())
        && (1990..2100).contains(&part(0..4))
        && (1..=12).contains(&part(4..6))
        && (1..=31).contains(&part(6..8))
        || plain.len() == 8
            && number.len() == 9
            && (1950..2100).contains(&part(0..4))
            && (1950..2100).contains(&part(4..8))
}

/// The city's own telephone is no paper's number.
fn is_public(number: &str) -> bool {
    number.starts_with("022-") || number.starts_with("022")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let folded = Folded::new(text).tight();
        find(&folded).into_iter().map(|(range, _)| folded.text()[range].to_owned()).collect()
    }

    #[test]
    fn numbers_of_papers() {
        for (text, number) in [
            ("护照 E 9000 1900，要换发", "e90001900"),
            ("残疾证号12010119000101001643", "12010119000101001643"),
            ("户口簿编号：120190017", "120190017"),
            ("她拿的是香港身份证A190017(3)", "a190017(3)"),
            ("结婚证号津东字第190012号", "号津东字第190012"),
            ("E90001900是她的护照", "e90001900"),
            ("台胞证上写着零零一九零零五六", "〇〇一九〇〇五六"),
        ] {
            assert_eq!(of(text), [number], "{text}");
        }
    }

    #[test]
    fn papers_without_a_number_and_numbers_of_other_things() {
        for text in [
            "护照丢了，想请人陪着补办",
            "残疾证20270630到期，请陪同换证",
            "办社保卡请打022-63300012咨询",
            "低保证年审，工单号20260301380012",
            "医保定点机构编号H12011300190",
            "退休证补办费用138000元以内",
            "项目编号2026013800，需残疾证复印件",
            "登记证号52120113MJ08406906，可承接助餐",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
