//! Volunteers of the demo: two teams of organizations, one of neighbours, openings, shifts and hours in every state.

use super::cast::{Cast, HOME_STREET, PASSWORD};
use super::people;
use super::random::Chance;
use chrono::Days;
use domain::calendar::Time;
use domain::need::Sex;
use domain::role::{Actor, Role};
use services::base::draft::Fields;
use services::people::account::ManualClock;
use services::volunteers::attendance::{self, Mark};
use services::volunteers::{award, hours, member, member_import, opening, shift, signup, team, training, volunteer};
use services::{Ctx, Error, Result, Services};
use std::sync::Arc;
use uuid::Uuid;

/// Accounts that the sign-in page names: a volunteer, and a leader.
const VOLUNTEER: &str = "zhiyuan";
const LEADER: &str = "duizhang";
/// Volunteers in all.
const PEOPLE: usize = 26;

struct Play<'a> {
    services: &'a Arc<Services>,
    clock: &'a ManualClock,
    chance: &'a Chance,
    now: Time,
    people: Vec<Actor>,
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Play<'_> {
    fn ctx(&self, actor: &Actor) -> Ctx {
        Ctx::new(self.services, actor.clone(), "demo").verified(true)
    }

    fn by(&self, person: usize) -> Ctx {
        self.ctx(&self.people[person])
    }

    /// So many days from now, at an hour.
    fn day(&self, days: i64) -> chrono::NaiveDate {
        self.now.plus_days(days).day()
    }

    fn at(&self, days: i64, hour: u32, minute: u32) {
        self.clock.set(Time::at(self.day(days), hour, minute));
    }

    async fn register(&mut self, place: &str, hash: &str) -> Result<()> {
        let system = self.ctx(&Actor::system());
        for number in 0..PEOPLE {
            self.at(-60, 9, u32::try_from(number).unwrap_or_default());
            let username = match number {
                0 => VOLUNTEER.to_owned(),
                1 => LEADER.to_owned(),
                _ => format!("zyz{number:02}"),
            };
            let sex = if number % 3 == 0 { Sex::Male } else { Sex::Female };
            let birth = format!("19{:02}-{:02}-{:02}", 60 + number, 1 + number % 12, 1 + number);
            let mut form = fields(&[
                ("name", &people::name(self.chance)),
                ("sex", sex.as_str()),
                ("birth", &birth),
                ("phone", &format!("1380001{number:04}")),
                ("division", place),
                ("service", "C03"),
                ("service", "B02"),
                ("slot", "weekend_day"),
                ("consent", "on"),
            ]);
            if number % 4 == 0 {
                form.push(("skill".into(), "first_aid".into()));
            }
            let input = volunteer::read(&form, &self.services.divisions(), self.services.now().day(), true)?;
            let row = volunteer::join_hashed(&system, &input, &username, hash).await?;
            self.people.push(Actor {
                account_id: row.account_id,
                role: Role::Volunteer,
                scope: String::new(),
                organization_id: None,
            });
        }
        Ok(())
    }

    /// Lets people into a team by somebody who looks after it.
    async fn join(&self, code: &str, people: std::ops::Range<usize>, by: &Actor) -> Result<()> {
        for person in people {
            member::join(&self.by(person), code, "").await?;
        }
        let view = team::view(self.services, Some(&self.ctx(by)), code, 0).await?;
        for member in view.applied {
            member::answer(&self.ctx(by), member.listing.member.id, true, "").await?;
        }
        Ok(())
    }

    async fn opening(&self, by: &Actor, team: &str, form: &[(&str, &str)]) -> Result<String> {
        let input = opening::read(&fields(form), &self.services.divisions(), false)?;
        opening::create(&self.ctx(by), team, "", &input).await
    }

    /// Plans shifts of an opening; gives them in order.
    async fn plan(&self, by: &Actor, code: &str, form: &[(&str, &str)]) -> Result<Vec<Uuid>> {
        let plan = shift::read_plan(&fields(form), self.services.now())?;
        shift::plan(&self.ctx(by), code, &plan).await?;
        let mut tx = self.services.db.read().await?;
        let row = storage::volunteers::opening::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
        let all = storage::volunteers::opening::shifts_of(&mut tx, row.id, Time(0), 1000).await?;
        Ok(all.iter().filter(|s| plan.times.iter().any(|(from, _)| *from == s.starts_at)).map(|s| s.id).collect())
    }

    async fn sign_up(&self, shift: Uuid, people: impl IntoIterator<Item = usize>) -> Result<()> {
        for person in people {
            let start = self.services.now();
            self.clock.set(start.plus_minutes(1));
            signup::apply(&self.by(person), shift).await?;
        }
        Ok(())
    }

    /// The sign-ups of a shift, in order of applying.
    async fn signups(&self, shift: Uuid) -> Result<Vec<storage::volunteers::signup::Signup>> {
        let mut tx = self.services.db.read().await?;
        let mut all: Vec<_> = storage::volunteers::signup::of_shift(&mut tx, shift)
            .await?
            .into_iter()
            .map(|listed| listed.signup)
            .collect();
        all.sort_by_key(|s| s.applied_at);
        Ok(all)
    }

    fn person(&self, signup: &storage::volunteers::signup::Signup, own: &[Uuid]) -> Ctx {
        self.by(own.iter().position(|id| *id == signup.volunteer_id).unwrap_or_default())
    }
}

/// Plays the volunteers' last two months, up to now.
pub async fn play(
    services: &Arc<Services>,
    clock: &ManualClock,
    chance: &Chance,
    cast: &Cast,
    now: Time,
) -> Result<()> {
    let mut play = Play { services, clock, chance, now, people: Vec::new() };
    let hash = services.passwords.hash(PASSWORD).await?;
    let place = services.place(HOME_STREET);
    play.register(&place, &hash).await?;
    let (jinlin, helper) = (cast.organizations[0].admin.clone(), cast.organizations[0].worker.clone());
    let clerk = cast.streets[cast.home_street()].clerks[0].clone();

    play.at(-55, 10, 0);
    let warm = fields(&[
        ("name", "津邻暖邻服务队"),
        ("about", "每周上午到社区陪伴独居老人，读报、聊天、一起做手工。新队员先跟着老队员走两次。"),
        ("service", "C03"),
        ("service", "B02"),
    ]);
    let warm = team::found(&play.ctx(&jinlin), &team::read(&warm, &services.divisions(), false)?).await?;
    play.join(&warm, 2..16, &jinlin).await?;
    play.join(&warm, 0..1, &jinlin).await?;

    let green = fields(&[
        ("name", "鲁山道护绿队"),
        ("about", "周日早上清理绿地和楼道，冬天扫雪。谁都能来，带一双手套。"),
        ("service", "B02"),
        ("division", &place),
    ]);
    let green = team::apply(&play.by(1), &team::read(&green, &services.divisions(), true)?).await?;
    play.at(-54, 15, 0);
    team::decide(&play.ctx(&clerk), &green, true, "").await?;
    let leader = play.people[1].clone();
    play.join(&green, 10..22, &leader).await?;

    past(&play, &warm, (&jinlin, &helper), &place).await?;
    neighbours(&play, &green, (&leader, &clerk), &place).await?;
    to_come(&play, &warm, &jinlin, &place).await?;
    on_record(&play, &warm, &jinlin).await?;

    // One that waits for its office, one that was not agreed to, one that applies to join.
    play.at(-2, 10, 0);
    let new = fields(&[
        ("name", "鲁山道读报队"),
        ("about", "每周三下午给看不清字的老人读报。"),
        ("service", "C03"),
        ("division", &place),
    ]);
    team::apply(&play.by(4), &team::read(&new, &services.divisions(), true)?).await?;
    play.at(-30, 10, 0);
    let other = fields(&[
        ("name", "鲁山道义卖队"),
        ("about", "周末在小区门口义卖旧物。"),
        ("service", "F02"),
        ("division", &place),
    ]);
    let other = team::apply(&play.by(5), &team::read(&other, &services.divisions(), true)?).await?;
    play.at(-29, 10, 0);
    team::decide(&play.ctx(&clerk), &other, false, "义卖涉及收钱，请联系慈善组织").await?;
    play.at(-1, 20, 0);
    member::join(&play.by(24), &green, "周日都有空").await?;
    clock.set(now);
    Ok(())
}

/// What is over: hours in every state.
async fn past(play: &Play<'_>, team: &str, (admin, worker): (&Actor, &Actor), place: &str) -> Result<()> {
    play.at(-50, 9, 0);
    let code = play
        .opening(
            admin,
            team,
            &[
                ("title", "每周上午陪老人聊天"),
                ("content", "两人一组，陪老人说话、读报、做手工，结束时帮着收拾。老人累了就早点结束。"),
                ("place", "向阳社区活动室"),
                ("division", place),
                ("service", "C03"),
            ],
        )
        .await?;
    let first = play.day(-45);
    let last = play.day(28);
    let weekday = chrono::Datelike::weekday(&first).number_from_monday().to_string();
    let form = [
        ("from", first.to_string()),
        ("until", last.to_string()),
        ("weekdays", weekday),
        ("begins", "9:00".into()),
        ("ends", "11:00".into()),
        ("places", "6".into()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shifts = play.plan(admin, &code, &form).await?;
    opening::publish(&play.ctx(admin), &code).await?;
    let own = numbers(play).await?;
    for (week, shift) in shifts.iter().enumerate() {
        let days = -45 + 7 * i64::try_from(week).unwrap_or_default();
        if days > 10 {
            break;
        }
        play.at((days - 4).min(-1), 19, 0);
        // The account that the sign-in page names comes each time.
        let others = (2..9).map(|n| 2 + (n + week) % 14);
        play.sign_up(*shift, std::iter::once(0).chain(others)).await?;
        let all = play.signups(*shift).await?;
        signup::confirm(&play.person(&all[1], &own), all[1].id).await?;
        if days >= 0 {
            continue;
        }
        // One gives up in time, one on the evening before; the first who wait move up.
        signup::give_up(&play.person(&all[2], &own), all[2].id, "要加班").await?;
        play.at(days - 1, 20, 0);
        signup::give_up(&play.person(&all[3], &own), all[3].id, "发烧").await?;
        play.at(days, 8, 50);
        let code = {
            let mut tx = play.services.db.read().await?;
            storage::volunteers::opening::shift(&mut tx, *shift).await?.ok_or(Error::NotFound)?.check_code
        };
        attendance::check(&play.person(&all[0], &own), all[0].id, &code, None).await?;
        play.at(days, 11, 5);
        attendance::check(&play.person(&all[0], &own), all[0].id, &code, None).await?;
        play.at(days, 12, 0);
        let marks = [(all[1].id, Mark::Present), (all[4].id, Mark::Present), (all[5].id, Mark::Absent)];
        attendance::list(&play.ctx(worker), *shift, &marks, None).await?;
        if days > -4 {
            // The latest: not all marked, nothing entered yet.
            continue;
        }
        let moved_up = [(all[6].id, Mark::Present), (all[7].id, Mark::Absent)];
        // Of one nobody ever said a word; the clock ends that sign-up.
        let marked = if week == 1 { &moved_up[..1] } else { &moved_up[..] };
        attendance::list(&play.ctx(worker), *shift, marked, None).await?;
        if week == 0 {
            attendance::list(&play.ctx(worker), *shift, &[(all[5].id, Mark::Excused)], None).await?;
        }
        let came = [all[0].id, all[1].id, all[4].id, all[6].id];
        let minutes = if week == 2 { 150 } else { 120 };
        let entries: Vec<(Uuid, i64)> = came.iter().map(|id| (*id, minutes)).collect();
        hours::enter(&play.ctx(worker), *shift, &entries).await?;
        if days > -11 {
            // Entered, not confirmed; one was sent back.
            hours::reject(&play.ctx(admin), came[2], "那天11点就结束了，请核对").await?;
            continue;
        }
        play.at(days + 2, 10, 0);
        hours::confirm(&play.ctx(admin), &came).await?;
        corrections(play, week, *shift, &all, &own, (admin, worker), days).await?;
    }
    Ok(())
}

/// Corrections in every state, and a record that should not have been.
async fn corrections(
    play: &Play<'_>,
    week: usize,
    shift: Uuid,
    all: &[storage::volunteers::signup::Signup],
    own: &[Uuid],
    (admin, worker): (&Actor, &Actor),
    days: i64,
) -> Result<()> {
    let asked = async |at: usize, wanted: &str, words: &str| -> Result<Uuid> {
        let s = &all[at];
        hours::ask(&play.person(s, own), s.id, wanted, words).await?;
        let mut tx = play.services.db.read().await?;
        let found = storage::volunteers::hours::of_shift(&mut tx, shift).await?;
        Ok(found.first().ok_or(Error::NotFound)?.correction.id)
    };
    play.at(days + 3, 9, 0);
    match week {
        0 => {
            let id = asked(0, "2.5", "那天延长了半小时，大家都在").await?;
            hours::propose(&play.ctx(worker), id, "2.5").await?;
            play.at(days + 3, 15, 0);
            hours::decide(&play.ctx(admin), id, true, "").await?;
        }
        1 => {
            let id = asked(1, "3", "路上也要一个小时").await?;
            hours::refuse(&play.ctx(worker), id, "路上的时间不算服务时间").await?;
            hours::void(&play.ctx(admin), all[4].id, "记成了同名的另一位").await?;
        }
        2 => {
            let id = asked(1, "2", "那天只做了两小时").await?;
            hours::propose(&play.ctx(worker), id, "2").await?;
        }
        3 => {
            asked(0, "2.2", "签退以后又送了一位老人回家").await?;
        }
        _ => {}
    }
    Ok(())
}

/// The ids of the volunteers, in order of registering.
async fn numbers(play: &Play<'_>) -> Result<Vec<Uuid>> {
    let mut tx = play.services.db.read().await?;
    let mut all = Vec::new();
    for actor in &play.people {
        let account = actor.account_id.ok_or(Error::NotFound)?;
        all.push(storage::volunteers::volunteer::by_account(&mut tx, account).await?.ok_or(Error::NotFound)?.id);
    }
    Ok(all)
}

/// The neighbours' team: the leader enters, the street confirms.
async fn neighbours(play: &Play<'_>, team: &str, (leader, clerk): (&Actor, &Actor), place: &str) -> Result<()> {
    play.at(-20, 9, 0);
    let code = play
        .opening(
            leader,
            team,
            &[
                ("title", "周日清晨护绿"),
                ("content", "捡拾绿地里的垃圾，给小树培土，扫楼道。手套和夹子队里有。"),
                ("place", "鲁山道街心花园北门"),
                ("division", place),
                ("service", "B02"),
                ("approval", "on"),
            ],
        )
        .await?;
    let over = play.day(-6).to_string();
    let soon = play.day(3).to_string();
    let plan = |day| [("from", day), ("begins", "7:30"), ("ends", "9:30"), ("places", "10")];
    let past = play.plan(leader, &code, &plan(over.as_str())).await?[0];
    let next = play.plan(leader, &code, &plan(soon.as_str())).await?[0];
    opening::publish(&play.ctx(leader), &code).await?;
    play.sign_up(past, 11..16).await?;
    let all = play.signups(past).await?;
    for s in &all[..4] {
        signup::answer(&play.ctx(leader), s.id, true, "").await?;
    }
    signup::answer(&play.ctx(leader), all[4].id, false, "这一次人够了").await?;
    play.at(-6, 10, 0);
    let marks: Vec<(Uuid, Mark)> = all[..4].iter().map(|s| (s.id, Mark::Present)).collect();
    attendance::list(&play.ctx(leader), past, &marks, None).await?;
    let entries: Vec<(Uuid, i64)> = all[..4].iter().map(|s| (s.id, 120)).collect();
    hours::enter(&play.ctx(leader), past, &entries).await?;
    play.at(-5, 10, 0);
    hours::confirm(&play.ctx(clerk), &[all[0].id, all[1].id]).await?;
    play.at(-3, 19, 0);
    play.sign_up(next, 16..20).await?;
    let wants = play.signups(next).await?;
    signup::answer(&play.ctx(leader), wants[0].id, true, "").await?;
    Ok(())
}

/// What stands on records beside hours, and a list of people who are invited.
async fn on_record(play: &Play<'_>, team: &str, admin: &Actor) -> Result<()> {
    play.at(-40, 17, 0);
    let ctx = play.ctx(admin);
    let members = award::books(&ctx, team).await?.members;
    let id = |at: usize| members[at].listing.member.id.to_string();
    let day = play.day(-40).to_string();
    let mut form = fields(&[
        ("name", "陪护老人的基本知识"),
        ("content", "怎样说话和倾听，怎样扶老人起身，遇到摔倒和发病怎么办。"),
        ("hours", "2"),
        ("host", "津邻示例社工服务中心"),
        ("day", &day),
    ]);
    form.extend((0..members.len().min(12)).map(|at| ("member".to_owned(), id(at))));
    training::record(&ctx, team, &training::read(&form, play.day(-40))?).await?;
    play.at(-12, 15, 0);
    let own = members.iter().position(|m| m.listing.member.account_id == play.people[0].account_id);
    let day = play.day(-12).to_string();
    let form = fields(&[
        ("member", &id(own.unwrap_or_default())),
        ("name", "年度优秀志愿者"),
        ("granted_by", "河东区示例社工协会"),
        ("day", &day),
    ]);
    award::record(&ctx, team, &award::read(&form, play.day(-12))?).await?;
    play.at(-3, 10, 0);
    let agreed = play.day(-5);
    let list = format!(
        "津邻暖邻服务队报名名册\n序号,姓名,性别,出生日期,联系电话,居住区域,专业技能,本人同意,同意日期\n\
         1,示例邻居甲,女,1971-03-02,13800020001,河东区鲁山道街道,理发,是,{agreed}\n\
         2,示例邻居乙,男,1969-08-15,13800020002,河东区鲁山道街道,,是,{agreed}\n\
         3,示例邻居丙,女,1985-01-20,13800020003,河东区鲁山道街道,急救,,\n\
         4,示例邻居丁,男,1990-11-11,1380002000,河东区鲁山道街道,,是,{agreed}\n"
    );
    let import = member_import::upload(&ctx, team, "报名名册.csv", list.into_bytes()).await?;
    member_import::apply(&ctx, import).await?;
    Ok(())
}

/// What lies ahead: a dangerous opening that is covered, one that is not published, a shift that is cancelled.
async fn to_come(play: &Play<'_>, team: &str, admin: &Actor, place: &str) -> Result<()> {
    play.at(-9, 9, 0);
    let insured = (play.now.day() + Days::new(300)).to_string();
    let windows = play
        .opening(
            admin,
            team,
            &[
                ("title", "岁末擦窗"),
                ("content", "为腿脚不便的老人擦窗、换灯泡，两人一组，一人扶梯。"),
                ("place", "向阳社区服务站"),
                ("division", place),
                ("service", "B02"),
                ("dangerous", "on"),
                ("risk_notice", "要登梯子，有跌落的风险。不擦外窗，系安全带，一人扶梯；有眩晕、高血压的不要报名。"),
                ("insurance", "示例保险公司 保单号YW2026000001"),
                ("insured_until", &insured),
            ],
        )
        .await?;
    let (first, second) = (play.day(9).to_string(), play.day(16).to_string());
    let plan = |day| [("from", day), ("begins", "9:00"), ("ends", "11:30"), ("places", "4")];
    let shift = play.plan(admin, &windows, &plan(first.as_str())).await?[0];
    let later = play.plan(admin, &windows, &plan(second.as_str())).await?[0];
    opening::publish(&play.ctx(admin), &windows).await?;
    play.sign_up(shift, 6..12).await?;
    play.sign_up(later, 12..14).await?;
    play.at(-1, 16, 0);
    shift::cancel(&play.ctx(admin), later, "社区当天停电检修").await?;
    play.opening(
        admin,
        team,
        &[
            ("title", "寒假功课辅导"),
            ("content", "辅导小学生写作业，一对二。要有教孩子的耐心。"),
            ("place", "向阳社区图书室"),
            ("division", place),
            ("service", "C07"),
            ("skill", "teaching"),
        ],
    )
    .await?;
    Ok(())
}
