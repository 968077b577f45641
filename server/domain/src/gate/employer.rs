//! A place of work with the trade: the two together point at one person in a
//! small place. The trade alone (女儿是护士), or a place of work that names none
//! (在超市上班), may stand.

use super::fold::Folded;
use super::numbers::{clause, pattern};
use super::{About, Place, Rule, lexicon};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// Places of work that are nobody's service: named with any word of working there they are refused.
const FIRM: &str = "有限公司|装修队|维修队|安装队|商厦|大厦|商城|电缆厂|热力|石化|广告社|印刷厂|公司|集团|厂|矿|油田|盐场|煤矿|采石场|砖窑|窑|车间|工地|施工队|工程队|建筑队|车队|车行|修理厂|修车铺|汽修|洗车行|物流|快递|外卖|合作社|农场|养殖场|牧场|林场|苗圃|鸡场|猪场|奶牛场|渔场|\
    酒楼|酒店|酒家|饭店|饭馆|饭庄|餐馆|餐厅|面馆|包子铺|早点铺|早点摊|饺子馆|烧烤店|火锅店|小吃店|面包房|食府|宾馆|旅馆|招待所|浴池|澡堂|网吧|商场|百货|商行|商店|五金店|服装店|理发店|美发店|发廊|花店|书店|铺|\
    作坊|工作室|码头|货场|仓库|冷库|粮库|屠宰场|批发市场|印刷所|研究所|设计院|报社|电视台|电台|剧团|京剧院|剧院|机务段|工务段|车辆段|铁路局|机场|船厂|收费站|服务区|加油站|驾校";
/// Places that people also go to for help: refused only where somebody of the household is said to work there.
const PUBLIC: &str = "医院|4s店|保健院|疾控中心|研究院|托老所|康复中心|卫生院|卫生室|诊所|药房|药店|超市|菜市场|市场|便利店|店|银行|支行|储蓄所|邮局|邮政所|供销社|供电所|水厂|自来水公司|供热站|环卫所|环卫队|清洁队|园林队|绿化队|消防队|派出所|法院|检察院|税务局|税务所|工商所|财政所|司法所|\
    [\\p{Han}]{1,2}局|机关|物业|学校|中学|小学|幼儿园|大学|学院|职专|技校|体校|养老院|敬老院|福利院|护理院|殡仪馆|火葬场|图书馆|文化馆|博物馆|公园|车站|火车站|地铁站|站|地铁[0-9一二三四五六七八九十]{1,2}号线|[0-9一二三四五六七八九十]{1,3}路公交车?|公交[0-9一二三四五六七八九十]{1,3}路|公交公司|监狱|看守所|部队|馆|所|队|社区";
/// Trades, and the verbs of working.
const TRADE: &str = "看炉子|刷墙|刷漆|砌墙|装配工?|司炉工?|锅炉工|挡车工?|细纱工|织布工?|纺纱工?|钳工|铣工|车工|刨工|磨工|镗工|铸造工|翻砂工?|热处理|电焊工?|焊工|电工|瓦工|木工|油漆工|油工|钢筋工|架子工|水暖工|管道工|管工|维修工?|装卸工?|搬运工?|分拣员?|质检员?|检验员|\
    仓管员?|库管员?|保管员|收银员?|理货员?|导购员?|营业员|售货员|店员|服务员|传菜员?|洗碗工?|配菜工?|厨师长?|厨工|厨子|面点师?|切墩|保洁员?|清洁工|清扫工?|保安员?|保安队长|门卫|看大门|看门|打更|更夫|值班员|列车司机|公交司机|货车司机|吊车司机|\
    司机|驾驶员|乘务员|列车员|列车长|售票员|检票员|站务员|调度员?|信号工|养路工|巡道工|快递员|外卖员|骑手|配送员|送餐员?|送奶工?|送水工?|送报员?|送报|送货员?|投递员|邮递员|抄表员?|收费员|加油员|加油工|洗车工?|修车工?|汽修工?|理发师?|美发师?|按摩师?|\
    护士长|护士|护工|护理员|医生|大夫|药剂师|药师|化验员|检验师|放射科?技师|麻醉师|会计|出纳|文员|内勤|采购员?|销售员?|业务员|经理|主管|店长|领班|班长|组长|段长|车间主任|主任|副厂长|厂长|校长|技术员|技工|技师|工程师|程序员|设计师|绘图员|教师|老师|教员|班主任|保育员|\
    食堂大师傅|大师傅|师傅|宿管|环卫工人?|环卫工|绿化工?|养护工?|饲养员|兽医|农机手|工人|职工|员工|临时工|合同工|学徒工?|小工|帮工|伙计|老板|辅警|协警|城管|交警|民警|警察|消防员|法警|法官|狱警|科员|科长|公务员|干事|记者|编辑|演员|琴师|鼓手|教练|裁缝|缝纫工?|裁剪工?|\
    熨烫工?|印刷工?|装订工?|包装工?|打包工?|流水线|操作工|操作员|普工|叉车工?|挖掘机手|代驾|客服|管理员|安检员?|讲解员|话务员|播音员|救生员|饲养工|挤奶工?|炊事员|巡逻|巡线|制图|技术工|打字员|档案员|审计|质量员|安全员|炉前工|司机长|学徒|帮厨|刷碗|打荷|\
    上班|打工|工作|干活|当班|任职|供职|就职|做工|务工|打零工|打杂|做活|值夜班|值班|倒班|三班倒|上夜班|夜班|退休|下岗|内退|返聘|买断|工伤|开[\\p{Han}]{0,3}车|开公交|开地铁|开出租|开电梯|开机床|开挖掘机|开铲车|跑外卖|跑快递|跑运输|跑业务|跑车|送外卖|送快递|送奶|送水|送货|送煤气?|扫街|扫马路|扫地|\
    看仓库|看库房|看车棚|烧锅炉|炒菜|洗碗|收银|卸货|装卸|搬货|分拣|理货|站柜台|卖货|卖菜|卖鱼|卖肉|卖豆腐|干保洁|做保洁|教书|教课|教[\\p{Han}]{1,3}(?:课)?|踩缝纫机|修车|洗车|加油|值机|记账|管账|管库|跟车|押车|调音|刻章|站岗";
/// Somebody of the household.
const PERSON: &str = "户主|父亲|母亲|丈夫|妻子|儿子|女儿|老伴儿?|本人|爱人|家属|其夫|其妻|其子|其女|儿媳妇?|女婿|爷爷|奶奶|父母|哥哥|姐姐|弟弟|妹妹|哥|姐|弟|妹|嫂子|孙子|孙女|外孙|侄子|侄女|侄|外甥女?|舅舅|姑姑|叔叔|他爸|他妈|她爸|她妈|爸爸|妈妈|爸|妈|家长|孩子他?爸|男主|女主|老头|老太太?|老大|老二|大儿|小儿|大女儿|小女儿|媳妇|对象|男人|媳妇儿|监护人|养父|养母|继父|继母|老人|老汉|大爷|大娘|他|她|我|两口子|夫妻俩?|闺女|姑娘|老公|老婆|孩子妈|妯娌|小叔|大伯|连襟|养女|养子";
/// Trades and modifiers that name no one place.
const GENERIC: &str = "某 某家 一家 两家 几家 多家 附近 当地 本地 外地 外省 国营 私营 民营 集体 乡镇 村办 街道 小 大 老 原 \
    国有 合资 外资 股份 有限 责任 物业 保洁 家政 服装 化肥 食品 机械 锅炉 纺织 电子 印刷 五金 纸箱 \
    钢铁 塑料 化工 玻璃 家具 制药 造纸 水泥 砖 皮革 鞋 服务 快递 外卖 送水 送餐 餐饮 建筑 装修 装饰 运输 \
    物流 出租车 公交 环卫 供热 自来水 燃气 电力 保险 劳务 派遣 中介 社会 社会组织 养老 科技 网络 连锁 便利 \
    大型 中型 小型 汽车 修理 零件 配件 轴承 棉纺 针织 酿酒 饮料 奶 面粉 加工 生产 制造 区 市 县 镇 村 \
    天津 天津市 北京 在 是 为 于 从 到 去 和 跟 与 给 由 让 对 向 户主 父亲 母亲 丈夫 妻子 儿子 女儿 \
    老伴 本人 爱人 家属 爷爷 奶奶 曾 曾在 曾是 退休 退休前 下岗 下岗前 原来 以前 现 现在 目前 仍 还 还在 \
    一直 长期 都 也 常 每天 白天 夜里 晚上 夜班 平时 家 家里 男 女 系 的 了 着 过 个 名 其 其父 其母 \
    他 她 他们 这 那 该 本 同 单位 工作 上班 打工 就职 供职 任职 家人 婆婆 儿媳 女婿 哥哥 姐姐 弟弟 \
    妹妹 兄弟 帮 替 送 卖 开 经营 找 请 联系 社区 农业 专业 残疾人 福利 商业 银行 人民 中心 医院 儿童 \
    妇幼 综合 专科 第一 第二 第三 跑 进 进了 里 上 某个 某些 做 干 当 后 前 年 岁 人 别的 别人 别 \
    其他 另 另外 有 没 没有 无 不 把 被 等 及 或 而 因 因为 所以 靠 来 去了 来了 到了 出院 住院 看病 \
    病 陪 护 照顾 附近的 楼下 楼上 门口 路口 村口 村里 镇上 城里 市里 区里 县里 城 外面 外边 里面 家门口 \
    几个 各 每 每家 所有 全 退休于 曾经 以前在 早年 年轻 年轻时 早先 起 只 只能 能 会 想 要 需 需要 \
    希望 日常 常年 临时 固定 一个 份 白班 早班 早上 中午 凌晨 半夜 周末 平常 最近 刚 刚刚 才 已 已经 正 \
    正在 再 又 就";
/// One of a kind in its place: with the place's own name before it, it is somebody's employer.
const ONE_OF_A_KIND: &str = "保健院|妇幼保健院|疾控中心|税务所|税务局|学校|中学|小学|幼儿园|医院|卫生院|环卫队|环卫所|邮局|邮政所|供电所|派出所|法院|司法所|财政所|敬老院|水厂|粮库|供销社|清洁队|消防队|殡仪馆|图书馆|文化馆|包子铺|早点铺|饭馆|饭店|修车铺|理发店|超市|药店|浴池|汽修|洗车行|收费站|加油站|砖窑|煤矿|码头|机场|工厂|火车站|福利院|合作社";

fn compiled(text: &str) -> Regex {
    // The patterns are constants and compiled by a test.
    #[expect(clippy::expect_used)]
    Regex::new(&text.replace(['\n', ' '], "")).expect("a constant pattern")
}

static WORKPLACE: LazyLock<Regex> =
    LazyLock::new(|| compiled(&format!(r"(?P<name>[\p{{Han}}0-9]{{0,10}}?)(?P<kind>{FIRM}|{PUBLIC})")));
static TRADE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^(?P<trade>(?:的|里|内|里面|那边|那儿)?(?:[\p{{Han}}0-9]{{0,4}}?)(?:当|做|任|干|是|里当)?(?:的|一名|一个|过)?(?:{TRADE}))|^[,，、](?:[\p{{Han}}]{{0,3}}?)(?P<next>(?:当|做|任|干|是)(?:{TRADE})|(?:{TRADE})(?:[,。;、)]|$))"
    ))
});
static TRADE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"(?P<trade>{TRADE}|跑|送|开)[,，、]?(?:的)?(?:单位|地点|站点)?(?:是|在|于|给|去|到)?$"))
});
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{PERSON})[\p{{Han}}]{{0,3}}?[,，]?(?:以前|原来|原|曾|现|现在|目前|还|也|都|一直|常年|退休前|下岗前|生前|早年|年轻时|每天|白天|夜里|晚上)?(?:就)?(?:是|在|为|于|给|系|去|到|进|跑|开|跟着?)?(?:了)?(?:原|前|老)?$|(?:{PERSON})(?:以前|现在|还|就)?(?:在|于)[\p{{Han}}0-9]{{0,8}}$"
    ))
});
static SUBJECT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"^(?:的|里)?[\p{{Han}}]{{0,6}}?(?:的)?(?:就)?是(?:他|她|我|老人|户主)?(?:的|家)?(?:{PERSON})"))
});
static HOUSEHOLD: LazyLock<Regex> = LazyLock::new(|| compiled(&format!(r"(?:{PERSON})")));
// 单位是…: said of nobody but the household.
pattern!(EMPLOYED_AT, r"(?:单位|厂子|公司)(?:就)?(?:是|在|为|:)$");
// In a firm, not at its counter: 在恒通公司买的轮椅.
pattern!(STANDS_IN, r"(?:在|于|给|是)$");
pattern!(
    CUSTOMER,
    r"^(?:买|订|定做|定制|购|修|租|借|的|捐|送|办|看|体检|参观|门口|旁|附近|对面|那|楼|做志愿|做客|吃|取|领)"
);
pattern!(WORKS, r"上班|打工|工作|职工|员工|退休|下岗|任职|供职|就职|干活|倒班|夜班|返聘|上岗|失业|辞职|工人|工伤");
// Somebody asked in, or an amount: not the household's own work.
pattern!(NOT_OWN, r"(?:请|让|找|由|联系|去|到|往|送|接|陪|转|问|跟|向|经|从|与|和)[\p{Han}]{0,3}$");

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    if about.place != Place::Household {
        return out;
    }
    let words = lexicon::cut(text);
    let mut from = 0;
    while let Some(found) = WORKPLACE.captures_at(text, from) {
        let (Some(name), Some(kind)) = (found.name("name"), found.name("kind")) else { break };
        from = kind.end();
        let Some(start) = own_name(text, name.range(), kind.as_str(), &words) else { continue };
        let (lead, rest) = (&text[..start], &text[kind.end()..]);
        let after = TRADE_AFTER.captures(rest).and_then(|found| found.name("trade").or(found.name("next")));
        let before = TRADE_BEFORE.captures(lead).and_then(|found| found.name("trade"));
        let sentence = clause(text, start..kind.end());
        let own = SUBJECT.is_match(lead) && !NOT_OWN.is_match(lead) || SUBJECT_AFTER.is_match(rest);
        let public = !FIRM.split('|').any(|firm| firm.trim() == kind.as_str());
        let trade = after.is_some() || before.is_some();
        let household = HOUSEHOLD.is_match(sentence);
        let refused = EMPLOYED_AT.is_match(lead)
            || if public {
                trade && own
            } else {
                own && (trade || WORKS.is_match(sentence))
                    || household && trade && !NOT_OWN.is_match(lead)
                    || household && STANDS_IN.is_match(lead) && !CUSTOMER.is_match(rest)
            };
        if refused {
            let end = after.map_or(kind.end(), |trade| kind.end() + trade.end());
            out.push((start..end, Rule::Employer));
        }
    }
    out
}

/// Where the place's own name begins, if it has one: a proper word, a number, or
/// the place it stands in before something that stands there once.
fn own_name(text: &str, name: Range<usize>, kind: &str, words: &[Range<usize>]) -> Option<usize> {
    let generic = |slice: &str| GENERIC.split_whitespace().any(|word| word == slice);
    if kind.contains("号线") || kind.contains('路') && kind.contains("公交") {
        return Some(name.end);
    }
    let mut start = name.end;
    let (mut proper, mut located) = (0, None);
    for word in words.iter().rev().filter(|word| word.start < name.end && word.end > name.start) {
        let range = word.start.max(name.start)..word.end.min(name.end);
        let slice = &text[range.clone()];
        let number = slice.chars().all(|c| c.is_ascii_digit() || "第一二三四五六七八九十".contains(c));
        if number && !slice.is_empty() && proper == 0 && slice.chars().count() <= 3 && slice != "一" {
            // 第二棉纺厂.
            if slice.starts_with('第') || slice.chars().count() >= 2 {
                return Some(range.start);
            }
            // 轧钢三厂.
            start = range.start;
            continue;
        }
        if generic(slice) || HOUSEHOLD.find(slice).is_some_and(|found| found.range() == (0..slice.len())) {
            // A trade inside the name (福兴 锅炉 厂) is passed over while nothing proper stands yet.
            if proper > 0
                || slice.chars().count() == 1 && "在是为的于从到某给跑和跟与由让对向他她我".contains(slice)
                || slice == "一家"
            {
                break;
            }
            if matches!(slice, "区" | "镇" | "县" | "乡" | "市" | "街道" | "村" | "本村" | "本镇" | "中心")
            {
                located = Some(range.start);
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
    if proper >= 2 {
        return Some(start);
    }
    // 镇中学, 区环卫队, 街口包子铺.
    let placed = &text[name.clone()];
    let at = [
        "本村",
        "本镇",
        "街口",
        "路口",
        "村口",
        "桥头",
        "镇上",
        "村里",
        "区中心",
        "中心",
        "区",
        "镇",
        "县",
        "乡",
        "市",
        "开发区",
        "人民",
    ]
    .iter()
    .find_map(|place| placed.ends_with(place).then(|| name.end - place.len()));
    at.or(located).filter(|_| ONE_OF_A_KIND.split('|').any(|one| one == kind))
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
    fn place_and_trade_together() {
        for (text, place) in [
            ("户主为福兴锅炉厂的司炉工，下岗返聘", "福兴锅炉厂的司炉工"),
            ("儿媳是友好超市收银员，周末也上班", "友好超市收银员"),
            ("儿子在区环卫队开扫路车", "区环卫队开扫路车"),
            ("老伴退休于塘沽船厂，钳工", "塘沽船厂"),
            ("儿子，地铁三号线的列车司机，倒班", "地铁三号线的列车司机"),
            ("街口包子铺打工的是她儿子", "街口包子铺打工"),
            ("儿子在宏达物流开叉车", "宏达物流开叉车"),
        ] {
            assert!(of(text).iter().any(|found| found.contains(place)), "{text}: {:?}", of(text));
        }
    }

    #[test]
    fn one_of_the_two_may_stand() {
        for text in [
            "女儿是护士，经常夜班",
            "女儿在超市上班，早出晚归",
            "老伴是退休教师，讲课很有意思",
            "他在厂里干过三十年，会修机器",
            "父亲是环卫工人，母亲在超市做保洁",
            "请区中心医院的护士教家属翻身",
            "附近的食品厂捐赠了一批月饼",
            "儿子开货车跑长途，十天回家一次",
            "陪老人去社区卫生服务中心找医生",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
