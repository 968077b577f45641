//! What words mean here: the thesaurus, the services and groups of people, the places of the city, each
//! found as written or as it sounds. Built once for an edition of these and shared.

use std::collections::{HashMap, HashSet};

use domain::division::{Division, Divisions, Level};
use domain::vocabulary;

use crate::sound;
use crate::thesaurus::{self, Group, folded};

/// Weight of the word as typed, of its equals, and of what it finds besides.
const TYPED: f32 = 1.0;
const EQUAL: f32 = 0.9;
const BESIDES: f32 = 0.4;
/// Other words of one concept that are looked for.
const MOST_ALTERNATIVES: usize = 24;
/// Parts of the city that are no division.
const REGIONS: [(&str, &str, &[&str]); 6] = [
    ("市内六区", "市内六区", &["120101", "120102", "120103", "120104", "120105", "120106"]),
    ("市区", "市内六区", &["120101", "120102", "120103", "120104", "120105", "120106"]),
    ("环城四区", "环城四区", &["120110", "120111", "120112", "120113"]),
    ("环城", "环城四区", &["120110", "120111", "120112", "120113"]),
    ("远郊五区", "远郊五区", &["120114", "120115", "120117", "120118", "120119"]),
    ("远郊", "远郊五区", &["120114", "120115", "120117", "120118", "120119"]),
];
/// Names of the whole: they narrow nothing.
const EVERYWHERE: [&str; 5] = ["天津", "天津市", "全市", "本市", "津"];

/// One way to say a concept.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Folded.
    pub text: String,
    pub weight: f32,
}

/// What a word of the thesaurus or the vocabularies means.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Concept {
    /// The word to show.
    pub head: String,
    /// Code of the service it names, empty for none.
    pub service: String,
    /// Code of the group of people it names, empty for none.
    pub group: String,
    /// The typed word first.
    pub alternatives: Vec<Alternative>,
}

impl Concept {
    /// Alternatives that mean the same, without those it only finds besides.
    pub fn equals(&self) -> impl Iterator<Item = &Alternative> {
        self.alternatives.iter().filter(|a| a.weight >= EQUAL)
    }
}

/// A place that was named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Place {
    /// `蓟州区`, `和平区 小白楼街道`.
    pub name: String,
    /// 6, 9 or 12 digits; several where a name is borne by several.
    pub codes: Vec<String>,
}

/// A word with its meaning.
#[derive(Debug, Clone, PartialEq)]
pub enum Sense {
    Concept(Concept),
    Place(Place),
    /// Says nothing.
    Silent,
}

#[derive(Debug, Clone, Default)]
struct Word {
    /// Groups in which it is one of the equals.
    groups: Vec<usize>,
    place: Option<usize>,
    silent: bool,
}

/// The words of one edition.
#[derive(Debug, Default)]
pub struct Lexicon {
    revision: u64,
    words: HashMap<String, Word>,
    groups: Vec<Known>,
    places: Vec<Place>,
    /// Characters of the longest word.
    longest: usize,
    /// Spelling in letters → words, the more important first.
    spelled: HashMap<String, Vec<String>>,
    blurred: HashMap<String, Vec<String>>,
    initials: HashMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Known {
    group: Group,
    service: String,
    people: String,
}

/// Words that one slip of the hand may have meant.
const MOST_SLIPS: usize = 8;

impl Lexicon {
    /// Puts an edition together. `revision` rises with every change of it.
    pub fn new(revision: u64, groups: Vec<Group>, silent: &[String], divisions: &Divisions) -> Self {
        let mut lexicon = Self { revision, ..Self::default() };
        for group in groups {
            lexicon.add_group(group);
        }
        lexicon.add_vocabulary();
        for word in silent.iter().map(String::as_str).chain(EVERYWHERE) {
            lexicon.word(word).silent = true;
        }
        lexicon.add_places(divisions);
        lexicon.longest = lexicon.words.keys().map(|word| word.chars().count()).max().unwrap_or(0);
        lexicon.add_sounds();
        lexicon
    }

    /// What ships, over the bundled divisions: for tests and measurements.
    pub fn shipped() -> Self {
        let shipped = thesaurus::shipped();
        Self::new(0, shipped.groups, &shipped.silent, Divisions::bundled())
    }

    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The trained sense of meaning; none without any words.
    pub fn intent(&self) -> Option<&'static crate::intent::Model> {
        (!self.words.is_empty()).then(crate::intent::shipped)
    }

    fn word(&mut self, word: &str) -> &mut Word {
        self.words.entry(folded(word)).or_default()
    }

    fn add_group(&mut self, group: Group) {
        let at = self.groups.len();
        let clear = |labels: &vocabulary::Labels| labels.unknown.is_empty() && labels.ambiguous.is_empty();
        let service = group
            .words
            .iter()
            .map(|word| vocabulary::parse_services(word))
            .find(|labels| clear(labels) && labels.codes.len() == 1)
            .and_then(|labels| labels.codes.first().map(ToString::to_string));
        let people = group.words.iter().map(|word| vocabulary::parse_beneficiaries(word)).find_map(|labels| {
            let codes = labels.codes.iter().chain(labels.ambiguous.iter().flat_map(|label| &label.candidates));
            vocabulary::groups_of(&codes.collect::<Vec<_>>()).first().map(|group| group.code().to_owned())
        });
        for word in &group.words {
            self.word(word).groups.push(at);
        }
        let service = service.unwrap_or_default();
        let people = if service.is_empty() { people.unwrap_or_default() } else { String::new() };
        self.groups.push(Known { group, service, people });
    }

    /// Names of services and of groups of people that no group of the thesaurus has.
    fn add_vocabulary(&mut self) {
        let services = vocabulary::service_categories().iter().map(|s| (s.short_name, s.name));
        let people = vocabulary::BeneficiaryGroup::ALL.iter().map(|g| (g.name(), g.name()));
        let categories = vocabulary::beneficiary_categories().iter().map(|c| (c.short_name, c.name));
        for (short, name) in services.chain(people).chain(categories) {
            let mut words = vec![short.to_owned()];
            for part in name.split(['/', '（', '）', '(', ')']).filter(|part| part.chars().count() >= 2) {
                if !words.iter().any(|word| word == part) {
                    words.push(part.to_owned());
                }
            }
            words.retain(|word| !word.contains(['（', '(']));
            words.retain(|word| self.words.get(&folded(word)).is_none_or(|known| known.groups.is_empty()));
            if words.is_empty() {
                continue;
            }
            self.add_group(Group { key: String::new(), section: String::new(), words, finds: Vec::new() });
        }
    }

    fn add_places(&mut self, divisions: &Divisions) {
        for (word, name, codes) in REGIONS {
            self.add_place(word, name, codes);
        }
        for division in divisions.iter() {
            let Some(now) = divisions.current(&division.code12) else { continue };
            if now.level == Level::City {
                continue;
            }
            let name = divisions.spoken_name(&now.code12);
            for form in forms(division) {
                let taken = self.words.get(&folded(form)).is_some_and(|known| !known.groups.is_empty() || known.silent);
                if !taken || division.level == Level::District {
                    self.add_place(form, &name, &[now.prefix()]);
                }
            }
        }
    }

    fn add_place(&mut self, word: &str, name: &str, codes: &[&str]) {
        let known = self.word(word).place;
        match known {
            // The larger one goes first: 塘沽 the old district before the street of that name.
            Some(at) => {
                let length = codes.first().map_or(0, |code| code.len());
                let place = &mut self.places[at];
                if place.codes.first().is_some_and(|code| code.len() == length) && place.codes.len() < 32 {
                    place.codes.extend(codes.iter().map(|code| (*code).to_owned()));
                    place.codes.dedup();
                    if place.codes.len() > 1 && length > 6 {
                        word.clone_into(&mut place.name);
                    }
                }
            }
            None => {
                self.places.push(Place {
                    name: name.to_owned(),
                    codes: codes.iter().map(|code| (*code).to_owned()).collect(),
                });
                let at = self.places.len() - 1;
                self.word(word).place = Some(at);
            }
        }
    }

    /// Spellings of everything but villages, of which too many sound alike.
    fn add_sounds(&mut self) {
        let mut ranked: Vec<(u8, String)> = Vec::new();
        for (word, known) in &self.words {
            let place = known.place.map(|at| self.places[at].codes.first().map_or(0, String::len));
            let rank = match (known.groups.first(), place) {
                (_, _) if known.silent => continue,
                (Some(at), _) if !self.groups[*at].service.is_empty() => {
                    if folded(self.groups[*at].group.head()) == *word { 0 } else { 2 }
                }
                (Some(at), _) => {
                    if folded(self.groups[*at].group.head()) == *word {
                        1
                    } else {
                        3
                    }
                }
                (None, Some(6)) => 1,
                (None, Some(9)) => 4,
                _ => continue,
            };
            ranked.push((rank, word.clone()));
        }
        ranked.sort_unstable();
        for (rank, word) in ranked {
            let chars: Vec<char> = word.chars().collect();
            if chars.len() < 2 {
                continue;
            }
            for spelling in sound::spellings(&chars) {
                note(&mut self.blurred, sound::blurred(&spelling), &word);
                note(&mut self.spelled, spelling, &word);
            }
            if rank <= 1
                && let Some(initials) = sound::initials(&chars)
            {
                note(&mut self.initials, initials, &word);
            }
        }
    }

    /// The longest word that begins `chars`, with its length.
    pub fn longest(&self, chars: &[char]) -> Option<(usize, Sense)> {
        let most = self.longest.min(chars.len());
        (1..=most).rev().find_map(|length| {
            let word: String = chars[..length].iter().collect();
            Some((length, self.sense(&word)?))
        })
    }

    /// What a folded word means.
    pub fn sense(&self, word: &str) -> Option<Sense> {
        let known = self.words.get(word)?;
        if let Some(at) = known.place {
            return Some(Sense::Place(self.places[at].clone()));
        }
        if known.silent {
            return Some(Sense::Silent);
        }
        (!known.groups.is_empty()).then(|| Sense::Concept(self.concept(word, &known.groups)))
    }

    fn concept(&self, word: &str, groups: &[usize]) -> Concept {
        let mut alternatives = vec![Alternative { text: word.to_owned(), weight: TYPED }];
        let mut seen: HashSet<String> = HashSet::from([word.to_owned()]);
        let known = || groups.iter().filter_map(|at| self.groups.get(*at));
        let equals = known().flat_map(|k| k.group.words.iter().map(|word| (word, EQUAL)));
        let besides = known().flat_map(|k| k.group.finds.iter().map(|word| (word, BESIDES)));
        for (word, weight) in equals.chain(besides) {
            let text = folded(word);
            if alternatives.len() <= MOST_ALTERNATIVES && seen.insert(text.clone()) {
                alternatives.push(Alternative { text, weight });
            }
        }
        Concept {
            head: known().next().map_or_else(|| word.to_owned(), |k| k.group.head().to_owned()),
            service: known().map(|k| k.service.clone()).find(|code| !code.is_empty()).unwrap_or_default(),
            group: known().map(|k| k.people.clone()).find(|code| !code.is_empty()).unwrap_or_default(),
            alternatives,
        }
    }

    /// Words spelled so in pinyin, the more important first.
    pub fn spelled(&self, letters: &str) -> &[String] {
        self.spelled.get(letters).map_or(&[], Vec::as_slice)
    }

    /// Words whose spelling begins so, services first.
    pub fn spelled_from(&self, letters: &str) -> Vec<String> {
        let begun = self.spelled.iter().filter(|(spelling, _)| spelling.starts_with(letters));
        let mut found: Vec<(bool, usize, &String)> = begun
            .flat_map(|(spelling, words)| words.iter().map(move |word| (spelling.len(), word)))
            .filter_map(|(length, word)| {
                let known = self.words.get(word).filter(|known| !known.groups.is_empty())?;
                let service = known.groups.iter().any(|at| !self.groups[*at].service.is_empty());
                Some((!service, length, word))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().take(3).map(|(.., word)| word.clone()).collect()
    }

    /// Words with these first letters.
    pub fn with_initials(&self, letters: &str) -> &[String] {
        self.initials.get(letters).map_or(&[], Vec::as_slice)
    }

    /// Words that sound like `word` but are written otherwise; exact sounds before blurred ones.
    pub fn sounding_like(&self, word: &[char]) -> Vec<String> {
        let written: String = word.iter().collect();
        let spellings = sound::spellings(word);
        let exact = spellings.iter().flat_map(|spelling| self.spelled(spelling));
        let mut found: Vec<String> = Vec::new();
        let add = |found: &mut Vec<String>, candidate: &String| {
            if *candidate != written && candidate.chars().count() == word.len() && !found.contains(candidate) {
                found.push(candidate.clone());
            }
        };
        for candidate in exact {
            add(&mut found, candidate);
        }
        if found.is_empty() {
            let blurred = spellings.iter().filter_map(|spelling| self.blurred.get(&sound::blurred(spelling)));
            // One character must be the same: accents alone would find too much.
            let akin = |candidate: &&String| candidate.chars().zip(word).any(|(a, b)| a == *b);
            for candidate in blurred.flatten().filter(akin) {
                add(&mut found, candidate);
            }
        }
        found.truncate(3);
        found
    }

    /// Words of at least `least` characters of which one is another: a slip of the hand (法律援肋).
    pub fn written_like(&self, word: &[char], least: usize) -> Vec<String> {
        if word.len() < least {
            return Vec::new();
        }
        let akin = |known: &str| {
            let same = known.chars().zip(word).filter(|(a, b)| a == *b).count();
            same + 1 == word.len()
                && known.chars().count() == word.len()
                // Of two characters one alone says too little: the other one sounds alike in its end.
                && (word.len() > 2 || known.chars().zip(word).all(|(a, b)| a == *b || sound::rhymes(a, *b)))
        };
        let mut found: Vec<(bool, &String)> = self
            .words
            .iter()
            .filter(|(known, sense)| !sense.groups.is_empty() && akin(known))
            .map(|(known, sense)| (sense.groups.iter().all(|at| self.groups[*at].service.is_empty()), known))
            .collect();
        found.sort_unstable();
        found.into_iter().take(MOST_SLIPS).map(|(_, known)| known.clone()).collect()
    }

    /// Words to suggest to somebody who has typed this much: as written, or in letters.
    pub fn completions(&self, typed: &str, most: usize) -> Vec<String> {
        let typed = folded(typed);
        if typed.is_empty() {
            return Vec::new();
        }
        let letters = typed.bytes().all(|b| b.is_ascii_lowercase());
        let mut found: Vec<(usize, usize, String)> = Vec::new();
        for (word, known) in &self.words {
            let starts = word.starts_with(&typed)
                || (letters
                    && typed.len() >= 2
                    && !known.groups.is_empty()
                    && sound::spellings(&word.chars().collect::<Vec<_>>())
                        .first()
                        .is_some_and(|s| s.starts_with(&typed)));
            if !starts || known.silent || (known.groups.is_empty() && known.place.is_none()) {
                continue;
            }
            let village = known.place.is_some_and(|at| self.places[at].codes.first().is_some_and(|c| c.len() > 9));
            if village && typed.chars().count() < 3 {
                continue;
            }
            let service = known.groups.iter().any(|at| !self.groups[*at].service.is_empty());
            found.push((usize::from(!service) + usize::from(village), word.chars().count(), word.clone()));
        }
        found.sort_unstable();
        found.into_iter().map(|(.., word)| word).take(most).collect()
    }

    /// Every group, as it is in force.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().map(|known| &known.group).filter(|group| !group.key.is_empty())
    }
}

fn note(map: &mut HashMap<String, Vec<String>>, key: String, word: &str) {
    let words = map.entry(key).or_default();
    if words.len() < 8 && !words.iter().any(|known| known == word) {
        words.push(word.to_owned());
    }
}

/// The forms under which a division is named in a query.
fn forms(division: &Division) -> Vec<&str> {
    let name = division.name.as_str();
    let mut forms = vec![name];
    let ends: &[&str] = match division.level {
        Level::District => &["新区", "区", "县"],
        Level::Street => &["街道办事处", "街道", "地区", "镇", "乡"],
        Level::City | Level::Village => &[],
    };
    if let Some(short) = ends.iter().find_map(|end| name.strip_suffix(end)) {
        let least = if division.level == Level::District { 2 } else { 3 };
        if short.chars().count() >= least {
            forms.push(short);
        }
    }
    if division.level == Level::Village {
        // 东升村 and the like are borne by many; a whole name of four characters is needed.
        forms = vec![division.short_name()];
        forms.retain(|form| form.chars().count() >= 3);
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    fn place(lexicon: &Lexicon, word: &str) -> Vec<String> {
        match lexicon.sense(word) {
            Some(Sense::Place(place)) => place.codes,
            other => panic!("{word}: {other:?}"),
        }
    }

    #[test]
    fn words_mean_what_they_mean() {
        let lexicon = Lexicon::shipped();
        let Some(Sense::Concept(meals)) = lexicon.sense("送饭") else { panic!() };
        assert_eq!(meals.service, "B01");
        assert!(meals.alternatives.iter().any(|a| a.text == "助餐"));
        assert_eq!(meals.alternatives[0].text, "送饭");
        let Some(Sense::Concept(people)) = lexicon.sense("低保户") else { panic!() };
        assert_eq!(people.group, "low_income");
        assert_eq!(place(&lexicon, "蓟州"), ["120119"]);
        assert_eq!(place(&lexicon, "滨海"), ["120116"]);
        assert_eq!(place(&lexicon, "塘沽"), ["120116"]);
        assert_eq!(place(&lexicon, "小白楼"), ["120101002"]);
        assert_eq!(lexicon.sense("天津"), Some(Sense::Silent));
        assert_eq!(lexicon.longest(&chars("和平区小白楼")).map(|(length, _)| length), Some(3));
    }

    #[test]
    fn words_are_found_as_they_sound() {
        let lexicon = Lexicon::shipped();
        assert_eq!(lexicon.spelled("zhucan").first().map(String::as_str), Some("助餐"));
        assert!(lexicon.spelled("xinlishudao").contains(&"心理疏导".to_owned()));
        assert!(lexicon.with_initials("zc").contains(&"助餐".to_owned()));
        assert!(lexicon.sounding_like(&chars("助参")).contains(&"助餐".to_owned()));
        assert!(lexicon.sounding_like(&chars("陪珍")).contains(&"陪诊".to_owned()));
        assert!(lexicon.sounding_like(&chars("蓟洲")).contains(&"蓟州".to_owned()));
        assert!(lexicon.sounding_like(&chars("送反")).contains(&"送饭".to_owned()));
        assert!(lexicon.written_like(&chars("法律援肋"), 3).contains(&"法律援助".to_owned()));
        assert!(lexicon.written_like(&chars("助俗"), 3).is_empty());
        assert!(lexicon.written_like(&chars("助俗"), 2).contains(&"助浴".to_owned()));
    }

    #[test]
    fn completions_begin_as_typed() {
        let lexicon = Lexicon::shipped();
        assert!(lexicon.completions("助", 8).contains(&"助餐".to_owned()));
        assert!(lexicon.completions("peiz", 8).contains(&"陪诊".to_owned()));
        assert!(lexicon.completions("", 8).is_empty());
    }
}
