//! Numbers: resident identity, telephones, bank cards; also spaced, spoken in
//! Chinese digits, broken by punctuation or by a few words.

use super::fold::{Folded, digit};
use super::{About, Place, Rule};
use crate::resident_id::ResidentId;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// An unbroken run of digits.
#[derive(Debug)]
struct Group {
    /// Bytes of the folded text.
    start: usize,
    end: usize,
    digits: String,
    /// Ends with the X of an identity number.
    x: bool,
    /// A letter stands directly before or after: part of a code.
    lettered: bool,
    /// All digits are Chinese ones.
    spoken: bool,
}

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Spaces, hyphens, dots: people write one number so.
    Tight,
    /// A few words or a comma.
    Words,
    Wide,
}

const SIGNS: &str = " \t\n-·._/\\()~*+'\"|#,、。;…=>→^&\u{3000}[]{}<>「」【】—:?!@%$";
const MOST_WORDS: usize = 10;

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        // The patterns are constants and compiled by a test.
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("a constant pattern"));
    };
}
pub(super) use pattern;

pattern!(ID_CUE, r"身份|证件|残疾证|残疾人证|户口|十五位|15位|老证|旧证|一代证|二代证|sfz|证号|公民号|登记号");
pattern!(
    SERIAL_CUE,
    r"(批次|订单|编号|单号|流水|运单|快递|凭证|文号|序列|批号|货号|条码|批复|案号|信用代码|代码|合同|发票|型号|发文|提案|议案|建议)[^。;,]{0,8}$"
);
pattern!(
    CARD_CUE,
    r"卡号|银行|存折|账号|账户|帐号|帐户|开户|农行|工行|建行|中行|储蓄|借记|社保卡|一卡通|金卡|补贴卡|工资卡|低保卡|的卡|打到|汇到|转到|发到"
);
pattern!(
    PHONE_CUE,
    r"电话|手机|座机|固话|固定|来电|致电|打|拨|号码|联系|短信|通话|呼|tel|phone|热线|家里|传真|call|宅电"
);
pattern!(
    HOTLINE_CUE,
    r"(热线|总机|公开电话|对外电话|办公电话|值班电话|服务电话|监督电话|咨询电话|预约电话|报名电话|客服|便民电话|前台)[^。;,，]{0,10}$"
);
// An office and its telephone in one clause: a public number, unless somebody's home stands there too.
pattern!(
    OFFICE_CUE,
    r"(中心|助餐点|服务点|活动点|助浴点|驿站|之家|办事处|街道办|民政局|残联|妇联|团委|慈善会|红十字会|居委会|村委会|大队部|派出所|司法所|救助站|管理站|服务站|社工站|卫生院|卫生站|卫生室|卫生服务|医院|门诊|挂号|供热站|供电所|水务|燃气|物业|养老院|敬老院|护理院|福利院|协会|基金会|服务社|社会组织|工作站|窗口|服务大厅|学校|图书馆|食堂|咨询|预约|报修|投诉|值班|办公|本中心|本机构|本站|本会|机构|单位|联合会|工会|商会|学会|民政|社保|(?:区|市|镇|街道?|县|乡|村)[\p{Han}]{0,8}(?:科|局|处|室|所|站|会|院|办|委|队|厅))[^。;]{0,16}$"
);
pattern!(
    HOME_CUE,
    r"家里|家中|我家|老人家|宅电|住宅|本人|儿子|女儿|老伴|爱人|妻子|丈夫|母亲|父亲|孙子|孙女|邻居|家属|亲戚|侄|外甥|妈|爸|奶|爷|姐|哥|弟|妹|婶|姨|叔|嫂|媳|老两口|老人的|户主|护工|[他她](?:家|的|本|自|那)|我的|熟人|私人"
);
// 陪同去医院配药,固定电话…: the office stands in another clause.
pattern!(AT_HOME, r"[,，][^,，。;]{0,4}(?:固定电话|座机|固话|宅电)[号码是为:\s(]*$");
pattern!(SPLIT_CUE, r"前[三3四]|开头|头三|中间|后[四4八]|末|尾|电话|手机|号码|打|拨|联系|接着|再|然后|转|杠|横|点");
pattern!(SURE_PHONE_CUE, r"电话|手机|座机|固话|来电|致电|打|拨|热线|宅电|呼");
// 拨款 and 打扫 call nobody.
pattern!(NOT_CALLING, r"拨款|拨付|划拨|打款|打印|打扫|打包|打卡|打针|打工|打理|打算|打折|打药|打井|呼吸");
pattern!(
    CALLS_AFTER,
    r"他家|她家|家里|我家|家的|打|拨|接听|能接|有人接|没人接|响|找|喊|转告|留言|听见|回话|能通|^[^。;]{0,6}(?:女儿|儿子|儿媳|老伴|邻居|家属|老人|本人|家人)接"
);
pattern!(LAST_FOUR, r"后[四4]|[末尾]");
pattern!(
    MONEY_AFTER,
    r"^[\s)]*[(]?(元|万|亿|块|人民币|rmb|圆|米|厘米|毫米|平|克|公斤|斤|吨|亩|千瓦|度|℃|%|股|余元|多元|余人|余户|整|件|份|人次|人[,。;]|户[,。;]|株|棵|只|册|千米|公里|立方)"
);
// Behind a run of eleven digits only money says that it is a sum.
pattern!(MONEY, r"^\s*[(]?(元|万元|亿|人民币|rmb|圆|余元|多元|元整)");
pattern!(
    MONEY_BEFORE,
    r"(人民币|[¥￥$]|金额|合计|共计|总计|累计|预算|捐赠|捐款|拨款|投入|收入|支出|结余|余额|价值|总额|善款|资金|报销|自付|款项|募集|筹集|投资|产值|售价|造价|面积|产量)[是为:共达计了]{0,3}\s*[(]?$"
);

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let groups = groups(folded);
    let gaps: Vec<Gap> = groups.windows(2).map(|pair| gap(&text[pair[0].end..pair[1].start])).collect();
    let mut out = Found::new();
    let mut at = 0;
    while at < groups.len() {
        match longest(text, &groups, &gaps, at, about.place) {
            Some((end, rule)) => {
                out.push((groups[at].start..groups[end].end, rule));
                at = end + 1;
            }
            None => at += 1,
        }
    }
    out
}

fn groups(folded: &Folded) -> Vec<Group> {
    let chars = folded.chars();
    let text = folded.text();
    let is_letter = |c: Option<&(usize, char)>| c.is_some_and(|(_, c)| c.is_ascii_lowercase());
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if digit(chars[at].1).is_none_or(|(_, plain)| !plain) && !leads(&chars, at) {
            at += 1;
            continue;
        }
        // 前六120114, 中间四个0000: how many digits follow, and those digits.
        let ascii = |from: usize| chars.iter().skip(from).take_while(|(_, c)| c.is_ascii_digit()).count();
        let told = !chars[at].1.is_ascii() && at > 0 && "前后头末尾间".contains(chars[at - 1].1);
        if told && ascii(at + 1) >= 3 {
            at += 1;
            continue;
        }
        if let (Some((count @ 2..=8, _)), Some((_, '个'))) = (digit(chars[at].1), chars.get(at + 1))
            && ascii(at + 2) == usize::from(count)
        {
            at += 2;
            continue;
        }
        // "Four zeros": as many digits as are counted.
        if let (Some((count @ 2..=8, _)), Some((_, '个')), Some((zero, _))) =
            (digit(chars[at].1), chars.get(at + 1), chars.get(at + 2).and_then(|(_, c)| digit(*c)))
            && zero == 0
        {
            let stop = chars.get(at + 3).map_or(text.len(), |(at, _)| *at);
            let digits = "0".repeat(usize::from(count));
            out.push(Group { start: chars[at].0, end: stop, digits, x: false, lettered: false, spoken: true });
            at += 3;
            continue;
        }
        // "The last four digits": a count, not a digit of the number.
        if !chars[at].1.is_ascii() && chars.get(at + 1).is_some_and(|(_, c)| matches!(c, '位' | '个' | '段')) {
            at += 1;
            continue;
        }
        let first = at;
        let mut digits = String::new();
        while at < chars.len()
            && let Some((value, plain)) = digit(chars[at].1)
            // A letter or a word counts only between digits.
            && (plain || leads(&chars, at) || (at > first && chars.get(at + 1).is_some_and(|(_, c)| digit(*c).is_some()))
                || (digits.len() >= 7 && !is_letter(chars.get(at + 1))))
        {
            // 13800001234八点前打, 周二13800001234: the whole number ends where the writing changes.
            let changes = at > first && chars[at].1.is_ascii() != chars[at - 1].1.is_ascii();
            let ascii = |range: &[(usize, char)]| range.iter().take_while(|(_, c)| c.is_ascii_digit()).count();
            if changes
                && (ascii(&chars[first..at]) == at - first && digits.len() >= 7
                    || digits.len() <= 2 && ascii(&chars[at..]) >= 7)
            {
                break;
            }
            digits.push(char::from(b'0' + value));
            at += 1;
        }
        let spoken = chars[first..at].iter().all(|(_, c)| !c.is_ascii());
        let mut end = at;
        let rest = chars.get(at..).unwrap_or_default();
        let x = match rest.first() {
            Some((_, 'x' | '×')) => {
                end += 1;
                true
            }
            Some((_, '叉')) if digits.len() >= 3 => {
                end += 1;
                true
            }
            _ => false,
        };
        let x = x && !is_letter(chars.get(end));
        let lettered = (first > 0 && is_letter(chars.get(first - 1))) || (!x && is_letter(chars.get(at)));
        let end = if x { end } else { at };
        let stop = chars.get(end).map_or(text.len(), |(at, _)| *at);
        out.push(Group { start: chars[first].0, end: stop, digits, x, lettered, spoken });
        at = end;
    }
    out
}

/// A spoken zero or one (洞, o, l) opens a number when at least six digits follow.
fn leads(chars: &[(usize, char)], at: usize) -> bool {
    let opens = matches!(chars[at].1, '洞' | '拐' | '勾' | 'l' | 'i' | 'o');
    opens
        && !at.checked_sub(1).is_some_and(|before| chars[before].1.is_ascii_lowercase())
        && chars[at + 1..].iter().take_while(|(_, c)| digit(*c).is_some()).count() >= 6
}

fn gap(between: &str) -> Gap {
    let count = between.chars().count();
    if count <= 4 && between.chars().all(|c| SIGNS.contains(c) || !(c.is_alphanumeric() || super::lexicon::is_han(c))) {
        Gap::Tight
    } else if count <= MOST_WORDS && !between.contains(['年', '月', '元', '岁', '次', '天', '时', '×', '*']) {
        Gap::Words
    } else {
        Gap::Wide
    }
}

/// The longest sequence of groups from `at` on that is one number.
fn longest(text: &str, groups: &[Group], gaps: &[Gap], at: usize, place: Place) -> Option<(usize, Rule)> {
    let mut reach = at;
    let mut digits = 0;
    while reach < groups.len() {
        digits += groups[reach].digits.len();
        if digits > 24 {
            break;
        }
        reach += 1;
        if gaps.get(reach - 1).is_none_or(|gap| *gap == Gap::Wide) {
            break;
        }
    }
    (at..reach).rev().find_map(|end| {
        let worded = gaps[at..end].contains(&Gap::Words);
        judge(text, &groups[at..=end], worded, place).map(|rule| (end, rule))
    })
}

fn before(text: &str, at: usize, count: usize) -> &str {
    let start = text[..at].char_indices().rev().take(count).last().map_or(at, |(start, _)| start);
    &text[start..at]
}

/// The sentence around a place.
pub(super) fn clause(text: &str, range: Range<usize>) -> &str {
    const ENDS: [char; 5] = ['。', ';', '!', '?', '\n'];
    let start =
        text[..range.start].char_indices().rev().find(|(_, c)| ENDS.contains(c)).map_or(0, |(at, c)| at + c.len_utf8());
    let end = text[range.end..].find(ENDS).map_or(text.len(), |at| range.end + at);
    &text[start..end]
}

fn after(text: &str, at: usize, count: usize) -> &str {
    let end = text[at..].char_indices().nth(count).map_or(text.len(), |(end, _)| at + end);
    &text[at..end]
}

fn judge(text: &str, groups: &[Group], worded: bool, place: Place) -> Option<Rule> {
    let (first, last) = (groups.first()?, groups.last()?);
    let digits: String = groups.iter().map(|group| group.digits.as_str()).collect();
    let shape: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let lead = before(text, first.start, 14);
    let tail = after(text, last.end, 8);
    let sum = MONEY_AFTER.is_match(tail) || MONEY_BEFORE.is_match(lead);
    if identity(&digits, last.x, &shape, worded, lead, groups) {
        return Some(Rule::ResidentId);
    }
    // Between short pieces an x only parts them: 138x0000x1234.
    let inner = groups[..groups.len() - 1].iter().any(|group| group.x && group.digits.len() > 4);
    if last.x && groups.iter().any(|group| group.digits.len() > 11) || inner {
        return None;
    }
    if mobile(&digits, &shape, worded, lead, tail) && !(MONEY.is_match(tail) && groups.len() == 1) {
        return Some(Rule::Mobile);
    }
    if worded {
        // "The first four are …, the last four are …".
        let around = before(text, first.start, 20);
        let parted = shape == [4, 4] && LAST_FOUR.is_match(&text[first.end..last.start]) && PHONE_CUE.is_match(around);
        // 区号零二二,后面2371接3646.
        let area = digits.len() == 11
            && digits.starts_with("022")
            && matches!(shape[..], [3, 4, 4] | [3, 8] | [3, 2, 2, 2, 2])
            && (around.contains("区号") || SURE_PHONE_CUE.is_match(around) || CALLS_AFTER.is_match(tail))
            && place != Place::Organization;
        return (parted || area).then_some(Rule::Landline);
    }
    if bank_card(&digits, &shape, lead, groups) {
        return Some(Rule::BankCard);
    }
    // An organization's own telephone is there to be called; anybody else's home stands out.
    let office = place == Place::Organization || OFFICE_CUE.is_match(before(text, first.start, 24));
    let fixed = AT_HOME.is_match(lead);
    let public = office && !fixed && !HOME_CUE.is_match(clause(text, first.start..last.end));
    (!sum && !public && landline(&digits, &shape, lead, tail, groups)).then_some(Rule::Landline)
}

const PROVINCES: &str =
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83";

fn is_province(digits: &str) -> bool {
    PROVINCES.split(' ').any(|code| digits.starts_with(code))
}

fn is_date(eight: &str) -> bool {
    let number = |range: Range<usize>| eight.get(range).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(4..6), number(6..8)) else { return false };
    i32::try_from(year).is_ok_and(|year| chrono::NaiveDate::from_ymd_opt(year, month, day).is_some())
        && (1800..2100).contains(&year)
}

fn identity(digits: &str, x: bool, shape: &[usize], worded: bool, lead: &str, groups: &[Group]) -> bool {
    let whole = if x { format!("{digits}X") } else { digits.to_owned() };
    let singles = shape.iter().all(|length| *length == 1);
    // Joined from parts, the parts are those that people speak or write.
    let in_parts = singles || shape.iter().all(|length| *length >= 2);
    if whole.len() == 18 && ResidentId::parse(&whole).is_ok() {
        return in_parts && (!worded || shape.len() <= 6);
    }
    // The number of a disability certificate: the identity number, kind and grade.
    if !x && whole.len() == 20 && shape.len() <= 6 && ResidentId::parse(&whole[..18]).is_ok() {
        return true;
    }
    let cued = ID_CUE.is_match(lead) && !lead.contains("信用代码");
    if whole.len() == 18 && cued && is_province(&whole) && !worded {
        return true;
    }
    // A digit lost or doubled in typing is still nearly the whole number.
    if (whole.len() == 17 || whole.len() == 19)
        && cued
        && is_province(&whole)
        && is_date(whole.get(6..14).unwrap_or_default())
    {
        return !worded;
    }
    // 15 digits, in use until 2012: yymmdd, no check digit.
    if whole.len() == 15 && !x && !worded && is_province(&whole) && is_date(&format!("19{}", &whole[6..12])) {
        let serial = SERIAL_CUE.is_match(lead) || groups.iter().any(|group| group.lettered);
        return cued || (!serial && shape.len() <= 3);
    }
    false
}

fn mobile(digits: &str, shape: &[usize], worded: bool, lead: &str, tail: &str) -> bool {
    let bare = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(digits);
    let bare = if bare.len() == 12 { bare.strip_prefix('0').unwrap_or(bare) } else { bare };
    if bare.len() != 11 || !bare.starts_with('1') || !matches!(bare.as_bytes()[1], b'3'..=b'9') {
        return false;
    }
    // Part of a longer code with letters: a serial number, unless it is the whole of the digits after a word.
    if SERIAL_CUE.is_match(lead) && !SURE_PHONE_CUE.is_match(lead) {
        return false;
    }
    if worded {
        let parts = matches!(shape, [3, 4, 4] | [3, 8] | [7, 4] | [3, 4, 2, 2] | [4, 4, 3] | [3, 3, 5]);
        return parts && (SPLIT_CUE.is_match(lead) || shape.len() == 3);
    }
    let singles = shape.iter().filter(|length| **length == 1).count() >= 8;
    singles
        || lead.contains("手机")
        || shape.len() <= 3
        || shape.len() <= 7 && (PHONE_CUE.is_match(lead) || CALLS_AFTER.is_match(tail))
        || matches!(shape, [1, 1, 1, 4, 4] | [3, 4, 1, 1, 1, 1] | [3, 1, 1, 1, 1, 4])
        || matches!(
            shape,
            [2 | 4, 3, 4, 4] | [1, 2, 3, 4, 4] | [3, 4, 2, 2] | [3, 2, 2, 4] | [3, 2, 2, 2, 2] | [3, 3, 3, 2]
        )
}

pub(super) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let value = u32::from(byte - b'0');
            if place % 2 == 1 { if value * 2 > 9 { value * 2 - 9 } else { value * 2 } } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn bank_card(digits: &str, shape: &[usize], lead: &str, groups: &[Group]) -> bool {
    if groups.iter().any(|group| group.lettered) || digits.bytes().all(|byte| byte == b'0') {
        return false;
    }
    let in_parts = shape.len() == 1 || shape.iter().all(|length| *length == 1) || {
        shape.iter().rev().skip(1).all(|length| *length >= 3) && shape.len() <= 6
    };
    if !in_parts {
        return false;
    }
    let cued = CARD_CUE.is_match(lead);
    let serial = SERIAL_CUE.is_match(lead) && !cued;
    match digits.len() {
        16 | 17 | 19 => luhn(digits) && matches!(digits.as_bytes()[0], b'3'..=b'6' | b'9') && !serial || cued,
        13..=18 => cued && !serial && !lead.contains("信用代码") && (luhn(digits) || digits.starts_with("62")),
        _ => false,
    }
}

fn landline(digits: &str, shape: &[usize], lead: &str, tail: &str, groups: &[Group]) -> bool {
    if groups.iter().any(|group| group.lettered) || shape.len() > 5 && !shape.iter().all(|length| *length == 1) {
        return false;
    }
    if HOTLINE_CUE.is_match(lead) || digits.starts_with("400") || digits.starts_with("800") && digits.len() == 10 {
        return false;
    }
    let serial = SERIAL_CUE.is_match(lead) && !SURE_PHONE_CUE.is_match(lead);
    let bare = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|_| digits.len() > 9));
    let bare = bare
        .map_or_else(|| digits.to_owned(), |rest| if rest.starts_with('0') { rest.into() } else { format!("0{rest}") });
    // Area code and number: 022 and eight digits, or another place's.
    let area = (bare.len() == 11 && (bare.starts_with("02") || bare.starts_with("010")))
        || (matches!(bare.len(), 11 | 12) && bare.starts_with('0') && matches!(bare.as_bytes()[1], b'3'..=b'9'))
        || (matches!(bare.len(), 12..=15) && bare.starts_with("022") && shape.len() >= 2);
    if area {
        let parted = shape.len() == 1 || shape.len() <= 4 && shape[0] >= 2 || shape.iter().all(|length| *length == 1);
        return parted && !serial && !matches!(bare.as_bytes().get(3), Some(b'0')) | PHONE_CUE.is_match(lead);
    }
    let cued = PHONE_CUE.is_match(&NOT_CALLING.replace_all(lead, "")) || CALLS_AFTER.is_match(tail);
    match digits.len() {
        // The area code without its zero.
        10 if digits.starts_with("22") => {
            cued && !serial && shape.len() <= 3 && matches!(digits.as_bytes()[2], b'2'..=b'9')
        }
        8 => {
            let parted = matches!(
                shape,
                [8] | [4, 4]
                    | [2, 2, 2, 2]
                    | [3, 5]
                    | [1, 3, 4]
                    | [4, 2, 2]
                    | [1, 1, 1, 1, 4]
                    | [4, 1, 1, 1, 1]
                    | [2, 2, 4]
                    | [4, 1, 3]
                    | [1, 1, 2, 4]
                    | [2, 6]
                    | [6, 2]
                    | [5, 3]
                    | [2, 3, 3]
                    | [3, 1, 4]
                    | [3, 3, 2]
                    | [1, 1, 1, 1, 1, 1, 1, 1]
            );
            let shaped = matches!(digits.as_bytes()[0], b'2'..=b'9') && parted && !is_date(digits);
            let spoken = groups.iter().all(|group| group.spoken) && shape.len() <= 2;
            shaped && (cued || spoken) && (!serial || cued)
        }
        7 => cued && shape.len() <= 2 && lead.contains("电话") && matches!(digits.as_bytes()[0], b'2'..=b'9'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_knows_the_example_cards() {
        assert!(luhn("6250947000005328"));
        assert!(luhn("6216261000000002774"));
        assert!(!luhn("2605137893957654"));
    }
}
