//! The forms of a pairing's workspace: the one next action of each side first.

use crate::aid::pairing_words::{Side, own_open};
use crate::base::get::Get;
use crate::base::parts::panel;
use app::components::{ActPanel, Button, Choice, Fact, Field, Link};
use domain::form::aid::{pairing as form, verification};
use domain::href::href_at;
use domain::machine::{Command, Object};
use domain::pairing::PairingState;
use domain::permission::Refusal;
use domain::verification::{VerificationResult, VerificationState};
use services::aid::view::{PairingView, Verification};
use services::{Ctx, Result};

/// Panels in order of importance.
pub(crate) async fn of(get: &Get, ctx: &Ctx, view: &PairingView, side: Side) -> Result<Vec<ActPanel>> {
    let mut all = Vec::new();
    all.extend(finding(ctx, view));
    match side {
        Side::Organization => organization(get, ctx, view, &mut all).await?,
        Side::Office => office(get, ctx, view, &mut all).await?,
        Side::Verifier => {}
    }
    Ok(all)
}

fn at(view: &PairingView, name: &str) -> String {
    href_at(Object::Pairing, &view.pairing.code, &format!("/{name}"))
}

async fn organization(get: &Get, ctx: &Ctx, view: &PairingView, all: &mut Vec<ActPanel>) -> Result<()> {
    if view.offers.has(Command::PairingStart) {
        let note = Field::of(form::NOTE);
        let mut start =
            panel(get, "start", "登记首次联系", &at(view, "start"), vec![note], "已经联系上，开始服务").await?;
        start.text = "先打电话或上门联系本人，联系上了再点。".into();
        start.next = view
            .pairing
            .due_at
            .map(|due| format!("{}前没有联系，会退回待认领。", due.words_near(ctx.now())))
            .unwrap_or_default();
        all.push(start);
    }
    if view.offers.has(Command::PairingResume) {
        let mut resume = panel(get, "resume", "恢复服务", &at(view, "resume"), Vec::new(), "恢复服务").await?;
        resume.text = "恢复以后可以继续安排和记录上门。".into();
        all.push(resume);
    }
    if view.offers.has(Command::PairingReport) {
        all.push(ActPanel {
            id: "report".into(),
            title: "服务做完了，报告结果".into(),
            text: "逐项填：做满的选“全部完成”，没有做满的写明原因。".into(),
            next: "街道会安排机构以外的人核验。核验以后才算办结。".into(),
            links: vec![Link::new("填写报告", at(view, "report"))],
            ..ActPanel::default()
        });
    }
    if view.offers.has(Command::PairingTakeBack) && !view.is_checked {
        let title = "报错了，或还要接着做";
        let mut back = panel(get, "take-back", title, &at(view, "take-back"), Vec::new(), "收回报告").await?;
        back.text = "核验还没有开始，可以收回。随报告取消的计划会恢复，联系方式照原样开放。".into();
        back.buttons = vec![Button::new("收回报告").secondary()];
        all.push(back);
    }
    if view.offers.has(Command::PairingAssignWorker) {
        let named = |id: &uuid::Uuid| view.workers.iter().any(|(worker, _)| worker == id);
        let free: Vec<Choice> = view
            .colleagues
            .iter()
            .filter(|(id, _)| !named(id))
            .map(|(id, name)| Choice::new(id.to_string(), name.clone()))
            .collect();
        if !free.is_empty() {
            let mut workers = panel(
                get,
                "workers",
                "再指定一位服务人员",
                &at(view, "workers"),
                vec![Field::of(form::WORKER).choices(free)],
                "指定",
            )
            .await?;
            workers.buttons = vec![Button::new("指定").secondary()];
            workers.next = "只有指定的人能查看电话和住址。".into();
            all.push(workers);
        }
    }
    Ok(())
}

/// Verifications of the present report.
fn of_report(view: &PairingView) -> Vec<&Verification> {
    view.verifications
        .iter()
        .map(|(v, _)| v)
        .filter(|v| !v.recheck && view.pairing.reported_at.is_some_and(|at| v.assigned_at >= at))
        .collect()
}

async fn office(get: &Get, ctx: &Ctx, view: &PairingView, all: &mut Vec<ActPanel>) -> Result<()> {
    if let Some(transfer) = view.transfer.as_ref().filter(|transfer| transfer.offers.has(Command::TransferApprove)) {
        let reason = Field::of(domain::form::aid::transfer::REFUSE);
        let mut panel = panel(
            get,
            "transfer",
            "答复移交",
            &href_at(Object::Transfer, &transfer.id, "/approve"),
            vec![reason],
            "同意移交",
        )
        .await?;
        panel.text = format!(
            "{}想把这件结对移交给{}，对方已经接受。原因：{}",
            view.organization_name, transfer.to, transfer.reason
        );
        panel.buttons.push(Button::new("不同意").secondary().action(href_at(
            Object::Transfer,
            &transfer.id,
            "/refuse",
        )));
        panel.next = format!("{}前没有答复就失效，结对不变。", transfer.expires_at.words_near(ctx.now()));
        all.push(panel);
    }
    for access in view.accesses.iter().filter(|access| access.offers.has(Command::DisclosureApprove)) {
        let id = access.id;
        let reason = Field::of(form::REFUSE_DISCLOSURE);
        let action = href_at(Object::Disclosure, &id, "/approve");
        let title = "批准查看未成年人的联系方式";
        let mut panel = panel(get, "disclosure", title, &action, vec![reason], "批准一次").await?;
        panel.text = format!("{} {}申请查看，用于：{}。", access.organization, access.asker, access.purpose.label());
        panel.buttons.push(Button::new("不批准").secondary().action(href_at(Object::Disclosure, &id, "/refuse")));
        panel.next = "批准后24小时内能看一次，看了会记录。".into();
        all.push(panel);
    }
    if view.pairing.state == PairingState::Reported {
        reported(get, ctx, view, all).await?;
    }
    if view.offers.has(Command::PairingGrace)
        && (view.pairing.reminded_at.is_some() || view.pairing.due_at.is_some_and(|due| due < ctx.now()))
    {
        let mut grace = panel(get, "grace", "还没有首次联系", &at(view, "grace"), Vec::new(), "再给1个工作日").await?;
        grace.text = format!("已经提醒过{}。不再等的，退回待认领，余量重新公开。", view.organization_name);
        grace.buttons = vec![Button::new("再给1个工作日").secondary()];
        grace.links = vec![Link::new("退回待认领", at(view, "release"))];
        all.push(grace);
    }
    if view.offers.has(Command::PairingResume) {
        let mut resume = panel(get, "resume", "恢复服务", &at(view, "resume"), Vec::new(), "恢复服务").await?;
        resume.text = "恢复以后组织可以继续安排和记录上门。".into();
        all.push(resume);
    }
    Ok(())
}

async fn reported(get: &Get, ctx: &Ctx, view: &PairingView, all: &mut Vec<ActPanel>) -> Result<()> {
    let checks = of_report(view);
    let open = checks.iter().find(|v| v.state == VerificationState::Assigned);
    let failed = checks.iter().filter(|v| v.state == VerificationState::CannotVerify).count();
    let verified = checks.iter().rev().find(|v| v.state == VerificationState::Verified);
    let staff =
        || view.verifiers.iter().map(|(id, name, place)| Choice::new(id.to_string(), format!("{name}，{place}")));
    if let Some(open) = open {
        if view.offers.has(Command::VerificationReassign) {
            let others = staff().filter(|choice| choice.value != open.assignee_id.to_string());
            let mut again = panel(
                get,
                "assign",
                "改派核验",
                &href_at(Object::Verification, &open.id, "/reassign"),
                vec![Field::of(verification::REASSIGN).choices(others)],
                "改派",
            )
            .await?;
            let name = view
                .verifications
                .iter()
                .find(|(v, _)| v.id == open.id)
                .map(|(_, name)| name.clone())
                .unwrap_or_default();
            again.text = format!("已指派{name}，{}前做完。", open.due_at.words_near(ctx.now()));
            again.buttons = vec![Button::new("改派").secondary()];
            all.push(again);
        }
        return Ok(());
    }
    if let Some(verified) = verified {
        let result = verified.result.unwrap_or(VerificationResult::NotMet);
        let own = matches!(view.offers.refusal(Command::PairingComplete), Some(Refusal::Separated(_)));
        if own || view.offers.has(Command::PairingComplete) {
            let mut done = panel(get, "complete", "确认办结", &at(view, "complete"), Vec::new(), "确认办结").await?;
            done.text = format!("核验结果：{}。", result.label());
            done.facts = outcome(view, verified);
            done.links = vec![Link::new("退回继续帮扶", at(view, "rework"))];
            if own {
                done.buttons = Vec::new();
                done.next = "这次核验由您来做，确认办结要由另一位工作人员来做。".into();
            } else if result == VerificationResult::NotMet {
                done.buttons = Vec::new();
                done.next = "没有满足的，不能办结。请退回继续帮扶，或终止结对。".into();
            } else {
                done.next = "办结以后，做了的计入需求的结果；以后的和能补做的退回需求，马上重新开放。".into();
            }
            all.push(done);
        }
        return Ok(());
    }
    if view.offers.has(Command::VerificationAssign) {
        let mut assign = panel(
            get,
            "assign",
            if failed == 0 { "指派核验" } else { "再次指派核验" },
            &at(view, "verify-assign"),
            vec![Field::of(verification::ASSIGNEE).choices(staff())],
            "指派",
        )
        .await?;
        assign.text = match failed {
            0 => "请机构以外的人核验，最好是社区或村。".into(),
            n => format!("已经{n}次未能核验。"),
        };
        assign.next = "5个工作日内做完。结果以核验为准，不以组织的报告为准。".into();
        if failed >= services::office::desk::attempts() && view.offers.has(Command::PairingCloseUnverified) {
            assign.links = vec![Link::new("按未核验办结", at(view, "close-unverified"))];
        }
        all.push(assign);
    }
    Ok(())
}

/// What was found of each line, beside its account.
fn outcome(view: &PairingView, verified: &Verification) -> Vec<Fact> {
    view.promise
        .lines
        .iter()
        .filter_map(|line| {
            let found = view.found.iter().find(|f| f.verification_id == verified.id && f.line_id == line.line_id)?;
            let units = found.units.map(|units| format!("，收到{units}{}", line.unit)).unwrap_or_default();
            let why = if found.why.is_empty() { String::new() } else { format!("。{}", found.why) };
            let note = format!("{}{why}", line.account.words(&line.unit));
            Some(Fact::new(line.service.clone(), format!("{}{units}", found.result.label())).note(note))
        })
        .collect()
}

/// For the account that a verification is assigned to.
fn finding(ctx: &Ctx, view: &PairingView) -> Option<ActPanel> {
    let open = own_open(ctx, view)?;
    Some(ActPanel {
        id: "finding".into(),
        title: if open.recheck { "抽查复核" } else { "填写核验" }.into(),
        text: "向本人核实：服务做没做、够不够、满意不满意。逐项填，账在旁边。".into(),
        next: format!("{}前做完。提交以后由街道确认办结。", open.due_at.words_near(ctx.now())),
        links: vec![Link::new("逐项填写", at(view, "verify")).primary()],
        ..ActPanel::default()
    })
}
