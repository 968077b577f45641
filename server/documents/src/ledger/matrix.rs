//! Matrices: a column for each word, a tick where it holds. Services, categories, areas, urgency, designations.

use domain::text;
use domain::vocabulary;
use domain::volunteer::Skill;

use super::candidate::{Candidate, Kind};
use super::field::Field;
use super::labels::{is_district, is_time, label_of};
use super::words;

/// Finds the columns of matrices and says of each which word a tick in it stands for.
pub(super) fn find(
    candidates: &mut [Candidate<'_>],
    kind: &Kind<'_>,
    mut mark: impl FnMut(&mut Candidate<'_>, Field, String),
) {
    let found: Vec<Option<Field>> = candidates.iter().map(|one| field_of(one, kind)).collect();
    let groups: Vec<Vec<String>> = candidates.iter().map(|one| one.head.above().to_vec()).collect();
    for at in 0..candidates.len() {
        let ticks = candidates[at].profile.is_ticks();
        let empty = candidates[at].profile.cells == 0;
        // Under one head, however many stand between: 服务 over 生活类 and 关爱类.
        let same_group = |other: &usize| *other != at && groups[*other].iter().any(|word| groups[at].contains(word));
        let of_group = |field: Field| (0..candidates.len()).filter(same_group).any(|other| found[other] == Some(field));
        let field = match found[at] {
            // One word alone is a question, two are a matrix: 是否低保 is not the category.
            Some(field) => {
                let neighbours =
                    [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter(|n| *n < candidates.len());
                let beside = neighbours.into_iter().any(|other| found[other] == Some(field));
                (ticks && (beside || of_group(field)) || (empty || candidates[at].profile.tick > 0) && of_group(field))
                    .then_some(field)
            }
            // 其他 among the words of a group.
            None if ticks && !groups[at].is_empty() => {
                [Field::ServiceCategories, Field::BeneficiaryCategories].into_iter().find(|field| {
                    let others =
                        (0..candidates.len()).filter(same_group).filter(|other| found[*other] == Some(*field)).count();
                    others >= 2 && candidates[at].understood.best() < 0.9
                })
            }
            None => None,
        };
        if let Some(field) = field {
            let label = label_of(candidates[at].head.own()).to_owned();
            mark(&mut candidates[at], field, label);
        }
    }
}

/// The field of which a column's head is a word; none where ticks would not make sense in it.
fn field_of(candidate: &Candidate<'_>, kind: &Kind<'_>) -> Option<Field> {
    let ticks = candidate.profile.is_ticks()
        || candidate.profile.cells == 0
        || candidate.profile.tick > 0 && candidate.profile.different <= 12;
    let label = label_of(candidate.head.own());
    if !ticks || label.is_empty() || text::char_count(label) > 14 || label.starts_with("是否") {
        return None;
    }
    let group = candidate.head.above().concat();
    let services = vocabulary::parse_services(label);
    let groups = vocabulary::parse_beneficiaries(label);
    let has = |field: Field| kind.fields.contains(&field);
    let is_group = !groups.codes.is_empty() || !groups.ambiguous.is_empty();
    if has(Field::Designation) && is_group {
        let village = groups
            .codes
            .iter()
            .any(|code| vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_village));
        return village.then_some(Field::Designation);
    }
    let of_people = ["类别", "对象", "身份", "人群", "困难", "类型"].iter().any(|word| group.contains(word));
    let of_services = ["服务", "需求", "帮扶", "帮助"].iter().any(|word| group.contains(word));
    if is_group && has(Field::BeneficiaryCategories) && (services.codes.is_empty() || of_people && !of_services) {
        return Some(Field::BeneficiaryCategories);
    }
    if !services.codes.is_empty() && has(Field::ServiceCategories) {
        return Some(Field::ServiceCategories);
    }
    if has(Field::Areas) && (is_district(label) || ["全市", "市内六区"].contains(&label)) {
        return Some(Field::Areas);
    }
    if has(Field::Urgency)
        && matches!(words::urgency(label), Some(words::Said::Value(_)))
        && (1..=4).contains(&text::char_count(label))
        && !label.contains('否')
    {
        return Some(Field::Urgency);
    }
    let about = |words: &[&str]| words.iter().any(|word| group.contains(word));
    if has(Field::Source)
        && words::source(label).is_some()
        && about(&["来源", "渠道", "途径", "来路", "怎么", "发现", "方式"])
    {
        return Some(Field::Source);
    }
    if has(Field::LedgerStatus)
        && words::is_status(label)
        && about(&["状态", "进度", "进展", "办理", "结果", "环节", "情况", "落实"])
    {
        return Some(Field::LedgerStatus);
    }
    let skill = |skill: &Skill| {
        let word = skill.label();
        word == label
            || text::char_count(label) >= 2
                && (label.contains(word) || word.contains(label))
                && about(&["技能", "特长", "专长", "本领", "会什么", "擅长"])
    };
    if has(Field::Skills) && Skill::ALL.iter().any(skill) {
        return Some(Field::Skills);
    }
    if has(Field::Available) && is_time(label) && about(&["时间", "时候", "时段", "有空", "空闲", "哪天"]) {
        return Some(Field::Available);
    }
    if has(Field::Sex) && matches!(label, "男" | "女") {
        return Some(Field::Sex);
    }
    None
}
