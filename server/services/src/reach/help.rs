//! What the street does with a request for help: the list, one request, and each way on. The office in charge alone
//! reads it, and each reading is on record.

use super::{ask, place};
use crate::base::offers::Offers;
use crate::base::page::{Listing, Window};
use crate::base::timeline::{self, Depth, Entry};
use crate::base::work::{About, Work};
use crate::base::{fields, gate, trail};
use crate::boxed;
use crate::needs::entry;
use crate::needs::need_form::Input;
use crate::{Ctx, Error, Fields, Result};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::field::Check;
use domain::form::FieldDef;
use domain::form::needs::what;
use domain::form::reach::triage as form;
use domain::help::{self as rules, AidKind, HelpChannel, HelpClose, HelpState, WatchLevel, WatchSign};
use domain::machine::{Command, Object};
use domain::need::{NeedKind, Source, Urgency};
use domain::permission::{Record, authorize};
use serde_json::{Value, json};
use storage::base::event;
use storage::needs::need_file::NeedFile;
pub use storage::reach::help::{Help, HelpFile};
use storage::reach::{help, voice};

/// Days ahead that a day may lie on which an answer, or the next look, is agreed.
const AHEAD_DAYS: u64 = 366;

pub(super) fn record(h: &Help) -> Record<'_> {
    Record { division: Some(&h.division_code), ..Record::default() }
}

/// Loads a request by its code for a command, and asks whether it may be given.
pub(super) async fn load(work: &mut Work<'_>, code: &str) -> Result<Help> {
    let h = by_code(&mut work.tx, code).await?;
    work.authorize(&record(&h))?;
    Ok(h)
}

async fn by_code(tx: &mut storage::Tx, code: &str) -> Result<Help> {
    let found = if domain::code::is_code(code) { help::by_code(tx, code).await? } else { None };
    found.ok_or(Error::NotFound)
}

/// What the request already says of a household's file.
pub(super) fn need_file(file: &HelpFile) -> NeedFile {
    let mut words = vec![("求助人的话".to_owned(), file.words.clone())];
    if !file.asker.is_empty() {
        words.push(("谁说的".to_owned(), file.asker.clone()));
    }
    if let Some(agreed) = file.agreed {
        words.push(("本人知道吗".to_owned(), agreed.label().to_owned()));
    }
    NeedFile {
        name: file.name.clone(),
        phone: file.phone.clone(),
        no_phone_reason: if file.phone.is_empty() { "求助时没有留电话".to_owned() } else { String::new() },
        address: file.place.clone(),
        ledger_row: words,
        ..NeedFile::default()
    }
}

/// Requests of the reader's scope in a state, or in all.
#[boxed]
pub async fn list(ctx: &Ctx, state: Option<HelpState>, window: Window) -> Result<Listing<HelpState, Help>> {
    authorize(&ctx.actor, Command::HelpTake, &Record { division: Some(&scope(ctx)), ..Record::default() })?;
    let mut tx = ctx.services.db.read().await?;
    let (scope, of) = (ctx.actor.scope.as_str(), state.map_or("", HelpState::as_str));
    Ok(Listing {
        counts: help::counts(&mut tx, scope).await?,
        rows: help::in_scope(&mut tx, scope, of, window.offset, window.limit).await?,
    })
}

/// The reader's own scope as a division.
fn scope(ctx: &Ctx) -> String {
    domain::division::pad(&ctx.actor.scope).unwrap_or_default()
}

/// What a household has said, with its words.
#[derive(Clone)]
pub struct VoiceView {
    pub voice: voice::Voice,
    pub words: String,
    pub offers: Offers,
}

/// A request as its office reads it.
pub struct HelpView {
    pub help: Help,
    pub file: HelpFile,
    pub place: String,
    /// Code, title and state of the need that came of it.
    pub need: Option<storage::needs::need::Need>,
    /// Needs that may be of the same household.
    pub similar: Vec<storage::needs::need_file::Match>,
    pub voices: Vec<VoiceView>,
    pub timeline: Vec<Entry>,
    pub offers: Offers,
}

/// Reads a request: the office whose scope covers it. The reading is on record before it is shown.
#[boxed]
pub async fn view(ctx: &Ctx, code: &str) -> Result<HelpView> {
    let mut tx = ctx.services.db.read().await?;
    let h = by_code(&mut tx, code).await?;
    authorize(&ctx.actor, Command::HelpTake, &record(&h))?;
    drop(tx);
    let about = trail::About { object: h.id, division: h.division_code.clone(), ..trail::About::default() };
    trail::read(ctx, "求助", &h.code, about).await?;
    let sealer = ctx.services.db.sealer();
    let file = help::file(sealer, &h)?;
    let known = NeedFile { phone: file.phone.clone(), ..NeedFile::default() };
    let similar = if h.need_id.is_none() && !file.phone.is_empty() {
        crate::needs::need::similar_files(ctx, &known).await?
    } else {
        Vec::new()
    };
    let mut tx = ctx.services.db.read().await?;
    let need = match h.need_id {
        Some(id) => storage::needs::need::by_id(&mut tx, id).await?,
        None => None,
    };
    let mut voices = Vec::new();
    for v in voice::of_help(&mut tx, h.id).await? {
        let offers = Offers::of(&ctx.actor, v.state, |_| record(&h));
        voices.push(VoiceView { words: voice::words(sealer, &v)?, voice: v, offers });
    }
    let told = event::of_object(&mut tx, Object::Help, h.id).await?;
    Ok(HelpView {
        timeline: timeline::entries(&ctx.services, &told, Depth::Staff),
        place: ctx.services.place(&h.division_code),
        offers: Offers::of(&ctx.actor, h.state, |_| record(&h)).with(&ctx.actor, &[Command::VoiceNote], &record(&h)),
        help: h,
        file,
        need,
        similar,
        voices,
    })
}

/// A command at work on one request: what is typed is held against the request's own sealed values.
struct Step<'a> {
    work: Work<'a>,
    help: Help,
    check: Check,
}

impl<'a> Step<'a> {
    async fn begin(ctx: &'a Ctx, command: Command, code: &str) -> Result<Self> {
        let mut work = Work::begin(ctx, command).await?;
        let help = load(&mut work, code).await?;
        work.acts_on(help.state)?;
        let file = help::file(ctx.services.db.unseen(), &help)?;
        let about = gate::about(NeedKind::Household, false, Some(&need_file(&file)));
        Ok(Self { work, help, check: Check::about(about) })
    }

    /// What the slip's page will say.
    fn told(&mut self, field: FieldDef, typed: &Fields) -> String {
        self.check.read(field, typed)
    }

    /// A day from the next one on, the whole of which is left.
    fn day(&mut self, field: FieldDef, typed: &Fields) -> Option<NaiveDate> {
        let day = self.check.date(field, typed)?;
        let today = self.work.now.day();
        if day < today {
            self.check.wrong(field, format!("{}：已经过去，请选今天或以后", field.label));
        } else if day > today + chrono::Days::new(AHEAD_DAYS) {
            self.check.wrong(field, format!("{}：太远了，请选一年以内的日子", field.label));
        }
        Some(day)
    }

    /// Takes the step. Empty words leave what was told before.
    async fn done(self, said: String, due_at: Option<Time>, data: Value) -> Result<()> {
        let Self { mut work, mut help, check } = self;
        check.done()?;
        let step = work.step(&mut help.state)?;
        help.since = work.now;
        help.handled_by = work.ctx.actor.account_id;
        if let Some(due) = due_at {
            help.due_at = due;
        }
        if !said.is_empty() {
            help.answer.clone_from(&said);
            help.answered_at = Some(work.now);
        }
        let reason = Some(said).filter(|said| !said.is_empty());
        work.save(&help, step, About { reason, data: Some(data), ..About::default() }).await?;
        work.commit(&help.code).await
    }
}

/// The end of a day.
fn end_of(day: NaiveDate) -> Time {
    Time::at(day, 0, 0).plus_days(1)
}

/// 接下: the street sees to it.
#[boxed]
pub async fn take(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut step = Step::begin(ctx, Command::HelpTake, code).await?;
    let said = step.told(form::TAKE, typed);
    let due = work_due(&step);
    let data = json!({ "code": step.help.code });
    step.done(said, Some(due), data).await
}

fn work_due(step: &Step<'_>) -> Time {
    let now = step.work.now;
    if step.help.urgent {
        now.plus_hours(rules::WORK_URGENT_HOURS)
    } else {
        step.work.ctx.services.calendar().due(now, rules::WORK_WORKING_DAYS)
    }
}

/// 转给别的街道: another office answers, its own clock begins.
#[boxed]
pub async fn move_to(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut step = Step::begin(ctx, Command::HelpMove, code).await?;
    let division = fields::read_division(&mut step.check, &ctx.services.divisions(), form::PLACE, typed);
    if !division.is_empty() && place::office(&division) == place::office(&step.help.division_code) {
        step.check.wrong(form::PLACE, "就在这个街道，不用转");
    }
    let Step { mut work, mut help, check } = step;
    check.done()?;
    let taken = work.step(&mut help.state)?;
    let from = std::mem::replace(&mut help.division_code, division);
    help.since = work.now;
    help.due_at = ask::triage_due(&ctx.services, help.urgent, work.now);
    help.handled_by = None;
    let data = json!({ "code": help.code, "from": place::office(&from), "to": place::office(&help.division_code) });
    work.save(&help, taken, About { data: Some(data), ..About::default() }).await?;
    ask::tell(&mut work, &help.code, &help.division_code, help.urgent, help.despair).await?;
    work.commit(&help.code).await
}

/// 转办政府救助: which, by whom, by when.
#[boxed]
pub async fn route(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut step = Step::begin(ctx, Command::HelpRoute, code).await?;
    let aid: Option<AidKind> = step.check.choice(form::AID, typed);
    let office = step.check.read(form::OFFICE, typed);
    let by = step.day(form::BY, typed);
    let said = step.told(form::TAKE, typed);
    step.help.aid = aid;
    step.help.office = Some(office.clone());
    let data = json!({ "code": step.help.code, "aid": aid, "office": office, "by": by });
    step.done(said, by.map(end_of), data).await
}

/// 接着办: what came of the government's aid, or what has changed.
#[boxed]
pub async fn resume(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut step = Step::begin(ctx, Command::HelpResume, code).await?;
    let said = step.told(form::RESULT, typed);
    let due = work_due(&step);
    let data = json!({ "code": step.help.code });
    step.done(said, Some(due), data).await
}

/// 留意着: and when it is looked at again.
#[boxed]
pub async fn watch(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let step = Step::begin(ctx, Command::HelpWatch, code).await?;
    seen(step, typed).await
}

/// 去看过了: what it looks like now, and the next look.
#[boxed]
pub async fn look(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    seen(Step::begin(ctx, Command::HelpLook, code).await?, typed).await
}

async fn seen(mut step: Step<'_>, typed: &Fields) -> Result<()> {
    let level: Option<WatchLevel> = step.check.choice(form::LEVEL, typed);
    let signs: Vec<WatchSign> = form::SIGNS.values(typed).filter_map(|sign| sign.parse().ok()).collect();
    let next = step.day(form::NEXT, typed);
    let said = step.told(form::TAKE, typed);
    step.help.level = level;
    step.help.set_signs(&signs);
    let data = json!({ "code": step.help.code, "level": level, "signs": signs, "next": next });
    step.done(said, next.map(end_of), data).await
}

/// 答复: words were enough.
#[boxed]
pub async fn advise(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut step = Step::begin(ctx, Command::HelpAdvise, code).await?;
    let said = step.told(form::ANSWER, typed);
    let data = json!({ "code": step.help.code });
    step.done(said, None, data).await
}

/// 结束, with a reason.
#[boxed]
pub async fn close(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut step = Step::begin(ctx, Command::HelpClose, code).await?;
    let why: Option<HelpClose> = step.check.choice(form::WHY, typed);
    let said = step.told(form::END, typed);
    step.help.why = why;
    let data = json!({ "code": step.help.code, "why": why });
    step.done(said, None, data).await
}

/// 转为需求: a draft with everything that the request says already. Returns the need's code.
#[boxed]
pub async fn convert(ctx: &Ctx, code: &str, typed: &Fields) -> Result<String> {
    let mut step = Step::begin(ctx, Command::HelpNeed, code).await?;
    let title = step.check.read(what::TITLE, typed);
    let said = step.told(form::TAKE, typed);
    let Step { mut work, mut help, check } = step;
    check.done()?;
    if place::office(&help.division_code).len() < 9 {
        return Err(Error::rule("还不知道是哪个街道、乡镇：先用“转给别的街道”写清楚，再转为需求"));
    }
    let file = help::file(ctx.services.db.unseen(), &help)?;
    let mut input = Input::default();
    input.kind = Some(NeedKind::Household);
    input.division_code.clone_from(&help.division_code);
    input.source = Some(match help.channel {
        HelpChannel::Phone => Source::Hotline,
        HelpChannel::Visit => Source::Patrol,
        HelpChannel::Organization | HelpChannel::Volunteer => Source::Organization,
        HelpChannel::Web | HelpChannel::Poster => Source::Qr,
    });
    input.source_no = Some(help.code.clone());
    input.urgency = Some(if help.urgent { Urgency::Urgent } else { Urgency::Normal });
    input.file = Some(need_file(&file));
    input.set_text(what::TITLE, title);
    if let Some(aid) = help.aid {
        // The street's words on what the government gave have passed the gate.
        let result = if help.answer.is_empty() { "已交办" } else { &help.answer };
        input.set_text(what::AID_GIVEN, format!("{}：{result}", aid.label()));
    }
    let need = entry::create(&mut work, &input, None).await?;
    let taken = work.step(&mut help.state)?;
    help.since = work.now;
    help.need_id = Some(need.id);
    help.handled_by = ctx.actor.account_id;
    if !said.is_empty() {
        help.answer.clone_from(&said);
        help.answered_at = Some(work.now);
    }
    let data = json!({ "code": help.code, "need": need.code });
    work.save(&help, taken, About { need: Some(&need), data: Some(data), ..About::default() }).await?;
    work.commit(&need.code).await?;
    Ok(need.code)
}
