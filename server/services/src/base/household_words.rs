//! Into which pieces a household's file is cut, so that it is found by a part of a name, by its sound or first letters, by
//! the end of a number, by a stretch of an address.

use domain::phone::Phone;
use domain::resident_id::ResidentId;
use search::sound;
use storage::base::sealed::WordKind;
use storage::needs::need_file::NeedFile;
use storage::needs::person_word::Word;

/// The longest part of a longer name that is found by itself.
const PART: usize = 4;
/// Ways to read a part of a name that are kept.
const READINGS: usize = 8;
/// Names of one household that are kept, and characters of one.
const NAMES: usize = 20;
const NAME: usize = 20;
/// Characters of an address that are kept.
const ADDRESS: usize = 80;

pub(crate) fn word(kind: WordKind, text: impl Into<String>) -> Word {
    Word { kind, text: text.into() }
}

/// Width and case made one; letters, digits and Han alone.
pub(crate) fn folded(text: &str) -> Vec<char> {
    domain::text::nfkc(text).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Every name that stands in a text, folded: 王桂兰、李某（孙女）. Of a name in several parts the whole as well.
pub(crate) fn names(text: &str) -> Vec<Vec<char>> {
    let plain = domain::text::nfkc(text);
    let is_dot = |c: char| matches!(c, '·' | '•' | '・' | '．' | '‧');
    let mut all = Vec::new();
    for name in plain.split(|c: char| !c.is_alphanumeric() && !is_dot(c)) {
        let parts: Vec<Vec<char>> = name.split(is_dot).map(folded).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 {
            all.push(parts.concat());
        }
        all.extend(parts);
    }
    for name in &mut all {
        name.truncate(NAME);
    }
    all.truncate(NAMES);
    all
}

/// The last four of a number.
fn end(number: &str) -> Option<String> {
    let at = number.len().checked_sub(4)?;
    number.get(at..).map(ToOwned::to_owned)
}

/// A telephone number without its extension.
pub(crate) fn without_extension(phone: &Phone) -> String {
    let number = phone.as_str();
    let kept = if number.starts_with("400") || number.starts_with("800") { 3 } else { 2 };
    number.split('-').take(kept).collect::<Vec<_>>().join("-")
}

/// First letters of a part in all its readings.
fn initials(part: &[char]) -> Vec<String> {
    part.iter().fold(vec![String::new()], |all, ch| {
        let mut letters: Vec<char> = sound::readings(*ch).iter().filter_map(|reading| reading.chars().next()).collect();
        letters.dedup();
        let longer = all.iter().flat_map(|before| letters.iter().map(move |letter| format!("{before}{letter}")));
        longer.take(READINGS).collect()
    })
}

fn name_words(name: &[char], out: &mut Vec<Word>) {
    if name.iter().all(char::is_ascii) {
        let text: String = name.iter().collect();
        out.extend([word(WordKind::Name, text.clone()), word(WordKind::Sound, text)]);
        return;
    }
    for from in 0..name.len() {
        let longest = if from == 0 { name.len() } else { name.len().min(from + PART) };
        for until in from + 1..=longest {
            if until - from > PART && until < name.len() {
                continue;
            }
            let part = &name[from..until];
            out.push(word(WordKind::Name, part.iter().collect::<String>()));
            out.extend(sound::spellings(part).into_iter().take(READINGS).map(|text| word(WordKind::Sound, text)));
            if part.len() > 1 {
                out.extend(initials(part).into_iter().map(|text| word(WordKind::Sound, text)));
            }
        }
    }
}

/// Neighbouring characters of an address.
pub(crate) fn pairs(address: &[char]) -> Vec<String> {
    address.windows(2).take(ADDRESS).map(|pair| pair.iter().collect()).collect()
}

pub(crate) fn words(file: &NeedFile) -> Vec<Word> {
    let mut out = Vec::new();
    for text in [&file.name, &file.guardian, &file.members] {
        for name in names(text) {
            name_words(&name, &mut out);
        }
    }
    for text in std::iter::once(&file.phone).chain(&file.other_phones) {
        let Ok(phone) = Phone::parse(text) else { continue };
        let bare = without_extension(&phone);
        out.extend(end(&bare).map(|end| word(WordKind::PhoneEnd, end)));
        out.extend([word(WordKind::Phone, phone.as_str()), word(WordKind::Phone, bare)]);
    }
    if !file.id_number.is_empty() {
        let id = ResidentId::plain(&file.id_number);
        out.extend(end(&id).map(|end| word(WordKind::IdEnd, end)));
        out.push(word(WordKind::IdNumber, id));
    }
    out.extend(pairs(&folded(&file.address)).into_iter().map(|pair| word(WordKind::Address, pair)));
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Vec<String> {
        words(&NeedFile { name: name.into(), ..NeedFile::default() }).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn a_name_is_found_by_its_parts_sound_and_letters() {
        let words = of("王桂兰");
        for part in ["王桂兰", "桂兰", "王", "wangguilan", "guilan", "wgl", "gl"] {
            assert!(words.contains(&part.to_owned()), "{part} is not in {words:?}");
        }
        assert!(!words.contains(&"w".to_owned()));
        // A surname that is read otherwise than the word.
        for part in ["shanli", "danli", "sl", "dl"] {
            assert!(of("单丽").contains(&part.to_owned()), "{part}");
        }
        for part in ["买买提艾力", "买买提", "艾力", "aili"] {
            assert!(of("买买提·艾力").contains(&part.to_owned()), "{part}");
        }
    }

    #[test]
    fn numbers_are_found_whole_and_by_their_end() {
        let file = NeedFile {
            phone: "022-00000001-801".into(),
            id_number: "120101190001010016".into(),
            ..NeedFile::default()
        };
        let words = words(&file);
        for (kind, text) in [
            (WordKind::Phone, "022-00000001-801"),
            (WordKind::Phone, "022-00000001"),
            (WordKind::PhoneEnd, "0001"),
            (WordKind::IdNumber, "120101190001010016"),
            (WordKind::IdEnd, "0016"),
        ] {
            assert!(words.contains(&word(kind, text)), "{text}");
        }
    }
}
