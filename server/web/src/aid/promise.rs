//! The account of a promise on a page.

use app::components::{PromiseLine, PromiseModel};
use domain::calendar::{Time, day_words};
use services::aid::promise::{Line, Promise};

/// The account of a pairing; nothing where nothing was agreed.
pub(crate) fn model(promise: &Promise, now: Time) -> Option<PromiseModel> {
    if promise.lines.is_empty() {
        return None;
    }
    let yesterday = now.day().pred_opt();
    let day = if Some(promise.day) == yesterday { "算到昨天，" } else { "算到" };
    Some(PromiseModel {
        day: format!("{day}{}", day_words(promise.day)),
        verdict: promise.verdict(),
        lines: promise.lines.iter().map(line).collect(),
    })
}

fn line(line: &Line) -> PromiseLine {
    let count = |units: i64| u32::try_from(units).unwrap_or_default();
    let account = &line.account;
    let mut ahead = Vec::new();
    if account.ahead > 0 {
        ahead.push(format!("以后{}{}", account.ahead, line.unit));
        ahead.push(format!("{}到期", day_words(line.to)));
    } else if account.done == account.agreed {
        ahead.push("约定的都做完了".to_owned());
    }
    let missed = (account.missed > 0).then(|| format!("{}次没有做成，原因见服务记录", account.missed));
    PromiseLine {
        service: line.service.clone(),
        amount: line.amount.clone(),
        done: count(account.done),
        waiting: count(account.waiting),
        short: count(account.short),
        words: account.words(&line.unit),
        note: missed.unwrap_or_default(),
        ahead,
    }
}
