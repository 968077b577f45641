//! What a head says beyond its words: by its form, by a syllable, by what it counts.

use domain::text;

use super::super::field::Field;
use super::Heads;

impl Heads {
    /// The fields of which a head has but a syllable: 打哪个号, 帮什么, 谁家住着. Too little by itself, enough where the column
    /// bears it out; what stands nearest the end says the most.
    pub(super) fn stems_of(&self, plain: &str) -> Vec<(Field, f32)> {
        let whole = text::char_count(plain).max(1);
        self.stems
            .iter()
            .filter_map(|(field, weight, words)| {
                let end = words.iter().filter_map(|word| Some(plain.rfind(word)? + word.len())).max()?;
                #[expect(clippy::cast_precision_loss, reason = "a head has few characters")]
                let behind = text::char_count(&plain[end..]) as f32 / whole as f32;
                Some((*field, weight * (1.0 - 0.3 * behind)))
            })
            .collect()
    }

    /// What the form of a head says, whatever its words: No., 24小时内处置, 接线员.
    pub(super) fn asked(&self, plain: &str) -> Vec<(Field, f32)> {
        let lower = plain.to_ascii_lowercase();
        if matches!(lower.as_str(), "no" | "no." | "num" | "nr") {
            return vec![(Field::Seq, 1.0)];
        }
        let mut found = Vec::new();
        if self.is("villages") {
            found.extend(figure(plain).map(|field| (field, 0.75)));
        }
        if self.is("needs") {
            if plain.contains("小时内") || lower.contains("24h") {
                found.push((Field::Urgency, 0.9));
            }
            if ["哪一步", "哪步", "走到", "办到哪", "到哪了", "进行到", "什么程度", "办没办", "办了没"]
                .iter()
                .any(|word| plain.contains(word))
            {
                found.push((Field::LedgerStatus, 0.85));
            }
            // 渠道名称, 接入方式: how it came, not how to reach or help somebody.
            let way = ["渠道", "途径", "接入", "进线", "来电方式", "来件方式"].iter().any(|word| plain.contains(word));
            if way && !["联系", "帮扶", "服务", "救助"].iter().any(|word| plain.contains(word)) {
                found.push((Field::Source, 0.8));
            }
            // 谁来办, 归谁管: whoever it is, it is somebody of the office.
            if plain.contains('谁')
                && ["办", "管", "负责", "跟进", "对接", "承接"].iter().any(|word| plain.contains(word))
            {
                found.push((Field::Handler, 0.8));
            }
            // 落实人, 包联人: somebody of the office, where another column is the household's.
            if plain.ends_with('人') && (3..=6).contains(&text::char_count(plain)) {
                found.push((Field::Handler, 0.45));
            }
            let other = ["人员", "队员", "会员", "成员", "党员", "学员", "店员", "演员"]
                .iter()
                .any(|word| plain.ends_with(word));
            if plain.ends_with('员') && !other && text::char_count(plain) <= 6 {
                found.push((Field::Handler, 0.75));
            }
        }
        found
    }
}

/// Which figure of a village a head counts: 多少户, 其中六十岁起的老人, 残疾（人）.
fn figure(plain: &str) -> Option<Field> {
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let counted = has(&["户", "人", "口", "数", "多少", "名"]);
    if has(&["收入", "进项", "进账", "收益"]) && has(&["集体", "村", "年"]) {
        Some(Field::CollectiveIncome)
    } else if has(&["60", "六十", "六旬", "老人", "老年", "老龄"]) {
        Some(Field::Aged60)
    } else if has(&["低保"]) && counted {
        Some(Field::DibaoHouseholds)
    } else if has(&["特困", "五保"]) && counted {
        Some(Field::TekunPersons)
    } else if has(&["残疾"]) {
        Some(Field::DisabledPersons)
    } else if has(&["户数", "多少户", "几户", "总户", "农户", "全户"]) {
        Some(Field::Households)
    } else if has(&["人口", "口人", "人数", "多少人", "总人", "几口"]) && !has(&["监测", "外出", "劳动", "党员"])
    {
        Some(Field::Population)
    } else {
        None
    }
}
