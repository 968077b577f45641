//! The household's own voice: whether somebody came, whether it helped. By the slip, by family, or read out and written
//! down by another (代答). What wants an answer waits for the street with a clock of its own.

use super::{help::load, place, progress};
use crate::base::notice;
use crate::base::work::{About, Work};
use crate::base::{gate, limits};
use crate::boxed;
use crate::{Ctx, Error, Fields, Result, Services};
use domain::field::Check;
use domain::form::reach::{progress as form, triage};
use domain::help::{self as rules, Came, HelpState, Helped, Speaker, VoiceState};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::NeedKind;
use domain::permission::Record;
use domain::role::Actor;
use serde_json::json;
use std::sync::Arc;
use storage::reach::help::{self, Help};
use storage::reach::voice::{self, Voice};
use uuid::Uuid;

/// What is said.
#[derive(Clone)]
pub struct Said {
    came: Came,
    helped: Option<Helped>,
    speaker: Speaker,
    words: String,
}

/// Reads it; whether it helped is asked where somebody came.
pub fn read(fields: &Fields) -> Result<Said> {
    let mut check = Check::new();
    let came: Option<Came> = check.choice(form::CAME, fields);
    let helped: Option<Helped> = check.choice(form::HELPED.required(came == Some(Came::Yes)), fields);
    let speaker: Option<Speaker> = check.choice(form::SPEAKER, fields);
    let words = check.read(form::WORDS, fields);
    check.done()?;
    let (Some(came), Some(speaker)) = (came, speaker) else { return Err(Error::Internal("a checked answer")) };
    Ok(Said { came, helped, speaker, words })
}

impl Said {
    /// Whether the street has to answer.
    fn is_heard(&self) -> bool {
        self.came == Came::No || self.helped.is_some_and(|helped| helped != Helped::Enough) || self.is_despair()
    }

    /// Whether the words may be those of somebody who will harm themselves.
    pub fn is_despair(&self) -> bool {
        rules::is_despair(&self.words)
    }
}

/// By whoever holds the slip.
#[boxed]
pub async fn say(services: &Arc<Services>, address: &str, typed: &str, said: &Said) -> Result<()> {
    let h = progress::found(services, address, typed).await?;
    limits::voice(services, h.id).await?;
    let ctx = Ctx::new(services, Actor::system(), "page");
    write(&ctx, &h.code, said).await
}

/// 代答: the office rings up, and writes down what the household says.
#[boxed]
pub async fn say_for(ctx: &Ctx, code: &str, said: &Said) -> Result<()> {
    write(ctx, code, said).await
}

async fn write(ctx: &Ctx, code: &str, said: &Said) -> Result<()> {
    let services = &ctx.services;
    let command = if said.is_heard() { Command::VoiceSay } else { Command::VoiceNote };
    let mut work = Work::begin(ctx, command).await?;
    let h = load(&mut work, code).await?;
    if h.state == HelpState::Received {
        return Err(Error::rule("街道还没有答复这件求助，请等一等再说"));
    }
    let due_at = services.calendar().due(work.now, rules::VOICE_WORKING_DAYS);
    let at = (work.now, due_at);
    let mut v = Voice::new(services.new_id(), h.id, said.speaker, (said.came, said.helped), at);
    v.state = if said.is_heard() { VoiceState::Said } else { VoiceState::Noted };
    let need = match h.need_id {
        Some(id) => storage::needs::need::by_id(&mut work.tx, id).await?,
        None => None,
    };
    if let (Came::No, Some(need)) = (said.came, &need) {
        let since = work.now.day() - chrono::Days::new(rules::RECORDED_DAYS);
        v.disputes = help::recorded(&mut work.tx, need.id, since).await? > 0;
    }
    voice::insert(&mut work.tx, services.db.sealer(), &v, &said.words).await?;
    let data = json!({ "code": h.code, "came": said.came, "helped": said.helped, "speaker": said.speaker, "disputes": v.disputes });
    work.created(v.state, v.id, About { need: need.as_ref(), data: Some(data), ..About::default() }).await?;
    if v.state == VoiceState::Said {
        let title = match (said.is_despair(), v.disputes) {
            (true, _) => "求助人可能想不开，请马上联系",
            (false, true) => "求助人说没来，服务记录说来过",
            (false, false) => "求助人要街道回话",
        };
        let to = format!("{}#voice", href(Object::Help, &h.code));
        notice::to_scope(&mut work, place::office(&h.division_code), title, &h.code, &to).await?;
    }
    work.commit(&h.code).await
}

/// 回话: what was found out, and what happens now. It stands on the slip's page. Returns the request's code.
#[boxed]
pub async fn hear(ctx: &Ctx, id: Uuid, typed: &str) -> Result<String> {
    let mut work = Work::begin(ctx, Command::VoiceHear).await?;
    let mut v = voice::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let h: Help = help::by_id(&mut work.tx, v.help_id).await?.ok_or(Error::NotFound)?;
    work.authorize(&Record { division: Some(&h.division_code), ..Record::default() })?;
    let file = help::file(ctx.services.db.unseen(), &h)?;
    let mut check = Check::about(gate::about(NeedKind::Household, false, Some(&super::help::need_file(&file))));
    let answer = check.read(triage::HEARD, typed);
    check.done()?;
    let step = work.step(&mut v.state)?;
    v.heard_by = ctx.actor.account_id;
    v.heard_at = Some(work.now);
    v.answer.clone_from(&answer);
    let need = match h.need_id {
        Some(id) => storage::needs::need::by_id(&mut work.tx, id).await?,
        None => None,
    };
    let about = About { need: need.as_ref(), data: Some(json!({ "code": h.code })), ..About::default() };
    work.save(&v, step, about).await?;
    work.commit(&h.code).await?;
    Ok(h.code)
}
