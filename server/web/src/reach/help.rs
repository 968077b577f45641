//! 求助 in the office: the list, one request with the ways on, what the household says.

use crate::base::form_fields::fill_from;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, happenings, panel_of};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::{address, clock_badge, pager};
use crate::{Access, Route};
use app::components::{ActPanel, Cell, Crumb, Empty, EmptyKind, Fact, FactLine, Field, Glyph, Head, Line, Link, Mark};
use app::components::{Badge, Tab, Table};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::Time;
use domain::clock::Running;
use domain::form::needs::what;
use domain::form::reach::{progress, triage as form};
use domain::help::{HelpState, VoiceState};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::office::lists::Window;
use services::reach::help::{self, Help, HelpView};
use services::reach::voice;
use services::{Ctx, Error, Result, Services};
use uuid::Uuid;

const LIST: &str = "/requests";
const SIZE: usize = 20;

pub(crate) fn routes() -> Vec<Route> {
    const OFFICE: Access = Access::Commands(&[Command::HelpTake]);
    vec![
        Route::get(LIST, OFFICE, list),
        Route::get_at("/requests/{code}", OFFICE, show),
        Route::post_at("/requests/{code}/{way}", OFFICE, act),
        Route::post_at("/voices/{id}/hear", OFFICE, hear),
    ]
}

fn running(services: &Services, h: &Help) -> Option<Running> {
    Running::new(h.state.clock()?, h.since, Some(h.due_at), h.urgent, &services.calendar())
}

fn clock(services: &Services, h: &Help) -> Option<Badge> {
    running(services, h).map(|running| clock_badge(&running, services))
}

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let state: Option<HelpState> = get.value("state").parse().ok();
        let size = i64::try_from(SIZE).unwrap_or(20);
        let window = Window { offset: i64::try_from(get.page() - 1).unwrap_or_default() * size, limit: size };
        let found = help::list(ctx, state, window).await?;
        let now = ctx.now();
        let services = &ctx.services;
        let table = Table::of("求助", &found.rows)
            .column("求助", |h| {
                let title = format!("{}，{}", h.whom.label(), h.channel.label());
                Cell::link(title, href(Object::Help, &h.code)).note(h.code.clone())
            })
            .column("哪里", |h| Cell::text(services.place(&h.division_code)))
            .column("状态", |h| Cell::badge(states::help(h.state)))
            .column_if(state == Some(HelpState::Watched), "轻重和苗头", |h| {
                let signs: Vec<&str> = h.signs().into_iter().map(domain::help::WatchSign::label).collect();
                Cell::text(h.level.map_or("没有写", domain::help::WatchLevel::label)).note(signs.join("、"))
            })
            .column("期限", |h| match clock(services, h) {
                Some(badge) => Cell::badge(badge),
                None => Cell::text("没有"),
            })
            .number("登记", |h| Cell::text(h.asked_at.words_near(now)))
            .done();
        let all: i64 = found.counts.iter().map(|(_, n)| n).sum();
        let total = count(state.map_or(all, |state| found.count(state)));
        let tab = |label: &str, of: Option<HelpState>, n: i64| {
            let value = of.map(|of| of.as_str().to_owned()).unwrap_or_default();
            Tab::new(label, address(LIST, &[], &[("state", value)]), of == state).count(count(n))
        };
        let mut tabs = vec![tab("全部", None, all)];
        tabs.extend(
            HelpState::ALL
                .iter()
                .filter(|of| Some(**of) == state || found.count(**of) > 0)
                .map(|of| tab(of.label(), Some(*of), found.count(*of))),
        );
        let empty = found.rows.is_empty().then(|| {
            Empty::new(EmptyKind::Nothing, "没有求助", "有人在网上、扫海报或打电话求助，会按到期时间排在这里。")
        });
        let mut head = Head::new("求助");
        if ctx.may(Command::HelpAsk) {
            head = head.action(Link::new("打印海报", super::poster::PATH).glyph(Glyph::Print));
            head = head.action(Link::new("替来电人登记", "/requests/new").glyph(Glyph::Phone).primary());
        }
        let model = ListModel {
            head,
            tabs,
            found: format!("{total}件求助"),
            table,
            pager: (total > SIZE as u64).then(|| pager(LIST, &get.query, get.page(), SIZE, total, "件")),
            empty,
            ..ListModel::default()
        };
        Ok(Page::new("求助", move || list_page(model)))
    })
    .await
}

/// A way on with a request: its name in the address, the command, its words.
struct Way {
    name: &'static str,
    command: Command,
    title: &'static str,
    button: &'static str,
    next: &'static str,
    said: &'static str,
}

const WAYS: &[Way] = &[
    Way {
        name: "take",
        command: Command::HelpTake,
        title: "接下",
        button: "接下求助",
        next: "接下以后急的24小时、别的5个工作日内定下怎么办。",
        said: "接下了，问清情况以后定下怎么办",
    },
    Way {
        name: "resume",
        command: Command::HelpResume,
        title: "接着办",
        button: "接着办",
        next: "写明政府救助办成了什么；还缺的，转为需求。",
        said: "记下了，接着办",
    },
    Way {
        name: "route",
        command: Command::HelpRoute,
        title: "先办政府救助",
        button: "转办",
        next: "到答复的日子没有结果，会提醒您；再晚报区民政局。",
        said: "已转办，到日子问结果",
    },
    Way {
        name: "need",
        command: Command::HelpNeed,
        title: "转为需求",
        button: "转为需求草稿",
        next: "已填的不用再填。补上类别、服务和身份证号，就能送审。",
        said: "已转为需求，请补全后送审",
    },
    Way {
        name: "advise",
        command: Command::HelpAdvise,
        title: "答复就够",
        button: "答复",
        next: "求助人凭回执号看得到。",
        said: "答复好了",
    },
    Way {
        name: "watch",
        command: Command::HelpWatch,
        title: "留意着",
        button: "约好再看",
        next: "到那天会排在今日待办里。",
        said: "约好了，到日子再看",
    },
    Way {
        name: "look",
        command: Command::HelpLook,
        title: "去看过了",
        button: "记下来",
        next: "轻重和苗头照现在的改，约好下一次。",
        said: "记下了，到日子再看",
    },
    Way {
        name: "move",
        command: Command::HelpMove,
        title: "转给别的街道",
        button: "转过去",
        next: "那边的街道重新计时答复，您这里就看不到了。",
        said: "已转给那边的街道",
    },
    Way {
        name: "close",
        command: Command::HelpClose,
        title: "结束",
        button: "结束求助",
        next: "结束以后不能再办；又有困难请他再登记。",
        said: "求助已结束",
    },
];

fn fields_of(way: &str) -> Vec<Field> {
    match way {
        "take" => vec![Field::of(form::TAKE)],
        "resume" => vec![Field::of(form::RESULT)],
        "route" => {
            vec![Field::of(form::AID), Field::of(form::OFFICE), Field::of(form::BY), Field::of(form::TAKE)]
        }
        "need" => vec![Field::of(what::TITLE), Field::of(form::TAKE)],
        "advise" => vec![Field::of(form::ANSWER)],
        "watch" | "look" => {
            vec![Field::of(form::LEVEL), Field::of(form::SIGNS), Field::of(form::NEXT), Field::of(form::TAKE)]
        }
        "move" => vec![Field::of(form::PLACE)],
        "hear" => vec![Field::of(form::HEARD)],
        "say" => vec![
            Field::of(progress::CAME),
            Field::of(progress::HELPED),
            Field::of(progress::SPEAKER),
            Field::of(progress::WORDS),
        ],
        _ => vec![Field::of(form::WHY), Field::of(form::END)],
    }
}

fn to_way(code: &str, way: &str) -> String {
    format!("{}?way={way}", href(Object::Help, &code))
}

/// The one form that is open on the page, and links to the others.
async fn panel(get: &Get, view: &HelpView) -> Result<Option<ActPanel>> {
    let code = &view.help.code;
    let waiting = view.voices.iter().find(|v| v.offers.has(Command::VoiceHear));
    let mut all: Vec<(&str, &str)> = Vec::new();
    if waiting.is_some() {
        all.push(("hear", "给求助人回话"));
    }
    all.extend(WAYS.iter().filter(|way| view.offers.has(way.command)).map(|way| (way.name, way.title)));
    if view.help.state != HelpState::Received && view.offers.permits(Command::VoiceNote) {
        all.push(("say", "打电话问：来没来、帮没帮上"));
    }
    let asked = get.value("way");
    let Some((name, title)) = all.iter().find(|(name, _)| *name == asked).or(all.first()).copied() else {
        return Ok(None);
    };
    let way = WAYS.iter().find(|way| way.name == name);
    let action = match (name, waiting) {
        ("hear", Some(v)) => href_at(Object::Voice, &v.voice.id, "/hear"),
        _ => href_at(Object::Help, code, &format!("/{name}")),
    };
    let button = match name {
        "hear" => "回话",
        "say" => "记下来",
        _ => way.map_or("办理", |way| way.button),
    };
    let page = to_way(code, name);
    let mut fields = fields_of(name);
    if name == "look" {
        // As it was at the last look.
        let h = &view.help;
        let signs = h.signs().into_iter().map(|sign| (form::SIGNS.name.to_owned(), sign.as_str().to_owned()));
        let mut known: Vec<(String, String)> = signs.collect();
        known.extend(h.level.map(|level| (form::LEVEL.name.to_owned(), level.as_str().to_owned())));
        fill_from(&mut fields, &known);
    }
    let mut panel = panel_of(get, (&page, name), title, &action, fields, button).await?;
    panel.next = match name {
        "hear" => "求助人凭回执号看得到这句话。".into(),
        "say" => "照他说的选，不要替他答。说没来、没帮上的，街道3个工作日内回话。".into(),
        _ => way.map(|way| way.next.to_owned()).unwrap_or_default(),
    };
    panel.links = all
        .iter()
        .filter(|(other, _)| *other != name)
        .map(|(other, title)| Link::new(*title, format!("{}#{other}", to_way(code, other))))
        .collect();
    Ok(Some(panel))
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = help::view(ctx, &code).await?;
        let h = &view.help;
        let now = ctx.now();
        let mut badges = Vec::new();
        if h.despair {
            badges.push(Badge::urgent("可能想不开，马上联系"));
        } else if h.urgent {
            badges.push(Badge::urgent("今天就难"));
        }
        badges.push(states::help(h.state));
        badges.extend(clock(&ctx.services, h));
        let head = Head {
            crumbs: vec![Crumb::link("求助", LIST), Crumb::here(h.code.clone())],
            badges,
            notes: vec![view.place.clone(), format!("{}登记", h.asked_at.words_near(now))],
            ..Head::new(format!("求助：{}", h.whom.label()))
        };
        let panel = panel(&get, &view).await?;
        let dock = panel.as_ref().map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
        let model = RecordModel {
            head,
            notice: h.despair.then(|| {
                "写的话里有想不开的意思。请马上打电话或上门，人在危险里打110；可以告诉他12356，24小时有人听。"
                    .to_owned()
            }),
            sections: sections(&view, now),
            panels: panel.into_iter().collect(),
            timeline: happenings(&view.timeline, now),
            dock,
            ..RecordModel::default()
        };
        Ok(Page::new(format!("求助{}", h.code), move || record_page(model)))
    })
    .await
}

fn sections(view: &HelpView, now: Time) -> Vec<RecordSection> {
    let (h, file) = (&view.help, &view.file);
    let gone = file.words.is_empty();
    let words = if gone { "已按保存期限删去。".to_owned() } else { file.words.clone() };
    let mut all = vec![
        RecordSection::new("words", "他的话", vec![Body::Text(words)]),
        RecordSection::new("who", "谁，怎么找", vec![Body::Facts(who(view, now))]),
    ];
    if let Some(need) = &view.need {
        let line = Line {
            title: if need.title.is_empty() { need.code.clone() } else { need.title.clone() },
            href: href(Object::Need, &need.code),
            mark: Mark::Badge(states::need(need.state, need.close_reason, None)),
            note: need.code.clone(),
        };
        all.push(RecordSection::new("need", "转成的需求", vec![Body::Lines(vec![line])]));
    }
    if !view.similar.is_empty() {
        let lines = view
            .similar
            .iter()
            .map(|hit| Line {
                title: hit.title.clone(),
                href: href(Object::Need, &hit.code),
                mark: Mark::Text(hit.state.label().to_owned()),
                note: format!("{}，{}登记", hit.code, domain::calendar::day_words(hit.created_at.day())),
            })
            .collect();
        all.push(RecordSection::new("similar", "电话相同的需求，可能是同一户", vec![Body::Lines(lines)]));
    }
    if !view.voices.is_empty() {
        let table = Table::of("求助人说的", &view.voices)
            .column("说了什么", |v| {
                let said = [Some(v.voice.came.label()), v.voice.helped.map(domain::help::Helped::label)];
                let said = said.into_iter().flatten().collect::<Vec<_>>().join("，");
                Cell::strong(said).note(v.words.clone())
            })
            .column("谁、什么时候", |v| Cell::text(v.voice.speaker.label()).note(v.voice.said_at.words_near(now)))
            .column("回话", |v| {
                let cell = Cell::badge(match v.voice.state {
                    VoiceState::Said => Badge::care(v.voice.state.label()),
                    VoiceState::Noted => Badge::plain(v.voice.state.label()),
                    VoiceState::Heard => Badge::good(v.voice.state.label()),
                });
                if v.voice.disputes {
                    return cell.note("服务记录说来过，请核对记录");
                }
                cell.note(v.voice.answer.clone())
            })
            .done();
        all.push(RecordSection::new("voice", "来没来、帮没帮上", vec![Body::Table(table)]));
    }
    if let Some(level) = h.level {
        let signs: Vec<&str> = h.signs().into_iter().map(domain::help::WatchSign::label).collect();
        let facts = vec![Fact::new("轻重", level.label()), Fact::new("苗头", or_none(&signs.join("、")))];
        all.push(RecordSection::new("watch", "留意着", vec![Body::Facts(facts)]));
    }
    if h.office.is_some() {
        let mut facts = Vec::new();
        if let Some(aid) = h.aid {
            facts.push(Fact::new("哪一项", aid.label()));
        }
        facts.push(Fact::new("交给谁办", h.office.clone().unwrap_or_default()));
        all.push(RecordSection::new("aid", "政府救助", vec![Body::Facts(facts)]));
    }
    all
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "没有".to_owned() } else { text.to_owned() }
}

fn who(view: &HelpView, now: Time) -> Vec<Fact> {
    let (h, file) = (&view.help, &view.file);
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let mut facts = vec![
        Fact::new("怎么称呼", or_none(&file.name)),
        Fact::new("住在", or(&file.place, &view.place)),
        if file.phone.is_empty() {
            Fact::new("电话", "没有留，请上门找")
        } else {
            Fact::lines("电话", vec![FactLine::Phone(file.phone.clone())])
        },
    ];
    if !file.asker.is_empty() {
        facts.push(Fact::new("谁说的", file.asker.clone()));
    }
    if let Some(agreed) = file.agreed {
        facts.push(Fact::new("本人知道吗", agreed.label()));
    }
    facts.push(Fact::new("怎么来的", h.channel.label()).note(h.asked_at.words_near(now)));
    facts.push(Fact::new("回执号", domain::help::shown(&h.slip)));
    if !h.answer.is_empty() {
        let when = h.answered_at.map(|at| at.words_near(now)).unwrap_or_default();
        facts.push(Fact::new("告诉他的话", h.answer.clone()).note(when));
    }
    if let Some(why) = h.why {
        facts.push(Fact::new("结束的原因", why.label()));
    }
    facts
}

async fn act(Path((code, name)): Path<(String, String)>, post: Post) -> Response {
    let way = WAYS.iter().find(|way| way.name == name);
    let said = match (way, name.as_str()) {
        (Some(way), _) => way.said,
        (None, "say") => "记下了",
        (None, _) => {
            return crate::base::refusal::failure(&post.site, &post.request, Error::NotFound, None).await;
        }
    };
    let page = href(Object::Help, &code);
    let to = match name.as_str() {
        "move" => LIST.to_owned(),
        _ => page,
    };
    let needs = name == "need";
    post.run(
        said,
        move |result| if needs { href_at(Object::Need, &result, "/edit") } else { to.clone() },
        async |post, ctx: Ctx| {
            let typed = &post.fields;
            match name.as_str() {
                "take" => help::take(&ctx, &code, typed).await?,
                "resume" => help::resume(&ctx, &code, typed).await?,
                "route" => help::route(&ctx, &code, typed).await?,
                "need" => return help::convert(&ctx, &code, typed).await,
                "advise" => help::advise(&ctx, &code, typed).await?,
                "watch" => help::watch(&ctx, &code, typed).await?,
                "look" => help::look(&ctx, &code, typed).await?,
                "move" => help::move_to(&ctx, &code, typed).await?,
                "say" => voice::say_for(&ctx, &code, &voice::read(typed)?).await?,
                _ => help::close(&ctx, &code, typed).await?,
            }
            Ok(code.clone())
        },
    )
    .await
}

async fn hear(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "回话好了，求助人凭回执号看得到",
        |code| format!("{}#voice", href(Object::Help, &code)),
        async |post, ctx: Ctx| voice::hear(&ctx, id, post.typed(form::HEARD)).await,
    )
    .await
}
