//! Coming and going 签到签退: by the code that the leader shows, or by the leader's list. On a bad connection a phone keeps
//! the tap and sends it later: the time of the tap is sent along and must be plausible; what is on record already is not
//! changed by a second sending, and the confirmer of the hours is told that it arrived later.

use crate::base::limits;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::places::{load, promote};
use crate::steps::signups::{Opened, step, step_by};
use crate::steps::teams::rights;
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::form::volunteers::shift::CODE;
use domain::machine::Command;
use domain::opening::ShiftState;
use domain::signup::{CHECK_IN_BEFORE, CHECK_OUT_AFTER, KEPT_HOURS, LATER_MINUTES, SignupState};
use storage::volunteers::opening::Shift;
use storage::volunteers::signup::Signup;
use uuid::Uuid;

/// Minutes that a phone's clock may be ahead.
const AHEAD_MINUTES: i64 = 5;

/// Whether one can check in or out now.
pub fn is_open(shift: &Shift, now: Time) -> bool {
    shift.state == ShiftState::Planned
        && now >= shift.starts_at.plus_minutes(-CHECK_IN_BEFORE)
        && now <= shift.ends_at.plus_minutes(CHECK_OUT_AFTER)
}

/// A tap that a phone has kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    pub at: Time,
    /// Checking out, not in. Without effect on the leader's list.
    pub leaving: bool,
}

impl Tap {
    /// Reads `at`, milliseconds since 1970-01-01T00:00:00Z as browsers count, and `way`: `in` or `out`.
    pub fn read(at: &str, way: &str) -> Option<Self> {
        let at = at.parse::<i64>().ok().filter(|at| (0..=1 << 50).contains(at))?;
        Some(Self { at: Time(at * 1000), leaving: way == "out" })
    }
}

/// The moment that counts: now, or that of a tap which can have been.
fn moment(shift: &Shift, now: Time, tap: Option<Tap>) -> Result<Time> {
    let Some(tap) = tap else { return Ok(now) };
    if tap.at > now.plus_minutes(AHEAD_MINUTES) {
        return Err(Error::rule("手机的时间比现在晚，记不上。请核对手机时间，再请队长在名单里登记"));
    }
    if now > shift.ends_at.plus_hours(KEPT_HOURS) {
        let text = format!("班次结束超过{}天，不能再补传，请队长在名单里登记", KEPT_HOURS / 24);
        return Err(Error::rule(text));
    }
    Ok(tap.at.min(now))
}

/// Says for whoever confirms that a tap arrived later.
fn note_later(s: &mut Signup, at: Time, now: Time) {
    if at.minutes_until(now) > LATER_MINUTES {
        let word = domain::hours::Anomaly::SentLater.label();
        word.clone_into(&mut s.note);
    }
}

/// 签到 (or, when in already, 签退) by the code that the leader shows. `tap`: kept by the phone and sent later; one that
/// is on record changes nothing.
#[boxed]
pub async fn check(ctx: &Ctx, id: Uuid, code: &str, tap: Option<Tap>) -> Result<()> {
    let code: String = domain::text::nfkc(code).chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() {
        return Err(Error::wrong(CODE, "填写队长出示的6位签到码"));
    }
    if let Some(tap) = tap
        && is_known(ctx, id, tap).await?
    {
        return Ok(());
    }
    let counted = limits::check_in(&ctx.services, id).await?;
    let mut work = Work::begin(ctx, Command::SignupAttend).await?;
    let mut it = load(&mut work, id).await?;
    if it.volunteer.account_id != Some(ctx.account()?) {
        return Err(Error::NotFound);
    }
    let leaving = tap.map_or(it.signup.in_at.is_some(), |tap| tap.leaving);
    if leaving {
        work.becomes(Command::SignupLeave);
    }
    let who = it.record(&mut work).await?;
    work.authorize(&who)?;
    drop(who);
    let at = moment(&it.shift, work.now, tap)?;
    if !is_open(&it.shift, at) {
        let from = it.shift.starts_at.plus_minutes(-CHECK_IN_BEFORE).words_near(work.now);
        let words = format!("{from}起到结束后{}小时内可以签到签退。过了时间请队长在名单里登记", CHECK_OUT_AFTER / 60);
        return Err(Error::rule(words));
    }
    if code != it.shift.check_code {
        return Err(Error::wrong(CODE, "签到码不对，请看队长手机上的6位数字"));
    }
    if leaving && it.signup.out_at.is_some() {
        return Err(Error::rule("您已经签退过了"));
    }
    counted.was_right(&mut work.tx).await?;
    let now = work.now;
    note_later(&mut it.signup, at, now);
    if leaving {
        let Some(came) = it.signup.in_at else {
            return Err(Error::rule("还没有签到，签退记不上，请队长在名单里登记"));
        };
        work.acts_on(it.signup.state)?;
        (it.signup.out_at, it.signup.out_by) = (Some(at.max(came)), ctx.actor.account_id);
        step(&mut work, &it.opening, &mut it.signup, None).await?;
    } else {
        come(&mut work, &mut it, at).await?;
    }
    work.commit("").await
}

/// Whether a kept tap of the reader's own stands already, so that sending it once more is done.
async fn is_known(ctx: &Ctx, id: Uuid, tap: Tap) -> Result<bool> {
    let mut tx = ctx.services.db.read().await?;
    let found = storage::volunteers::signup::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let own = storage::volunteers::volunteer::by_id(&mut tx, found.volunteer_id).await?.ok_or(Error::NotFound)?;
    if own.account_id != Some(ctx.account()?) {
        return Err(Error::NotFound);
    }
    Ok(if tap.leaving { found.out_at.is_some() } else { found.in_at.is_some() })
}

/// Comes: who has not confirmed has done so by coming.
async fn come(work: &mut Work<'_>, it: &mut Opened, at: Time) -> Result<()> {
    if it.signup.state == SignupState::Accepted {
        step_by(work, &it.opening, &mut it.signup, Command::SignupConfirm, None).await?;
    }
    // Whose sign-up had ended by itself has given the place back.
    if it.signup.state == SignupState::Unrecorded
        && !storage::volunteers::opening::take(&mut work.tx, it.shift.id).await?
    {
        return Err(Error::rule("这个班次的名额已经记满，请先把名额改大，再补记这位志愿者"));
    }
    it.signup.in_at = Some(at);
    it.signup.in_by = work.ctx.actor.account_id;
    step(work, &it.opening, &mut it.signup, None).await
}

/// How somebody stands on the leader's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Present,
    Absent,
    Excused,
}

impl Mark {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "present" => Some(Self::Present),
            "absent" => Some(Self::Absent),
            "excused" => Some(Self::Excused),
            _ => None,
        }
    }

    fn command(self) -> Command {
        match self {
            Self::Present => Command::SignupAttend,
            Self::Absent => Command::SignupNoShow,
            Self::Excused => Command::SignupExcuse,
        }
    }

    /// Stands on record.
    fn is_known(self, s: &Signup) -> bool {
        match self {
            Self::Present => s.in_at.is_some(),
            Self::Absent => s.state == SignupState::NoShow,
            Self::Excused => s.state == SignupState::Excused,
        }
    }
}

/// The leader's list: all marks or none. Whoever is marked present after the end counts as having been there all the
/// time, which the list says of him. `tap`: kept by the phone and sent later. Returns how many marks were new.
#[boxed]
pub async fn list(ctx: &Ctx, shift_id: Uuid, marks: &[(Uuid, Mark)], tap: Option<Tap>) -> Result<usize> {
    if marks.is_empty() {
        return Err(Error::rule("先在名单里选到岗、没有到岗或请假"));
    }
    let mut work = Work::begin(ctx, Command::SignupAttend).await?;
    let mut changed = 0;
    for (id, mark) in marks {
        let mut it = load(&mut work, *id).await?;
        if it.shift.id != shift_id {
            return Err(Error::NotFound);
        }
        let who = rights(&mut work.tx, &it.team).await?;
        work.becomes(mark.command());
        work.authorize(&who)?;
        drop(who);
        if mark.is_known(&it.signup) && (tap.is_some() || *mark == Mark::Present) {
            continue;
        }
        let at = moment(&it.shift, work.now, tap)?;
        if *mark != Mark::Excused && at < it.shift.starts_at.plus_minutes(-CHECK_IN_BEFORE) {
            return Err(Error::rule("班次还没有开始，开始前一小时起可以登记到岗"));
        }
        if tap.is_some() {
            let now = work.now;
            note_later(&mut it.signup, at, now);
        }
        match mark {
            Mark::Present => present(&mut work, &mut it, at).await?,
            Mark::Absent | Mark::Excused => {
                step(&mut work, &it.opening, &mut it.signup, None).await?;
                promote(&mut work, &it.shift, &it.opening).await?;
            }
        }
        changed += 1;
    }
    work.commit("").await?;
    Ok(changed)
}

/// Comes by the list at a moment; after the end for the whole shift.
async fn present(work: &mut Work<'_>, it: &mut Opened, at: Time) -> Result<()> {
    let over = at >= it.shift.ends_at;
    let from = if over { it.shift.starts_at } else { at };
    come(work, it, from).await?;
    if over {
        it.signup.out_at = Some(it.shift.ends_at);
        it.signup.out_by = work.ctx.actor.account_id;
        step_by(work, &it.opening, &mut it.signup, Command::SignupLeave, None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_as_browsers_send_them() {
        let tap = Tap::read("1795827600123", "out").unwrap();
        assert_eq!((tap.at, tap.leaving), (Time(1_795_827_600_123_000), true));
        for text in ["", "x", "-1", "99999999999999999999", "1e12"] {
            assert_eq!(Tap::read(text, "in"), None, "{text}");
        }
    }
}
