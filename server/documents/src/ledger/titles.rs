//! What the titles above a table and the sheet's name say of all of its rows: a category, a team.

use domain::need::Source;
use domain::text;
use domain::vocabulary::{self, Labels};

use super::field::Field;
use super::grid::Grid;
use super::heads;
use super::line_kind::{self, LineKind};
use super::plan::Plan;
use super::words;

/// What is said of all rows, where no column says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub beneficiaries: Vec<String>,
    pub services: Vec<String>,
    pub team: Option<String>,
    /// What the villages of the table are.
    pub designation: Option<String>,
    /// The way on which all of its needs came.
    pub source: Option<Source>,
}

impl Said {
    pub fn of(titles: &[String], sheet: &str, file: &str, plan: &Plan) -> Self {
        let mut said = Self::default();
        // The sheet's own name is nearer to the rows than the title of the file.
        let texts: Vec<&str> = std::iter::once(sheet).chain(titles.iter().map(String::as_str)).collect();
        if !plan.has(Field::BeneficiaryCategories) {
            said.beneficiaries = texts
                .iter()
                .map(|text| named(text, vocabulary::parse_beneficiaries, &[]))
                .find(|codes| codes.len() == 1)
                .unwrap_or_default();
        }
        if !plan.has(Field::ServiceCategories) {
            said.services = texts
                .iter()
                .map(|text| named(text, vocabulary::parse_services, &["服务", "需求"]))
                .find(|codes| codes.len() == 1)
                .unwrap_or_default();
        }
        if !plan.has(Field::Designation) {
            said.designation = texts
                .iter()
                .map(|text| named(text, vocabulary::parse_beneficiaries, &[]))
                .find_map(|codes| codes.into_iter().find(|code| is_village(code)));
        }
        if !plan.has(Field::Source) {
            said.source = texts.iter().copied().chain(std::iter::once(file)).find_map(channel);
            // Somebody who rang, and a desk that took it down: nobody else writes such a table.
            let called = |words: &Vec<String>| {
                words.iter().any(|word| heads::callers().iter().any(|caller| word.contains(caller)))
            };
            if said.source.is_none() && plan.words.values().filter(|words| called(words)).count() >= 2 {
                said.source = Some(Source::Hotline);
            }
        }
        if !plan.has(Field::Team) {
            said.team = texts.iter().find_map(|text| team_in(text));
        }
        said
    }

    pub fn says(&self, field: Field) -> bool {
        match field {
            Field::BeneficiaryCategories => !self.beneficiaries.is_empty(),
            Field::ServiceCategories => !self.services.is_empty(),
            Field::Designation => self.designation.is_some(),
            _ => false,
        }
    }
}

fn is_village(code: &str) -> bool {
    vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_village)
}

/// The channel that a title names as the file's own: 12345热线工单, 救急难平台导出.
fn channel(written: &str) -> Option<Source> {
    let squeezed = text::squeeze(written);
    // What stands in brackets is about something else: （热线转办件另附）.
    let squeezed = squeezed.split('(').next().unwrap_or_default().to_owned();
    ["12345", "12349", "热线", "救急难", "直通车", "专线", "话务", "来电"]
        .iter()
        .any(|word| squeezed.contains(word))
        .then(|| words::source(&squeezed))?
}

/// The texts above a table.
pub(crate) fn above(grid: &Grid, top: u32) -> Vec<String> {
    grid.lines
        .iter()
        .take_while(|line| line.row < top)
        .filter(|line| line_kind::above(line) != LineKind::Blank)
        .flat_map(|line| line.cells().map(|(_, cell)| cell.text()).collect::<Vec<_>>())
        .collect()
}

/// The texts that stand alone in the last lines of a sheet.
pub(crate) fn at_foot(grid: &Grid) -> Vec<String> {
    let last = grid.lines.iter().rev().take(6);
    last.filter(|line| line.cells().count() == 1)
        .flat_map(|line| line.cells().map(|(_, cell)| cell.text()).collect::<Vec<_>>())
        .collect()
}

/// The codes of the longest labels in a text; each label must be followed by one of these words, if there are any.
fn named(written: &str, parse: fn(&str) -> Labels, before: &[&str]) -> Vec<String> {
    let chars: Vec<char> = text::squeeze(written).chars().take(60).collect();
    let mut found: Vec<String> = Vec::new();
    let mut from = 0;
    while from < chars.len() {
        let longest = (from + 2..=(from + 14).min(chars.len())).rev().find_map(|to| {
            let word: String = chars[from..to].iter().collect();
            let rest: String = chars[to..].iter().collect();
            let labels = parse(&word);
            let plain = labels.count == 1 && labels.unknown.is_empty() && labels.ambiguous.is_empty();
            let followed =
                before.is_empty() || before.iter().any(|next| rest.starts_with(next) || word.ends_with(next));
            // A word that is one of a kind only with what people put around it is no name in a title.
            (plain && followed && text::char_count(&word) >= 2).then_some((to, labels.codes))
        });
        match longest {
            Some((to, codes)) => {
                for code in codes {
                    if !found.iter().any(|known| known == code) {
                        found.push(code.to_owned());
                    }
                }
                from = to;
            }
            None => from += 1,
        }
    }
    found
}

/// The name of a team in a title: up to 队, without what the list is called.
fn team_in(written: &str) -> Option<String> {
    let squeezed = text::squeeze(written);
    // 服务队队员花名册: the last 队 that is no 队员.
    let end = squeezed
        .match_indices('队')
        .map(|(at, sign)| at + sign.len())
        .rfind(|end| !squeezed[*end..].starts_with(['员', '长', '伍', '队']))
        .or_else(|| squeezed.find("队队").map(|at| at + '队'.len_utf8()))?;
    let name = &squeezed[..end];
    (text::char_count(name) >= 3 && text::char_count(name) <= 30).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_titles_say() {
        let of = |text: &str| named(text, vocabulary::parse_beneficiaries, &[]);
        assert_eq!(of("留守儿童"), ["LSET"]);
        assert_eq!(of("生活无着的流散人员救助台账"), ["LL"]);
        assert_eq!(of("困难群众服务需求台账"), [""; 0]);
        assert_eq!(named("助餐服务需求登记表", vocabulary::parse_services, &["服务", "需求"]), ["B01"]);
        assert_eq!(team_in("示例街道邻里志愿服务队花名册").as_deref(), Some("示例街道邻里志愿服务队"));
    }
}
