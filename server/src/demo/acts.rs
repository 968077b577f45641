//! Each act through the services, as the person whose part it is.

use super::people;
use super::script::Act;
use super::stage::{Ledger, Office, Slot, Stage};
use chrono::Days;
use domain::delivery::DeliveryState;
use domain::need::{CloseReason, NeedState};
use domain::organization::{LedgerKind, OrganizationState};
use domain::pairing::{Outcome, ShortReason};
use domain::promise::ASK_WHY_PERCENT;
use domain::verification::{LineResult, VerificationResult};
use services::aid::delivery::{Done, Plan, Visit};
use services::aid::pairing::{LineReport, Report};
use services::aid::promise::Promise;
use services::aid::verification::{Finding, LineFinding};
use services::aid::{claim, delivery, pairing, transfer, verification};
use services::base::notice;
use services::needs::{consent, need, need_form};
use services::supply::organization;
use services::{Ctx, Error, Result};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use uuid::Uuid;

impl Stage {
    pub(super) async fn act(&mut self, story: usize, act: Act) -> Result<()> {
        match act {
            Act::Create { by_worker } => self.create(story, by_worker).await,
            Act::Submit => need::submit(&self.clerk(story, 0), &self.code(story)?).await,
            Act::Return => need::return_(&self.officer(story), &self.code(story)?, self.say("return")).await,
            Act::Revise => need::revise(&self.clerk(story, 0), &self.code(story)?).await,
            Act::Publish => need::publish(&self.officer(story), &self.code(story)?).await,
            Act::Suspend => need::suspend(&self.clerk(story, 1), &self.code(story)?, self.say("suspend")).await,
            Act::Resume => need::resume(&self.clerk(story, 0), &self.code(story)?).await,
            Act::Extend(days) => {
                let until =
                    self.stories[story].wish.as_ref().map_or(self.now.day(), |wish| wish.until) + Days::new(days);
                need::extend(&self.clerk(story, 0), &self.code(story)?, until).await
            }
            Act::Close(reason) => {
                self.propose(story, reason).await?;
                need::confirm_close(&self.clerk(story, 1), &self.code(story)?).await
            }
            Act::Propose(reason) => self.propose(story, reason).await,
            Act::RefuseClose => {
                let why = "请再上门核实一次，问清本人现在的情况";
                need::refuse_close(&self.clerk(story, 1), &self.code(story)?, why).await
            }
            Act::Abandon => need::abandon(&self.clerk(story, 0), &self.code(story)?, self.say("abandon")).await,
            Act::Merge(into) => {
                let into = self.code(into)?;
                need::merge(&self.clerk(story, 0), &self.code(story)?, &into, "同一户的两张单子，合并办理").await
            }
            Act::Unmerge => need::unmerge(&self.clerk(story, 0), &self.code(story)?).await,
            Act::Reopen => {
                let until = self.services.now().day() + Days::new(120);
                need::reopen(&self.clerk(story, 0), &self.code(story)?, self.say("reopen"), until).await
            }
            Act::ConsentWithdraw => {
                consent::withdraw(&self.clerk(story, 0), &self.code(story)?, "本人来电表示先不需要上门").await
            }
            Act::ConsentRecord => self.record_consent(story).await,
            Act::Recheck(id, result) => self.recheck(id, result).await,
            other => self.part(story, other).await,
        }
    }

    /// Acts around a claim and its pairing.
    async fn part(&mut self, story: usize, act: Act) -> Result<()> {
        match act {
            Act::Claim { slot, share, organization } => self.submit_claim(story, slot, share, organization).await,
            Act::Ask(slot) => claim::ask(&self.clerk(story, 0), &self.claim(story, slot)?, self.say("ask")).await,
            Act::Answer(slot) => {
                claim::answer(&self.staff_of(story, slot), &self.claim(story, slot)?, self.say("answer")).await
            }
            Act::Approve(slot) => {
                let code = claim::approve(&self.clerk(story, 0), &self.claim(story, slot)?).await?;
                self.slot(story, slot).pairing = Some(code);
                Ok(())
            }
            Act::Decline(slot) => {
                claim::decline(&self.clerk(story, 0), &self.claim(story, slot)?, self.say("decline")).await
            }
            Act::WithdrawClaim(slot) => {
                claim::withdraw(&self.staff_of(story, slot), &self.claim(story, slot)?, self.say("take_back")).await
            }
            Act::Disclose(slot, purpose) => {
                let code = self.pairing(story, slot)?;
                if self.stories[story].wish.as_ref().is_some_and(|wish| wish.minor || wish.village)
                    || !self.consents(story)
                {
                    return Ok(());
                }
                pairing::disclose(&self.staff_of(story, slot), &code, purpose).await.map(|_| ())
            }
            Act::Start(slot) => {
                pairing::start(&self.staff_of(story, slot), &self.pairing(story, slot)?, self.say("contact")).await
            }
            Act::Grace(slot) => pairing::grace(&self.clerk(story, 0), &self.pairing(story, slot)?).await,
            Act::Release(slot) => {
                pairing::release(&self.clerk(story, 0), &self.pairing(story, slot)?, "催过两次，机构没有安排上门").await
            }
            Act::Pause(slot) => {
                pairing::pause(&self.staff_of(story, slot), &self.pairing(story, slot)?, self.say("pause")).await
            }
            Act::Continue(slot) => pairing::resume(&self.staff_of(story, slot), &self.pairing(story, slot)?).await,
            Act::AssignWorker(slot) => {
                let admin = self.organization(story, slot).admin.clone();
                let id = admin.account_id.unwrap_or_default();
                pairing::assign_worker(&self.ctx(&admin), &self.pairing(story, slot)?, id).await
            }
            Act::Terminate { slot, by_organization } => {
                let ctx = if by_organization { self.lead_of(story, slot) } else { self.clerk(story, 0) };
                let section = if by_organization { "terminate:organization" } else { "terminate:office" };
                pairing::terminate(&ctx, &self.pairing(story, slot)?, self.say(section)).await
            }
            Act::Report(slot, wanted) => self.report(story, slot, wanted).await,
            Act::TakeBack(slot) => pairing::take_back(&self.staff_of(story, slot), &self.pairing(story, slot)?).await,
            Act::Rework(slot) => {
                pairing::rework(&self.clerk(story, 0), &self.pairing(story, slot)?, self.say("rework")).await
            }
            Act::Complete(slot) => {
                let code = self.pairing(story, slot)?;
                pairing::complete(&self.clerk(story, 0), &code).await?;
                self.look_for_recheck(story, &code).await
            }
            Act::CloseUnverified(slot) => {
                let why = "三次核验都没有联系上本人，按未能核验办结";
                pairing::close_unverified(&self.clerk(story, 0), &self.pairing(story, slot)?, why).await
            }
            Act::Offer { slot, to } => self.offer(story, slot, to).await,
            Act::AnswerTransfer { slot, accept } => {
                let id = self.slot(story, slot).transfer.ok_or(Error::NotFound)?;
                transfer::answer(&self.lead_of(story, slot + 1), id, accept).await
            }
            Act::DecideTransfer { slot, approve } => {
                let id = self.slot(story, slot).transfer.ok_or(Error::NotFound)?;
                let code =
                    transfer::decide(&self.clerk(story, 0), id, approve, "原机构已熟悉情况，建议继续服务").await?;
                // A refused transfer goes on with the old organization.
                let next = if approve {
                    Slot { pairing: Some(code), ..self.slot(story, slot + 1).clone() }
                } else {
                    self.slot(story, slot).clone()
                };
                *self.slot(story, slot + 1) = next;
                Ok(())
            }
            other => self.visit_act(story, other).await,
        }
    }

    /// Acts on visits and verifications.
    async fn visit_act(&mut self, story: usize, act: Act) -> Result<()> {
        match act {
            Act::Plan { slot, days, at } => {
                let code = self.pairing(story, slot)?;
                let line_id = self.line(&code).await?;
                let days = days.into_iter().filter(|day| *day >= self.services.now().day()).collect();
                delivery::plan(&self.staff_of(story, slot), &code, &Plan { line_id, days, at: Some(at.to_owned()) })
                    .await
                    .map(|_| ())
            }
            Act::Visit { slot, day, missed } => {
                let code = self.pairing(story, slot)?;
                let (_, deliveries) = self.stored(&code).await?;
                let planned = deliveries
                    .iter()
                    .find(|d| d.planned_on == day && d.state == DeliveryState::Planned)
                    .ok_or(Error::NotFound)?
                    .id;
                let visit = match missed {
                    Some(reason) => Visit::Missed(reason, self.say(&format!("missed:{}", reason.as_str())).to_owned()),
                    None => Visit::Done(self.done(story)),
                };
                delivery::record(&self.staff_of(story, slot), &code, planned, &visit).await
            }
            Act::Call(slot) => {
                let code = self.pairing(story, slot)?;
                let line = self.line(&code).await?;
                let visit = Visit::Done(self.done(story));
                delivery::record_unplanned(&self.staff_of(story, slot), &code, line, &visit).await
            }
            Act::Confirm(slot) => {
                let (_, deliveries) = self.stored(&self.pairing(story, slot)?).await?;
                let recorded: Vec<Uuid> = deliveries
                    .iter()
                    .filter(|d| d.state == DeliveryState::Recorded && !d.superseded)
                    .map(|d| d.id)
                    .collect();
                let ctx = self.worker(story).map_or_else(|| self.clerk(story, 1), |worker| self.ctx(&worker));
                delivery::confirm_all(&ctx, &recorded).await.map(|_| ())
            }
            Act::Dispute(slot) => {
                let found = self.delivery(&self.pairing(story, slot)?, DeliveryState::Recorded).await?;
                delivery::decide(&self.clerk(story, 1), found.id, false, self.say("dispute")).await.map(|_| ())
            }
            Act::Correct(slot) => {
                let code = self.pairing(story, slot)?;
                let found = self.delivery(&code, DeliveryState::Disputed).await?;
                let done = Done { done_on: found.done_on.unwrap_or(found.planned_on), ..self.done(story) };
                delivery::correct(&self.staff_of(story, slot), &code, found.id, &done, "时长记错，按签到更正").await
            }
            Act::CancelVisit(slot) => {
                let code = self.pairing(story, slot)?;
                let found = self.delivery(&code, DeliveryState::Planned).await?;
                delivery::cancel(&self.staff_of(story, slot), &code, found.id, "本人那天要去医院，改日再约").await
            }
            Act::Assign { slot, to_worker } => self.assign(story, slot, to_worker).await,
            Act::Reassign(slot) => {
                let id = self.slot(story, slot).verification.ok_or(Error::NotFound)?;
                let to =
                    self.cast.districts[self.cast.streets[self.stories[story].street].district].officers[0].clone();
                verification::reassign(&self.clerk(story, 0), id, to.account_id.unwrap_or_default()).await?;
                self.slot(story, slot).verifier = Some(to);
                Ok(())
            }
            Act::Verify(slot, result, method) => {
                let lines = self.findings(&self.pairing(story, slot)?, result).await?;
                let said = VerificationResult::of(lines.iter().map(|line| line.result)).unwrap_or(result);
                let note = self.say(&format!("verify:{}", said.as_str())).to_owned();
                self.find(story, slot, &Finding::Verified { lines, method, note }).await
            }
            Act::Fail(slot, reason) => {
                let note = self.say(&format!("fail:{}", reason.as_str())).to_owned();
                self.find(story, slot, &Finding::Failed { reason, note }).await
            }
            other => {
                tracing::error!(?other, "an act without a part");
                Err(Error::Internal("an act without a part"))
            }
        }
    }

    pub(super) fn say(&mut self, section: &str) -> &'static str {
        self.texts.draw(section, &self.chance)
    }

    /// The organization's worker of a slot.
    fn staff_of(&self, story: usize, slot: usize) -> Ctx {
        self.ctx(&self.organization(story, slot).worker)
    }

    fn lead_of(&self, story: usize, slot: usize) -> Ctx {
        self.ctx(&self.organization(story, slot).admin)
    }

    async fn create(&mut self, story: usize, by_worker: bool) -> Result<()> {
        let wish = self.wish(story);
        let ctx = self.clerk(story, 0);
        let input =
            need_form::read(&wish.fields, None, &ctx.actor.scope, &self.services.divisions(), self.services.now())?;
        self.stories[story].wish = Some(wish);
        let ctx = match self.worker(story) {
            Some(worker) if by_worker => self.ctx(&worker),
            _ => ctx,
        };
        self.stories[story].code = need::create(&ctx, &input).await?;
        Ok(())
    }

    async fn record_consent(&mut self, story: usize) -> Result<()> {
        let today = self.services.now().day();
        let fields = [
            ("consent_channel", "paper".to_owned()),
            ("consent_evidence", format!("同意书第{}号", self.chance.between(1, 999))),
            ("consent_given_on", today.to_string()),
            ("consent_valid_until", (today + Days::new(365)).to_string()),
        ];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        consent::record(&self.clerk(story, 0), &self.code(story)?, &fields).await
    }

    async fn submit_claim(&mut self, story: usize, slot: usize, share: i64, organization: Option<usize>) -> Result<()> {
        let code = self.code(story)?;
        let mut tx = self.services.db.read().await?;
        let found = storage::needs::need::by_code(&mut tx, &code).await?.ok_or(Error::NotFound)?;
        let lines = storage::needs::need::lines(&mut tx, found.id, found.cycle).await?;
        drop(tx);
        let slots = &self.stories[story].slots;
        // Who claims anew gives back what it had claimed.
        let again = organization.is_some_and(|at| slots.iter().any(|slot| slot.organization == at));
        let wanted: Vec<(Uuid, i64)> = lines
            .iter()
            .map(|line| (line.id, if again { line.quantity } else { line.remaining() }))
            .map(|(line, units)| (line, (units * share + 99) / 100))
            .filter(|(_, units)| *units > 0)
            .collect();
        if found.state != NeedState::Published || wanted.is_empty() {
            return Err(Error::rule("nothing open"));
        }
        let services: Vec<&str> = lines.iter().map(|line| line.service_code.as_str()).collect();
        let group = services[0].chars().next().unwrap_or('B');
        let input = claim::Input {
            lines: wanted,
            plan: self.say(&format!("plan:{group}")).to_owned(),
            start_on: self.services.now().day() + Days::new(3),
        };
        let used: Vec<usize> = self.stories[story].slots.iter().map(|slot| slot.organization).collect();
        // The one that was meant, or where its hands are full another that fits.
        let mut candidates = self.cast.fitting(&self.chance, &found.division_code[..6], &services);
        candidates.retain(|at| !used.contains(at) || slot == 0);
        if let Some(at) = organization {
            candidates.insert(0, at);
        }
        let mut refused = Error::rule("no organization");
        for candidate in candidates.into_iter().take(5) {
            let ctx = self.ctx(&self.cast.organizations[candidate].worker);
            match claim::submit(&ctx, &code, &input).await {
                Ok(claim) => {
                    *self.slot(story, slot) = Slot { organization: candidate, claim: Some(claim), ..Slot::default() };
                    return Ok(());
                }
                Err(error @ Error::Conflict(_)) => refused = error,
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    /// The line that a pairing's visits are planned for: its first.
    async fn line(&self, pairing_code: &str) -> Result<Uuid> {
        let (pairing, _) = self.stored(pairing_code).await?;
        let mut tx = self.services.db.read().await?;
        let lines = storage::aid::claim::lines(&mut tx, pairing.claim_id).await?;
        lines.first().map(|line| line.line_id).ok_or(Error::NotFound)
    }

    async fn propose(&mut self, story: usize, reason: CloseReason) -> Result<()> {
        let section = if reason == CloseReason::Withdrawn { "withdraw".to_owned() } else { format!("close:{reason}") };
        let input = need::ClosingInput {
            reason,
            note: self.say(&section).to_owned(),
            evidence: self.say("evidence").to_owned(),
        };
        need::propose_close(&self.clerk(story, 0), &self.code(story)?, &input).await
    }

    /// The account of a pairing, as its two sides see it.
    async fn account(&self, pairing_code: &str) -> Result<Promise> {
        let (pairing, _) = self.stored(pairing_code).await?;
        let mut all = services::aid::promise::of_list(&self.system(), &[pairing.id]).await?;
        Ok(all.remove(&pairing.id).unwrap_or_default())
    }

    /// Reports what the account bears out.
    async fn report(&mut self, story: usize, slot: usize, wanted: Outcome) -> Result<()> {
        /// As much as can be done on a last visit.
        const LAST: i64 = 8;
        let code = self.pairing(story, slot)?;
        let mut promise = self.account(&code).await?;
        let nothing = promise.lines.iter().all(|line| line.account.done + line.account.waiting == 0);
        let mut made = false;
        for (at, line) in promise.lines.iter().enumerate() {
            let account = line.account;
            let lacking = account.agreed - account.done - account.waiting;
            let units = match wanted {
                Outcome::Full if (1..=LAST).contains(&lacking) => lacking,
                // Where holidays and pauses left no visit, the service is recorded on the day of the report.
                Outcome::Full | Outcome::Partial if nothing && at == 0 => 1,
                _ => continue,
            };
            let done = Done { units, ..self.done(story) };
            delivery::record_unplanned(&self.staff_of(story, slot), &code, line.line_id, &Visit::Done(done)).await?;
            made = true;
        }
        if made {
            if wanted == Outcome::Full {
                Box::pin(self.visit_act(story, Act::Confirm(slot))).await?;
            }
            promise = self.account(&code).await?;
        }
        let lines: Vec<LineReport> = promise
            .lines
            .iter()
            .map(|line| {
                let recorded = line.account.done + line.account.waiting;
                let outcome = match recorded {
                    0 => Outcome::None,
                    n if n < line.account.agreed => Outcome::Partial,
                    _ => Outcome::Full,
                };
                let why = [ShortReason::Capacity, ShortReason::HouseholdDeclined, ShortReason::CoveredOtherwise];
                let reason = (outcome != Outcome::Full).then(|| *self.chance.pick(&why));
                LineReport { line_id: line.line_id, outcome, reason, note: String::new() }
            })
            .collect();
        let text = match Outcome::of(lines.iter().map(|line| line.outcome)) {
            Outcome::Full => "report:full",
            Outcome::Partial => "report:partial",
            Outcome::None => "report:none",
        };
        let report = Report { lines, text: self.say(text).to_owned() };
        pairing::report(&self.staff_of(story, slot), &code, &report).await
    }

    /// What a verifier finds of each line: what the account has, or less.
    async fn findings(&self, pairing_code: &str, wanted: VerificationResult) -> Result<Vec<LineFinding>> {
        let promise = self.account(pairing_code).await?;
        let all = promise.lines.iter().map(|line| {
            let (agreed, recorded) = (line.account.agreed, line.account.done + line.account.waiting);
            let kept = line.account.fulfilled_percent() >= ASK_WHY_PERCENT;
            let less = if wanted == VerificationResult::Partial { recorded - 1 } else { recorded };
            let (result, units, why) = match wanted {
                VerificationResult::NotMet => (LineResult::NotMet, None, ""),
                VerificationResult::Met if kept => (LineResult::Met, None, ""),
                _ if less > 0 && agreed > 1 => (LineResult::Partial, Some(less.min(agreed - 1)), ""),
                _ if recorded >= agreed => (LineResult::Met, None, "看过签收单，记录社区还没有来得及确认"),
                _ => (LineResult::NotMet, None, ""),
            };
            LineFinding { line_id: line.line_id, result, units, why: why.to_owned() }
        });
        Ok(all.collect())
    }

    fn done(&mut self, story: usize) -> Done {
        let service =
            self.stories[story].wish.as_ref().and_then(|wish| wish.services.first().copied()).unwrap_or("B01");
        let (units, minutes) = match service {
            "B01" => (self.chance.between(1, 3), self.chance.between(4, 8) * 5),
            "A01" => (self.chance.between(1, 3), self.chance.between(6, 18) * 10),
            _ => (1, self.chance.between(4, 18) * 10),
        };
        let note = self.say(&format!("visit:{service}")).to_owned();
        Done { done_on: self.services.now().day(), at: None, units, minutes: Some(minutes), note, again: true }
    }

    async fn offer(&mut self, story: usize, slot: usize, to: Option<usize>) -> Result<()> {
        let code = self.pairing(story, slot)?;
        let own = self.slot(story, slot).organization;
        let (district, services) = {
            let wish = self.stories[story].wish.as_ref().ok_or(Error::NotFound)?;
            (wish.division[..6].to_owned(), wish.services.clone())
        };
        let mut candidates = self.cast.fitting(&self.chance, &district, &services);
        if candidates.iter().all(|at| *at == own) {
            candidates = (0..self.cast.organizations.len()).filter(|at| self.cast.organizations[*at].plays).collect();
        }
        candidates.retain(|at| *at != own);
        // The one that was meant first; whoever was suspended or revoked meanwhile cannot be offered anything.
        let to = self.verified(to.into_iter().chain(candidates)).await?.ok_or(Error::NotFound)?;
        let uscc = self.cast.organizations[to].uscc.clone();
        transfer::offer(&self.lead_of(story, slot), &code, &uscc, self.say("transfer")).await?;
        let (pairing, _) = self.stored(&code).await?;
        let mut tx = self.services.db.read().await?;
        let id = storage::aid::transfer::pending_of(&mut tx, pairing.id).await?.map(|transfer| transfer.id);
        drop(tx);
        self.slot(story, slot).transfer = id;
        *self.slot(story, slot + 1) = Slot { organization: to, ..Slot::default() };
        Ok(())
    }

    /// The first of some organizations that is verified today.
    async fn verified(&self, candidates: impl Iterator<Item = usize>) -> Result<Option<usize>> {
        let mut tx = self.services.db.read().await?;
        for at in candidates {
            let found = storage::supply::organization::by_uscc(&mut tx, &self.cast.organizations[at].uscc).await?;
            if found.is_some_and(|found| found.state == OrganizationState::Verified) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    async fn assign(&mut self, story: usize, slot: usize, to_worker: bool) -> Result<()> {
        let code = self.pairing(story, slot)?;
        let street = &self.cast.streets[self.stories[story].street];
        let worker = if to_worker { self.worker(story) } else { None };
        let to = worker.unwrap_or_else(|| street.clerks[1].clone());
        verification::assign(&self.clerk(story, 0), &code, to.account_id.unwrap_or_default()).await?;
        let (pairing, _) = self.stored(&code).await?;
        let mut tx = self.services.db.read().await?;
        let all = storage::aid::verification::of_pairing(&mut tx, pairing.id).await?;
        drop(tx);
        let found = all.iter().find(|v| v.state == domain::verification::VerificationState::Assigned).map(|v| v.id);
        let slot = self.slot(story, slot);
        slot.verification = found;
        slot.verifier = Some(to);
        Ok(())
    }

    async fn find(&mut self, story: usize, slot: usize, finding: &Finding) -> Result<()> {
        let slot = self.slot(story, slot).clone();
        let (Some(id), Some(verifier)) = (slot.verification, slot.verifier) else { return Err(Error::NotFound) };
        verification::submit(&self.ctx(&verifier), id, finding).await.map(|_| ())
    }

    async fn recheck(&mut self, id: Uuid, result: VerificationResult) -> Result<()> {
        let mut tx = self.services.db.read().await?;
        let found = storage::aid::verification::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
        drop(tx);
        let verifier = self.cast.actors.get(&found.assignee_id).cloned().ok_or(Error::NotFound)?;
        let mut tx = self.services.db.read().await?;
        let pairing = storage::aid::pairing::by_id(&mut tx, found.pairing_id).await?.ok_or(Error::NotFound)?;
        drop(tx);
        let lines = self.findings(&pairing.code, result).await?;
        let said = VerificationResult::of(lines.iter().map(|line| line.result)).unwrap_or(result);
        let note = self.say(&format!("verify:{}", said.as_str())).to_owned();
        let finding = Finding::Verified { lines, method: domain::verification::Method::Call, note };
        verification::submit(&self.ctx(&verifier), id, &finding).await.map(|_| ())
    }

    pub(super) async fn office_act(&mut self, office: Office) -> Result<()> {
        let of = |stage: &Self, at: usize| {
            let organization = &stage.cast.organizations[at];
            let district = stage.cast.districts.iter().find(|d| d.code == organization.home);
            (district.map_or_else(|| stage.system(), |d| stage.ctx(&d.officers[0])), organization.id)
        };
        match office {
            Office::Apply(number) => {
                let (ctx, chance) = (self.system(), Arc::clone(&self.chance));
                super::cast::enter(&ctx, &mut self.cast, &chance, number).await
            }
            Office::Verify { organization: at, until } => {
                let (ctx, id) = of(self, at);
                organization::verify(&ctx, id, until).await
            }
            Office::Return(at) => {
                let (ctx, id) = of(self, at);
                organization::return_(&ctx, id, "登记证书副本不清晰，请补传后重新提交").await
            }
            Office::Refuse(at) => {
                let (ctx, id) = of(self, at);
                organization::refuse(&ctx, id, "业务范围不包含社会救助服务").await
            }
            Office::Suspend(at) => {
                let (ctx, id) = of(self, at);
                organization::suspend(&ctx, id, "年度检查尚未完成，暂停承接").await
            }
            Office::Revoke(at) => {
                let (ctx, id) = of(self, at);
                organization::revoke(&ctx, id, "已办理注销登记").await
            }
            Office::Upload(what) => self.upload(what).await,
            Office::ReadNotices => {
                // An office and an organization have one inbox each.
                let mut inboxes = HashSet::new();
                for actor in self.cast.actors.values() {
                    if inboxes.insert((actor.organization_id, &actor.scope)) {
                        notice::mark_read(&self.ctx(actor)).await?;
                    }
                }
                Ok(())
            }
        }
    }

    /// A ledger of a few rows, one of them with a mistake. The good rows become drafts, or wait for a decision, or
    /// the whole is given up.
    async fn upload(&mut self, what: Ledger) -> Result<()> {
        type Row = (&'static str, &'static str, &'static str, &'static str);
        let home = self.cast.home_street();
        let street = &self.cast.streets[home];
        let ctx = self.ctx(&street.clerks[1]);
        let (file, rows): (&str, [Row; 3]) = match what {
            Ledger::Applied => (
                "走访台账示例.csv",
                [
                    ("低保", "助餐", "午饭常常凑合，希望有人把热饭送到家。", "每周5餐"),
                    ("重度残疾人", "康复训练", "出院后在家练站立，没人指导不敢动。", "每周2次"),
                    ("低保边缘", "助洁", "腰伤未好，屋里好久没有彻底打扫。", "每月2次"),
                ],
            ),
            Ledger::Waiting => (
                "冬季走访台账示例.csv",
                [
                    ("低保", "探访", "入冬以后很少出门，盼着有人隔几天来看一眼。", "每周1次"),
                    ("重度残疾人", "助浴", "天冷，自己在家洗不了澡，要两人上门。", "每月2次"),
                    ("低保边缘", "陪诊", "每月复查，一个人弄不清流程。", "每月1次"),
                ],
            ),
            Ledger::Discarded => (
                "走访台账示例（旧版）.csv",
                [
                    ("低保", "助餐", "午饭没有人做。", "每周3餐"),
                    ("低保", "助行", "想下楼走走，楼道窄，要人扶。", "每周1次"),
                    ("低保边缘", "助洁", "窗户几年没有擦。", "每月1次"),
                ],
            ),
            Ledger::Unread => {
                let text =
                    "活动,时间,地点,联系方式\n重阳节联欢,上午9点,社区活动室,见公告栏\n义剪,下午2点,社区广场,见公告栏\n";
                let (kind, bytes) = (LedgerKind::Needs, text.as_bytes().to_vec());
                let id = services::needs::import::receive(
                    &ctx,
                    kind,
                    "十月活动安排示例.csv",
                    bytes,
                    documents::ledger::Choice::default(),
                )
                .await?;
                // It is no ledger; that stands on its page.
                return match services::needs::import::run(&ctx, id).await {
                    Ok(()) | Err(services::Error::Invalid(_)) => Ok(()),
                    Err(error) => Err(error),
                };
            }
        };
        let today = self.services.now().day();
        let mut csv = "需求编号,对象类型（个案/村）,区划代码,对象类别,需求类别,需求摘要（脱敏）,紧急程度（24h/一般）,数量/频次,期限,姓名,身份证号,联系电话,家庭住址\n".to_owned();
        for (number, (who, service, summary, amount)) in rows.into_iter().enumerate() {
            let name = people::name(&self.chance);
            let mut id = people::id_number(&self.chance, "120102", domain::need::Sex::Female);
            if number == 2 {
                // The row in error: one digit is missing.
                id.pop();
            }
            let phone = people::phone(&self.chance);
            // Writing into a String cannot fail.
            let _ = writeln!(
                csv,
                "LSD{}-{:02},个案,{}000,{who},{service},{summary},一般,{amount},{today}至{},{name},{id},{phone},示例里{}号楼1门201",
                today.format("%m%d"),
                number + 1,
                street.code,
                today + Days::new(120),
                number + 3
            );
        }
        let id = services::needs::import::upload(&ctx, LedgerKind::Needs, file, csv.into_bytes()).await?;
        match what {
            Ledger::Applied => services::needs::import::apply(&ctx, id).await.map(|_| ()),
            Ledger::Waiting => Ok(()),
            Ledger::Discarded => services::needs::import::discard(&ctx, id).await,
            Ledger::Unread => Ok(()),
        }
    }
}
