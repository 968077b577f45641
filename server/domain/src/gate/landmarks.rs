//! A home told without its number: by a landmark beside it, by the way there,
//! by coordinates, or by the code of its door.

use super::fold::Folded;
use super::numbers::pattern;
use super::{About, Place, Rule};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

const N: &str = r"[0-9一二三四五六七八九十两]{1,3}";
/// What everybody in the place knows.
const MARK: &str = r"(?:超市|便利店|小卖部|菜市场|市场|集市|医院|诊所|卫生室|卫生院|卫生站|药店|药房|学校|小学|中学|幼儿园|银行|邮局|派出所|居委会|村委会|大队部|公园|广场|车站|站牌|地铁口|地铁站|公交站|加油站|收费站|桥|河|渠|塘|坝|闸|水库|井|庙|寺|教堂|祠堂|槐树|柳树|杨树|枣树|大树|古树|水塔|电线杆|信号塔|变压器|泵房|泵站|锅炉房|换热站|厕所|公厕|垃圾站|垃圾房|修车铺|包子铺|早点铺|饺子馆|面馆|饭馆|饭店|理发店|浴池|澡堂|网吧|宾馆|旅馆|酒店|五金店|粮店|煤店|厂|仓库|粮库|货场|铁道|铁路|道口|立交|高架|牌坊|影剧院|电影院|图书馆|文化站|活动室|活动中心|驿站|食堂|商场|大厦|写字楼|消防队|法院|小区|公寓|报亭|门市|磨坊|砖窑|果园|菜地|大棚|鱼塘|养鸡场|坟地|车棚|停车场|篮球场|健身器材|东门|西门|南门|北门|大门|路|大街|街|道|胡同|巷|里)";
/// How the home lies to it.
const BESIDE: &str = r"(?:隔壁|[东西南北后]?墙(?:外|根|后|边)|后墙|外头|院外|正对面|斜对面|斜对过|对过|对门|对面|后身|后院|后头|后面|后边|背后|屋后|前头|前边|前面|旁边?|边上|楼上|楼下|拐角处?|把角|把头|交口|路口|桥头|尽头|里头|底商|胡同口|巷口|东头|西头|南头|北头|东侧|西侧|南侧|北侧|东边|西边|南边|北边|进去|往[里东西南北]走?|挨着|对着|冲着|后门|前门|侧门)";

fn compiled(text: &str) -> Regex {
    // The patterns are constants and compiled by a test.
    #[expect(clippy::expect_used)]
    Regex::new(text).expect("a constant pattern")
}

/// 我家就在超市楼上二层, 住在海河边那座白桥的桥头.
static LIVES_BESIDE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:[居租借]?住(?:在|着)?|家在|家住|家就在|[我他她]家(?:就)?在?|老人(?:家)?(?:就|住)?在|(?:母亲|父亲|本人|奶奶|爷爷|户主)(?:家)?(?:就|住)?在|房子就?在|院子就?在|屋子?就?在|我?就住在?|小屋就?在|平房就?在|送到|送至|放到|放在)(?P<n>[\p{{Han}}0-9a-z“”]{{0,12}}?{MARK}[\p{{Han}}“”]{{0,6}}?{BESIDE}[\p{{Han}}0-9]{{0,14}})"
    ))
});
/// 家挨着水塔, 对面是修车铺: the home first, then what it lies by.
static HOME_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:我家|他家|她家|老人家|家里?|房子|院子|屋子|住处|窗户|院门|门口?)(?:就|正|紧)?(?:挨着|紧挨着?|靠着|对着|冲着|背靠|紧邻|邻着|(?:对面|旁边|隔壁|后面|楼下|门口|北边|南边|东边|西边)(?:就)?是)(?P<n>[\p{{Han}}]{{0,8}}?{MARK})"
    ))
});
/// 村委会后身那排平房最东边一间, 区中心医院正对面那栋红砖楼三层.
static THAT_HOUSE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"[\p{{Han}}0-9]{{0,8}}?{MARK}[\p{{Han}}]{{0,4}}?{BESIDE}?[\p{{Han}},]{{0,6}}?(?:(?:那|这)(?:栋|座|间|排|个|所|家|户|幢|片)?(?:[\p{{Han}}]{{0,4}}?)(?:楼|房|屋|院|小院|铁门|平房|砖房|瓦房|板房|筒子楼)[\p{{Han}}0-9]{{0,4}}?(?:{N}[层楼]|最?[东西南北里外][边头侧面](?:一|那|头一|第{N})?[间户家]|(?:头|第|把头|尽头)(?:{N}|一)?[间户家]|就是|[东西左右]手)|[\p{{Han}}]{{0,4}}(?:第{N}|头一|最[东西南北里外][边头]一?)(?:间|个院|个门|户|家|排|栋)|{BESIDE}[,]?[\p{{Han}}]{{0,6}}(?:一|那)(?:间|处|座|排)(?:小?平房|小屋|屋|房|小院))"
    ))
});
/// 大沽路与山东路交口西北角平房院第二间.
static CROSSING: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"[\p{Han}]{1,6}?(?:路|道|街)(?:与|和|跟|同)[\p{Han}]{1,6}?(?:路|道|街)(?:的)?(?:交口|路口|交叉口|口|拐角|交汇处)[\p{Han}0-9,]{0,16}?(?:平房|小院|院|间|屋|胡同尽头|尽头|人家|那家|那户|那栋|那座|楼|家里|住)",
    )
});
/// 进村往西走,第三个门就是.
static THE_WAY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:(?:下车|出站|出来|进去|进村|进了?胡同|进了?院|出电梯|上楼|过了?桥|过了?[\p{{Han}}]{{1,4}}?)[,]?(?:之?后|就|再)?)?(?:(?:往|向|朝)(?:[东西南北里左右]|前走|前直)|顺着|沿着|左拐|右拐|左转|右转|拐进)[\p{{Han}}0-9,]{{0,20}}?(?:(?:就|便|即)(?:是|到)(?:了)?(?:他|她|我|老人)?(?:的)?家?|那家|那户|那个?院(?:子)?|第{N}(?:个)?(?:家|户|门|院|栋|排|间)[\p{{Han}}]{{0,4}})"
    ))
});
pattern!(
    COORDINATES,
    r#"(?x)
    (?:北纬|东经|纬度|经度|经纬度?|坐标|定位|\bn|\be)[是为:]{0,2}[0-9〇一二三四五六七八九十百]{2,5}[.°度点'′][0-9〇一二三四五六七八九十]{1,8}(?:[°度分'′″"秒.][0-9.]{0,6}){0,3}[nsew]?
    (?:[,;、/和]?(?:北纬|东经|纬度|经度|n|e)?[是为:]{0,2}[0-9〇一二三四五六七八九十百]{2,5}[.°度点'′][0-9〇一二三四五六七八九十]{1,8}(?:[°度分'′″"秒.][0-9.]{0,6}){0,3}[nsew]?)?
    | (?:3[89]|4[01])[.点][0-9]{2,8}°?[,;、/和|]{0,3}(?:11[5-9])[.点][0-9]{2,8}
    | (?:11[5-9])[.点][0-9]{2,8}°?[,;、/和|]{0,3}(?:3[89]|4[01])[.点][0-9]{2,8}
    | [0-9]{2,3}[°度][0-9]{1,2}['′分](?:[0-9.]{1,6}(?:["″秒]|''|′′)?)?[nsew北东]?"#
);
pattern!(
    DOOR_CODE,
    r"(?:(?:开门|进门|门禁|单元门|楼门|楼道门|大门|入户门?|电子锁|门锁|密码锁|防盗门)(?:的)?(?:密码|口令)|密码锁)(?:锁)?[是为:]{0,2}(?P<n>[0-9〇一二三四五六七八九幺#*井]{3,9})"
);
pattern!(DWELLING, r"栋|层|间|排|户|平房|小院|屋|胡同|巷子|顶楼|[0-9一二三四五六七八九十]楼");
// What many homes lie by: alone it leads to none.
pattern!(
    COMMON_MARK,
    r"^(?:一[个条座]|个|条|大|小|老)?(?:车站|站牌|公交站|地铁站|地铁口|食堂|社区食堂|活动室|活动中心|公园|菜市场|市场|超市|便利店|医院|社区医院|马路|大马路|路|大街|街|道|里|小区|广场|学校|河|大门|墙)$"
);
pattern!(INSTITUTION, r"医院|学校|小学|中学|卫生|居委会|村委会|中心|服务|食堂|银行|活动|图书馆|法院|派出所");
static BESIDE_IT: LazyLock<Regex> = LazyLock::new(|| compiled(BESIDE));
// Places that anybody may go to, and amounts.
pattern!(
    PUBLIC_END,
    r"(?:服务|中心|窗口|大厅|活动|社工|志愿|办公|值班|领取|取餐|就餐|用餐|附近|医院|食堂|门诊|租房|坡道|路灯|长椅|井盖|垃圾)$"
);

/// In the folded text without spaces.
pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    if about.place != Place::Household {
        return out;
    }
    for pattern in [&LIVES_BESIDE, &HOME_FIRST, &DOOR_CODE] {
        for found in pattern.captures_iter(text) {
            let (Some(whole), Some(name)) = (found.get(0), found.name("n")) else { continue };
            let lead = &text[whole.start()..name.start()];
            // Somebody may sit east of the park; only a house says that he lives there.
            let lives = lead.contains(['住', '家', '房', '院', '屋', '挨', '码']) || DWELLING.is_match(name.as_str());
            let common = lead.ends_with('是') && COMMON_MARK.is_match(name.as_str());
            if lives && !common && !PUBLIC_END.is_match(name.as_str()) {
                out.push((name.range(), Rule::Address));
            }
        }
    }
    for pattern in [&THAT_HOUSE, &CROSSING, &THE_WAY] {
        for found in pattern.find_iter(text) {
            // The third floor of the hospital is nobody's home.
            let inside = INSTITUTION.is_match(found.as_str()) && !BESIDE_IT.is_match(found.as_str());
            if !inside && !PUBLIC_END.is_match(found.as_str()) && !is_public(&text[found.end()..]) {
                out.push((found.range(), Rule::Address));
            }
        }
    }
    out.extend(COORDINATES.find_iter(text).map(|found| (found.range(), Rule::Address)));
    out
}

fn is_public(rest: &str) -> bool {
    [
        "诊室", "窗口", "药店", "食堂", "超市", "电梯", "厕所", "服务", "取药", "挂号", "诊所", "教室", "活动", "银行",
        "商店", "店",
    ]
    .iter()
    .any(|word| rest.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let folded = Folded::new(text).tight();
        find(&folded, &About::new(Place::Household))
            .into_iter()
            .map(|(range, _)| folded.text()[range].to_owned())
            .collect()
    }

    #[test]
    fn homes_by_what_stands_beside_them() {
        for text in [
            "住菜市场楼上四楼靠楼梯口",
            "老人在望海里东门进去左手第二栋顶楼",
            "住在海河边那座白桥的桥头，修车铺隔壁",
            "村委会后身那排平房最东边一间",
            "坐标东经117.20度，北纬39.13度",
            "定位39.0851，117.1996",
            "N39°05′12″ E117°11′58″，就是我家屋顶",
            "示例道与滨河路交口往里第一个胡同尽头",
            "门禁密码1900#",
            "家对面是修车铺",
        ] {
            assert!(!of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn public_places_and_talk_of_homes() {
        for text in [
            "住在二楼，没有电梯",
            "父母带着孩子在医院附近租房",
            "公园东门进去第二个亭子旁有无障碍厕所",
            "医院门诊楼二层有轮椅租借",
            "家里没有人，门口有台阶",
            "往后几个月的服务就是陪聊",
            "菜市场东门有轮椅坡道，买菜可从那进",
            "体温36.5度，室温26度",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
