//! The personal calendar 日历: the shifts of a month, and the secret address under which a calendar program fetches them
//! without signing in. The address can be taken away or changed; only the hash of its token is kept. It says where to
//! meet, never where a household lives.

use crate::base::work::Work;
use crate::boxed;
use crate::people::session::{new_token, token_hash};
use crate::volunteers::volunteer::{me, own_record};
use crate::{Ctx, Error, Result, Services};
use chrono::{Datelike, Days, Months, NaiveDate};
use domain::calendar::Time;
use domain::machine::Command;
use domain::permission::authorize;
use serde_json::json;
use storage::volunteers::calendar_feed;
use storage::volunteers::signup::{self, Listed};
use storage::volunteers::volunteer::Volunteer;

/// Days back and ahead that a calendar program is told of.
const BACK: u64 = 60;
const AHEAD: u64 = 400;

/// A month of the reader's shifts.
#[derive(Clone, Debug)]
pub struct Month {
    pub first: NaiveDate,
    /// In order, given-up ones too.
    pub shifts: Vec<Listed>,
    /// Since when there is a secret address.
    pub feed: Option<Time>,
}

/// Reads `2026-12`; anything else is the month of `today`.
pub fn month_of(text: &str, today: NaiveDate) -> NaiveDate {
    let here = || today.with_day(1).unwrap_or(today);
    let asked = format!("{text}-01").parse::<NaiveDate>().ok();
    asked.filter(|first| text.len() == 7 && (2020..=2100).contains(&first.year())).unwrap_or_else(here)
}

/// The reader's own month.
#[boxed]
pub async fn month(ctx: &Ctx, first: NaiveDate) -> Result<Month> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let own = storage::volunteers::volunteer::by_account(&mut tx, account).await?.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::CalendarRenew, &own_record(&own))?;
    let span = (Time::at(first, 0, 0), Time::at(first + Months::new(1), 0, 0));
    let shifts = signup::between(&mut tx, own.id, span.0, span.1, 300).await?;
    Ok(Month { first, shifts, feed: calendar_feed::since(&mut tx, own.id).await? })
}

/// Makes the secret address, or another one in its place. Returns the token, which is shown once.
#[boxed]
pub async fn renew(ctx: &Ctx) -> Result<String> {
    let mut work = Work::begin(ctx, Command::CalendarRenew).await?;
    let own = me(&mut work).await?;
    work.authorize(Command::CalendarRenew, &own_record(&own))?;
    let token = new_token(&ctx.services);
    calendar_feed::renew(&mut work.tx, own.id, &token_hash(&token), work.now).await?;
    work.noted(Command::CalendarRenew, own.id, "open", json!({})).await?;
    work.commit("").await?;
    Ok(token)
}

/// Takes the secret address away.
#[boxed]
pub async fn revoke(ctx: &Ctx) -> Result<()> {
    let mut work = Work::begin(ctx, Command::CalendarRevoke).await?;
    let own = me(&mut work).await?;
    work.authorize(Command::CalendarRevoke, &own_record(&own))?;
    if !revoke_in(&mut work, &own).await? {
        return Err(Error::rule("现在没有订阅地址，不用停用"));
    }
    work.commit("").await
}

/// With a withdrawal of consent too. `false`: there was none.
pub(crate) async fn revoke_in(work: &mut Work<'_>, own: &Volunteer) -> Result<bool> {
    let was = calendar_feed::revoke(&mut work.tx, own.id).await?;
    if was {
        work.noted(Command::CalendarRevoke, own.id, "revoked", json!({})).await?;
    }
    Ok(was)
}

/// What a calendar program fetches by the token: shifts to come and of the last weeks.
#[boxed]
pub async fn by_token(services: &Services, token: &str) -> Result<Vec<Listed>> {
    if token.len() != 64 || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Error::NotFound);
    }
    let mut tx = services.db.read().await?;
    let id = calendar_feed::by_token(&mut tx, &token_hash(token)).await?.ok_or(Error::NotFound)?;
    let today = services.now().day();
    let span = (Time::at(today - Days::new(BACK), 0, 0), Time::at(today + Days::new(AHEAD), 0, 0));
    Ok(signup::between(&mut tx, id, span.0, span.1, 1000).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_as_addresses_say_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-29");
        assert_eq!(month_of("2026-12", today), day("2026-12-01"));
        for text in ["", "2026-13", "x", "1999-01", "2026-12-05", "９９９９-01"] {
            assert_eq!(month_of(text, today), day("2026-11-01"), "{text}");
        }
    }
}
