//! Cells that hold one of a few words: kind of need, urgency, source, status.

use domain::need::{NeedKind, Source, Urgency};
use domain::text;
use domain::vocabulary;

use super::super::field::Field;
use super::super::issue::Reason;
use super::super::reading::Reading;

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
            return self.context.header.has(Field::Urgency).then_some(Urgency::Normal);
        };
        match text::squeeze(&cell.text()).to_ascii_lowercase().as_str() {
            "24h" | "24小时" | "24小时内" | "24h内" | "特急" | "紧急" | "急难" | "加急" | "急" | "非常紧急"
            | "十分紧急" | "是" => Some(Urgency::Urgent),
            "一般" | "普通" | "不急" | "正常" | "常规" | "非紧急" | "不紧急" | "否" => {
                Some(Urgency::Normal)
            }
            _ => {
                self.not_understood(Field::Urgency);
                None
            }
        }
    }

    pub(super) fn source(&mut self) -> Option<Source> {
        let words = text::squeeze(&self.cell(Field::Source)?.text());
        match words.as_str() {
            "救急难平台" | "救急难" | "市救急难平台" | "救急难平台推送" | "市平台" | "天津市救急难平台" => {
                Some(Source::Platform)
            }
            "热线" | "热线12345" | "12345热线" | "12345" | "市民热线12345" | "市民热线" | "12345市民热线" | "12349"
            | "12349热线" | "热线12349" | "救助热线" | "政务服务热线" => Some(Source::Hotline),
            "直通车" | "微信码" | "直通车微信码" | "微信" | "扫码" | "救助直通车" | "社会救助直通车" | "二维码" => {
                Some(Source::Qr)
            }
            "走访" | "网格员走访" | "入户走访" | "网格员" | "入户" | "走访排查" | "主动发现" | "网格员上报"
            | "摸排" | "排查" | "入户排查" | "社区走访" => Some(Source::Patrol),
            "社会组织" | "社会组织转介" | "机构转介" | "社会组织推荐" | "社会组织上报" => {
                Some(Source::Organization)
            }
            _ => {
                self.not_understood(Field::Source);
                None
            }
        }
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
