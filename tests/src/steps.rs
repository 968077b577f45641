//! Steps of the loop for tests, each through the same commands as everybody's.

use domain::{
    pairing::Outcome,
    verification::{Method, VerificationResult, VerificationState},
};
use services::Fields;
use services::aid::delivery::{self, Done, Visit};
use services::aid::verification::{self, Finding};
use services::aid::{claim, pairing};
use services::needs::{need, need_form};
use storage::aid::claim::Claim;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
use storage::needs::need::{Line, Need};
use uuid::Uuid;

use crate::world::{World, household, with};

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
        Visit::Done(Done { done_on: self.now().day(), at: None, units: 1, minutes: Some(40), note: String::new() })
    }

    /// An active pairing with one recorded visit, reported as done.
    pub async fn reported(&self, by: &str, need: &str, quantities: &[i64]) -> String {
        let code = self.active(by, need, quantities).await;
        self.record(by, &code).await;
        pairing::report(&self.by(by), &code, Outcome::Full, "已按约定送餐").await.unwrap();
        code
    }

    /// One checked result on record: an organization without may hold ten pairings at most.
    pub async fn experienced(&self, by: &str) {
        let need = self.meals(1).await;
        let code = self.reported(by, &need, &[1]).await;
        self.verified(&code, "village", VerificationResult::Met).await;
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

    /// Verified by `verifier` with a result.
    pub async fn verified(&self, pairing: &str, verifier: &str, result: VerificationResult) -> Uuid {
        let id = self.assigned(pairing, verifier).await;
        verification::submit(&self.by(verifier), id, &finding(result)).await.unwrap();
        id
    }
}

pub fn finding(result: VerificationResult) -> Finding {
    Finding::Verified { result, method: Method::HomeVisit, note: "当面问过本人".to_owned() }
}
