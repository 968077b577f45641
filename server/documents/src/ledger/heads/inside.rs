//! What stands inside a head beside its words: a year, a list of codes.

use domain::text;

/// A year of this century in front of 年, and the text without it.
pub(super) fn cut_year(plain: &str) -> Option<(i32, String)> {
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

/// Where the codes of a text begin: 哪一类1低保2特困3低边; none where it has no such list.
pub(super) fn first_code(plain: &str) -> Option<usize> {
    if numbered(plain).is_empty() { None } else { plain.find(|c: char| c.is_ascii_alphanumeric()) }
}

/// `1低保2特困3低边`, `A.助餐 B.助浴`: a code in front of each word, at least two of them, counted up.
pub(crate) fn numbered(text: &str) -> Vec<(String, String)> {
    let squeezed = text::squeeze(text);
    let mut found: Vec<(String, String)> = Vec::new();
    let mut code = String::new();
    let mut word = String::new();
    for c in squeezed.chars() {
        if c.is_ascii_alphanumeric() {
            if !word.is_empty() {
                found.push((std::mem::take(&mut code), std::mem::take(&mut word)));
            }
            code.push(c);
        } else if !code.is_empty()
            && (text::is_han(c) || !word.is_empty())
            && !matches!(c, ',' | ';' | '、' | '/' | '|' | '.')
        {
            word.push(c);
        }
    }
    if !code.is_empty() && !word.is_empty() {
        found.push((code, word));
    }
    let step = |pair: &[(String, String)]| match (pair[0].0.parse::<u32>(), pair[1].0.parse::<u32>()) {
        (Ok(one), Ok(other)) => other == one + 1,
        _ => pair[0].0.len() == 1 && pair[1].0.len() == 1 && pair[1].0 > pair[0].0,
    };
    if found.len() >= 2 && found.windows(2).all(step) { found } else { Vec::new() }
}
