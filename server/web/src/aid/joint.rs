//! 联合认领: the form by which a lead asks others to take a need on together, and the parts as a table.

use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::base::states;
use crate::{Access, Route};
use app::components::{Badge, Button, Cell, Crumb, Field, FieldGroup, Head, Link, Table};
use app::pages::form::{FormModel, form_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use domain::claim::ClaimState;
use domain::form::aid::claim as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::aid::joint::{self, MEMBERS, Part};
use services::aid::view::{self, MemberNeed, NeedView};
use services::finding::hall::{Viewer, service_name};
use services::{Ctx, Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const LEAD: Access = Access::Commands(&[Command::ClaimForm]);
    vec![Route::get_at("/needs/{code}/joint", LEAD, show), Route::post_at("/needs/{code}/joint", LEAD, form)]
}

async fn member_need(services: &std::sync::Arc<services::Services>, ctx: &Ctx, code: &str) -> Result<MemberNeed> {
    match view::need(services, Viewer::of(Some(ctx)), code).await? {
        NeedView::Member(need) => Ok(*need),
        _ => Err(Error::rule("贵机构核验通过后才能认领")),
    }
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let need = member_need(&get.site.services, ctx, &code).await?;
        let open: Vec<_> = need.lines.iter().filter(|view| view.line.remaining() > 0).collect();
        if !need.may_claim || open.is_empty() {
            return Err(Error::rule("这条需求现在没有可以认领的数量"));
        }
        if let Some(full) = need.full {
            return Err(Error::rule(full));
        }
        let quantities = |n: usize| {
            open.iter()
                .map(|view| {
                    let (line, left) = (&view.line, view.line.remaining());
                    Field::of(joint::quantity(n, line).within(0, left))
                        .hint(format!("还差{left}{}", line.unit))
                        .unit(line.unit.clone())
                })
                .collect::<Vec<_>>()
        };
        let mut groups = vec![FieldGroup::new("贵机构承接（牵头）", quantities(0))];
        for n in 1..=MEMBERS {
            let mut fields = vec![Field::of(form::MEMBER.at(n))];
            fields.extend(quantities(n));
            if n > 1 {
                for field in &mut fields {
                    field.optional = true;
                }
            }
            groups.push(FieldGroup::new(format!("一起承接的第{n}家"), fields));
        }
        let today = ctx.now().day();
        let start = open.iter().filter_map(|view| view.line.starts_on).min().unwrap_or_default().max(today);
        groups.push(FieldGroup::new(
            "怎样做",
            vec![
                Field::of(form::START_ON).value(start.to_string()),
                Field::of(form::PLAN).hint("怎样分工、谁去、多久一次。不写帮扶对象的姓名和住址"),
            ],
        ));
        let kept = get.draft("joint").await?;
        let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), kept.as_ref());
        let model = FormModel {
            head: Head::new("联合认领")
                .lead("和别的组织一起承接一项需求。每家承接自己的一份，都同意后才提交给街道。")
                .crumbs(vec![Crumb::link(need.title.clone(), href(Object::Need, &code)), Crumb::here("联合认领")]),
            target: target(&get, "joint", &href_at(Object::Need, &code, "/joint"), kept.as_ref()),
            groups: groups.into_iter().map(Into::into).collect(),
            mistakes,
            buttons: vec![Button::new("保留数量，请对方答复")],
            cancel: Some(Link::new("取消", href(Object::Need, &code))),
            next: "对方两个工作日内答复（急难12小时）。有一家不参加，它的数量退回，由贵机构决定其余的是否提交。".into(),
            ..FormModel::default()
        };
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

async fn form(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "数量已保留，等对方答复",
        |claim| href(Object::Claim, &claim),
        async |post, ctx: Ctx| {
            let need = member_need(&post.site.services, &ctx, &code).await?;
            let lines: Vec<_> = need.lines.into_iter().map(|view| view.line).collect();
            let input = joint::read(&post.fields, &lines, ctx.now().day())?;
            joint::form(&ctx, &code, &input).await
        },
    )
    .await
}

/// Who takes which part, and what each has said.
pub(crate) fn parts_section(parts: &[Part], own: Uuid) -> RecordSection {
    let table = Table::of("联合认领的各家", parts)
        .column("组织", |part| {
            let lead = if part.claim.lead_id.is_none() { "牵头" } else { "" };
            let here = if part.claim.id == own { "本页" } else { "" };
            Cell::strong(part.organization.clone())
                .note([lead, here].iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join("，"))
        })
        .column("承接", |part| {
            let units: Vec<String> = part
                .lines
                .iter()
                .map(|line| format!("{}{}", service_name(&line.service_code), line.amount().words()))
                .collect();
            Cell::text(units.join("；"))
        })
        .column("答复", |part| {
            let badge = match (part.claim.state, part.claim.accepted_at) {
                (ClaimState::Forming, None) => Badge::wait("等答复"),
                (ClaimState::Forming, Some(_)) => Badge::good("已同意参加"),
                (state, _) => states::claim(state),
            };
            Cell::badge(badge).note(part.claim.reason.clone().unwrap_or_default())
        })
        .done();
    RecordSection::new("parts", "联合认领", vec![Body::Table(table)])
}
