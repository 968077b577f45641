//! The hand-written texts of the demo, by section; every draw gives another one.

use super::random::{Bag, Chance};
use std::collections::HashMap;

const FILES: [&str; 5] = [
    include_str!("texts/people.txt"),
    include_str!("texts/care.txt"),
    include_str!("texts/support.txt"),
    include_str!("texts/village.txt"),
    include_str!("texts/words.txt"),
];

/// Sections `[name]` with one text per line; lines with `#` are notes.
pub struct Texts {
    sections: HashMap<&'static str, (Vec<&'static str>, Bag)>,
}

impl Texts {
    pub fn load() -> Self {
        let mut lines: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for file in FILES {
            let mut section = "";
            for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    Some(name) => section = name,
                    None => lines.entry(section).or_default().push(line),
                }
            }
        }
        let sections = lines.into_iter().map(|(name, lines)| (name, (lines.clone(), Bag::new(lines.len())))).collect();
        Self { sections }
    }

    /// The next text of a section; empty when there is none of that name.
    pub fn draw(&mut self, section: &str, chance: &Chance) -> &'static str {
        self.sections.get_mut(section).map_or("", |(lines, bag)| lines[bag.draw(chance)])
    }

    /// The next text of a section that anybody may say, or somebody with one of these marks; marks stand behind
    /// the second `|`. The last one drawn where none fits.
    pub fn draw_fitting(&mut self, section: &str, marks: &[&str], chance: &Chance) -> &'static str {
        let mut text = "";
        let tries = self.sections.get(section).map_or(0, |(lines, _)| lines.len() * 2);
        for _ in 0..tries {
            text = self.draw(section, chance);
            let wanted = text.splitn(3, '|').nth(2).unwrap_or_default();
            if wanted.is_empty() || wanted.split(',').any(|mark| marks.contains(&mark.trim())) {
                break;
            }
        }
        text
    }

    /// A text of the section, else of the other one.
    pub fn draw_or(&mut self, section: &str, other: &str, chance: &Chance) -> &'static str {
        let name = if self.sections.contains_key(section) { section } else { other };
        self.draw(name, chance)
    }
}
