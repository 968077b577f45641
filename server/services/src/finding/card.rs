//! What a list shows of a need, tier by tier, and the words for it.

use domain::calendar::Time;
use domain::need::{Amount, CloseReason, Coverage, Frequency, NeedKind, NeedState};
use serde::{Deserialize, Serialize};
use storage::needs::need::Need;

/// A line on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLine {
    pub service: String,
    pub per: Frequency,
    pub unit: String,
    pub quantity: i64,
    /// Held by pairings.
    pub covered: i64,
    /// Reserved by claims that wait for an answer.
    pub pending: i64,
}

impl CardLine {
    pub fn open(&self) -> i64 {
        (self.quantity - self.covered - self.pending).max(0)
    }

    pub fn words(&self) -> String {
        Amount { quantity: self.quantity, unit: self.unit.clone(), per: self.per }.words()
    }

    /// `每周6餐`
    pub fn open_words(&self) -> String {
        Amount { quantity: self.open(), unit: self.unit.clone(), per: self.per }.words()
    }
}

/// What anybody sees of a need (L0): no street of a household, no free text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCard {
    pub code: String,
    pub kind: NeedKind,
    /// Made of the lines: `助餐，每周14餐；助浴，每月2次`.
    pub title: String,
    /// District; the village's name for a village.
    pub place: String,
    /// Names of beneficiary groups.
    pub groups: Vec<String>,
    pub lines: Vec<CardLine>,
    pub urgent: bool,
    pub state: NeedState,
    pub close_reason: Option<CloseReason>,
    pub published_at: Option<Time>,
    pub due_at: Option<Time>,
}

/// What a verified organization sees in a list (L1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCard {
    pub public: PublicCard,
    pub title: String,
    /// District and street; for an organization as far as it may know.
    pub place: String,
    /// What an organization may know of the place; taken over when the card is read for one.
    pub(crate) known_place: String,
    pub summary: String,
    pub escalation: i64,
}

/// A card as its reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Card {
    Public(PublicCard),
    Member(MemberCard),
}

impl Card {
    pub fn public(&self) -> &PublicCard {
        match self {
            Self::Public(card) => card,
            Self::Member(card) => &card.public,
        }
    }
}

pub fn service_name(code: &str) -> String {
    domain::vocabulary::service(code).map_or_else(|| code.to_owned(), |service| service.short_name.to_owned())
}

/// `助餐，每周14餐；助浴，每月2次`
pub fn public_title(lines: &[CardLine]) -> String {
    lines.iter().map(|line| format!("{}，{}", line.service, line.words())).collect::<Vec<_>>().join("；")
}

/// The state as people filter it: published needs by coverage, closed ones by
/// whether they were met.
pub fn shown_state(need: &Need, coverage: Coverage) -> &'static str {
    match need.state {
        NeedState::Published => coverage.as_str(),
        NeedState::Closed => match need.close_reason {
            Some(reason) if reason.is_success() => "met",
            Some(reason) if reason.is_unmet() => "unmet",
            _ => "ended",
        },
        other => other.as_str(),
    }
}

/// Words for [`shown_state`].
pub fn state_label(state: &str) -> &'static str {
    match state {
        "open" => "等待认领",
        "partial" => "部分已承接",
        "covered" => "已有人承接",
        "met" => "已满足",
        "unmet" => "未满足",
        "ended" => "其他结案",
        "draft" => "草稿",
        "in_review" => "审核中",
        "returned" => "已退回",
        "suspended" => "暂停公开",
        "merged" => "已合并",
        _ => "其他",
    }
}
