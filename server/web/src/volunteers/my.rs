//! 我的服务: the next shift, checking in, hours.

use crate::Route;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, decide, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::pager;
use crate::volunteers::volunteer::OWN;
use app::components::{
    ActPanel, Badge, Button, Cell, Crumb, Decision, Empty, EmptyKind, Fact, FactLine, Field, Glyph, Head, Line, Link,
    Mark, Table,
};
use app::pages::record::{Body, Kept, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::Time;
use domain::form::volunteers::{hours as hours_form, shift};
use domain::hours::CorrectionState;
use domain::href::{href, href_at};
use domain::machine::Object;
use domain::signup::SignupState;
use domain::team::MemberState;
use services::volunteers::signup::{self, Mine};
use services::volunteers::signup::{Listed, Signup};
use services::volunteers::{attendance, hours};
use services::{Ctx, Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/my", OWN, show),
        Route::post_at("/signups/{id}/confirm", OWN, confirm),
        Route::post_at("/signups/{id}/check", OWN, check),
        Route::get_at("/signups/{id}/cancel", OWN, ask_cancel),
        Route::post_at("/signups/{id}/cancel", OWN, cancel),
        Route::get_at("/signups/{id}/correction", OWN, ask_correction),
        Route::post_at("/signups/{id}/correction", OWN, correct),
    ]
}

/// Shifts that are over, on one page.
const SIZE: usize = 20;

/// `12月5日 周六 9:00–11:00`; the end's day too when it is another one.
pub(crate) fn span(from: Time, to: Time, now: Time) -> String {
    let (a, b) = (from.local(), to.local());
    let day = day_near(a.date(), now.day());
    if a.date() == b.date() {
        format!("{day} {}–{}", a.format("%-H:%M"), b.format("%-H:%M"))
    } else {
        format!("{day} {}–次日{}", a.format("%-H:%M"), b.format("%-H:%M"))
    }
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let size = i64::try_from(SIZE).unwrap_or(20);
        let offset = i64::try_from(get.page() - 1).unwrap_or_default() * size;
        let mine = signup::mine(ctx, offset, size).await?;
        let now = ctx.now();
        let (asked, first) = now_panel(&get, &mine, now).await?.unzip();
        let (certificates, issue) = crate::volunteers::certificate::of_mine(&get, &mine).await?;
        let mut sections = vec![ahead(&get, &mine, now, asked), served(&get, &mine, now)];
        if !mine.corrections.is_empty() {
            sections.push(corrections(&mine, now));
        }
        sections.push(certificates);
        sections.push(teams(&get, &mine));
        let panels = issue.into_iter().collect();
        let model = RecordModel {
            head: Head {
                notes: vec![format!("志愿者编号 {}", mine.volunteer.number)],
                ..Head::new("我的服务")
                    .action(Link::new("找岗位", "/openings").glyph(Glyph::Search).primary())
                    .action(Link::new("服务记录", "/my/records"))
                    .action(Link::new("我的资料", "/my/profile"))
            },
            sections,
            first,
            panels,
            kept: Some(Kept { owner: ctx.account()?.simple().to_string(), now: now.0 / 1000 }),
            ..RecordModel::default()
        };
        Ok(Page::new("我的服务", move || record_page(model)))
    })
    .await
}

/// The one thing to do now: checking in or out at the shift that goes on, else confirming the next one. With the id of
/// the signup that it is about.
async fn now_panel(get: &Get, mine: &Mine, now: Time) -> Result<Option<(Uuid, ActPanel)>> {
    let going = mine.ahead.iter().find(|l| {
        let s = &l.signup;
        let open = now >= s.starts_at.plus_minutes(-domain::signup::CHECK_IN_BEFORE);
        open && (matches!(s.state, SignupState::Accepted | SignupState::Confirmed)
            || s.state == SignupState::Attended && s.in_at.is_some() && s.out_at.is_none())
    });
    if let Some(listed) = going {
        let s = &listed.signup;
        let leaving = s.in_at.is_some();
        let field = Field::of(shift::CODE);
        let title = if leaving { "签退" } else { "签到" };
        let mut check =
            panel(get, "check", title, &href_at(Object::Signup, &s.id, "/check"), vec![field], title).await?;
        check.target = check
            .target
            .with("way", if leaving { "out" } else { "in" })
            .kept(href_at(Object::Signup, &s.id, "/kept"), title);
        check.text = format!("{}，{}", listed.opening_title, span(s.starts_at, s.ends_at, now));
        if let Some(at) = s.in_at {
            check.facts = vec![Fact::new("签到", at.words_near(now))];
        }
        check.next =
            "没有网络时照样点，手机先存着，有网络再补传。忘了签请队长在名单里登记。不用定位，不用拍照。".into();
        return Ok(Some((s.id, check)));
    }
    if let Some(listed) = mine.ahead.iter().find(|l| l.signup.state == SignupState::Accepted) {
        let s = &listed.signup;
        let action = href_at(Object::Signup, &s.id, "/confirm");
        let mut confirm = panel(get, "confirm", "确认参加", &action, Vec::new(), "确认参加").await?;
        confirm.text = format!("{}，{}", listed.opening_title, span(s.starts_at, s.ends_at, now));
        confirm.next = "来不了请尽早取消，名额会给候补的人。".into();
        confirm.links = vec![Link::new("取消报名", href_at(Object::Signup, &s.id, "/cancel"))];
        return Ok(Some((s.id, confirm)));
    }
    Ok(None)
}

/// The shifts ahead; the one that the panel asks about is not asked about again.
fn ahead(get: &Get, mine: &Mine, now: Time, asked: Option<Uuid>) -> RecordSection {
    let table = Table::of("要参加的班次", &mine.ahead)
        .column("岗位", |listed| {
            Cell::link(listed.opening_title.clone(), href(Object::Opening, &listed.opening_code))
                .note(listed.team_name.clone())
        })
        .column("时间地点", |listed| {
            Cell::text(span(listed.signup.starts_at, listed.signup.ends_at, now)).note(listed.place.clone())
        })
        .column("状态", |listed| {
            let s = &listed.signup;
            Cell::badge(states::signup(s.state, listed.waiting)).note(s.reason.clone().unwrap_or_default())
        })
        .column("办理", |listed| Cell::decisions(ahead_ways(get, listed, now, asked == Some(listed.signup.id))))
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有要参加的班次", "在“志愿岗位”里选一个时间合适的报名。")
            .action(Link::new("找岗位", "/openings"))
    });
    let mut section = RecordSection::new("ahead", "要参加的班次", vec![body]);
    section.link = Some(("日历".into(), "/my/calendar".into()));
    section
}

fn ahead_ways(get: &Get, listed: &Listed, now: Time, asked: bool) -> Vec<Decision> {
    let s = &listed.signup;
    let mut ways = Vec::new();
    if s.state == SignupState::Accepted && !asked {
        ways.push(decide(get, "确认参加", &listed.opening_title, &href_at(Object::Signup, &s.id, "/confirm")));
    }
    if s.state.is_ahead() && s.starts_at > now {
        ways.push(
            Decision::get("取消", listed.opening_title.clone(), href_at(Object::Signup, &s.id, "/cancel")).quiet(),
        );
    }
    // From the day before until the end; what may be seen is decided when it is asked.
    let near = now >= Time::at(s.starts_at.day() - chrono::Days::new(1), 0, 0) && now <= s.ends_at;
    if near && s.state.holds_place() && listed.pairing_id.is_some() {
        let to = href_at(Object::Signup, &s.id, "/household");
        ways.push(decide(get, "看上门信息", &listed.opening_title, &to));
    }
    if near && s.state.holds_place() {
        let to = href_at(Object::Shift, &s.shift_id, "/incident");
        ways.push(Decision::get("出了意外", listed.opening_title.clone(), to).quiet());
    }
    ways
}

/// May ask for a correction: on record, and none under way.
fn may_correct(mine: &Mine, s: &Signup) -> bool {
    matches!(s.state, SignupState::Recorded | SignupState::Corrected)
        && !mine.corrections.iter().any(|k| {
            k.correction.signup_id == s.id
                && matches!(k.correction.state, CorrectionState::Asked | CorrectionState::Proposed)
        })
}

fn served(get: &Get, mine: &Mine, now: Time) -> RecordSection {
    let (count, minutes) = mine.total;
    let facts = Body::Facts(vec![
        Fact::new("已记录", format!("{}，{count}次", domain::hours::words(minutes)))
            .note("只算由另一位负责人确认过的时间。"),
    ]);
    let table = Table::of("参加过的班次", &mine.past)
        .column("服务", |listed| {
            let s = &listed.signup;
            Cell::strong(listed.opening_title.clone()).note(span(s.starts_at, s.ends_at, now))
        })
        .number("时长", |listed| Cell::text(listed.signup.minutes.map(domain::hours::words).unwrap_or_default()))
        .column("状态", |listed| {
            let s = &listed.signup;
            let due = s.due_at.filter(|_| matches!(s.state, SignupState::Attended | SignupState::HoursSubmitted));
            let note = due.map(|at| format!("{}前记录", at.words_near(now))).or_else(|| s.reason.clone());
            Cell::badge(states::signup(s.state, 0)).note(note.unwrap_or_default())
        })
        .column("办理", |listed| {
            let to = href_at(Object::Signup, &listed.signup.id, "/correction");
            let way = || Decision::get("要求更正", listed.opening_title.clone(), to).quiet();
            Cell::decisions(may_correct(mine, &listed.signup).then(way).into_iter().collect())
        })
        .done();
    let table = Body::table_or(table, || {
        Empty::new(
            EmptyKind::Nothing,
            "还没有参加过",
            "服务结束以后，时长由一位负责人填报、另一位确认，10个工作日内记录在这里。",
        )
    });
    let total = u64::try_from(mine.past_count).unwrap_or_default();
    let mut section = RecordSection::new("hours", "服务时间", vec![facts, table]);
    if total > SIZE as u64 {
        let turn = pager("/my", &get.query, get.page(), SIZE, total, "次");
        section.title = format!("服务时间，{}", turn.summary);
        section.link = turn.next.map(|to| ("更早的".to_owned(), format!("{to}#hours")));
    }
    section
}

fn corrections(mine: &Mine, now: Time) -> RecordSection {
    let table = Table::of("要求更正的时长", &mine.corrections)
        .column("服务", |asked| Cell::strong(asked.opening_title.clone()).note(asked.starts_at.words_near(now)))
        .column("要求", |asked| {
            let k = &asked.correction;
            Cell::text(format!("您说是{}", domain::hours::words(k.wanted))).note(k.words.clone())
        })
        .column("答复", |asked| {
            let k = &asked.correction;
            let answer = k.answer.clone().unwrap_or_default();
            match k.state {
                CorrectionState::Asked | CorrectionState::Proposed => {
                    Cell::badge(Badge::wait(k.state.label())).note(format!("{}前答复", k.due_at.words_near(now)))
                }
                CorrectionState::Done => Cell::badge(Badge::good(k.state.label())).note(answer),
                CorrectionState::Refused => Cell::badge(Badge::plain(k.state.label())).note(answer),
            }
        })
        .done();
    RecordSection::new("corrections", "要求更正的时长", vec![Body::Table(table)])
}

/// Teams that ask the reader to join.
fn invitations(get: &Get, invited: &[&services::volunteers::team::Listing]) -> Table {
    Table::of("入队邀请", invited)
        .column("服务队", |m| Cell::link(m.team_name.clone(), href(Object::Team, &m.team_code)))
        .column("邀请", |_| Cell::text("邀请您入队。同意以后，队长看得到您的姓名和电话"))
        .column("办理", |m| {
            Cell::decisions(vec![
                decide(get, "加入", &m.team_name, &href_at(Object::Member, &m.member.id, "/agree")),
                decide(get, "不加入", &m.team_name, &href_at(Object::Team, &m.team_code, "/leave")).quiet(),
            ])
        })
        .done()
}

fn teams(get: &Get, mine: &Mine) -> RecordSection {
    let (invited, teams): (Vec<_>, Vec<_>) = mine.teams.iter().partition(|m| m.member.state == MemberState::Invited);
    let mut bodies = Vec::new();
    if !invited.is_empty() {
        bodies.push(Body::Table(invitations(get, &invited)));
    }
    if !teams.is_empty() {
        let line = |m: &services::volunteers::team::Listing| Line {
            title: m.team_name.clone(),
            href: href(Object::Team, &m.team_code),
            mark: Mark::Text(if m.member.leads { "队长".into() } else { m.member.state.label().into() }),
            note: String::new(),
        };
        bodies.push(Body::Lines(teams.into_iter().map(line).collect()));
    }
    if bodies.is_empty() {
        bodies.push(Body::Empty(
            Empty::new(EmptyKind::Nothing, "还没有加入服务队", "有的岗位只招队员，例如到老人家里的服务。")
                .action(Link::new("找服务队", "/teams")),
        ));
    }
    let mut section = RecordSection::new("teams", "服务队", bodies);
    if !mine.teams.is_empty() {
        section.link = Some(("更多服务队".into(), "/teams".into()));
    }
    section
}

async fn confirm(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已确认参加",
        |_| "/my".to_owned(),
        async |_, ctx: Ctx| {
            signup::confirm(&ctx, id).await?;
            Ok(String::new())
        },
    )
    .await
}

/// Said when somebody has checked in or out.
pub(crate) fn checked() -> &'static str {
    "签好了"
}

async fn check(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        checked(),
        |_| "/my".to_owned(),
        async |post, ctx: Ctx| {
            attendance::check(&ctx, id, post.typed(shift::CODE), None).await?;
            Ok(String::new())
        },
    )
    .await
}

/// The reader's own sign-up.
async fn own(ctx: &Ctx, id: Uuid) -> Result<Listed> {
    let mine = signup::mine(ctx, 0, 10_000).await?;
    mine.ahead.into_iter().chain(mine.past).find(|l| l.signup.id == id).ok_or(Error::NotFound)
}

fn crumbs(here: &str) -> Vec<Crumb> {
    vec![Crumb::link("我的服务", "/my"), Crumb::here(here)]
}

fn facts(listed: &Listed, now: Time) -> Vec<Fact> {
    let s = &listed.signup;
    let href = href(Object::Opening, &listed.opening_code);
    vec![
        Fact::lines("岗位", vec![FactLine::Link { label: listed.opening_title.clone(), href }]),
        Fact::new("时间", span(s.starts_at, s.ends_at, now)),
        Fact::new("状态", s.state.label()),
    ]
}

async fn ask_cancel(get: Get, Path(id): Path<Uuid>) -> Response {
    use app::pages::confirm::{ConfirmModel, confirm_page};
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let listed = own(ctx, id).await?;
        let late = listed.signup.state.holds_place() && domain::signup::is_late(listed.signup.starts_at, now);
        let mut consequences = vec!["名额马上给候补的人，没有候补的重新放出来。".to_owned()];
        if late {
            let hours = domain::signup::LATE_HOURS;
            consequences
                .push(format!("离开始不到{hours}小时，会记为“临时取消”，并告诉队长。身体不适等情况可以请队长准假。"));
        }
        let draft = get.draft("cancel").await?;
        let mut fields = vec![Field::of(shift::GIVE_UP)];
        crate::base::form_fields::fill_all(&mut fields, draft.as_ref());
        let model = ConfirmModel {
            head: Head::new("取消这次报名？").crumbs(crumbs("取消报名")),
            facts: facts(&listed, now),
            consequences,
            target: crate::base::parts::target(
                &get,
                "cancel",
                &href_at(Object::Signup, &id, "/cancel"),
                draft.as_ref(),
            ),
            fields,
            label: "确定取消".into(),
            cancel: "/my".into(),
        };
        Ok(Page::new("取消报名", move || confirm_page(model)))
    })
    .await
}

async fn cancel(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已取消报名",
        |_| "/my".to_owned(),
        async |post, ctx: Ctx| {
            signup::give_up(&ctx, id, post.typed(shift::GIVE_UP)).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn ask_correction(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let listed = own(ctx, id).await?;
        let fields = vec![Field::of(hours_form::WANTED), Field::of(hours_form::WORDS)];
        let action = href_at(Object::Signup, &id, "/correction");
        let mut ask = panel(&get, "correction", "要求更正", &action, fields, "提交").await?;
        ask.buttons = vec![Button::new("提交")];
        let days = domain::hours::CORRECTION_WORKING_DAYS;
        ask.next = format!("{days}个工作日内答复：由一位负责人提出更正、另一位确认，或者说明为什么不改。");
        let minutes = listed.signup.minutes.map(domain::hours::words).unwrap_or_default();
        let mut all = facts(&listed, now);
        all.push(Fact::new("现在记的", minutes));
        let model = RecordModel {
            head: Head::new("要求更正时长").crumbs(crumbs("要求更正")),
            sections: vec![RecordSection::new("what", "哪一次服务", vec![Body::Facts(all)])],
            panels: vec![ask],
            ..RecordModel::default()
        };
        Ok(Page::new("要求更正时长", move || record_page(model)))
    })
    .await
}

async fn correct(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已提交，等负责人答复",
        |_| "/my#corrections".to_owned(),
        async |post, ctx: Ctx| {
            hours::ask(&ctx, id, post.typed(hours_form::WANTED), post.typed(hours_form::WORDS)).await?;
            Ok(String::new())
        },
    )
    .await
}
