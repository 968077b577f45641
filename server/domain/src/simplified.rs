//! Traditional → simplified characters, one for one: what search and the publish gate compare by.

use std::collections::HashMap;
use std::sync::LazyLock;

/// OpenCC's character table (Apache-2.0, see `data/README.md`), one line each: `traditional<TAB>simplified …`. The first
/// alternative is used, and only where both sides are one character.
const TS_CHARACTERS: &str = include_str!("../data/ts_characters.txt");

/// The range nearly all Han characters of a text lie in: a look-up there is one index.
const COMMON: std::ops::RangeInclusive<u32> = 0x3400..=0x9FFF;

struct Table {
    /// `common[c - 0x3400]`: the simplified form, or the character itself.
    common: Vec<char>,
    rare: HashMap<char, char>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { common: COMMON.filter_map(char::from_u32).collect(), rare: HashMap::new() };
    for line in TS_CHARACTERS.lines() {
        let Some((from, to)) = line.split_once('\t') else { continue };
        let (Some(from), Some(to)) = (single(from), to.split(' ').next().and_then(single)) else { continue };
        if COMMON.contains(&u32::from(from)) {
            table.common[(u32::from(from) - COMMON.start()) as usize] = to;
        } else {
            table.rare.insert(from, to);
        }
    }
    table
});

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// The simplified form of a character; anything else stays as it is.
pub fn simplify(c: char) -> char {
    let code = u32::from(c);
    if COMMON.contains(&code) {
        TABLE.common[(code - COMMON.start()) as usize]
    } else if code > *COMMON.end() {
        TABLE.rare.get(&c).copied().unwrap_or(c)
    } else {
        c
    }
}

#[cfg(test)]
mod tests {
    use super::simplify;

    #[test]
    fn one_character_for_one() {
        assert_eq!("陳醫生過來,a1和平區".chars().map(simplify).collect::<String>(), "陈医生过来,a1和平区");
        // Beyond the basic plane, and a character with several simplified forms.
        assert_eq!(simplify('𠁞'), '𠀾');
        assert_eq!(simplify('乾'), '干');
    }
}
