//! How a search was understood, as chips over the list.

use crate::finding::hall_query::HallQuery;
use app::pages::hall::Understood;
use search::meaning::{Kind, Part};
use search::{Fallback, How};
use services::finding::hall;
use services::finding::hall_address::HallAddress;
use services::finding::supply::Found;

/// How the words were understood, each with the address that takes this away.
pub(crate) fn understood(query: &HallQuery, results: &search::Results) -> Vec<Understood> {
    let mut all = Vec::new();
    for part in &results.meaning.parts {
        let typed = &part.typed;
        let how = match part.how {
            How::Written => format!("“{typed}”"),
            How::Pinyin => format!("拼音“{typed}”"),
            How::Initials => format!("拼音首字母“{typed}”"),
            How::SoundsLike => format!("“{typed}”读音像"),
        };
        // Typed letters may be cut by spaces, and traditional characters are folded: then the whole stays.
        let cut = |address: &mut HallAddress| {
            address.text = address.text.replace(typed.as_str(), " ").split_whitespace().collect::<Vec<_>>().join(" ");
        };
        let literally = query.with(|address| address.literal.push(typed.clone()));
        let one = match &part.kind {
            Kind::Place(place) => Understood {
                text: if part.how == How::Written {
                    format!("地方：{}", place.name)
                } else {
                    format!("{how}：{}", place.name)
                },
                undo: format!("不按“{typed}”这个地方找"),
                href: query.with(cut),
                instead: match place.codes.as_slice() {
                    [code] if code.len() == 6 && !query.districts.contains(code) => {
                        let href = query.with(|address| {
                            cut(address);
                            address.districts = vec![code.clone()];
                        });
                        Some(("用作筛选条件".to_owned(), href))
                    }
                    _ => None,
                },
            },
            Kind::Concept(concept) => {
                let others: Vec<&str> = concept
                    .equals()
                    .map(|other| other.text.as_str())
                    .filter(|other| other != typed)
                    .take(MOST_OTHERS)
                    .collect();
                if others.is_empty() && part.how == How::Written {
                    continue;
                }
                let text = if part.how == How::Written {
                    format!("{how}也找{}", others.join("、"))
                } else {
                    format!("{how}：{}", concept.head)
                };
                let filter = |label: String, change: &dyn Fn(&mut HallAddress)| {
                    let href = query.with(|address| {
                        cut(address);
                        change(address);
                    });
                    Some((label, href))
                };
                let people = domain::vocabulary::BeneficiaryGroup::from_code(&concept.group);
                let instead = if !concept.service.is_empty() && !query.services.contains(&concept.service) {
                    let name = hall::service_name(&concept.service);
                    filter(format!("只看服务“{name}”"), &|address| {
                        address.services.push(concept.service.clone());
                    })
                } else if let Some(people) = people.filter(|people| !query.groups.iter().any(|g| g == people.code())) {
                    filter(format!("只看“{}”", people.name()), &|address| {
                        address.groups.push(people.code().to_owned());
                    })
                } else {
                    None
                };
                Understood { text, undo: format!("只按“{typed}”这几个字找"), href: literally, instead }
            }
            Kind::Text(_) | Kind::Word { .. } => continue,
        };
        all.push(one);
        if all.len() == MOST_UNDERSTOOD {
            break;
        }
    }
    // What is taken literally can be understood again.
    for word in &query.literal {
        all.push(Understood {
            text: format!("只按“{word}”这几个字找"),
            undo: "也找意思相同的词".to_owned(),
            href: query.with(|address| address.literal.retain(|known| known != word)),
            instead: None,
        });
    }
    all
}

/// Chips at most: a pasted description says many things.
const MOST_UNDERSTOOD: usize = 8;
/// Other words that are named on one chip.
const MOST_OTHERS: usize = 4;

/// How a text was read by the searches over organizations, projects and openings; `None` where it was taken as it stands.
pub(crate) fn heard(found: &Found) -> Option<String> {
    let mut sentences: Vec<String> = found.meaning.parts.iter().filter_map(read_as).collect();
    match found.fell_back {
        None | Some(Fallback::SoundsLike) => {}
        Some(fallback) => sentences.push(fallback.words().into()),
    }
    (!sentences.is_empty()).then(|| sentences.concat())
}

fn read_as(part: &Part) -> Option<String> {
    let typed = &part.typed;
    let others = match &part.kind {
        Kind::Concept(concept) => {
            let others = concept.equals().map(|other| other.text.clone()).filter(|other| other != typed);
            others.take(MOST_OTHERS).collect::<Vec<_>>().join("、")
        }
        Kind::Place(place) => place.name.clone(),
        Kind::Text(_) | Kind::Word { .. } => return None,
    };
    let also = !others.is_empty() && (part.how != How::Written || matches!(part.kind, Kind::Concept(_)));
    also.then(|| match part.how {
        How::Written => format!("“{typed}”也找{others}。"),
        How::Pinyin | How::Initials => format!("“{typed}”按拼音找{others}。"),
        How::SoundsLike => format!("“{typed}”按读音找{others}。"),
    })
}
