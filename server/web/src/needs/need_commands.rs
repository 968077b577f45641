//! Commands on a need: pages that ask before what cannot be undone or wants a reason, and what they post to.

use crate::base::form_fields::{fill_all, fill_from};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::needs::need_fields::consent_fields;
use crate::{Access, Route};
use app::components::{Choice, Fact, Field, Head};
use app::pages::confirm::{ConfirmModel, confirm_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::field::Check;
use domain::form::FieldDef;
use domain::form::needs::command as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object, step};
use domain::need::CloseReason;
use services::aid::view::{self, NeedView, StaffNeed};
use services::needs::need_form::CONSENT_PURPOSE;
use services::needs::{amendment, consent, need};
use services::{Ctx, Error, Result};

/// A command with a page of its own under the need's address.
pub(crate) struct Act {
    pub command: Command,
    pub segment: &'static str,
    /// The link to the page.
    pub label: &'static str,
    /// The question on the page.
    question: &'static str,
    /// What will follow.
    consequences: &'static [&'static str],
    /// Whether the need's page lists it under 其他办理.
    pub listed: bool,
}

/// The commands with a page of their own, in the order of their links.
pub(crate) const ACTS: &[Act] = &[
    Act {
        command: Command::NeedReturn,
        segment: "return",
        label: "退回修改",
        question: "退回修改？",
        consequences: &["登记的街道或村居收到站内信和退回的原因，改好后再送审。"],
        listed: false,
    },
    Act {
        command: Command::NeedExtend,
        segment: "extend",
        label: "延长有效期",
        question: "延长有效期？",
        consequences: &["到新的日期以前，需求一直列在大厅里。", "新的日期要晚于原来的有效期，最长三年。"],
        listed: true,
    },
    Act {
        command: Command::NeedSuspend,
        segment: "suspend",
        label: "暂停公开",
        question: "暂停公开？",
        consequences: &["大厅里不再显示，不能再认领。", "已有的结对照常进行。", "随时可以恢复公开。"],
        listed: true,
    },
    Act {
        command: Command::NeedAmend,
        segment: "amend",
        label: "提出更正",
        question: "更正公开的内容？",
        consequences: &[
            "改要更正的地方，别的留着不动。",
            "另一位同事确认以后才改，确认以前大厅里照旧。",
            "数量不能少于组织已经承接的；承接过的，单位和日期不再改。",
            "电话、住址和档案里的其他内容，在档案页更正。",
        ],
        listed: true,
    },
    Act {
        command: Command::NeedRefuseAmendment,
        segment: "amend/refuse",
        label: "不同意更正",
        question: "不同意更正？",
        consequences: &["公开的内容不变，提出的同事收到原因。"],
        listed: false,
    },
    Act {
        command: Command::NeedProposeClose,
        segment: "close",
        label: "提请结案",
        question: "提请结案？",
        consequences: &[
            "另一位同事确认以后才结案，确认以前需求照常。",
            "结案时没有答复的认领全部失效，进行中的结对全部终止。",
            "没有做过的服务不会算作已完成。按原因计入“已满足”“未满足”或“其他”，写进统计。",
            "结案后90天以内可以重新打开，要重新审核。",
        ],
        listed: true,
    },
    Act {
        command: Command::NeedRefuseClose,
        segment: "close/refuse",
        label: "不同意结案",
        question: "不同意结案？",
        consequences: &["需求继续公开，提请的同事收到原因。"],
        listed: false,
    },
    Act {
        command: Command::NeedMerge,
        segment: "merge",
        label: "合并到另一条",
        question: "合并到另一条需求？",
        consequences: &[
            "这条需求不再显示，打开它的人会转到另一条。",
            "没有答复的认领全部失效。数量不会自动加到另一条上。",
            "7天以内可以撤销合并，失效的认领不会恢复。",
        ],
        listed: true,
    },
    Act {
        command: Command::NeedAbandon,
        segment: "abandon",
        label: "不予公开",
        question: "不予公开？",
        consequences: &["这条需求不会公开，按“不予公开”结案。", "90天以内可以重新打开。"],
        listed: true,
    },
    Act {
        command: Command::NeedUnmerge,
        segment: "unmerge",
        label: "撤销合并",
        question: "撤销合并？",
        consequences: &["这条需求重新公开，可以再认领。", "合并时失效的认领不会恢复，要由组织重新提交。"],
        listed: true,
    },
    Act {
        command: Command::NeedReopen,
        segment: "reopen",
        label: "重新打开",
        question: "重新打开？",
        consequences: &["服务项按原来的数量重新开始，以前的记录不变。", "先由区民政局审核，审核后再公开。"],
        listed: true,
    },
    Act {
        command: Command::ConsentRecord,
        segment: "consent",
        label: "登记同意",
        question: "登记本人或监护人的同意",
        consequences: &["在有效期内，结对的组织可以查看姓名、电话和住址，每次查看都要选原因并记录。"],
        listed: false,
    },
    Act {
        command: Command::ConsentWithdraw,
        segment: "consent/withdraw",
        label: "登记撤回",
        question: "登记撤回同意？",
        consequences: &[
            "组织马上看不到姓名、电话和住址。",
            "结对的组织收到站内信，先停止上门。",
            "撤回的记录不能删除；本人再次同意时要重新登记。",
        ],
        listed: false,
    },
];

fn act(command: Command) -> Option<&'static Act> {
    ACTS.iter().find(|act| act.command == command)
}

macro_rules! asking {
    ($($path:literal: $command:ident;)+) => {
        vec![$(
            Route::get_at($path, Access::Commands(&[Command::$command]), |get: Get, Path(code): Path<String>| {
                ask(get, code, Command::$command)
            }),
            Route::post_at($path, Access::Commands(&[Command::$command]), |Path(code): Path<String>, post: Post| {
                run(post, code, Command::$command)
            }),
        )+]
    };
}

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = asking! {
        "/needs/{code}/return": NeedReturn;
        "/needs/{code}/extend": NeedExtend;
        "/needs/{code}/suspend": NeedSuspend;
        "/needs/{code}/amend": NeedAmend;
        "/needs/{code}/amend/refuse": NeedRefuseAmendment;
        "/needs/{code}/close": NeedProposeClose;
        "/needs/{code}/close/refuse": NeedRefuseClose;
        "/needs/{code}/merge": NeedMerge;
        "/needs/{code}/abandon": NeedAbandon;
        "/needs/{code}/unmerge": NeedUnmerge;
        "/needs/{code}/reopen": NeedReopen;
        "/needs/{code}/consent": ConsentRecord;
        "/needs/{code}/consent/withdraw": ConsentWithdraw;
    };
    routes.extend([
        Route::post_at("/needs/{code}/submit", Access::Commands(&[Command::NeedSubmit]), submit),
        Route::post_at("/needs/{code}/revise", Access::Commands(&[Command::NeedRevise]), revise),
        Route::post_at(
            "/needs/{code}/amend/confirm",
            Access::Commands(&[Command::NeedConfirmAmendment]),
            confirm_amendment,
        ),
        Route::post_at("/needs/{code}/close/confirm", Access::Commands(&[Command::NeedClose]), confirm_close),
        Route::post_at("/needs/{code}/publish", Access::Commands(&[Command::NeedPublish]), publish),
        Route::post_at("/needs/{code}/resume", Access::Commands(&[Command::NeedResume]), resume),
    ]);
    routes
}

async fn ask(get: Get, code: String, command: Command) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let act = act(command).ok_or(Error::NotFound)?;
        let NeedView::Staff(need) = view::need(&get.site.services, get.viewer(), &code).await? else {
            return Err(Error::NotFound);
        };
        if let Some(refusal) = need.offers.refusal(command) {
            return Err(refusal.into());
        }
        match (command, &need.consent) {
            (Command::ConsentRecord, _) => {}
            (Command::ConsentWithdraw, None) => return Err(Error::rule("这条需求还没有登记同意")),
            (Command::ConsentWithdraw, Some(consent)) => {
                step(consent.state, command)?;
            }
            _ => {
                step(need.need.state, command)?;
            }
        }
        let mut fields = fields(ctx, &need, command);
        if command == Command::NeedMerge {
            // What it may be merged into is offered: a published need of the same person.
            let twins = services::needs::need::twins(ctx, &need.need).await?;
            let first = twins.into_iter().find(|twin| twin.state == domain::need::NeedState::Published);
            if let (Some(twin), Some(into)) = (first, fields.first_mut()) {
                into.hint = format!("同一人或同一电话的需求是{}“{}”，已经填好，请核对", twin.code, twin.title);
                into.fill(&[&twin.code]);
            }
        }
        // A line on the desk brings the reason along.
        for field in &mut fields {
            let brought = get.value(&field.name).to_owned();
            if command == Command::NeedProposeClose && brought.parse::<CloseReason>().is_ok() {
                field.fill(&[&brought]);
            }
        }
        let draft = get.draft("ask").await?;
        fill_all(&mut fields, draft.as_ref());
        let path = format!("{}/{}", href(Object::Need, &code), act.segment);
        let target = target(&get, "ask", &path, draft.as_ref());
        let mut consequences: Vec<String> = act.consequences.iter().map(|text| (*text).to_owned()).collect();
        if command == Command::ConsentRecord {
            consequences.insert(0, format!("请先向本人或监护人说明：{CONSENT_PURPOSE}。"));
        }
        let model = ConfirmModel {
            head: Head::new(act.question),
            facts: vec![
                Fact::new("需求", need.need.title.clone()).note(code.clone()),
                Fact::new("所在地", need.place.clone()),
                Fact::new("现在的状态", need.need.state.label()),
            ],
            consequences,
            target,
            fields,
            label: format!("确定{}", act.label),
            cancel: href(Object::Need, &code),
        };
        Ok(Page::new(act.question.trim_end_matches('？'), move || confirm_page(model)))
    })
    .await
}

fn fields(ctx: &Ctx, need: &StaffNeed, command: Command) -> Vec<Field> {
    let today = ctx.now().day();
    match command {
        Command::NeedReturn => vec![Field::of(form::RETURN)],
        Command::NeedSuspend => vec![Field::of(form::SUSPEND)],
        Command::NeedRefuseClose => vec![Field::of(form::REFUSE_CLOSE)],
        Command::NeedAmend => amended_fields(need),
        Command::NeedRefuseAmendment => vec![Field::of(form::REFUSE_AMENDMENT)],
        Command::NeedAbandon => vec![Field::of(form::ABANDON)],
        Command::ConsentWithdraw => vec![Field::of(form::WITHDRAW_CONSENT)],
        Command::NeedExtend => {
            let now_until = need.need.valid_until.map(|day| format!("现在是{}", day_words(day))).unwrap_or_default();
            vec![Field::of(form::EXTEND).hint(now_until)]
        }
        Command::NeedReopen => vec![
            Field::of(form::REOPEN),
            Field::of(form::REOPEN_UNTIL).value((today + chrono::Days::new(90)).to_string()),
        ],
        Command::NeedProposeClose => {
            let met = need
                .pairings
                .iter()
                .any(|(p, _)| p.cycle == need.need.cycle && matches!(p.result.as_deref(), Some("met" | "partial")));
            let reasons =
                met.then_some(CloseReason::MetPartial).into_iter().chain(CloseReason::BY_HAND.iter().copied());
            let choices = reasons.map(|reason| Choice::new(reason.as_str(), reason.label()));
            vec![Field::of(form::CLOSE_REASON).choices(choices), Field::of(form::CLOSE), Field::of(form::EVIDENCE)]
        }
        Command::NeedMerge => {
            vec![Field::of(form::INTO), Field::of(form::MERGE)]
        }
        Command::ConsentRecord => consent_fields(today).to_vec(),
        _ => Vec::new(),
    }
}

/// What may be corrected, as it stands, and why.
fn amended_fields(need: &StaffNeed) -> Vec<Field> {
    let lines: Vec<_> = need.lines.iter().map(|line| line.line.clone()).collect();
    let served: Vec<_> = need.lines.iter().filter(|line| line.served).map(|line| line.line.id).collect();
    let (amendable, shown) = amendment::form(&need.need, &lines, &served);
    let mut fields: Vec<Field> =
        amendable.into_iter().map(|field| Field::of(field.clone().labelled(field.full_label()))).collect();
    fill_from(&mut fields, &shown);
    fields.push(Field::of(form::AMEND));
    fields
}

fn day(post: &Post, field: FieldDef) -> Result<chrono::NaiveDate> {
    let mut check = Check::new();
    let day = check.date(field, &post.fields);
    check.done()?;
    day.ok_or(Error::Internal("a day without mistakes and without value"))
}

async fn run(post: Post, code: String, command: Command) -> Response {
    let said = match command {
        Command::NeedReturn => "已退回修改",
        Command::NeedExtend => "有效期已延长",
        Command::NeedSuspend => "已暂停公开",
        Command::NeedProposeClose => "已提请结案，等另一位同事确认",
        Command::NeedAmend => "已提出更正，等另一位同事确认",
        Command::NeedRefuseAmendment => "已答复不同意更正，公开的内容不变",
        Command::NeedRefuseClose => "已答复不同意结案，需求继续",
        Command::NeedMerge => "已合并",
        Command::NeedAbandon => "已按不予公开结案",
        Command::NeedUnmerge => "合并已撤销，需求重新公开",
        Command::NeedReopen => "已重新打开，等区民政局审核",
        Command::ConsentRecord => "同意已登记",
        Command::ConsentWithdraw => "撤回已登记，联系方式不再显示",
        _ => "已办理",
    };
    let to = href(Object::Need, &code);
    post.run(
        said,
        |_| to.clone(),
        async |post, ctx: Ctx| {
            // Of every command the same field, under the label that it has there.
            let reason = post.typed(form::CLOSE);
            match command {
                Command::NeedReturn => need::return_(&ctx, &code, reason).await?,
                Command::NeedExtend => need::extend(&ctx, &code, day(post, form::EXTEND)?).await?,
                Command::NeedSuspend => need::suspend(&ctx, &code, reason).await?,
                Command::NeedProposeClose => {
                    need::propose_close(&ctx, &code, &need::read_closing(&post.fields)?).await?;
                }
                Command::NeedAmend => amendment::propose(&ctx, &code, &post.fields).await?,
                Command::NeedRefuseAmendment => amendment::refuse(&ctx, &code, reason).await?,
                Command::NeedRefuseClose => need::refuse_close(&ctx, &code, reason).await?,
                Command::NeedMerge => need::merge(&ctx, &code, post.typed(form::INTO), reason).await?,
                Command::NeedAbandon => need::abandon(&ctx, &code, reason).await?,
                Command::NeedUnmerge => need::unmerge(&ctx, &code).await?,
                Command::NeedReopen => need::reopen(&ctx, &code, reason, day(post, form::REOPEN_UNTIL)?).await?,
                Command::ConsentRecord => consent::record(&ctx, &code, &post.fields).await?,
                Command::ConsentWithdraw => consent::withdraw(&ctx, &code, reason).await?,
                _ => return Err(Error::NotFound),
            }
            Ok(code.clone())
        },
    )
    .await
}

async fn confirm_close(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已结案",
        |code| href(Object::Need, &code),
        async |_, ctx: Ctx| {
            need::confirm_close(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn confirm_amendment(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "更正已确认，公开的内容已经改了",
        |code| href(Object::Need, &code),
        async |_, ctx: Ctx| {
            amendment::confirm(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn submit(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已送审，等区民政局审核",
        |code| href(Object::Need, &code),
        async |_, ctx: Ctx| {
            need::submit(&ctx, &code).await.map_err(incomplete)?;
            Ok(code.clone())
        },
    )
    .await
}

/// A need that is not complete yet is mended in the form, not on its page.
fn incomplete(error: Error) -> Error {
    match error {
        Error::Invalid(mistakes) => {
            let first = mistakes.first().map(|mistake| mistake.message.clone()).unwrap_or_default();
            Error::rule(format!("还有{}处要补，先点“修改”补好再送审：{first}", mistakes.len()))
        }
        other => other,
    }
}

async fn revise(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "可以修改了，改好后再送审",
        |code| href_at(Object::Need, code, "/edit"),
        async |_, ctx: Ctx| {
            need::revise(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn publish(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已公开",
        |code| href(Object::Need, &code),
        async |_, ctx: Ctx| {
            need::publish(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn resume(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已恢复公开",
        |code| href(Object::Need, &code),
        async |_, ctx: Ctx| {
            need::resume(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}
