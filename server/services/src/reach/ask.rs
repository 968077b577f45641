//! Asking for help 求助登记: by anybody, without an account; by staff for a caller. One reader for both.

use super::place;
use crate::base::limits;
use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Fields, Result, Services};
use domain::calendar::Time;
use domain::code::Prefix;
use domain::division::Divisions;
use domain::field::Check;
use domain::form::reach::ask as form;
use domain::help::{self as rules, Agreed, ForWhom, HelpChannel, HelpState, Pace};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::permission::Record;
use domain::phone::Phone;
use domain::role::{Actor, Role};
use serde_json::json;
use std::sync::Arc;
use storage::base::sealed::MarkKind;
use storage::reach::help::{self, HelpFile, New};

/// A request as it was read.
#[derive(Clone)]
pub struct Input {
    pub whom: ForWhom,
    pub urgent: bool,
    /// The words may be those of somebody who will harm themselves.
    pub despair: bool,
    /// Twelve digits.
    pub division: String,
    file: HelpFile,
}

/// Fewest letters and digits of the words: below that nobody knows what to do.
const FEWEST: usize = 2;

/// Reads the form, every mistake at once.
pub fn read(fields: &Fields, divisions: &Divisions) -> Result<Input> {
    let mut check = Check::new();
    let whom: Option<ForWhom> = check.choice(form::WHOM, fields);
    let words = check.read(form::WORDS, fields);
    if !words.is_empty() && rules::plain(&words).chars().count() < FEWEST {
        check.wrong(form::WORDS, "请用文字多写几个字：缺什么、病得怎样、身边有没有人");
    }
    if ["http://", "https://", "www."].iter().any(|sign| words.to_lowercase().contains(sign)) {
        check.wrong(form::WORDS, "请不要写网址，用自己的话说遇到了什么困难");
    }
    let pace: Option<Pace> = check.choice(form::PACE, fields);
    let name = check.read(form::NAME, fields);
    if !name.is_empty() && rules::plain(&name).is_empty() {
        check.wrong(form::NAME, "请写怎么称呼，例如王大娘、李先生");
    }
    let (division, place) = place::read(&mut check, divisions, form::PLACE, fields);
    let typed = form::PHONE.value(fields).trim();
    let mut phone = String::new();
    if !typed.is_empty() {
        match Phone::parse(typed) {
            Ok(parsed) => parsed.as_str().clone_into(&mut phone),
            Err(error) => check.wrong(form::PHONE, error.to_string()),
        }
    }
    let for_another = whom.is_some_and(|whom| whom != ForWhom::Oneself);
    let asker = check.read(form::ASKER, fields);
    let agreed: Option<Agreed> = check.choice(form::AGREED.required(for_another), fields);
    check.done()?;
    let (Some(whom), Some(pace)) = (whom, pace) else { return Err(Error::Internal("a checked request")) };
    let despair = rules::is_despair(&words);
    let agreed = if for_another { agreed } else { Some(Agreed::Yes) };
    let file = HelpFile { name, place, phone, asker, agreed, words };
    Ok(Input { whom, urgent: pace == Pace::Now || despair, despair, division, file })
}

impl Input {
    /// By what the same request is found again.
    fn same(&self) -> String {
        [&self.file.words, &self.file.name, &self.file.phone, &self.division].map(|text| rules::plain(text)).join("|")
    }
}

/// What whoever asked is told.
#[derive(Clone, Debug)]
pub struct Asked {
    pub code: String,
    pub slip: String,
    pub urgent: bool,
    pub state: HelpState,
    pub due_at: Time,
    /// It was asked before, in the same words.
    pub known: bool,
}

/// 登记求助, by anybody. `address`: where it comes from, counted; `poster`: by the code of a street or village.
#[boxed]
pub async fn ask(services: &Arc<Services>, address: &str, input: &Input, poster: bool) -> Result<Asked> {
    // Nobody is signed in: the platform takes it down.
    let ctx = Ctx::new(services, Actor::system(), "page");
    // The second tap, or the page sent again, is no other request.
    if let Some(known) = known(&ctx, input).await? {
        return Ok(known);
    }
    let mark = match input.file.phone.as_str() {
        "" => String::new(),
        phone => hex::encode(services.db.sealer().mark(MarkKind::Request, phone)),
    };
    limits::ask(services, address, &mark).await?;
    enter(&ctx, input, if poster { HelpChannel::Poster } else { HelpChannel::Web }).await
}

/// 替来电人登记 by staff; 线索 by an organization or a volunteer that has met somebody in need.
#[boxed]
pub async fn ask_for(ctx: &Ctx, input: &Input) -> Result<Asked> {
    let role = ctx.role();
    if role.is_staff() && !ctx.actor.covers(&input.division) {
        return Err(Error::wrong(form::PLACE, "不在您的范围内，请来电人打那边的街道，或打热线登记"));
    }
    let channel = match role {
        Role::VillageWorker => HelpChannel::Visit,
        Role::Volunteer => HelpChannel::Volunteer,
        role if role.is_organization() => HelpChannel::Organization,
        _ => HelpChannel::Phone,
    };
    if !role.is_staff() {
        limits::ask(&ctx.services, &ctx.account()?.to_string(), "").await?;
    }
    enter(ctx, input, channel).await
}

/// What the reader has asked for others: states and slips, nothing of what was told.
#[derive(Clone, Debug)]
pub struct Lead {
    pub slip: String,
    pub state: HelpState,
    pub asked_at: Time,
    pub due_at: Time,
}

/// 我报的线索, the latest hundred.
#[boxed]
pub async fn leads(ctx: &Ctx) -> Result<Vec<Lead>> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let own = help::entered_by(&mut tx, account, 100).await?;
    let lead = |h: help::Help| Lead { slip: h.slip, state: h.state, asked_at: h.asked_at, due_at: h.due_at };
    Ok(own.into_iter().map(lead).collect())
}

async fn known(ctx: &Ctx, input: &Input) -> Result<Option<Asked>> {
    let mut tx = ctx.services.db.read().await?;
    same(&mut tx, ctx, input).await
}

/// The open request with the same words, from the same days.
async fn same(tx: &mut storage::Tx, ctx: &Ctx, input: &Input) -> Result<Option<Asked>> {
    let since = ctx.now().plus_days(-rules::SAME_DAYS);
    let found = help::same(tx, ctx.services.db.sealer(), &input.same(), since).await?;
    Ok(found.filter(|h| !matches!(h.state, HelpState::Advised | HelpState::Closed)).map(|h| Asked {
        code: h.code,
        slip: h.slip,
        urgent: h.urgent,
        state: h.state,
        due_at: h.due_at,
        known: true,
    }))
}

async fn enter(ctx: &Ctx, input: &Input, channel: HelpChannel) -> Result<Asked> {
    let services = &ctx.services;
    let mut work = Work::begin(ctx, Command::HelpAsk).await?;
    work.authorize(&Record {
        division: Some(&input.division),
        organization: ctx.actor.organization_id,
        volunteer: ctx.actor.account_id.filter(|_| ctx.role() == Role::Volunteer),
        ..Record::default()
    })?;
    // The series is held from here: the same words sent twice at once come one after the other.
    let code = work.code(Prefix::Help, &input.division).await?;
    if let Some(known) = same(&mut work.tx, ctx, input).await? {
        return Ok(known);
    }
    let due_at = triage_due(services, input.urgent, work.now);
    let slip = free_slip(&mut work).await?;
    let id = services.new_id();
    let new = New {
        id,
        code: &code,
        slip: &slip,
        division_code: &input.division,
        whom: input.whom,
        channel,
        urgent: input.urgent,
        despair: input.despair,
        file: &input.file,
        same: &input.same(),
        at: work.now,
        due_at,
        entered_by: ctx.actor.account_id,
    };
    help::insert(&mut work.tx, services.db.sealer(), &new).await?;
    let data = json!({ "code": code, "channel": channel, "urgent": input.urgent });
    work.created(HelpState::Received, id, About { data: Some(data), ..About::default() }).await?;
    tell(&mut work, &code, &input.division, input.urgent, input.despair).await?;
    work.commit(&code).await?;
    Ok(Asked { code, slip, urgent: input.urgent, state: HelpState::Received, due_at, known: false })
}

/// By when the street answers.
pub(super) fn triage_due(services: &Services, urgent: bool, now: Time) -> Time {
    if urgent {
        now.plus_hours(rules::TRIAGE_URGENT_HOURS)
    } else {
        services.calendar().due(now, rules::TRIAGE_WORKING_DAYS)
    }
}

/// The office hears of it.
pub(super) async fn tell(work: &mut Work<'_>, code: &str, division: &str, urgent: bool, despair: bool) -> Result<()> {
    let title = match (despair, urgent) {
        (true, _) => "求助，人可能想不开，请马上联系",
        (false, true) => "急：有人求助，4小时内答复",
        (false, false) => "有人求助，1个工作日内答复",
    };
    let place = work.ctx.services.place(place::office(division));
    notice::to_scope(work, place::office(division), title, &place, &href(Object::Help, &code)).await
}

/// A number that no other slip has.
async fn free_slip(work: &mut Work<'_>) -> Result<String> {
    for _ in 0..20 {
        let mut bytes = [0_u8; 8];
        work.ctx.services.random.fill(&mut bytes);
        let slip = rules::slip(bytes);
        if help::by_slip(&mut work.tx, &slip).await?.is_none() {
            return Ok(slip);
        }
    }
    Err(Error::Internal("no free slip"))
}
