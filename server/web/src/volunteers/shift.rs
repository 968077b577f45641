//! The roster of a shift: who comes, who came, hours, corrections; and signing up for it.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{decide, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::volunteers::my::span;
use crate::volunteers::team_ways::LEAD;
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Empty, EmptyKind, Fact, FactLine, Field, Head, Link, Table,
};
use app::pages::record::{Body, Kept, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::Time;
use domain::form::FieldDef;
use domain::form::volunteers::{hours as hours_form, shift as form};
use domain::hours::CorrectionState;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::opening::ShiftState;
use domain::signup::SignupState;
use services::volunteers::attendance::{self, Mark};
use services::volunteers::signup::{self, Line, Roster};
use services::volunteers::{hours, shift};
use services::{Ctx, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/shifts/{id}", LEAD, show),
        Route::post_at("/shifts/{id}/signup", Access::Commands(&[Command::SignupApply]), sign_up),
        Route::post_at("/shifts/{id}/places", LEAD, places),
        Route::post_at("/shifts/{id}/cancel", LEAD, cancel),
        Route::post_at("/shifts/{id}/attendance", LEAD, take_attendance),
        Route::post_at("/shifts/{id}/hours", LEAD, enter),
        Route::post_at("/shifts/{id}/confirm", LEAD, confirm),
        Route::post_at("/shifts/{id}/reject", LEAD, reject),
        Route::post_at("/shifts/{id}/void", LEAD, void),
        Route::post_at("/signups/{id}/accept", LEAD, accept),
        Route::post_at("/signups/{id}/decline", LEAD, decline),
        Route::post_at("/corrections/{id}/propose", LEAD, propose),
        Route::post_at("/corrections/{id}/confirm", LEAD, confirm_correction),
        Route::post_at("/corrections/{id}/return", LEAD, return_correction),
        Route::post_at("/corrections/{id}/refuse", LEAD, refuse_correction),
    ]
}

fn at(id: Uuid) -> String {
    href(Object::Shift, &id)
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let roster = signup::roster(ctx, id).await?;
        let now = ctx.now();
        let s = &roster.shift;
        let words = span(s.starts_at, s.ends_at, now);
        let mut badges = Vec::new();
        if s.state == ShiftState::Cancelled {
            badges.push(Badge::plain("已取消"));
        } else if s.ends_at <= now {
            badges.push(Badge::plain("已结束"));
        } else if attendance::is_open(s, now) {
            badges.push(Badge::info("可以签到"));
        }
        let mut sections = vec![RecordSection::new("facts", "班次", vec![Body::Facts(facts(&roster, now))])];
        sections.push(people(&get, &roster));
        if !roster.corrections.is_empty() {
            sections.push(corrections(&roster, now));
        }
        let panels = panels(&get, &roster, now).await?;
        let dock = panels.first().map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
        let title = format!("{}，{words}", roster.opening.title);
        let model = RecordModel {
            head: Head {
                crumbs: vec![
                    Crumb::link(roster.team.name.clone(), href(Object::Team, &roster.team.code)),
                    Crumb::link(roster.opening.title.clone(), href(Object::Opening, &roster.opening.code)),
                    Crumb::here("名单"),
                ],
                badges,
                notes: vec![roster.opening.place.clone()],
                ..Head::new(words).action(Link::new("出了意外，报告街道", href_at(Object::Shift, &id, "/incident")))
            },
            notice: s.reason.clone(),
            sections,
            panels,
            dock,
            kept: Some(Kept { owner: ctx.account()?.simple().to_string(), now: now.0 / 1000 }),
            ..RecordModel::default()
        };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

fn facts(roster: &Roster, now: Time) -> Vec<Fact> {
    let s = &roster.shift;
    let waiting = roster.lines.iter().filter(|l| l.listed.signup.state == SignupState::Waitlisted).count();
    let mut all = vec![
        Fact::lines(
            "岗位",
            vec![FactLine::Link {
                label: roster.opening.title.clone(),
                href: href(Object::Opening, &roster.opening.code),
            }],
        ),
        Fact::new("名额", format!("{}人，已占{}人，候补{waiting}人", s.places, s.taken)),
    ];
    if s.state == ShiftState::Planned && s.ends_at.plus_minutes(domain::signup::CHECK_OUT_AFTER) > now {
        all.push(
            Fact::new("签到码", s.check_code.clone())
                .note("到了现场再给大家看。签到、签退都用它，开始前一小时起到结束后两小时内有效。"),
        );
    }
    all
}

fn clock(at: Option<Time>) -> String {
    at.map_or_else(|| "—".to_owned(), |at| at.local().format("%-H:%M").to_string())
}

fn people(get: &Get, roster: &Roster) -> RecordSection {
    let table = Table::of("名单", &roster.lines)
        .column("姓名", |line| Cell::strong(line.name.clone()).note(line.listed.number.clone()))
        .column("电话", |line| Cell::text(line.phone.clone()))
        .column("状态", |line| {
            let s = &line.listed.signup;
            let odd: Vec<&str> = line.anomalies.iter().map(|a| a.label()).collect();
            let note = if odd.is_empty() {
                s.reason.clone().unwrap_or_default()
            } else {
                format!("请看：{}", odd.join("、"))
            };
            Cell::badge(states::signup(s.state, line.listed.waiting)).note(note)
        })
        .column("到离", |line| {
            let s = &line.listed.signup;
            Cell::text(if s.in_at.is_some() {
                format!("{}–{}", clock(s.in_at), clock(s.out_at))
            } else {
                String::new()
            })
            .note(s.minutes.map(domain::hours::words).unwrap_or_default())
        })
        .column("办理", |line| {
            let s = &line.listed.signup;
            let mut ways = Vec::new();
            if s.state == SignupState::Applied {
                ways.push(decide(get, "录用", &line.name, &href_at(Object::Signup, &s.id, "/accept")));
                let decline = decide(get, "不录用", &line.name, &href_at(Object::Signup, &s.id, "/decline"));
                ways.push(decline.with(form::DECLINE.name, "这一次人够了").quiet());
            }
            Cell::decisions(ways)
        })
        .done();
    let body =
        Body::table_or(table, || Empty::new(EmptyKind::Nothing, "还没有人报名", "岗位发布以后，报名的人会列在这里。"));
    RecordSection::new("people", "名单", vec![body])
}

fn corrections(roster: &Roster, now: Time) -> RecordSection {
    let name = |volunteer: Uuid| {
        roster.lines.iter().find(|l| l.listed.signup.volunteer_id == volunteer).map_or("", |l| l.name.as_str())
    };
    let table = Table::of("要求更正的时长", &roster.corrections)
        .column("谁", |asked| {
            let k = &asked.correction;
            Cell::strong(name(k.volunteer_id)).note(k.asked_at.words_near(now))
        })
        .column("要求", |asked| {
            let k = &asked.correction;
            Cell::text(format!("要求改成{}", domain::hours::words(k.wanted))).note(k.words.clone())
        })
        .column("提出改成", |asked| {
            Cell::text(asked.correction.minutes.map(domain::hours::words).unwrap_or_default())
        })
        .column("状态", |asked| {
            let k = &asked.correction;
            match k.state {
                CorrectionState::Asked | CorrectionState::Proposed => {
                    Cell::badge(Badge::wait(k.state.label())).note(format!("{}前答复", k.due_at.words_near(now)))
                }
                _ => Cell::badge(Badge::plain(k.state.label())).note(k.answer.clone().unwrap_or_default()),
            }
        })
        .done();
    RecordSection::new("corrections", "要求更正的时长", vec![Body::Table(table)])
}

/// Hours as they are typed: `2.5`.
fn typed(minutes: i64) -> String {
    let tenths = domain::hours::decimal(minutes);
    tenths.strip_suffix(".0").unwrap_or(&tenths).to_owned()
}

async fn panels(get: &Get, roster: &Roster, now: Time) -> Result<Vec<ActPanel>> {
    let s = &roster.shift;
    let to = |name: &str| format!("{}/{name}", at(s.id));
    let in_states = |states: &[SignupState]| -> Vec<&Line> {
        roster.lines.iter().filter(|line| states.contains(&line.listed.signup.state)).collect()
    };
    let mut all = Vec::new();
    for asked in &roster.corrections {
        all.extend(correction_panels(get, asked).await?);
    }
    let expected = in_states(&[SignupState::Accepted, SignupState::Confirmed]);
    if !expected.is_empty() && s.state == ShiftState::Planned {
        let choices =
            || vec![Choice::new("present", "到岗"), Choice::new("absent", "没来"), Choice::new("excused", "请假")];
        let fields = expected
            .iter()
            .map(|l| Field::of(form::MARK.at(l.listed.signup.id).labelled(l.name.clone())).choices(choices()));
        let mut list = panel(get, "attendance", "登记到岗", &to("attendance"), fields.collect(), "登记").await?;
        list.target = list.target.with("way", "in").kept(format!("{}/kept", at(s.id)), "到岗登记");
        list.text = "自己签到的不用登记。没有网络时照样点，手机先存着，有网络再补传。".into();
        list.next = "结束以后登记“到岗”的，按整个班次算到离时间。没来的如实登记，可以改成请假。".into();
        all.push(list);
    }
    let came = in_states(&[SignupState::Attended, SignupState::HoursRejected]);
    if !came.is_empty() && s.ends_at <= now {
        let fields = came
            .iter()
            .map(|l| {
                let minutes = l.listed.signup.minutes.unwrap_or_else(|| hours::proposed(&l.listed.signup));
                let hint = format!("到离 {}–{}", clock(l.listed.signup.in_at), clock(l.listed.signup.out_at));
                Field::of(hours_form::HOURS.at(l.listed.signup.id).labelled(l.name.clone()))
                    .hint(hint)
                    .value(typed(minutes))
            })
            .collect();
        let mut enter = panel(get, "hours", "填报时长", &to("hours"), fields, "提交时长").await?;
        enter.text = "填实际付出的时间，路上和休息不算。".into();
        enter.next = "由另一位负责人确认后记入服务记录，10个工作日内办完。".into();
        all.push(enter);
    }
    all.extend(confirm_panels(get, roster).await?);
    if s.state == ShiftState::Planned && s.starts_at > now {
        let field = Field::of(form::PLACES).value(s.places.to_string());
        let mut places = panel(get, "places", "修改名额", &to("places"), vec![field], "保存").await?;
        places.buttons = vec![Button::new("保存").secondary()];
        places.next = "加名额时，候补的人按先后转正。".into();
        all.push(places);
        let fields = vec![Field::of(form::CANCEL)];
        let mut cancel = panel(get, "cancel", "取消班次", &to("cancel"), fields, "取消班次").await?;
        cancel.buttons = vec![Button::new("取消班次").secondary()];
        all.push(cancel);
    }
    let recorded = in_states(&[SignupState::Recorded, SignupState::Corrected]);
    let voidable: Vec<Choice> = recorded.iter().filter(|l| l.barred.is_none()).map(|l| choice(l)).collect();
    if !voidable.is_empty() {
        let fields = vec![Field::of(hours_form::WHOSE).choices(voidable), Field::of(hours_form::VOID)];
        let mut void = panel(get, "void", "作废服务记录", &to("void"), fields, "作废").await?;
        void.buttons = vec![Button::new("作废").secondary()];
        void.next = "不是志愿服务、或者记错了人的才作废，时间不对的请更正。不能恢复。".into();
        all.push(void);
    }
    Ok(all)
}

fn choice(line: &Line) -> Choice {
    let minutes = line.listed.signup.minutes.map(domain::hours::words).unwrap_or_default();
    let odd: Vec<&str> = line.anomalies.iter().map(|a| a.label()).collect();
    let odd = if odd.is_empty() { String::new() } else { format!("，请看：{}", odd.join("、")) };
    Choice::new(line.listed.signup.id.to_string(), format!("{} {minutes}{odd}", line.name))
}

/// Confirming hours, and sending them back: those that somebody else entered.
async fn confirm_panels(get: &Get, roster: &Roster) -> Result<Vec<ActPanel>> {
    let to = |name: &str| format!("{}/{name}", at(roster.shift.id));
    let waiting: Vec<&Line> =
        roster.lines.iter().filter(|l| l.listed.signup.state == SignupState::HoursSubmitted).collect();
    let open: Vec<&Line> = waiting.iter().copied().filter(|l| l.barred.is_none()).collect();
    let mut all = Vec::new();
    if let (true, Some(line)) = (open.is_empty(), waiting.first()) {
        let why = line.barred.map_or("", domain::permission::Separation::sentence);
        all.push(ActPanel {
            id: "confirm".into(),
            title: "时长等待确认".into(),
            text: format!("{}人的时长等另一位负责人确认。{why}。", waiting.len()),
            ..ActPanel::default()
        });
    }
    if open.is_empty() {
        return Ok(all);
    }
    // What looks odd is looked at one by one: it is not chosen beforehand.
    let choices = open.iter().map(|l| Choice { chosen: l.anomalies.is_empty(), ..choice(l) });
    let fields = vec![Field::of(hours_form::CONFIRM).choices(choices)];
    let mut confirm = panel(get, "confirm", "确认时长", &to("confirm"), fields, "确认").await?;
    confirm.next = "确认以后记入服务记录，不能再改，只能更正。".into();
    all.push(confirm);
    let fields =
        vec![Field::of(hours_form::WHOSE).choices(open.iter().map(|l| choice(l))), Field::of(hours_form::REJECT)];
    let mut reject = panel(get, "reject", "退回时长", &to("reject"), fields, "退回").await?;
    reject.buttons = vec![Button::new("退回").secondary()];
    all.push(reject);
    Ok(all)
}

async fn correction_panels(get: &Get, asked: &services::volunteers::hours::Asked) -> Result<Vec<ActPanel>> {
    let k = &asked.correction;
    let to = |name: &str| href_at(Object::Correction, &k.id, &format!("/{name}"));
    let name = |name: &str| format!("{name}-{}", k.id.simple());
    let mut all = Vec::new();
    match k.state {
        CorrectionState::Asked => {
            let field = Field::of(hours_form::MINUTES).value(typed(k.wanted));
            let mut propose = panel(get, &name("propose"), "答复更正", &to("propose"), vec![field], "提出更正").await?;
            propose.text = format!("本人说是{}：{}", domain::hours::words(k.wanted), k.words);
            propose.next = "由另一位负责人确认后生效。".into();
            all.push(propose);
            let fields = vec![Field::of(hours_form::REFUSE)];
            let mut refuse = panel(get, &name("refuse"), "不予更正", &to("refuse"), fields, "不予更正").await?;
            refuse.buttons = vec![Button::new("不予更正").secondary()];
            all.push(refuse);
        }
        CorrectionState::Proposed if k.proposed_by != get.ctx()?.actor.account_id => {
            let mut confirm = panel(get, &name("confirm"), "确认更正", &to("confirm"), Vec::new(), "确认更正").await?;
            let minutes = k.minutes.map(domain::hours::words).unwrap_or_default();
            confirm.text = format!("提出改成{minutes}。本人说是{}：{}", domain::hours::words(k.wanted), k.words);
            confirm.next = "新的记录代替旧的，旧的留着可查。".into();
            all.push(confirm);
            let fields = vec![Field::of(hours_form::REJECT)];
            let mut back = panel(get, &name("return"), "退回更正", &to("return"), fields, "退回").await?;
            back.buttons = vec![Button::new("退回").secondary()];
            all.push(back);
        }
        _ => {}
    }
    Ok(all)
}

async fn sign_up(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已报名，看下面的状态",
        |code| href(Object::Opening, code),
        async |_, ctx: Ctx| signup::apply(&ctx, id).await,
    )
    .await
}

/// Runs a command on a shift and goes back to its roster.
async fn run<F>(post: Post, id: Uuid, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx) -> Result<()>,
{
    post.run(
        said,
        move |_| at(id),
        async |post, ctx| {
            signup::reach(&ctx, id).await?;
            command(post, &ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn places(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "名额已改", async |post, ctx| {
        shift::set_places(ctx, id, post.typed(form::PLACES)).await.map(|_| ())
    })
    .await
}

async fn cancel(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "班次已取消", async |post, ctx| {
        shift::cancel(ctx, id, post.typed(form::CANCEL)).await.map(|_| ())
    })
    .await
}

/// The rows of a field with their values, those that are not empty.
fn by_id<'a>(post: &'a Post, field: FieldDef) -> Vec<(Uuid, &'a str)> {
    let one = |(name, value): &'a (String, String)| {
        let id = field.key(name)?.parse().ok()?;
        (!value.trim().is_empty()).then_some((id, value.as_str()))
    };
    post.fields.iter().filter_map(one).collect()
}

/// Marks of the leader's list.
pub(crate) fn marks(post: &Post) -> Vec<(Uuid, Mark)> {
    by_id(post, form::MARK).into_iter().filter_map(|(id, text)| Some((id, Mark::parse(text)?))).collect()
}

async fn take_attendance(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已登记", async |post, ctx| attendance::list(ctx, id, &marks(post), None).await.map(|_| ())).await
}

async fn enter(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "时长已提交，等另一位负责人确认", async |post, ctx| {
        let mut check = domain::field::Check::new();
        let mut entries = Vec::new();
        for (signup, text) in by_id(post, hours_form::HOURS) {
            if let Some(minutes) = hours::read_minutes(&mut check, hours_form::HOURS.at(signup), text) {
                entries.push((signup, minutes));
            }
        }
        check.done()?;
        hours::enter(ctx, id, &entries).await.map(|_| ())
    })
    .await
}

async fn confirm(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "时长已确认并记录", async |post, ctx| {
        let ids: Vec<Uuid> = hours_form::CONFIRM.values(&post.fields).filter_map(|id| id.parse().ok()).collect();
        hours::confirm(ctx, &ids).await.map(|_| ())
    })
    .await
}

async fn reject(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已退回", async |post, ctx| {
        hours::reject(ctx, post.chosen(hours_form::WHOSE)?, post.typed(hours_form::REJECT)).await.map(|_| ())
    })
    .await
}

async fn void(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已作废", async |post, ctx| {
        hours::void(ctx, post.chosen(hours_form::WHOSE)?, post.typed(hours_form::VOID)).await.map(|_| ())
    })
    .await
}

/// Runs a command that says which shift it was about.
async fn back<F>(post: Post, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx) -> Result<Uuid>,
{
    post.run(said, |shift| href(Object::Shift, &shift), async |post, ctx| Ok(command(post, &ctx).await?.to_string()))
        .await
}

async fn accept(Path(id): Path<Uuid>, post: Post) -> Response {
    back(post, "已答复", async |_, ctx| signup::answer(ctx, id, true, "").await).await
}

async fn decline(Path(id): Path<Uuid>, post: Post) -> Response {
    back(post, "已答复", async |post, ctx| signup::answer(ctx, id, false, post.typed(form::DECLINE)).await).await
}

async fn propose(Path(id): Path<Uuid>, post: Post) -> Response {
    back(post, "已提出，等另一位负责人确认", async |post, ctx| {
        hours::propose(ctx, id, post.typed(hours_form::MINUTES)).await
    })
    .await
}

async fn confirm_correction(Path(id): Path<Uuid>, post: Post) -> Response {
    back(post, "时长已更正", async |_, ctx| hours::decide(ctx, id, true, "").await).await
}

async fn return_correction(Path(id): Path<Uuid>, post: Post) -> Response {
    back(post, "已退回", async |post, ctx| hours::decide(ctx, id, false, post.typed(hours_form::REJECT)).await).await
}

async fn refuse_correction(Path(id): Path<Uuid>, post: Post) -> Response {
    back(post, "已答复", async |post, ctx| hours::refuse(ctx, id, post.typed(hours_form::REFUSE)).await).await
}
