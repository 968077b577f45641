//! The working lists: needs, claims, pairings, records, verifications, organizations. Each declares its columns and what a
//! row says; everything else is the component's ([`crate::office::working_list`]).

use crate::base::get::{Answer, Get};
use crate::base::parts::{day_near, decide};
use crate::base::states;
use crate::base::words::{clock_badge, waited};
use crate::office::working_list::{self, Beside, By, Col, Loaded, Row, Spec};
use crate::{Access, Route};
use app::components::{Badge, Cell, Decision, Field, Glyph, Link};
use axum::response::Response;
use domain::calendar::{Time, day_words};
use domain::claim::ClaimState;
use domain::clock::Running;
use domain::delivery::DeliveryState;
use domain::form::office::together as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object, State};
use domain::need::{NeedState, Urgency};
use domain::organization::{LedgerKind, OrganizationState};
use domain::pairing::PairingState;
use domain::verification::VerificationState;
use services::finding::hall::service_name;
use services::office::lists::{self, ListQuery};
use services::office::waiting;
use services::{Ctx, Error, Result, Services};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk/needs", Access::Staff, |get: Get| show(get, Which::Needs)),
        Route::get("/claims", Access::SignedIn, |get: Get| show(get, Which::Claims)),
        Route::get("/pairings", Access::SignedIn, |get: Get| show(get, Which::Pairings)),
        Route::get("/deliveries", Access::Staff, |get: Get| show(get, Which::Deliveries)),
        Route::get("/verifications", Access::Staff, |get: Get| show(get, Which::Verifications)),
        Route::get("/organizations", Access::Staff, |get: Get| show(get, Which::Organizations)),
    ]
}

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Needs,
    Claims,
    Pairings,
    Deliveries,
    Verifications,
    Organizations,
}

impl Which {
    pub const ALL: [Self; 6] =
        [Self::Needs, Self::Claims, Self::Pairings, Self::Deliveries, Self::Verifications, Self::Organizations];

    /// By the address of its page.
    pub fn of(path: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|which| which.path() == path).ok_or(Error::NotFound)
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Needs => "/desk/needs",
            Self::Claims => "/claims",
            Self::Pairings => "/pairings",
            Self::Deliveries => "/deliveries",
            Self::Verifications => "/verifications",
            Self::Organizations => "/organizations",
        }
    }
}

fn states<S: State>(order: &[S]) -> Vec<(&'static str, &'static str)> {
    order.iter().map(|state| (state.text(), state.words())).collect()
}

/// How a list is declared for its reader.
pub(crate) fn spec(which: Which, ctx: &Ctx) -> Spec {
    let own = ctx.role().is_organization();
    let path = which.path();
    let mut aid = vec![By::Service, By::Group, By::Urgent, By::Overdue];
    aid.extend((!own).then_some(By::Organization));
    let organization =
        || if own { Col::text("organization", "组织").chosen() } else { Col::text("organization", "组织").sorts() };
    let place = || {
        if own { Col::text("place", "街镇、村居").chosen() } else { Col::text("place", "街镇、村居").sorts() }
    };
    match which {
        Which::Needs => Spec {
            path,
            title: "需求",
            unit: "个需求",
            caption: "本辖区的需求，先到期的在前",
            empty: "需求",
            hint: "换一个状态看看，或登记新的需求。",
            words: "标题、说明、编号、经办人",
            days: "登记",
            by: [aid, vec![By::Responsible]].concat(),
            columns: vec![
                Col::text("title", "需求").sorts(),
                place().sorts(),
                Col::text("state", "状态"),
                Col::number("waited", "公开以来").sorts(),
                Col::text("responsible", "经办人").sorts(),
                Col::number("due", "到期或更新").sorts(),
                Col::number("created", "登记日期").sorts().chosen(),
                Col::number("valid", "有效期至").sorts().chosen(),
                Col::text("source", "来源").chosen(),
            ],
            states: states(&[
                NeedState::Draft,
                NeedState::Returned,
                NeedState::InReview,
                NeedState::Published,
                NeedState::Suspended,
                NeedState::Closed,
                NeedState::Merged,
            ]),
            first: if ctx.may(Command::NeedPublish) { NeedState::InReview.text() } else { NeedState::Published.text() },
        },
        Which::Claims => Spec {
            path,
            title: if own { "我的认领" } else { "认领" },
            unit: "个认领",
            caption: "认领，先到期的在前",
            empty: "认领",
            hint: if own {
                "到需求大厅找一个能做的，按项、按数量认领，不必一次全接。"
            } else {
                "组织认领以后，街道3个工作日内答复。"
            },
            words: "需求、编号、组织",
            days: "提交",
            by: aid,
            columns: vec![
                Col::text("title", "需求").sorts(),
                organization(),
                place(),
                Col::text("state", "状态"),
                Col::number("due", "到期或答复").sorts(),
                Col::number("submitted", "提交日期").sorts().chosen(),
            ],
            states: states(ClaimState::ALL),
            first: ClaimState::Submitted.text(),
        },
        Which::Pairings => Spec {
            path,
            title: if own { "我的结对" } else { "结对" },
            unit: "件结对",
            caption: "结对，先到期的在前",
            empty: "结对",
            hint: if own {
                "街道同意认领以后，结对出现在这里。"
            } else {
                "同意认领以后，结对出现在这里。"
            },
            words: "需求、编号、组织",
            days: "开始",
            by: aid,
            columns: vec![
                Col::text("title", "结对").sorts(),
                organization(),
                place().chosen(),
                Col::text("promise", "约定和兑现"),
                Col::text("state", "状态"),
                Col::number("due", "到期或更新").sorts(),
                Col::number("opened", "结对日期").sorts().chosen(),
            ],
            states: states(PairingState::ALL),
            first: PairingState::Active.text(),
        },
        Which::Deliveries => Spec {
            path,
            title: "服务记录",
            unit: "条记录",
            caption: "本辖区的服务记录",
            empty: "服务记录",
            hint: "组织上门以后记录的服务出现在这里。",
            words: "需求、编号、组织、情况",
            days: "记录",
            by: aid,
            columns: vec![
                Col::text("title", "服务").sorts(),
                organization(),
                Col::text("done", "完成"),
                Col::number("day", "日期").sorts().chosen(),
                Col::text("state", "状态"),
            ],
            states: states(&[
                DeliveryState::Recorded,
                DeliveryState::Disputed,
                DeliveryState::Confirmed,
                DeliveryState::Planned,
                DeliveryState::Missed,
                DeliveryState::Voided,
            ]),
            first: DeliveryState::Recorded.text(),
        },
        Which::Verifications => Spec {
            path,
            title: "核验",
            unit: "次核验",
            caption: "本辖区的核验，先到期的在前",
            empty: "核验",
            hint: "组织报告结果以后，街道在结对页指派核验。",
            words: "需求、编号、组织、核验人",
            days: "指派",
            by: aid,
            columns: vec![
                Col::text("title", "结对").sorts(),
                organization(),
                Col::text("promise", "约定和兑现"),
                Col::text("assignee", "核验人").sorts(),
                Col::text("state", "结果"),
                Col::number("due", "到期或完成").sorts(),
            ],
            states: states(VerificationState::ALL),
            first: VerificationState::Assigned.text(),
        },
        Which::Organizations => {
            // What the office decides first, what organizations have not handed in yet last.
            let mut order = OrganizationState::ALL.to_vec();
            order.rotate_left(1);
            Spec {
                path,
                title: "社会组织",
                unit: "家组织",
                caption: "登记地在本辖区的社会组织，按名称",
                empty: "社会组织",
                hint: "组织申请入驻后，由区民政局核验。",
                words: "名称、统一社会信用代码、业务范围",
                days: "申请",
                by: vec![By::Service],
                columns: vec![
                    Col::text("title", "机构").sorts(),
                    place().sorts(),
                    Col::text("services", "能提供的服务"),
                    Col::text("state", "状态"),
                    Col::number("valid", "有效期至").sorts(),
                    Col::number("created", "申请日期").sorts().chosen(),
                ],
                states: states(&order),
                first: OrganizationState::Applied.text(),
            }
        }
    }
}

/// The clock of a row, or when it last moved.
fn clock(services: &Services, running: Option<Running>, otherwise: Option<Time>) -> Cell {
    match (running, otherwise) {
        (Some(running), _) => Cell::badge(clock_badge(&running, services)),
        (None, Some(at)) => Cell::text(at.words_near(services.now())),
        (None, None) => Cell::text(""),
    }
}

fn urgent_mark(urgent: bool, text: &str) -> String {
    if urgent { format!("急难\u{3000}{text}") } else { text.to_owned() }
}

fn near(ctx: &Ctx, at: Time) -> Cell {
    Cell::text(at.words_near(ctx.now()))
}

fn parsed<S: State>(state: Option<&str>) -> Option<S> {
    state.and_then(|state| state.parse().ok())
}

/// A page of a list.
pub(crate) async fn load(which: Which, ctx: &Ctx, query: &ListQuery, state: Option<&str>) -> Result<Loaded> {
    let services = &ctx.services;
    Ok(match which {
        Which::Needs => Loaded::of(lists::needs(ctx, parsed::<NeedState>(state), query).await?, |need| {
            let badge = match need.close_reason {
                Some(reason) if need.state == NeedState::Closed => Badge::plain(reason.label()),
                _ => states::need(need.state, need.close_reason, None),
            };
            let is_waiting = need.state == NeedState::Published;
            let source = need.source_no.as_deref().unwrap_or_default();
            Row {
                key: need.code.clone(),
                about: need.title.clone(),
                cells: vec![
                    Cell::link(need.title.clone(), href(Object::Need, &need.code))
                        .note(urgent_mark(need.is_urgent(), &need.code)),
                    Cell::text(services.place(&need.division_code)),
                    Cell::badge(badge),
                    Cell::text(if is_waiting { waited(need.published_at, ctx.now()) } else { String::new() }),
                    Cell::text(need.responsible_person.clone()),
                    clock(services, waiting::of_need(services, need), Some(need.updated_at)),
                    near(ctx, need.created_at),
                    Cell::text(need.valid_until.map(day_words).unwrap_or_default()),
                    Cell::text(need.source.label()).note(source),
                ],
            }
        }),
        Which::Claims => Loaded::of(lists::claims(ctx, parsed::<ClaimState>(state), query).await?, |row| {
            let claim = &row.claim;
            let running = waiting::of_claim(services, claim, row.need_urgency);
            Row {
                key: claim.code.clone(),
                about: row.need_title.clone(),
                cells: vec![
                    Cell::link(row.need_title.clone(), href(Object::Claim, &claim.code))
                        .note(urgent_mark(row.need_urgency == Urgency::Urgent, &claim.code)),
                    Cell::text(row.organization_name.clone()),
                    Cell::text(services.place(&claim.division_code)),
                    Cell::badge(states::claim(claim.state)).note(claim.reason.clone().unwrap_or_default()),
                    clock(services, running, claim.decided_at.or(Some(claim.submitted_at))),
                    near(ctx, claim.submitted_at),
                ],
            }
        }),
        Which::Pairings => {
            let list = lists::pairings(ctx, parsed::<PairingState>(state), query).await?;
            let ids: Vec<_> = list.rows.iter().map(|row| row.pairing.id).collect();
            let accounts = services::aid::promise::of_list(ctx, &ids).await?;
            Loaded::of(list, |row| {
                let pairing = &row.pairing;
                let account = accounts.get(&pairing.id).and_then(crate::base::promise::in_list);
                let since = pairing.ended_at.or(pairing.reported_at).or(pairing.started_at).or(Some(pairing.opened_at));
                let running = waiting::of_pairing(services, pairing, row.need_urgency);
                Row {
                    key: pairing.code.clone(),
                    about: row.need_title.clone(),
                    cells: vec![
                        Cell::link(row.need_title.clone(), href(Object::Pairing, &pairing.code))
                            .note(urgent_mark(row.need_urgency == Urgency::Urgent, &pairing.code)),
                        Cell::text(row.organization_name.clone()),
                        Cell::text(services.place(&pairing.division_code)),
                        account.map_or_else(|| Cell::text(""), Cell::promise),
                        Cell::badge(states::pairing(pairing.state)),
                        clock(services, running, since),
                        near(ctx, pairing.opened_at),
                    ],
                }
            })
        }
        Which::Deliveries => {
            let today = ctx.now().day();
            Loaded::of(lists::deliveries(ctx, parsed::<DeliveryState>(state), query).await?, |row| {
                let d = &row.delivery;
                let day = day_near(d.done_on.unwrap_or(d.planned_on), today);
                let amount = match (d.units, d.minutes) {
                    (Some(units), Some(minutes)) => format!("{units}{}，{minutes}分钟", row.unit),
                    (Some(units), None) => format!("{units}{}", row.unit),
                    _ => d.miss_reason.map(|reason| reason.label().to_owned()).unwrap_or_default(),
                };
                let service = service_name(&row.service_code);
                let corrected = if d.supersedes.is_some() { "更正过\u{3000}" } else { "" };
                let visit = href_at(Object::Pairing, &row.pairing_code, &format!("/visits/{}", d.id));
                // One that was corrected is looked at by itself.
                let key = if d.supersedes.is_none() { d.id.to_string() } else { String::new() };
                Row {
                    key,
                    about: format!("{}，{service}，{day}", row.need_title),
                    cells: vec![
                        Cell::link(row.need_title.clone(), visit).note(format!("{service}，{day}")),
                        Cell::text(row.organization_name.clone()),
                        Cell::text(amount).note(format!("{corrected}{}", d.note)),
                        Cell::text(day),
                        Cell::badge(states::delivery(d.state, d.superseded)),
                    ],
                }
            })
        }
        Which::Verifications => {
            let list = lists::verifications(ctx, parsed::<VerificationState>(state), query).await?;
            let ids: Vec<_> = list.rows.iter().map(|row| row.verification.pairing_id).collect();
            let accounts = services::aid::promise::of_list(ctx, &ids).await?;
            Loaded::of(list, |row| {
                let v = &row.verification;
                let which = if v.recheck { "抽查复核".to_owned() } else { format!("第{}次", v.attempt) };
                let account = accounts.get(&v.pairing_id).and_then(crate::base::promise::in_list);
                Row {
                    key: v.id.to_string(),
                    about: row.need_title.clone(),
                    cells: vec![
                        Cell::link(row.need_title.clone(), href(Object::Pairing, &row.pairing_code))
                            .note(row.pairing_code.clone()),
                        Cell::text(row.organization_name.clone()),
                        account.map_or_else(|| Cell::text(""), Cell::promise),
                        Cell::text(row.assignee_name.clone()).note(which),
                        Cell::badge(states::verification(v.state, v.result)),
                        clock(services, waiting::of_verification(services, v), v.done_at),
                    ],
                }
            })
        }
        Which::Organizations => {
            Loaded::of(lists::organizations(ctx, parsed::<OrganizationState>(state), query).await?, |o| {
                let able = o.services().iter().map(|code| service_name(code)).collect::<Vec<_>>();
                let shown = if able.len() > 4 {
                    format!("{}等{}项", able[..4].join("、"), able.len())
                } else {
                    able.join("、")
                };
                Row {
                    key: o.id.to_string(),
                    about: o.name.clone(),
                    cells: vec![
                        Cell::link(o.name.clone(), href(Object::Organization, &o.id)).note(o.uscc.clone()),
                        Cell::text(services.place(&o.division_code)),
                        Cell::text(shown),
                        Cell::badge(states::organization(o.state)),
                        Cell::text(o.verified_until.map(day_words).unwrap_or_default()),
                        near(ctx, o.created_at),
                    ],
                }
            })
        }
    })
}

async fn show(get: Get, which: Which) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let mut spec = spec(which, ctx);
        if let Some(to) = working_list::remembered(&get, spec.path).await? {
            return Ok(Answer::To(to));
        }
        let mut query = ListQuery::read(&get.query);
        let mut loaded = load(which, ctx, &query, spec.state(&query)).await?;
        // Without a wish: where nothing waits, the state that has the most.
        if query.state.is_empty() && loaded.total(spec.state(&query)) == 0 {
            let fallback = loaded.counts.iter().max_by_key(|(_, n)| *n).map(|(state, _)| *state);
            if let Some(first) = fallback.filter(|_| which != Which::Organizations).or_else(|| {
                let verified = OrganizationState::Verified.text();
                (which == Which::Organizations && loaded.total(Some(verified)) > 0).then_some(verified)
            }) {
                spec.first = first;
                query.page = 1;
                loaded = load(which, ctx, &query, spec.state(&query)).await?;
            }
        }
        let beside = beside(&get, ctx, which, &spec, &query, &mut loaded).await?;
        Ok(working_list::page(&get, ctx, &spec, &query, loaded, beside))
    })
    .await
}

/// What a list's page has beside its rows.
async fn beside(
    get: &Get,
    ctx: &Ctx,
    which: Which,
    spec: &Spec,
    query: &ListQuery,
    loaded: &mut Loaded,
) -> Result<Beside> {
    let mut beside = Beside::default();
    let state = spec.state(query);
    match which {
        Which::Needs => {
            beside.responsible = lists::responsible(ctx).await?;
            if ctx.may(Command::NeedCreate) {
                beside.actions.push(Link::new("登记需求", "/needs/new").glyph(Glyph::Plus).primary());
                beside.actions.push(Link::new("找人", "/persons").glyph(Glyph::Search));
            }
            if ctx.may(Command::NeedSubmit) && matches!(state, None | Some("draft")) {
                beside.buttons.push(("送审", "submit"));
            }
            let is_open = state.is_none_or(|state| !matches!(state, "closed" | "merged"));
            if ctx.may(Command::NeedAssign) && is_open {
                beside.fields.push(Field::of(form::ASSIGNED));
                beside.buttons.push(("改经办人", "assign"));
            }
        }
        Which::Claims if ctx.role().is_organization() => {
            beside.actions.push(Link::new("找需求", "/needs").glyph(Glyph::Search).primary());
        }
        Which::Deliveries if ctx.may(Command::DeliveryConfirm) && state == Some("recorded") => {
            beside.buttons.push(("确认", "confirm"));
            let together: Vec<String> =
                loaded.rows.iter().map(|row| row.key.clone()).filter(|key| !key.is_empty()).collect();
            if let Some(at) = spec.columns.iter().position(|col| col.name == "state") {
                for row in &mut loaded.rows {
                    // One that was corrected stands here under its address alone.
                    let href = match &row.cells[0].content {
                        app::components::Content::Link { href, .. } => href.clone(),
                        _ => String::new(),
                    };
                    let id = href.rsplit('/').next().unwrap_or_default();
                    row.cells[at] = Cell::decisions(vec![
                        decide(get, "确认", &row.about, &href_at(Object::Delivery, id, "/confirm")),
                        Decision::get("有异议", row.about.clone(), format!("{href}#dispute")).quiet(),
                    ]);
                }
            }
            if together.len() > 1 {
                let about = format!("这一页{}条没有更正过的记录", together.len());
                let mut all =
                    decide(get, &format!("这一页{}条全部确认", together.len()), &about, "/deliveries/confirm");
                for id in together {
                    all = all.with("delivery", id);
                }
                beside.batch = Some(all);
            }
        }
        Which::Organizations if services::needs::import::may(ctx, LedgerKind::Organizations).is_ok() => {
            beside.actions.push(Link::new("导入台账", "/import?kind=organizations").glyph(Glyph::Upload));
        }
        _ => {}
    }
    Ok(beside)
}
