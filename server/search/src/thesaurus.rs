//! The thesaurus: which words of the field mean the same, which find more than themselves, which say
//! nothing. Ships as `data/thesaurus.txt`; staff change it while the site runs.
//!
//! It works on the query alone, so a change needs no new index.

use serde::{Deserialize, Serialize};

use crate::analysis::{self, Piece};

/// The groups that ship with the program.
const SHIPPED: &str = include_str!("../data/thesaurus.txt");
/// Edition of [`SHIPPED`]; raise it with every change of the file.
pub const EDITION: &str = "2026-11-24";
/// Words of one group, and characters of one word, at most.
pub const MAX_WORDS: usize = 40;
pub const MAX_WORD_CHARS: usize = 16;

/// Words that belong together. Every one of `words` finds all of them, and what `finds` names besides;
/// the words in `finds` do not find back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Group {
    /// Stable name: the section and the first word as shipped (`助餐送餐/助餐`), or an id of an own group.
    pub key: String,
    /// Under which heading it is listed.
    pub section: String,
    /// The first is the word to show.
    pub words: Vec<String>,
    /// One way only: 透析 finds 陪诊, but not the reverse.
    pub finds: Vec<String>,
}

impl Group {
    /// The word to show.
    pub fn head(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// As typed into one line: `助餐 送餐 送饭 > 做饭`.
    pub fn line(&self) -> String {
        let words = self.words.join(" ");
        if self.finds.is_empty() { words } else { format!("{words} > {}", self.finds.join(" ")) }
    }

    /// Reads such a line; the mistake in words for the person who typed it.
    pub fn read(key: &str, section: &str, line: &str) -> Result<Self, String> {
        let (words, finds) = line.split_once(['>', '＞', '→']).unwrap_or((line, ""));
        let group =
            Self { key: key.to_owned(), section: section.to_owned(), words: words_of(words)?, finds: words_of(finds)? };
        if group.words.is_empty() {
            return Err("至少写一个词".to_owned());
        }
        if group.words.len() + group.finds.len() < 2 {
            return Err("至少写两个词，用空格隔开".to_owned());
        }
        Ok(group)
    }
}

fn words_of(text: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | '；' | ';' | '/')) {
        if word.is_empty() || words.iter().any(|known| known == word) {
            continue;
        }
        if word.chars().count() > MAX_WORD_CHARS {
            return Err(format!("“{}…”太长，一个词最多{MAX_WORD_CHARS}个字", word.chars().take(8).collect::<String>()));
        }
        if folded(word).is_empty() {
            return Err(format!("“{word}”里没有字"));
        }
        words.push(word.to_owned());
    }
    if words.len() > MAX_WORDS {
        return Err(format!("一组最多{MAX_WORDS}个词"));
    }
    Ok(words)
}

/// A word as it is looked up: folded, its pieces joined.
pub fn folded(word: &str) -> String {
    analysis::pieces(word)
        .into_iter()
        .map(|piece| match piece {
            Piece::Han(chars) => chars.into_iter().collect::<String>(),
            Piece::Word(word) => word,
        })
        .collect()
}

/// What ships: groups, and the words that say nothing in a query (有没有, 请问).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shipped {
    pub groups: Vec<Group>,
    pub silent: Vec<String>,
}

/// Reads the shipped file. Its form: `[heading]`, then a group a line; under `[不计的话]` plain words;
/// `#` begins a remark.
pub fn shipped() -> Shipped {
    let mut shipped = Shipped::default();
    let mut section = String::new();
    for line in SHIPPED.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_owned();
        } else if section == SILENT {
            shipped.silent.extend(line.split_whitespace().map(str::to_owned));
        } else if !line.is_empty()
            && let Ok(mut group) = Group::read("", &section, line)
        {
            group.key = format!("{section}/{}", group.head());
            shipped.groups.push(group);
        }
    }
    shipped
}

/// Heading of the words that say nothing.
const SILENT: &str = "不计的话";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn what_ships_is_large_and_well_formed() {
        let shipped = shipped();
        assert!(shipped.groups.len() >= 300, "{}", shipped.groups.len());
        let lines = SHIPPED
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty() && !line.starts_with('['));
        let silent_lines = SHIPPED.split("[不计的话]").nth(1).unwrap().lines().filter(|l| !l.trim().is_empty()).count();
        assert_eq!(lines.count(), shipped.groups.len() + silent_lines, "a line does not read");
        let mut keys = HashSet::new();
        for group in &shipped.groups {
            assert!(keys.insert(&group.key), "{} stands twice", group.key);
            assert!(!group.section.is_empty(), "{}", group.key);
            for word in group.words.iter().chain(&group.finds) {
                assert!(
                    folded(word).chars().count() >= 2 || group.words.len() == 1,
                    "{}: {word} is too short",
                    group.key
                );
            }
            let again = Group::read(&group.key, &group.section, &group.line()).unwrap();
            assert_eq!(&again, group);
        }
    }

    #[test]
    fn lines_are_read_with_any_separator() {
        let group = Group::read("k", "s", "助餐、送餐，送饭 > 做饭").unwrap();
        assert_eq!(group.line(), "助餐 送餐 送饭 > 做饭");
        assert_eq!(group.head(), "助餐");
        assert!(Group::read("k", "s", "").is_err());
        assert!(Group::read("k", "s", "助餐").is_err());
        assert!(Group::read("k", "s", "助餐 ！！").is_err());
        assert!(Group::read("k", "s", &format!("助餐 {}", "字".repeat(17))).is_err());
    }
}
