//! Names that nobody told the gate of: a surname and given name where the
//! words around can only speak of a person. Strict on purpose: ordinary text
//! must pass.

use super::fold::Folded;
use super::lexicon::{self, Fit, is_han};
use super::sealed_names::COMPOUND;
use super::{About, Rule};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// The commonest surnames, without those that are function words first (和, 向, 从, 时, 是).
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由";
/// Surnames that are seldom anything else.
const PLAIN_SURNAMES: &str = "王李张刘陈杨赵吴徐孙朱郭郑梁谢宋韩冯邓曹彭肖董袁潘蒋蔡杜魏吕沈姚卢崔谭陆廖贾邹孟邱尹薛闫侯郝龚邵秦唐贺邢庞樊葛聂姜汪苏顾殷鲍霍冉耿";
/// Characters that people give as names; the ten or so that are everyday words besides stand only second.
const GIVEN: &str = "繁会儒延伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉秀红梅建国志文凤春生云龙海燕雪琴萍玲珍淑荣宝福贵祥瑞庆丰富财金银铜铁福禄寿喜康宁安泰顺利发旺昌盛兴隆茂松柏林森木森水江河湖波涛浩渊清澈洁莲荷菊梅竹兰芝芬芳香馨蕾花蓉茹蕙薇萱茜莉菲芸芹芷若蓓蔓蓝青翠碧紫彤丹朱晓晨曦旭阳光辉煌灿亮晶星月亮宇航天宙乾坤坚强毅刚勇猛武斌彬文章书画诗琴棋韵雅涵思想怡悦欢乐笑颜佳美娇媚婷妍妮娅婉婵媛嫣婕婧姝娥嫦姗珊瑚珠玉琳琪瑶瑾瑜璐璇玮琨珂瑛玥环佩子孝忠仁义礼智信廉德善良正直诚恳谦恭俭让和睦友爱亲敬克继承宗祖先贤圣哲睿聪慧敏捷才俊杰豪英雄威武振东南西北方圆广大小长远久永恒世代家国邦民族中华夏建设立志成功名利达通进步升腾飞翔鹏鹰凤凰麟龙虎豹马骏驰骋奔跃冬秋夏春雨雪霜露云雷电风山峰岭岩石磊峻嵩岳泉溪川洲沙滩鸿雁鹤鹭鹂鸣兆伯仲叔季孟连守万景有德素巧惠桃杏梨桐榕槐柳杨桑梓楠楷樱桥佐佑宏弘洪鸿泓启迪迎新辰晟晗昊昕昀晖皓鑫淼焱垚奕铭锦绣程硕博渊源润泽沐沛沁洵洛涵清淳淑漫潇澜澄瀚炎炜烨焕煜熙照然燃爽舒畅诗语诺谊谨谭豪贝赫超越轩轶辉迅运逸遥邦郁采钧钦钰铎铭锋锐键镇鉴长闯阔雄雅霆霖霄靖静韬韵顺颂颖飒飘馥骁骥高魁鲲黎默齐凡凯利刚初劲勋化千升卓卫原厚双友发叶吉同向君吟启和咏哲唯善喆嘉国圣坤城培基堂塘增士壮夫天奇好如妙姣姬威娣娴婵子存宁宜实宣容宾富寒寅寿小少尚岚峥崇川工巧巩帅师希常平年幼庭康延建开异弛强彦彩彪影征律徽心忆志忠念怀怡恒恩悠情惟惠愉意慈懿成战才扬承振捷掌支攀敏政教敦斐斯方施旋旦时昂昌易昭显晋普景智曼曾朋未本来杉束东权材村杞松极果枝枫柔柱标栋树校格案梦森楚模欣正武殿毓民永汉汝江池沫治波泳泽浦浪浩涌淇淋深渝游湘源滔滢滨满演潮澎火灵炳点烈焰照熠爱牧特犀狄猛献玄率王玖现球理琦琬琰琼瑄瑞璋璟璞生用田由甲申男界留益盈盼真眉石砚硕碧磊礼祖祝神祯祺禄福禹秉科秦秋稳穆空立竞章端笑筠策简籍粉精素红纪纯纲纳绍经绮维绵综缘群羽翎翠翰耀老考耘联肖育胜能脉自至舟良艺节芊芮花苏若英茂范茵荣莹菁萌萧葆葵蒙蓬薪藏虎虹蝶融衍衡袁裕西观解言計训记许诚詹语谷谦豫贞财贤贵赋赐赞赢起趣跃路辽达迈远进适造逢逸道遵邢郎部都重野量金鑫铃银锡镜镒长门闻阁队阳际陆院陵隽集雁雍零雷霁青非革韶顶项顺须颀颜飞香馨骄骏高鸥鸾鹃麒麦黄默鼎龄";

super::numbers::pattern!(
    TOLD_APART,
    r"姓(?P<name>[\p{Han}]{1,2}?[,、]?(?:(?:单?名|名字|大名|单字)(?:是|叫|为|一个)?|叫做?)[\p{Han}]{1,6})"
);

/// One syllable in letters.
const SYLLABLE: &str = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uan|uai|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|er|a|e|i|o|u|v)";
/// 联系人kang xiu juan: a name by its sounds behind a word for a person.
static IN_LETTERS: LazyLock<Regex> = LazyLock::new(|| {
    // The pattern is a constant and compiled by a test.
    #[expect(clippy::expect_used)]
    Regex::new(&format!(
        r"(?:联系人|姓名|户主|申请人|监护人|名叫|名字[是叫]?|老人叫|孩子叫|署名|签名)[是为:]?(?P<name>(?:{SYLLABLE}){{2,4}})(?:[^a-z0-9]|$)"
    ))
    .expect("a constant pattern")
});

/// Whether people give this character as a name.
#[cfg(test)]
pub(super) fn is_given(c: char) -> bool {
    GIVEN.contains(c)
}

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let _ = about;
    let text = folded.text();
    let words = lexicon::cut(text);
    let chars = folded.chars();
    let mut out = Found::new();
    // 老人姓邹,名德旺: the surname told apart.
    out.extend(
        TOLD_APART.captures_iter(text).filter_map(|found| found.name("name")).map(|name| (name.range(), Rule::Name)),
    );
    out.extend(
        IN_LETTERS
            .captures_iter(text)
            .filter_map(|found| found.name("name"))
            .filter(|name| name.len() >= 5)
            .map(|name| (name.range(), Rule::Name)),
    );
    for (place, (at, c)) in chars.iter().enumerate() {
        let compound =
            chars.get(place + 1).is_some_and(|(_, second)| COMPOUND.contains(&format!("{c}{second}").as_str()));
        if !compound && !SURNAMES.contains(*c) {
            continue;
        }
        if let Some(end) = name_at(text, &chars, &words, place, compound) {
            out.push((*at..end, Rule::Name));
        }
    }
    out
}

/// Words directly before a name.
const NAMING: &[&str] = &[
    "姓名",
    "姓名:",
    "大名",
    "大名叫",
    "本名",
    "原名",
    "真名",
    "全名",
    "全名是",
    "署名",
    "签名",
    "签名是",
    "落款",
    "姓名是",
    "姓名为",
    "名叫",
    "叫做",
    "名字叫",
    "名字是",
    "户主",
    "户主:",
    "户主是",
    "户主为",
    "联系人",
    "联系人:",
    "联系人是",
    "申请人",
    "申请人:",
    "申请人是",
    "监护人",
    "监护人:",
    "监护人是",
    "本人叫",
    "老人叫",
    "孩子叫",
    "患者叫",
    "他叫",
    "她叫",
    "我叫",
    "受助人",
    "受助人:",
    "受益人",
    "受益人:",
    "被监护人",
    "对象是",
    "对象:",
    "当事人",
    "名为",
    "当事人:",
    "户主叫",
    "儿子叫",
    "女儿叫",
    "丈夫叫",
    "妻子叫",
    "老伴叫",
    "人叫",
    "的叫",
    "是叫",
    "母亲叫",
    "父亲叫",
    "孙子叫",
    "孙女叫",
    "这位叫",
    "名字",
];
const KIN: &[&str] = &[
    "儿子",
    "女儿",
    "丈夫",
    "妻子",
    "老伴",
    "父亲",
    "母亲",
    "爷爷",
    "奶奶",
    "姥姥",
    "姥爷",
    "孙子",
    "孙女",
    "外孙",
    "外孙女",
    "儿媳",
    "女婿",
    "哥哥",
    "姐姐",
    "弟弟",
    "妹妹",
    "侄子",
    "侄女",
    "外甥",
    "长子",
    "次子",
    "长女",
    "次女",
    "三子",
    "其子",
    "其女",
    "其夫",
    "其妻",
    "爱人",
    "邻居",
    "同住的",
    "婆婆",
    "公公",
    "岳父",
    "岳母",
    "老人",
    "患者",
    "残疾人",
    "低保户",
    "特困人员",
    "学生",
    "孤儿",
    "居民",
    "村民",
    "住户",
    "服务对象",
    "帮扶对象",
    "志愿者",
    "社工",
    "楼长",
    "组长",
    "队长",
    "站长",
    "院长",
    "医生",
    "护士",
    "大夫",
    "司机",
    "房东",
    "班主任",
    "老师",
    "代办人",
    "经办人",
    "委托人",
    "其侄",
    "代领人",
    "代签人",
    "受托人",
    "代领人签",
    "其弟",
    "其妹",
    "其兄",
    "其姐",
    "其孙",
    "其父",
    "其母",
    "其女婿",
    "其儿媳",
    "侄儿",
    "叔叔",
    "姨妈",
    "舅妈",
    "养女",
    "养子",
    "继子",
    "联络员",
    "表弟",
    "表哥",
    "表姐",
    "表妹",
    "堂弟",
    "堂哥",
    "姑姑",
    "舅舅",
    "大伯",
    "嫂子",
    "同事",
    "战友",
    "网格员",
    "负责人",
    "负责人:",
    "书记",
    "主任",
    "护工",
    "阿姨",
    "大爷",
    "请给",
    "帮助",
    "探望",
    "看望",
    "照顾",
    "陪同",
    "陪",
    "接",
];
/// What follows a name and nothing else.
const FOLLOWING: &[&str] = &[
    "老人",
    "先生",
    "女士",
    "大爷",
    "大妈",
    "大娘",
    "奶奶",
    "爷爷",
    "阿姨",
    "叔叔",
    "同志",
    "同学",
    "师傅",
    "老师",
    "本人",
    ",女",
    ",男",
    "(女",
    "(男",
    "家",
    "一家",
    "的儿子",
    "的女儿",
    "的父亲",
    "的母亲",
    "的老伴",
    "身份证",
    "小朋友",
];

/// The end of a name that begins at `place`, where the words around say so.
fn name_at(text: &str, chars: &[(usize, char)], words: &[Range<usize>], place: usize, compound: bool) -> Option<usize> {
    let first = if compound { 2 } else { 1 };
    let start = chars[place].0;
    let lead = &text[..start];
    let called = lead.strip_suffix('叫').is_some_and(|lead| KIN.iter().any(|kin| lead.ends_with(kin)));
    let named = called || NAMING.iter().any(|cue| lead.ends_with(cue));
    let kin = KIN.iter().any(|cue| lead.ends_with(cue));
    let opens = lead.is_empty() || lead.ends_with(['。', ';', '\n', '、', ':', ',']);
    let given = "给替帮找由".chars().any(|c| lead.ends_with(c));
    if !(named || kin || opens || given) {
        return None;
    }
    for length in [2, 1] {
        let last = place + first + length - 1;
        let Some(name) = chars.get(place..=last) else { continue };
        if !name.iter().all(|(_, c)| is_han(*c)) || !name[first..].iter().all(|(_, c)| GIVEN.contains(*c)) {
            continue;
        }
        let end = chars.get(last + 1).map_or(text.len(), |(at, _)| *at);
        let range = start..end;
        // Begins as a word of its own, ends where a word ends, and is no ordinary word itself.
        let begins = words.iter().any(|word| word.start == start);
        let stops = words.iter().any(|word| word.end == end);
        let slice = &text[range.clone()];
        if !begins || !stops || lexicon::fit(text, words, &range) != Fit::Free || lexicon::count(slice) > 0 {
            continue;
        }
        // The surname alone, and the given name neither a common word of its own.
        let own = words.iter().any(|word| word.start == start && word.end == chars[place + first].0);
        let given_slice = &text[chars[place + first].0..end];
        // Behind a word for a person a plain surname is one, also where the given name is a word: 网格员刘海洋.
        let plain = !compound && (kin || named || given) && PLAIN_SURNAMES.contains(chars[place].1);
        if !own || length == 2 && !plain && lexicon::count(given_slice) > 400 {
            continue;
        }
        let rest = &text[end..];
        let follows = FOLLOWING.iter().any(|cue| rest.starts_with(cue));
        let aged = rest.trim_start_matches([',', '(']).chars().take(4).collect::<String>();
        let aged = aged.contains('岁') && aged.starts_with(|c: char| c.is_ascii_digit());
        let closes = rest.is_empty() || rest.starts_with([',', '。', ';', '(', ')', '、', ':', '\n']);
        let enough = if length == 2 {
            named
                || kin
                || given
                    && (follows
                        || closes
                        || rest.starts_with([
                            '送', '买', '做', '打', '取', '理', '洗', '办', '修', '拿', '借', '要', '签',
                        ]))
                || opens && (follows || aged)
        } else {
            named && (closes || follows) || (kin && (closes || follows || aged))
        };
        if enough {
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Place;

    fn of(text: &str) -> Vec<String> {
        let folded = Folded::new(text).tight();
        find(&folded, &About::new(Place::Household))
            .into_iter()
            .map(|(range, _)| folded.text()[range].to_owned())
            .collect()
    }

    #[test]
    fn names_where_only_a_person_can_stand() {
        for (text, name) in [
            ("父亲卧床，儿子陶小军精神三级", "陶小军"),
            ("丈夫孔繁义在住院", "孔繁义"),
            ("联系人：韦素英，低保", "韦素英"),
            ("户主姓名邢桂云，女", "邢桂云"),
            ("请给邢桂云送冬衣", "邢桂云"),
            ("韦素英，女，81岁", "韦素英"),
        ] {
            assert_eq!(of(text), [name], "{text}");
        }
    }

    #[test]
    fn ordinary_text_names_nobody() {
        for text in [
            "儿子常年在外，女儿高中毕业",
            "老人安全第一，志愿者温和耐心",
            "父亲和母亲都有病",
            "给时间让老人休息",
            "老人张口困难，陪同就诊",
            "联系人由街道指定",
            "居民安装扶手，社工周末上门",
            "照顾方便即可",
            "志愿者平时住在附近",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
