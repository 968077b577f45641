//! What points at one person without a number or a name: a hospital bed, a
//! birth date, "the only one in the village".

use super::fold::Folded;
use super::numbers::pattern;
use super::{About, Place, Rule};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

pattern!(
    WARD,
    r"[\p{Han}]{0,8}?(?:医院|病房|病区|住院部|住院楼|病室|icu|科|护理院|康复院|养老院|敬老院|福利院|院区)[\p{Han}0-9,\-]{0,10}?(?:第?[0-9一二三四五六七八九十]{1,4}(?:号)?病?床(?:位)?|床(?:号|位号?)[是为:]?[0-9一二三四五六七八九十]{1,3})"
);
pattern!(
    BIRTH,
    r"(?:(?:出生(?:日期|年月日?)?|生日|生于|诞辰|生辰)[是为在:]{0,2}(?:公历|农历|阴历|阳历)?(?:[0-9〇一二三四五六七八九]{4}[年\-./]?[0-9〇一二三四五六七八九十]{1,3}[月\-./]?[0-9〇一二三四五六七八九十]{1,3}日?)|[0-9〇一二三四五六七八九]{4}[年\-./][0-9〇一二三四五六七八九十]{1,3}[月\-./][0-9〇一二三四五六七八九十]{1,3}(?:日|号)?(?:出生|生人|生日|诞生|生(?:,|。|;|$)))"
);
pattern!(
    UNIQUE,
    r"(?x)
    (?:(?:全|本|我|咱|这个)?(?:村|社区|小区|街道|镇|乡|片区|院|楼|楼道|街|屯|庄|胡同|单元)(?:里|上|内|子里)?|全村|全镇|全街|整个(?:村|社区|小区))
    [\p{Han}]{0,4}?(?:唯一|独一|仅有|仅此|就(?:他|她|这)?(?:一|1)|只有(?:他|她|这)?(?:一|1))[\p{Han}]{0,2}?(?:的)?
    (?:一|1)?(?:个|户|家|位|名|对)?(?P<what>[\p{Han}]{0,8})"
);
pattern!(STIGMA, r"吸毒人员|刑满释放|被性侵");

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    out.extend(BIRTH.find_iter(text).map(|found| (found.range(), Rule::BirthDate)));
    if about.place == Place::Household {
        out.extend(
            WARD.find_iter(text)
                .filter(|found| !counts_beds(text, found.end()))
                .map(|found| (found.range(), Rule::Ward)),
        );
        for found in UNIQUE.captures_iter(text) {
            let (Some(whole), what) = (found.get(0), found.name("what").map_or("", |what| what.as_str())) else {
                continue;
            };
            if is_about_people(what) {
                out.push((whole.range(), Rule::Unique));
            }
        }
        out.extend(STIGMA.find_iter(text).map(|found| (found.range(), Rule::Unique)));
    }
    out
}

fn counts_beds(text: &str, at: usize) -> bool {
    text[at..].starts_with(['被', '棉', '褥', '毯', '毛', '单'])
}

fn is_about_people(what: &str) -> bool {
    const THINGS: [&str; 22] = [
        "收入",
        "来源",
        "商店",
        "诊所",
        "卫生",
        "超市",
        "路",
        "桥",
        "公交",
        "医院",
        "养老院",
        "食堂",
        "店",
        "学校",
        "车站",
        "井",
        "药",
        "支柱",
        "途径",
        "办法",
        "渠道",
        "市场",
    ];
    const PEOPLE: [&str; 34] = [
        "病",
        "患",
        "者",
        "人",
        "户",
        "家",
        "残",
        "聋",
        "盲",
        "哑",
        "孤",
        "童",
        "寡",
        "孩",
        "生",
        "低保",
        "特困",
        "透析",
        "瘫",
        "癌",
        "姓",
        "老",
        "失能",
        "五保",
        "肾",
        "尿毒",
        "精神",
        "脑瘫",
        "自闭",
        "双胞胎",
        "三胞胎",
        "妇",
        "女",
        "男",
    ];
    !THINGS.iter().any(|thing| what.contains(thing)) && PEOPLE.iter().any(|word| what.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Rule> {
        let mut about = About::new(Place::Household);
        about.minor = true;
        find(&Folded::new(text).tight(), &about)
            .into_iter()
            .map(|(_, rule)| rule)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    #[test]
    fn what_points_at_one_person() {
        assert_eq!(of("在区中心医院住院部5楼12床"), [Rule::Ward]);
        assert_eq!(of("1950年3月8日出生"), [Rule::BirthDate]);
        assert_eq!(of("是全村唯一的透析病人"), [Rule::Unique]);
    }

    #[test]
    fn what_points_at_nobody() {
        for text in [
            "小学生课后托管",
            "孩子五年级，喜欢画画",
            "女儿是护士，经常夜班",
            "低保是唯一的收入来源",
            "需要两床棉被",
            "护理床3张",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
