//! Understanding heads: which field a column's head speaks of, how surely, and what it says of units, years and cycles.

use std::collections::HashMap;

use domain::text;

use super::field::Field;

mod asked;
mod hints;
mod inside;
mod label;
mod lexicon;
mod subject;

pub(crate) use hints::{Hints, frequency, legend};
use hints::{hints, per_of};
pub(crate) use inside::{numbered, year_in};
use label::Label;
use lexicon::Cores;
pub(crate) use lexicon::callers;
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

    /// The words of all rows above those next to the data.
    pub fn above(&self) -> &[String] {
        &self.path[..self.path.len().saturating_sub(1)]
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
    /// Syllables of heads.
    stems: Cores,
    kind: String,
    known: std::cell::RefCell<HashMap<Vec<String>, Understood>>,
}

impl Heads {
    pub fn of(kind: &str) -> Self {
        let cores = lexicon::cores(kind);
        Self { cores, stems: lexicon::stems(kind), kind: kind.to_owned(), known: std::cell::RefCell::default() }
    }

    /// Whether these are the words of a kind.
    fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Every field of the kind, each once.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = self.cores.iter().map(|(field, ..)| *field).collect();
        if self.is("needs") {
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
        let mut subject = self.subject(joined);
        // 监护人 over 基本情况 over 姓名: the rows further up say it where the nearest do not.
        if subject == Subject::Person && head.path.len() > 2 {
            subject = self.subject(&head.path.concat());
        }
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
        for inside in label.brackets.iter().filter(|inside| inside::first_code(inside).is_none()) {
            for (field, score) in self.cores_of(inside) {
                note(field, score * if label.plain.is_empty() { 1.0 } else { 0.8 });
            }
        }
        for (field, score) in self.asked(&label.plain) {
            note(field, score);
        }
        let mut hints = hints(&label, &group);
        // 预计服务（月）: what is counted in months is how long, save ages and times.
        let long = hints.unit.as_deref().is_some_and(|unit| matches!(unit, "月" | "个月" | "天" | "日" | "周" | "年"));
        if self.is("needs")
            && long
            && !["龄", "岁", "次", "频", "收入", "每"].iter().any(|word| label.plain.contains(word))
        {
            let best = scores.entry(Field::Period).or_default();
            *best = best.max(0.6);
        }
        let surest = scores.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(field, score)| (*field, *score));
        let mut fields: Vec<(Field, f32)> =
            scores.into_iter().filter_map(|(field, score)| subject.field(field, score)).collect();
        // 督导员电话: what it surely says is of nobody here, and its cells say no other.
        let nobodys = surest.is_some_and(|(field, score)| score >= 0.5 && subject.field(field, score).is_none());
        if subject == Subject::Guardian && (fields.is_empty() || is_only_guardian(&label.plain)) {
            fields.push((Field::Guardian, 0.95));
        }
        if subject == Subject::Staff && fields.is_empty() && !nobodys && self.is("needs") {
            fields.push((Field::Handler, 0.8));
        }
        let strange = subject == Subject::Stranger || nobodys;
        if subject == Subject::Stranger {
            fields.retain(|(field, score)| {
                // 身份证号（残疾证号亦可) is still what its main word says.
                *score >= 0.85 && self.exact(&label.plain, *field)
            });
        }
        if !strange {
            let stems = self.stems_of(&label.plain);
            fields.extend(stems.into_iter().filter_map(|(field, score)| subject.field(field, score)));
        }
        fields.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut seen = std::collections::HashSet::new();
        fields.retain(|(field, _)| seen.insert(*field));
        if fields.first().is_some_and(|(field, _)| *field == Field::Quantity) && hints.per.is_none() {
            hints.per = per_of(&label.plain);
        }
        Understood { fields, hints, strange }
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
        let joined = joined.replace("家属于", "").replace("户属于", "").replace("低收入", "低保");
        let has = |words: &[&str]| words.iter().any(|word| joined.contains(word));
        // 签字同意 is a name of its own, whatever 签字 alone would say.
        let known = |word: &str| {
            let longer = |core: &&str| core.len() > word.len() && core.contains(word) && joined.contains(*core);
            self.cores.iter().any(|(_, weight, cores)| *weight >= 0.9 && cores.iter().any(longer))
        };
        // 学校 and 工作单位 of a volunteer are an occupation.
        let own = |word: &str| {
            self.is("members") && ["学校", "学籍", "就读", "职业", "工作单位", "技能", "身体"].contains(&word)
        };
        let strange = lexicon::strangers().iter().any(|word| joined.contains(word) && !known(word) && !own(word));
        // 来电时间, 呼入诉求: when somebody rang and what for is the need's, whoever it was.
        let of_call = lexicon::callers().iter().any(|word| joined.contains(word))
            && ["日期", "时间", "时刻", "日", "内容", "诉求", "事由", "描述", "摘要"]
                .iter()
                .any(|end| joined.ends_with(end));
        let strange = strange && !of_call;
        if self.is("members") {
            // A list of volunteers has its own words for an emergency. The number of a register elsewhere is not the team's.
            let elsewhere = joined.contains("注册") && ["号", "码", "ID", "id"].iter().any(|end| joined.ends_with(end))
                || ["平台", "系统", "志愿汇", "志愿中国", "全国"].iter().any(|word| joined.contains(word))
                    && ["编号", "号", "码", "ID", "id"].iter().any(|end| joined.ends_with(end))
                    && !["电话", "手机", "身份证", "证件"].iter().any(|word| joined.contains(word));
            return if strange || elsewhere { Subject::Stranger } else { Subject::Person };
        }
        if !self.is("needs") {
            if ["法定代表", "法人", "负责人"].iter().any(|word| joined.contains(word)) && self.is("organizations")
            {
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
            (&["属于下列哪一类 1低保2特困3低边"], Some(Field::BeneficiaryCategories)),
            (&["监护人", "基本情况", "姓名"], Some(Field::Guardian)),
            (&["现在办到哪一步了"], Some(Field::LedgerStatus)),
            (&["进件渠道名称"], Some(Field::Source)),
            (&["预计做多久（月）"], Some(Field::Period)),
            (&["归谁办"], Some(Field::Handler)),
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
