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
    r"[\p{Han}]{0,8}?(?:医院|病房|病区|住院部|住院楼|病室|icu|科|护理院|康复院|养老院|敬老院|福利院|院区|透析室|血透室|透析中心|输液室|治疗室)[\p{Han}0-9,\-]{0,10}?(?:第?[0-9一二三四五六七八九十]{1,4}(?:号)?病?床(?:位)?|床(?:号|位号?)[是为:]?[0-9一二三四五六七八九十]{1,3}|加[0-9一二三四五六七八九十]{1,2}床?|[0-9一二三四五六七八九十]{1,3}号(?:机|椅|位|透析机)|[0-9]{3,4}(?:病?房|室)|靠[窗门墙里外][\p{Han}]{0,3}床)"
);
pattern!(
    BIRTH,
    r"(?x)
    (?:(?:出生(?:日期|年月日?)?|生日|生于|诞辰|生辰)[是为在于:]{0,2}(?:公历|农历|阴历|阳历)?
        (?:[0-9〇一二三四五六七八九]{4}[年\-./]?(?:[0-9〇一二三四五六七八九十拾]{1,3}|正|腊|冬)[月\-./]?(?:初|廿|卅)?[0-9〇一二三四五六七八九十拾]{1,3}日?))
    | [0-9〇一二三四五六七八九]{4}[年\-./](?:农历|阴历|公历|旧历)?(?:闰?[0-9〇一二三四五六七八九十拾]{1,3}|正|腊|冬)[月\-./](?:初|廿|卅)?[0-9〇一二三四五六七八九十拾]{1,3}(?:日|号)?(?:的)?(?:出生|生人|生日|诞生|生的|生(?:,|。|;|$))
    | [0-9〇一二三四五六七八九]{2,4}年(?:的)?[\p{Han}]{0,6}?(?:节|中秋|端午|除夕|元旦|春节|元宵|重阳|七夕|国庆|清明|冬至|立春|立秋|腊八)(?:那天|当天|那日|前一天|后一天|晚上)?(?:出生|生的|生人|降生)
    | [12][0-9]{7}(?:就?是|为|,|那天)?[\p{Han}]{0,4}?(?:出生|生日|生的|生人)
    | [0-9〇一二三四五六七八九]{2,4}年(?:农历|阴历)?[0-9〇一二三四五六七八九十拾正腊冬]{1,3}月(?:初|廿)?[0-9〇一二三四五六七八九十拾]{1,3}(?:日|号)?(?:那天|这天|当天)?(?:出)?生(?:的|人|,|。|;|$)
    | (?:农历|阴历)?[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年[\p{Han}0-9]{1,4}月[\p{Han}0-9]{1,4}?(?:日)?(?:出生|生人|生日|生的|生(?:,|。|;|$))"
);
// A birthday without its year beside the age in years: the two make the date.
pattern!(
    BIRTHDAY,
    r"(?:生日|生辰|寿辰)(?:是|为|在|:)?(?:公历|农历|阴历)?(?P<day>(?:[0-9〇一二三四五六七八九十]{1,3}|正|腊|冬)月(?:初|廿|卅)?[0-9〇一二三四五六七八九十]{1,3}(?:日|号)?)"
);
pattern!(AGE, r"[0-9〇一二三四五六七八九十百]{1,4}(?:周|虚)?岁");
pattern!(
    UNIQUE,
    r"(?x)
    (?:(?:全|本|我|咱|这个)?(?:村|社区|小区|街道|镇|乡|片区|院|楼|楼道|街|屯|庄|胡同|单元)(?:里|上|内|子里)?|全村|全镇|全街|全区|全县|全市|整个(?:村|社区|小区|镇|区))
    [\p{Han}]{0,4}?(?:唯一|独一|仅有|仅此|就(?:有|剩)?(?:他|她|这|我|老人)?(?:们)?(?:一|1)|只(?:有|剩下?)(?:他|她|这|老人)?(?:们)?(?:一|1))[\p{Han}]{0,2}?(?:的)?
    (?:一|1)?(?:个|户|家|位|名|对)?(?P<what>[\p{Han}]{0,8})"
);
pattern!(
    // What the whole town has heard of: the household on television, the house that burned.
    KNOWN,
    r"(?x)
    (?:上过|登过|上了|被)[\p{Han}《》]{0,6}?(?:电视台?|报纸|新闻|头条|晚报|日报|节目|热搜|公众号)[\p{Han}《》“”]{0,12}?(?:那|的)(?:一)?(?:户|家|人家|老人|个|位|孩子)
    | (?:上|登)(?:过|了)?(?:电视|报纸|报|新闻|头条|热搜)的?(?:那|这)(?:家|户|位|个|对)
    | (?:村|镇|街|楼|院|庄|社区)(?:里|上)?(?:头一个|第一个|最早|最大的|最有名的?|出了名的)[\p{Han}]{2,16}?(?:的)?(?:[,。;]|那家|那户|就是)
    | (?:电视台|报社|记者|晚报|日报|新闻)[\p{Han}]{0,4}?(?:采访|报道|拍)过?的?(?:那|这)?(?:户|家|位|个|就是)
    | (?:上个?月|去年|前年|今年|那年|那场|昨天|前天|上周|前阵子|年初|年底)[\p{Han}0-9]{0,8}?(?:火灾|失火|着火|爆炸|车祸|塌方|命案|凶杀|溺水|煤气中毒|坠楼|跳楼|跳河|落水|投河|轻生|自杀|触电|坠井|走失|烧伤|烫伤|被拐|拐卖|上访|轰动)[\p{Han}]{0,12}?(?:那|的)(?:一|那)?(?:家|户|个|位|人家|孩子|老人)"
);
pattern!(STIGMA, r"吸毒人员|刑满释放|被性侵");

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    out.extend(BIRTH.find_iter(text).map(|found| (found.range(), Rule::BirthDate)));
    if AGE.is_match(text) {
        let days = BIRTHDAY.captures_iter(text).filter_map(|found| found.name("day"));
        out.extend(days.map(|day| (day.range(), Rule::BirthDate)));
    }
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
            // 三胞胎家庭,全区只有一家: what it is stands before.
            let before =
                text[..whole.start()].chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect::<String>();
            if is_about_people(what) || what.is_empty() && is_about_people(&before) {
                out.push((whole.range(), Rule::Unique));
            }
        }
        out.extend(KNOWN.find_iter(text).map(|found| (found.range(), Rule::Unique)));
        out.extend(STIGMA.find_iter(text).map(|found| (found.range(), Rule::Unique)));
    }
    out
}

fn counts_beds(text: &str, at: usize) -> bool {
    text[at..].starts_with(['被', '棉', '褥', '毯', '毛', '单'])
}

fn is_about_people(what: &str) -> bool {
    const THINGS: [&str; 27] = [
        "站",
        "中心",
        "机构",
        "项目",
        "活动室",
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
    const PEOPLE: [&str; 52] = [
        "失独",
        "截瘫",
        "独居",
        "单亲",
        "留守",
        "岁",
        "侏儒",
        "白化",
        "考上",
        "员",
        "医",
        "匠",
        "师",
        "工",
        "教",
        "假肢",
        "装",
        "大学",
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
