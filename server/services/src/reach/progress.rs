//! What a slip tells whoever holds it: how far it is, by when somebody answers, the half day of the next visit. No
//! person, place, service or organization: a lost slip tells nothing.

use crate::base::limits;
use crate::boxed;
use crate::{Error, Result, Services};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::help::{self as rules, HelpState};
use domain::need::NeedState;
use domain::pairing::PairingState;
use storage::reach::help::{self, Help};
use storage::reach::voice::{self, Voice};

/// How far a request is.
#[derive(Clone, Debug)]
pub struct Progress {
    pub slip: String,
    pub asked_at: Time,
    /// What is being done now.
    pub stage: &'static str,
    /// What comes next.
    pub next: &'static str,
    pub is_over: bool,
    pub urgent: bool,
    /// By when somebody answers.
    pub due_at: Option<Time>,
    /// The street's words, and when.
    pub answer: Option<(String, Option<Time>)>,
    /// Day and half day of the next visit.
    pub visit: Option<(NaiveDate, &'static str)>,
    /// Whether the household may say whether somebody came.
    pub speaks: bool,
    pub voices: Vec<Voice>,
}

/// The request of a typed slip; every look from an address is counted, one that finds is given back.
pub(super) async fn found(services: &Services, address: &str, typed: &str) -> Result<Help> {
    let counted = limits::slip(services, address).await?;
    let slip = rules::parse_slip(typed).ok_or(Error::NotFound)?;
    let mut tx = services.db.read().await?;
    let h = help::by_slip(&mut tx, &slip).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let mut tx = services.db.write().await?;
    counted.was_right(&mut tx).await?;
    tx.commit().await?;
    Ok(h)
}

/// 查进度, by anybody who holds the slip.
#[boxed]
pub async fn progress(services: &Services, address: &str, typed: &str) -> Result<Progress> {
    let h = found(services, address, typed).await?;
    let mut tx = services.db.read().await?;
    let (stage, next) = stage(&mut tx, &h).await?;
    let today = services.now().day();
    let visit = match h.need_id {
        Some(need) => help::next_visit(&mut tx, need, today).await?,
        None => None,
    };
    let voices = voice::of_help(&mut tx, h.id).await?;
    Ok(Progress {
        slip: h.slip,
        asked_at: h.asked_at,
        stage,
        next,
        is_over: matches!(h.state, HelpState::Advised | HelpState::Closed),
        urgent: h.urgent,
        due_at: h.state.clock().map(|_| h.due_at),
        answer: (!h.answer.is_empty()).then_some((h.answer, h.answered_at)),
        visit: visit.map(|(day, at)| (day, half(at.as_deref()))),
        speaks: h.state != HelpState::Received,
        voices,
    })
}

/// `上午`, where a time is planned.
fn half(at: Option<&str>) -> &'static str {
    match at.and_then(|at| at.get(..2)?.parse::<u32>().ok()) {
        Some(0..12) => "上午",
        Some(_) => "下午",
        None => "",
    }
}

async fn stage(tx: &mut storage::Tx, h: &Help) -> Result<(&'static str, &'static str)> {
    Ok(match h.state {
        HelpState::Received => ("街道收到了，还没有答复", "街道先打电话或上门，问清情况。"),
        HelpState::Accepted => ("街道在办", "街道问清情况，定下怎么办。"),
        HelpState::Routed => ("在办政府救助", "有了结果，街道给您回话。还缺的，再请人来帮。"),
        HelpState::Watched => ("街道留意着", "到约好的日子，街道再来看。情况变了，随时打电话。"),
        HelpState::Advised => ("已答复", "还有困难，再登记一次，或打电话。"),
        HelpState::Closed => ("已结束", "又有困难，再登记一次，或打电话。"),
        HelpState::Needed => {
            let Some(need) = h.need_id else { return Err(Error::Internal("a request without its need")) };
            let need_row = storage::needs::need::by_id(tx, need).await?.ok_or(Error::NotFound)?;
            let pairings = storage::aid::pairing::of_need(tx, need).await?;
            let is_helped = pairings.iter().any(|p| p.state.is_running());
            let begun = pairings.iter().any(|p| matches!(p.state, PairingState::Active | PairingState::Reported));
            match need_row.state {
                NeedState::Closed if need_row.close_reason.is_some_and(domain::need::CloseReason::is_success) => {
                    ("已经帮过了，并由别人核对过", "又有困难，再登记一次，或打电话。")
                }
                NeedState::Closed => ("已结束", "还有困难，再登记一次，或打电话。"),
                NeedState::Suspended => ("暂停", "街道会打电话告诉您为什么。"),
                _ if begun => ("有人在帮", "来没来、帮没帮上，请在下面告诉街道。"),
                _ if is_helped => ("找到了愿意来帮的人", "几天之内先打电话给您，约上门的时间。"),
                NeedState::Published => ("正在请人来帮", "有人愿意来，街道核对后告诉您。"),
                _ => ("街道在准备，准备好了就请人来帮", "街道会再打电话，问清需要什么。"),
            }
        }
    })
}
