//! Which division a row belongs to: a code, or the names of street and village, inside the importer's scope.

use domain::division::{Divisions, Level, ResolveError, Resolved, prefix, within};
use domain::text;

use super::field::Field;
use super::grid::Cell;
use super::issue::{Issue, Reason, Severity};

/// The cells of a row that speak of its division; none where there is no such column or nothing is written.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct PlaceCells<'a> {
    pub code: Option<&'a Cell>,
    pub district: Option<&'a Cell>,
    pub street: Option<&'a Cell>,
    pub village: Option<&'a Cell>,
}

/// An issue with the field whose cell is meant.
type At = (Field, Issue);

/// The division of a row: twelve digits where it is clear, and what is to be said.
pub(crate) struct Placed {
    pub code12: Option<String>,
    pub issues: Vec<At>,
}

/// Resolves the cells. `fallback` is the division of the whole sheet where the table names none.
pub(crate) fn place(cells: PlaceCells<'_>, scope: &str, fallback: Option<&str>, divisions: &Divisions) -> Placed {
    let mut placed = Placed { code12: None, issues: Vec::new() };
    for (field, cell) in [
        (Field::DivisionCode, cells.code),
        (Field::District, cells.district),
        (Field::Street, cells.street),
        (Field::Village, cells.village),
    ] {
        if cell == Some(&Cell::Error) {
            placed.issues.push((field, error(Reason::FormulaError)));
            return placed;
        }
    }
    let fallback = fallback.filter(|code| within(code, scope));
    let mut at = scope.to_owned();
    let mut named = None;
    if let Some(cell) = cells.code {
        let inside = fallback.filter(|code| read(&cell.text(), code, divisions).is_ok()).unwrap_or(scope);
        named = placed.resolve(Field::DivisionCode, cell, inside, divisions);
        if named.is_none() {
            return placed;
        }
    } else {
        // A name that the whole scope knows twice is clear inside the division of the sheet.
        if cells.district.is_none()
            && let (Some(cell), Some(code)) = (cells.street, fallback)
            && read(&cell.text(), code, divisions).is_ok()
        {
            prefix(code).clone_into(&mut at);
        }
        for (field, cell) in [(Field::District, cells.district), (Field::Street, cells.street)] {
            if let Some(cell) = cell {
                // The district's own column may well name a part of the city wider than the scope.
                if field == Field::District && names_the_scope(cell, scope, divisions) {
                    continue;
                }
                // A cell of the street may hold the village too; then it is narrower than the column.
                let Some(code) = placed.resolve(field, cell, &at, divisions) else {
                    return placed;
                };
                prefix(&code).clone_into(&mut at);
                named = Some(code);
            }
        }
        if let Some(cell) = cells.village {
            let inside = if named.is_some() { &at } else { fallback.unwrap_or(&at) }.to_owned();
            let Some(code) = placed.village(cell, &inside, scope, divisions) else {
                return placed;
            };
            named = Some(code);
        }
    }
    let named = named.or_else(|| fallback.filter(|code| prefix(code).len() >= 9).map(str::to_owned));
    match named.as_deref().and_then(|code| divisions.get(code)) {
        None => placed.issues.push((Field::DivisionCode, error(Reason::Missing))),
        Some(division) => {
            if division.level < Level::Street {
                let wide = Issue::new(Field::DivisionCode, Reason::DivisionTooWide, Severity::Warning);
                placed.issues.push((Field::DivisionCode, wide));
            }
            placed.code12 = Some(division.code12.clone());
        }
    }
    placed
}

/// True when a district cell names a division that holds the scope: 武清区 for the scope 120114104.
fn names_the_scope(cell: &Cell, scope: &str, divisions: &Divisions) -> bool {
    divisions.resolve(&cell.text(), "12").is_ok_and(|found| within(scope, &found.code12))
}

impl Placed {
    fn resolve(&mut self, field: Field, cell: &Cell, scope: &str, divisions: &Divisions) -> Option<String> {
        match read(&cell.text(), scope, divisions) {
            Ok(found) => {
                if found.abolished.is_some() {
                    let issue = Issue::new(Field::DivisionCode, Reason::AbolishedDivision, Severity::Warning);
                    self.issues.push((field, issue));
                }
                Some(found.code12)
            }
            Err(ResolveError::Unknown { .. }) => {
                // The slow way, which looks for a name that may have been meant.
                let wrong = divisions.resolve(&cell.text(), scope).err();
                self.issues.push((field, issue_of(wrong.unwrap_or(ResolveError::Unknown { near: None }))));
                None
            }
            Err(wrong) => {
                self.issues.push((field, issue_of(wrong)));
                None
            }
        }
    }

    /// A village inside its street; one of another street of the scope is told apart from an unknown one.
    fn village(&mut self, cell: &Cell, inside: &str, scope: &str, divisions: &Divisions) -> Option<String> {
        let text = cell.text();
        match read(&text, inside, divisions) {
            Err(ResolveError::Unknown { .. } | ResolveError::OutOfScope { .. })
                if prefix(inside) != prefix(scope)
                    && matches!(read(&text, scope, divisions), Ok(_) | Err(ResolveError::Ambiguous { .. })) =>
            {
                self.issues.push((Field::Village, error(Reason::VillageNotInStreet)));
                None
            }
            _ => self.resolve(Field::Village, cell, inside, divisions),
        }
    }
}

fn error(reason: Reason) -> Issue {
    Issue::new(Field::DivisionCode, reason, Severity::Error)
}

fn issue_of(wrong: ResolveError) -> Issue {
    match wrong {
        ResolveError::Unknown { near } => Issue { near, ..error(Reason::UnknownDivision) },
        ResolveError::Ambiguous { candidates } => Issue { candidates, ..error(Reason::AmbiguousDivision) },
        ResolveError::OutOfScope { .. } => error(Reason::OutOfScope),
    }
}

/// Signs between the parts of a place in one cell.
const BETWEEN: &[char] =
    &['/', '-', '—', '–', '、', ',', '>', '|', '_', '→', '\\', ';', '·', '+', '┋', ' ', '\n', '\r', '\t', '〉', '»'];

/// The parts of a place: 河东区/鲁山道街道/皓阳园社区.
pub(crate) fn parts(written: &str) -> Vec<String> {
    text::nfkc(&text::strip_invisible(written))
        .split(BETWEEN)
        .map(text::squeeze)
        .filter(|part| !part.is_empty() && !matches!(part.as_str(), "天津市" | "天津" | "市辖区"))
        .collect()
}

/// Reads a place however its parts are written: with signs between them, with its code, with a remark in brackets.
pub(crate) fn read(written: &str, scope: &str, divisions: &Divisions) -> Result<Resolved, ResolveError> {
    let first = divisions.find(written, scope);
    if !matches!(first, Err(ResolveError::Unknown { .. })) {
        return first;
    }
    let mut best = first;
    let mut better = |found: Result<Resolved, ResolveError>| {
        let ok = found.is_ok();
        if !matches!(found, Err(ResolveError::Unknown { .. })) && best.is_err() {
            best = found;
        }
        ok
    };
    let squeezed = text::squeeze(written);
    // 120102004001 天鼎社区
    let digits: String =
        squeezed.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    if matches!(digits.len(), 6 | 9 | 12) && digits.starts_with("12") && better(divisions.find(&digits, scope)) {
        return best;
    }
    let plain: String = squeezed.chars().filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '【' | '】')).collect();
    let bare = squeezed.split(['(', '[', '【']).next().unwrap_or_default();
    for form in [plain.as_str(), bare] {
        if form != squeezed && !form.is_empty() && better(divisions.find(form, scope)) {
            return best;
        }
    }
    let parts = parts(written);
    if parts.len() > 1 {
        if better(divisions.find(&parts.concat(), scope)) {
            return best;
        }
        let mut at = scope.to_owned();
        let mut found = None;
        for part in &parts {
            // The parts in front may be wider than the scope.
            match divisions.find(part, &at) {
                Ok(resolved) => {
                    prefix(&resolved.code12).clone_into(&mut at);
                    found = Some(Ok(resolved));
                }
                Err(_)
                    if found.is_none() && divisions.find(part, "12").is_ok_and(|wide| within(scope, &wide.code12)) => {}
                Err(wrong) => {
                    found = Some(Err(wrong));
                    break;
                }
            }
        }
        if let Some(found) = found {
            better(found);
        }
    }
    best
}

/// A place at the beginning of an address, and the door behind it: 河东区鲁山道街道皓阳园社区3号楼.
pub(crate) fn of_address<'a>(written: &'a str, scope: &str, divisions: &Divisions) -> Option<(Resolved, &'a str)> {
    const ENDS: &[&str] =
        &["居民委员会", "村民委员会", "居委会", "村委会", "社区", "街道", "村", "镇", "乡", "街", "里", "园"];
    let mut ends: Vec<usize> = ENDS
        .iter()
        .flat_map(|end| written.match_indices(end).map(|(at, found)| at + found.len()))
        .filter(|end| *end > 3 && *end <= 120)
        .collect();
    ends.sort_unstable();
    ends.dedup();
    ends.into_iter().rev().find_map(|end| {
        let found = read(&written[..end], scope, divisions).ok()?;
        let level = divisions.get(&found.code12)?.level;
        (level >= Level::Street).then(|| (found, written[end..].trim_start_matches(BETWEEN)))
    })
}

/// The division that a whole sheet belongs to, where the table names none or only a part: named in the titles after
/// 统计单位 or 填报单位, somewhere else in them, or by the sheet itself. The narrowest counts.
pub(crate) fn of_sheet(titles: &[String], sheet: &str, scope: &str, divisions: &Divisions) -> Option<String> {
    let mut at: Option<String> = None;
    let mut narrow = |found: Option<String>| {
        if let Some(found) = found
            && at.as_deref().is_none_or(|at| within(&found, at) && prefix(&found).len() > prefix(at).len())
        {
            at = Some(found);
        }
    };
    for title in titles {
        for word in ["统计单位", "填报单位", "所属街镇", "街镇", "单位名称", "乡镇", "街道", "社区", "村居"]
        {
            let Some(rest) = title.split(word).nth(1) else { continue };
            let Some(rest) = rest.strip_prefix([':', '：']) else { continue };
            let rest = rest.trim_start_matches([' ', '\u{3000}']);
            let name = rest.split([' ', '\u{3000}', '，', ',', '（', '(', '；', ';']).next().unwrap_or(rest);
            narrow(divisions.find(name, scope).ok().map(|found| found.code12));
        }
    }
    for title in titles {
        let inside = at.clone();
        let found = inside
            .as_deref()
            .and_then(|inside| named_in(title, prefix(inside), divisions))
            .or_else(|| named_in(title, scope, divisions));
        if let Some(found) = found
            && at.as_deref().is_none_or(|at| within(&found, at) && prefix(&found).len() > prefix(at).len())
        {
            at = Some(found);
        }
    }
    // 微心愿进度板（滨河新苑）: in brackets a place needs no word for its kind.
    for title in titles {
        let inside = at.as_deref().map_or(scope, prefix).to_owned();
        let brackets = title.split(['(', '（', '【']).skip(1).filter_map(|rest| rest.split([')', '）', '】']).next());
        let found =
            brackets.filter(|name| text::char_count(name) >= 3).find_map(|name| divisions.find(name, &inside).ok());
        if let Some(found) = found
            && at
                .as_deref()
                .is_none_or(|at| within(&found.code12, at) && prefix(&found.code12).len() > prefix(at).len())
        {
            at = Some(found.code12);
        }
    }
    // A sheet called like its town is the town, even where a village of it has the same name.
    let plain = sheet.trim_matches(|c: char| c.is_ascii_digit() || "、.-_ ".contains(c));
    if at.is_some() && divisions.find(plain, scope).ok().map(|found| found.code12) == at {
        return at;
    }
    let inside = at.as_deref().map_or(scope, prefix);
    let of_name = |scope: &str| {
        read(plain, scope, divisions)
            .ok()
            .map(|found| found.code12)
            .or_else(|| named_in(sheet, scope, divisions))
            .filter(|code| prefix(code).len() > prefix(scope).len())
    };
    of_name(inside).or_else(|| of_name(scope).filter(|code| at.as_deref().is_none_or(|at| within(code, at)))).or(at)
}

/// The narrowest division that is named somewhere in a text by a name with its kind.
fn named_in(written: &str, scope: &str, divisions: &Divisions) -> Option<String> {
    const ENDS: &[&str] = &["街道", "镇", "乡", "社区", "村", "居委会", "村委会", "街", "区", "新区"];
    let squeezed = text::squeeze(written);
    let chars: Vec<char> = squeezed.chars().take(80).collect();
    let mut best: Option<(usize, usize, String)> = None;
    for from in 0..chars.len() {
        for to in from + 2..=(from + 14).min(chars.len()) {
            let name: String = chars[from..to].iter().collect();
            if !ENDS.iter().any(|end| name.ends_with(end)) {
                continue;
            }
            if let Ok(found) = divisions.find(&name, scope) {
                let (level, length) = (prefix(&found.code12).len(), to - from);
                if best.as_ref().is_none_or(|(l, n, _)| (level, length) > (*l, *n)) {
                    best = Some((level, length, found.code12));
                }
            }
        }
    }
    best.map(|(_, _, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_one_cell() {
        let all = Divisions::bundled();
        let of = |text: &str| read(text, "12", all).map(|found| found.code12);
        let code = Ok(of("河东区鲁山道街道").unwrap());
        for text in ["河东区/鲁山道街道", "河东区-鲁山道", "天津市 河东区 鲁山道街道", "河东区（鲁山道街道）"]
        {
            assert_eq!(of(text), code, "{text}");
        }
        assert_eq!(of("120102004 鲁山道街道"), of("120102004"));
        let (found, rest) = of_address("河东区鲁山道街道示例里3号楼2门", "12", all).unwrap();
        assert_eq!((Ok(found.code12), rest), (code, "示例里3号楼2门"));
    }

    #[test]
    fn places_of_a_sheet() {
        let all = Divisions::bundled();
        let titles = ["河东区鲁山道街道困难群众需求台账".to_owned()];
        let street = read("河东区鲁山道街道", "12", all).unwrap().code12;
        assert_eq!(of_sheet(&titles, "Sheet1", "120102", all), Some(street.clone()));
        let village = all.children(&street).next().unwrap();
        assert_eq!(of_sheet(&titles, village.short_name(), "120102", all).as_deref(), Some(village.code12.as_str()));
        assert_eq!(of_sheet(&[], "Sheet1", "12", all), None);
    }
}
