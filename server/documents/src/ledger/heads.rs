//! Understanding heads: which field a column's head speaks of, how surely, and what it says of units, years and cycles.

use std::collections::HashMap;

use domain::text;

use super::field::Field;

mod hints;
mod lexicon;
mod subject;

pub(crate) use hints::{Hints, frequency, legend, year_in};
use hints::{cut_year, hints, per_of};
use lexicon::Cores;
use subject::{Subject, is_only_guardian};

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
        let cores = lexicon::cores(kind);
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
        let surest = scores.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(field, score)| (*field, *score));
        let mut fields: Vec<(Field, f32)> =
            scores.into_iter().filter_map(|(field, score)| subject.field(field, score)).collect();
        // 督导员电话: what it surely says is of nobody here, and its cells say no other.
        let nobodys = surest.is_some_and(|(field, score)| score >= 0.5 && subject.field(field, score).is_none());
        if subject == Subject::Guardian && (fields.is_empty() || is_only_guardian(&label.plain)) {
            fields.push((Field::Guardian, 0.95));
        }
        if subject == Subject::Staff && fields.is_empty() && !nobodys && self.needs {
            fields.push((Field::Handler, 0.8));
        }
        let strange = subject == Subject::Stranger || nobodys;
        if subject == Subject::Stranger {
            fields.retain(|(field, score)| {
                // 身份证号（残疾证号亦可) is still what its main word says.
                *score >= 0.85 && self.exact(&label.plain, *field)
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
            // 落实人, 包联人: somebody of the office, where another column is the household's.
            if plain.ends_with('人') && (3..=6).contains(&text::char_count(plain)) {
                found.push((Field::Handler, 0.45));
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
            for word in words {
                let Some(at) = plain.rfind(word) else { continue };
                let (before, after) = (&plain[..at], &plain[at + word.len()..]);
                let core = text::char_count(word);
                // A single character is a head of its own, not a part of others: 区, 镇, 序, 起. So is a technical name.
                if core == 1 && left_over(before) + left_over(after) > 0
                    || word.is_ascii() && (!before.is_empty() || !after.is_empty())
                {
                    continue;
                }
                let unexplained = left_over(before) + left_over(after);
                #[expect(clippy::cast_precision_loss, reason = "a head has few characters")]
                let (open, core, length) = (unexplained as f32, core as f32, length as f32);
                // Words in front that nobody knows say of whom or which; what follows the core changes what it is.
                let cost = if left_over(after) > 0 { 0.9 } else { 0.5 };
                let mut score = weight * (1.0 - cost * open / length);
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
        // 您家属于哪类 speaks of no 家属.
        let joined = joined.replace("家属于", "").replace("户属于", "");
        let has = |words: &[&str]| words.iter().any(|word| joined.contains(word));
        // 签字同意 is a name of its own, whatever 签字 alone would say.
        let known = |word: &str| {
            let longer = |core: &&str| core.len() > word.len() && core.contains(word) && joined.contains(*core);
            self.cores.iter().any(|(_, weight, cores)| *weight >= 0.9 && cores.iter().any(longer))
        };
        let strange = lexicon::strangers().iter().any(|word| joined.contains(word) && !known(word));
        if self.members {
            // A list of volunteers has its own words for an emergency.
            return if strange { Subject::Stranger } else { Subject::Person };
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
        if has(lexicon::guardians()) {
            Subject::Guardian
        } else if strange {
            Subject::Stranger
        } else if has(lexicon::staff()) {
            Subject::Staff
        } else if has(lexicon::family()) {
            Subject::Family
        } else if has(lexicon::others()) {
            Subject::Other
        } else {
            Subject::Person
        }
    }
}

/// Characters of a text that no neutral word explains.
fn left_over(part: &str) -> usize {
    let mut rest = part;
    let mut open = 0;
    while let Some(first) = rest.chars().next() {
        let word = lexicon::neutral().iter().filter(|word| rest.starts_with(**word)).max_by_key(|word| word.len());
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
        if !numbered.is_empty() && !numbered.starts_with(['岁', '年', '月', '+', '-', '以', '及', '周', '个']) {
            label.plain = numbered.to_owned();
        }
        label
    }

    /// The head itself, without a year, without an ordinal, and without the half of a question: 急不急 asks for 急.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![self.plain.clone()];
        if self.plain.is_ascii() {
            forms.push(self.plain.to_ascii_lowercase());
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::need::Frequency;

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
