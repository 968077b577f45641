//! What a volunteer's record holds beside the hours 服务记录: trainings, awards, evaluations (民政部令第67号 article 7).
//! Nothing is edited: what was wrong is voided, with a reason.

crate::state_enum! {
    TrainingState of Training {
        Recorded = "recorded", "已记录";
        Void = "void", "已作废";
    }
}

crate::state_enum! {
    AwardState of Award {
        Recorded = "recorded", "已记录";
        Void = "void", "已作废";
    }
}

crate::state_enum! {
    EvaluationState of Evaluation {
        Recorded = "recorded", "已登记";
        Void = "void", "已作废";
    }
}

crate::text_enum! {
    /// How the household was asked for its evaluation.
    AskedHow {
        Visit = "visit", "上门问的";
        Call = "call", "电话问的";
        Counter = "counter", "本人来说的";
    }
}

/// `满意，4星`: what so many stars mean.
pub fn stars_words(stars: i64) -> String {
    let word = match stars {
        5.. => "很满意",
        4 => "满意",
        3 => "一般",
        2 => "不太满意",
        _ => "不满意",
    };
    format!("{word}，{stars}星")
}

/// Longest training, in minutes: a hundred hours.
pub const MAX_TRAINING: i64 = 100 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_in_words() {
        assert_eq!([1, 3, 5].map(stars_words), ["不满意，1星", "一般，3星", "很满意，5星"]);
    }
}
