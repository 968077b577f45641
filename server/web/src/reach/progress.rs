//! 查进度: by the slip alone, how far it is; and what the household says of it.

use super::words::{DESPAIR, PROGRESS, calls, progress_of};
use crate::base::form_fields::{fill_from, mark};
use crate::base::frame::{Page, render};
use crate::base::get::Get;
use crate::base::parts::day_near;
use crate::base::post::Post;
use crate::base::refusal::failure;
use crate::{Access, Route};
use app::components::{Badge, Fact, Field, FlashKind, FormTarget, Happening, Head};
use app::pages::reach::{ProgressModel, progress_page};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::field::FieldError;
use domain::form::reach::progress as form;
use domain::help::{VoiceState, shown};
use services::base::draft::Fields;
use services::reach::progress::{self, Progress};
use services::reach::voice;
use services::{Error, Result};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PROGRESS, Access::Anyone, show), Route::post(PROGRESS, Access::Anyone, say)]
}

fn asking(get: &Get, typed: &str, wrong: Option<&str>) -> ProgressModel {
    ProgressModel {
        head: Head::new("查求助进度").lead("填回执上的8个数字。"),
        search: vec![Field::of(form::SLIP).value(typed).error(wrong.map(ToOwned::to_owned))],
        calls: calls(&get.site, false),
        note: "回执丢了，打电话报怎么称呼和住在哪个街道，一样查得到。".into(),
        ..ProgressModel::default()
    }
}

fn voice_fields() -> Vec<Field> {
    vec![Field::of(form::CAME), Field::of(form::HELPED), Field::of(form::SPEAKER), Field::of(form::WORDS)]
}

/// The page of a slip that was found.
fn found(get: &Get, p: &Progress, typed: &Fields, mistakes: &[FieldError]) -> ProgressModel {
    let now = get.site.services.now();
    let mut facts = vec![Fact::new("现在", p.stage)];
    if let Some(due) = p.due_at {
        let late = due < now;
        let words = if late {
            format!("{}前，已经过了，请打电话催", due.words_near(now))
        } else {
            format!("{}前", due.words_near(now))
        };
        facts.push(Fact::new("答复", words));
    }
    if let Some((day, half)) = p.visit {
        facts.push(Fact::new("下次有人来", format!("{}{half}", day_near(day, now.day()))));
    }
    if let Some((words, at)) = &p.answer {
        let when = at.map(|at| at.words_near(now)).unwrap_or_default();
        facts.push(Fact::new("街道的话", words.clone()).note(when));
    }
    facts.push(Fact::new("接下来", p.next));
    facts.push(Fact::new("登记", p.asked_at.words_near(now)));
    let voice = p.speaks.then(|| {
        let mut fields = voice_fields();
        fill_from(&mut fields, typed);
        let rest = mark(&mut fields, mistakes);
        if let (Some(first), Some(other)) = (fields.first_mut(), rest.first()) {
            first.error = Some(other.message.clone());
        }
        (FormTarget::new(PROGRESS, "").with(form::SLIP.name, p.slip.clone()), fields)
    });
    let said = p
        .voices
        .iter()
        .map(|v| {
            let words = [Some(v.came.label()), v.helped.map(domain::help::Helped::label)];
            let detail = match v.state {
                VoiceState::Said => format!("街道{}前回话", v.due_at.words_near(now)),
                VoiceState::Noted => "记下了".to_owned(),
                VoiceState::Heard => format!("街道回话：{}", v.answer),
            };
            Happening {
                what: words.into_iter().flatten().collect::<Vec<_>>().join("，"),
                when: v.said_at.words_near(now),
                at: v.said_at.iso(),
                detail,
                now: v.state == VoiceState::Said,
            }
        })
        .collect();
    let badge = if p.is_over {
        Badge::plain(p.stage)
    } else if p.due_at.is_some() {
        Badge::wait(p.stage)
    } else {
        Badge::good(p.stage)
    };
    ProgressModel {
        head: Head {
            badges: vec![badge], notes: vec![format!("回执{}", shown(&p.slip))], ..Head::new("求助进度")
        },
        search: vec![Field::of(form::SLIP)],
        facts,
        said,
        voice,
        calls: calls(&get.site, false),
        note: "这一页不写姓名、住址和谁来帮，别人捡到回执也看不出是谁。".into(),
        ..ProgressModel::default()
    }
}

fn page_of(model: ProgressModel, status: StatusCode) -> Page {
    let title = model.head.title.clone();
    Page::new(title, move || progress_page(model)).status(status)
}

const UNKNOWN: &str = "没有找到这个回执号，请对着回执再看一遍，8个数字";

/// The page for a typed slip, which may be none.
async fn of_slip(get: &Get, typed: &str) -> Result<Page> {
    Ok(match progress::progress(&get.site.services, &get.request.address, typed).await {
        Ok(p) => page_of(found(get, &p, &Fields::new(), &[]), StatusCode::OK),
        Err(Error::NotFound) => page_of(asking(get, typed, Some(UNKNOWN)), StatusCode::NOT_FOUND),
        Err(error) => return Err(error),
    })
}

async fn show(get: Get) -> Response {
    let typed = get.value(form::SLIP.name).to_owned();
    let mut response = get
        .show(async {
            if typed.trim().is_empty() {
                return Ok(page_of(asking(&get, "", None), StatusCode::OK));
            }
            of_slip(&get, &typed).await
        })
        .await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn say(post: Post) -> Response {
    let (services, address) = (&post.site.services, &post.request.address);
    let typed = post.typed(form::SLIP);
    let despair = domain::help::is_despair(post.typed(form::WORDS));
    let outcome = async {
        let said = voice::read(&post.fields)?;
        voice::say(services, address, typed, &said).await
    };
    let to = progress_of(&domain::help::parse_slip(typed).unwrap_or_default());
    match outcome.await {
        Ok(()) if despair => post.go(&to, FlashKind::Care, DESPAIR),
        Ok(()) => post.go(&to, FlashKind::Done, "记下了，谢谢您告诉街道"),
        Err(Error::Invalid(mistakes)) => {
            let get = Get::again(&post.site, post.request.clone());
            let page = match progress::progress(services, address, typed).await {
                Ok(p) => {
                    let mut model = found(&get, &p, &post.fields, &mistakes);
                    model.despair = despair.then(|| DESPAIR.to_owned());
                    page_of(model, StatusCode::UNPROCESSABLE_ENTITY)
                }
                Err(_) => page_of(asking(&get, typed, Some(UNKNOWN)), StatusCode::NOT_FOUND),
            };
            render(&post.site, &post.request, page).await
        }
        Err(Error::NotFound) => {
            let get = Get::again(&post.site, post.request.clone());
            let page = page_of(asking(&get, typed, Some(UNKNOWN)), StatusCode::NOT_FOUND);
            render(&post.site, &post.request, page).await
        }
        Err(error) => failure(&post.site, &post.request, error, Some(to)).await,
    }
}
