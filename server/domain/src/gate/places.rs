//! What points at one person without a number or a name: a child's school, a
//! place of work, a hospital bed, a birth date, "the only one in the village".

use super::fold::Folded;
use super::numbers::pattern;
use super::{About, Place, Rule, lexicon};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

const N: &str = r"[0-9一二三四五六七八九十]{1,3}";

fn compiled(text: &str) -> Regex {
    // The patterns are constants and compiled by a test.
    #[expect(clippy::expect_used)]
    Regex::new(text).expect("a constant pattern")
}

static SCHOOL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<name>[\p{{Han}}0-9]{{1,12}}?)(?P<kind>九年一贯制学校|外国语学校|实验学校|特殊教育学校|特教学校|职业学校|技工学校|附属小学|附属中学|中心校|完全小学|完小|实验小学|实验中学|中心小学|幼儿园|幼稚园|托儿所|小学校?|初级中学|高级中学|中学校?|附小|附中|职专|职高|高中|初中|一小|二小|三小|四小|五小|一中|二中|三中|四中|五中|六中|七中|八中|九中|十中|学校|学堂|书院)(?P<class>(?:的)?(?:小学|初中|高中)?(?:{N}年级|初[一二三]|高[一二三]|[大中小]班|{N}年)?(?:[(（]?{N}[)）]?班)?)"
    ))
});
static CLASS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"(?P<name>[\p{{Han}}]{{2,8}}?)(?P<class>(?:{N}年级|初[一二三]|高[一二三])[(（]?{N}[)）]?班)"))
});
static PRIMARY_SHORT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<name>[\p{{Han}}]{{2,6}}?|第?{N}|[0-9]{{2,3}})(?P<kind>小|中)(?P<class>(?:的)?(?:{N}年级|初[一二三]|高[一二三])(?:[(（]?{N}[)）]?班)?)"
    ))
});

/// 三（4）班: a class by its numbers, in a child's case.
static CLASS_ALONE: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"[一二三四五六七八九1-9][(（][0-9一二三四五六七八九十]{1,2}[)）]班"));

/// Ordinary words before "school" that name none.
const GENERIC_SCHOOL: &[&str] = &[
    "在",
    "就读",
    "就读于",
    "读",
    "上",
    "念",
    "是",
    "为",
    "于",
    "从",
    "到",
    "去",
    "进",
    "升",
    "入",
    "一所",
    "某",
    "某所",
    "附近",
    "乡镇",
    "公办",
    "民办",
    "重点",
    "普通",
    "当地",
    "本地",
    "所在",
    "农村",
    "城市",
    "寄宿",
    "寄宿制",
    "特殊教育",
    "特殊",
    "中",
    "小",
    "大",
    "孩子",
    "女儿",
    "儿子",
    "孙子",
    "孙女",
    "学生",
    "的",
    "老",
    "和",
    "与",
    "跟",
    "向",
    "由",
    "给",
    "对",
    "请",
    "让",
    "老师",
    "家长",
    "接送",
    "放学",
    "上学",
    "每天",
    "送",
    "接",
    "住",
    "离",
    "距",
    "距离",
    "正在",
    "还在",
    "目前",
    "现在",
    "今年",
    "去年",
    "明年",
    "开学",
    "转学",
    "毕业",
    "区",
    "市",
    "县",
    "镇",
    "村",
    "本村",
    "本镇",
    "本区",
    "区里",
    "村里",
    "镇上",
    "市里",
    "街道",
    "家门口",
    "辖区",
    "各",
    "各个",
    "多所",
    "几所",
    "两所",
    "三所",
    "一家",
    "两个",
    "个",
    "名",
    "所",
    "职业",
    "技工",
    "老年",
    "电大",
    "开放",
    "考上",
    "考入",
    "准备",
    "需要",
    "希望",
    "想",
    "能",
    "可",
    "把",
    "被",
    "没有",
    "没",
    "有",
    "无",
    "不",
    "未",
    "曾",
    "已",
    "初升高",
    "义务教育",
    "九年义务",
    "适龄",
    "留守儿童",
    "儿童",
    "少年",
    "未成年",
    "家里",
    "经",
    "经过",
    "通过",
    "随",
    "随迁",
    "父亲",
    "母亲",
    "夜班",
    "课后",
    "托管",
    "同",
    "全",
    "该",
    "本",
    "此",
    "回",
    "回到",
    "离开",
    "往返",
    "负责",
    "联系",
    "协调",
    "配合",
];

const CHILD: &[&str] = &[
    "孩子",
    "女儿",
    "儿子",
    "孙",
    "学生",
    "就读",
    "在读",
    "上学",
    "读书",
    "年级",
    "班",
    "初一",
    "初二",
    "初三",
    "高一",
    "高二",
    "高三",
    "课后",
    "作业",
    "辅导",
    "放学",
    "童",
    "外甥",
    "侄",
    "家长会",
    "班主任",
    "功课",
    "补课",
    "学习",
    "奖学",
    "助学",
    "升学",
];

pattern!(STUDENT_AFTER, r"^(生|毕业|学历|文化|阶段|程度|教师|老师|以上|及|操场|门口|旁|附近|对面|旧址|的?位置|校车路)");

/// Words in which 小学 or 中学 name no school.
fn names_a_school(text: &str, name: &Range<usize>, words: &[Range<usize>]) -> Option<usize> {
    // The name is what stands between the last generic word and the kind.
    let mut start = name.end;
    for word in words.iter().rev().filter(|word| word.start >= name.start && word.end <= name.end) {
        let slice = &text[word.clone()];
        if GENERIC_SCHOOL.contains(&slice) {
            break;
        }
        start = word.start;
    }
    let kept = &text[start..name.end];
    let numbered = kept.contains(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    (kept.chars().count() >= 2 || numbered && !kept.is_empty()).then_some(start)
}

fn schools(text: &str, about: &About, words: &[Range<usize>], out: &mut Found) {
    let child = about.minor || CHILD.iter().any(|cue| text.contains(cue));
    if about.place != Place::Household || !child {
        return;
    }
    for found in SCHOOL.captures_iter(text) {
        let (Some(whole), Some(name), Some(kind), Some(class)) =
            (found.get(0), found.name("name"), found.name("kind"), found.name("class"))
        else {
            continue;
        };
        // "The school" alone names none, whatever stands before it.
        if class.as_str().is_empty() && matches!(kind.as_str(), "学校" | "学堂" | "书院" | "初中" | "高中") {
            continue;
        }
        if class.as_str().is_empty()
            && STUDENT_AFTER.is_match(&text[kind.end()..])
            && !kind.as_str().ends_with("幼儿园")
        {
            continue;
        }
        if let Some(start) = names_a_school(text, &name.range(), words) {
            out.push((start..whole.end(), Rule::School));
        }
    }
    if about.minor {
        out.extend(CLASS_ALONE.find_iter(text).map(|found| (found.range(), Rule::School)));
    }
    for pattern in [&PRIMARY_SHORT, &CLASS] {
        for found in pattern.captures_iter(text) {
            let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else { continue };
            let cued = ["在", "就读", "就读于", "读", "上", "念", "于"].iter().any(|cue| {
                text[..whole.start()].ends_with(cue)
                    || name.as_str().starts_with(cue) && name.as_str().chars().count() > 2
            });
            let short = pattern.as_str() == PRIMARY_SHORT.as_str();
            if let Some(start) = names_a_school(text, &name.range(), words)
                && (short || cued)
                && start < name.end()
            {
                out.push((start..whole.end(), Rule::School));
            }
        }
    }
}

static WORKPLACE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?P<name>[\p{Han}]{2,10}?)(?P<kind>厂|公司|集团|矿|饭店|酒楼|酒店|饭馆|餐馆|餐厅|面馆|宾馆|旅馆|超市|商场|商行|商店|五金店|服装店|理发店|店|物流|快递|车队|物业|工地|合作社|农场|养殖场|牧场|洗车行|修理厂|车行|药房|药店|作坊|工作室|车间|码头|货场|站|浴池|菜市场|市场|网吧|加油站|收费站|环卫所|环卫队|供电所|银行|支行|机关|局|研究所|设计院|报社|电厂|医院|中学|小学|幼儿园|大学)(?P<role>(?:当|做|任|干|里|内|里面)?(?:的|一名|一个)?[\p{Han}]{0,5}?(?:工人|职工|员工|工|员|师傅|司机|保安|保洁|会计|出纳|厨师|厨子|店长|经理|主任|技师|护士|医生|教师|老师|站长|班长|组长|退休|下岗|内退|返聘|老板|学徒|搬运|质检|采购|销售|店员|上班|打工|工作|供职|任职|就职|干活|打零工|值夜班|倒班|做活|帮工|匠|师|手))?",
    )
});
/// Trades and modifiers that name no one firm.
const GENERIC_FIRM: &str = "某 某家 一家 两家 几家 多家 附近 当地 本地 外地 外省 国营 私营 民营 集体 乡镇 村办 街道 小 大 老 原 国有 合资 外资 股份 有限 责任 物业 保洁 家政 \
    服装 化肥 食品 机械 锅炉 纺织 电子 印刷 五金 纸箱 钢铁 塑料 化工 玻璃 家具 制药 造纸 水泥 砖 皮革 鞋 服务 快递 外卖 送水 送餐 餐饮 建筑 装修 装饰 运输 物流 出租车 公交 \
    环卫 供热 自来水 燃气 电力 保险 劳务 派遣 中介 社会 社会组织 养老 科技 网络 连锁 便利 大型 中型 小型 汽车 修理 零件 配件 轴承 棉纺 针织 酿酒 饮料 奶 面粉 加工 生产 制造 区 市 县 镇 村 \
    天津 天津市 北京 在 是 为 于 从 到 去 和 跟 与 给 由 让 对 向 户主 父亲 母亲 丈夫 妻子 儿子 女儿 老伴 本人 爱人 家属 爷爷 奶奶 曾 曾在 曾是 退休 退休前 下岗 下岗前 原来 以前 现 现在 \
    目前 仍 还 还在 一直 长期 都 也 常 每天 白天 夜里 晚上 夜班 平时 家 家里 男 女 系 的 了 着 过 个 名 其 其父 其母 他 她 他们 这 那 该 本 同 单位 工作 上班 打工 就职 供职 任职 家人 婆婆 儿媳 \
    女婿 哥哥 姐姐 弟弟 妹妹 兄弟 帮 替 送 卖 开 经营 找 请 联系 社区 农业 专业 残疾人 福利 商业 银行 人民 中心 医院 儿童 妇幼 综合 专科 第一 第二 第三";
const ABOUT_A_PERSON: &[&str] = &[
    "户主", "父亲", "母亲", "丈夫", "妻子", "儿子", "女儿", "老伴", "本人", "爱人", "家属", "其夫", "其妻", "其子",
    "其女", "上班", "打工", "职工", "退休", "下岗", "员工", "供职", "就职", "任职", "夜班", "工人", "儿媳", "女婿",
    "爷爷", "奶奶", "父母", "哥", "姐", "弟", "妹", "他在", "她在", "老人", "返聘", "倒班", "辞职", "失业", "工伤",
    "家长", "爸", "妈", "男主", "女主",
];
/// Kinds that are public services first: named as a place of work only with words of working there.
const PUBLIC_KIND: &[&str] = &[
    "医院",
    "中学",
    "小学",
    "幼儿园",
    "大学",
    "银行",
    "支行",
    "站",
    "店",
    "药房",
    "药店",
    "超市",
    "市场",
    "菜市场",
    "饭店",
    "餐厅",
    "局",
    "机关",
    "物业",
    "快递",
    "物流",
];

fn employers(text: &str, about: &About, words: &[Range<usize>], out: &mut Found) {
    if about.place != Place::Household {
        return;
    }
    for found in WORKPLACE.captures_iter(text) {
        let (Some(whole), Some(name), Some(kind)) = (found.get(0), found.name("name"), found.name("kind")) else {
            continue;
        };
        let Some(start) = proper_firm(text, name.start()..name.end(), words) else { continue };
        let role = found.name("role").map_or("", |role| role.as_str());
        let clause = clause_around(text, whole.range());
        let public = PUBLIC_KIND.contains(&kind.as_str());
        let works = [
            "上班", "打工", "工作", "职工", "员工", "退休", "下岗", "任职", "供职", "就职", "当", "户主", "夜班",
            "干活", "值班", "倒班",
        ]
        .iter()
        .any(|cue| clause.contains(cue));
        let person = ABOUT_A_PERSON.iter().any(|cue| clause.contains(cue));
        let counts = if public { works && person && !role.is_empty() } else { person && (works || !role.is_empty()) };
        if counts {
            let end = if role.is_empty() { kind.end() } else { whole.end() };
            out.push((start..end, Rule::Employer));
        }
    }
}

/// Where the firm's own name begins, if it has one.
fn proper_firm(text: &str, name: Range<usize>, words: &[Range<usize>]) -> Option<usize> {
    let generic = |slice: &str| GENERIC_FIRM.split_whitespace().any(|word| word == slice);
    let mut start = name.end;
    let mut proper = 0;
    for word in words.iter().rev().filter(|word| word.start < name.end && word.end > name.start) {
        let range = word.start.max(name.start)..word.end.min(name.end);
        let slice = &text[range.clone()];
        if generic(slice) {
            // A trade inside the name (福兴 锅炉 厂) is passed over while nothing proper stands yet.
            if proper > 0 || matches!(slice, "在" | "是" | "为" | "的" | "于" | "从" | "到" | "某" | "一家") {
                break;
            }
            start = range.start;
            continue;
        }
        proper += slice.chars().count();
        start = range.start;
        if proper >= 4 {
            break;
        }
    }
    (proper >= 2).then_some(start)
}

/// The sentence around a place.
fn clause_around(text: &str, range: Range<usize>) -> &str {
    let start = text[..range.start].rfind(['。', ';', '!', '?', '\n']).map_or(0, |at| at + 1);
    let start = (start..=range.start).find(|at| text.is_char_boundary(*at)).unwrap_or(range.start);
    let end = text[range.end..].find(['。', ';', '!', '?', '\n']).map_or(text.len(), |at| range.end + at);
    &text[start..end]
}

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
    let words = lexicon::cut(text);
    let mut out = Found::new();
    schools(text, about, &words, &mut out);
    employers(text, about, &words, &mut out);
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
        assert_eq!(of("就读望泉小学二年级1班，父亲夜班"), [Rule::School]);
        assert_eq!(of("户主为福兴锅炉厂的司炉工，下岗返聘"), [Rule::Employer]);
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
