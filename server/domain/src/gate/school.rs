//! A child's school: by its name, short form, number, class, road or nickname.

use super::fold::Folded;
use super::numbers::{clause, pattern};
use super::{About, Place, Rule, lexicon};
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

const N: &str = r"[0-9一二三四五六七八九十]{1,3}";
/// Year and class, and what a kindergarten or a special school calls them.
const CLASS: &str = r"(?:的)?(?:小学|初中|高中)?(?:[0-9一二三四五六七八九]{1,2}年级|初[一二三]|高[一二三]|[大中小]班|[0-9一二三四五六七八九]年)?(?:[(（]?[0-9一二三四五六七八九十]{1,2}[)）]?班)?";

/// Bytes of the states that a pattern of many words may keep; with fewer it is read anew for each text.
const DFA: usize = 16 << 20;

fn compiled(text: &str) -> Regex {
    // The patterns are constants and compiled by a test.
    #[expect(clippy::expect_used)]
    RegexBuilder::new(text).dfa_size_limit(DFA).build().expect("a constant pattern")
}

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<name>[\p{{Han}}a-z0-9]{{1,12}}?)(?P<kind>九年一贯制学校|职教中心|职业教育中心|外国语学校|实验学校|特殊教育学校|特教学校|特教中心|职业学校|技工学校|职业中专|中专|技校|附属小学|附属中学|中心校|完全小学|完小|实验小学|实验中学|中心小学|国际学校|双语学校|私立学校|幼儿园|幼稚园|托儿所|小学校?|初级中学|高级中学|中学校?|附小|附中|职专|职高|高中|初中|学校|学堂|书院)(?P<class>{CLASS})"
    ))
});
/// 二中, 第五十五中, 区一幼, 附小, 建小, 海中: a school as the street calls it. What stands
/// before and after must speak of going there.
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<lead>[,，。;、:：(（]|考上了?|考进了?|转到|转去|就读于?|升入|进了?|[上读念]的?是?|[上读念]了?|学籍在?|在|去|是|儿子|女儿|孩子|孙子|孙女|外孙女?|哥哥|姐姐|弟弟|妹妹|老大|老二|[大小]的|娃|[男女]孩|^|的)(?P<name>(?:本|我)?(?:[区市县镇]|[\p{{Han}}]{{2,4}}[镇村区乡庄])?(?:[\p{{Han}}]{{2,6}}?第?{N}|第?{N}|[0-9]{{2,3}}|附|[\p{{Han}}]{{1,3}}?)(?:中|小|幼|附小|附中)(?:{CLASS}))(?P<rest>[,，。;、)）]|的(?:孩子|学生|娃|老师)|上学|读书|就读|念书|读[初高一二三四五六]|念[初高一二三四五六]|上[初高]|住校|走读|门口|高[一二三]|初[一二三]|[一二三四五六]年级|$)"
    ))
});
/// 七年级5班, 高二(7)班, 三(4)班, 三年二班, 大班向日葵班, 启聪部.
static CLASS_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{N}年级|初[一二三]|高[一二三]|[一二三四五六七八九1-9]年)[(（]?{N}[)）]?班|[一二三四五六七八九1-9][(（][0-9一二三四五六七八九十]{{1,2}}[)）](?:班|中队)|(?:小|中|大)(?:一|二|三)班[,，。]|年级[是为]?{N}[,，、]?班级?[是为]?{N}|(?:yi|er|san|si|wu|liu|qi|ba|jiu)nian(?:ji)?(?:yi|er|san|si|wu|liu|qi|ba|jiu|shi|[0-9])ban|[大中小]班[\p{{Han}}]{{2,4}}班|幼儿园[大中小](?:[一二三四五六]|[(（]?{N}[)）]?)班|[小中大](?:[一二三四五六]|[(（]?{N}[)）]?)班的?(?:孩子|老师|班主任)|(?:启智|启聪|启明|启音|培智)(?:部|班)|[一二三四五六七八九十0-9]{{1,2}}班的?班主任[\p{{Han}}]{{0,3}}(?:老师)?"
    ))
});
/// 平山道那所小学, 村口那所红房子小学, 桥头的小学.
static THAT_SCHOOL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"[\p{Han}0-9]{2,12}?(?:(?:那|这)(?:所|家|个)|(?:边|旁|头|口|上|畔|面|侧|拐角|隔壁|附近|桥|路|道|街|那边|这边)的|(?:对面|后面|边上|旁边|隔壁)[\p{Han}]{2,6}的(?:那|这)?所?)[\p{Han}]{0,6}?(?:小学|中学|学校|幼儿园|职专|职高|高中|初中|技校)(?:[一二三四五六]年级)?",
    )
});
/// 学校在平山道旁边, 学校对面是邮局.
static SCHOOL_STANDS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:学校|幼儿园|小学|中学)(?:就|都)?(?:(?:在|位于|挨着|紧挨着?|靠着)[\p{Han}0-9]{2,10}?(?:路|道|街|大街|胡同|桥|广场|公园|医院|地铁站|车站|小区|里)(?:旁边?|对面|隔壁|上|边上|东侧|西侧|南侧|北侧|后面|口|交口)?|(?:对面|旁边|隔壁|门口)(?:就)?是[\p{Han}]{2,10})",
    )
});
pattern!(
    NICKNAME,
    r#"(?:在|上|读|念|叫|是|就读于?|称|叫做|外号|俗称|人称|印着|写着|绣着|校名|那个)[“"'‘「](?P<name>[\p{Han}]{2,8})[”"'’」]|(?:外号|俗称|人称|人们叫|都叫)(?:它|那所?|作|做)?(?P<plain>[\p{Han}]{2,6}?)的?(?:那所)?(?:小学|中学|学校|幼儿园)"#
);
// 四点半课堂 in quotes is a service, no school.
pattern!(
    PROGRAMME,
    r"课堂|课|点半|学堂|学校$|班$|团|营$|队$|社$|角$|墙$|项目|计划|活动|服务|行动|之家|驿站|书屋|乐园|餐|工程|基金|中心|志愿|辅导|作业|托管|助学|公益|爱心"
);
pattern!(SCHOOL_WORD, r"学校|小学|中学|幼儿园|同学|年级|上学|放学|班主任|初[一二三]|高[一二三]");
// 上的是育才,初三了: a name that says nothing of a school, and the year.
pattern!(
    BARE,
    r"(?:(?:上|读|念)的?(?:是|在)?|就读于?|就读在|考上了?|考进了?|转到了?)(?P<name>[\p{Han}]{2,4}?)[,](?:现在|今年|刚|已经|在|读|上|念){0,2}(?:初[一二三]|高[一二三]|[一二三四五六七八九]年级)"
);
// 在实验读初二, 在红光读三年级: a bare name between two words of going there.
pattern!(
    BETWEEN,
    r"(?:在|上|读|念|就读于?)(?P<name>[\p{Han}a-z]{2,5}?)(?:读|念|上)(?:初[一二三中]|高[一二三中]|[一二三四五六七八九1-9]年级|小学|中学|书|学)"
);
// 都在东丽实验,一个三年级: a school's kind without the word.
static HALF: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:在|上|读|念|就读于?|转到|考上)的?(?P<name>[\p{Han}]{2,6}?(?:实验|双语|外国语|国际|附校|附小|附中|民族|职专|职高|一职专|华育|书院))(?:借读|就读|读|念|上|[,。;、]|$)",
    )
});
// 岳阳道上五年级; 上翔宇初一.
pattern!(
    AND_YEAR,
    r"(?:^|[,。;、]|孩子|儿子|女儿|孙子|孙女|老大|老二)(?P<road>[\p{Han}]{2,4}(?:道|路|里|街))(?:上|读|念)(?:初[一二三]|高[一二三]|[一二三四五六1-6]年级)|(?:在|就读于?|上|读|念|考上|考进|升入)(?P<name>[\p{Han}]{2,4}?)的?(?:初[一二三]|高[一二三]|[一二三四五六七八九1-9]年级|小[一二三四五六][,。;]|[一二三四五六七八九1-9]年[,。;])"
);
/// Ordinary words that schools are called by.
const CALLED: &str = "胜利 育才 光明 红星 和平 新华 实验 东风 向阳 建设 团结 友谊 幸福 前进 育红 育英 育德 求真 求是 明德 崇文 文昌 博雅 启航 启明 阳光 春蕾 希望 曙光 朝阳 红旗 红光 解放 民族 \
    华夏 振兴 兴华 立德 树人 英才 耀华 静文 翔宇 卓越 精英 远洋 滨海 海河 津英 光华 复兴";
// 校服上印着红光, 学校叫红光, 小红光的学生: told in a sentence that speaks of school.
pattern!(
    BEARS,
    r"(?:校车|园服|校服|校徽|书包|校牌|学生证|胸卡|学校|校名|母校)(?:名字?|全名|全称)?(?:上|那里)?(?:印着|写着|绣着|叫做?|名叫|名为|就叫|是叫|:)(?P<name>[\p{Han}a-z]{2,6}?)(?:[,。;]|小学|中学|学校|幼儿园|几个字|两个字|三个字|$)|(?:^|[,。;])(?P<of>小?[\p{Han}]{2,4}?)的(?:小)?学生[,。;]|(?:学校|校名)(?:全名|名字?)?(?:第一|头一|头两|前两|开头|前)个?字(?:是|叫)?(?P<spelled>[\p{Han}][^。;]{0,12})|,学校(?P<bare>[\p{Han}]{2,3}),"
);
// 体校游泳队, 艺校舞蹈班: few of a kind in a city.
pattern!(
    FEW,
    r"(?:在|上|读|念|就读于?|考上了?|转到)(?:区|市|的)?(?:体校|体育学校|艺校|艺术学校|戏校|戏曲学校|卫校|舞蹈学校|舞校|武校|警校|海校|铁路技校)(?:的)?(?:[\p{Han}]{1,4}(?:队|班|系|专业|部))?"
);
pattern!(
    NO_NAME,
    r"小学|初中|高中|中学|学校|幼儿园|家|校|学|班|里|外地|本地|老家|农村|城里|镇上|村|托管|书|课|夜|住|走|完|到|过|得|不|了|的|着"
);
// A district has one of these: 市特教学校三年级.
pattern!(
    ONLY_ONE,
    r"(?:[区市县](?:里的?)?|(?:就读于?|[是在上读念])(?:的是)?)(?:特殊教育学校|特教学校|特教中心|启智学校|培智学校|聋哑学校|聋校|盲校|实验小学|实验中学|第?[一二三四五]小学|第?[一二三四五]中学)(?:的)?(?:[0-9一二三四五六七八九]{1,2}年级|初[一二三]|高[一二三]|[大中小]班)?"
);
pattern!(
    IN_LETTERS,
    r"[a-z]{4,24}(?:小学|中学|学校|幼儿园|附小|附中)|[a-z]{3,20}(?:primary|middle|highschool|kindergarten|school|xiaoxue|zhongxue|youeryuan|xuexiao|fuxiao|fuzhong)(?:[a-z]{3,12}ban)?"
);
pattern!(TOLD, r"(?:学校名字?|校名|学校名称|学校叫做|学校名叫)(?:是|叫|为|:|：)?(?P<name>[\p{Han}0-9]{2,8})");

pattern!(
    YEAR,
    r"^[,、的](?:现在|今年|刚|读|上|念|已经|在)?(?:初[一二三]|高[一二三]|[一二三四五六七八九1-9]年级|小[一二三四五六]|住校|住宿|走读|借读)"
);
/// Ordinary words before "school" that name none.
const GENERIC: &str = "在 就读 就读于 读 上 念 是 为 于 从 到 去 进 升 入 一所 某 某所 附近 乡镇 公办 民办 重点 普通 \
    当地 本地 所在 农村 城市 寄宿 寄宿制 特殊教育 特殊 中 小 大 孩子 女儿 儿子 孙子 孙女 学生 的 老 和 \
    与 跟 向 由 给 对 请 让 老师 家长 接送 放学 上学 每天 送 接 住 离 距 距离 正在 还在 目前 现在 \
    今年 去年 明年 开学 转学 毕业 区 市 县 镇 村 本村 本镇 本区 区里 村里 镇上 市里 街道 家门口 辖区 各 \
    各个 多所 几所 两所 三所 一家 两个 个 名 所 职业 技工 老年 电大 开放 考上 考入 准备 需要 希望 想 能 \
    可 把 被 没有 没 有 无 不 未 曾 已 初升高 义务教育 九年义务 适龄 留守儿童 儿童 少年 未成年 家里 经 \
    经过 通过 随 随迁 父亲 母亲 夜班 课后 托管 同 全 该 本 此 回 回到 离开 往返 负责 联系 协调 配合 也 \
    也就是 就是 就要 正 正好 快 刚 刚上 才 将 马上 已经 然后 后来 那会儿 这会儿 当时 从前 早先 上午 下午 \
    早上 晚上 中午 以前 之前 之后 以后 三点 四点 五点 三点班 点 时 等 等到 只 都 还 又 再 就 要 了 着 \
    过 会 说 比 像 跟着 一起 哥哥 姐姐 弟弟 妹妹 姐弟 兄妹 他 她 我 我们 他们 她们 自己 因为 所以 但 \
    但是 而 如果 或 或者 及 以及 为了 关于 按 按照 离家 路上 旁边 门口 对面 中小学 里 外 内 年 月 日 \
    岁 元 两 三个 一个 小小 大大 爸爸 妈妈 爷爷 奶奶 姥姥 姥爷 父母 母女 父子 母子 社区 读到 上到 念到 \
    念完 读完 上完 没上 没念 未读 高年级 低年级 送到 接到";
/// The text speaks of a child.
const CHILD: &str = "孩子 女儿 儿子 孙 学生 就读 在读 上学 读书 年级 班 初一 初二 初三 高一 高二 高三 课后 作业 辅导 放学 \
    童 外甥 侄 家长会 班主任 功课 补课 学习 奖学 助学 升学 娃 闺女 小子 上幼儿园 升入";

pattern!(
    NO_SCHOOL_AFTER,
    r"^(生|毕业|没毕业|肄业|学历|文化|阶段|程度|教师|老师|以上|以后|之后|以前|之前|及|操场|门口|旁|附近|对面|旧址|的?位置|校车路|放学|那会儿|那时|那几年|时候|时期|时|课后|课程|作业|数学|语文|英语|水平|就|才|都|没|就没)"
);

/// What may stand before "school" and names none, beside [`GENERIC`].
const NAMELESS: &str = "老年 武术 舞蹈 艺术 体育 驾驶 盲人 聋哑 国际 双语 民办 公立 私立 子弟 打工子弟 党 夜 干 医 军 护士 卫生 厨师 烹饪 技术 四点半 四点 点 半 家长 周末 网上 空中 业余 成人 农民 工农 \
    希望 普通 中等 高等 高级 初级 师范 全日制 学前 小学部 中学部 天津 天津市 北京 河北 外省 外市 学校 老师家 宿舍 家里 家中 老家 奶奶 姥姥 爷爷 姥爷 父亲 母亲 亲戚 姑姑 舅舅 姨妈 叔叔 东丽 西青 \
    津南 北辰 武清 宝坻 宁河 静海 蓟州 城市 乡下 另一 另外 现 刚刚 重新 一直 边 头 前 第一 门 认真 免费 走读 在家 补习 辅导";

fn is_generic(slice: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| GENERIC.split_whitespace().chain(NAMELESS.split_whitespace()).collect());
    WORDS.contains(slice)
}

/// Where the name of a school begins. Behind a word of going there the whole stretch is its name, where any of its
/// words names something (上建华里小学); else what stands between the last generic word and the kind.
fn name_start(text: &str, name: &Range<usize>, words: &[Range<usize>]) -> Option<usize> {
    const GOING: [&str; 14] =
        ["就读于", "就读", "考上", "考入", "考进", "转到", "转去", "升入", "在", "上", "读", "念", "是", "进"];
    let slice = &text[name.clone()];
    let going = GOING.iter().filter_map(|verb| slice.rfind(verb).map(|at| at + verb.len())).max();
    if let Some(at) = going {
        let rest = name.start + at..name.end;
        let named = words
            .iter()
            .filter(|word| word.start < rest.end && word.end > rest.start)
            .map(|word| &text[word.start.max(rest.start)..word.end.min(rest.end)])
            .any(|word| !is_generic(word) && !word.chars().all(|c| "的了着过".contains(c)));
        let of = text[rest.clone()].contains('的');
        if named && !of && text[rest.clone()].chars().count() >= 2 {
            return Some(rest.start);
        }
    }
    let mut start = name.end;
    for word in words.iter().rev().filter(|word| word.start >= name.start && word.end <= name.end) {
        let slice = &text[word.clone()];
        // 建华里: an estate gives its name to the school.
        let estate = slice == "里" && start == name.end && word.start > name.start;
        if is_generic(slice) && !estate {
            break;
        }
        start = word.start;
    }
    let kept = &text[start..name.end];
    if kept == "里" {
        return None;
    }
    let numbered = kept.contains(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let lettered = kept.contains(|c: char| c.is_ascii_lowercase());
    (kept.chars().count() >= 2 || (numbered || lettered) && !kept.is_empty()).then_some(start)
}

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let child = about.minor || CHILD.split_whitespace().any(|cue| text.contains(cue));
    let mut out = Found::new();
    if about.place != Place::Household || !child {
        return out;
    }
    let words = lexicon::cut(text);
    let proper = |range: &Range<usize>| {
        words
            .iter()
            .filter(|word| word.start < range.end && word.end > range.start)
            .any(|word| !is_generic(&text[word.start.max(range.start)..word.end.min(range.end)]))
    };
    for found in NAMED.captures_iter(text) {
        let (Some(whole), Some(name), Some(kind), Some(class)) =
            (found.get(0), found.name("name"), found.name("kind"), found.name("class"))
        else {
            continue;
        };
        // "The school" alone names none, whatever stands before it, unless somebody goes there.
        let goes = ["在", "就读", "就读于", "转到", "考上", "上", "读", "念"];
        let start = name_start(text, &name.range(), &words);
        let goes = about.minor && start.is_some_and(|start| goes.iter().any(|verb| text[..start].ends_with(verb)));
        if !goes
            && class.as_str().is_empty()
            && matches!(kind.as_str(), "学校" | "学堂" | "书院" | "初中" | "高中" | "中专" | "技校")
        {
            continue;
        }
        let rest = &text[kind.end()..];
        let spot =
            about.minor && ["门口", "旁", "附近", "对面", "操场", "放学"].iter().any(|word| rest.starts_with(word));
        if class.as_str().is_empty() && !spot && NO_SCHOOL_AFTER.is_match(rest) && kind.as_str() != "幼儿园" {
            continue;
        }
        if let Some(start) = start {
            out.push((start..whole.end(), Rule::School));
        }
    }
    short(text, about, &words, &mut out);
    for found in CLASS_ALONE.find_iter(text) {
        let shift = text[found.end()..].starts_with(['倒', '制', '车', '次']);
        let day = found.as_str().contains(['周', '天', '点', '开', '上', '活']);
        if !shift
            && !day
            && (about.minor || SCHOOL_WORD.is_match(clause(text, found.range())) || found.as_str().contains("年级"))
        {
            out.push((found.range(), Rule::School));
        }
    }
    for found in THAT_SCHOOL.find_iter(text) {
        let near = ["家门口的", "门口的", "附近", "周边的", "身边的", "旁边的", "路上的", "镇上的", "村上的"];
        // 那边的小学 alone leads nowhere; 王顶堤那边的小学 does.
        let aside = ["那边的", "这边的"].iter().find_map(|side| found.as_str().find(side));
        let led = aside.is_none_or(|at| proper(&(found.start()..found.start() + at)));
        if led && !near.iter().any(|near| found.as_str().contains(near)) {
            out.push((found.range(), Rule::School));
        }
    }
    out.extend(
        BARE.captures_iter(text)
            .filter_map(|found| found.name("name"))
            .filter(|name| !NO_NAME.is_match(name.as_str()))
            .map(|name| (name.range(), Rule::School)),
    );
    out.extend(
        BETWEEN
            .captures_iter(text)
            .filter_map(|found| found.name("name"))
            .filter(|name| proper(&name.range()) && !NO_NAME.is_match(name.as_str()))
            .map(|name| (name.range(), Rule::School)),
    );
    if about.minor {
        out.extend(
            HALF.captures_iter(text)
                .filter_map(|found| found.name("name"))
                .filter(|name| SCHOOL_WORD.is_match(clause(text, name.range())) || text.contains("借读"))
                .map(|name| (name.range(), Rule::School)),
        );
        out.extend(
            BEARS
                .captures_iter(text)
                .filter_map(|found| {
                    let seldom = |name: regex::Match| lexicon::count(name.as_str()) < 200;
                    let told = found.name("name").or(found.name("spelled"));
                    told.or(found.name("of").filter(|name| seldom(*name) && name.as_str().starts_with('小')))
                        .or(found.name("bare").filter(|name| seldom(*name)))
                })
                .filter(|name| proper(&name.range()))
                .map(|name| (name.range(), Rule::School)),
        );
        out.extend(
            AND_YEAR
                .captures_iter(text)
                .filter_map(|found| found.name("road").or(found.name("name")))
                .filter(|name| {
                    let seldom = lexicon::count(name.as_str()) < 100 && proper(&name.range());
                    seldom || CALLED.split_whitespace().any(|called| called == name.as_str())
                })
                .filter(|name| !NO_NAME.is_match(name.as_str()) || name.as_str().ends_with('里'))
                .map(|name| (name.range(), Rule::School)),
        );
        out.extend(FEW.find_iter(text).map(|found| (found.range(), Rule::School)));
        out.extend(ONLY_ONE.find_iter(text).map(|found| (found.range(), Rule::School)));
    }
    out.extend(IN_LETTERS.find_iter(text).map(|found| (found.range(), Rule::School)));
    if about.minor {
        out.extend(SCHOOL_STANDS.find_iter(text).map(|found| (found.range(), Rule::School)));
        out.extend(
            TOLD.captures_iter(text).filter_map(|found| found.name("name")).map(|name| (name.range(), Rule::School)),
        );
    }
    for found in NICKNAME.captures_iter(text) {
        if let Some(name) = found.name("name").or(found.name("plain"))
            && SCHOOL_WORD.is_match(clause(text, name.range()))
            && !PROGRAMME.is_match(name.as_str())
        {
            out.push((name.range(), Rule::School));
        }
    }
    out
}

fn short(text: &str, about: &About, words: &[Range<usize>], out: &mut Found) {
    let mut from = 0;
    while let Some(found) = SHORT.captures_at(text, from) {
        let (Some(lead), Some(name), Some(rest)) = (found.name("lead"), found.name("name"), found.name("rest")) else {
            break;
        };
        from = found.get(0).map_or(text.len(), |whole| whole.start());
        from += text[from..].chars().next().map_or(1, char::len_utf8);
        let kind = name.as_str().find(['中', '小', '幼']).map_or(name.end(), |at| name.start() + at);
        let bare = &text[name.start()..text.len().min(kind + 3)];
        let numbered = bare.contains(|c: char| c.is_ascii_digit() || "第一二三四五六七八九十附".contains(c));
        let classed = name.end() > kind + 3;
        let goes = !(lead.as_str().is_empty() || ",，。;、:：(（是".contains(lead.as_str()));
        // 家中, 其中, 从小 are words; a school's short form is none.
        let word =
            words.iter().any(|word| word.start <= kind && word.end >= kind + 3 && word.len() > 3 && word.start < kind)
                && !numbered
                && lexicon::count(bare) > 0;
        let generic = [
            "初中", "高中", "大中", "上中", "上小", "中小", "大小", "不小", "最小", "还小", "太小", "很小", "从小",
            "幼小", "家中", "其中",
        ]
        .iter()
        .any(|word| bare.ends_with(word));
        // 五十七中,初三: a number of two places, or the year behind it.
        let numerals = bare.chars().filter(|c| c.is_ascii_digit() || "〇一二三四五六七八九十".contains(*c)).count();
        let year = text[name.end()..].starts_with([',', '、', '的']) && YEAR.is_match(&text[name.end()..]);
        let certain = about.minor && numbered && (numerals >= 2 || year)
            || year && goes && about.minor
            || classed
            || goes && (about.minor || numbered)
            || rest.as_str().starts_with('的');
        if !word && !generic && certain && (about.minor || goes || classed) {
            out.push((name.range(), Rule::School));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut about = About::new(Place::Household);
        about.minor = true;
        let folded = Folded::new(text).tight();
        find(&folded, &about).into_iter().map(|(range, _)| folded.text()[range].to_owned()).collect()
    }

    #[test]
    fn a_school_by_its_names() {
        for (text, name) in [
            ("就读望泉小学二年级1班，父亲夜班", "望泉小学二年级1班"),
            ("孩子上二中，初二", "二中"),
            ("在区一幼中班，爷爷接送", "区一幼中班"),
            ("望泉小的孩子，五点放学", "望泉小"),
            ("上建小，离家三站", "建小"),
            ("平山道那所小学二年级", "平山道那所小学"),
            ("现在读高二（7）班", "高二(7)班"),
            ("孩子在“小清华”，三年级了", "小清华"),
            ("wang quan 小学，没人接送", "wangquan小学"),
        ] {
            assert!(of(text).iter().any(|found| found.contains(name)), "{text}: {:?}", of(text));
        }
    }

    #[test]
    fn school_as_such_names_none() {
        for text in [
            "下午三点班，也就是小学放学那会儿",
            "小学生课后托管",
            "孩子五年级，喜欢画画",
            "初中数学跟不上，家中没人教",
            "上小学三年级，放学到六点没人看管",
            "中学以后再补也来得及",
            "周三下午小班活动",
            "一个上小学，一个上幼儿园",
            "孩子还小，路上要一小时",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
