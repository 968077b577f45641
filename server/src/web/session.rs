//! Signing in and out.

use super::frame::{Page, Site};
use super::get::{Answer, Get};
use super::guard;
use super::post::{Post, is_local};
use super::{Access, Route};
use app::components::FormTarget;
use app::pages::login::{LoginModel, login_page};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use services::Error;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/login", Access::Anyone, login),
        Route::post("/login", Access::Anyone, sign_in),
        Route::post("/logout", Access::SignedIn, sign_out),
    ]
}

fn demo_accounts(site: &Site) -> Vec<[String; 4]> {
    if site.config.demo { crate::demo::accounts_for_show() } else { Vec::new() }
}

fn page(site: &Site, next: &str, account: &str, error: Option<String>, notice: Option<String>) -> Page {
    let next = if is_local(next) { next } else { "/desk" };
    let model = LoginModel {
        target: FormTarget::new("/login", "").with("next", next),
        account: account.to_owned(),
        error,
        notice,
        demo: demo_accounts(site),
    };
    Page::new("登录", move || login_page(model))
}

async fn login(get: Get) -> Response {
    get.show(async {
        if get.signed_in().is_some() {
            return Ok(Answer::To("/desk".into()));
        }
        let ended = get.value("ended") == "1";
        let notice = ended.then(|| "登录已过期，刚才填的内容还在，登录后接着填。".to_owned());
        Ok(page(&get.site, get.value("next"), "", None, notice).into())
    })
    .await
}

async fn sign_in(post: Post) -> Response {
    let next = if is_local(post.value("next")) { post.value("next").to_owned() } else { "/desk".to_owned() };
    match services::account::sign_in(&post.site.services, post.value("account"), post.value("password")).await {
        Ok(token) => {
            let mut response = Redirect::to(&next).into_response();
            let cookie = post.site.cookie(post.site.session_cookie(), &token, None);
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        Err(Error::Invalid(mistakes)) => {
            let text = mistakes.iter().map(|mistake| mistake.message.as_str()).collect::<Vec<_>>().join("；");
            let page = page(&post.site, &next, post.value("account"), Some(text), None)
                .status(StatusCode::UNPROCESSABLE_ENTITY);
            super::frame::render(&post.site, &post.request, page).await
        }
        Err(error) => guard::failure(&post.site, &post.request, error, None).await,
    }
}

async fn sign_out(post: Post) -> Response {
    if let (Ok(ctx), Some(token)) = (post.ctx(), guard::token(&post.site, &post.headers))
        && let Err(error) = services::account::sign_out(&ctx, &token).await
    {
        return guard::failure(&post.site, &post.request, error, None).await;
    }
    let mut response = post.go("/", app::components::FlashKind::Done, "已退出登录");
    response.headers_mut().append(header::SET_COOKIE, post.site.cookie(post.site.session_cookie(), "", Some(0)));
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    response
}
