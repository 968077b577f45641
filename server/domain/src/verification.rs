//! Verification 核验: somebody other than the provider checks the result.

crate::state_enum! {
    VerificationState of Verification {
        Assigned = "assigned", "待核验";
        Verified = "verified", "已核验";
        CannotVerify = "cannot_verify", "未能核验";
    }
}

crate::text_enum! {
    VerificationResult {
        Met = "met", "满足";
        Partial = "partial", "部分满足";
        NotMet = "not_met", "没有满足";
    }
}

crate::text_enum! {
    /// What the verifier found of one line.
    LineResult {
        Met = "met", "满足";
        Partial = "partial", "部分满足";
        NotMet = "not_met", "没有满足";
        CannotSay = "cannot_say", "说不清";
    }
}

impl VerificationResult {
    /// The result of a pairing follows from its lines: met where each is met, not met where none is even in part.
    /// `None` where nothing can be said of any line: that is no verification.
    pub fn of(lines: impl IntoIterator<Item = LineResult>) -> Option<Self> {
        let (mut met, mut partly, mut said) = (true, false, false);
        for line in lines {
            met &= line == LineResult::Met;
            partly |= matches!(line, LineResult::Met | LineResult::Partial);
            said |= line != LineResult::CannotSay;
        }
        match (said, met, partly) {
            (false, ..) => None,
            (true, true, _) => Some(Self::Met),
            (true, false, true) => Some(Self::Partial),
            (true, false, false) => Some(Self::NotMet),
        }
    }
}

crate::text_enum! {
    Method {
        HomeVisit = "home_visit", "上门核实";
        Call = "call", "电话核实";
        OwnAnswer = "own_answer", "本人答复";
        SignedReceipt = "signed_receipt", "签收单";
    }
}

crate::text_enum! {
    FailReason {
        NoOneHome = "no_one_home", "没人在家";
        NoAnswer = "no_answer", "电话无人接听";
        Refused = "refused", "本人不愿配合";
        Moved = "moved", "已迁出";
        Other = "other", "其他";
    }
}

/// Share of completed pairings that another street checks again, per cent.
pub const RECHECK_PERCENT: u64 = 10;

/// Whether a completed pairing falls into the seeded sample for re-checking:
/// the same pairing and seed give the same answer everywhere.
pub fn is_sampled(pairing: uuid::Uuid, seed: u64) -> bool {
    // FNV-1a (Fowler, Noll, Vo): spreads the id evenly over the hundred cells.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
    for byte in pairing.as_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 16) % 100 < RECHECK_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_follows_from_the_lines() {
        use LineResult::{CannotSay, Met, NotMet, Partial};
        for (lines, result) in [
            (vec![Met, Met], Some(VerificationResult::Met)),
            (vec![Met, CannotSay], Some(VerificationResult::Partial)),
            (vec![Met, NotMet], Some(VerificationResult::Partial)),
            (vec![Partial, NotMet], Some(VerificationResult::Partial)),
            (vec![NotMet, CannotSay], Some(VerificationResult::NotMet)),
            (vec![CannotSay], None),
            (vec![], None),
        ] {
            assert_eq!(VerificationResult::of(lines.clone()), result, "{lines:?}");
        }
    }

    #[test]
    fn about_a_tenth_is_sampled_and_the_seed_matters() {
        let ids: Vec<_> = (0..10_000_u128).map(|n| uuid::Uuid::from_u128(n * 0x9E37_79B9_7F4A_7C15)).collect();
        let first: Vec<_> = ids.iter().map(|id| is_sampled(*id, 1)).collect();
        let hits = first.iter().filter(|hit| **hit).count();
        assert!((800..1200).contains(&hits), "{hits}");
        assert_ne!(first, ids.iter().map(|id| is_sampled(*id, 2)).collect::<Vec<_>>());
    }
}
