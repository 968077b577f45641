//! Reading the names that offices write: with or without 街道, 镇, 村委会, the district or the city in front,
//! or a code; inside a scope only, and never by guess.

use super::{Division, Divisions, Level, prefix, within};
use crate::text;

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Twelve digits, of a current division.
    pub code12: String,
    /// Name of the abolished district that the text named, where it did.
    pub abolished: Option<String>,
}

/// Why a text means no division of the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// No such name or code; `near` is a name that differs in one character.
    Unknown { near: Option<String> },
    /// Several divisions bear the name; twelve-digit codes in order.
    Ambiguous { candidates: Vec<String> },
    /// It is a division, but none of the scope; twelve-digit codes in order.
    OutOfScope { candidates: Vec<String> },
}

impl Divisions {
    /// Reads a name or a code inside a scope (a prefix of 2, 6, 9 or 12 digits).
    /// A street's name is looked for before a village's, unless the scope is a street itself.
    pub fn resolve(&self, text: &str, scope: &str) -> Result<Resolved, ResolveError> {
        match self.find(text, scope) {
            Err(ResolveError::Unknown { .. }) => Err(ResolveError::Unknown { near: self.near_of(text, scope) }),
            found => found,
        }
    }

    /// As [`Self::resolve`] without looking for names that are near: many times faster where nothing is found.
    pub fn find(&self, text: &str, scope: &str) -> Result<Resolved, ResolveError> {
        let squeezed = text::squeeze(text);
        let plain = squeezed.trim_start_matches(['\'', '‘', '’']);
        if !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit()) {
            return self.resolve_code(plain, scope);
        }
        if plain.is_empty() {
            return Err(ResolveError::Unknown { near: None });
        }
        let whole = self.named(plain, scope);
        if !whole.is_empty() {
            return in_scope(&whole, scope, None);
        }
        let name = plain.strip_prefix("天津市").unwrap_or(plain);
        if name.is_empty() || matches!(name, "全市" | "市级" | "天津") {
            return in_scope(&["120000000000".to_owned()], scope, None);
        }
        self.resolve_name(name, scope)
    }

    fn resolve_code(&self, digits: &str, scope: &str) -> Result<Resolved, ResolveError> {
        let old = self.get(digits).ok_or(ResolveError::Unknown { near: None })?;
        let now = self.current(digits).ok_or(ResolveError::Unknown { near: None })?;
        let abolished = (old.code12 != now.code12).then(|| old.name.clone());
        in_scope(std::slice::from_ref(&now.code12), scope, abolished)
    }

    fn resolve_name(&self, name: &str, scope: &str) -> Result<Resolved, ResolveError> {
        // A current name inside the scope goes first: 塘沽 is a street of 滨海新区 before it is an old district.
        let plain = self.named(name, scope);
        if !plain.is_empty() {
            return in_scope(&plain, scope, None);
        }
        if let Some((district, abolished, rest)) = self.leading_district(name) {
            let found =
                if rest.is_empty() { vec![district.code12.clone()] } else { self.named_below(rest, district.prefix()) };
            if !found.is_empty() {
                return in_scope(&found, scope, abolished);
            }
            if !within(&district.code12, scope) && !within(scope, district.prefix()) {
                return Err(ResolveError::OutOfScope { candidates: vec![district.code12.clone()] });
            }
            return Err(ResolveError::Unknown { near: None });
        }
        // 杨村街道站北路社区: a street's name in front of the village's.
        let below = self.named_below(name, scope);
        if !below.is_empty() {
            return in_scope(&below, scope, None);
        }
        let elsewhere = self.named(name, "12");
        if !elsewhere.is_empty() {
            return Err(ResolveError::OutOfScope { candidates: elsewhere });
        }
        Err(ResolveError::Unknown { near: None })
    }

    /// A name near the text, inside the district that it begins with or inside the scope; none for codes.
    fn near_of(&self, text: &str, scope: &str) -> Option<String> {
        let squeezed = text::squeeze(text);
        let plain = squeezed.trim_start_matches(['\'', '‘', '’']);
        if plain.is_empty() || plain.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let name = plain.strip_prefix("天津市").unwrap_or(plain);
        match self.leading_district(name) {
            Some((district, _, rest)) => self.near(rest, district.prefix()),
            None => self.near(name, scope),
        }
    }

    /// Codes of the divisions in scope that bear the name; those of one level only.
    fn named(&self, name: &str, scope: &str) -> Vec<String> {
        // Inside a street 南蔡村 is the village, inside the district it is 南蔡村镇.
        let inside_street = prefix(scope).len() >= 9;
        let levels = if inside_street {
            [Level::Village, Level::Street, Level::District]
        } else {
            [Level::District, Level::Street, Level::Village]
        };
        for level in levels {
            // 静海县 is not short for 静海区: a district's name is compared as it stands.
            let written = if level == Level::District { vec![name.to_owned()] } else { forms(name, level) };
            for form in written {
                let Some(places) = self.names.get(&form) else {
                    continue;
                };
                let mut codes: Vec<_> = places
                    .iter()
                    .map(|at| &self.all[*at])
                    .filter(|d| d.level == level && d.within(scope) && kinds_agree(name, d))
                    .map(|d| d.code12.clone())
                    .collect();
                if !codes.is_empty() {
                    codes.sort();
                    return codes;
                }
            }
        }
        Vec::new()
    }

    /// As [`Self::named`], also with a street's name in front of a village's.
    fn named_below(&self, name: &str, scope: &str) -> Vec<String> {
        let whole = self.named(name, scope);
        if !whole.is_empty() {
            return whole;
        }
        let mut found = Vec::new();
        let places: Vec<usize> = name.char_indices().map(|(at, _)| at).skip(2).collect();
        for at in places {
            let (front, rest) = name.split_at(at);
            for street in self.named(front, scope) {
                if prefix(&street).len() == 9 {
                    for village in self.named(rest, &street) {
                        if prefix(&village).len() == 12 && !found.contains(&village) {
                            found.push(village);
                        }
                    }
                }
            }
        }
        found.sort();
        found
    }

    /// The district that a text begins with: current or abolished, by its full name, or short with something after it.
    fn leading_district<'a>(&self, name: &'a str) -> Option<(&Division, Option<String>, &'a str)> {
        for district in self.districts() {
            if let Some(rest) = name.strip_prefix(district.name.as_str()) {
                return Some((district, None, rest));
            }
        }
        for (old, at) in &self.old_names {
            if let Some(rest) = name.strip_prefix(old.as_str()) {
                let old = &self.all[*at];
                let now = self.current(&old.code12)?;
                return Some((now, Some(old.name.clone()), rest));
            }
        }
        for district in self.districts() {
            if let Some(rest) = name.strip_prefix(short_district(&district.name))
                && !self.named_below(rest, district.prefix()).is_empty()
            {
                return Some((district, None, rest));
            }
        }
        None
    }

    /// A name of the scope that differs from the text in one character (one wrong, missing or too many).
    fn near(&self, name: &str, scope: &str) -> Option<String> {
        let wanted: Vec<Vec<char>> = [Level::Street, Level::Village]
            .iter()
            .flat_map(|level| forms(name, *level))
            .map(|form| form.chars().collect::<Vec<char>>())
            .filter(|form| form.len() > 1)
            .collect();
        let mut best: Option<&Division> = None;
        for division in self.all.iter().filter(|d| d.is_current() && d.within(scope) && d.level >= Level::Street) {
            let near = forms(&division.name, division.level).iter().any(|form| {
                let form: Vec<char> = form.chars().collect();
                form.len() > 1 && wanted.iter().any(|w| one_apart(w, &form))
            });
            if near && best.is_none_or(|b| division.level < b.level) {
                best = Some(division);
            }
        }
        best.map(|d| d.short_name().to_owned())
    }
}

/// One code of the scope, or the error that fits.
fn in_scope(codes: &[String], scope: &str, abolished: Option<String>) -> Result<Resolved, ResolveError> {
    let inside: Vec<_> = codes.iter().filter(|code| within(code, scope)).collect();
    match inside.as_slice() {
        [code] => Ok(Resolved { code12: (*code).clone(), abolished }),
        [] if codes.is_empty() => Err(ResolveError::Unknown { near: None }),
        [] => Err(ResolveError::OutOfScope { candidates: codes.to_vec() }),
        many => Err(ResolveError::Ambiguous { candidates: many.iter().map(|c| (*c).clone()).collect() }),
    }
}

/// A text that says 街 or 镇 means no division of the other sort.
fn kinds_agree(text: &str, division: &Division) -> bool {
    use super::Kind;
    let stem = office_cut(text);
    match division.kind {
        Kind::Subdistrict => !stem.ends_with('镇') && !stem.ends_with('乡') || division.name == stem,
        Kind::Town | Kind::Township => {
            !stem.ends_with("街道") && (!stem.ends_with('街') || division.name.trim_end_matches(['镇', '乡']) == stem)
        }
        _ => true,
    }
}

/// The text without the office that sits there: 人民政府, 街道办事处.
fn office_cut(text: &str) -> &str {
    for office in ["人民政府", "镇政府", "乡政府", "办事处", "街办", "街道办", "党工委"] {
        if let Some(rest) = text.strip_suffix(office) {
            // Keep the character of the kind: 镇政府 leaves 镇, 街办 leaves 街.
            let keep = match office {
                "镇政府" | "乡政府" | "街办" => 3,
                "街道办" => 6,
                _ => 0,
            };
            return &text[..rest.len() + keep];
        }
    }
    text
}

/// The forms in which a name may be written, the fullest first.
pub(super) fn forms(name: &str, level: Level) -> Vec<String> {
    let mut forms = vec![name.to_owned()];
    let mut add = |form: &str| {
        if form.chars().count() >= 2 && !forms.iter().any(|f| f == form) {
            forms.push(form.to_owned());
        }
    };
    match level {
        Level::City => {}
        Level::District => add(short_district(name)),
        Level::Street => {
            let base = office_cut(name);
            add(base);
            for kind in ["街道", "街", "镇", "乡"] {
                if let Some(stem) = base.strip_suffix(kind) {
                    add(stem);
                    break;
                }
            }
        }
        Level::Village => {
            let canonical = name.replace("村民委员会", "村委会").replace("居民委员会", "居委会");
            add(&canonical);
            let short = short_village(&canonical);
            add(short);
            // 蒙村村委会 is 蒙村 as well as 蒙村村; 渔坝口第四村 is also written 渔坝口四村.
            if let Some(stem) = canonical.strip_suffix("村委会").or_else(|| short.strip_suffix('村')) {
                add(stem);
            }
            if let Some(stem) = short.strip_suffix("社区") {
                add(stem);
            }
            for form in forms.clone() {
                if let Some(plain) = without_ordinal(&form)
                    && !forms.contains(&plain)
                {
                    forms.push(plain);
                }
            }
        }
    }
    forms
}

/// `渔坝口第四村` → `渔坝口四村`.
fn without_ordinal(name: &str) -> Option<String> {
    let at = name.find('第')?;
    let rest = &name[at + '第'.len_utf8()..];
    let first = rest.chars().next()?;
    (at > 0 && "一二三四五六七八九十".contains(first)).then(|| format!("{}{rest}", &name[..at]))
}

/// `滨海` for 滨海新区, `武清` for 武清区, `宁河` for 宁河县.
pub(super) fn short_district(name: &str) -> &str {
    name.strip_suffix("新区").or_else(|| name.strip_suffix(['区', '县'])).filter(|s| !s.is_empty()).unwrap_or(name)
}

/// `田水铺村` for 田水铺村委会, `站北路社区` for 站北路社区居委会, `南湖` for 南湖居委会.
pub(super) fn short_village(name: &str) -> &str {
    for (suffix, keep) in [("村村民委员会", 3), ("村民委员会", 3), ("居民委员会", 0), ("村委会", 3), ("居委会", 0)]
    {
        if let Some(stem) = name.strip_suffix(suffix) {
            let short = &name[..stem.len() + keep];
            // 一村村委会 is 一村, not 一村村.
            let short = if short.ends_with("村村") { &short[..short.len() - 3] } else { short };
            return if short.is_empty() { name } else { short };
        }
    }
    name
}

/// True when one substitution, insertion or deletion makes the two equal.
fn one_apart(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 => same < short.len() && short[same + 1..] == long[same + 1..],
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}
