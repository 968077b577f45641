//! The page of one need, for the public and for organizations; the office's side is in `need_office`.

use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::href::{Object, href};
use crate::base::parts::{happenings, target};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::{card_line, running};
use crate::needs::need_words::{Said, clock, crumbs, dates, full_line, kept_line, situation_facts};
use crate::{Access, Route};
use app::components::{ActPanel, Button, Cell, Column, Fact, Field, Head, Link, Table};
use app::pages::need::{Invitation, NeedModel, Situation, need_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::claim::DECIDE_WORKING_DAYS;
use domain::form::aid::{claim, pairing::PURPOSE};
use domain::machine::Command;
use domain::need::{NeedKind, NeedState, URGENT_HOURS};
use domain::pairing::Purpose;
use services::aid::need_file;
use services::aid::view::{self, MemberNeed, NeedView, OwnClaim, PublicNeed};
use services::{Ctx, Error, Result};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/needs/{code}", Access::Anyone, show),
        Route::post_at("/needs/{code}/file", Access::Commands(&[Command::NeedDisclose]), file),
        Route::post_at("/needs/{code}/claims", Access::Commands(&[Command::ClaimSubmit]), claim),
    ]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show_public(async {
        match view::need(&get.site.services, get.viewer(), &code).await? {
            NeedView::Moved(into) => Ok(Answer::To(href(Object::Need, &into))),
            NeedView::Public(need) => Ok(Box::pin(public_page(&get, *need)).await?.into()),
            NeedView::Member(need) => Ok(Box::pin(member_page(&get, *need)).await?.into()),
            NeedView::Staff(need) => Ok(Box::pin(crate::needs::need_office::page(&get, *need, None)).await?.into()),
        }
    })
    .await
}

/// The whole file, in the answer itself.
async fn file(Path(code): Path<String>, post: Post) -> Response {
    post.shown(href(Object::Need, &code), async |get, ctx| {
        let purpose: Purpose = post.chosen(PURPOSE)?;
        let opened = need_file::open(ctx, &code, purpose).await?;
        let NeedView::Staff(need) = view::need(&get.site.services, get.viewer(), &code).await? else {
            return Err(Error::NotFound);
        };
        Box::pin(crate::needs::need_office::page(get, *need, Some(opened))).await
    })
    .await
}

async fn public_page(get: &Get, need: PublicNeed) -> Result<Page> {
    let now = get.site.services.now();
    let title = services::finding::hall::public_title(&need.lines);
    let open = need.lines.iter().any(|line| line.open() > 0);
    let mut badges = vec![states::need(need.state, need.close_reason, Some(&need.lines))];
    badges.extend(clock(need.state, need.published_at, running(need.due_at, now), need.urgent, open, now));
    let district = get.site.services.place(&need.code[2..8]);
    let head = Head {
        crumbs: crumbs(&need.code, &district),
        badges,
        notes: std::iter::once(need.place.clone()).chain(dates(need.published_at, need.valid_until)).collect(),
        ..Head::new(title.clone())
    };
    let mut periods = need.periods.clone();
    periods.retain(|period| !period.is_empty());
    periods.dedup();
    let mut facts = vec![
        Fact::new("编号", need.code.clone()),
        Fact::new(if need.kind == NeedKind::Village { "所在村" } else { "所在区" }, need.place.clone()),
    ];
    if !need.groups.is_empty() {
        facts.push(Fact::new("帮扶对象", need.groups.join("、")));
    }
    if !periods.is_empty() {
        facts.push(Fact::new("服务时间", periods.join("；")));
    }
    if let Some(closed) = need.closed_at {
        facts.push(Fact::new("结案", day_words(closed.day())));
    }
    let similar = view::similar(&get.site.services, get.viewer(), &need.code, need.kind, &need.services).await?;
    let model = NeedModel {
        head,
        lines: need.lines.iter().zip(&need.accounts).map(|(line, kept)| kept_line(line, kept.as_ref())).collect(),
        facts,
        privacy: if need.kind == NeedKind::Village {
            "情况说明只给登录的社会组织看。".into()
        } else {
            "街镇、年龄段和情况说明只给登录的社会组织看；姓名、电话和住址只给结对的组织看。".into()
        },
        invitation: if open && need.state == NeedState::Published { invitation(get, &need.code) } else { None },
        timeline: happenings(&need.timeline, now),
        similar: similar.iter().map(|card| card_line(card, now)).collect(),
        ..NeedModel::default()
    };
    Ok(Page::new(title, move || need_page(model)))
}

fn invitation(get: &Get, code: &str) -> Option<Invitation> {
    let Some(ctx) = get.reader() else {
        return Some(Invitation {
            title: "想帮上忙".into(),
            text: "社会组织登录后可以看到情况说明并认领。".into(),
            link: Link::new(
                "登录后认领",
                crate::base::words::address("/login", &[], &[("next", href(Object::Need, code))]),
            )
            .primary(),
        });
    };
    ctx.actor.organization_id.map(|own| Invitation {
        title: "核验通过后可以认领".into(),
        text: "贵机构还没有通过核验，或者核验已到期。街道和区民政局核验后，就能看到情况说明并认领。".into(),
        link: Link::new("查看机构资料", format!("/organizations/{own}")),
    })
}

async fn member_page(get: &Get, need: MemberNeed) -> Result<Page> {
    let services = &get.site.services;
    let now = services.now();
    let row = &need;
    let cards: Vec<_> = need.lines.iter().map(view::LineView::card).collect();
    let open = cards.iter().any(|line| line.open() > 0);
    let mut badges = vec![states::need(row.state, row.close_reason, Some(&cards))];
    badges.extend(clock(row.state, row.published_at, running(row.due_at, now), row.urgent, open, now));
    let head = Head {
        crumbs: crumbs(&row.code, &services.place(&row.code[2..8])),
        badges,
        notes: std::iter::once(need.place.clone()).chain(dates(row.published_at, row.valid_until)).collect(),
        ..Head::new(row.title.clone())
    };
    let pending = need.own_claims.iter().find(|claim| claim.state.is_pending());
    let mut panels = Vec::new();
    let mut invitation = None;
    match pending {
        Some(claim) => invitation = Some(waiting(claim, now)),
        None if need.may_claim => panels.push(claim_panel(get, &need).await?),
        None if row.state == NeedState::Published => {
            invitation = Some(Invitation {
                title: "已经有人承接".into(),
                text: "这条需求的数量都有组织承接了。如果有退出的，会重新显示出来。".into(),
                link: Link::new("看看其他需求", "/needs"),
            });
        }
        None => {}
    }
    if let Some(asked) = services::aid::ask::own_of_need(get.ctx()?, row.id).await? {
        panels.insert(
            0,
            ActPanel {
                id: "asked".into(),
                title: "贵机构收到了邀请".into(),
                text: format!("请在{}前回复，也可以直接认领。", asked.due_at.words_near(now)),
                links: vec![Link::new("回复邀请", format!("/asks/{}", asked.id)).primary()],
                ..ActPanel::default()
            },
        );
    }
    let dock = (!panels.is_empty()).then(|| {
        let left: Vec<String> = cards
            .iter()
            .filter(|line| line.open() > 0)
            .take(2)
            .map(services::finding::hall::CardLine::open_words)
            .collect();
        (format!("认领，还差{}", left.join("、")), "#claim".to_owned())
    });
    let asked: Vec<String> = need.lines.iter().map(|view| view.line.service_code.clone()).collect();
    let similar = view::similar(services, get.viewer(), &row.code, row.kind, &asked).await?;
    let model = NeedModel {
        notice: (row.state == NeedState::Suspended)
            .then(|| "这条需求暂停公开。已经结对的服务照常，有疑问请联系街道。".to_owned()),
        lines: need.lines.iter().map(full_line).collect(),
        situation: Some(Situation { text: row.description.clone(), facts: situation_facts(&Said::of_member(row)) }),
        privacy: if row.kind == NeedKind::Village {
            String::new()
        } else {
            "姓名、电话和住址在街道同意认领、本人同意后，向贵机构指定的人员显示。每次查看都会记录，街道看得到。".into()
        },
        sections: own_sections(&need, now),
        timeline: happenings(&need.timeline, now),
        panels,
        invitation,
        similar: similar.iter().map(|card| card_line(card, now)).collect(),
        dock,
        head,
        ..NeedModel::default()
    };
    let title = need.title;
    Ok(Page::new(title, move || need_page(model)))
}

fn waiting(claim: &OwnClaim, now: domain::calendar::Time) -> Invitation {
    let due = claim.due_at.map(|due| due.words_near(now)).unwrap_or_default();
    let (title, text) = if claim.state == domain::claim::ClaimState::NeedsInfo {
        ("街道请贵机构补充说明", format!("请在{due}前补充，过期数量会退回。"))
    } else if claim.state == domain::claim::ClaimState::Forming {
        ("联合认领，等各家答复", format!("请在{due}前答复，都同意后提交给街道。数量已保留。"))
    } else {
        ("认领已提交，等街道答复", format!("街道将在{due}前答复，结果发到站内信。数量已为贵机构保留。"))
    };
    Invitation {
        title: title.into(), text, link: Link::new("查看认领", format!("/claims/{}", claim.code)).primary()
    }
}

/// The reader's own claims and pairings on this need.
fn own_sections(need: &MemberNeed, now: domain::calendar::Time) -> Vec<RecordSection> {
    let mut sections = Vec::new();
    if !need.own_claims.is_empty() {
        let rows = need
            .own_claims
            .iter()
            .map(|claim| {
                vec![
                    Cell::link(claim.code.clone(), format!("/claims/{}", claim.code)),
                    Cell::text(claim.submitted_at.words_near(now)),
                    Cell::badge(states::claim(claim.state)),
                ]
            })
            .collect();
        let columns = vec![Column::text("认领"), Column::text("提交"), Column::text("状态")];
        let table = Table { caption: "贵机构的认领".into(), caption_hidden: true, columns, rows };
        sections.push(RecordSection::new("claims", "贵机构的认领", vec![Body::Table(table)]));
    }
    if !need.own_pairings.is_empty() {
        let rows = need
            .own_pairings
            .iter()
            .map(|pairing| {
                vec![
                    Cell::link(pairing.code.clone(), format!("/pairings/{}", pairing.code)),
                    Cell::text(pairing.opened_at.words_near(now)),
                    Cell::text(pairing.state.label()),
                ]
            })
            .collect();
        let columns = vec![Column::text("结对"), Column::text("开始"), Column::text("状态")];
        let table = Table { caption: "贵机构的结对".into(), caption_hidden: true, columns, rows };
        sections.push(RecordSection::new("pairings", "贵机构的结对", vec![Body::Table(table)]));
    }
    sections
}

async fn claim_panel(get: &Get, need: &MemberNeed) -> Result<ActPanel> {
    let services = &get.site.services;
    let now = services.now();
    let open: Vec<_> = need.lines.iter().filter(|view| view.line.remaining() > 0).collect();
    let mut fields: Vec<Field> = open
        .iter()
        .map(|view| {
            let (line, left) = (&view.line, view.line.remaining());
            let field = Field::of(services::aid::claim::quantity(line).within(0, left))
                .hint(format!("还差{left}{}，不认领填0", line.unit))
                .unit(line.unit.clone());
            // One line: all of it is the likely answer. Several: the reader chooses.
            field.value(if open.len() == 1 { left.to_string() } else { String::new() })
        })
        .collect();
    let start = open.iter().filter_map(|view| view.line.starts_on).min().unwrap_or_default().max(now.day());
    fields.push(Field::of(claim::START_ON).value(start.to_string()));
    fields.push(Field::of(claim::PLAN));
    let draft = get.draft("claim").await?;
    let mistakes = fill(&mut fields, draft.as_ref());
    let path = href(Object::Need, &need.code);
    let target = target(get, "claim", &format!("{path}/claims"), draft.as_ref());
    let due =
        if need.urgent { now.plus_hours(URGENT_HOURS) } else { services.calendar().due(now, DECIDE_WORKING_DAYS) };
    Ok(ActPanel {
        id: "claim".into(),
        title: "认领".into(),
        target,
        fields,
        mistakes,
        buttons: vec![Button::new("提交认领")],
        next: format!("提交后数量为贵机构保留。街道将在{}前答复，结果发到站内信。", due.words_near(now)),
        links: vec![Link::new("和别的组织一起认领", format!("{path}/joint"))],
        ..ActPanel::default()
    })
}

async fn claim(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "认领已提交，等街道答复",
        |claim| format!("/claims/{claim}"),
        async |post, ctx: Ctx| {
            let NeedView::Member(need) =
                view::need(&post.site.services, services::finding::hall::Viewer::of(Some(&ctx)), &code).await?
            else {
                return Err(Error::rule("贵机构核验通过后才能认领"));
            };
            let lines: Vec<_> = need.lines.into_iter().map(|view| view.line).collect();
            let input = services::aid::claim::read(&post.fields, &lines, ctx.now().day())?;
            services::aid::claim::submit(&ctx, &code, &input).await
        },
    )
    .await
}
