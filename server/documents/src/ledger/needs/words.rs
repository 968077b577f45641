//! Cells that hold one of a few words: kind of need, urgency, source, status.

use domain::need::{NeedKind, Source, Urgency};
use domain::text;
use domain::vocabulary;

use super::super::field::Field;
use super::super::issue::Reason;
use super::super::reading::Reading;
use super::super::words;

impl Reading<'_> {
    /// A designation of villages makes a village's need, whatever the cell says.
    pub(super) fn target(&mut self, codes: &[String]) -> NeedKind {
        if codes
            .iter()
            .any(|code| vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_village))
        {
            return NeedKind::Village;
        }
        match self.cell(Field::Target).map(|cell| text::squeeze(&cell.text())).as_deref() {
            Some("村" | "村级" | "困难村" | "村集体") => NeedKind::Village,
            None | Some("个案" | "户" | "家庭" | "个人" | "人" | "困难群众" | "困难家庭") => {
                NeedKind::Household
            }
            Some(_) => {
                self.not_understood(Field::Target);
                NeedKind::Household
            }
        }
    }

    /// An empty cell is 一般; a table without the column says nothing.
    pub(super) fn urgency(&mut self) -> Option<Urgency> {
        let Some(cell) = self.cell(Field::Urgency) else {
            return self.context.plan.has(Field::Urgency).then_some(Urgency::Normal);
        };
        let mut word = text::squeeze(&cell.text());
        // 24 under 时限（小时）.
        if let Some(unit) = self.context.plan.hints(Field::Urgency).and_then(|hints| hints.unit.clone())
            && word.parse::<f64>().is_ok()
        {
            word.push_str(&unit);
        }
        match words::urgency(&word) {
            Some(words::Said::Value(urgency)) => Some(urgency),
            _ => {
                self.not_understood(Field::Urgency);
                None
            }
        }
    }

    pub(super) fn source(&mut self) -> Option<Source> {
        let Some(cell) = self.cell(Field::Source) else {
            return self.context.said.source;
        };
        let source = words::source(&text::squeeze(&cell.text()));
        if source.is_none() {
            self.not_understood(Field::Source);
        }
        source
    }

    pub(super) fn status(&mut self) -> Option<String> {
        let status = self.text(Field::LedgerStatus, 100)?;
        if is_closed(&text::squeeze(&status)) {
            self.warn(Field::LedgerStatus, Reason::ClosedStatus);
        }
        Some(status)
    }
}

/// Words of the office for a need that is over.
fn is_closed(status: &str) -> bool {
    const ENDS: &[&str] =
        &["办结", "解决", "帮扶", "完成", "结案", "销号", "关闭", "终止", "撤销", "取消", "办理完毕", "落实", "救助"];
    ENDS.contains(&status)
        || status
            .strip_prefix('已')
            .is_some_and(|rest| ENDS.iter().any(|end| rest.starts_with(end) || rest.ends_with(end)))
        || matches!(status, "不再需要" | "结束" | "办毕")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed() {
        for text in ["已办结", "已解决", "已帮扶", "办结"] {
            assert!(is_closed(text), "{text}");
        }
        for text in ["未解决", "转2026年", "已登记", "待对接", "重复?"] {
            assert!(!is_closed(text), "{text}");
        }
    }
}
