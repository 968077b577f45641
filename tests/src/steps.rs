//! Steps of the loop for tests, each through the same commands as everybody's.

use domain::{
    need::CloseReason,
    pairing::{Outcome, ShortReason},
    verification::{LineResult, Method, VerificationState},
};
use services::Fields;
use services::aid::delivery::{self, Done, Visit};
use services::aid::pairing::{GiveBack, LineReport, Report};
use services::aid::promise::Promise;
use services::aid::verification::{self, Finding, LineFinding};
use services::aid::{claim, pairing};
use services::needs::{need, need_form};
use storage::aid::claim::Claim;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
use storage::base::sealed::Place;
use storage::needs::need::{Line, Need};
use storage::needs::need_file::NeedFile;
use uuid::Uuid;

use crate::world::{Engine, World, household, with};

impl World {
    /// Reads a form as the page does.
    pub fn input(&self, fields: &Fields) -> need_form::Input {
        need_form::read(fields, None, "12", &self.services.divisions(), self.now())
            .unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
    }

    /// A draft by an account. Returns its code.
    pub async fn draft(&self, by: &str, fields: &Fields) -> String {
        need::create(&self.by(by), &self.input(fields)).await.unwrap()
    }

    /// Entered and submitted by `street`, published by `district`.
    pub async fn published(&self, fields: &Fields) -> String {
        let code = self.draft("street", fields).await;
        need::submit(&self.by("street"), &code).await.unwrap();
        need::publish(&self.by("district"), &code).await.unwrap();
        code
    }

    /// A published household with one line of `units` meals a week.
    pub async fn meals(&self, units: i64) -> String {
        let fields = with(
            &household(),
            &[
                ("lines.0.quantity", &units.to_string()),
                ("lines.1.service", ""),
                ("lines.1.quantity", ""),
                ("lines.1.unit", ""),
                ("lines.1.per", ""),
            ],
        );
        self.published(&fields).await
    }

    /// What an erased file still holds, which nobody reads any more.
    pub async fn left_of_file(&self, need: Uuid) -> NeedFile {
        let digits = match self.engine {
            Engine::Sqlite => "hex(payload)",
            Engine::Postgres => "encode(payload, 'hex')",
        };
        let digits =
            self.texts(&format!("SELECT {digits} FROM need_files WHERE anonymised_at IS NOT NULL")).await.remove(0);
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        let payload: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
        self.services.db.sealer().open(Place::new("need_files", "payload", &need), &payload).unwrap()
    }

    pub async fn need(&self, code: &str) -> Need {
        storage::needs::need::by_code(&mut self.read().await, code).await.unwrap().expect("the need")
    }

    pub async fn lines(&self, code: &str) -> Vec<Line> {
        let need = self.need(code).await;
        storage::needs::need::lines(&mut self.read().await, need.id, need.cycle).await.unwrap()
    }

    pub async fn claim(&self, code: &str) -> Claim {
        storage::aid::claim::by_code(&mut self.read().await, code).await.unwrap().expect("the claim")
    }

    pub async fn pairing(&self, code: &str) -> Pairing {
        storage::aid::pairing::by_code(&mut self.read().await, code).await.unwrap().expect("the pairing")
    }

    pub async fn deliveries(&self, pairing: &str) -> Vec<Delivery> {
        let id = self.pairing(pairing).await.id;
        storage::aid::delivery::of_pairing(&mut self.read().await, id).await.unwrap()
    }

    pub async fn verifications(&self, pairing: &str) -> Vec<Verification> {
        let id = self.pairing(pairing).await.id;
        storage::aid::verification::of_pairing(&mut self.read().await, id).await.unwrap()
    }

    /// What an organization offers: `quantities` in the order of the lines.
    pub async fn offer(&self, need: &str, quantities: &[i64]) -> claim::Input {
        let lines = self.lines(need).await;
        let lines = lines
            .iter()
            .zip(quantities)
            .filter(|(_, quantity)| **quantity > 0)
            .map(|(line, quantity)| (line.id, *quantity))
            .collect();
        claim::Input {
            lines, plan: "每天中午和傍晚各送一次，两人同行".to_owned(), start_on: self.now().day()
        }
    }

    /// A submitted claim. Returns its code.
    pub async fn claimed(&self, by: &str, need: &str, quantities: &[i64]) -> String {
        claim::submit(&self.by(by), need, &self.offer(need, quantities).await).await.unwrap()
    }

    /// A claim that `street` agreed to. Returns the pairing's code.
    pub async fn paired(&self, by: &str, need: &str, quantities: &[i64]) -> String {
        let claim = self.claimed(by, need, quantities).await;
        claim::approve(&self.by("street"), &claim).await.unwrap()
    }

    /// A pairing after its first contact.
    pub async fn active(&self, by: &str, need: &str, quantities: &[i64]) -> String {
        let code = self.paired(by, need, quantities).await;
        pairing::start(&self.by(by), &code, "已电话联系").await.unwrap();
        code
    }

    /// Records a visit of today on the pairing's first line.
    pub async fn record(&self, by: &str, pairing: &str) -> Uuid {
        let found = self.pairing(pairing).await;
        let line = storage::aid::claim::lines(&mut self.read().await, found.claim_id).await.unwrap()[0].line_id;
        let before: Vec<Uuid> = self.deliveries(pairing).await.iter().map(|d| d.id).collect();
        delivery::record_unplanned(&self.by(by), pairing, line, &self.visit()).await.unwrap();
        self.deliveries(pairing).await.iter().map(|d| d.id).find(|id| !before.contains(id)).unwrap()
    }

    pub fn visit(&self) -> Visit {
        let day = self.now().day();
        Visit::Done(Done { done_on: day, at: None, units: 1, minutes: Some(40), note: String::new(), again: true })
    }

    /// The account of a pairing.
    pub async fn promise(&self, pairing: &str) -> Promise {
        let id = self.pairing(pairing).await.id;
        services::aid::promise::of_list(&self.system(), &[id]).await.unwrap().remove(&id).expect("an account")
    }

    /// Everything that was agreed, recorded today in one visit a line.
    pub async fn served(&self, by: &str, pairing: &str) {
        for line in self.promise(pairing).await.lines {
            let units = line.account.agreed - line.account.done - line.account.waiting;
            if units > 0 {
                let day = self.now().day();
                let done = Done { done_on: day, at: None, units, minutes: Some(40), note: String::new(), again: true };
                delivery::record_unplanned(&self.by(by), pairing, line.line_id, &Visit::Done(done)).await.unwrap();
            }
        }
    }

    /// The report that the account bears out.
    pub async fn report_of(&self, pairing: &str) -> Report {
        let lines = self.promise(pairing).await.lines.into_iter().map(|line| {
            let recorded = line.account.done + line.account.waiting;
            let outcome = match recorded {
                0 => Outcome::None,
                n if n < line.account.agreed => Outcome::Partial,
                _ => Outcome::Full,
            };
            let reason = (outcome != Outcome::Full).then_some(ShortReason::Capacity);
            LineReport { line_id: line.line_id, outcome, reason, note: String::new() }
        });
        Report { lines: lines.collect(), text: "已按约定送餐".to_owned() }
    }

    /// One unit of the first line that can spare one.
    pub async fn give_back_of(&self, pairing: &str) -> GiveBack {
        let lines = self.promise(pairing).await.lines;
        let line = lines.iter().find(|line| line.returnable > 0).unwrap_or(&lines[0]);
        GiveBack { lines: vec![(line.line_id, 1)], reason: "人手不够".to_owned() }
    }

    /// Reports what the account bears out.
    pub async fn report(&self, by: &str, pairing: &str) {
        pairing::report(&self.by(by), pairing, &self.report_of(pairing).await).await.unwrap();
    }

    /// An active pairing of which everything is recorded, reported as done.
    pub async fn reported(&self, by: &str, need: &str, quantities: &[i64]) -> String {
        let code = self.active(by, need, quantities).await;
        self.served(by, &code).await;
        self.report(by, &code).await;
        code
    }

    /// One checked result on record: an organization without may hold ten pairings at most.
    pub async fn experienced(&self, by: &str) {
        let need = self.meals(1).await;
        let code = self.reported(by, &need, &[1]).await;
        self.verified(&code, "village", LineResult::Met).await;
        pairing::complete(&self.by("street"), &code).await.unwrap();
    }

    /// Assigned by `street` to `verifier`. Returns the verification's id.
    pub async fn assigned(&self, pairing: &str, verifier: &str) -> Uuid {
        verification::assign(&self.by("street"), pairing, self.id(verifier)).await.unwrap();
        self.verifications(pairing)
            .await
            .iter()
            .find(|v| v.state == VerificationState::Assigned && !v.recheck)
            .unwrap()
            .id
    }

    /// Verified by `verifier`, every line with the same result.
    pub async fn verified(&self, pairing: &str, verifier: &str, result: LineResult) -> Uuid {
        let id = self.assigned(pairing, verifier).await;
        let finding = self.finding(pairing, result).await;
        verification::submit(&self.by(verifier), id, &finding).await.unwrap();
        id
    }

    /// The same result of every line; half of the units where it is partial.
    pub async fn finding(&self, pairing: &str, result: LineResult) -> Finding {
        let lines = self.promise(pairing).await.lines.into_iter().map(|line| LineFinding {
            line_id: line.line_id,
            result,
            units: (result == LineResult::Partial).then_some((line.account.agreed / 2).max(1)),
            why: if result == LineResult::Met { "本人说都收到了".to_owned() } else { String::new() },
        });
        Finding::Verified { lines: lines.collect(), method: Method::HomeVisit, note: "当面问过本人".to_owned() }
    }

    /// Proposed by `street`, confirmed by `street2`.
    pub async fn closed(&self, need: &str, reason: CloseReason) {
        need::propose_close(&self.by("street"), need, &closing(reason)).await.unwrap();
        need::confirm_close(&self.by("street2"), need).await.unwrap();
    }
}

pub fn closing(reason: CloseReason) -> need::ClosingInput {
    need::ClosingInput {
        reason,
        note: "联系过三家，说明过情况".to_owned(),
        evidence: "社区上门核实，有走访记录".to_owned(),
    }
}
