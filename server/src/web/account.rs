//! One's own account: who one is here, and the password.

use super::frame::Page;
use super::get::Get;
use super::guard;
use super::parts::panel;
use super::post::Post;
use super::{Access, Route};
use app::components::{Decision, Fact, Field, FlashKind, Head};
use app::pages::account::{AccountModel, account_page};
use axum::http::header;
use axum::response::Response;
use services::Error;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/account", Access::SignedIn, show), Route::post("/account/password", Access::SignedIn, password)]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let signed_in = get.signed_in().cloned().ok_or(Error::SignedOut)?;
        let actor = &signed_in.actor;
        let mut facts = vec![
            Fact::new("账号", signed_in.username.clone()),
            Fact::new("显示名", signed_in.display_name.clone()),
            Fact::new("身份", actor.role.label()),
        ];
        if !actor.scope.is_empty() {
            facts.push(Fact::new("辖区", get.site.services.place(&actor.scope)));
        }
        if let Some(name) = &signed_in.organization_name {
            let state = if signed_in.verified {
                "已核验，可以认领"
            } else {
                "还没有通过核验，或已到期、暂停"
            };
            facts.push(Fact::new("机构", name.clone()).note(state));
        }
        let fields = vec![
            Field::password("current_password", "现在的密码", "current-password"),
            Field::password("new_password", "新密码", "new-password")
                .hint("至少12个字符，可以用几个词连成一句，不要含账号名。"),
            Field::password("again", "再输入一次新密码", "new-password"),
        ];
        let mut change = panel(&get, "password", "修改密码", "/account/password", fields, "修改密码").await?;
        change.next = "改好以后，所有设备都会退出，用新密码重新登录。".into();
        let sign_out = Decision::post("退出登录", "", "/logout", get.once());
        let model = AccountModel {
            head: Head::new("我的账号"),
            facts,
            panels: vec![change],
            sign_out: Some(sign_out),
            ..AccountModel::default()
        };
        Ok(Page::new("我的账号", move || account_page(model)))
    })
    .await
}

async fn password(post: Post) -> Response {
    let changed = async {
        let ctx = post.ctx()?;
        match services::account::change_password(
            &ctx,
            post.value("current_password"),
            post.value("new_password"),
            post.value("again"),
        )
        .await
        {
            Err(Error::Invalid(mistakes)) => Ok(Some(post.back_with(&ctx, &mistakes).await)),
            other => other.map(|()| None),
        }
    };
    match changed.await {
        Ok(Some(back)) => back,
        // The session has ended with the change.
        Ok(None) => {
            let mut response = post.go("/login", FlashKind::Done, "密码已修改，请用新密码登录");
            response
                .headers_mut()
                .append(header::SET_COOKIE, post.site.cookie(post.site.session_cookie(), "", Some(0)));
            response
        }
        Err(error) => guard::failure(&post.site, &post.request, error, Some("/account".into())).await,
    }
}
