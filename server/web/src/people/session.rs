//! Signing in, step by step, and out; proving oneself again before an export.
//!
//! Whoever stands between the steps has a session that opens nothing but the next step, so these pages keep nothing
//! in drafts: a mistake is answered with the page itself, and a secret never comes back.

use crate::base::frame::{Page, Site};
use crate::base::get::{Answer, Get};
use crate::base::guard;
use crate::base::post::Post;
use crate::base::request::Request;
use crate::base::request::Session;
use crate::base::ways::{Ended, next_of, path_of, to_confirm, to_stage, with_next};
use crate::people::account_forms::{codes_page, enrol_model, new_password_fields};
use crate::{Access, Route};
use app::components::{Button, Decision, Field, FormTarget, Head, Link};
use app::pages::door::{DoorModel, door_page};
use app::pages::login::{LoginModel, login_page};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::account::Stage;
use domain::field::FieldError;
use domain::form::people::password as secret;
use services::people::session::{Opened, SignedIn};
use services::people::{factor, session};
use services::{Error, Result};
use std::sync::Arc;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/login", Access::Anyone, login),
        Route::post("/login", Access::Anyone, sign_in),
        Route::get("/login/code", Access::Anyone, code),
        Route::post("/login/code", Access::Anyone, enter_code),
        Route::get("/login/enrol", Access::Anyone, enrol),
        Route::post("/login/enrol", Access::Anyone, enter_first_code),
        Route::get("/login/password", Access::Anyone, renew),
        Route::post("/login/password", Access::Anyone, choose_password),
        Route::get("/confirm", Access::SignedIn, confirm),
        Route::post("/confirm", Access::SignedIn, prove),
        Route::post("/logout", Access::Anyone, sign_out),
    ]
}

fn demo_accounts(site: &Site) -> Vec<[String; 4]> {
    site.settings.demo.clone().unwrap_or_default()
}

fn login_view(site: &Site, next: &str, account: &str, error: Option<String>, notice: Option<String>) -> Page {
    let model = LoginModel {
        target: FormTarget::new("/login", "").with("next", next_of(next)),
        account: account.to_owned(),
        error,
        notice,
        demo: demo_accounts(site),
        second_factor: site.services.policy.second_factor,
    };
    Page::new("登录", move || login_page(model))
}

async fn login(get: Get) -> Response {
    get.show(async {
        if get.signed_in().is_some() {
            return Ok(Answer::To("/desk".into()));
        }
        let notice = Ended::parse(get.value("ended")).sentence().map(ToOwned::to_owned);
        Ok(login_view(&get.site, get.value("next"), "", None, notice).into())
    })
    .await
}

/// The cookie of a new token, and on to the next step.
fn opened(site: &Site, opened: &Opened, next: &str) -> Response {
    let mut response = if opened.stage == Stage::Full {
        Redirect::to(next_of(next)).into_response()
    } else {
        to_stage(opened.stage, next)
    };
    set_token(site, &mut response, opened);
    response
}

/// How long a browser is known that has signed in: guesses of others do not make it wait.
const DEVICE_SECONDS: i64 = 180 * 24 * 3600;

pub(crate) fn set_token(site: &Site, response: &mut Response, opened: &Opened) {
    let cookie = site.cookie(site.session_cookie(), &opened.token, None);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    if let Some(device) = &opened.device {
        response.headers_mut().append(header::SET_COOKIE, site.cookie("device", device, Some(DEVICE_SECONDS)));
    }
}

/// A page again, with what is wrong on it.
async fn again(site: &Site, request: &Request, page: Page, error: &Error) -> Response {
    let status = match error {
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut response = crate::base::frame::render(site, request, page.status(status)).await;
    if let Error::TooMany { seconds } = error {
        crate::base::refusal::retry_after(&mut response, *seconds);
    }
    response
}

async fn sign_in(post: Post) -> Response {
    let next = next_of(post.value("next")).to_owned();
    let (site, request) = (&post.site, &post.request);
    let old = guard::token(site, &post.headers);
    let (account, password) = (post.typed(domain::form::people::account::NAME), post.typed(secret::PRESENT));
    match session::sign_in(&site.services, account, password, request.visit(), old.as_deref()).await {
        Ok(done) => opened(site, &done, &next),
        Err(error @ (Error::Invalid(_) | Error::TooMany { .. })) => {
            let text = error.sentence(site.services.now());
            again(site, request, login_view(site, &next, account, Some(text), None), &error).await
        }
        Err(error) => crate::base::refusal::failure(site, request, error, None).await,
    }
}

/// Who stands at this step; for everybody else the address where he belongs.
fn at_step(request: &Request, stage: Stage, next: &str) -> std::result::Result<Arc<SignedIn>, String> {
    match &request.session {
        Session::Halfway(signed_in) if signed_in.stage == stage => Ok(Arc::clone(signed_in)),
        Session::Halfway(signed_in) => Err(with_next(path_of(signed_in.stage), next_of(next))),
        Session::In(_) => Err(next_of(next).to_owned()),
        _ => Err(with_next("/login", next_of(next))),
    }
}

/// A step's mistakes beside the fields, or a sentence of the whole.
pub(crate) fn mark(model: &mut DoorModel, error: &Error, now: domain::calendar::Time) {
    let all = match error {
        Error::Invalid(mistakes) => mistakes.clone(),
        other => vec![FieldError::new("", other.sentence(now))],
    };
    for mistake in all {
        let at = model.fields.iter().position(|field| field.name == mistake.field).unwrap_or(0);
        if let Some(field) = model.fields.get_mut(at) {
            field.error = Some(mistake.message);
        }
    }
}

fn leave() -> Vec<Decision> {
    vec![Decision::post("不登录了，退出", "", "/logout", "").quiet()]
}

fn step_page(title: &'static str, model: DoorModel) -> Page {
    Page::new(title, move || door_page(model))
}

/// Shows a step to who stands at it.
async fn show(
    get: Get,
    stage: Stage,
    title: &'static str,
    model: impl AsyncFnOnce(&Get, &SignedIn) -> Result<DoorModel>,
) -> Response {
    match at_step(&get.request, stage, get.value("next")) {
        Ok(signed_in) => get.show(async { Ok(step_page(title, model(&get, &signed_in).await?)) }).await,
        Err(elsewhere) => Redirect::to(&elsewhere).into_response(),
    }
}

fn code_model(next: &str) -> DoorModel {
    let field = Field::of(secret::CODE).hint("手机验证器上现在显示的数字。手机不在身边，填一个恢复码。");
    DoorModel {
        head: Head::new("输入动态码"),
        target: FormTarget::new("/login/code", "").with("next", next_of(next)),
        fields: vec![field],
        button: Some(Button::new("继续")),
        next: "手机和恢复码都没有了，请管理员重置动态码，再重新绑定。".into(),
        decisions: leave(),
        ..DoorModel::default()
    }
}

async fn code(get: Get) -> Response {
    show(get, Stage::Code, "输入动态码", async |get, _| Ok(code_model(get.value("next")))).await
}

async fn enter_code(post: Post) -> Response {
    let (site, request, next) = (&post.site, &post.request, post.value("next"));
    if let Err(elsewhere) = at_step(request, Stage::Code, next) {
        return Redirect::to(&elsewhere).into_response();
    }
    let token = guard::token(site, &post.headers).unwrap_or_default();
    match session::enter_code(&site.services, &token, post.typed(secret::CODE), request.visit()).await {
        Ok(done) => opened(site, &done, next),
        Err(error @ (Error::Invalid(_) | Error::TooMany { .. })) => {
            let mut model = code_model(next);
            mark(&mut model, &error, site.services.now());
            again(site, request, step_page("输入动态码", model), &error).await
        }
        Err(error) => crate::base::refusal::failure(site, request, error, None).await,
    }
}

async fn first_model(site: &Site, signed_in: &SignedIn, next: &str) -> Result<DoorModel> {
    let account = signed_in.actor.account_id.ok_or(Error::SignedOut)?;
    let standing = factor::standing(&site.services, account).await?;
    let mut model = enrol_model(standing.waiting.as_ref());
    model.head = Head::new("绑定动态码").lead("您的岗位能看到个人信息，登录时除了密码，还要手机上的动态码。");
    model.target = FormTarget::new("/login/enrol", "").with("next", next_of(next));
    model.decisions = leave();
    Ok(model)
}

async fn enrol(get: Get) -> Response {
    show(get, Stage::Enrol, "绑定动态码", async |get, who| first_model(&get.site, who, get.value("next")).await).await
}

async fn enter_first_code(post: Post) -> Response {
    let (site, request, next) = (&post.site, &post.request, post.value("next"));
    let signed_in = match at_step(request, Stage::Enrol, next) {
        Ok(signed_in) => signed_in,
        Err(elsewhere) => return Redirect::to(&elsewhere).into_response(),
    };
    let token = guard::token(site, &post.headers).unwrap_or_default();
    match session::enrol(&site.services, &token, post.typed(secret::CODE), request.visit()).await {
        Ok((done, codes)) => {
            let on =
                if done.stage == Stage::Full { next_of(next).to_owned() } else { with_next(path_of(done.stage), next) };
            let mut response =
                crate::base::frame::render(site, request, codes_page(codes, Link::new("记好了，继续", on))).await;
            set_token(site, &mut response, &done);
            response
        }
        Err(error @ (Error::Invalid(_) | Error::TooMany { .. })) => match first_model(site, &signed_in, next).await {
            Ok(mut model) => {
                mark(&mut model, &error, site.services.now());
                again(site, request, step_page("绑定动态码", model), &error).await
            }
            Err(error) => crate::base::refusal::failure(site, request, error, None).await,
        },
        Err(error) => crate::base::refusal::failure(site, request, error, None).await,
    }
}

fn renew_model(site: &Site, signed_in: &SignedIn, next: &str) -> DoorModel {
    DoorModel {
        head: Head::new("先换一个密码").lead("现在的密码是别人设的，或者用得太久了。换好以后就能使用。"),
        target: FormTarget::new("/login/password", "").with("next", next_of(next)),
        fields: new_password_fields(services::people::account::least_chars(&site.services, signed_in.actor.role)),
        button: Some(Button::new("换好，继续")),
        decisions: leave(),
        ..DoorModel::default()
    }
}

async fn renew(get: Get) -> Response {
    show(get, Stage::Renew, "先换一个密码", async |get, who| Ok(renew_model(&get.site, who, get.value("next")))).await
}

async fn choose_password(post: Post) -> Response {
    let (site, request, next) = (&post.site, &post.request, post.value("next"));
    let signed_in = match at_step(request, Stage::Renew, next) {
        Ok(signed_in) => signed_in,
        Err(elsewhere) => return Redirect::to(&elsewhere).into_response(),
    };
    let token = guard::token(site, &post.headers).unwrap_or_default();
    let (new, repeated) = (post.typed(secret::NEW), post.typed(secret::AGAIN));
    match session::renew(&site.services, &token, new, repeated, request.visit()).await {
        Ok(done) => opened(site, &done, next),
        Err(error @ (Error::Invalid(_) | Error::TooMany { .. })) => {
            let mut model = renew_model(site, &signed_in, next);
            mark(&mut model, &error, site.services.now());
            again(site, request, step_page("先换一个密码", model), &error).await
        }
        Err(error) => crate::base::refusal::failure(site, request, error, None).await,
    }
}

/// Whether an address gives a file instead of a page.
fn is_file(address: &str) -> bool {
    address.split('?').next().is_some_and(|path| path.rsplit('/').next().is_some_and(|name| name.contains('.')))
}

fn confirm_model(site: &Site, next: &str) -> DoorModel {
    let minutes = site.services.policy.confirm_minutes;
    DoorModel {
        head: Head::new("再次确认身份").lead("导出、批量查看和更换动态码之前，要确认在屏幕前的是您本人。"),
        target: FormTarget::new("/confirm", "").with("next", next_of(next)),
        fields: vec![Field::of(secret::PROOF)],
        button: Some(Button::new("确认")),
        next: format!("确认以后{minutes}分钟内不再问。"),
        ..DoorModel::default()
    }
}

/// The proof has been given: on to what it was asked for.
fn confirmed_model(next: &str) -> DoorModel {
    let (label, head) = if is_file(next) {
        ("下载文件", "已确认，可以下载")
    } else {
        ("继续", "已确认，可以继续")
    };
    DoorModel { head: Head::new(head), links: vec![Link::new(label, next_of(next)).primary()], ..DoorModel::default() }
}

async fn confirm(get: Get) -> Response {
    get.show(async {
        let next = get.value("next");
        let model = if get.ctx()?.fresh().is_ok() { confirmed_model(next) } else { confirm_model(&get.site, next) };
        Ok(step_page("再次确认身份", model))
    })
    .await
}

async fn prove(post: Post) -> Response {
    let (site, request, next) = (&post.site, &post.request, next_of(post.value("next")));
    let outcome = async {
        let token = guard::token(site, &post.headers).ok_or(Error::SignedOut)?;
        session::confirm(&post.ctx()?, &token, post.typed(secret::PROOF), request.visit()).await
    };
    match outcome.await {
        Ok(done) => {
            let mut response =
                if is_file(next) { to_confirm(next) } else { Redirect::to(next_of(next)).into_response() };
            set_token(site, &mut response, &done);
            response
        }
        Err(error @ (Error::Invalid(_) | Error::TooMany { .. })) => {
            let mut model = confirm_model(site, next);
            mark(&mut model, &error, site.services.now());
            again(site, request, step_page("再次确认身份", model), &error).await
        }
        Err(error) => crate::base::refusal::failure(site, request, error, None).await,
    }
}

async fn sign_out(post: Post) -> Response {
    if let Some(token) = guard::token(&post.site, &post.headers)
        && let Err(error) = session::sign_out(&post.site.services, &token).await
    {
        return crate::base::refusal::failure(&post.site, &post.request, error, None).await;
    }
    let mut response = post.go("/", app::components::FlashKind::Done, "已退出登录");
    response.headers_mut().append(header::SET_COOKIE, post.site.cookie(post.site.session_cookie(), "", Some(0)));
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_pages() {
        assert!(is_file("/import/1/report.xlsx?x=1"));
        assert!(!is_file("/needs/XQ120102-26-000001?page=1.5") && !is_file("/desk"));
    }
}
