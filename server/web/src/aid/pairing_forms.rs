//! Commands on a pairing, and the pages that ask before what cannot be undone.

use crate::aid::pairing::workspace;
use crate::aid::pairing_words::{crumbs, title};
use crate::base::form_fields::fill_all;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::base::ways::is_local;
use crate::{Access, Route};
use app::components::{Fact, Field, Head};
use app::pages::confirm::{ConfirmModel, confirm_page};
use app::pages::pairing::pairing_page;
use axum::extract::Path;
use axum::response::Response;
use domain::form::FieldDef;
use domain::form::aid::{pairing as form, transfer as transfer_form};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::pairing::Purpose;
use services::Result;
use services::aid::{pairing, view};

macro_rules! door {
    ($($command:ident),+) => { Access::Commands(&[$(Command::$command),+]) };
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}/pause", door!(PairingPause), |get, code| ask(get, code, &PAUSE)),
        Route::get_at("/pairings/{code}/go-on", door!(PairingGoOn), |get, code| ask(get, code, &GO_ON)),
        Route::post_at("/pairings/{code}/go-on", door!(PairingGoOn), go_on),
        Route::get_at("/pairings/{code}/terminate", door!(PairingTerminate), |get, code| ask(get, code, &TERMINATE)),
        Route::get_at("/pairings/{code}/release", door!(PairingRelease), |get, code| ask(get, code, &RELEASE)),
        Route::get_at("/pairings/{code}/rework", door!(PairingRework), |get, code| ask(get, code, &REWORK)),
        Route::get_at("/pairings/{code}/close-unverified", door!(PairingCloseUnverified), |get, code| {
            ask(get, code, &CLOSE_UNVERIFIED)
        }),
        Route::get_at("/pairings/{code}/transfer", door!(TransferOffer), |get, code| ask(get, code, &TRANSFER)),
        Route::post_at("/pairings/{code}/start", door!(PairingStart), start),
        Route::post_at("/pairings/{code}/pause", door!(PairingPause), pause),
        Route::post_at("/pairings/{code}/resume", door!(PairingResume), resume),
        Route::post_at("/pairings/{code}/rework", door!(PairingRework), rework),
        Route::post_at("/pairings/{code}/complete", door!(PairingComplete), complete),
        Route::post_at("/pairings/{code}/close-unverified", door!(PairingCloseUnverified), close_unverified),
        Route::post_at("/pairings/{code}/terminate", door!(PairingTerminate), terminate),
        Route::post_at("/pairings/{code}/release", door!(PairingRelease), release),
        Route::post_at("/pairings/{code}/grace", door!(PairingGrace), grace),
        Route::post_at("/pairings/{code}/workers", door!(PairingAssignWorker), workers),
        Route::post_at("/pairings/{code}/contact", door!(PairingDisclose), contact),
        Route::post_at("/pairings/{code}/transfer", door!(TransferOffer), transfer),
        Route::post_at("/pairings/{code}/verify-assign", door!(VerificationAssign), verify_assign),
    ]
}

/// A page that asks: the command, its question, what follows, its button.
struct Question {
    command: Command,
    name: &'static str,
    title: &'static str,
    consequences: &'static [&'static str],
    label: &'static str,
    reason: FieldDef,
}

async fn ask(get: Get, Path(code): Path<String>, question: &'static Question) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        view.must(question.command)?;
        let draft = get.draft("ask").await?;
        let mut fields = Vec::new();
        if question.command == Command::TransferOffer {
            fields.push(Field::of(transfer_form::TO));
        }
        fields.push(Field::of(question.reason));
        fill_all(&mut fields, draft.as_ref());
        let back = href(Object::Pairing, &code);
        let model = ConfirmModel {
            head: Head::new(question.title).crumbs(crumbs(ctx, &view, question.command.label())),
            facts: vec![
                Fact::new("结对", title(&view)).note(code.clone()),
                Fact::new("承接组织", view.organization_name.clone()),
                Fact::new("现在", view.pairing.state.label()),
            ],
            consequences: question.consequences.iter().map(|text| (*text).to_owned()).collect(),
            target: target(&get, "ask", &format!("{back}/{}", question.name), draft.as_ref()),
            fields,
            label: question.label.into(),
            cancel: back,
        };
        Ok(Page::new(question.title, move || confirm_page(model)))
    })
    .await
}

const PAUSE: Question = Question {
    command: Command::PairingPause,
    name: "pause",
    title: "暂停服务？",
    consequences: &[
        "暂停期间不安排、不记录上门，已安排的计划保留。",
        "承接的数量仍算在这家组织名下，不重新公开。",
        "另一方会收到通知，随时可以恢复。",
    ],
    label: "确定暂停",
    reason: form::PAUSE,
};

const GO_ON: Question = Question {
    command: Command::PairingGoOn,
    name: "go-on",
    title: "继续帮扶？",
    consequences: &[
        "先向组织和本人问清楚为什么一直没有服务记录。",
        "写明情况以后结对继续，从今天起重新计时；还没有记录，会再排上来。",
        "只做得了一部分的，请部分退回；做不了的，请结束结对。退回的数量重新找组织。",
    ],
    label: "继续帮扶",
    reason: form::GO_ON,
};

const TERMINATE: Question = Question {
    command: Command::PairingTerminate,
    name: "terminate",
    title: "终止这件结对？",
    consequences: &[
        "结对结束，不能恢复。",
        "没做的退回需求，重新公开等待认领；助浴、康复这类能补的，少的也退回。",
        "还没做的计划作废，已确认的记录保留。",
        "另一方会收到通知和原因。",
    ],
    label: "确定终止",
    reason: form::TERMINATE,
};

const RELEASE: Question = Question {
    command: Command::PairingRelease,
    name: "release",
    title: "退回待认领？",
    consequences: &["结对结束，不能恢复。", "承接的数量退回需求，重新公开等待认领。", "这家组织会收到通知和原因。"],
    label: "确定退回",
    reason: form::RELEASE,
};

const REWORK: Question = Question {
    command: Command::PairingRework,
    name: "rework",
    title: "退回继续帮扶？",
    consequences: &[
        "结对回到“帮扶中”，组织可以继续安排和记录上门；随报告取消的计划，今天以后的会恢复。",
        "这次报告和核验保留，组织做完后重新报告，再重新核验。",
        "组织会收到通知和原因。",
    ],
    label: "确定退回",
    reason: form::REWORK,
};

const CLOSE_UNVERIFIED: Question = Question {
    command: Command::PairingCloseUnverified,
    name: "close-unverified",
    title: "按“未能核验”办结？",
    consequences: &["三次未能核验后才能这样办结。", "单独统计，不计入“满足”。", "办结以后不能恢复。"],
    label: "确定办结",
    reason: form::CLOSE_UNVERIFIED,
};

const TRANSFER: Question = Question {
    command: Command::TransferOffer,
    name: "transfer",
    title: "移交给别的组织？",
    consequences: &[
        "对方接受、街道同意以后才移交。",
        "36小时内没有办完就失效，结对不变。",
        "移交以后本机构的结对结束，对方重新首次联系。",
        "移交以前，服务照常由本机构做。",
    ],
    label: "提出移交",
    reason: transfer_form::REASON,
};

/// Where a finished form leads: the page it named, else the pairing.
pub(crate) fn back_or(post: &Post, default: String) -> String {
    let back = post.value("back");
    if is_local(back) { back.to_owned() } else { default }
}

async fn run<F>(post: Post, code: String, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &services::Ctx, &str) -> Result<()>,
{
    let to = back_or(&post, href(Object::Pairing, &code));
    post.run(
        said,
        move |_| to.clone(),
        async |post, ctx| {
            command(post, &ctx, &code).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn start(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已登记首次联系，可以安排上门了", async |post, ctx, code| {
        pairing::start(ctx, code, post.typed(form::NOTE)).await
    })
    .await
}

async fn pause(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已暂停服务", async |post, ctx, code| pairing::pause(ctx, code, post.typed(form::PAUSE)).await)
        .await
}

async fn resume(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已恢复服务", async |_, ctx, code| pairing::resume(ctx, code).await).await
}

async fn rework(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已退回，组织继续帮扶", async |post, ctx, code| {
        pairing::rework(ctx, code, post.typed(form::REWORK)).await
    })
    .await
}

async fn complete(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已办结", async |_, ctx, code| pairing::complete(ctx, code).await).await
}

async fn close_unverified(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已按“未能核验”办结", async |post, ctx, code| {
        pairing::close_unverified(ctx, code, post.typed(form::CLOSE_UNVERIFIED)).await
    })
    .await
}

async fn terminate(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "结对已终止，余量已退回需求", async |post, ctx, code| {
        pairing::terminate(ctx, code, post.typed(form::TERMINATE)).await
    })
    .await
}

async fn release(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已退回待认领", async |post, ctx, code| {
        pairing::release(ctx, code, post.typed(form::RELEASE)).await
    })
    .await
}

async fn go_on(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已记下，重新计时", async |post, ctx, code| {
        pairing::go_on(ctx, code, post.typed(form::GO_ON)).await
    })
    .await
}

async fn grace(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "首次联系的期限延长了1个工作日", async |_, ctx, code| pairing::grace(ctx, code).await).await
}

async fn workers(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已指定服务人员", async |post, ctx, code| {
        let account = post.chosen(form::WORKER)?;
        pairing::assign_worker(ctx, code, account).await
    })
    .await
}

async fn transfer(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已提出移交，等待对方答复", async |post, ctx, code| {
        services::aid::transfer::offer(ctx, code, post.typed(transfer_form::TO), post.typed(transfer_form::REASON))
            .await
    })
    .await
}

async fn verify_assign(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已指派核验", async |post, ctx, code| {
        let account = post.chosen(domain::form::aid::verification::ASSIGNEE)?;
        services::aid::verification::assign(ctx, code, account).await
    })
    .await
}

/// The contact data, in the answer itself.
async fn contact(Path(code): Path<String>, post: Post) -> Response {
    post.shown(href(Object::Pairing, &code), async |get, ctx| {
        let purpose: Purpose = post.chosen(form::PURPOSE)?;
        let opened = pairing::disclose(ctx, &code, purpose).await?;
        let view = view::pairing(ctx, &code).await?;
        let name = title(&view);
        let model = workspace(get, ctx, &view, Some(opened)).await?;
        Ok(Page::new(format!("结对：{name}"), move || pairing_page(model)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::machine::allows;
    use domain::pairing::PairingState;

    #[test]
    fn every_question_is_about_a_command_some_state_allows() {
        for command in [
            Command::PairingPause,
            Command::PairingTerminate,
            Command::PairingRelease,
            Command::PairingRework,
            Command::PairingCloseUnverified,
            Command::PairingTransfer,
        ] {
            assert!(PairingState::ALL.iter().any(|state| allows(*state, command)), "{command}");
        }
    }
}
