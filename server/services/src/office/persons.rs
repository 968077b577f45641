//! 找人: staff find a household of their scope by what its sealed file says, through the blind index. What is shown is
//! masked; every search is on record with its purpose before anything of it is shown.

use crate::base::household_words::{folded, names, pairs, without_extension, word};
use crate::base::trail;
use crate::boxed;
use crate::{Ctx, Error, Fields, Result};
use domain::disclosure::SearchPurpose;
use domain::field::Check;
use domain::form::office::persons as form;
use domain::machine::Command;
use domain::need::{NeedState, Urgency};
use domain::phone::Phone;
use domain::resident_id::ResidentId;
use search::sound;
use serde_json::json;
use storage::Tx;
use storage::base::sealed::WordKind;
use storage::needs::person_word::{self, Hit, SLOTS, Word};

/// Most households that a search shows.
pub const SHOWN: usize = 30;
/// Files that are opened for one way to read a search, where the index alone does not decide.
const OPENED: i64 = 120;
/// Words of one search.
const WORDS: usize = 4;
/// Ways to read the words of a search that are tried.
const WAYS: usize = 16;

/// A household that was found, masked.
#[derive(Clone, Debug)]
pub struct Found {
    pub code: String,
    /// `王*`
    pub name: String,
    /// `138****0001`
    pub phone: String,
    pub title: String,
    pub state: NeedState,
    pub urgent: bool,
    pub division_code: String,
    pub updated_at: domain::calendar::Time,
    /// By what: `姓名`, `读音`, `住址`, …
    pub by: Vec<&'static str>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub rows: Vec<Found>,
    /// There are more than are shown.
    pub more: bool,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub text: String,
    pub purpose: SearchPurpose,
}

/// Reads the form: `q`, `purpose`.
pub fn read(fields: &Fields) -> Result<Asked> {
    let mut check = Check::new();
    let text = check.read(form::QUERY, fields);
    let purpose: Option<SearchPurpose> = check.choice(form::PURPOSE, fields);
    if !text.is_empty() {
        match terms(&text) {
            Ok(terms) if terms.is_empty() => check.missing(form::QUERY),
            Ok(_) => {}
            Err(why) => check.wrong(form::QUERY, why),
        }
    }
    check.done()?;
    let purpose = purpose.ok_or(Error::Internal("a choice without mistake and without value"))?;
    Ok(Asked { text, purpose })
}

/// One word of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Code(String),
    /// Exactly these, by any of the words.
    Number {
        words: Vec<Word>,
        by: &'static str,
    },
    /// The last four of a telephone, or beside another word of an ID number.
    End(String),
    Text(String),
}

fn terms(text: &str) -> Result<Vec<Term>, &'static str> {
    let plain = domain::text::nfkc(text);
    let number = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '+' | 'x' | 'X');
    // A number that was typed in groups is one word.
    let whole = plain.chars().all(number) && plain.chars().filter(char::is_ascii_digit).count() >= 7;
    let cut: Vec<&str> = if whole {
        vec![plain.as_str()]
    } else {
        plain.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | ';' | '。' | '/')).collect()
    };
    let cut: Vec<&str> = cut.into_iter().map(str::trim).filter(|part| !folded(part).is_empty()).collect();
    if cut.len() > WORDS {
        return Err("一次最多用4个词查找，请删去几个");
    }
    cut.into_iter().map(|part| term(part, number)).collect()
}

fn term(part: &str, number: impl Fn(char) -> bool) -> Result<Term, &'static str> {
    let code = part.to_uppercase();
    if domain::code::is_code(&code) {
        return Ok(Term::Code(code));
    }
    let plain = ResidentId::plain(part);
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    if !part.chars().all(&number) || digits == 0 {
        return Ok(Term::Text(part.to_owned()));
    }
    if plain.len() == 4 && digits >= 3 {
        return Ok(Term::End(plain));
    }
    if matches!(plain.len(), 15 | 18) {
        return Ok(Term::Number { words: vec![word(WordKind::IdNumber, plain)], by: "身份证号" });
    }
    match Phone::parse(part) {
        Ok(phone) => {
            let mut words = vec![word(WordKind::Phone, phone.as_str())];
            let bare = without_extension(&phone);
            if bare != phone.as_str() {
                words.push(word(WordKind::Phone, bare));
            }
            Ok(Term::Number { words, by: "电话" })
        }
        // A house number beside other words.
        Err(_) if digits < 4 => Ok(Term::Text(part.to_owned())),
        Err(_) => Err("电话和身份证号要填完整，或只填后4位"),
    }
}

/// How a text of a search is read.
#[derive(Clone, Debug)]
enum Reading {
    Name(String),
    Sound(String),
    /// Neighbouring characters, and the whole that must stand in the address.
    Address(Vec<String>),
    /// The digits that the codes of the place begin with.
    Place(String),
    Organization,
}

/// The ways to read a text, the likeliest first.
fn readings(ctx: &Ctx, text: &str) -> Vec<Reading> {
    let chars = folded(text);
    let plain: String = chars.iter().collect();
    let mut all = Vec::new();
    let is_address = chars.iter().any(char::is_ascii_digit);
    if !is_address {
        all.push(Reading::Name(plain.clone()));
    }
    let divisions = ctx.services.divisions();
    if let Ok(place) = divisions.find(text, &ctx.actor.scope) {
        all.push(Reading::Place(domain::division::prefix(&place.code12).to_owned()));
    } else if let Err(domain::division::ResolveError::Ambiguous { candidates }) = divisions.find(text, &ctx.actor.scope)
    {
        all.extend(candidates.iter().take(3).map(|code| Reading::Place(domain::division::prefix(code).to_owned())));
    }
    if chars.len() > 1 {
        all.push(Reading::Address(pairs(&chars)));
    }
    if !is_address {
        let sounds = if plain.is_ascii() {
            let letters: String = text.chars().filter(|c| c.is_alphabetic() || !c.is_ascii()).collect();
            vec![sound::without_tones(&letters).unwrap_or_else(|| plain.clone())]
        } else {
            sound::without_tones(text).map_or_else(|| sound::spellings(&chars), |letters| vec![letters])
        };
        all.extend(sounds.into_iter().take(1).map(Reading::Sound));
    }
    if chars.len() > 1 {
        all.push(Reading::Organization);
    }
    all
}

/// Finds households of the reader's scope.
#[boxed]
pub async fn find(ctx: &Ctx, asked: &Asked) -> Result<Findings> {
    if !ctx.role().is_staff() || ctx.actor.scope.is_empty() {
        return Err(Error::NotFound);
    }
    let terms = terms(&asked.text).map_err(|why| Error::wrong(form::QUERY, why))?;
    let mut tx = ctx.services.db.read().await?;
    let mut findings = Findings::default();
    search(ctx, &mut tx, &terms, &mut findings).await?;
    drop(tx);
    let data = json!({ "what": "person_search", "code": "", "found": findings.rows.len() });
    let reason = Some(asked.purpose.label().to_owned());
    let about = trail::About { division: ctx.actor.scope.clone(), reason, data, ..trail::About::default() };
    trail::note(ctx, Command::AccessRead, about).await?;
    Ok(findings)
}

async fn search(ctx: &Ctx, tx: &mut Tx, terms: &[Term], findings: &mut Findings) -> Result<()> {
    let sealer = ctx.services.db.unseen();
    let scope = ctx.actor.scope.as_str();
    if let Some(code) = terms.iter().find_map(|term| if let Term::Code(code) = term { Some(code) } else { None }) {
        let hit = person_word::of_code(tx, sealer, code, scope).await?;
        take(findings, hit.into_iter().collect(), &["编号"], |_| true);
        return Ok(());
    }
    // What is the same however the texts are read.
    let (mut slots, mut by) = (Vec::new(), Vec::new());
    for term in terms {
        match term {
            Term::Number { words, by: what } => {
                slots.push(words.clone());
                by.push(*what);
            }
            Term::End(end) => {
                let mut words = vec![word(WordKind::PhoneEnd, end.clone())];
                if terms.len() > 1 {
                    words.push(word(WordKind::IdEnd, end.clone()));
                }
                slots.push(words);
                by.push(if terms.len() > 1 { "号码后四位" } else { "电话后四位" });
            }
            Term::Code(_) | Term::Text(_) => {}
        }
    }
    let texts: Vec<&str> =
        terms.iter().filter_map(|term| if let Term::Text(text) = term { Some(text.as_str()) } else { None }).collect();
    for way in ways(&texts.iter().map(|text| readings(ctx, text)).collect::<Vec<_>>()) {
        let (mut slots, mut by, mut scope) = (slots.clone(), by.clone(), scope.to_owned());
        let (mut address, mut outside): (Vec<String>, bool) = (Vec::new(), false);
        let (mut organization, mut is_name) = (None, None);
        for (reading, text) in way.iter().zip(&texts) {
            match reading {
                Reading::Name(name) => {
                    // The longest part of a long name that stands by itself, where the whole does not.
                    slots.push(vec![word(WordKind::Name, name.clone())]);
                    by.push("姓名");
                    is_name = Some(name.clone());
                }
                Reading::Sound(sound) => {
                    slots.push(vec![word(WordKind::Sound, sound.clone())]);
                    by.push("读音");
                }
                Reading::Address(pairs) => {
                    address.push(folded(text).into_iter().collect());
                    // The last pairs say the most: a house, not the city.
                    slots.extend(
                        pairs
                            .iter()
                            .rev()
                            .step_by(2)
                            .take(SLOTS)
                            .map(|pair| vec![word(WordKind::Address, pair.clone())]),
                    );
                    by.push("住址");
                }
                Reading::Place(place) => {
                    outside |= !place.starts_with(&scope) && !scope.starts_with(place.as_str());
                    if place.len() > scope.len() {
                        scope.clone_from(place);
                    }
                    by.push("社区、街镇");
                }
                Reading::Organization => organization = Some(*text),
            }
        }
        if outside || (organization.is_some() && terms.len() > 1) {
            continue;
        }
        slots.truncate(SLOTS);
        let hits = match (organization, slots.is_empty()) {
            (Some(name), _) => {
                by.push("帮扶的组织");
                person_word::of_organization(tx, sealer, &domain::text::nfkc(name), &scope, OPENED).await?
            }
            (None, true) => person_word::of_place(tx, sealer, &scope, OPENED).await?,
            (None, false) => person_word::find(tx, sealer, &slots, &scope, OPENED).await?,
        };
        if let (Some(name), [_]) = (&is_name, &texts[..]) {
            // Whether it is the person or somebody of the household.
            let (own, others): (Vec<Hit>, Vec<Hit>) = hits
                .into_iter()
                .partition(|hit| names(&hit.file.name).iter().any(|n| n.iter().collect::<String>().contains(name)));
            take(findings, own, &by, |_| true);
            by.iter_mut().filter(|what| **what == "姓名").for_each(|what| *what = "家人或监护人");
            take(findings, others, &by, |_| true);
        } else {
            take(findings, hits, &by, |hit| {
                let lives: String = folded(&hit.file.address).into_iter().collect();
                address.iter().all(|part| lives.contains(part.as_str()))
            });
        }
        if findings.more {
            break;
        }
    }
    Ok(())
}

/// One reading for each text, the likeliest together first.
fn ways(texts: &[Vec<Reading>]) -> Vec<Vec<Reading>> {
    let mut all: Vec<(usize, Vec<Reading>)> = vec![(0, Vec::new())];
    for readings in texts {
        all = all
            .iter()
            .flat_map(|(cost, way)| {
                readings.iter().enumerate().map(move |(at, reading)| {
                    let mut longer = way.clone();
                    longer.push(reading.clone());
                    (cost + at, longer)
                })
            })
            .collect();
        all.sort_by_key(|(cost, _)| *cost);
        all.truncate(WAYS);
    }
    all.into_iter().map(|(_, way)| way).collect()
}

fn take(findings: &mut Findings, hits: Vec<Hit>, by: &[&'static str], is_so: impl Fn(&Hit) -> bool) {
    for hit in hits.into_iter().filter(is_so) {
        if findings.rows.iter().any(|row| row.code == hit.code) {
            continue;
        }
        if findings.rows.len() >= SHOWN {
            findings.more = true;
            return;
        }
        findings.rows.push(Found {
            name: domain::disclosure::mask_name(&hit.file.name),
            phone: Phone::parse(&hit.file.phone).map(|phone| phone.masked()).unwrap_or_default(),
            code: hit.code,
            title: hit.title,
            state: hit.state,
            urgent: hit.urgency == Urgency::Urgent,
            division_code: hit.division_code,
            updated_at: hit.updated_at,
            by: by.to_vec(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let of = |text: &str| terms(text).unwrap();
        assert!(matches!(&of("王桂兰 0016")[..], [Term::Text(_), Term::End(_)]));
        assert!(matches!(&of("138 0000 0001")[..], [Term::Number { by: "电话", .. }]));
        assert!(matches!(&of("１２０１０１１９０００１０１００１６")[..], [Term::Number { by: "身份证号", .. }]));
        assert!(matches!(&of("022-00000001转801")[..], [Term::Text(_) | Term::Number { .. }]));
        assert!(matches!(&of("12号楼")[..], [Term::Text(_)]));
        assert!(matches!(&of("XQ120102-26-000001")[..], [Term::Code(_)]));
        assert!(terms("12345").is_err());
        assert!(terms("一 二 三 四 五").is_err());
    }
}
