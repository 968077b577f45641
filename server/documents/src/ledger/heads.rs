//! Understanding heads: which field a column's head speaks of, how surely, and what it says of units, years and cycles.

use std::collections::HashMap;

use domain::need::Frequency;
use domain::text;

use super::field::Field;

mod lexicon;

use lexicon::Cores;

/// A head as a table shows it: the cells above a column from the top down, without repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Squeezed; the last one stands next to the data.
    pub path: Vec<String>,
}

impl Head {
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path: Vec<String> = Vec::new();
        for squeezed in texts.into_iter().map(text::squeeze).filter(|squeezed| !squeezed.is_empty()) {
            if path.last() != Some(&squeezed) {
                path.push(squeezed);
            }
        }
        Self { path }
    }

    /// The words next to the data.
    pub fn own(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The words above them; empty if there are none.
    pub fn group(&self) -> &str {
        self.path.len().checked_sub(2).map_or("", |at| &self.path[at])
    }

    /// All words, as a person would read them.
    pub fn whole(&self) -> String {
        self.path.join("/")
    }
}

/// What a head says beside the field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Hints {
    /// 天, 月, 次, 小时, 万元, …
    pub unit: Option<String>,
    /// 每周次数, 次/月.
    pub per: Option<Frequency>,
    pub year: Option<i32>,
    /// Nothing but ticks stands in the column, so that an empty cell says no.
    pub ticks: bool,
    /// 一级=24小时: what words of the column mean, said in the head.
    pub legend: Vec<(String, String)>,
}

/// Fields that a head may mean with how surely, the surest first, and the hints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Understood {
    pub fields: Vec<(Field, f32)>,
    pub hints: Hints,
    /// The head speaks of somebody or something that no field holds.
    pub strange: bool,
}

impl Understood {
    pub fn of(&self, field: Field) -> f32 {
        self.fields.iter().find(|(of, _)| *of == field).map_or(0.0, |(_, score)| *score)
    }

    pub fn best(&self) -> f32 {
        self.fields.first().map_or(0.0, |(_, score)| *score)
    }
}

/// The words of one kind of ledger, with what was understood before.
pub(crate) struct Heads {
    cores: Cores,
    needs: bool,
    members: bool,
    organizations: bool,
    known: std::cell::RefCell<HashMap<Vec<String>, Understood>>,
}

impl Heads {
    pub fn of(kind: &str) -> Self {
        let cores = match kind {
            "organizations" => lexicon::ORGANIZATIONS,
            "villages" => lexicon::VILLAGES,
            "members" => lexicon::MEMBERS,
            _ => lexicon::NEEDS,
        };
        Self {
            cores,
            needs: kind == "needs",
            members: kind == "members",
            organizations: kind == "organizations",
            known: std::cell::RefCell::default(),
        }
    }

    /// Every field of the kind, each once.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = self.cores.iter().map(|(field, ..)| *field).collect();
        if self.needs {
            fields.extend([Field::GuardianPhone, Field::MemberName, Field::MemberId]);
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// Reads a head; the group above counts where the words next to the data leave it open.
    pub fn understand(&self, head: &Head) -> Understood {
        if let Some(known) = self.known.borrow().get(&head.path) {
            return known.clone();
        }
        let understood = self.read(head);
        self.known.borrow_mut().insert(head.path.clone(), understood.clone());
        understood
    }

    fn read(&self, head: &Head) -> Understood {
        let label = Label::of(head.own());
        let group = Label::of(head.group());
        let mut scores: HashMap<Field, f32> = HashMap::new();
        let mut note = |field: Field, score: f32| {
            let best = scores.entry(field).or_default();
            *best = best.max(score);
        };
        let joined = format!("{}{}", group.plain, label.plain);
        let joined = joined.as_str();
        let subject = self.subject(joined);
        for form in label.forms() {
            for (field, score) in self.cores_of(&form) {
                note(field, score);
            }
        }
        // 救助对象 over 类别, 服务 over 频次: what the label leaves open, the group may say.
        if !group.plain.is_empty() && !label.plain.is_empty() {
            for (field, score) in self.cores_of(joined) {
                note(field, score * 0.97);
            }
        }
        // 联系方式（手机）, 证照号码（统一社会信用代码）: what stands in brackets may be the better name.
        for inside in &label.brackets {
            for (field, score) in self.cores_of(inside) {
                note(field, score * if label.plain.is_empty() { 1.0 } else { 0.8 });
            }
        }
        for (field, score) in self.asked(&label.plain) {
            note(field, score);
        }
        let mut hints = hints(&label, &group);
        let mut fields: Vec<(Field, f32)> =
            scores.into_iter().filter_map(|(field, score)| Self::of_subject(subject, field, score)).collect();
        if subject == Subject::Guardian && (fields.is_empty() || is_only_guardian(&label.plain)) {
            fields.push((Field::Guardian, 0.95));
        }
        let strange = subject == Subject::Stranger;
        if strange {
            fields.retain(|(field, score)| {
                // 身份证号（残疾证号亦可) is still what its main word says.
                *score >= 0.95 && self.exact(&label.plain, *field)
            });
        }
        fields.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        fields.dedup_by_key(|(field, _)| *field);
        if fields.first().is_some_and(|(field, _)| *field == Field::Quantity) && hints.per.is_none() {
            hints.per = per_of(&label.plain);
        }
        Understood { fields, hints, strange }
    }

    /// What the form of a head says, whatever its words: No., 24小时内处置, 接线员.
    fn asked(&self, plain: &str) -> Vec<(Field, f32)> {
        let lower = plain.to_ascii_lowercase();
        if matches!(lower.as_str(), "no" | "no." | "num" | "nr") {
            return vec![(Field::Seq, 1.0)];
        }
        let mut found = Vec::new();
        if self.needs {
            if plain.contains("小时内") || lower.contains("24h") {
                found.push((Field::Urgency, 0.9));
            }
            let other = ["人员", "队员", "会员", "成员", "党员", "学员", "店员", "演员"]
                .iter()
                .any(|word| plain.ends_with(word));
            if plain.ends_with('员') && !other && text::char_count(plain) <= 6 {
                found.push((Field::Handler, 0.75));
            }
        }
        found
    }

    /// Whether the words are exactly a core of the field.
    fn exact(&self, plain: &str, field: Field) -> bool {
        self.cores.iter().any(|(of, _, words)| *of == field && words.contains(&plain))
    }

    /// The fields whose cores stand in a plain head.
    fn cores_of(&self, plain: &str) -> Vec<(Field, f32)> {
        let length = text::char_count(plain);
        if length == 0 {
            return Vec::new();
        }
        let mut found: Vec<(Field, f32)> = Vec::new();
        for (field, weight, words) in self.cores {
            for word in *words {
                let Some(at) = plain.rfind(word) else { continue };
                let (before, after) = (&plain[..at], &plain[at + word.len()..]);
                let core = text::char_count(word);
                // A single character is a head of its own, not a part of others: 区, 镇, 序, 起.
                if core == 1 && left_over(before) + left_over(after) > 0 {
                    continue;
                }
                let unexplained = left_over(before) + left_over(after);
                #[expect(clippy::cast_precision_loss, reason = "a head has few characters")]
                let (open, core, length) = (unexplained as f32, core as f32, length as f32);
                let mut score = weight * (1.0 - 0.9 * open / length);
                // Of two names the longer explains more.
                score -= 0.1 * (1.0 - core / length);
                // Chinese heads end in what they mean.
                if left_over(after) > 0 {
                    score *= 0.75;
                }
                if score > 0.2 {
                    found.push((*field, score));
                }
            }
        }
        found
    }

    fn subject(&self, joined: &str) -> Subject {
        let has = |words: &[&str]| words.iter().any(|word| joined.contains(word));
        if self.members {
            // A list of volunteers has its own words for an emergency.
            return if has(lexicon::STRANGERS) { Subject::Stranger } else { Subject::Person };
        }
        if !self.needs {
            if ["法定代表", "法人", "负责人"].iter().any(|word| joined.contains(word)) && self.organizations {
                return Subject::Head;
            }
            return if ["银行", "开户", "户籍"].iter().any(|word| joined.contains(word)) {
                Subject::Stranger
            } else {
                Subject::Person
            };
        }
        if has(lexicon::GUARDIANS) {
            Subject::Guardian
        } else if has(lexicon::STRANGERS) {
            Subject::Stranger
        } else if has(lexicon::STAFF) {
            Subject::Staff
        } else if has(lexicon::FAMILY) {
            Subject::Family
        } else if has(lexicon::OTHERS) {
            Subject::Other
        } else {
            Subject::Person
        }
    }

    /// The field that a core is of somebody; none where no field holds it.
    fn of_subject(subject: Subject, field: Field, score: f32) -> Option<(Field, f32)> {
        use Field as F;
        let field = match (subject, field) {
            (Subject::Person | Subject::Stranger, field) => field,
            (Subject::Head, F::Name | F::Contact) if score < 0.9999 => F::LegalRepresentative,
            // The contact's own telephone is the better one.
            (Subject::Head, F::Phone | F::OtherPhone) => return Some((field, score * 0.55)),
            (Subject::Head, field) => field,
            (Subject::Guardian, F::Name | F::Guardian) => F::Guardian,
            (Subject::Guardian, F::Phone | F::OtherPhone) => F::GuardianPhone,
            (Subject::Guardian, F::IdNumber | F::Sex | F::Age | F::Address | F::Handler | F::BeneficiaryCategories) => {
                return None;
            }
            (Subject::Staff, F::Name) => F::Handler,
            (
                Subject::Staff,
                F::Phone
                | F::OtherPhone
                | F::IdNumber
                | F::Sex
                | F::Age
                | F::Address
                | F::BeneficiaryCategories
                | F::HouseholdSize,
            ) => return None,
            (Subject::Family, F::Name) => F::MemberName,
            (Subject::Family, F::IdNumber) => F::MemberId,
            (Subject::Family, F::Phone) => F::OtherPhone,
            (Subject::Family, F::Sex | F::Age | F::BeneficiaryCategories) => return None,
            (Subject::Other, F::Phone) => F::OtherPhone,
            (Subject::Other, F::Name | F::IdNumber | F::Sex | F::Age) if score < 0.999 => return None,
            (_, field) => field,
        };
        Some((field, score))
    }
}

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Person,
    Guardian,
    Staff,
    Family,
    Other,
    /// Whoever stands at the top of an organization.
    Head,
    /// Nobody of the household, or a thing that no field holds.
    Stranger,
}

/// 监护人, 监护人（照料人）姓名: nothing but who it is.
fn is_only_guardian(plain: &str) -> bool {
    let mut rest = plain.to_owned();
    for word in lexicon::GUARDIANS.iter().chain(&["姓名", "名字", "情况", "信息", "或"]) {
        rest = rest.replace(word, "");
    }
    left_over(&rest) == 0
}

/// Characters of a text that no neutral word explains.
fn left_over(part: &str) -> usize {
    let mut rest = part;
    let mut open = 0;
    while let Some(first) = rest.chars().next() {
        let word = lexicon::NEUTRAL.iter().filter(|word| rest.starts_with(**word)).max_by_key(|word| word.len());
        if let Some(word) = word {
            rest = &rest[word.len()..];
        } else {
            open += usize::from(
                !first.is_ascii_punctuation()
                    && !"、，。？！“”：；／《》-—·".contains(first)
                    && !first.is_ascii_digit(),
            );
            rest = &rest[first.len_utf8()..];
        }
    }
    open
}

/// A head cut into its words and what stands in brackets.
struct Label {
    plain: String,
    brackets: Vec<String>,
}

impl Label {
    fn of(squeezed: &str) -> Self {
        let mut label = Self { plain: String::new(), brackets: Vec::new() };
        let mut inside = String::new();
        let mut depth = 0u32;
        for c in squeezed.chars() {
            match c {
                '(' | '[' | '【' | '〔' | '{' => depth += 1,
                ')' | ']' | '】' | '〕' | '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && !inside.is_empty() {
                        label.brackets.push(std::mem::take(&mut inside));
                    }
                }
                '*' | '★' | ':' | '※' | '#' | '□' | '√' if depth == 0 => {}
                c if depth > 0 => inside.push(c),
                c => label.plain.push(c),
            }
        }
        if !inside.is_empty() {
            label.brackets.push(inside);
        }
        // 除救助金外还需要什么服务: what is left aside is not asked for.
        if let Some(rest) =
            label.plain.strip_prefix('除').and_then(|rest| rest.split_once('外')).map(|(_, rest)| rest.to_owned())
        {
            label.plain = rest.trim_start_matches(['还', ',', '，', '仍']).to_owned();
        }
        let numbered =
            label.plain.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '①'..='⑳'));
        if !numbered.is_empty() && !numbered.starts_with(['岁', '年', '月']) {
            label.plain = numbered.to_owned();
        }
        label
    }

    /// The head itself, without a year, without an ordinal, and without the half of a question: 急不急 asks for 急.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![self.plain.clone()];
        if let Some((_, rest)) = cut_year(&self.plain) {
            forms.push(rest.trim_start_matches('度').to_owned());
            forms.push(rest);
        }
        for ordinal in ["第一", "第二", "第三", "第四", "首要", "次要", "主要", "其他"] {
            if let Some(rest) = self.plain.strip_prefix(ordinal) {
                forms.push(rest.to_owned());
            }
        }
        if let Some((before, after)) = self.plain.split_once('不')
            && !before.is_empty()
            && before.chars().next_back() == after.chars().next()
        {
            forms.push(after.to_owned());
        }
        // 姓名1, 联系电话2
        let unnumbered = self.plain.trim_end_matches(|c: char| c.is_ascii_digit() || "一二三①②③".contains(c));
        if unnumbered.len() < self.plain.len() {
            forms.push(unnumbered.to_owned());
        }
        forms.retain(|form| !form.is_empty());
        forms
    }
}

/// A year of this century in front of 年, and the text without it.
fn cut_year(plain: &str) -> Option<(i32, String)> {
    plain.match_indices('年').find_map(|(at, sign)| {
        let from = at.checked_sub(4)?;
        let year: i32 = plain.get(from..at)?.parse().ok()?;
        let rest = format!("{}{}", &plain[..from], &plain[at + sign.len()..]);
        (2000..2100).contains(&year).then_some((year, rest))
    })
}

/// A year of this century in front of 年.
pub(crate) fn year_in(squeezed: &str) -> Option<i32> {
    cut_year(squeezed).map(|(year, _)| year)
}

/// Units that heads give, the longer first.
const UNITS: &[&str] = &[
    "小时", "分钟", "个月", "万元", "千元", "亿元", "百元", "人次", "户次", "工日", "年", "月", "周", "天", "日", "元",
    "次", "餐", "人", "户", "份", "个", "场", "课时", "万", "节", "顿", "趟", "家", "件",
];

fn hints(label: &Label, group: &Label) -> Hints {
    let mut hints = Hints {
        year: cut_year(&label.plain)
            .or_else(|| label.brackets.iter().find_map(|inside| cut_year(inside)))
            .or_else(|| cut_year(&group.plain))
            .map(|(year, _)| year),
        ..Hints::default()
    };
    for inside in &label.brackets {
        let bare = inside.trim_start_matches("单位").trim_start_matches([':', '为']);
        if let Some(unit) = UNITS.iter().find(|unit| **unit == bare) {
            hints.unit = Some((*unit).to_owned());
        } else if let Some((unit, per)) = bare.split_once('/')
            && let Some(per) = frequency(per)
        {
            hints.unit = Some(unit.to_owned());
            hints.per = Some(per);
        } else if let Some(per) = frequency(bare) {
            hints.per = hints.per.or(Some(per));
        }
        hints.legend.extend(legend(inside));
    }
    if hints.per.is_none() {
        hints.per = per_of(&label.plain).or_else(|| per_of(&group.plain));
    }
    if hints.unit.is_none() {
        // 每月次数, 服务天数: the unit stands in front of 数.
        let bare = label.plain.strip_suffix('数').unwrap_or_default();
        hints.unit = UNITS
            .iter()
            .find(|unit| bare.ends_with(**unit))
            .filter(|unit| !matches!(**unit, "人" | "户" | "个" | "份" | "件"))
            .map(|unit| (*unit).to_owned());
    }
    hints
}

/// 每周, 每月, 次/月 inside a head.
fn per_of(plain: &str) -> Option<Frequency> {
    ["每", "/", "一个", "单"].iter().find_map(|sign| {
        plain.match_indices(sign).find_map(|(at, _)| {
            let rest = &plain[at + sign.len()..];
            ["季度", "星期", "天", "日", "周", "月", "季", "年"]
                .iter()
                .find(|word| rest.starts_with(**word))
                .and_then(|word| frequency(word))
        })
    })
}

/// 周, 每周, 按月, 7天.
pub(crate) fn frequency(word: &str) -> Option<Frequency> {
    let plain = text::squeeze(word).to_ascii_lowercase();
    let plain = plain.trim_start_matches(['每', '按', '/', '次', '1', '一', '个', '逐']);
    Some(match plain.trim_end_matches(['次', '度']) {
        "天" | "日" | "day" | "工作日" => Frequency::Day,
        "周" | "星期" | "礼拜" | "week" | "7天" | "七天" => Frequency::Week,
        "月" | "month" | "30天" => Frequency::Month,
        "季" | "quarter" | "3个月" | "三个月" => Frequency::Quarter,
        "年" | "year" | "12个月" => Frequency::Year,
        "总" | "合计" | "共" | "总计" | "total" | "性" | "总共" => Frequency::Total,
        _ => return None,
    })
}

/// `1=紧急,2=一般`, `一级:24小时内 二级:72小时`: what words of the column mean.
pub(crate) fn legend(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split([',', '，', ';', '；', '、', '。', '/', '|', '\n', ' ', '\u{3000}']) {
        let pair = part.split_once(['=', '＝', ':', '：', '-', '—', '–']).or_else(|| {
            // 红色24小时内: a word of rank and what it means.
            let at = part.find(|c: char| "色级".contains(c))? + '级'.len_utf8();
            (at < part.len()).then(|| part.split_at(at))
        });
        if let Some((word, meaning)) = pair {
            let (word, meaning) = (text::squeeze(word), text::squeeze(meaning));
            let meaning = meaning.trim_start_matches(['为', '是', '-', '—', '=', ':']).to_owned();
            if (1..=4).contains(&text::char_count(&word)) && !meaning.is_empty() {
                found.push((word, meaning));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(kind: &str, path: &[&str]) -> Option<Field> {
        let understood = Heads::of(kind).understand(&Head::new(path.iter().copied()));
        understood.fields.first().filter(|(_, score)| *score >= 0.55).map(|(field, _)| *field)
    }

    #[test]
    fn parts_of_words() {
        for (path, field) in [
            (&["姓 名"][..], Some(Field::Name)),
            (&["监护人（照料人）", "姓 名"], Some(Field::Guardian)),
            (&["监护人（照料人）", "电话"], Some(Field::GuardianPhone)),
            (&["监护人", "身份证号"], None),
            (&["经办", "联系电话"], None),
            (&["经办", "姓名"], Some(Field::Handler)),
            (&["所属街道\n（乡镇）"], Some(Field::Street)),
            (&["对象类型（个案/村）"], Some(Field::Target)),
            (&["*身份证号码\n（18位）"], Some(Field::IdNumber)),
            (&["武清区"], None),
            (&["期限（天）"], Some(Field::Period)),
            (&["受助老人联系电话"], Some(Field::Phone)),
            (&["户主的公民身份号码"], Some(Field::IdNumber)),
            (&["备用联系电话"], Some(Field::OtherPhone)),
            (&["2026年登记日期"], Some(Field::PublishedOn)),
            (&["县（市、区、旗）"], Some(Field::District)),
            (&["开户银行账号"], None),
            (&["户编号"], Some(Field::HouseholdNo)),
        ] {
            assert_eq!(best("needs", path), field, "{path:?}");
        }
        assert_eq!(best("organizations", &["证照号码（统一社会信用代码）"]), Some(Field::Uscc));
        for label in ["2025年度检查", "2025年年检", "2025年度年检结论"] {
            assert_eq!(best("organizations", &[label]), Some(Field::Inspections), "{label}");
        }
        assert_eq!(best("villages", &["集体经营性收入（万元）"]), Some(Field::CollectiveIncome));
    }

    #[test]
    fn what_a_head_says_beside() {
        let hints = |label: &str| Heads::of("needs").understand(&Head::new([label])).hints;
        assert_eq!(hints("期限（天）").unit.as_deref(), Some("天"));
        assert_eq!(
            hints("服务频次（次/月）"),
            Hints { unit: Some("次".into()), per: Some(Frequency::Month), ..Hints::default() }
        );
        assert_eq!(hints("每周次数").per, Some(Frequency::Week));
        assert_eq!(hints("2025年收入（元）").year, Some(2025));
        assert_eq!(
            hints("紧急程度（1=紧急，2=一般）").legend,
            [("1".into(), "紧急".into()), ("2".into(), "一般".into())]
        );
    }
}
