//! A place of work with the trade: the two together point at one person in a
//! small place. The trade alone (女儿是护士), or a place of work that names none
//! (在超市上班), may stand.

use super::fold::Folded;
use super::numbers::{clause, pattern};
use super::{About, Place, Rule, lexicon};
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// Places of work that are nobody's service: named with any word of working there they are refused.
const FIRM: &str = "有限公司|劳务队|包工队|装卸队|搬运队|烧饼铺|馒头铺|早点部|小卖部|摊子|实业|药业|矿业|乳业|酒业|钢铁|粮油|电子|制药|食品|纺织|服饰|电器|电缆|重工|机械|洗衣店|影城|影院|家政|快运|速递|货运|客运|4s店|4s|大酒楼|馆子|豆腐坊|搬家|纸业|铝业|铜业|木业|置业|瓷业|副食店|美甲店|服装城|建材城|家居城|家具城|汽配城|商贸城|小商品城|美食城|数码城|电子城|批发城|粉坊|油坊|磨坊|医药|装饰|装修|装修队|维修队|安装队|商厦|大厦|商城|电缆厂|热力|石化|广告社|印刷厂|公司|集团|厂|矿|油田|盐场|煤矿|采石场|砖窑|窑|车间|工地|施工队|工程队|建筑队|车队|车行|修理厂|修车铺|汽修|洗车行|物流|快递|外卖|合作社|农场|养殖场|牧场|林场|苗圃|鸡场|猪场|奶牛场|渔场|\
    酒楼|酒店|酒家|饭店|饭馆|饭庄|餐馆|餐厅|面馆|包子铺|早点铺|早点摊|饺子馆|烧烤店|火锅店|小吃店|面包房|食府|宾馆|旅馆|招待所|浴池|澡堂|网吧|商场|百货|商行|商店|五金店|服装店|理发店|美发店|发廊|花店|书店|铺|\
    作坊|工作室|码头|货场|仓库|冷库|粮库|屠宰场|批发市场|印刷所|研究所|设计院|报社|电视台|电台|剧团|京剧院|剧院|机务段|工务段|车辆段|铁路局|机场|船厂|收费站|服务区|加油站|驾校";
const BRAND: &str = "海底捞|肯德基|麦当劳|必胜客|华莱士|德克士|星巴克|瑞幸|蜜雪冰城|沃尔玛|家乐福|大润发|永辉|物美|华润万家|盒马|麦德龙|人人乐|乐购|麦购|美团|饿了么|京东|顺丰|圆通|中通|申通|韵达|极兔|菜鸟|德邦|货拉拉|滴滴|富士康|丰田|现代汽车|长城汽车|比亚迪|康师傅|可口可乐|百事|三星|空客|联想|华为|国美|苏宁|狗不理|桂发祥|起士林|劝业场|登瀛楼|好利来|老美华|达仁堂|天士力|飞鸽|海鸥|\
    蒙牛|伊利|娃哈哈|中石化|中石油|大港油田|渤海油田|天钢|天铁|天津港|中建[一二三四五六七八]局|中铁[0-9一二三四五六七八十]{1,3}局|中交|建工集团|城建集团|公交集团|轨道集团|泰达|国家电网|中国移动|中国联通|中国电信|万达|万科|碧桂园|链家|海信广场|伊势丹|大悦城|远东百货|银座|良品铺子|爱玛|雅迪|海尔|格力|美的电器|叮咚买菜|朴朴|多多买菜";
/// Places that people also go to for help: refused only where somebody of the household is said to work there.
const PUBLIC: &str = "医院|消防|公安|城管|执法队|广场|[市区]?[一二三四五]中心|中心妇产|总医院|附院|镇政府|区政府|街道办|办事处|政府|天津[东西南北]?站|港务局|保健院|疾控中心|研究院|托老所|康复中心|卫生院|卫生室|诊所|药房|药店|超市|菜市场|市场|便利店|店|银行|支行|储蓄所|邮局|邮政所|供销社|供电所|水厂|自来水公司|供热站|环卫所|环卫队|清洁队|园林队|绿化队|消防队|派出所|法院|检察院|税务局|税务所|工商所|财政所|司法所|\
    [\\p{Han}]{1,2}局|机关|物业|幼儿园|中学|学校食堂|小学食堂|中学食堂|食堂|学校|小学|幼儿园|大学|学院|职专|技校|体校|养老院|敬老院|福利院|护理院|殡仪馆|火葬场|图书馆|文化馆|博物馆|公园|车站|火车站|地铁站|站|地铁[0-9一二三四五六七八九十]{1,2}号线|[\\p{Han}]{2}线公交|[0-9]{2,4}路|[0-9一二三四五六七八九十]{1,3}路公交车?|公交[0-9一二三四五六七八九十]{1,3}路|公交公司|监狱|看守所|部队|馆|所|队|社区";
/// Trades, and the verbs of working.
const TRADE: &str = "支模板|支模|绑钢筋|抹灰|刮腻子|贴砖|铺砖|传菜|上菜|端菜|装车架|装表芯|装[\\p{Han}]{0,1}芯|绕线|压铸|冲压|冲床|开冲床|注塑|打磨|抛光|电镀|喷塑|喷涂|做月饼|做点心|做糕点|包饺子|擀皮|卤肉|杀鱼|切肉|理菜|挑菜|捡货|配货|贴标|封箱|扫码|称重|记磅|过磅|抬货|跟单|跑单|送单|压面|蒸馒头|烤面包|裱花|缝纫|锁边|钉扣|剪线头|裁布|染布|浆纱|络筒|看摊|守摊|喷漆|拧螺丝|打下手|卖[\\p{Han}]{1,3}|扛[\\p{Han}]{1,2}|搬[\\p{Han}]{1,2}|当[\\p{Han}]{1,4}(?:员|工|师|手)|学徒|挡车|炼钢|轧钢|掌勺|卖票|熨衣服?|熨烫|切菜|擀皮|端盘子|刷碗|扛包|扛货|扛活|背砖|开吊车|开塔吊|开叉车|开铲车|开天车|开机器|灌装|装机芯|装空调|装车|钻井|采油|采煤|下井|挖煤|做会计|做质检|做包装|做缝纫|做衣服|做饭|当头|做服务|看门|看水泵|烧饭|蒸馒头|炸果子|揉面|擦鞋|剪头|美容|检票|卖保险|跑保险|站岗|扫雪|修路|铺沥青|教[\\p{Han}]{1,2}|带班|开门市|开塔|开挖|开罐车|开洒水车|看炉子|刷墙|刷漆|砌墙|装配工?|司炉工?|锅炉工|挡车工?|细纱工|织布工?|纺纱工?|钳工|铣工|车工|刨工|磨工|镗工|铸造工|翻砂工?|热处理|电焊工?|焊工|电工|瓦工|木工|油漆工|油工|钢筋工|架子工|水暖工|管道工|管工|维修工?|装卸工?|搬运工?|分拣员?|质检员?|检验员|\
    仓管员?|库管员?|保管员|收银员?|理货员?|导购员?|营业员|售货员|店员|服务员|传菜员?|洗碗工?|配菜工?|厨师长?|厨工|厨子|面点师?|切墩|保洁员?|清洁工|清扫工?|保安员?|保安队长|门卫|看大门|看门|打更|更夫|值班员|列车司机|公交司机|货车司机|吊车司机|\
    司机|驾驶员|乘务员|列车员|列车长|售票员|检票员|站务员|调度员?|信号工|养路工|巡道工|快递员|外卖员|骑手|配送员|送餐员?|送奶工?|送水工?|送报员?|送报|送货员?|投递员|邮递员|抄表员?|收费员|加油员|加油工|洗车工?|修车工?|汽修工?|理发师?|美发师?|按摩师?|\
    护士长|护士|护工|护理员|医生|大夫|药剂师|药师|化验员|检验师|放射科?技师|麻醉师|会计|出纳|文员|内勤|采购员?|销售员?|业务员|经理|主管|店长|领班|班长|组长|段长|车间主任|主任|副厂长|厂长|校长|技术员|技工|技师|工程师|程序员|设计师|绘图员|教师|老师|教员|班主任|保育员|\
    食堂大师傅|大师傅|师傅|宿管|环卫工人?|环卫工|绿化工?|养护工?|饲养员|兽医|农机手|工人|职工|员工|临时工|合同工|学徒工?|小工|帮工|伙计|老板|辅警|协警|城管|交警|民警|警察|消防员|法警|法官|狱警|科员|科长|公务员|干事|记者|编辑|演员|琴师|鼓手|教练|裁缝|缝纫工?|裁剪工?|\
    熨烫工?|印刷工?|装订工?|包装工?|打包工?|流水线|操作工|操作员|普工|叉车工?|挖掘机手|代驾|客服|管理员|安检员?|讲解员|话务员|播音员|救生员|饲养工|挤奶工?|炊事员|巡逻|巡线|制图|技术工|打字员|档案员|审计|质量员|安全员|炉前工|司机长|学徒|帮厨|刷碗|打荷|\
    上班|打工|工作|干活|当班|任职|供职|就职|做工|务工|打零工|打杂|做活|值夜班|值班|倒班|三班倒|上夜班|夜班|退休|下岗|内退|返聘|买断|工伤|开[\\p{Han}]{0,3}车|开公交|开地铁|开出租|开电梯|开机床|开挖掘机|开铲车|跑外卖|跑快递|跑运输|跑业务|跑车|送外卖|送快递|送奶|送水|送货|送煤气?|扫街|扫马路|扫地|\
    看仓库|看库房|看车棚|烧锅炉|炒菜|洗碗|收银|卸货|装卸|搬货|分拣|理货|站柜台|卖货|卖菜|卖鱼|卖肉|卖豆腐|干保洁|做保洁|教书|教课|教[\\p{Han}]{1,3}(?:课)?|踩缝纫机|修车|洗车|加油|值机|记账|管账|管库|跟车|押车|调音|刻章|站岗";
/// Somebody of the household.
const PERSON: &str = "户主|父亲|母亲|公公|婆婆|岳父|岳母|丈夫|妻子|长子|次子|三子|长女|次女|独子|独女|儿子|女儿|老伴儿?|老两口|老俩|两口子|夫妻俩?|夫妇|顶梁柱|劳动力|本人|爱人|家属|家人|其夫|其妻|其子|其女|儿媳妇?|女婿|姑爷|爷爷|奶奶|姥姥|姥爷|父母|哥哥|姐姐|弟弟|妹妹|哥|姐|弟|妹|嫂子|弟媳|孙子|孙女|孙媳|外孙女?|侄子|侄女|侄|外甥女?|舅舅|姑姑|叔叔|他爸|他妈|她爸|她妈|爸爸|妈妈|爸|妈|家长|孩子他?爸|孩子妈|孩子他妈|男主|女主|老头儿?|老太太?|老大|老二|老三|大儿|二儿|小儿|大女儿|小女儿|媳妇儿?|对象|男人|监护人|养父|养母|继父|继母|老人|老汉|大爷|大娘|他|她|我|闺女|姑娘|小子|老公|老婆|妯娌|小叔|大伯|连襟|养女|养子|小伙|青年|残疾人|患者|病人";
/// Trades and modifiers that name no one place.
const GENERIC: &str = "数控 电气 高压 低压 水暖 泥瓦 内线 外线 氩弧 二保 机修 装潢 室内 室外 高空 井下 露天 夜间 三班 两班 长白班 计件 计时 裁员 改制 欠薪 本村 本镇 本区 本街 当村 邻村 事业单位 公益岗 公益 市政 盲人 货车 跟着 随着 跟随 某 某家 一家 两家 几家 多家 附近 当地 本地 外地 外省 国营 私营 民营 集体 乡镇 村办 街道 小 大 老 原 \
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
/// Where people work that is nobody's name: after 在 and before the work.
const PLACES: &str = "早市 夜市 大集 集上 摊位 商铺 门面 柜台 窗口 后厨 前台 队里 汽车站 火车站 飞机场 加工厂 养殖场 福利厂 建筑工地 装修队 洗车房 理发店 药店 菜店 水果店 粮店 布店 饭庄 小吃店 早点铺 网上 路边 街边 街上 街头 村头 村里 集市 市场 菜市场 小区 院里 院子 楼下 楼上 夜市 地摊 大街 阳台 门口 家里 家中 家附近 乡下 老家 城里 南方 北方 外省 外市 市区 郊区 \
    工厂 厂里 厂子 公司 企业 单位 机关 工地 饭店 饭馆 餐馆 餐厅 超市 商场 医院 学校 食堂 车间 车站 码头 矿上 煤矿 铁路 部队 银行 社区 村委会 居委会 街道 镇政府 养老院 幼儿园 仓库 农场 \
    地里 田里 大棚 果园 鱼塘 海上 船上 国企 私企 民企 外企 事业单位 个体 私人 老板 别人 人家 邻居 亲戚 朋友 同乡 工友 工厂里 合作社 作坊 手工 计件 轻活 重活 体力 技术 零活 杂活 长途 短途 运输 出租车 网约车 \
    天津 天津市 北京 上海 河北 山东 广东 深圳 浙江 江苏 东北 东丽 西青 津南 北辰 武清 宝坻 宁河 静海 蓟州 滨海新区 和平区 河东区 河西区 南开区 河北区 红桥区 东丽区 西青区 津南区 北辰区 武清区 宝坻区 宁河区 静海区 蓟州区 开发区 保税区 高新区 \
    自己 独自 一人 一起 同时 白天 夜间 夜里 上午 下午 早晨 假期 寒暑假 周末 平日 农闲 冬天 夏天 每年 今年 去年 多年 早年 年轻 时候 年轻时 时 后 前 中 期间 工疗站 康复 社工站 志愿者 义务 学习 继续 偶尔 经常 主要 全家 轮流 手艺 简单";
/// One of a kind in its place: with the place's own name before it, it is somebody's employer.
const ONE_OF_A_KIND: &str = "港务局|镇政府|区政府|总医院|豆腐坊|批发市场|大酒楼|保健院|妇幼保健院|疾控中心|税务所|税务局|学校|中学|小学|幼儿园|医院|卫生院|环卫队|环卫所|邮局|邮政所|供电所|派出所|法院|司法所|财政所|敬老院|水厂|粮库|供销社|清洁队|消防队|殡仪馆|图书馆|文化馆|包子铺|早点铺|饭馆|饭店|修车铺|理发店|超市|药店|浴池|汽修|洗车行|收费站|加油站|砖窑|煤矿|码头|机场|工厂|火车站|福利院|合作社";

/// Bytes of the states that a pattern of many words may keep; with fewer it is read anew for each text.
const DFA: usize = 16 << 20;

fn compiled(text: &str) -> Regex {
    // The patterns are constants and compiled by a test.
    #[expect(clippy::expect_used)]
    RegexBuilder::new(&text.replace(['\n', ' '], "")).dfa_size_limit(DFA).build().expect("a constant pattern")
}

static WORKPLACE: LazyLock<Regex> = LazyLock::new(|| compiled(&format!("{FIRM}|{PUBLIC}")));
static IS_FIRM: LazyLock<Regex> = LazyLock::new(|| compiled(&format!("^(?:{FIRM})$")));
static TRADE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^(?P<trade>(?:的|里|内|里面|那边|那儿)?(?:[\p{{Han}}0-9]{{0,4}}?)(?:当|做|任|干|是|里当)?(?:的|一名|一个|过)?(?:{TRADE}))|^[,，、](?:[\p{{Han}}]{{0,3}}?)(?P<next>(?:当|做|任|干|是)(?:{TRADE})|(?:{TRADE})(?:[,。;、)]|$))"
    ))
});
static TRADE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<trade>{TRADE})[,，、]?(?:的)?(?:单位|地点|站点)?(?:是|在|于|给|去|到)?$|(?P<drives>跑|送|开)$"
    ))
});
/// The household's own: the person before the place, in one breath.
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"(?:{PERSON})(?P<between>[\p{{Han}}0-9]{{0,12}}[,，]?[\p{{Han}}0-9]{{0,6}})$"))
});
// Somebody who goes there for something, or has others come: 老人想去红光理发店理发.
pattern!(
    NOT_HIS,
    r"请|由|让|找|联系|陪|接|送到|送去|去|到|向|问|需|要|想|希望|每周|帮|捐|住院|看病|离|附近|旁|对面|靠|等|盼|求|由"
);
static SUBJECT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^(?:的|里)?[\p{{Han}}]{{0,6}}?(?:的)?(?:就)?是(?:他|她|我|老人|户主)?(?:的|家)?(?:{PERSON})|^的?[\p{{Han}}]{{0,4}}(?:就)?是(?:{PERSON})"
    ))
});
/// A place of work by its bare name: what stands between a word of being there and the work.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:在|于|给|是|为|进了?|刚进|跑|任职于?|供职于?|就职于?|退休于)(?P<name>[\p{{Han}}a-z0-9]{{2,10}}?)(?P<trade>(?:里|内|那边|那儿)?(?:当|做|任|干|开|看)?(?:的)?(?:一名|一个|过)?(?:{TRADE}|职工|工人|员工|老工人|退休|下岗|退下来)|[,。;]退休|[,。;]试用期|[,。;](?:[一两三早晚夜]班|[两三]班倒|倒班))"
    ))
});
/// 儿子华润万家收银; 儿子,鼎盛,钳工: the person, the place, the work and nothing between.
static DIRECT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{PERSON})[,，]?(?P<name>[\p{{Han}}a-z0-9]{{2,6}}?)[,，]?(?P<trade>{TRADE})(?:的)?(?:[,，。;、)]|$)"
    ))
});
/// Firms that everybody knows, with the work there: 女儿海底捞传菜.
static AT_BRAND: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{PERSON})(?P<between>[\p{{Han}},]{{0,4}}?)(?P<name>(?:{BRAND})[\p{{Han}}0-9]{{0,6}}?)(?P<trade>{TRADE})"
    ))
});
/// Told as on a form: 职业司炉,单位福兴.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:^|[,，。;、(])(?:工作)?(?:单位|厂名|厂子)(?:名称?)?[是为:]?(?P<name>[\p{Han}]{2,8}?)(?:[,，。;、)]|$)",
    )
});
/// 干活的恒瑞倒闭了.
static LOST: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:干活|上班|打工|做工|工作|打零工|当班)的(?P<name>[\p{Han}]{2,6}?)(?:倒闭|关门|关了|裁员?|欠薪|停产|搬|黄了|解散|放假|不给|没给|拖欠|发不|效益|改制|招人)",
    )
});
/// 全区就一家造船的: told by there being no other.
static ONLY_ONE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:全|整个|本)?[区市镇街县](?:里|上)?(?:就|只有|唯一|仅有)(?:这|那)?(?:一|1)?家(?:(?:造|做|产|修|卖|炼|织|印|养|酿|搞|加工)[\p{Han}]{1,6}?的|[\p{Han}]{1,6}?厂)",
    )
});
static ENDS_IN_FIRM: LazyLock<Regex> = LazyLock::new(|| compiled(&format!("(?:{FIRM})$")));
/// The place told by what bears its name: 厂牌是, 社保是…交的, 上班的地方叫.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:单位|厂子|东家|上班的?(?:地方|地儿|店|厂|单位|公司)|打工的?(?:地方|店|厂)|干活的?(?:地方|厂)|胸牌|工牌|厂牌|厂名|工作证|工作服|工装|工服|下岗证|退休证|劳动合同|发工资|端盘子的馆子|[\p{Han}]{0,4}馆子|社保|[\p{Han}]{0,2}工资|劳保)[\p{Han}]{0,6}?(?:上)?(?:是|由|叫做?|写着?的?是?|印着|名为|名叫|名字(?:是|叫|里有)|:)[“‘\x22']?(?P<name>[\p{Han}a-z0-9]{2,12}?)(?:[”’\x22',。;、)]|两个字|三个字|四个字|交的?|给的?|发的?|的人|$)|(?:一家|那家|一个|这家)叫做?(?P<called>[\p{Han}a-z0-9]{2,8}?)的(?:厂|店|公司|馆子|饭店|工厂|作坊|单位|企业)",
    )
});
/// A place without a name that everybody finds: 河东那个最大的批发市场.
static POINTED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<that>(?:那|这)[个家][\p{{Han}}]{{0,2}}(?:做|卖|产|造|修|管)[\p{{Han}}]{{1,8}}的(?:厂子?|店|公司|作坊|单位))|(?P<name>[\p{{Han}}]{{2,8}}?(?:那|这)(?:边|里|儿)?的?(?:一?[家个座所间])?[\p{{Han}}]{{0,6}}?(?:{FIRM}|厂子|市场|店))[\p{{Han}}]{{0,2}}?(?:{TRADE})"
    ))
});
static HOUSEHOLD: LazyLock<Regex> = LazyLock::new(|| compiled(&format!(r"(?:{PERSON})")));
// 单位是…: said of nobody but the household.
pattern!(EMPLOYED_AT, r"(?:单位|厂子|公司)(?:就)?(?:是|在|为|:)$");
// In a firm, not at its counter: 在恒通公司买的轮椅.
// Work that is also a service: said of nobody, it is one.
pattern!(
    SERVES,
    r"送餐|送货|送水|送奶|送报|理发|美发|按摩|洗车|维修|修车|做饭|配送|美容|剪头|服务|保洁|清洁|安装|打扫|教|客服|教练|技师|师傅|工程师|设计"
);
// 调料厂灌酱油的: whoever does it there.
pattern!(NOMINAL, r"^[\p{Han}]{2,5}的(?:[,。;]|$)");
pattern!(GIVEN, r"^[\p{Han}]{0,4}(?:捐|送|给|买|修|装|供|产|做|订|发|办|开|来|位|牌|出)[\p{Han}]{0,2}的");
pattern!(BELONGS, r"^(?:的|里的|老)?(?:[,。;]|$|人[,。;]|下岗|退下来|出来的)");
pattern!(STANDS_IN, r"(?:在|于|给|是|跟着?|随)(?:老|原|那|同村)?$");
pattern!(
    CUSTOMER,
    r"^(?:买|订|定做|定制|购|修|租|借|的|捐|送|办|看|体检|参观|门口|旁|附近|对面|那|楼|做志愿|做客|吃|取|领)"
);
pattern!(WORKS, r"上班|打工|工作|职工|员工|退休|下岗|任职|供职|就职|干活|倒班|夜班|返聘|上岗|失业|辞职|工人|工伤");
// Somebody asked in, or an amount: not the household's own work.
pattern!(NOT_OWN, r"(?:请|让|找|由|联系|去|到|往|送|接|陪|转|问|跟|向|经|从|与|和)[\p{Han}]{0,3}$");

// Somebody who buys there.
pattern!(USES, r"不|用|会|点|叫|买|订|看|爱|吃|喝|学");
/// Characters of a sentence that stand in no name of a firm.
const OF_A_SENTENCE: [char; 46] = [
    '学', '想', '要', '会', '能', '肯', '愿', '爱', '懂', '找', '又', '还', '再', '只', '可', '曾', '没', '别', '就',
    '才', '跟', '帮', '替', '从', '把', '被', '让', '像', '与', '或', '真', '最', '每', '各', '那', '其', '她', '他',
    '我', '你', '着', '过', '了', '得', '人', '这',
];
// Trades of a workshop, whose place is a firm.
pattern!(
    MADE,
    r"[车钳铣焊电木瓦刨磨镗油]工|天车工|挡车|司炉|装卸|操作工|喷漆|拧螺丝|传菜|收银|理货|分拣|开叉车|支模|绑钢筋|库管|质检|装[\p{Han}]|冲压|注塑|缝纫|炼钢|轧钢|保安|服务员|营业员|店员|门卫|保洁员|导购|快递员|骑手|普工|职工|学徒"
);
static HAS_TRADE: LazyLock<Regex> = LazyLock::new(|| compiled(TRADE));

/// Somebody from there who comes: 市政公司来修路.
const COMES: [char; 9] = ['来', '去', '给', '帮', '为', '派', '免', '负', '会'];
/// Words counted less often than this are names sooner than words.
const SELDOM: u32 = 120;
/// Words counted so seldom that they are names where a name is likely, but not wherever one may stand.
const RARE: u32 = 20;

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    if about.place != Place::Household {
        return out;
    }
    let words = lexicon::cut(text);
    for kind in WORKPLACE.find_iter(text) {
        let name = name_before(text, kind.start());
        let Some(start) = own_name(text, name, kind.as_str(), &words) else { continue };
        let (lead, rest) = (lead(text, start), &text[kind.end()..]);
        let after = TRADE_AFTER.captures(rest).and_then(|found| found.name("trade").or(found.name("next")));
        let before = TRADE_BEFORE.captures(lead).and_then(|found| found.name("trade").or(found.name("drives")));
        let sentence = clause(text, start..kind.end());
        let own = is_own(lead) || SUBJECT_AFTER.is_match(rest);
        let public = !IS_FIRM.is_match(kind.as_str());
        let trade = after.is_some() || before.is_some();
        let household = HOUSEHOLD.is_match(sentence);
        let refused = EMPLOYED_AT.is_match(lead)
            || if public {
                own && (trade || lead.ends_with('是') && BELONGS.is_match(rest))
            } else {
                own && (trade || NOMINAL.is_match(rest) || WORKS.is_match(sentence) || BELONGS.is_match(rest))
                    || NOMINAL.is_match(rest) && !NOT_OWN.is_match(lead) && !GIVEN.is_match(rest)
                    || trade
                        && !NOT_OWN.is_match(lead)
                        && (household
                            || after.is_some_and(|trade| {
                                !SERVES.is_match(trade.as_str()) && !trade.as_str().starts_with(COMES)
                            }))
                    || household && STANDS_IN.is_match(lead) && !CUSTOMER.is_match(rest)
            };
        if refused {
            let end = after.map_or(kind.end(), |trade| kind.end() + trade.end());
            out.push((start..end, Rule::Employer));
        }
    }
    for found in BARE.captures_iter(text) {
        let (Some(whole), Some(name), Some(trade)) = (found.get(0), found.name("name"), found.name("trade")) else {
            continue;
        };
        let opens = text[..whole.start()].is_empty() || text[..whole.start()].ends_with(['。', ';', '\n']);
        let verb = text[whole.start()..].starts_with(['在', '于', '任', '供', '就', '退']);
        let own = is_own(lead(text, whole.start())) || opens && verb;
        if own && is_proper(text, &name.range(), &words, SELDOM, true) {
            out.push((name.start()..trade.end(), Rule::Employer));
        }
    }
    for found in DIRECT.captures_iter(text) {
        let (Some(name), Some(trade)) = (found.name("name"), found.name("trade")) else { continue };
        let made = MADE.is_match(trade.as_str());
        let seldom = if made || matches!(trade.as_str(), "上班" | "打工") { SELDOM } else { RARE };
        if is_proper(text, &name.range(), &words, seldom, made)
            && !name.as_str().contains(OF_A_SENTENCE)
            && !name.as_str().contains(['不', '没', '很', '太', '也', '都', '常', '已', '刚', '请', '的', '在', '是'])
        {
            out.push((name.start()..trade.end(), Rule::Employer));
        }
    }
    for found in AT_BRAND.captures_iter(text) {
        let (Some(between), Some(name), Some(trade)) = (found.name("between"), found.name("name"), found.name("trade"))
        else {
            continue;
        };
        if !NOT_HIS.is_match(between.as_str()) && !USES.is_match(between.as_str()) && !SERVES.is_match(trade.as_str()) {
            out.push((name.start()..trade.end(), Rule::Employer));
        }
    }
    for found in TOLD.captures_iter(text).filter_map(|found| found.name("name").or(found.name("called"))) {
        // 天津针织厂: where and what, and the kind of place.
        let whole = found.as_str().chars().count() >= 4 && ENDS_IN_FIRM.is_match(found.as_str());
        if whole || is_proper(text, &found.range(), &words, u32::MAX, true) {
            out.push((found.range(), Rule::Employer));
        }
    }
    let works = WORKS.is_match(text) || HAS_TRADE.is_match(text);
    for found in FORM.captures_iter(text).filter_map(|found| found.name("name")) {
        let verb = ['不', '没', '给', '有', '很', '已', '发', '交', '去', '离', '远', '近', '的', '在'];
        if works
            && is_proper(text, &found.range(), &words, RARE, true)
            && !found.as_str().contains(OF_A_SENTENCE)
            && !found.as_str().contains(verb)
        {
            out.push((found.range(), Rule::Employer));
        }
    }
    for found in LOST.captures_iter(text).filter_map(|found| found.name("name")) {
        if is_proper(text, &found.range(), &words, SELDOM, true) {
            out.push((found.range(), Rule::Employer));
        }
    }
    for found in ONLY_ONE.find_iter(text) {
        let sentence = clause(text, found.range());
        if HOUSEHOLD.is_match(sentence) && (WORKS.is_match(sentence) || HAS_TRADE.is_match(sentence)) {
            out.push((found.range(), Rule::Employer));
        }
    }
    for found in POINTED.captures_iter(text).filter_map(|found| found.name("name").or(found.name("that"))) {
        let sentence = clause(text, found.range());
        if HOUSEHOLD.is_match(sentence) && !NOT_OWN.is_match(&text[..found.start()]) {
            out.push((found.range(), Rule::Employer));
        }
    }
    out
}

/// The thirty characters before a place.
fn lead(text: &str, end: usize) -> &str {
    let start = text[..end].char_indices().rev().take(30).last().map_or(end, |(at, _)| at);
    &text[start..end]
}

/// What may be the name before a kind of place: up to sixteen characters of one clause.
fn name_before(text: &str, end: usize) -> Range<usize> {
    let start = text[..end]
        .char_indices()
        .rev()
        .take(16)
        .take_while(|(_, c)| lexicon::is_han(*c) || c.is_ascii_alphanumeric())
        .last()
        .map_or(end, |(at, _)| at);
    // 大儿通达公司: the person is no part of the name.
    let person = HOUSEHOLD
        .find_iter(&text[start..end])
        .filter(|found| found.as_str().chars().count() >= 2 || ["他", "她", "我"].contains(&found.as_str()))
        .last()
        .map_or(0, |found| found.end());
    start + person..end
}

/// Whether what follows is said of somebody of the household.
fn is_own(lead: &str) -> bool {
    // 跟着建工三队: he goes with them, not to them.
    let lead = lead.trim_end_matches("跟着");
    let (Some(found), false) = (SUBJECT.captures(lead), NOT_OWN.is_match(lead)) else { return false };
    found.name("between").is_none_or(|between| !NOT_HIS.is_match(between.as_str()))
}

fn is_generic(slice: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| GENERIC.split_whitespace().chain(PLACES.split_whitespace()).collect());
    WORDS.contains(slice)
}

/// Whether a word that names one place stands in what tells where somebody works.
fn is_proper(text: &str, name: &Range<usize>, words: &[Range<usize>], seldom: u32, pairs: bool) -> bool {
    let generic =
        |slice: &str| is_generic(slice) || HOUSEHOLD.find(slice).is_some_and(|found| found.range() == (0..slice.len()));
    let mut singles = 0;
    for word in words.iter().filter(|word| word.start < name.end && word.end > name.start) {
        let slice = &text[word.start.max(name.start)..word.end.min(name.end)];
        let count = slice.chars().count();
        if generic(slice) {
            singles = 0;
        } else if count == 1 {
            // Two characters that make no word: 天钢, 一棉.
            singles += 1;
            if singles >= 2 && pairs {
                return true;
            }
        } else if lexicon::count(slice) < seldom && !slice.chars().all(|c| c.is_ascii_digit()) {
            return true;
        } else {
            singles = 0;
        }
    }
    false
}

/// Where the place's own name begins, if it has one: a proper word, a number, or
/// the place it stands in before something that stands there once.
fn own_name(text: &str, name: Range<usize>, kind: &str, words: &[Range<usize>]) -> Option<usize> {
    let generic = is_generic;
    if kind.starts_with("天津")
        || kind.contains("线")
        || kind.contains('路')
        || kind.ends_with("一中心")
        || kind.ends_with("二中心")
    {
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
                // 老梁家烧饼铺: the family gives its name.
                let family = text[name.start..range.start].chars().next_back();
                if slice == "家"
                    && let Some(c) = family.filter(|c| !generic(&c.to_string()))
                {
                    start = range.start - c.len_utf8();
                }
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
    at.or(located).filter(|_| ONE_OF_A_KIND.split('|').any(|one| kind.contains(one)))
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
