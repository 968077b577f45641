//! Every command of the loop with good parameters, so that only permission and state can refuse it.

use chrono::Datelike as _;
use domain::{
    machine::{Command, Object},
    need::CloseReason,
    pairing::Purpose,
    verification::{FailReason, LineResult},
};
use services::Error;
use services::aid::delivery::{self, Done, Plan, Visit};
use services::aid::verification::{self, Finding};
use services::aid::{claim, pairing, transfer};
use services::needs::{amendment, consent, need};
use services::supply::organization;
use uuid::Uuid;

use crate::{
    steps::closing,
    world::{World, day, fields, household, with},
};

/// What commands act on.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub need: String,
    /// A published need that another may be merged into.
    pub into: String,
    pub claim: Option<String>,
    pub pairing: Option<String>,
    pub delivery: Option<Uuid>,
    pub verification: Option<Uuid>,
    pub transfer: Option<Uuid>,
}

impl World {
    /// Runs a command as an account. `None` where the target has no such record, or the command is not one
    /// that an account gives (clocks, and steps that follow from another command).
    pub async fn attempt(&self, by: &str, command: Command, target: &Target) -> Option<Result<(), Error>> {
        use Command as C;
        let ctx = self.by(by);
        let need = target.need.as_str();
        let until = day("2027-06-30");
        let today = self.now().day();
        let done = || Done { done_on: today, at: None, units: 1, minutes: Some(30), note: String::new(), again: true };
        Some(match command {
            C::NeedEdit => {
                let version = self.need(need).await.version;
                need::edit(&ctx, need, version, &self.input(&household())).await
            }
            C::NeedAssign => need::assign(&ctx, need, "民政科2号岗").await,
            C::NeedMendFile => {
                let phone = format!("138{:08}", self.now().0 / 1_000_000 % 100_000_000);
                let form = with(&household(), &[("phone", &phone), ("why", "visit")]);
                services::aid::need_file::mend(&ctx, need, &form).await
            }
            C::NeedSubmit => need::submit(&ctx, need).await,
            C::NeedReturn => need::return_(&ctx, need, "请补充").await,
            C::NeedRevise => need::revise(&ctx, need).await,
            C::NeedPublish => need::publish(&ctx, need).await,
            C::NeedSuspend => need::suspend(&ctx, need, "本人住院").await,
            C::NeedResume => need::resume(&ctx, need).await,
            C::NeedExtend => {
                let until = self.need(need).await.valid_until.map_or(until, |old| old + chrono::Days::new(1));
                need::extend(&ctx, need, until).await
            }
            C::NeedProposeClose => {
                let reason = if self.now().day().day().is_multiple_of(2) {
                    CloseReason::DoneByOthers
                } else {
                    CloseReason::Withdrawn
                };
                need::propose_close(&ctx, need, &closing(reason)).await
            }
            C::NeedAmend => {
                let title = format!("失能老人家庭，送餐，第{}次更正", self.now().0 / 1_000_000 % 1_000);
                amendment::propose(&ctx, need, &fields(&[("title", &title), ("reason", "标题写得不清楚")])).await
            }
            C::NeedConfirmAmendment => amendment::confirm(&ctx, need).await,
            C::NeedRefuseAmendment => amendment::refuse(&ctx, need, "原来的标题没有错").await,
            C::NeedRefuseClose => need::refuse_close(&ctx, need, "再核实一次").await,
            C::NeedClose | C::NeedWithdraw => need::confirm_close(&ctx, need).await,
            C::NeedAbandon => need::abandon(&ctx, need, "重复登记").await,
            C::NeedMerge => need::merge(&ctx, need, &target.into, "同一户").await,
            C::NeedUnmerge => need::unmerge(&ctx, need).await,
            C::NeedReopen => need::reopen(&ctx, need, "本人又提出", until).await,
            C::ConsentRecord => {
                let given = [
                    ("consent_channel", "phone"),
                    ("consent_evidence", "录音第0003号"),
                    ("consent_given_on", "2026-11-24"),
                    ("consent_valid_until", "2027-06-30"),
                ];
                consent::record(&ctx, need, &fields(&given)).await
            }
            C::ConsentWithdraw => consent::withdraw(&ctx, need, "本人来电撤回").await,
            C::ClaimSubmit => claim::submit(&ctx, need, &self.offer(need, &[2]).await).await.map(|_| ()),
            C::ClaimAsk => claim::ask(&ctx, target.claim.as_deref()?, "周末送吗").await,
            C::ClaimAnswer => claim::answer(&ctx, target.claim.as_deref()?, "周末也送").await,
            C::ClaimApprove => claim::approve(&ctx, target.claim.as_deref()?).await.map(|_| ()),
            C::ClaimDecline => claim::decline(&ctx, target.claim.as_deref()?, "另有安排").await,
            C::ClaimWithdraw => claim::withdraw(&ctx, target.claim.as_deref()?, "来不了").await,
            C::PairingStart => pairing::start(&ctx, target.pairing.as_deref()?, "已电话联系").await,
            C::PairingRelease => pairing::release(&ctx, target.pairing.as_deref()?, "没有联系").await,
            C::PairingGoOn => pairing::go_on(&ctx, target.pairing.as_deref()?, "问过了，下周起照常").await,
            C::PairingGrace => pairing::grace(&ctx, target.pairing.as_deref()?).await,
            C::PairingPause => pairing::pause(&ctx, target.pairing.as_deref()?, "厨房检修").await,
            C::PairingResume => pairing::resume(&ctx, target.pairing.as_deref()?).await,
            C::PairingReport => {
                let code = target.pairing.as_deref()?;
                pairing::report(&ctx, code, &self.report_of(code).await).await
            }
            C::PairingGiveBack => {
                let code = target.pairing.as_deref()?;
                pairing::give_back(&ctx, code, &self.give_back_of(code).await).await
            }
            C::PairingTakeBack => pairing::take_back(&ctx, target.pairing.as_deref()?).await,
            C::PairingRework => pairing::rework(&ctx, target.pairing.as_deref()?, "请继续").await,
            C::PairingComplete => pairing::complete(&ctx, target.pairing.as_deref()?).await,
            C::PairingCloseUnverified => {
                pairing::close_unverified(&ctx, target.pairing.as_deref()?, "三次联系不上").await
            }
            C::PairingTerminate => pairing::terminate(&ctx, target.pairing.as_deref()?, "不合适").await,
            C::PairingDisclose => pairing::disclose(&ctx, target.pairing.as_deref()?, Purpose::Visit).await.map(|_| ()),
            C::PairingAssignWorker => {
                let code = target.pairing.as_deref()?;
                let own = self.pairing(code).await.organization_id;
                let worker = if own == self.org("care") { "care_worker" } else { "meals_worker" };
                pairing::assign_worker(&ctx, code, self.id(worker)).await
            }
            C::TransferOffer => {
                let code = target.pairing.as_deref()?;
                transfer::offer(&ctx, code, &self.usccs["third"], "人手不够").await
            }
            C::TransferAccept => transfer::answer(&ctx, target.transfer?, true).await,
            C::TransferDecline => transfer::answer(&ctx, target.transfer?, false).await,
            C::TransferApprove => transfer::decide(&ctx, target.transfer?, true, "").await.map(|_| ()),
            C::TransferRefuse => transfer::decide(&ctx, target.transfer?, false, "不合适").await.map(|_| ()),
            C::DeliveryPlan => {
                let code = target.pairing.as_deref()?;
                let found = self.pairing(code).await;
                let lines = storage::aid::claim::lines(&mut self.read().await, found.claim_id).await.unwrap();
                let days = vec![self.now().day()];
                delivery::plan(&ctx, code, &Plan { line_id: lines[0].line_id, days, at: None }).await.map(|_| ())
            }
            C::DeliveryRecord => {
                delivery::record(&ctx, target.pairing.as_deref()?, target.delivery?, &Visit::Done(done())).await
            }
            C::DeliveryMiss => {
                let missed = Visit::Missed(domain::delivery::MissReason::NoOneHome, String::new());
                delivery::record(&ctx, target.pairing.as_deref()?, target.delivery?, &missed).await
            }
            C::DeliveryCorrect => {
                delivery::correct(&ctx, target.pairing.as_deref()?, target.delivery?, &done(), "填错了").await
            }
            C::DeliveryMove => {
                let to = self.now().day() + chrono::Days::new(3);
                delivery::move_to(&ctx, target.pairing.as_deref()?, target.delivery?, to, "本人改期").await
            }
            C::DeliveryAssign => {
                let goes = delivery::Goes::Nobody;
                delivery::assign(&ctx, target.pairing.as_deref()?, target.delivery?, goes).await
            }
            C::DeliveryVoid => delivery::cancel(&ctx, target.pairing.as_deref()?, target.delivery?, "改期").await,
            C::DeliveryConfirm => delivery::decide(&ctx, target.delivery?, true, "").await.map(|_| ()),
            C::DeliveryDispute => delivery::decide(&ctx, target.delivery?, false, "没有来").await.map(|_| ()),
            C::VerificationAssign => verification::assign(&ctx, target.pairing.as_deref()?, self.id("village")).await,
            C::VerificationReassign => {
                verification::reassign(&ctx, target.verification?, self.id("street2")).await.map(|_| ())
            }
            C::VerificationVerify => {
                let id = target.verification?;
                let code = target.pairing.as_deref()?;
                // Whose result the day decides.
                let result = LineResult::ALL[usize::try_from(self.now().day().day()).unwrap() % 3];
                verification::submit(&ctx, id, &self.finding(code, result).await).await.map(|_| ())
            }
            C::VerificationFail => {
                let failed = Finding::Failed { reason: FailReason::NoAnswer, note: String::new() };
                verification::submit(&ctx, target.verification?, &failed).await.map(|_| ())
            }
            C::OrganizationSuspend => organization::suspend(&ctx, self.org("meals"), "年检未过").await,
            C::OrganizationResume => organization::resume(&ctx, self.org("meals")).await,
            _ => return None,
        })
    }

    /// The stored state that the table looks at; `None` where the command creates its object.
    pub async fn state_before(&self, command: Command, target: &Target) -> Option<String> {
        if domain::machine::RULES.iter().any(|rule| rule.command == command && rule.from.is_none()) {
            return None;
        }
        let query = match command.object() {
            Object::Need => format!("SELECT state FROM needs WHERE code = '{}'", target.need),
            Object::Claim => format!("SELECT state FROM claims WHERE code = '{}'", target.claim.as_deref()?),
            Object::Pairing => format!("SELECT state FROM pairings WHERE code = '{}'", target.pairing.as_deref()?),
            Object::Delivery => self.state_of("deliveries", target.delivery?),
            Object::Verification => self.state_of("verifications", target.verification?),
            Object::Transfer => self.state_of("transfers", target.transfer?),
            Object::Organization => self.state_of("organizations", self.org("meals")),
            Object::Consent => {
                let need = self.need(&target.need).await.id;
                let latest = storage::needs::consent::latest(&mut self.read().await, self.services.db.sealer(), need)
                    .await
                    .unwrap()?;
                return Some(latest.state.to_string());
            }
            _ => return None,
        };
        self.texts(&query).await.pop()
    }

    fn state_of(&self, table: &str, id: Uuid) -> String {
        match self.engine {
            crate::world::Engine::Sqlite => {
                format!("SELECT state FROM {table} WHERE id = x'{}'", id.simple())
            }
            crate::world::Engine::Postgres => format!("SELECT state FROM {table} WHERE id = '{id}'"),
        }
    }
}
