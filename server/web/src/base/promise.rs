//! The account of a promise on a page.

use app::components::{PromiseLine, PromiseModel};
use domain::calendar::{Time, day_words};
use domain::promise::Account;
use services::aid::promise::{Kept, Line, Promise};

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

fn count(units: i64) -> u32 {
    u32::try_from(units).unwrap_or_default()
}

/// One account as it is drawn, wherever it stands.
pub(crate) fn drawn(account: &Account, unit: &str) -> PromiseLine {
    let a = account;
    let missed = (a.missed > 0).then(|| format!("{}次没有做成，原因见服务记录", a.missed));
    PromiseLine {
        done: count(a.done),
        waiting: count(a.waiting),
        short: count(a.short),
        words: a.words(unit),
        note: missed.unwrap_or_default(),
        numbers: [a.agreed, a.due, a.done, a.waiting, a.missed, a.short, a.ahead].map(count),
        unit: unit.to_owned(),
        ..PromiseLine::default()
    }
}

/// One line of a pairing.
pub(crate) fn line(line: &Line) -> PromiseLine {
    let account = &line.account;
    let mut ahead = Vec::new();
    match &line.settled {
        Some(settled) if settled.returned > 0 => {
            ahead.push(format!("退回需求{}{}", settled.returned, line.unit));
            ahead.extend(
                line.open_from.filter(|_| settled.ahead > 0).map(|day| format!("{}起重新开放", day_words(day))),
            );
        }
        Some(_) => ahead.push("没有要退回的".to_owned()),
        None if account.ahead > 0 => {
            ahead.push(format!("以后{}{}", account.ahead, line.unit));
            ahead.push(format!("{}到期", day_words(line.to)));
        }
        None if account.done == account.agreed => ahead.push("约定的都做完了".to_owned()),
        None => {}
    }
    PromiseLine { service: line.service.clone(), amount: line.amount.clone(), ahead, ..drawn(account, &line.unit) }
}

/// A pairing in a list: the line that was kept least, and one sentence for all.
pub(crate) fn in_list(promise: &Promise) -> Option<PromiseLine> {
    let worst = promise.lines.iter().min_by_key(|line| (line.account.kept_percent(), -line.account.short))?;
    let mut drawn = drawn(&worst.account, &worst.unit);
    drawn.note = String::new();
    if promise.lines.len() > 1 {
        drawn.words = promise.verdict();
    }
    Some(drawn)
}

/// `结束的12项服务，10项做到九成以上`
pub(crate) fn kept_words((lines, kept): (i64, i64)) -> String {
    if lines == 0 {
        return "还没有到期的约定".to_owned();
    }
    format!("结束的{lines}项服务，{kept}项做到九成以上")
}

/// As [`kept_words`], for everybody: of few nothing is said.
pub(crate) fn kept_publicly(kept: Option<&Kept>, k: i64) -> String {
    match kept {
        Some(kept) if kept.lines >= k => kept_words((kept.lines, kept.kept)),
        _ => "次数还少，不计算".to_owned(),
    }
}
