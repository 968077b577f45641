//! Accounts within one's reach: the list, one account with what can be done about it, invitations.

use crate::base::form_fields::fill;
use crate::base::frame::{Page, render};
use crate::base::get::Get;
use crate::base::parts::{count, decide, panel, target};
use crate::base::post::Post;
use crate::base::words::{address, pager};
use crate::people::account::sessions;
use crate::people::account_forms::link_page;
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Empty, EmptyKind, Fact, Field, FieldGroup, Glyph, Head, Link, Search,
    Tab, Table,
};
use app::pages::form::{FormModel, form_page};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::account::may_become;
use domain::form::people::account as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::organization::AccountState;
use domain::role::Role;
use services::people::account::{self, Managed, Reach};
use services::people::invitation::{self, Invited};
use services::{Ctx, Error, Result};
use uuid::Uuid;

macro_rules! door {
    ($command:ident) => {
        Access::Commands(&[Command::$command])
    };
}

const LOOK: Access = Access::Commands(&[Command::AccountDeactivate, Command::AccountChange]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/accounts", LOOK, list),
        Route::get("/accounts/invite", door!(InvitationCreate), invite_form),
        Route::post("/accounts/invite", door!(InvitationCreate), invite),
        Route::post_at("/accounts/invitations/{id}/revoke", door!(InvitationRevoke), revoke),
        Route::get_at("/accounts/{id}", LOOK, show),
        Route::post_at("/accounts/{id}/change", door!(AccountChange), change),
        Route::post_at("/accounts/{id}/deactivate", door!(AccountDeactivate), deactivate),
        Route::post_at("/accounts/{id}/reactivate", door!(AccountReactivate), reactivate),
        Route::post_at("/accounts/{id}/password-link", door!(AccountPasswordLink), password_link),
        Route::post_at("/accounts/{id}/reset-factor", door!(AccountFactorReset), reset_factor),
        Route::post_at("/accounts/{id}/vouch", door!(AccountVouch), vouch),
        Route::post_at("/accounts/{id}/unblock", door!(AccountUnblock), unblock),
        Route::post_at("/accounts/{id}/sign-out", door!(SessionEnd), sign_out),
    ]
}

/// Rows of a page.
const SIZE: usize = 20;

fn title(ctx: &Ctx) -> &'static str {
    if ctx.role() == Role::OrgAdmin { "成员" } else { "账号" }
}

/// What this manager is here for.
fn lead(role: Role) -> &'static str {
    match role {
        Role::SystemAdmin => {
            "系统管理员：邀请、停用和启用账号，发重设密码的链接。岗位和动态码由安全管理员办，个案看不到。"
        }
        Role::SecurityAdmin => {
            "安全管理员：调整岗位和辖区，重置动态码，让设备退出。开通和停用由系统管理员办，个案看不到。"
        }
        Role::OrgAdmin => "本机构的负责人和工作人员。离职的当天停用。",
        _ => "本区街镇、村居的账号，和本区社会组织的负责人。",
    }
}

fn place(ctx: &Ctx, scope: &str, organization: Option<&str>) -> String {
    match organization {
        Some(name) => name.to_owned(),
        None if scope.is_empty() => "全平台".to_owned(),
        None => ctx.services.place(scope),
    }
}

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let tab = get.value("state");
        let word = get.value("q");
        let state = if tab == "deactivated" { AccountState::Deactivated } else { AccountState::Active };
        let offset = i64::try_from((get.page() - 1) * SIZE).unwrap_or_default();
        let page = account::page(ctx, state, word, offset, i64::try_from(SIZE).unwrap_or(20)).await?;
        let may_invite = ctx.may(Command::InvitationCreate);
        let invitations = if may_invite { invitation::list(ctx).await? } else { Vec::new() };
        let invited = tab == "invited" && may_invite;
        let path = get.request.path.as_str();
        let to = |state: &str| address(path, &[], &[("state", state.to_owned()), ("q", word.to_owned())]);
        let mut tabs = vec![
            Tab::new("启用", to(""), !invited && state == AccountState::Active).count(count(page.active)),
            Tab::new("停用", to("deactivated"), state == AccountState::Deactivated).count(count(page.deactivated)),
        ];
        if may_invite {
            let open = u64::try_from(invitations.len()).unwrap_or_default();
            tabs.push(Tab::new("等待接受的邀请", to("invited"), invited).count(open));
        }
        let mut head = Head::new(title(ctx)).lead(lead(ctx.role()));
        if may_invite {
            head = head.action(Link::new("邀请", "/accounts/invite").glyph(Glyph::Plus).primary());
        }
        let search = Search {
            action: path.to_owned(),
            query: word.to_owned(),
            label: "查找账号".into(),
            placeholder: "账号、岗位或机构".into(),
            keep: if state == AccountState::Active { Vec::new() } else { vec![("state".into(), tab.to_owned())] },
            ..Search::default()
        };
        let mut model = ListModel { head, search: Some(search), tabs, ..ListModel::default() };
        if invited {
            model.search = None;
            model.found = format!("{}个邀请", invitations.len());
            model.table = invitation_table(&get, ctx, &invitations);
            model.empty = invitations.is_empty().then(|| {
                Empty::new(EmptyKind::Nothing, "没有等待接受的邀请", "发出的邀请在对方开通、您收回或到期以前列在这里。")
            });
        } else {
            let total = count(if state == AccountState::Active { page.active } else { page.deactivated });
            model.found = format!("{total}个账号，{}", state.label());
            model.empty = page.rows.is_empty().then(|| empty(word, &to("")));
            model.pager = (total > u64::try_from(SIZE).unwrap_or(20))
                .then(|| pager(path, &get.query, get.page(), SIZE, total, "个"));
            model.table = Table::of("账号，按辖区和机构排列", &page.rows)
                .column("账号", |row| {
                    let a = &row.account;
                    Cell::link(a.username.clone(), href(Object::Account, &a.id)).note(a.display_name.clone())
                })
                .column("身份", |row| Cell::text(row.account.role.label()))
                .column("辖区或机构", |row| {
                    Cell::text(place(ctx, &row.account.scope, row.organization_name.as_deref()))
                })
                .column("动态码", |row| {
                    Cell::badge(match row.factor_at {
                        Some(_) => Badge::good("已绑定"),
                        None => Badge::plain("没有绑定"),
                    })
                })
                .column("最近登录", |row| {
                    let at = row.account.signed_in_at;
                    Cell::text(at.map_or_else(|| "没有登录过".to_owned(), |at| at.words_near(now)))
                })
                .done();
        }
        let title = title(ctx);
        Ok(Page::new(title, move || list_page(model)))
    })
    .await
}

fn empty(word: &str, all: &str) -> Empty {
    if word.is_empty() {
        Empty::new(EmptyKind::Nothing, "没有账号", "用“邀请”开通第一个。")
    } else {
        Empty::new(EmptyKind::NoMatch, "没有找到这样的账号", "换一个词，或看全部。").action(Link::new("看全部", all))
    }
}

fn invitation_table(get: &Get, ctx: &Ctx, all: &[Invited]) -> Table {
    let now = ctx.now();
    Table::of("等待接受的邀请，新的在前", all)
        .column("岗位或姓名", |i| Cell::strong(i.display_name.clone()))
        .column("身份", |i| Cell::text(i.role.label()))
        .column("辖区", |i| {
            Cell::text(if i.scope.is_empty() {
                "本机构或全平台".to_owned()
            } else {
                ctx.services.place(&i.scope)
            })
        })
        .column("有效期至", |i| Cell::text(i.expires_at.words_near(now)))
        .column("办理", |i| {
            let to = format!("/accounts/invitations/{}/revoke", i.id);
            Cell::decisions(vec![decide(get, "收回", &i.display_name, &to)])
        })
        .done()
}

async fn invite_form(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let reach = Reach::of(ctx)?;
        let draft = get.draft("invite").await?;
        let roles = reach.roles.iter().map(|role| Choice::new(role.as_str(), role.label()));
        let mut fields = vec![
            Field::of(form::ROLE).choices(roles).value(get.value(form::ROLE.name)),
            Field::of(form::DISPLAY_NAME).hint("同事看到的名字，例如民政科2号岗。对方开通时可以改。"),
        ];
        if reach.organization.is_none() {
            fields.push(
                Field::of(form::SCOPE.optional())
                    .hint("区划代码：市12，区6位，街镇9位，村居12位。社会组织的账号不填。")
                    .value(ctx.actor.scope.clone()),
            );
            fields.push(Field::of(form::ORGANIZATION).value(get.value(form::ORGANIZATION.name)));
        }
        let mistakes = fill(&mut fields, draft.as_ref());
        let title = if reach.organization.is_some() { "邀请成员" } else { "邀请开通账号" };
        let days = ctx.services.policy.invitation_days;
        let model = FormModel {
            head: Head::new(title)
                .lead("给对方一个只能用一次的链接，账号和密码由对方自己定。")
                .crumbs(vec![Crumb::link(self::title(ctx), "/accounts"), Crumb::here(title)]),
            target: target(&get, "invite", "/accounts/invite", draft.as_ref()),
            groups: vec![FieldGroup::new("", fields).into()],
            mistakes,
            buttons: vec![Button::new("生成邀请链接")],
            cancel: Some(Link::new("取消", "/accounts")),
            next: format!("链接{days}天内有效，可以随时收回。"),
            ..FormModel::default()
        };
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

async fn invite(post: Post) -> Response {
    let outcome = async {
        let ctx = post.ctx()?;
        let role: Role = post.chosen(form::ROLE)?;
        let organization_id = match ctx.actor.organization_id {
            Some(own) => Some(own),
            None => organization_of(&ctx, role, post.typed(form::ORGANIZATION)).await?,
        };
        // The own scope stands in the field for the offices; an organization has none.
        let scope = if role.is_organization() || role.is_administrator() { "" } else { post.typed(form::SCOPE).trim() };
        let invited = invitation::Post {
            role,
            scope: scope.to_owned(),
            organization_id,
            display_name: post.typed(form::DISPLAY_NAME).to_owned(),
        };
        invitation::create(&ctx, &invited).await
    };
    let days = post.site.services.policy.invitation_days;
    let lead = format!("把链接交给本人，{days}天内有效，用一次就作废。");
    let steps = vec![
        "当面、电话或单位内部的渠道交给本人，不要发到群里。".to_owned(),
        "对方打开链接，自己定账号和密码，第一次登录时绑定动态码。".to_owned(),
        "发错了，到“等待接受的邀请”里收回。".to_owned(),
    ];
    link_answer(&post, outcome.await, "邀请链接", "join", lead, steps, "/accounts?state=invited").await
}

/// The organization that a code names, where the role wants one.
async fn organization_of(ctx: &Ctx, role: Role, uscc: &str) -> Result<Option<Uuid>> {
    let uscc = domain::text::squeeze(uscc).to_uppercase();
    if !role.is_organization() || uscc.is_empty() {
        return Ok(None);
    }
    match services::supply::organization::by_uscc(ctx, &uscc).await {
        Ok(found) => Ok(Some(found.id)),
        Err(Error::NotFound | Error::Invalid(_)) => {
            Err(Error::wrong(form::ORGANIZATION, "没有这个统一社会信用代码的机构，请核对18位代码"))
        }
        Err(error) => Err(error),
    }
}

/// A link is shown in the answer itself, this once.
async fn link_answer(
    post: &Post,
    outcome: Result<String>,
    title: &'static str,
    kind: &str,
    lead: String,
    steps: Vec<String>,
    back: &str,
) -> Response {
    match (outcome, post.ctx()) {
        (Ok(token), _) => {
            let url = format!("{}/{kind}/{token}", post.site.settings.public_url.trim_end_matches('/'));
            let page = link_page(title, lead, url, steps, Link::new("交好了，返回", back));
            render(&post.site, &post.request, page).await
        }
        (Err(Error::Invalid(mistakes)), Ok(ctx)) => post.back_with(&ctx, &mistakes).await,
        (Err(error), _) => crate::base::refusal::failure(&post.site, &post.request, error, Some(back.to_owned())).await,
    }
}

async fn revoke(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "邀请已收回，链接作废",
        |_| "/accounts?state=invited".to_owned(),
        async |_, ctx| {
            invitation::revoke(&ctx, id).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let managed = account::managed(ctx, id).await?;
        let a = &managed.account;
        let now = ctx.now();
        let badge = match a.state {
            AccountState::Active => Badge::good(a.state.label()),
            AccountState::Deactivated => Badge::plain(a.state.label()),
        };
        let facts = vec![
            Fact::new("账号", a.username.clone()),
            Fact::new("身份", a.role.label()),
            Fact::new("辖区或机构", place(ctx, &a.scope, managed.organization_name.as_deref())),
            Fact::new(
                "动态码",
                managed.factor_at.map_or_else(|| "没有绑定".to_owned(), |at| format!("{}绑定", at.words_near(now))),
            ),
            Fact::new("最近登录", a.signed_in_at.map_or_else(|| "没有登录过".to_owned(), |at| at.words_near(now))),
            Fact::new("开通于", a.created_at.words_near(now)),
        ];
        let model = RecordModel {
            head: Head {
                crumbs: vec![Crumb::link(title(ctx), "/accounts"), Crumb::here(a.username.clone())],
                badges: vec![badge],
                ..Head::new(a.display_name.clone())
            },
            notice: (ctx.actor.account_id == Some(a.id)).then(|| "这是您自己的账号，要由另一位管理员来办。".to_owned()),
            sections: vec![
                RecordSection::new("facts", "账号", vec![Body::Facts(facts)]),
                work_section(ctx, &managed),
                sessions_section(&get, &managed),
            ],
            panels: panels(&get, ctx, &managed).await?,
            ..RecordModel::default()
        };
        let name = model.head.title.clone();
        Ok(Page::new(name, move || record_page(model)))
    })
    .await
}

fn kinds(managed: &Managed) -> [(&'static str, &'static str, usize); 3] {
    [("verification", "指派给他的核验"), ("pairing", "他服务的结对"), ("draft", "他登记、还没送审的需求")]
        .map(|(kind, label)| (kind, label, managed.work.iter().filter(|work| work.kind == kind).count()))
}

/// What lies with the account: numbers for administrators, who see no case; links for the own office.
fn work_section(ctx: &Ctx, managed: &Managed) -> RecordSection {
    let may_open = !ctx.role().is_administrator();
    let facts: Vec<Fact> = kinds(managed)
        .into_iter()
        .filter(|(_, _, n)| *n > 0)
        .map(|(kind, label, n)| {
            let mut fact = Fact::new(label, format!("{n}件"));
            if may_open {
                let object = if kind == "draft" { Object::Need } else { Object::Pairing };
                let own = managed.work.iter().filter(|work| work.kind == kind);
                fact.lines.extend(own.map(|work| app::components::FactLine::Link {
                    label: work.code.clone(),
                    href: href(object, &work.code),
                }));
            }
            fact
        })
        .collect();
    let body = if facts.is_empty() { Body::Text("没有等着他办的事。".into()) } else { Body::Facts(facts) };
    RecordSection::new("work", "在他手里的事", vec![body])
}

fn sessions_section(get: &Get, managed: &Managed) -> RecordSection {
    let now = get.site.services.now();
    let body = if managed.sessions.is_empty() {
        Body::Text("现在没有登录着的设备。".into())
    } else {
        Body::Table(sessions("现在登录着的设备，最近使用的在前", &managed.sessions, now).done())
    };
    RecordSection::new("devices", "登录的设备", vec![body])
}

async fn panels(get: &Get, ctx: &Ctx, managed: &Managed) -> Result<Vec<ActPanel>> {
    let a = &managed.account;
    let at = |name: &str| href_at(Object::Account, &a.id, &format!("/{name}"));
    let mut all = Vec::new();
    if managed.offers.has(Command::AccountChange) {
        let roles: Vec<Choice> = Reach::of(ctx)?
            .roles
            .into_iter()
            .filter(|role| may_become(a.role, *role))
            .map(|role| Choice::new(role.as_str(), role.label()))
            .collect();
        let mut fields = vec![
            Field::of(form::DISPLAY_NAME).value(a.display_name.clone()),
            Field::of(form::ROLE).preset(roles).value(a.role.as_str()),
        ];
        if a.organization_id.is_none() {
            fields.push(Field::of(form::SCOPE).value(a.scope.clone()));
        }
        let mut change = panel(get, "change", "调整岗位", &at("change"), fields, "调整").await?;
        change.next = "调整以后，他在所有设备上退出，重新登录后按新岗位办事。".into();
        all.push(change);
    }
    if managed.offers.has(Command::AccountPasswordLink) {
        let mut link =
            panel(get, "password", "忘记密码", &at("password-link"), Vec::new(), "生成重设密码的链接").await?;
        link.text = "先核实是本人。新密码由他自己定，动态码照旧要用。".into();
        link.buttons = vec![Button::new("生成重设密码的链接").secondary()];
        link.next = format!("链接{}分钟内有效，只能用一次。", ctx.services.policy.reset_minutes);
        all.push(link);
    }
    if managed.offers.has(Command::AccountFactorReset) && managed.factor_at.is_some() {
        let mut reset =
            panel(get, "factor", "手机和恢复码都没有了", &at("reset-factor"), Vec::new(), "重置动态码").await?;
        reset.text = "先核实是本人。重置以后，他下次登录时重新绑定。".into();
        reset.buttons = vec![Button::new("重置动态码").secondary()];
        all.push(reset);
    }
    if managed.offers.has(Command::AccountVouch) {
        let mut met = panel(get, "vouch", "当面核实本人", &at("vouch"), Vec::new(), "已当面核实").await?;
        met.text = "开通或重设这个账号的人，30天内不能审批它办的事。您当面见到本人、核对了证件，再点“已当面核实”；由开通或重设的人自己核实的不算。".into();
        met.buttons = vec![Button::new("已当面核实").secondary()];
        all.push(met);
    }
    if managed.offers.has(Command::AccountUnblock) {
        let mut free = panel(get, "unblock", "登录要等待", &at("unblock"), Vec::new(), "解除等待").await?;
        let until = managed.blocked_until.map(|until| until.words_near(ctx.now())).unwrap_or_default();
        free.text = format!("有人连续输错这个账号的密码，没有登录过的设备要等到{until}。登录过的设备不受影响。");
        free.buttons = vec![Button::new("解除等待").secondary()];
        all.push(free);
    }
    if managed.offers.has(Command::SessionEnd) && !managed.sessions.is_empty() {
        let mut out = panel(get, "sign-out", "让所有设备退出", &at("sign-out"), Vec::new(), "全部退出").await?;
        out.buttons = vec![Button::new("全部退出").secondary()];
        all.push(out);
    }
    if managed.offers.has(Command::AccountDeactivate) {
        let reason = Field::of(form::DEACTIVATE);
        let mut stop = panel(get, "deactivate", "停用账号", &at("deactivate"), vec![reason], "停用").await?;
        stop.text = deactivation_words(managed);
        stop.buttons = vec![Button::new("停用").secondary()];
        stop.next = "停用以后可以再启用，他办过的事都留着他的名字。".into();
        all.push(stop);
    }
    if managed.offers.has(Command::AccountReactivate) {
        let mut open = panel(get, "reactivate", "启用账号", &at("reactivate"), Vec::new(), "启用").await?;
        open.text = "用原来的密码和动态码登录；忘了密码，启用后再发重设密码的链接。".into();
        all.push(open);
    }
    Ok(all)
}

/// What stays lying when an account is closed.
fn deactivation_words(managed: &Managed) -> String {
    let open: Vec<String> =
        kinds(managed).into_iter().filter(|(_, _, n)| *n > 0).map(|(_, label, n)| format!("{label}{n}件")).collect();
    if open.is_empty() {
        return "他马上在所有设备上退出，不能再登录。没有等着他办的事。".into();
    }
    format!("他马上在所有设备上退出，不能再登录。{}不会自动转给别人，请先或随后改派。", open.join("，"))
}

async fn run<F>(post: Post, id: Uuid, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx) -> Result<()>,
{
    post.run(
        said,
        move |_| href(Object::Account, &id),
        async |post, ctx| {
            command(post, &ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn change(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "岗位已调整", async |post, ctx| {
        let role = post.chosen(form::ROLE)?;
        account::change(ctx, id, post.typed(form::DISPLAY_NAME), role, post.typed(form::SCOPE).trim()).await
    })
    .await
}

async fn deactivate(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "账号已停用", async |post, ctx| {
        account::set_open(ctx, id, false, post.typed(form::DEACTIVATE)).await
    })
    .await
}

async fn reactivate(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "账号已启用", async |_, ctx| account::set_open(ctx, id, true, "").await).await
}

async fn vouch(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已记下当面核实",
        |_| href(Object::Account, &id),
        async |_, ctx| {
            account::vouch(&ctx, id).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn unblock(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已解除等待，他现在可以登录",
        |_| href(Object::Account, &id),
        async |_, ctx| {
            account::unblock(&ctx, id).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn reset_factor(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "动态码已重置，下次登录时重新绑定", async |_, ctx| {
        account::reset_factor(ctx, id).await
    })
    .await
}

async fn sign_out(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已在所有设备上退出", async |_, ctx| account::end_sessions(ctx, id).await.map(|_| ())).await
}

async fn password_link(Path(id): Path<Uuid>, post: Post) -> Response {
    let outcome = async { account::password_link(&post.ctx()?, id).await }.await;
    let minutes = post.site.services.policy.reset_minutes;
    let lead = format!("把链接交给本人，{minutes}分钟内有效，用一次就作废。");
    let steps = vec![
        "先核实是本人，例如打他在单位登记的电话。".to_owned(),
        "对方打开链接，自己定新密码；以前发的链接都作废了。".to_owned(),
    ];
    link_answer(&post, outcome, "重设密码的链接", "reset", lead, steps, &href(Object::Account, &id)).await
}
