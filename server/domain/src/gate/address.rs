//! Exact addresses: building, entrance and room; road and number; the house in
//! the village that everybody knows from its description.

use super::fold::Folded;
use super::numbers::pattern;
use super::{About, Place, Rule};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// A short number: digits or Chinese numerals, with a letter or a heavenly stem.
const N: &str = r"(?:[甲乙丙丁]?[0-9]{1,4}[a-d甲乙丙丁]?|[〇一二三四五六七八九十百廿陆幺两拾佰]{1,5}|[甲乙丙丁])";
/// A room: three or four digits, spoken or not.
const ROOM: &str =
    r"(?:[0-9]{3,4}|[〇一二三四五六七八九幺]{3,4}|[一二三四五六七八九]?(?:十|百)[〇一二三四五六七八九十]{1,3})";
/// Names of estates end so.
const ESTATE: &str = r"[\p{Han}]{1,6}?(?:里|苑|园|小区|公寓|花园|家园|新村|大院|大楼|庭|轩|府|城|湾|居|庄|寨|宿舍|楼|新苑|雅苑|名邸|公馆|坊|嘉园|佳苑|胡同|巷|弄|条|大街|街|路|道|里弄|平房|筒子楼|排房|区|期)";
const BUILDING: &str = r"(?:号楼|栋|幢|座|#楼?|号院|楼|排|号(?:房|宅)?)";
const DOOR: &str = r"(?:单元|门(?:洞|栋)?|梯(?:口)?|口)";

fn compiled(text: &str) -> Regex {
    // The patterns are constants and compiled by a test.
    #[expect(clippy::expect_used)]
    Regex::new(text).expect("a constant pattern")
}

/// 19号楼4门201, 7#902, 3栋1单元502室, B座1203; with the estate's name before it.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{ESTATE})?(?:第?{N}|[a-f]){BUILDING}[-,、·.]?(?:第?{N}{DOOR})?[-,、·.]?(?:{N}(?:层|楼))?[-,、·.]?(?:{ROOM}(?:室|房|号|户)?|(?:[东西南北中左右]+(?:户|手|侧|门|边)(?:第?{N}(?:户|家|间))?))"
    ))
});
/// 4门201, 2单元502室.
static DOOR_ROOM: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"(?:{ESTATE})?(?:第?{N}){DOOR}[-,、·.]?(?:{N}(?:层|楼))?[-,、·.]?{ROOM}(?:室|房|号|户)?"))
});
/// 6-3-502 after an estate's name or a word of living.
static DASHED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{ESTATE})?(?P<n>{N}(?:[-/·.#\\]{{1,2}}|杠|之){N}(?:[-/·.#\\]{{1,2}}|杠|之)[0-9〇一二三四五六七八九]{{2,4}}|{N}(?:[-/·#\\]|杠)[0-9]{{3,4}})"
    ))
});
/// An estate and a building, or building and entrance.
static BUILDING_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:[\p{{Han}}]{{1,5}}?(?:里|苑|园|小区|公寓|花园|家园|新村|大院|庭|轩|府|湾|坊|公馆|名邸|宿舍|新苑))第?{N}(?:号楼|栋|幢|#楼?|号院|号|座|排)(?:第?{N}{DOOR})?|第?{N}(?:号楼|栋|幢|#楼?|座|号院)第?{N}{DOOR}|(?:房间?号?|室号?)?{ROOM}(?:室|房|号)?[,、]第?{N}{DOOR}[,、]第?{N}(?:号楼|栋|幢|#楼?|号院)[,、][\p{{Han}}]{{2,6}}"
    ))
});
static LIVES_IN: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:住在?|家在|家住|住址|地址|送到|送至|送往|搬到|搬至|现居|居住?在?|位于|敲|住处|门口在|户籍)[是为:]?(?P<n>[\p{{Han}}]{{0,8}}?第?{N}(?:号楼|栋|幢|#楼?|单元|号院|室|房间|号房|号平房))"
    ))
});
static ROOM_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:住在?|家在|家住|敲|送到|送至|地址|门牌|房号|室号|房间号)[是为:]?(?P<n>(?:{N}[层楼])?{ROOM}(?:室|房间|房|户|号|的门|门)?)"
    ))
});
/// 新华路12号, 南门外大街三十七号, 后街胡同5号.
static ROAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"[\p{{Han}}]{{1,6}}?(?:路|街|道|胡同|巷|弄|条)(?:[东西南北]|中段|[东西南北]段)?第?{N}(?:号|#)(?:院|楼|门|旁门|平房|甲|乙|后门|内)?(?:{N}(?:号|室|门|栋)?)?"
    ))
});
/// 村里3组12号, 二队第5排, 东街8排3号.
static VILLAGE_DOOR: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"[\p{{Han}}]{{0,6}}?(?:村|庄|屯|寨|店|铺|营|坨|口|台|窝)?(?:[东西南北前后中]{{1,2}}街)?第?{N}(?:村民小组|组|队|区|片|街|排|条)(?:第?{N}排)?第?{N}(?:号|户|家|门|院)|(?:村|庄|屯|寨)(?:里)?(?:[东西南北前后中]{{1,2}}街)?第?{N}(?:号|排)(?:院|房|第?{N}(?:号|户|家|门))?"
    ))
});
/// 地下室B-07, 底商12号.
static BELOW: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"[\p{{Han}}]{{0,6}}?(?:地下室|半地下|车库|门脸房?|底商|阁楼|平房|彩钢房|板房)(?:第?[a-d]?-?{N}(?:号|间|室|排)|[a-d]-?[0-9]{{1,3}}号?)"
    ))
});
/// 三轮停在门前的那户, 蓝色大门…那家.
static MARKED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:[红蓝绿黑白黄灰][漆色]?[\p{Han}]{0,3}(?:大门|铁门|门|墙|瓦|楼)|门前|门口|院里|院外|窗户?上|房顶|屋顶|墙上|门上)[\p{Han},、0-9]{1,16}?的?(?:那|这)(?:一)?(?:家|户|个院(?:子)?|间(?:房|屋)?|栋|处|座)",
    )
});
/// 一层带小花园的那户.
static THAT_ONE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{N}|顶|底|首)[层楼][\p{{Han}}]{{1,8}}的?那(?:一)?(?:家|户|间)|(?:第{N}|最[东西南北里外]边?|头一)个?[红蓝绿黑白黄灰铁木][\p{{Han}}]{{0,2}}门|[\p{{Han}}]{{2,6}}那?排(?:平房|房子?|屋)(?:的)?(?:头|第|把头|最)[\p{{Han}}0-9]{{0,2}}(?:家|户|间)"
    ))
});
static PLATE_OF_HOUSE: LazyLock<Regex> =
    LazyLock::new(|| compiled(&format!(r"门牌(?:号码?|编号)?(?:是|为|:|写着|钉着)?第?{N}(?:[-之]{N})?(?:号)?")));
/// The house by its description: 村南头第二排靠井那家.
static DESCRIBED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?x)
        (?:[\p{{Han}}]{{0,4}}?(?:村|庄|屯|巷|胡同|路|街|桥|庙|井|河|塘|坡|学校|小卖部|卫生室|大队部|村委会|祠堂|槐树|水塔|供销社|广场|集市|磨坊|院|小区|楼|口|头|边|旁)[\p{{Han}}0-9,]{{0,12}}?)
        (?:第{N}(?:个)?(?:家|户|个?门|个?院(?:子)?|间(?:房|屋)?|栋|处)(?:人家)?|(?:那|这)(?:一)?(?:家|户|个院(?:子)?|间(?:房|屋)?|栋|座房(?:子)?|处(?:房|院)(?:子)?|所房子)|[头末]一?(?:家|户)|把头(?:那)?(?:家|户)?|尽头(?:那|的)(?:家|户|院子)|(?:就是|便是)(?:他|她|老人|本人|我)?家)"
    ))
});

pattern!(
    PUBLIC,
    r"^(?:的)?(?:和[\p{Han}0-9]{0,6})?(?:公共|楼道|门厅|电梯|门口|门前|楼前|楼下|坡道|扶手|大堂|架空层|地下|单元门|门禁|照明|路灯|灯|外墙|楼顶|屋顶|花坛|活动室|居民|全体|院内|旁边?|东侧|西侧|南侧|北侧|之间|大门|台阶|走廊|连廊|入口|出入口|(?:一层|首层|底层|一楼)(?:的|有|是|设|大厅|门厅|大堂|空|[\p{Han}]{0,4}(?:中心|食堂|活动|服务|商铺|驿站|门市|公共|通道))|停车|车棚|充电|垃圾|排水|管道|下水|防水|加装|消防|健身|晾衣|公示|宣传|志愿|党|物业|服务|养老|助老|助餐|老年|日间|社区|中心|卫生|医院|诊所|药店|食堂|大厅|窗口?|银行|网点|超市|学校|楼组|楼长|楼栋长|各户|每户|共|多户|整栋|线|路|公交|地铁|站)"
);
pattern!(
    FACILITY,
    r"(?:中心|医院|卫生院|卫生站|服务站|银行|支行|网点|窗口|大厅|居委会|村委会|街道办|办事处|药店|药房|超市|食堂|学校|驿站|养老院|敬老院|活动室|图书馆|公园|广场|派出所|社区|门诊|机构|本会|协会|基金会|办公|总部|仓库|地铁|公交|教室)[\p{Han}]{0,6}[(（,，:：]?$"
);

/// Counts and amounts that look like rooms: `三号楼共120户`.
fn is_public(text: &str, range: &Range<usize>) -> bool {
    PUBLIC.is_match(&text[range.end..])
}

fn at_facility(text: &str, range: &Range<usize>) -> bool {
    let mut start = range.start.saturating_sub(48);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    // 驿站旁的3号楼 lies beside the facility, not in it.
    let lead = &text[start..range.start];
    FACILITY.is_match(lead)
        && !["旁的", "旁边的", "对面的", "隔壁的", "后面的", "后身的", "前面的", "旁边", "隔壁", "对面", "旁"]
            .iter()
            .any(|side| lead.ends_with(side))
}

/// Words that a greedy estate name drags in from the sentence before it.
const LEADS: [&str; 24] = [
    "住在",
    "家住",
    "家在",
    "送到",
    "送至",
    "送往",
    "地址是",
    "地址",
    "住址",
    "位于",
    "居住在",
    "居住",
    "现居",
    "住",
    "在",
    "到",
    "去",
    "至",
    "是",
    "为",
    "从",
    "于",
    "搬",
    "敲",
];

fn trimmed(text: &str, mut range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let cut = LEADS.iter().filter_map(|lead| slice.rfind(lead).map(|at| at + lead.len())).max().unwrap_or(0);
    // Only what lies before the first number.
    let number = slice.find(|c: char| super::fold::digit(c).is_some_and(|(_, plain)| plain)).unwrap_or(slice.len());
    if cut <= number {
        range.start += cut;
    }
    range
}

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    let mut take = |range: Range<usize>| out.push((trimmed(text, range), Rule::Address));
    for found in WHOLE.find_iter(text).chain(DOOR_ROOM.find_iter(text)) {
        let range = found.range();
        if !is_count(text, &range) && !is_public(text, &range) && !at_facility(text, &range) {
            take(range);
        }
    }
    for found in DASHED.captures_iter(text) {
        let (Some(whole), Some(number)) = (found.get(0), found.name("n")) else { continue };
        if is_dashed_address(text, whole.range(), number.range()) {
            take(whole.range());
        }
    }
    for found in PLATE_OF_HOUSE.find_iter(text) {
        take(found.range());
    }
    if about.place != Place::Household {
        return out;
    }
    for found in BUILDING_ONLY.find_iter(text).chain(ROAD.find_iter(text)) {
        let range = trimmed(text, found.range());
        if !is_public(text, &range)
            && !at_facility(text, &range)
            && !is_count(text, &range)
            && !is_route(found.as_str())
        {
            take(range);
        }
    }
    for pattern in [&LIVES_IN, &ROOM_ONLY] {
        for found in pattern.captures_iter(text).filter_map(|found| found.name("n")) {
            let range = found.range();
            let unit = text[range.end..].starts_with([
                '元', '米', '个', '人', '次', '份', '天', '年', '月', '岁', '张', '斤', '平', '块', '名', '套',
            ]);
            if !is_public(text, &range) && !unit {
                take(range);
            }
        }
    }
    for found in BELOW.find_iter(text).chain(MARKED.find_iter(text)).chain(THAT_ONE.find_iter(text)) {
        if !is_public(text, &found.range()) && !is_count(text, &found.range()) {
            take(found.range());
        }
    }
    for found in VILLAGE_DOOR.find_iter(text) {
        if !is_public(text, &found.range()) && !is_count(text, &found.range()) {
            take(found.range());
        }
    }
    for found in DESCRIBED.find_iter(text) {
        if !is_common_house(found.as_str(), &text[found.end()..]) && !at_facility(text, &found.range()) {
            take(found.range());
        }
    }
    out
}

/// `三号楼120户`, `5楼300平方米`, `8号窗口`.
fn is_count(text: &str, range: &Range<usize>) -> bool {
    let rest = &text[range.end..];
    let inside = &text[range.clone()];
    let amount = rest.starts_with([
        '元', '米', '平', '个', '人', '次', '份', '天', '名', '套', '克', '瓦', '毫', '厘', '斤', '块', '张', '盏',
        '台', '年', '月', '日', '时', '点', '分', '多', '余', '度', '万', '件', '条', '只', '把', '辆', '位', '家',
        '桶', '袋', '箱', '本', '册', '支', '盒', '瓶', '包', '、',
    ]) || ["提案", "议案", "建议", "文件", "公告", "令", "通知", "线", "意见", "决定"]
        .iter()
        .any(|word| rest.trim_start_matches('号').starts_with(word));
    let households = (inside.ends_with('户')
        && rest.starts_with([
            '居', '老', '困', '家', '均', '都', '共', '每', '需', '有', '人', '低', '特', '住', ',', '。', '，',
        ]))
        && !inside.contains(['东', '西', '南', '北', '左', '右']);
    amount || households
}

/// `乘3路`, `地铁10号线`, `5号路口`: no house number.
fn is_route(found: &str) -> bool {
    found.contains("地铁")
        || found.contains("公交")
        || found.starts_with('第')
        || found.contains("道题")
        || found.contains("街道第")
}

fn is_dashed_address(text: &str, whole: Range<usize>, number: Range<usize>) -> bool {
    let digits = &text[number.clone()];
    let parts: Vec<&str> =
        digits.split(['-', '/', '·', '.', '#', '\\', '杠', '之']).filter(|part| !part.is_empty()).collect();
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | '年');
    if text[..number.start].ends_with(numeric) || text[number.end..].starts_with(numeric) {
        return false;
    }
    let unit = text[number.end..].starts_with([
        '元', '米', '个', '人', '次', '份', '天', '厘', '毫', '公', '岁', '月', '日', '%', '分', '年', '时', '点',
        '斤', '克', '套', '型', '瓦', '℃', '度', '餐', '度', '周', '名', '户', '只', '条',
    ]);
    if unit || at_facility(text, &whole) {
        return false;
    }
    let estate = whole.start < number.start
        && [
            "里", "苑", "园", "小区", "公寓", "村", "院", "庭", "轩", "府", "湾", "坊", "城", "宿舍", "楼", "居", "区",
            "期", "庄", "路", "街", "道", "胡同", "巷",
        ]
        .iter()
        .any(|end| text[..number.start].ends_with(end));
    let mut start = number.start.saturating_sub(36);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let lead = &text[start..number.start];
    let lives = ["住", "家在", "地址", "送到", "送至", "门牌", "房号", "敲"].iter().any(|cue| lead.contains(cue));
    // The estate in letters: chunheli3-2-501.
    let spelled = lead.chars().rev().take_while(char::is_ascii_lowercase).count() >= 5 && parts.len() == 3;
    let code = !spelled && lead.ends_with(|c: char| c.is_ascii_alphanumeric())
        || lead.contains("编号")
        || lead.contains("型号")
        || lead.contains("日期");
    if code {
        return false;
    }
    let room = parts.last().is_some_and(|room| matches!(room.chars().count(), 3 | 4));
    match parts.len() {
        3 => estate || lives || (room && parts[0].chars().count() <= 2 && digits.contains('-')),
        _ => (estate || lives) && room && parts[0].chars().count() <= 2,
    }
}

/// `村里每一户`, `镇上一家药店`: not one person's house.
fn is_common_house(found: &str, rest: &str) -> bool {
    let every = [
        "每一户",
        "每户",
        "各户",
        "哪一户",
        "哪家",
        "任何一",
        "另一家",
        "一家人",
        "一家",
        "十户",
        "一户",
        "两户",
        "几户",
        "两家",
        "几家",
        "三家",
        "三户",
        "五户",
    ]
    .iter()
    .any(|word| found.ends_with(word))
        && !found.contains('第');
    let what = [
        "店", "药", "医", "超市", "食堂", "饭", "商", "公司", "机构", "单位", "企业", "银行", "养老", "服务", "理发",
        "组织", "社", "学校", "幼", "卫生", "困难", "低保",
    ];
    let business = what.iter().any(|word| rest.trim_start_matches(['的', '小']).starts_with(word));
    let counted = ["共", "有", "全村", "覆盖", "其中"].iter().any(|word| found.contains(word))
        && !found.contains("第")
        && !found.contains('那');
    let neighbour = ["楼上", "楼下", "顶楼", "隔壁", "对门", "对面"].iter().any(|side| found.starts_with(side))
        && found.chars().count() <= 5;
    every || business || counted || neighbour
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, place: Place) -> Vec<String> {
        let folded = Folded::new(text).tight();
        find(&folded, &About::new(place)).into_iter().map(|(range, _)| folded.text()[range].to_owned()).collect()
    }

    #[test]
    fn houses() {
        for (text, found) in [
            ("午餐送到春霖里19号楼4门201，敲门声大些。", "春霖里19号楼4门201"),
            ("爬楼机借用，家住淮里6-3-502，电梯检修两周。", "淮里6-3-502"),
            ("长泰新苑7#902，腿骨折六周", "长泰新苑7#902"),
            ("送煤到村南头第二排靠井那家，没有门牌。", "村南头第二排靠井那家"),
        ] {
            assert!(of(text, Place::Household).iter().any(|f| f == found), "{text}: {:?}", of(text, Place::Household));
        }
    }

    #[test]
    fn public_places() {
        for text in [
            "9号楼楼道加装折叠座椅四个",
            "14栋2单元公共门厅地砖松动",
            "地铁10号线B出口有无障碍电梯",
            "村东头文化广场的乒乓球台",
        ] {
            assert_eq!(of(text, Place::Organization), Vec::<String>::new(), "{text}");
            assert_eq!(of(text, Place::Household), Vec::<String>::new(), "{text}");
        }
    }
}
