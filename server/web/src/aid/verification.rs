//! Verifications: the page on which a verifier goes through the lines with the account in view, and its commands.

use crate::aid::pairing::contact;
use crate::aid::pairing_words::{Side, crumbs, own_open, reported, side, title};
use crate::aid::visit::visit_table;
use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{panel, target};
use crate::base::post::Post;
use crate::base::promise;
use crate::base::words::due_badge;
use crate::{Access, Route};
use app::components::{Button, Field, Head};
use app::pages::account_form::{AccountCard, AccountFormModel, account_form_page};
use app::pages::record::RecordSection;
use axum::extract::Path;
use axum::response::Response;
use domain::delivery::DeliveryState;
use domain::form::aid::verification::{self as form, REASSIGN};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::promise::ASK_WHY_PERCENT;
use services::aid::verification;
use services::aid::view::{self, PairingView};
use services::{Ctx, Error};
use uuid::Uuid;

const DOOR: Access = Access::Commands(&[Command::VerificationVerify]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}/verify", DOOR, show),
        Route::post_at("/verifications/{id}/submit", DOOR, submit),
        Route::post_at("/verifications/{id}/fail", DOOR, fail),
        Route::post_at("/verifications/{id}/reassign", Access::Commands(&[Command::VerificationReassign]), reassign),
    ]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        let Some(open) = own_open(ctx, &view) else {
            return Err(Error::rule("现在没有指派给您的核验，可能已经改派、做完，或组织收回了报告"));
        };
        let now = ctx.now();
        let draft = get.draft("finding").await?;
        let mut cards: Vec<AccountCard> = view.promise.lines.iter().map(|line| card(&view, line)).collect();
        let mut rest = vec![Field::of(form::METHOD), Field::of(form::NOTE)];
        let mistakes = fill(cards.iter_mut().flat_map(|card| &mut card.fields).chain(&mut rest), draft.as_ref());
        let what = if open.recheck { "抽查复核" } else { "核验" };
        let which = if open.recheck { "抽查复核".to_owned() } else { format!("第{}次核验", open.attempt) };
        let mut failed = panel(
            &get,
            "fail",
            "核不了",
            &href_at(Object::Verification, &open.id, "/fail"),
            vec![Field::of(form::FAIL_REASON), Field::of(form::FAIL_NOTE)],
            "按未能核验提交",
        )
        .await?;
        failed.text = "人不在、联系不上，不选结果，填这里。".into();
        failed.buttons = vec![Button::new("按未能核验提交").secondary()];
        let verdict = view.promise.verdict();
        let visits = visits(&get, ctx, &view);
        let model = AccountFormModel {
            head: Head {
                crumbs: crumbs(ctx, &view, what),
                badges: vec![due_badge(Some(open.due_at), view.need.urgent, now)],
                beside: vec![which],
                notes: vec![view.place.clone(), format!("{}承接", view.organization_name)],
                ..Head::new(format!("{what}：{}", title(&view)))
            },
            notice: if verdict.is_empty() {
                String::new()
            } else {
                format!("{verdict}。下面逐项问，结果由各项得出。")
            },
            title: format!("逐项{what}"),
            cards,
            target: target(&get, "finding", &href_at(Object::Verification, &open.id, "/submit"), draft.as_ref()),
            mistakes,
            rest: "怎么核验的".into(),
            fields: rest,
            label: "提交核验".into(),
            next: "提交后由另一位同事确认办结。少的按服务退回需求，组织能看到结果和说明。".into(),
            contact: (side(ctx, &view) != Side::Verifier).then(|| contact(&get, ctx, &view, None)).flatten(),
            panels: vec![failed],
            sections: vec![visits],
        };
        Ok(Page::new(what, move || account_form_page(model)))
    })
    .await
}

/// The latest visits, without what was only planned.
fn visits(get: &Get, ctx: &Ctx, view: &PairingView) -> RecordSection {
    const SHOWN: usize = 8;
    let mut short = view.clone();
    short.deliveries.retain(|d| !matches!(d.state, DeliveryState::Planned | DeliveryState::Voided));
    short.deliveries.sort_by_key(|d| std::cmp::Reverse((d.done_on.unwrap_or(d.planned_on), d.created_at)));
    let all = short.deliveries.len();
    short.deliveries.truncate(SHOWN);
    let mut section = visit_table(get, ctx, &short);
    if all > SHOWN {
        section.link = Some((format!("全部{all}条"), href_at(Object::Pairing, &view.pairing.code, "#visits")));
    }
    section
}

fn card(view: &PairingView, line: &services::aid::promise::Line) -> AccountCard {
    let account = &line.account;
    let percent = account.fulfilled_percent();
    let units = Field::of(form::UNITS.at(line.line_id).within(1, (account.agreed - 1).max(1)))
        .unit(format!("{}，共{}{}", line.unit, account.agreed, line.unit));
    // When they are wanted stands under them.
    let asked = |mut field: Field| {
        field.optional = false;
        field
    };
    let mut fields = vec![Field::of(form::RESULT.at(line.line_id)), asked(units)];
    if percent < ASK_WHY_PERCENT {
        let label = format!("账上做了{percent}%，为什么算满足");
        let why = Field::of(form::WHY.at(line.line_id).labelled(label));
        fields.push(asked(why.hint("选了“满足”的要写明。不写姓名、电话和住址。")));
    }
    AccountCard { line: promise::line(line), said: reported(view, line.line_id), fields }
}

async fn submit(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "核验已提交，由街道确认办结",
        |code| href(Object::Pairing, &code),
        async |post, ctx| {
            let lines = verification::lines(&ctx, id).await?;
            let finding = verification::read(&post.fields, &lines)?;
            verification::submit(&ctx, id, &finding).await
        },
    )
    .await
}

async fn fail(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已提交未能核验，由街道再安排",
        |code| href(Object::Pairing, &code),
        async |post, ctx| {
            let finding = verification::read_failed(&post.fields)?;
            verification::submit(&ctx, id, &finding).await
        },
    )
    .await
}

async fn reassign(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已改派核验",
        |code| href(Object::Pairing, &code),
        async |post, ctx| {
            let account = post.chosen(REASSIGN)?;
            verification::reassign(&ctx, id, account).await
        },
    )
    .await
}
