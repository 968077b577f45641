//! One organization: what it registered, how it has done, and the district's decisions.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{choices_of, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::address;
use crate::{Access, Route};
use app::components::{ActPanel, Button, Choice, Crumb, Fact, Field, Head, Link};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use chrono::Days;
use domain::calendar::day_words;
use domain::field::Check;
use domain::form::supply::standing as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::organization::{Grade, Inspection, OrganizationState};
use services::finding::hall::service_name;
use services::supply::organization::{self, Organization, OrganizationView, Persons, Profile};
use services::{Ctx, Error, Result};
use uuid::Uuid;

macro_rules! door {
    ($command:ident) => {
        Access::Commands(&[Command::$command])
    };
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/organizations/{id}", Access::Anyone, show),
        Route::post_at("/organizations/{id}/verify", door!(OrganizationVerify), verify),
        Route::post_at("/organizations/{id}/standing", door!(OrganizationStanding), standing),
        Route::post_at("/organizations/{id}/return", door!(OrganizationReturn), return_),
        Route::post_at("/organizations/{id}/refuse", door!(OrganizationRefuse), refuse),
        Route::post_at("/organizations/{id}/suspend", door!(OrganizationSuspend), suspend),
        Route::post_at("/organizations/{id}/resume", door!(OrganizationResume), resume),
        Route::post_at("/organizations/{id}/revoke", door!(OrganizationRevoke), revoke),
    ]
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let close = match get.reader() {
            Some(ctx) => match organization::view(ctx, id).await {
                Ok(view) => Some((ctx, view)),
                Err(Error::NotFound) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let Some((ctx, view)) = close else { return crate::supply::directory::profile(&get, id).await };
        let kept = services::aid::promise::kept_by(&ctx.services, &[id]).await?;
        let kept = kept.get(&id).map_or((0, 0), |kept| (kept.lines, kept.kept));
        let OrganizationView { organization: row, profile, persons, record: (live, completed), offers } = &view;
        let name = row.name.clone();
        let crumbs = if ctx.role().is_staff() {
            vec![Crumb::link("社会组织", "/organizations"), Crumb::here(name.clone())]
        } else {
            vec![Crumb::link("工作台", "/desk"), Crumb::here(name.clone())]
        };
        let mut model = RecordModel {
            head: Head {
                crumbs,
                badges: vec![states::organization(row.state)],
                notes: vec![ctx.services.place(&row.division_code)],
                ..Head::new(name.clone())
            },
            sections: vec![
                RecordSection::new("facts", "登记信息", vec![Body::Facts(facts(ctx, row, profile, persons.as_ref()))]),
                RecordSection::new(
                    "record",
                    "在这里做过的",
                    vec![Body::Facts(vec![
                        Fact::new("正在办的认领和结对", format!("{live}件")),
                        Fact::new("核验后办结的结对", format!("{completed}件")),
                        Fact::new("约定的兑现", crate::base::promise::kept_words(kept)),
                        Fact::new("同时最多可承接", format!("{}件", domain::claim::cap(*completed))),
                    ])],
                ),
            ],
            panels: panels(&get, ctx, &view).await?,
            ..RecordModel::default()
        };
        let projects = services::supply::project::of(&ctx.services, id).await?;
        if persons.is_some() {
            let body = crate::supply::registration::paper_table(&get, ctx, id, false).await?;
            model.sections.insert(1, RecordSection::new("papers", "证明材料", vec![body]));
        }
        if offers.has(Command::OrganizationEdit) {
            model.head =
                model.head.action(Link::new("修改登记信息", format!("{}/service", crate::supply::registration::APPLY)));
        }
        if offers.has(Command::InvitationCreate) {
            let to = [("role", "org_admin".to_owned()), ("organization", row.uscc.clone())];
            model.head = model.head.action(Link::new("邀请负责人", address("/accounts/invite", &[], &to)));
        }
        let warnings = profile.standing().warnings(ctx.now().day());
        if !warnings.is_empty() && row.state != OrganizationState::Draft {
            model.notice = Some(format!("请留意：{}。", warnings.join("；")));
        }
        if !projects.is_empty() {
            model.sections.push(crate::supply::project::section(&ctx.services, &projects));
        }
        Ok(Page::new(name, move || record_page(model)))
    })
    .await
}

fn facts(ctx: &Ctx, row: &Organization, profile: &Profile, persons: Option<&Persons>) -> Vec<Fact> {
    let kind = services::supply::directory::kind_words(&row.kind);
    let areas = row.areas().iter().map(|code| ctx.services.place(code)).collect::<Vec<_>>().join("、");
    let services = row.services().iter().map(|code| service_name(code)).collect::<Vec<_>>().join("、");
    let mut all = vec![
        Fact::new("统一社会信用代码", row.uscc.clone()),
        Fact::new("类型", kind),
        Fact::new("能提供的服务", services),
        Fact::new("服务区域", areas),
    ];
    let (more, wider) = profile.asked();
    if !more.is_empty() || !wider.is_empty() {
        let names = more.iter().map(|code| service_name(code)).chain(wider.iter().map(|code| ctx.services.place(code)));
        let names = names.collect::<Vec<_>>().join("、");
        all.push(Fact::new("要增加的，等区民政局核验", names));
    }
    if !row.business_scope.is_empty() {
        all.push(Fact::new("业务范围", row.business_scope.clone()));
    }
    if let Some(until) = row.verified_until {
        all.push(Fact::new("核验有效期至", day_words(until)));
    }
    let mut add = |term: &str, value: String| {
        if !value.is_empty() {
            all.push(Fact::new(term, value));
        }
    };
    let registrar = profile.registrar_code.as_str();
    add(
        "登记机关",
        match registrar {
            "" => String::new(),
            "100000" => "民政部".into(),
            "120000" => "天津市".into(),
            code => ctx.services.place(code),
        },
    );
    add("业务主管单位", profile.competent_unit.clone());
    add("成立日期", profile.founded_on.map(day_words).unwrap_or_default());
    add("机构简介", profile.summary.clone());
    add("服务时间", profile.hours().map(|hours| hours.words()).unwrap_or_default());
    add("办公地址", profile.address.clone());
    add("办公电话", profile.phone.clone());
    if let Some(persons) = persons {
        add("法定代表人", persons.legal_representative.clone());
        add("联系人", format!("{} {}", persons.contact_name, persons.contact_phone).trim().to_owned());
        for (column, words) in &persons.ledger {
            add(&format!("台账：{column}"), words.clone());
        }
    }
    if let Some(inspection) = profile.inspection {
        let year = profile.inspection_year.map(|year| format!("{year}年度\u{3000}")).unwrap_or_default();
        add("年检", format!("{year}{}", inspection.label()));
    }
    add("评估等级", profile.standing().grade_on(ctx.now().day()).map(|g| g.label().to_owned()).unwrap_or_default());
    all.push(Fact::new("更新于", row.updated_at.words_near(ctx.now())));
    all
}

/// What the registration authority says, as it was recorded last.
fn standing_fields(profile: &Profile) -> Vec<Field> {
    let with_none = |none: &str, choices: Vec<Choice>| std::iter::once(Choice::new("", none)).chain(choices);
    let mut credit = Field::of(form::CREDIT).choices([
        Choice::new("revoked", "登记机关已撤销或注销登记"),
        Choice::new("dishonest", "列入严重违法失信名单"),
        Choice::new("abnormal", "列入活动异常名录"),
    ]);
    let mut marked = Vec::new();
    if profile.revoked {
        marked.push("revoked");
    }
    if profile.dishonest {
        marked.push("dishonest");
    }
    if profile.abnormal {
        marked.push("abnormal");
    }
    credit.fill(&marked);
    let year = profile.inspection_year.map(|year| year.to_string()).unwrap_or_default();
    vec![
        Field::of(form::INSPECTION).value(profile.inspection.map(Inspection::as_str).unwrap_or_default()),
        Field::of(form::INSPECTION_YEAR).value(year),
        Field::of(form::GRADE)
            .preset(with_none("没有等级", choices_of!(Grade)))
            .value(profile.grade.map(Grade::as_str).unwrap_or_default()),
        Field::of(form::GRADE_UNTIL).value(profile.grade_until.map(|day| day.to_string()).unwrap_or_default()),
        credit,
    ]
}

async fn panels(get: &Get, ctx: &Ctx, view: &OrganizationView) -> Result<Vec<ActPanel>> {
    let OrganizationView { organization: row, profile, offers, .. } = view;
    let at = |name: &str| href_at(Object::Organization, &row.id, &format!("/{name}"));
    let mut all = Vec::new();
    if offers.has(Command::OrganizationVerify) {
        let until = Field::of(form::UNTIL).value((ctx.now().day() + Days::new(365)).to_string());
        let mut fields = standing_fields(profile);
        fields.push(until);
        let (title, text) = if row.state == OrganizationState::Applied {
            ("核验通过", "对照登记证书和中国社会组织政务服务平台：名称、代码、业务范围、年检结论、信用。")
        } else {
            ("年度复核", "重新对照年检结论、评估等级和信用，通过后延长有效期。")
        };
        let mut verify = panel(get, "verify", title, &at("verify"), fields, "核验通过").await?;
        verify.text = text.into();
        verify.next = "年检不合格、撤销登记、列入失信名单的不能通过。".into();
        all.push(verify);
    } else if offers.has(Command::OrganizationStanding) {
        let fields = standing_fields(profile);
        let mut record = panel(get, "standing", "年检和信用", &at("standing"), fields, "登记").await?;
        record.buttons = vec![Button::new("登记").secondary()];
        all.push(record);
    }
    if offers.has(Command::OrganizationRecheck) {
        let mut ask = panel(get, "recheck", "年度复核", "/organization/recheck", Vec::new(), "申请年度复核").await?;
        ask.text = "先核对登记信息，上传新的年检结论，再申请。".into();
        ask.next = "区民政局10个工作日内复核，通过后延长一年。".into();
        all.push(ask);
    }
    let reason = || Field::of(form::REASON);
    if offers.has(Command::OrganizationReturn) {
        let mut back = panel(get, "return", "材料不全或不符", &at("return"), vec![reason()], "退回补正").await?;
        back.buttons = vec![Button::new("退回补正").secondary(), Button::new("不予入驻").quiet().action(at("refuse"))];
        back.next = "退回补正的，机构改好后可以再申请；不予入驻的不能。".into();
        all.push(back);
    }
    if offers.has(Command::OrganizationSuspend) {
        let mut stop = panel(get, "stop", "暂停或取消资格", &at("suspend"), vec![reason()], "暂停资格").await?;
        stop.text = "正在帮扶的结对会暂停，各街道两天内安排移交；没有答复的认领失效，邀请收回。".into();
        stop.buttons = vec![Button::new("暂停资格").secondary(), Button::new("取消资格").quiet().action(at("revoke"))];
        stop.next = "暂停以后可以恢复，取消以后不能。".into();
        all.push(stop);
    }
    if offers.has(Command::OrganizationResume) {
        let mut resume = panel(get, "resume", "恢复资格", &at("resume"), Vec::new(), "恢复资格").await?;
        resume.text = "恢复以后可以认领。暂停的结对由机构或街道逐件恢复。".into();
        all.push(resume);
        let mut revoke = panel(get, "revoke", "取消资格", &at("revoke"), vec![reason()], "取消资格").await?;
        revoke.buttons = vec![Button::new("取消资格").secondary()];
        revoke.next = "取消以后不能恢复。".into();
        all.push(revoke);
    }
    Ok(all)
}

async fn run<F>(post: Post, id: Uuid, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx) -> Result<()>,
{
    post.run(
        said,
        move |_| href(Object::Organization, &id),
        async |post, ctx| {
            command(post, &ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn verify(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已核验通过", async |post, ctx| {
        let mut check = Check::new();
        let until = check.date(form::UNTIL, &post.fields);
        check.done()?;
        let until = until.ok_or(Error::Internal("a day without mistakes and without value"))?;
        let standing = organization::read_standing(&post.fields, ctx.now().day())?;
        organization::verify_with(ctx, id, until, &standing).await
    })
    .await
}

async fn standing(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已登记年检和信用", async |post, ctx| {
        let standing = organization::read_standing(&post.fields, ctx.now().day())?;
        organization::record_standing(ctx, id, &standing).await
    })
    .await
}

async fn return_(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已退回补正", async |post, ctx| organization::return_(ctx, id, post.typed(form::REASON)).await).await
}

async fn refuse(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已答复不予入驻", async |post, ctx| {
        organization::refuse(ctx, id, post.typed(form::REASON)).await
    })
    .await
}

async fn suspend(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已暂停资格", async |post, ctx| organization::suspend(ctx, id, post.typed(form::REASON)).await).await
}

async fn resume(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已恢复资格", async |_, ctx| organization::resume(ctx, id).await).await
}

async fn revoke(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已取消资格", async |post, ctx| organization::revoke(ctx, id, post.typed(form::REASON)).await).await
}
