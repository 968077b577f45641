//! Lists of needs, claims, pairings, records, verifications, organizations: tabs by state, pages of twenty.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, day_near, decide};
use crate::base::states;
use crate::base::words::{address, clock_badge, pager};
use crate::{Access, Route};
use app::components::{Cell, Decision, Empty, EmptyKind, Glyph, Head, Link, Tab, Table};
use app::pages::list::{ListModel, list_page};
use axum::response::Response;
use domain::calendar::{Time, day_words};
use domain::claim::ClaimState;
use domain::clock::Running;
use domain::delivery::DeliveryState;
use domain::href::{href, href_at};
use domain::machine::{Command, Object, State};
use domain::need::NeedState;
use domain::organization::{LedgerKind, OrganizationState};
use domain::pairing::PairingState;
use domain::verification::VerificationState;
use services::Services;
use services::finding::hall::service_name;
use services::office::lists::{self, Listing, Window};
use services::office::waiting;
use std::collections::HashMap;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk/needs", Access::Staff, needs),
        Route::get("/claims", Access::SignedIn, claims),
        Route::get("/pairings", Access::SignedIn, pairings),
        Route::get("/deliveries", Access::Staff, deliveries),
        Route::get("/verifications", Access::Staff, verifications),
        Route::get("/organizations", Access::Staff, organizations),
    ]
}

/// Rows of a page.
const SIZE: usize = 20;

fn window(get: &Get) -> Window {
    let size = i64::try_from(SIZE).unwrap_or(20);
    Window { offset: i64::try_from(get.page() - 1).unwrap_or_default() * size, limit: size }
}

/// The state of the tab: the one asked for, else the first of `order`.
fn state_of<S: State>(get: &Get, order: &[S], fallback: S) -> S {
    get.value("state").parse().ok().or_else(|| order.first().copied()).unwrap_or(fallback)
}

/// What a list is called and counted in.
struct Words {
    title: &'static str,
    /// `个需求`
    unit: &'static str,
    caption: &'static str,
    empty: &'static str,
    hint: &'static str,
}

fn model<S: State, R>(
    get: &Get,
    words: &Words,
    order: &[S],
    state: S,
    list: &Listing<S, R>,
    table: Table,
) -> ListModel {
    let total = count(list.count(state));
    let path = get.request.path.as_str();
    let tabs = order
        .iter()
        .filter(|tab| **tab == state || list.count(**tab) > 0)
        .map(|tab| {
            let href = address(path, &[], &[("state", tab.text().to_owned())]);
            Tab::new(tab.words(), href, *tab == state).count(count(list.count(*tab)))
        })
        .collect();
    let empty = table.is_empty().then(|| {
        if total > 0 {
            Empty::new(EmptyKind::NoMatch, "这一页没有内容", "可能刚刚办过，列表变短了。")
                .action(Link::new("回到第一页", address(path, &[], &[("state", state.text().to_owned())])))
        } else {
            Empty::new(EmptyKind::Nothing, format!("没有“{}”的{}", state.words(), words.empty), words.hint)
        }
    });
    ListModel {
        head: Head::new(words.title),
        tabs,
        found: format!("{total}{}，{}", words.unit, state.words()),
        table,
        pager: (total > u64::try_from(SIZE).unwrap_or(20))
            .then(|| pager(path, &get.query, get.page(), SIZE, total, &words.unit[..3])),
        empty,
        ..ListModel::default()
    }
}

fn page(words: &Words, model: ListModel) -> Page {
    Page::new(words.title, move || list_page(model))
}

/// The clock of a row, or when it last moved.
fn clock(services: &Services, running: Option<Running>, otherwise: Option<Time>) -> Cell {
    match (running, otherwise) {
        (Some(running), _) => Cell::badge(clock_badge(&running, services)),
        (None, Some(at)) => Cell::text(at.words_near(services.now())),
        (None, None) => Cell::text(""),
    }
}

/// The account of a pairing's promises, where there is one.
fn account(accounts: &HashMap<Uuid, services::aid::promise::Promise>, pairing: Uuid) -> Cell {
    accounts.get(&pairing).and_then(crate::base::promise::in_list).map_or_else(|| Cell::text(""), Cell::promise)
}

fn urgent_mark(urgent: bool, text: &str) -> String {
    if urgent { format!("急难\u{3000}{text}") } else { text.to_owned() }
}

async fn needs(get: Get) -> Response {
    const WORDS: Words = Words {
        title: "需求",
        unit: "个需求",
        caption: "本辖区的需求，先到期的在前",
        empty: "需求",
        hint: "换一个状态看看，或登记新的需求。",
    };
    let order = [
        NeedState::InReview,
        NeedState::Returned,
        NeedState::Draft,
        NeedState::Published,
        NeedState::Suspended,
        NeedState::Closed,
        NeedState::Merged,
    ];
    get.show(async {
        let ctx = get.ctx()?;
        let first = if ctx.may(Command::NeedPublish) { NeedState::InReview } else { NeedState::Published };
        let state = state_of(&get, &[first], first);
        let list = lists::needs(ctx, state, window(&get)).await?;
        let table = Table::of(WORDS.caption, &list.rows)
            .column("需求", |need| {
                Cell::link(need.title.clone(), href(Object::Need, &need.code))
                    .note(urgent_mark(need.is_urgent(), &need.code))
            })
            .column("街镇、村居", |need| Cell::text(ctx.services.place(&need.division_code)))
            .column("状态", |need| {
                Cell::badge(match need.close_reason {
                    Some(reason) if need.state == NeedState::Closed => app::components::Badge::plain(reason.label()),
                    _ => states::need(need.state, need.close_reason, None),
                })
            })
            .number("到期或更新", |need| {
                clock(&ctx.services, waiting::of_need(&ctx.services, need), Some(need.updated_at))
            })
            .done();
        let mut model = model(&get, &WORDS, &order, state, &list, table);
        if ctx.may(Command::NeedCreate) {
            model.head = model.head.action(Link::new("登记需求", "/needs/new").glyph(Glyph::Plus).primary());
        }
        Ok(page(&WORDS, model))
    })
    .await
}

async fn claims(get: Get) -> Response {
    const STAFF: Words = Words {
        title: "认领",
        unit: "个认领",
        caption: "本辖区的认领，先到期的在前",
        empty: "认领",
        hint: "组织认领以后，街道3个工作日内答复。",
    };
    const OWN: Words = Words {
        title: "我的认领",
        caption: "本机构的认领，新的在前",
        hint: "到需求大厅找一个能做的，按项、按数量认领，不必一次全接。",
        ..STAFF
    };
    get.show(async {
        let ctx = get.ctx()?;
        let organization = ctx.role().is_organization();
        let words = if organization { &OWN } else { &STAFF };
        let state = state_of(&get, ClaimState::ALL, ClaimState::Submitted);
        let list = lists::claims(ctx, state, window(&get)).await?;
        let table = Table::of(words.caption, &list.rows)
            .column("需求", |row| {
                let urgent = row.need_urgency == domain::need::Urgency::Urgent;
                Cell::link(row.need_title.clone(), href(Object::Claim, &row.claim.code))
                    .note(urgent_mark(urgent, &row.claim.code))
            })
            .column_if(!organization, "组织", |row| Cell::text(row.organization_name.clone()))
            .column("状态", |row| {
                Cell::badge(states::claim(row.claim.state)).note(row.claim.reason.clone().unwrap_or_default())
            })
            .number("到期或答复", |row| {
                let claim = &row.claim;
                let running = waiting::of_claim(&ctx.services, claim, row.need_urgency);
                clock(&ctx.services, running, claim.decided_at.or(Some(claim.submitted_at)))
            })
            .done();
        let mut model = model(&get, words, ClaimState::ALL, state, &list, table);
        if organization {
            model.head = model.head.action(Link::new("找需求", "/needs").glyph(Glyph::Search).primary());
        }
        Ok(page(words, model))
    })
    .await
}

async fn pairings(get: Get) -> Response {
    const STAFF: Words = Words {
        title: "结对",
        unit: "件结对",
        caption: "本辖区的结对，先到期的在前",
        empty: "结对",
        hint: "同意认领以后，结对出现在这里。",
    };
    const OWN: Words = Words {
        title: "我的结对",
        caption: "本机构的结对，先到期的在前",
        hint: "街道同意认领以后，结对出现在这里。",
        ..STAFF
    };
    get.show(async {
        let ctx = get.ctx()?;
        let organization = ctx.role().is_organization();
        let words = if organization { &OWN } else { &STAFF };
        let state = state_of(&get, &[PairingState::Active], PairingState::Active);
        let list = lists::pairings(ctx, state, window(&get)).await?;
        let ids: Vec<_> = list.rows.iter().map(|row| row.pairing.id).collect();
        let accounts = services::aid::promise::of_list(ctx, &ids).await?;
        let table = Table::of(words.caption, &list.rows)
            .column("结对", |row| {
                let urgent = row.need_urgency == domain::need::Urgency::Urgent;
                Cell::link(row.need_title.clone(), href(Object::Pairing, &row.pairing.code))
                    .note(urgent_mark(urgent, &row.pairing.code))
            })
            .column_if(!organization, "组织", |row| Cell::text(row.organization_name.clone()))
            .column("约定和兑现", |row| account(&accounts, row.pairing.id))
            .column("状态", |row| Cell::badge(states::pairing(row.pairing.state)))
            .number("到期或更新", |row| {
                let pairing = &row.pairing;
                let since = pairing.ended_at.or(pairing.reported_at).or(pairing.started_at).or(Some(pairing.opened_at));
                clock(&ctx.services, waiting::of_pairing(&ctx.services, pairing, row.need_urgency), since)
            })
            .done();
        let model = model(&get, words, PairingState::ALL, state, &list, table);
        Ok(page(words, model))
    })
    .await
}

async fn deliveries(get: Get) -> Response {
    const WORDS: Words = Words {
        title: "服务记录",
        unit: "条记录",
        caption: "组织报来的上门记录，先到期的在前",
        empty: "服务记录",
        hint: "组织每次上门后记录，社区或街道5个工作日内确认。",
    };
    let order = [
        DeliveryState::Recorded,
        DeliveryState::Disputed,
        DeliveryState::Confirmed,
        DeliveryState::Missed,
        DeliveryState::Planned,
        DeliveryState::Voided,
    ];
    get.show(async {
        let ctx = get.ctx()?;
        let state = state_of(&get, &order, DeliveryState::Recorded);
        let list = lists::deliveries(ctx, state, window(&get)).await?;
        let today = ctx.now().day();
        let decides = state == DeliveryState::Recorded && ctx.may(Command::DeliveryConfirm);
        let rows = list.rows.iter().map(|row| {
            let d = &row.delivery;
            let day = day_near(d.done_on.unwrap_or(d.planned_on), today);
            let said = format!("{}，{day}", service_name(&row.service_code));
            (row, href_at(Object::Pairing, &row.pairing_code, &format!("/visits/{}", d.id)), said)
        });
        let table = Table::of(WORDS.caption, rows)
            .column("服务", |(row, visit, said)| Cell::link(row.need_title.clone(), visit.clone()).note(said.clone()))
            .column("组织", |(row, ..)| Cell::text(row.organization_name.clone()))
            .column("完成", |(row, ..)| {
                let d = &row.delivery;
                let amount = match (d.units, d.minutes) {
                    (Some(units), Some(minutes)) => format!("{units}{}，{minutes}分钟", row.unit),
                    (Some(units), None) => format!("{units}{}", row.unit),
                    _ => d.miss_reason.map(|reason| reason.label().to_owned()).unwrap_or_default(),
                };
                let corrected = if d.supersedes.is_some() { "更正过\u{3000}" } else { "" };
                Cell::text(amount).note(format!("{corrected}{}", d.note))
            })
            .column_if(decides, "办理", |(row, visit, said)| {
                let about = format!("{}，{said}", row.need_title);
                Cell::decisions(vec![
                    decide(&get, "确认", &about, &href_at(Object::Delivery, &row.delivery.id, "/confirm")),
                    Decision::get("有异议", about, format!("{visit}#dispute")).quiet(),
                ])
            })
            .column_if(!decides, "状态", |(row, ..)| {
                Cell::badge(states::delivery(row.delivery.state, row.delivery.superseded))
            })
            .done();
        let together: Vec<String> = list
            .rows
            .iter()
            .filter(|row| decides && row.delivery.supersedes.is_none())
            .map(|row| row.delivery.id.to_string())
            .collect();
        let mut model = model(&get, &WORDS, &order, state, &list, table);
        if together.len() > 1 {
            let about = format!("这一页{}条没有更正过的记录", together.len());
            let mut all = decide(&get, &format!("这一页{}条全部确认", together.len()), &about, "/deliveries/confirm");
            for id in together {
                all = all.with("delivery", id);
            }
            model.batch = Some(all);
        }
        Ok(page(&WORDS, model))
    })
    .await
}

async fn verifications(get: Get) -> Response {
    const WORDS: Words = Words {
        title: "核验",
        unit: "次核验",
        caption: "本辖区的核验，先到期的在前",
        empty: "核验",
        hint: "组织报告结果以后，街道在结对页指派核验。",
    };
    get.show(async {
        let ctx = get.ctx()?;
        let state = state_of(&get, VerificationState::ALL, VerificationState::Assigned);
        let list = lists::verifications(ctx, state, window(&get)).await?;
        let ids: Vec<_> = list.rows.iter().map(|row| row.verification.pairing_id).collect();
        let accounts = services::aid::promise::of_list(ctx, &ids).await?;
        let table = Table::of(WORDS.caption, &list.rows)
            .column("结对", |row| {
                Cell::link(row.need_title.clone(), href(Object::Pairing, &row.pairing_code))
                    .note(row.pairing_code.clone())
            })
            .column("组织", |row| Cell::text(row.organization_name.clone()))
            .column("约定和兑现", |row| account(&accounts, row.verification.pairing_id))
            .column("核验人", |row| {
                let v = &row.verification;
                let which = if v.recheck { "抽查复核".to_owned() } else { format!("第{}次", v.attempt) };
                Cell::text(row.assignee_name.clone()).note(which)
            })
            .column("结果", |row| Cell::badge(states::verification(row.verification.state, row.verification.result)))
            .number("到期或完成", |row| {
                let v = &row.verification;
                clock(&ctx.services, waiting::of_verification(&ctx.services, v), v.done_at)
            })
            .done();
        let model = model(&get, &WORDS, VerificationState::ALL, state, &list, table);
        Ok(page(&WORDS, model))
    })
    .await
}

async fn organizations(get: Get) -> Response {
    const WORDS: Words = Words {
        title: "社会组织",
        unit: "家组织",
        caption: "登记地在本辖区的社会组织，按名称",
        empty: "社会组织",
        hint: "组织申请入驻后，由区民政局核验。",
    };
    get.show(async {
        let ctx = get.ctx()?;
        let wanted = OrganizationState::Applied;
        let mut state = state_of(&get, &[wanted], wanted);
        let mut list = lists::organizations(ctx, state, window(&get)).await?;
        // Without a wish, what waits comes first, else those that may claim.
        if get.value("state").is_empty() && list.count(wanted) == 0 {
            state = OrganizationState::Verified;
            list = lists::organizations(ctx, state, window(&get)).await?;
        }
        let table = Table::of(WORDS.caption, &list.rows)
            .column("机构", |o| Cell::link(o.name.clone(), href(Object::Organization, &o.id)).note(o.uscc.clone()))
            .column("登记地", |o| Cell::text(ctx.services.place(&o.division_code)))
            .column("能提供的服务", |o| {
                let services = o.services().iter().map(|code| service_name(code)).collect::<Vec<_>>();
                Cell::text(if services.len() > 4 {
                    format!("{}等{}项", services[..4].join("、"), services.len())
                } else {
                    services.join("、")
                })
            })
            .column("状态", |o| Cell::badge(states::organization(o.state)))
            .number("有效期至", |o| Cell::text(o.verified_until.map(day_words).unwrap_or_default()))
            .done();
        // What the office decides first, what organizations have not handed in yet last.
        let mut order = OrganizationState::ALL.to_vec();
        order.rotate_left(1);
        let mut model = model(&get, &WORDS, &order, state, &list, table);
        if services::needs::import::may(ctx, LedgerKind::Organizations).is_ok() {
            model.head = model.head.action(Link::new("导入台账", "/import?kind=organizations").glyph(Glyph::Upload));
        }
        Ok(page(&WORDS, model))
    })
    .await
}
