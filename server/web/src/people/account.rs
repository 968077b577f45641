//! One's own account: who one is here, the password, the second factor, the devices signed in.

use crate::base::form_fields::fill;
use crate::base::frame::{Page, render};
use crate::base::get::{Answer, Get};
use crate::base::parts::{decide, panel, target};
use crate::base::post::Post;
use crate::people::account_forms::{codes_page, enrol_model, new_password_fields};
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Columns, Crumb, Decision, Fact, Field, FlashKind, Head, Link, Table,
};
use app::pages::account::{AccountModel, account_page};
use app::pages::door::door_page;
use app::pages::record::{Body, RecordSection};
use axum::http::header;
use axum::response::Response;
use domain::calendar::Time;
use domain::form::people::password;
use services::people::factor::Standing;
use services::people::session::Device;
use services::people::{factor, session};
use services::{Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/account", Access::SignedIn, show),
        Route::post("/account/password", Access::SignedIn, password),
        Route::post("/account/sessions/end", Access::SignedIn, end_session),
        Route::get("/account/second-factor", Access::SignedIn, second_factor),
        Route::post("/account/second-factor", Access::SignedIn, activate),
        Route::post("/account/second-factor/begin", Access::SignedIn, begin),
        Route::post("/account/recovery-codes", Access::SignedIn, recovery_codes),
    ]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let signed_in = get.signed_in().cloned().ok_or(Error::SignedOut)?;
        let actor = &signed_in.actor;
        let standing = factor::standing(&get.site.services, ctx.account()?).await?;
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
        let mut fields = vec![Field::of(password::CURRENT)];
        fields.extend(new_password_fields(services::people::account::least_chars(&get.site.services, actor.role)));
        let mut change = panel(&get, "password", "修改密码", "/account/password", fields, "修改密码").await?;
        change.next = "改好以后，所有设备都会退出，用新密码重新登录。".into();
        let sessions = session::list(ctx).await?;
        let model = AccountModel {
            head: Head::new("我的账号"),
            facts,
            sections: vec![devices(&get, &sessions, signed_in.session_id)],
            panels: vec![factor_panel(&get, &standing).await?, change],
            sign_out: Some(Decision::post("退出登录", "", "/logout", get.once())),
        };
        Ok(Page::new("我的账号", move || account_page(model)))
    })
    .await
}

/// What a browser calls itself, in a few words.
pub(crate) fn agent_words(agent: &str) -> String {
    let has = |part: &str| agent.contains(part);
    let system = [
        ("Windows", "Windows"),
        ("Android", "安卓"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "Mac"),
        ("HarmonyOS", "鸿蒙"),
        ("Linux", "Linux"),
    ];
    let browser = [
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("360", "360浏览器"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| has(part)).map(|(_, name)| *name);
    match (find(&system), find(&browser)) {
        (Some(system), Some(browser)) => format!("{system}，{browser}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "没有说明的浏览器".to_owned(),
    }
}

/// Sessions: device, from where, when.
pub(crate) fn sessions<'a>(caption: &str, all: &'a [Device], now: Time) -> Columns<&'a Device> {
    Table::of(caption, all)
        .column("设备", |open| Cell::strong(agent_words(&open.agent)))
        .column("网络地址", |open| {
            Cell::text(if open.address.is_empty() { "没有记录".to_owned() } else { open.address.clone() })
        })
        .column("登录于", |open| Cell::text(open.created_at.words_near(now)))
        .column("最近使用", |open| Cell::text(open.seen_at.words_near(now)))
}

fn devices(get: &Get, all: &[Device], here: Uuid) -> RecordSection {
    let now = get.site.services.now();
    let table = sessions("您的账号现在登录着的设备；不认识的，让它退出并修改密码", all, now)
        .column("办理", |open| {
            if open.id == here {
                return Cell::badge(Badge::good("就是这台"));
            }
            let about = agent_words(&open.agent);
            let end = decide(get, "让它退出", &about, "/account/sessions/end").with("session", open.id.to_string());
            Cell::decisions(vec![end])
        })
        .caption_shown()
        .done();
    let mut body = vec![Body::Table(table)];
    if all.len() > 1 {
        let end = decide(get, "其他设备全部退出", "", "/account/sessions/end");
        body.push(Body::Decisions(vec![end]));
    }
    RecordSection::new("devices", "登录的设备", body)
}

async fn factor_panel(get: &Get, standing: &Standing) -> Result<ActPanel> {
    let now = get.site.services.now();
    let Some(at) = standing.confirmed_at else {
        return Ok(ActPanel {
            id: "second-factor".into(),
            title: "动态码".into(),
            text: "还没有绑定。绑定以后，登录时除了密码还要手机上的6位数字，别人知道密码也进不来。".into(),
            links: vec![Link::new("绑定动态码", "/account/second-factor")],
            ..ActPanel::default()
        });
    };
    let mut renew = panel(get, "recovery", "动态码", "/account/recovery-codes", Vec::new(), "重新生成恢复码").await?;
    renew.buttons = vec![Button::new("重新生成恢复码").secondary()];
    renew.facts = vec![
        Fact::new("绑定于", at.words_near(now)),
        Fact::new("没用过的恢复码", format!("{}个", standing.recovery_left)),
    ];
    renew.next = "重新生成以后，原来的恢复码都作废。".into();
    renew.links = vec![Link::new("换一部手机", "/account/second-factor")];
    Ok(renew)
}

async fn password(post: Post) -> Response {
    let changed = async {
        let ctx = post.ctx()?;
        match services::people::account::change_password(
            &ctx,
            post.typed(password::CURRENT),
            post.typed(password::NEW),
            post.typed(password::AGAIN),
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
        Err(error) => crate::base::refusal::failure(&post.site, &post.request, error, Some("/account".into())).await,
    }
}

async fn end_session(post: Post) -> Response {
    post.run(
        "已让设备退出",
        |_| "/account".to_owned(),
        async |post, ctx| {
            let which = post.value("session");
            let which = if which.is_empty() { None } else { Some(which.parse().map_err(|_| Error::NotFound)?) };
            session::end(&ctx, which).await?;
            Ok(String::new())
        },
    )
    .await
}

/// The page that sets up an app, also a new one in place of the present.
async fn second_factor(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        if ctx.fresh().is_err() {
            return Err(Error::Unconfirmed);
        }
        let standing = factor::standing(&get.site.services, ctx.account()?).await?;
        let title = if standing.confirmed_at.is_some() { "换一部手机" } else { "绑定动态码" };
        let draft = get.draft("enrol").await?;
        let mut model = enrol_model(standing.waiting.as_ref());
        model.mistakes = fill(&mut model.fields, draft.as_ref());
        model.head = Head::new(title).crumbs(vec![Crumb::link("我的账号", "/account"), Crumb::here(title)]);
        model.target = target(&get, "enrol", "/account/second-factor", draft.as_ref());
        if standing.waiting.is_none() {
            model.steps = vec!["先生成密钥，再用手机上的验证器扫码。".into()];
            model.fields = Vec::new();
            model.target.action = "/account/second-factor/begin".into();
            model.button = Some(Button::new("生成密钥"));
        } else {
            model.decisions = vec![decide(&get, "换一个密钥", "", "/account/second-factor/begin").quiet()];
        }
        if standing.confirmed_at.is_some() {
            model.notice = Some("绑定新手机以前，原来的动态码照常能用；绑定以后，原来的和旧恢复码都作废。".into());
        }
        Ok(Answer::from(Page::new(title, move || door_page(model))))
    })
    .await
}

async fn begin(post: Post) -> Response {
    post.run(
        "",
        |_| "/account/second-factor".to_owned(),
        async |_, ctx| {
            factor::begin(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

/// What is shown once is the answer itself; mistakes go back to the form.
async fn shown_once(post: &Post, outcome: Result<Vec<String>>) -> Response {
    match (outcome, post.ctx()) {
        (Ok(codes), _) => {
            let on = Link::new("记好了，回到我的账号", "/account");
            render(&post.site, &post.request, codes_page(codes, on)).await
        }
        (Err(Error::Invalid(mistakes)), Ok(ctx)) => post.back_with(&ctx, &mistakes).await,
        (Err(Error::Unconfirmed), Ok(ctx)) => post.confirm_first(&ctx).await,
        (Err(error), _) => {
            crate::base::refusal::failure(&post.site, &post.request, error, Some("/account".into())).await
        }
    }
}

async fn activate(post: Post) -> Response {
    let outcome = async { factor::activate(&post.ctx()?, post.typed(password::CODE)).await }.await;
    shown_once(&post, outcome).await
}

async fn recovery_codes(post: Post) -> Response {
    let outcome = async { factor::new_recovery(&post.ctx()?).await }.await;
    shown_once(&post, outcome).await
}
