//! The round of a day on one sheet of paper: masks alone, or names, telephones and doors opened for a purpose, each
//! household's opening on record as on its own page.

use crate::aid::rounds::{Asked, amounts, nothing, place_name, weekday};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target_of;
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::Head;
use app::pages::rounds::{RoundSheet, SheetPlace, SheetRow, sheet_page};
use axum::response::Response;
use domain::calendar::day_words;
use domain::form::aid::pairing::PURPOSE;
use domain::machine::Command;
use domain::pairing::Purpose;
use services::aid::pairing::Contact;
use services::aid::rounds::{self, Round, Stop};
use services::{Ctx, Result};
use std::collections::HashMap;

const PATH: &str = "/pairings/rounds/sheet";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PATH, Access::Organization, show), Route::post(PATH, Access::Organization, opened)]
}

type Opened = HashMap<String, Result<Contact, String>>;

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let asked = Asked::of(&get, ctx)?;
        let round = rounds::day(ctx, asked.day, asked.who).await?;
        let model = model(&get, ctx, &asked, &round, None);
        Ok(Page::new("打印单", move || sheet_page(model)))
    })
    .await
}

/// What was opened stands in the answer alone: in no address, no history, and gone with the page.
async fn opened(post: Post) -> Response {
    post.shown(PATH.to_owned(), async |get, ctx| {
        let asked = Asked::new(ctx, post.value("day"), post.value("who"))?;
        let purpose: Purpose = post.chosen(PURPOSE)?;
        let round = rounds::day(ctx, asked.day, asked.who).await?;
        let opened = rounds::open(ctx, &round, purpose).await?;
        let model = model(get, ctx, &asked, &round, Some(opened));
        Ok(Page::new("打印单", move || sheet_page(model)))
    })
    .await
}

fn model(get: &Get, ctx: &Ctx, asked: &Asked, round: &Round, opened: Option<Opened>) -> RoundSheet {
    let today = ctx.now().day();
    let stops: Vec<&Stop> = round.stops.iter().filter(|stop| stop.is_open()).collect();
    let mut services: Vec<&str> = Vec::new();
    for stop in &stops {
        if !services.contains(&stop.line.service.as_str()) {
            services.push(&stop.line.service);
        }
    }
    let title = services
        .iter()
        .map(|service| {
            let own = stops.iter().filter(|stop| stop.line.service == *service);
            format!("{service}，{}", amounts(own.copied()))
        })
        .collect::<Vec<_>>()
        .join("；");
    let mut head = Head::new("打印单");
    head.lead = Some("用浏览器的打印（Ctrl+P），A4一页。不印姓名、电话和门牌；要印的，先写明用途。".into());
    let mut places: Vec<SheetPlace> = Vec::new();
    let mut by_place: Vec<(&str, Vec<&Stop>)> = Vec::new();
    for stop in &stops {
        match by_place.iter_mut().find(|(division, _)| *division == stop.division_code) {
            Some((_, own)) => own.push(stop),
            None => by_place.push((&stop.division_code, vec![stop])),
        }
    }
    let mut number = 0;
    for (division, own) in by_place {
        let first = own.iter().filter_map(|stop| stop.at.as_deref()).min();
        let mut note = vec![amounts(own.iter().copied())];
        note.extend(first.map(|at| format!("{at}起")));
        for going in own.iter().filter_map(|stop| stop.going.as_ref()) {
            if !note.contains(&going.words) {
                note.push(going.words.clone());
            }
        }
        let rows = own.iter().map(|stop| {
            number += 1;
            sheet_row(number, stop, opened.as_ref())
        });
        let rows = rows.collect();
        places.push(SheetPlace { name: place_name(ctx, division), note: note.join("，"), rows });
    }
    let closed = opened.iter().flatten().filter_map(|(code, result)| {
        let why = result.as_ref().err()?;
        let stop = stops.iter().find(|stop| stop.key.pairing == *code)?;
        Some(format!("{}：{why}", stop.name()))
    });
    let mut closed: Vec<String> = closed.collect();
    closed.sort();
    let may = ctx.may(Command::PairingDisclose);
    let reveal = (opened.is_none() && may && !stops.is_empty()).then(|| {
        target_of(get, asked.at("/sheet", asked.day), PATH, None)
            .with("day", asked.day.to_string())
            .with("who", asked.whose.clone())
    });
    let organization = get.signed_in().and_then(|reader| reader.organization_name.clone()).unwrap_or_default();
    let purposes = Purpose::CONTACT
        .iter()
        .filter(|purpose| **purpose != Purpose::Verify)
        .map(|purpose| (purpose.as_str().to_owned(), purpose.label().to_owned()))
        .collect();
    let when = if asked.day == today { "今天".to_owned() } else { day_words(asked.day) };
    RoundSheet {
        head,
        views: asked.views("/sheet"),
        days: asked.turner("/sheet", 1, ("前一天", "后一天")),
        title,
        beside: format!("{} {}\u{3000}{organization}", day_words(asked.day), weekday(asked.day)),
        places,
        opened: opened.is_some(),
        reveal,
        purposes,
        closed,
        empty: nothing(asked, round, &when).or_else(|| {
            stops.is_empty().then(|| {
                app::components::Empty::new(
                    app::components::EmptyKind::Nothing,
                    format!("{when}的都记好了"),
                    "没有还要去的户，不用打印。",
                )
            })
        }),
    }
}

fn sheet_row(number: usize, stop: &Stop, opened: Option<&Opened>) -> SheetRow {
    let contact = opened.and_then(|all| all.get(&stop.key.pairing)).and_then(|result| result.as_ref().ok());
    let phones = contact.map(|contact| {
        let all = std::iter::once(&contact.phone).chain(&contact.other_phones);
        all.filter(|phone| !phone.is_empty()).cloned().collect()
    });
    let mut note = vec![stop.at.clone().unwrap_or_default(), stop.requirements.clone()];
    note.retain(|part| !part.is_empty());
    SheetRow {
        number,
        name: contact.map_or_else(|| stop.mask.clone(), |contact| contact.name.clone()),
        title: stop.need_title.clone(),
        amount: format!("{}{}{}", stop.line.service, stop.units, stop.line.unit),
        note: note.join("\u{3000}"),
        phones: phones.unwrap_or_default(),
        address: contact.map(|contact| contact.address.clone()).unwrap_or_default(),
    }
}
