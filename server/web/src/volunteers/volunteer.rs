//! 登记为志愿者: the form of two minutes, and the own data afterwards.

use crate::base::form_fields::{fill, fill_all, fill_from, mark};
use crate::base::frame::{Page, render};
use crate::base::get::{Answer, Get};
use crate::base::parts::target;
use crate::base::post::Post;
use crate::people::account_forms::new_password_fields;
use crate::{Access, Route};
use app::components::{Button, Choice, Crumb, Fact, Field, FieldGroup, FlashKind, FormTarget, Head, Link, Mistake};
use app::pages::confirm::{ConfirmModel, confirm_page};
use app::pages::form::{FormModel, form_page};
use axum::http::StatusCode;
use axum::response::Response;
use domain::field::FieldError;
use domain::form::people::{account, password};
use domain::form::volunteers::volunteer as form;
use domain::machine::Command;
use domain::role::Role;
use domain::vocabulary::{ServiceGroup, service_categories};
use domain::volunteer::{ADULT_AGE, COMPANY_AGE};
use services::base::draft::Fields;
use services::volunteers::volunteer;
use services::{Ctx, Error, Result};

pub(crate) const OWN: Access = Access::Commands(&[Command::VolunteerEdit]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/volunteers/join", Access::Anyone, join),
        Route::post("/volunteers/join", Access::Anyone, register),
        Route::get("/my/profile", OWN, profile),
        Route::post("/my/profile", OWN, save),
        Route::get("/my/withdraw", OWN, ask_withdraw),
        Route::post("/my/withdraw", OWN, withdraw),
        Route::get("/my/copy.xlsx", OWN, copy),
    ]
}

/// What volunteers do: care of persons by hand and by company, not what money or a village project needs.
fn service_choices() -> Vec<Choice> {
    service_categories()
        .iter()
        .filter(|s| matches!(s.group, ServiceGroup::B | ServiceGroup::C) || s.code == "A02")
        .map(|s| Choice::new(s.code, s.short_name))
        .collect()
}

fn person_fields() -> Vec<FieldGroup> {
    vec![
        FieldGroup::new(
            "您是谁",
            vec![
                Field::of(form::NAME),
                Field::of(form::PHONE),
                Field::of(form::BIRTH).hint(format!("未满{ADULT_AGE}岁的，下面请监护人填写。")),
                Field::of(form::SEX),
            ],
        ),
        FieldGroup::new(
            "在哪里，能帮什么",
            vec![
                Field::of(form::DIVISION),
                Field::of(form::SERVICE).choices(service_choices()),
                Field::of(form::SLOT),
                Field::of(form::SKILL),
            ],
        ),
        FieldGroup::new(
            format!("未满{ADULT_AGE}岁，请监护人填写"),
            vec![
                Field::of(form::GUARDIAN),
                Field::of(form::GUARDIAN_PHONE),
                Field::of(form::GUARDIAN_AGREED),
                Field::of(form::COMPANY).hint(format!("未满{COMPANY_AGE}岁必须陪同。")),
            ],
        )
        .hint("成年人不用填。"),
    ]
}

fn account_fields(least: usize) -> FieldGroup {
    let account = Field::of(account::CHOSEN).hint("3到40个小写字母、数字、点、横线或下划线，登录时用。不要用手机号。");
    let mut fields = vec![account];
    fields.extend(new_password_fields(least));
    fields.push(Field::of(form::CONSENT));
    FieldGroup::new("账号和密码", fields)
}

fn join_page(get: &Get, fields: &Fields, mistakes: &[FieldError]) -> Page {
    let mut groups = person_fields();
    groups.push(account_fields(services::people::account::least_chars(&get.site.services, Role::Volunteer)));
    let mut rest = mistakes.to_vec();
    for group in &mut groups {
        fill_from(&mut group.fields, fields);
        let here: Vec<FieldError> =
            rest.iter().filter(|m| group.fields.iter().any(|f| f.name == m.field)).cloned().collect();
        mark(&mut group.fields, &here);
        rest.retain(|m| !group.fields.iter().any(|f| f.name == m.field));
    }
    let model = FormModel {
        head: Head::new("登记为志愿者").lead("两分钟填完。登记以后就能报名岗位、加入服务队，时长和证明都在自己手里。"),
        target: FormTarget::new("/volunteers/join", "").in_tab(),
        mistakes: rest.into_iter().map(|m| Mistake { target: form::NAME.name.into(), text: m.message }).collect(),
        groups: groups.into_iter().map(Into::into).collect(),
        buttons: vec![Button::new("登记")],
        cancel: Some(Link::new("先看看岗位", "/openings")),
        next: "登记以后马上可以报名。志愿服务不收费，来不来、做什么由您自己定。".into(),
        ..FormModel::default()
    };
    let title = model.title();
    Page::new(title, move || form_page(model))
}

async fn join(get: Get) -> Response {
    get.show(async {
        if get.signed_in().is_some_and(|who| who.actor.role == Role::Volunteer) {
            return Ok(Answer::To("/my".into()));
        }
        Ok(join_page(&get, &Fields::new(), &[]).into())
    })
    .await
}

async fn register(post: Post) -> Response {
    let services = &post.site.services;
    let (chosen, new, repeated) = (post.typed(account::CHOSEN), post.typed(password::NEW), post.typed(password::AGAIN));
    let outcome = async {
        let read = volunteer::read(&post.fields, &services.divisions(), services.now().day(), true);
        let input = match read {
            Ok(input) => input,
            Err(Error::Invalid(mut mistakes)) => {
                // All mistakes of the page at once, also those of the account.
                if chosen.trim().is_empty() {
                    mistakes.push(FieldError::new(account::CHOSEN.name, account::CHOSEN.label));
                }
                if new.is_empty() {
                    mistakes.push(FieldError::new(password::NEW.name, "给自己定一个密码"));
                }
                return Err(Error::Invalid(mistakes));
            }
            Err(error) => return Err(error),
        };
        volunteer::join(services, &post.request.address, &input, chosen, new, repeated).await
    };
    let joined = outcome.await;
    // Signed in at once; the second click on the button comes here too.
    let taken = matches!(&joined, Err(Error::Invalid(all)) if all.iter().all(|m| m.field == account::CHOSEN.name));
    if joined.is_ok() || taken && !new.is_empty() {
        let visit = post.request.visit();
        if let Ok(opened) = services::people::session::sign_in(services, chosen, new, visit, None).await {
            let mut response = post.go("/my", FlashKind::Done, "登记好了。先找一个岗位报名，或者加入一支服务队");
            crate::people::session::set_token(&post.site, &mut response, &opened);
            return response;
        }
    }
    match joined {
        Ok(_) => post.go("/login", FlashKind::Done, "登记好了，请用刚才定的账号和密码登录"),
        Err(Error::Invalid(mistakes)) => {
            let get = Get::again(&post.site, post.request.clone());
            let page = join_page(&get, &post.fields, &mistakes);
            render(&post.site, &post.request, page.status(StatusCode::UNPROCESSABLE_ENTITY)).await
        }
        Err(error) => {
            crate::base::refusal::failure(&post.site, &post.request, error, Some("/volunteers/join".into())).await
        }
    }
}

async fn profile(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let own = volunteer::own(ctx).await?;
        let draft = get.draft("profile").await?;
        let mut groups = person_fields();
        groups.insert(1, FieldGroup::new("身份证号", vec![Field::of(form::ID_NUMBER)]));
        for group in &mut groups {
            if draft.is_none() {
                fill_from(&mut group.fields, &volunteer::fields_of(&ctx.services, &own));
            }
        }
        let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), draft.as_ref());
        let typed = draft.as_ref().map(|d| domain::form::value(&d.fields, "version").to_owned());
        let version = typed.filter(|v| !v.is_empty()).unwrap_or(own.volunteer.version.to_string());
        let model = FormModel {
            head: Head::new("我的资料")
                .crumbs(vec![Crumb::link("我的服务", "/my"), Crumb::here("我的资料")])
                .lead(format!("志愿者编号{}，印在证明上代替身份证号。", own.volunteer.number))
                .action(Link::new("下载我的全部信息", "/my/copy.xlsx"))
                .action(Link::new("退出登记", "/my/withdraw")),
            target: target(&get, "profile", "/my/profile", draft.as_ref()).with("version", version),
            mistakes,
            groups: groups.into_iter().map(Into::into).collect(),
            buttons: vec![Button::new("保存")],
            cancel: Some(Link::new("取消", "/my")),
            ..FormModel::default()
        };
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

async fn save(post: Post) -> Response {
    post.run(
        "资料已保存",
        |_| "/my".to_owned(),
        async |post, ctx: Ctx| {
            let input = volunteer::read(&post.fields, &ctx.services.divisions(), ctx.now().day(), false)?;
            volunteer::edit(&ctx, post.value("version").parse().unwrap_or_default(), &input).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn ask_withdraw(get: Get) -> Response {
    get.show(async {
        let own = volunteer::own(get.ctx()?).await?;
        let draft = get.draft("withdraw").await?;
        let mut fields = vec![Field::of(form::WITHDRAW)];
        fill_all(&mut fields, draft.as_ref());
        let model = ConfirmModel {
            head: Head::new("退出志愿者登记？").crumbs(vec![
                Crumb::link("我的服务", "/my"),
                Crumb::link("我的资料", "/my/profile"),
                Crumb::here("退出"),
            ]),
            facts: vec![Fact::new("志愿者编号", own.volunteer.number)],
            consequences: vec![
                "姓名、电话、出生日期等马上删去，不能恢复。".into(),
                "还没开始的报名都取消，服务队都退出。".into(),
                "已经记录的服务时间留在编号名下，不再和您的姓名连在一起；要证明的请先打印。".into(),
                "账号停用，以后想再来要重新登记。".into(),
            ],
            target: target(&get, "withdraw", "/my/withdraw", draft.as_ref()),
            fields,
            label: "确定退出".into(),
            cancel: "/my".into(),
        };
        Ok(Page::new("退出志愿者登记", move || confirm_page(model)))
    })
    .await
}

async fn withdraw(post: Post) -> Response {
    post.run(
        "已退出志愿者登记，个人信息已删去。谢谢您做过的一切",
        |_| "/".to_owned(),
        async |post, ctx: Ctx| {
            // It cannot be undone: one click too many must not do it.
            if !form::WITHDRAW.ticked(&post.fields) {
                return Err(Error::wrong(form::WITHDRAW, "退出以后不能恢复，想好了请勾选"));
            }
            volunteer::withdraw(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn copy(get: Get) -> Response {
    get.show(async {
        let bytes: Result<Vec<u8>> = volunteer::copy(get.ctx()?).await;
        Ok(Answer::Raw(crate::base::download::workbook("我的志愿者信息.xlsx", bytes?)))
    })
    .await
}
