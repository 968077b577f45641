//! Reading several category labels out of one ledger cell: whole names first, then the ways offices write them.
//! A substring is never a match, and an ambiguous label is never decided here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{ServiceGroup, beneficiary_categories, service_categories};
use crate::text;

const SYNONYMS_CSV: &str = include_str!("../../data/vocab_synonyms.csv");

pub(super) static BENEFICIARY: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::new(beneficiary_categories().iter().map(|row| (row.code, row.name)), "beneficiary"));
pub(super) static SERVICE: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::new(service_categories().iter().map(|row| (row.code, row.name)), "service"));

/// What a cell of labels says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Matched codes, each once, in the order of the vocabulary.
    pub codes: Vec<&'static str>,
    /// Labels that are in no vocabulary, as written.
    pub unknown: Vec<String>,
    /// Labels that mean one of several categories.
    pub ambiguous: Vec<UnclearLabel>,
    /// How many labels the cell holds.
    pub count: usize,
}

/// A label that means one of several categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclearLabel {
    /// As written.
    pub label: String,
    /// Codes, the likeliest first.
    pub candidates: Vec<&'static str>,
}

#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Squeezed label to codes; several codes where the label is ambiguous.
    known: HashMap<String, Vec<&'static str>>,
    order: HashMap<&'static str, usize>,
}

impl Vocabulary {
    fn new(names: impl Iterator<Item = (&'static str, &'static str)>, vocabulary: &str) -> Self {
        let mut known: HashMap<String, Vec<&'static str>> = HashMap::new();
        let mut order = HashMap::new();
        for (at, (code, name)) in names.enumerate() {
            order.insert(code, at);
            known.insert(text::squeeze(name), vec![code]);
            known.insert(code.to_owned(), vec![code]);
            // 记录病情/健康随访 is also written 记录病情, and 住院陪护/送医陪护（陪诊） without the brackets.
            let plain = name.split('（').next().unwrap_or(name);
            if plain.contains('/') || plain == name {
                for part in plain.split('/') {
                    known.entry(text::squeeze(part)).or_insert_with(|| vec![code]);
                }
                known.entry(text::squeeze(plain)).or_insert_with(|| vec![code]);
            }
        }
        for line in SYNONYMS_CSV.lines().skip(1) {
            let mut fields = line.split(',');
            let (Some(of), Some(label), Some(codes)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            if of == vocabulary {
                let codes: Vec<_> =
                    codes.split(' ').filter_map(|code| order.get_key_value(code).map(|(code, _)| *code)).collect();
                known.entry(text::squeeze(label)).or_insert(codes);
            }
        }
        Self { known, order }
    }

    pub(super) fn read(&self, cell: &str) -> Labels {
        let mut labels = Labels::default();
        for token in split_labels(cell) {
            self.read_token(&token, &mut labels);
        }
        labels.codes.sort_unstable_by_key(|code| self.order.get(code));
        labels.codes.dedup();
        labels
    }

    fn read_token(&self, token: &str, labels: &mut Labels) {
        if let Some(codes) = self.lookup(token) {
            labels.add(token, &codes);
            return;
        }
        let parts =
            split_slashes(self, token).or_else(|| split_spaces(self, token)).or_else(|| split_joined(self, token));
        let Some(parts) = parts else {
            labels.unknown(token);
            return;
        };
        for part in parts {
            match self.lookup(&part) {
                Some(codes) => labels.add(&part, &codes),
                None => labels.unknown(&part),
            }
        }
    }

    /// The codes of a whole label. Around the name may stand the name of a service group, a code of the office's own,
    /// a remark in brackets and words that say no more than that it is wanted; or two names stand side by side.
    fn lookup(&self, label: &str) -> Option<Vec<&'static str>> {
        let key = text::squeeze(label);
        self.whole(&key)
            .map(<[_]>::to_vec)
            .or_else(|| self.plain(without_code(&key)?))
            .or_else(|| self.coded(&key).map(<[_]>::to_vec))
            .or_else(|| self.plain(&key))
    }

    /// A label without a code in front of it.
    fn plain(&self, key: &str) -> Option<Vec<&'static str>> {
        if let Some(codes) = self.whole(key) {
            return Some(codes.to_vec());
        }
        if let Some((front, remark)) = bracket(key) {
            let front = self.bare(front)?;
            // 特困（分散供养）: what the remark says makes it clear.
            let clear = front.len() > 1;
            let said = if clear { self.bare(remark) } else { None };
            let both: Vec<_> = said.iter().flatten().filter(|code| front.contains(code)).copied().collect();
            return Some(if both.is_empty() { front } else { both });
        }
        self.bare(key)
    }

    /// A label without brackets: itself, without words of asking, or two labels side by side.
    fn bare(&self, key: &str) -> Option<Vec<&'static str>> {
        if let Some(codes) = self.whole(key) {
            return Some(codes.to_vec());
        }
        if let Some(codes) = plain_forms(key).iter().find_map(|form| self.whole(form)) {
            return Some(codes.to_vec());
        }
        // 困难残疾 is short for 困难残疾人, 防返贫监测 for 防返贫监测对象.
        if text::char_count(key) >= 4
            && let Some(codes) =
                ["人", "户", "对象", "人员", "家庭"].iter().find_map(|end| self.whole(&format!("{key}{end}")))
        {
            return Some(codes.to_vec());
        }
        // 助餐送餐, 临时救助急难型: cut so that both sides are whole labels.
        key.char_indices().map(|(at, _)| at).skip(2).find_map(|at| {
            let (front, back) = (self.whole(&key[..at])?, self.whole(&key[at..])?);
            let both: Vec<_> = front.iter().filter(|code| back.contains(code)).copied().collect();
            (!both.is_empty()).then_some(both)
        })
    }

    /// `B01-送饭上门`, `助餐服务（B01）`: a code of the vocabulary itself beside words of the office.
    fn coded(&self, key: &str) -> Option<&[&'static str]> {
        let is_code = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let front = key.find(|c| !is_code(c)).unwrap_or(key.len());
        let back = key.trim_end_matches([')', ']', '】']);
        let back = &back
            [back.rfind(|c| !is_code(c)).map_or(0, |at| at + back[at..].chars().next().map_or(1, char::len_utf8))..];
        [&key[..front], back].into_iter().find_map(|code| {
            let code = code.to_ascii_uppercase();
            self.order.contains_key(code.as_str()).then(|| self.known.get(&code).map(Vec::as_slice))?
        })
    }

    fn whole(&self, key: &str) -> Option<&[&'static str]> {
        if let Some(codes) = self.known.get(key) {
            return Some(codes);
        }
        for group in ServiceGroup::ALL {
            if let Some(rest) = key.strip_prefix(group.name())
                && let Some(rest) = rest.strip_prefix(['-', '—', '–', ':', '/', '>', '·', '_'])
            {
                return self.known.get(rest.trim_start_matches(['-', '—', '>'])).map(Vec::as_slice);
            }
        }
        None
    }
}

/// `04 分散五保`, `B01-助餐`, `(3)助浴`: what stands behind a code or a number.
fn without_code(key: &str) -> Option<&str> {
    let open = key.trim_start_matches(['(', '[', '【', '第']);
    let code = open.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(open.len());
    let rest = open[code..]
        .trim_start_matches([')', ']', '】', '-', '—', '–', ':', '、', '.', '_', '·', '=', '/', '|', '类', '项']);
    (code > 0 && code <= 8 && !rest.is_empty()).then_some(rest)
}

/// `低保（2023年认定）`: what stands before a remark in brackets, and the remark.
fn bracket(key: &str) -> Option<(&str, &str)> {
    let open = key.find(['(', '[', '【'])?;
    let inside = key[open..].trim_start_matches(['(', '[', '【']);
    let remark = inside.strip_suffix([')', ']', '】'])?;
    (open > 0).then(|| (&key[..open], remark))
}

/// The label without words that ask for it or say whose it is: 需要上门助洁服务 is 助洁. The shortest cut first.
fn plain_forms(key: &str) -> Vec<&str> {
    const BEFORE: &[&str] = &[
        "需要", "需", "希望", "提供", "申请", "上门", "入户", "定期", "日常", "免费", "居家", "社区", "现", "属于",
        "享受", "农村", "城镇", "城市", "城乡", "符合",
    ];
    const AFTER: &[&str] = &[
        "服务", "需求", "帮扶", "支持", "上门", "帮助", "项目", "类", "补贴", "待遇", "对象", "人员", "家庭", "人口",
        "群众", "户", "儿童", "等",
    ];
    let mut forms = vec![key];
    for _ in 0..3 {
        for form in forms.clone() {
            let cut = BEFORE
                .iter()
                .filter_map(|word| form.strip_prefix(word))
                .chain(AFTER.iter().filter_map(|word| form.strip_suffix(word)));
            for shorter in cut {
                if shorter.chars().count() >= 2 && !forms.contains(&shorter) {
                    forms.push(shorter);
                }
            }
        }
    }
    forms.remove(0);
    forms
}

impl Labels {
    fn add(&mut self, label: &str, codes: &[&'static str]) {
        self.count += 1;
        match codes {
            [code] => self.codes.push(code),
            several => {
                self.ambiguous.push(UnclearLabel { label: label.trim().to_owned(), candidates: several.to_vec() });
            }
        }
    }

    fn unknown(&mut self, label: &str) {
        self.count += 1;
        self.unknown.push(label.trim().to_owned());
    }
}

/// Cuts at slashes so that the longest whole names stay together; none if no part is known.
fn split_slashes(vocabulary: &Vocabulary, token: &str) -> Option<Vec<String>> {
    let plain = token.replace('／', "/");
    let parts: Vec<&str> = plain.split('/').filter(|part| !part.trim().is_empty()).collect();
    if parts.len() < 2 {
        return None;
    }
    let mut found = Vec::new();
    let mut known = false;
    let mut at = 0;
    while at < parts.len() {
        let whole = (at + 1..=parts.len()).rev().find(|end| vocabulary.lookup(&parts[at..*end].join("/")).is_some());
        known |= whole.is_some();
        let end = whole.unwrap_or(at + 1);
        found.push(parts[at..end].join("/"));
        at = end;
    }
    known.then_some(found)
}

/// Cuts at white space, only where every part is known.
fn split_spaces(vocabulary: &Vocabulary, token: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = token.split_whitespace().map(str::to_owned).collect();
    (parts.len() > 1 && parts.iter().all(|part| vocabulary.lookup(part).is_some())).then_some(parts)
}

/// Cuts 助餐助洁 between two whole labels; none if there is no such place.
fn split_joined(vocabulary: &Vocabulary, token: &str) -> Option<Vec<String>> {
    let key = text::squeeze(token);
    let known = |part: &str| text::char_count(part) >= 2 && vocabulary.whole(part).is_some();
    key.char_indices()
        .map(|(at, _)| at)
        .find(|at| known(&key[..*at]) && known(&key[*at..]))
        .map(|at| vec![key[..at].to_owned(), key[at..].to_owned()])
}

/// Cuts a cell at `、；;，,+|&`, line breaks and numbers (`1.`, `2、`, `①`); a slash is left, names hold it themselves.
pub fn split_labels(cell: &str) -> Vec<String> {
    let chars: Vec<char> = text::strip_invisible(cell).chars().collect();
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let folded = text::fold_width(&c.to_string());
        let cuts = matches!(c, '、' | '；' | '，' | '＋' | '。' | '\n' | '\r' | '\t' | '①'..='⑳' | '⑴'..='⒇' | '❶'..='❿')
            || matches!(folded.as_str(), ";" | "," | "+" | "|" | "&");
        // B01) and 12.5) are no numbers of a list.
        let inside = at > 0 && (chars[at - 1].is_ascii_alphanumeric() || matches!(chars[at - 1], '.' | '_'));
        let number = if inside { 0 } else { numbering(&chars[at..]) };
        if cuts || number > 0 {
            tokens.push(std::mem::take(&mut token));
        } else {
            token.push(c);
        }
        at += number.max(1);
    }
    tokens.push(token);
    tokens.retain(|token| !text::squeeze(token).is_empty());
    tokens
}

/// Length of a number with its dot or bracket (`1.`, `12、`, `（3）`) at the beginning; 0 if there is none.
fn numbering(chars: &[char]) -> usize {
    let open = usize::from(chars.first().is_some_and(|c| matches!(c, '(' | '（')));
    let digits = chars[open..].iter().take_while(|c| c.is_ascii_digit() || ('０'..='９').contains(*c)).count();
    if digits == 0 || digits > 2 {
        return 0;
    }
    match chars.get(open + digits) {
        Some(')' | '）') => open + digits + 1,
        Some('.' | '．' | '、') if open == 0 => digits + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse_beneficiaries, parse_services};
    use super::*;

    #[test]
    fn synonyms_are_sound() {
        let known: Vec<&str> = beneficiary_categories()
            .iter()
            .map(|r| r.code)
            .chain(service_categories().iter().map(|r| r.code))
            .collect();
        for line in SYNONYMS_CSV.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), 3, "{line}");
            assert!(fields[2].split(' ').all(|code| known.contains(&code)), "{line}");
            let read = if fields[0] == "service" { parse_services(fields[1]) } else { parse_beneficiaries(fields[1]) };
            let found: Vec<&str> = read.ambiguous.first().map_or(read.codes.clone(), |a| a.candidates.clone());
            assert_eq!(found.join(" "), fields[2], "{line}");
        }
    }

    #[test]
    fn standard_names_match_whole() {
        for row in beneficiary_categories() {
            assert_eq!(parse_beneficiaries(row.name).codes, [row.code], "{}", row.name);
        }
        for row in service_categories() {
            assert_eq!(parse_services(row.name).codes, [row.code], "{}", row.name);
        }
    }

    #[test]
    fn cells() {
        let b = |cell| parse_beneficiaries(cell).codes;
        let s = |cell| parse_services(cell).codes;
        assert_eq!(b("1.低保 2.重残"), ["DB", "CJ_ZD"]);
        assert_eq!(b("事实孤儿"), ["SWR"]);
        assert_eq!(b("特困人员（分散供养）+重残"), ["TK_F", "CJ_ZD"]);
        assert_eq!(s("①打扫卫生②洗澡"), ["B02", "B03"]);
        assert_eq!(s("社会融入/政策咨询"), ["C04", "D05"]);
        assert_eq!(s("看护照料、 学业辅导/亲情陪伴（儿童）"), ["A01", "C07"]);
        assert_eq!(s("看护照料/学业辅导/亲情陪伴（儿童）"), ["A01", "C07"]);
        assert_eq!(s("照护服务-陪同就医；生活服务-紧急呼叫"), ["A02", "B06"]);
        assert_eq!(s("产业，人才帮扶/技能培训"), ["E02", "E07"]);
        assert_eq!(s("助浴 助餐"), ["B01", "B03"]);
        assert_eq!(s("助餐、助餐"), ["B01"]);
        let read = parse_services("送餐；帮办");
        assert_eq!((read.codes, read.unknown), (vec!["B01"], vec!["帮办".to_owned()]));
        let read = parse_beneficiaries("低保、残疾");
        assert_eq!(read.codes, ["DB"]);
        assert_eq!(read.ambiguous, [UnclearLabel { label: "残疾".to_owned(), candidates: vec!["CJ_KN", "CJ_ZD"] }]);
        assert_eq!(parse_beneficiaries("特困").ambiguous[0].candidates, ["TK_F", "TK_J"]);
        assert_eq!(b("04 分散五保"), ["TK_F"]);
        assert_eq!(b("01-城市低保｜08-重度残疾人"), ["DB", "CJ_ZD"]);
        assert_eq!(b("低保（2023年认定）"), ["DB"]);
        assert_eq!(b("特困（分散供养）"), ["TK_F"]);
        assert_eq!(b("B.特困（集中）"), ["TK_J"]);
        assert_eq!(b("临时救助对象（急难）"), ["LS_JN"]);
        assert_eq!(b("临时救助支出型"), ["LS_ZC"]);
        assert_eq!(s("助餐送餐"), ["B01"]);
        assert_eq!(s("助餐助洁"), ["B01", "B02"]);
        assert_eq!(s("B01 送饭上门|B03"), ["B01", "B03"]);
        assert_eq!(s("上门助洁服务；心理疏导服务"), ["B02", "C02"]);
        assert_eq!(s("定期探访服务（C01）"), ["C01"]);
        for unknown in ["独居老人", "空巢老人", "事实困难", "12"] {
            assert_eq!(parse_beneficiaries(unknown).codes, [""; 0], "{unknown}");
        }
    }
}
