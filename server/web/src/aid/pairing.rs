//! The workspace of a pairing, for the organization, the office and the verifier.

use crate::aid::pairing_panels as panels;
use crate::aid::pairing_words::{Side, crumbs, found, reported, side, title};
use crate::aid::visit::{self, visit_table};
use crate::aid::visit_plan;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, happenings};
use crate::base::states;
use crate::base::words::due_badge;
use crate::{Access, Route};
use app::components::{Badge, Cell, Contact, Fact, Glyph, Head, Line, Link, Mark, Reveal, Sheet, Table};
use app::pages::pairing::{PairingModel, pairing_page};
use app::pages::record::{Body, RecordSection};
use app::pages::sheet::{SheetModel, sheet_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::pairing::{PairingState, Purpose};
use services::Ctx;
use services::aid::pairing::Closed;
use services::aid::view::{self, PairingView};
use services::finding::hall::service_name;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}", Access::SignedIn, show),
        Route::get_at("/pairings/{code}/sheet", Access::SignedIn, sheet),
    ]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        let name = title(&view);
        let model = workspace(&get, ctx, &view, None).await?;
        Ok(Page::new(format!("结对：{name}"), move || pairing_page(model)))
    })
    .await
}

/// The page; `opened` holds the contact data just asked for.
pub(crate) async fn workspace(
    get: &Get,
    ctx: &Ctx,
    view: &PairingView,
    opened: Option<services::aid::pairing::Contact>,
) -> services::Result<PairingModel> {
    let side = side(ctx, view);
    let now = ctx.now();
    let mut badges = vec![states::pairing(view.pairing.state)];
    if view.need.urgent {
        badges.insert(0, Badge::urgent("急难"));
    }
    if view.pairing.state.is_running() && view.pairing.due_at.is_some() {
        badges.push(due_badge(view.pairing.due_at, false, now));
    }
    let head = Head {
        crumbs: crumbs(ctx, view, ""),
        badges,
        beside: vec![view.organization_name.clone()],
        notes: vec![view.place.clone(), format!("需求{}", view.need.code)],
        ..Head::new(title(view))
    };
    let visit = visit::next_panel(get, ctx, view).await?;
    let panels = panels::of(get, ctx, view, side).await?;
    Ok(PairingModel {
        head,
        notice: notice(view, side, now),
        promise: crate::base::promise::model(&view.promise, now),
        visit,
        panels,
        contact: (side != Side::Verifier).then(|| contact(get, ctx, view, opened)).flatten(),
        plan: (view.pairing.started_at.is_some()).then(|| visit_plan::plan(get, ctx, view)),
        sections: sections(get, ctx, view, side),
        papers: papers(ctx, view),
        trouble: trouble(ctx, view),
        timeline: happenings(&view.timeline, get.site.services.now()),
    })
}

fn notice(view: &PairingView, side: Side, now: domain::calendar::Time) -> Option<String> {
    let pairing = &view.pairing;
    if let (Some(transfer), true) = (&view.transfer, side != Side::Verifier) {
        return Some(format!(
            "正在移交给{}，{}。{}前没有办完就失效，结对不变。",
            transfer.to,
            transfer.state.label(),
            transfer.expires_at.words_near(now)
        ));
    }
    if !view.consent_live && pairing.state.is_running() && view.need.kind == domain::need::NeedKind::Household {
        return Some("本人的同意没有登记，或已到期、已撤回。补登以前不显示联系方式。".into());
    }
    match pairing.state {
        PairingState::Paused => {
            Some(format!("服务已暂停：{}。恢复以后再安排和记录上门。", pairing.reason.clone().unwrap_or_default()))
        }
        PairingState::Released | PairingState::Terminated | PairingState::Transferred => {
            let next = view.successor_code.as_ref().map(|code| format!("接手的结对是{code}。")).unwrap_or_default();
            Some(format!("结对{}：{}。{next}", pairing.state.label(), pairing.reason.clone().unwrap_or_default()))
        }
        PairingState::Completed if pairing.result.as_deref() == Some("unverified") => {
            Some("三次未能核验后办结，不计入“满足”。".into())
        }
        _ => None,
    }
}

/// Masked until a purpose was chosen; `opened` is this answer only.
pub(crate) fn contact(
    get: &Get,
    ctx: &Ctx,
    view: &PairingView,
    opened: Option<services::aid::pairing::Contact>,
) -> Option<Contact> {
    if view.need.kind == domain::need::NeedKind::Village || !view.pairing.state.is_running() {
        return None;
    }
    let title = "联系谁".to_owned();
    if let Some(opened) = opened {
        let call = Some((opened.name.clone(), opened.phone.clone())).filter(|(_, number)| !number.is_empty());
        let mut facts = vec![Fact::new("姓名", opened.name)];
        let phones = std::iter::once(opened.phone)
            .chain(opened.other_phones)
            .filter(|phone| !phone.is_empty())
            .map(app::components::FactLine::Phone)
            .collect::<Vec<_>>();
        facts.push(Fact::lines("电话", phones));
        for (term, text) in [("住址", opened.address), ("监护人", opened.guardian), ("注意", opened.health_notes)]
        {
            if !text.is_empty() {
                facts.push(Fact::new(term, text));
            }
        }
        return Some(Contact {
            title,
            facts,
            call,
            reveal: None,
            note: "这次查看已经记入访问日志。离开或刷新这一页，信息就会遮住。".into(),
        });
    }
    let masked = &view.masked;
    let mut facts = vec![Fact::masked("姓名", masked.name.clone(), "已遮住")];
    if !masked.phone.is_empty() {
        facts.push(Fact::masked("电话", masked.phone.clone(), "已遮住"));
    }
    facts.push(Fact::masked("住址", "●●●●●●", "已遮住"));
    // A minor's: the same question, asked of the office first.
    let asks = masked.closed == Some(Closed::Approval);
    let may = view.offers.has(Command::PairingDisclose) && (masked.closed.is_none() || asks);
    let reveal = may.then(|| {
        let purposes = Purpose::CONTACT
            .iter()
            .filter(|purpose| ctx.role().is_staff() || **purpose != Purpose::Verify)
            .map(|purpose| app::components::Choice::new(purpose.as_str(), purpose.label()))
            .collect();
        Reveal {
            target: crate::base::parts::target(
                get,
                if asks { "access" } else { "contact" },
                // The answer opens where it was asked for.
                &href_at(
                    Object::Pairing,
                    &view.pairing.code,
                    &format!("/{}#contact", if asks { "access" } else { "contact" }),
                ),
                None,
            ),
            label: if asks { "申请查看一次" } else { "查看电话和住址" }.into(),
            purposes,
        }
    });
    Some(Contact {
        title,
        facts,
        call: None,
        reveal,
        note: masked.closed.as_ref().map(Closed::words).unwrap_or_default(),
    })
}

fn sections(get: &Get, ctx: &Ctx, view: &PairingView, side: Side) -> Vec<RecordSection> {
    let now = ctx.now();
    let pairing = &view.pairing;
    let mut all = Vec::new();
    let mut agreed: Vec<Fact> =
        view.promise.lines.iter().map(|line| Fact::new(line.service.clone(), line.amount.clone())).collect();
    agreed.push(Fact::new("从哪天开始", day_words(view.agreed.start_on)));
    if !view.agreed.plan.is_empty() {
        agreed.push(Fact::new("怎么做", view.agreed.plan.clone()));
    }
    if !view.need.requirements.is_empty() {
        agreed.push(Fact::new("需求方的要求", view.need.requirements.clone()));
    }
    if side == Side::Organization || !view.workers.is_empty() {
        let names = view.workers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("、");
        agreed.push(Fact::new("服务人员", if names.is_empty() { "还没有指定".to_owned() } else { names }));
    }
    let mut section = RecordSection::new("agreed", "约定的服务", vec![Body::Facts(agreed)]);
    if side != Side::Verifier {
        section.link = Some(("看需求".into(), href(Object::Need, &view.need.code)));
    }
    all.push(section);
    if let Some(outcome) = pairing.outcome {
        let mut facts = vec![Fact::new("组织报告", outcome.label())];
        for line in &view.lines {
            let said = reported(view, line.line_id);
            if !said.is_empty() {
                let said = said.trim_start_matches("组织说：").to_owned();
                facts.push(Fact::new(service_name(&line.service_code), said));
            }
        }
        facts.push(Fact::new("说明", pairing.report.clone().unwrap_or_default()));
        if let Some(at) = pairing.reported_at {
            facts.push(Fact::new("报告时间", at.words_near(now)));
        }
        if pairing.state == PairingState::Completed {
            let result = pairing.result.as_deref().unwrap_or_default();
            let words = result
                .parse::<domain::verification::VerificationResult>()
                .map_or("未能核验", domain::verification::VerificationResult::label);
            facts.push(Fact::new("核验后办结", words));
        }
        all.push(RecordSection::new("outcome", "结果报告", vec![Body::Facts(facts)]));
    }
    if !view.verifications.is_empty() {
        all.push(RecordSection::new("verifications", "核验", vec![Body::Table(verification_table(view, side, now))]));
    }
    if pairing.started_at.is_some() || !view.deliveries.is_empty() {
        all.push(visit_table(get, ctx, view));
    }
    all
}

fn verification_table(view: &PairingView, side: Side, now: domain::calendar::Time) -> Table {
    Table::of("核验的经过", &view.verifications)
        .column("核验", |(v, name)| {
            let which = if v.recheck { "抽查复核".to_owned() } else { format!("第{}次", v.attempt) };
            Cell::strong(which).note(if side == Side::Organization { String::new() } else { name.clone() })
        })
        .column("结果", |(v, _)| Cell::badge(states::verification(v.state, v.result)).note(found(view, v.id)))
        .column("方式和情况", |(v, _)| {
            let how = [v.method.map(|m| m.label().to_owned()), v.fail_reason.map(|r| r.label().to_owned())]
                .into_iter()
                .flatten()
                .next()
                .unwrap_or_default();
            Cell::text(how).note(v.note.clone())
        })
        .number("时间", |(v, _)| {
            Cell::text(v.done_at.map_or_else(|| format!("{}前做完", v.due_at.words_near(now)), |at| at.words_near(now)))
        })
        .done()
}

fn papers(ctx: &Ctx, view: &PairingView) -> Vec<Line> {
    let mut all = vec![Line {
        title: "对接单".into(),
        href: href_at(Object::Pairing, &view.pairing.code, "/sheet"),
        mark: Mark::Glyph(Glyph::Print),
        note: "A4一页，不含姓名、电话和住址".into(),
    }];
    let own = ctx.actor.organization_id == Some(view.pairing.organization_id);
    if own && view.pairing.state == domain::pairing::PairingState::Active {
        all.push(Line {
            title: "招志愿者".into(),
            href: href_at(Object::Pairing, &view.pairing.code, "/openings/new"),
            mark: Mark::Glyph(Glyph::People),
            note: "做成服务队的岗位，地址只在班次前一天到结束时给录用的人看".into(),
        });
    }
    if let Some((open, all_served)) = view.evaluations {
        let note = if open > 0 {
            format!("{open}次服务还没有问过居民")
        } else {
            format!("{all_served}次都已登记")
        };
        all.push(Line {
            title: "志愿者的服务评价".into(),
            href: href_at(Object::Pairing, &view.pairing.code, "/evaluations"),
            mark: Mark::Glyph(Glyph::People),
            note,
        });
    }
    all
}

fn trouble(ctx: &Ctx, view: &PairingView) -> Vec<Link> {
    let at = |name: &str| href_at(Object::Pairing, &view.pairing.code, &format!("/{name}"));
    let mut all = Vec::new();
    for (command, label, name) in [
        (Command::PairingRelease, "退回待认领", "release"),
        (Command::PairingPause, "暂停服务", "pause"),
        (Command::PairingGiveBack, "部分退回", "give-back"),
        (Command::PairingRework, "退回继续帮扶", "rework"),
        (Command::PairingTerminate, "终止结对", "terminate"),
    ] {
        if view.offers.has(command) {
            all.push(Link::new(label, at(name)));
        }
    }
    if view.transfer.is_none()
        && view.offers.has(Command::TransferOffer)
        && (ctx.actor.organization_id == Some(view.pairing.organization_id)
            // A pause with a clock: the organization may not serve any more.
            || (ctx.role().is_staff() && view.pairing.due_at.is_some() && view.pairing.state == PairingState::Paused))
    {
        all.push(Link::new("移交给别的组织", at("transfer")));
    }
    all
}

async fn sheet(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        let today = ctx.now().day();
        let lines = Table::of("约定的服务和数量", &view.promise.lines)
            .column("服务", |line| Cell::text(line.service.clone()))
            .number("数量", |line| Cell::text(line.amount.clone()))
            .done();
        let planned = view
            .deliveries
            .iter()
            .filter(|d| d.state == domain::delivery::DeliveryState::Planned && d.planned_on >= today)
            .take(12);
        let planned = Table::of("计划的上门，由服务人员填写实际时间", planned)
            .column("日期", |d| Cell::text(day_near(d.planned_on, today)))
            .column("时间", |d| Cell::text(d.planned_at.clone().unwrap_or_default()))
            .column("服务", |d| {
                let line = view.lines.iter().find(|line| line.line_id == d.line_id);
                Cell::text(line.map(|line| service_name(&line.service_code)).unwrap_or_default())
            })
            .column("到达和离开", |_| Cell::text(""))
            .done();
        let mut tables = vec![("服务内容".to_owned(), lines)];
        if !planned.is_empty() {
            tables.push(("接下来的上门".to_owned(), planned));
        }
        let names = view.workers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("、");
        let sheet = Sheet {
            title: "对接单".into(),
            code: view.pairing.code.clone(),
            issued: format!("打印于{}", day_words(today)),
            facts: vec![
                Fact::new("需求编号", view.need.code.clone()),
                Fact::new("所在街镇", view.place.clone()),
                Fact::new("承接组织", view.organization_name.clone()),
                Fact::new("服务人员", names),
                Fact::new("开始日期", day_words(view.agreed.start_on)),
                Fact::new("状态", view.pairing.state.label()),
            ],
            tables,
            notes: vec![
                "服务不收取任何费用，不接受馈赠。".into(),
                "每次上门后当天在平台记录，社区或街道5个工作日内确认。".into(),
                "现场有危险先离开，打110或120，再告诉街道。".into(),
            ],
            signatures: vec![
                "街道经办人（签字）".into(),
                "承接组织（签字、盖章）".into(),
                "服务对象或监护人（签字）".into(),
            ],
            footer: "内部资料。不含姓名、电话和住址，请勿另行抄写。".into(),
        };
        let model = SheetModel { crumbs: crumbs(ctx, &view, "对接单"), sheet };
        Ok(Page::new(format!("对接单{}", view.pairing.code), move || sheet_page(model)))
    })
    .await
}
