//! Links that were handed over: accepting an invitation, choosing a new password. Nobody is signed in here; what
//! the link opens is decided by its token alone, and no page around it is kept anywhere.

use crate::base::frame::{Page, Site, render};
use crate::base::get::{Answer, Get};
use crate::base::post::Post;
use crate::base::request::Request;
use crate::people::account_forms::new_password_fields;
use crate::people::session::mark;
use crate::{Access, Route};
use app::components::{Button, Fact, Field, FlashKind, FormTarget, Head};
use app::pages::door::{DoorModel, door_page};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::form::people::{account as form, password};
use services::Error;
use services::people::account::Person;
use services::people::invitation::{self, Invited};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/join/{token}", Access::Anyone, join),
        Route::post_at("/join/{token}", Access::Anyone, accept),
        Route::get_at("/reset/{token}", Access::Anyone, reset),
        Route::post_at("/reset/{token}", Access::Anyone, choose),
    ]
}

/// Neither browser nor proxy keeps a page whose address opens something.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn page(title: &'static str, model: DoorModel) -> Page {
    Page::new(title, move || door_page(model))
}

async fn again(site: &Site, request: &Request, page: Page) -> Response {
    unkept(render(site, request, page.status(StatusCode::UNPROCESSABLE_ENTITY)).await)
}

fn join_model(site: &Site, found: &Invited, action: &str, account: &str, name: &str) -> DoorModel {
    let services = &site.services;
    let mut facts = vec![Fact::new("身份", found.role.label())];
    if !found.scope.is_empty() {
        facts.push(Fact::new("辖区", services.place(&found.scope)));
    }
    if let Some(organization) = &found.organization_name {
        facts.push(Fact::new("机构", organization.clone()));
    }
    let account = Field::of(form::CHOSEN).hint("3到40个小写字母、数字、点、横线或下划线，登录时用。").value(account);
    let name = Field::of(form::DISPLAY_NAME).value(name);
    let mut fields = vec![account, name];
    fields.extend(new_password_fields(services::people::account::least_chars(services, found.role)));
    DoorModel {
        head: Head::new("开通账号").lead("管理员请您开通账号。账号和密码由您自己定，别人不知道。"),
        facts,
        target: FormTarget::new(action, ""),
        fields,
        button: Some(Button::new("开通")),
        next: format!("链接只能用一次，{}前有效。开通以后用新账号登录。", found.expires_at.words_near(services.now())),
        ..DoorModel::default()
    }
}

async fn join(get: Get, Path(token): Path<String>) -> Response {
    let shown = get.show(async {
        let found = invitation::look(&get.site.services, &token).await?;
        let model = join_model(&get.site, &found, &get.request.path, "", &found.display_name);
        Ok(Answer::from(page("开通账号", model)))
    });
    unkept(shown.await)
}

async fn accept(Path(token): Path<String>, post: Post) -> Response {
    let (site, request) = (&post.site, &post.request);
    let (account, name) = (post.typed(form::CHOSEN), post.typed(form::DISPLAY_NAME));
    let (new, repeated) = (post.typed(password::NEW), post.typed(password::AGAIN));
    match invitation::accept(&site.services, &token, account, name, new, repeated).await {
        Ok(_) => unkept(post.go("/login", FlashKind::Done, "账号已开通，请用刚才定的账号和密码登录")),
        Err(error @ Error::Invalid(_)) => match invitation::look(&site.services, &token).await {
            Ok(found) => {
                let mut model = join_model(site, &found, &request.path, account, name);
                mark(&mut model, &error, site.services.now());
                again(site, request, page("开通账号", model)).await
            }
            Err(error) => unkept(crate::base::refusal::failure(site, request, error, Some("/login".into())).await),
        },
        Err(error) => unkept(crate::base::refusal::failure(site, request, error, Some("/login".into())).await),
    }
}

fn reset_model(site: &Site, found: &Person, action: &str) -> DoorModel {
    DoorModel {
        head: Head::new("重设密码").lead("新密码由您自己定，管理员也看不到。"),
        facts: vec![Fact::new("账号", found.username.clone())],
        target: FormTarget::new(action, ""),
        fields: new_password_fields(services::people::account::least_chars(&site.services, found.role)),
        button: Some(Button::new("设为新密码")),
        next: "设好以后，所有设备都会退出；登录时仍然要动态码。".into(),
        ..DoorModel::default()
    }
}

async fn reset(get: Get, Path(token): Path<String>) -> Response {
    let shown = get.show(async {
        let found = invitation::look_password(&get.site.services, &token).await?;
        Ok(Answer::from(page("重设密码", reset_model(&get.site, &found, &get.request.path))))
    });
    unkept(shown.await)
}

async fn choose(Path(token): Path<String>, post: Post) -> Response {
    let (site, request) = (&post.site, &post.request);
    let (new, repeated) = (post.typed(password::NEW), post.typed(password::AGAIN));
    match invitation::choose_password(&site.services, &token, new, repeated).await {
        Ok(()) => unkept(post.go("/login", FlashKind::Done, "新密码已设好，请登录")),
        Err(error @ Error::Invalid(_)) => match invitation::look_password(&site.services, &token).await {
            Ok(found) => {
                let mut model = reset_model(site, &found, &request.path);
                mark(&mut model, &error, site.services.now());
                again(site, request, page("重设密码", model)).await
            }
            Err(error) => unkept(crate::base::refusal::failure(site, request, error, Some("/login".into())).await),
        },
        Err(error) => unkept(crate::base::refusal::failure(site, request, error, Some("/login".into())).await),
    }
}
