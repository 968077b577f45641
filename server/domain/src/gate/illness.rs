//! Names of illnesses: a card says the kind and what it asks for (慢性病,
//! 需透析接送), the name belongs to the sealed file (`facts` of the field:
//! health is sensitive, 个人信息保护法 articles 28–30).
//!
//! Allowed stay the kinds (慢性病, 大病, 罕见病, 精神残疾), what a person can or
//! cannot do (失能, 偏瘫, 卧床, 认知障碍), injuries, and treatments that a service
//! must know of (透析, 化疗, 术后).

use super::fold::Folded;
use super::numbers::pattern;
use super::{About, Place, Rule};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// Whole names, as people write them; longer ones before what they begin with.
const NAMES: &str = "老慢支|慢支|带状疱疹|糖尿病足|糖尿病|糖尿|尿毒症|尿毒|高血压|高血脂|高血糖|高脂血|高尿酸|低血糖症|冠心病|心绞痛|心肌梗死|心肌梗塞|心梗|心衰|心力衰竭|心肌病|心肌炎|心脏病|\
    房颤|先心病|风心病|肺心病|脑梗塞|脑梗死|脑梗|脑血栓|脑溢血|脑出血|脑卒中|卒中|中风|脑萎缩|脑积水|脑膜炎|脑炎|蛛网膜下腔|血栓|静脉曲张|动脉硬化|动脉瘤|\
    帕金森|阿尔茨海默|阿尔兹海默|阿兹海默|老年痴呆|痴呆|老年性痴呆|精神分裂|抑郁症|抑郁|躁郁|躁狂|双相|焦虑症|强迫症|恐惧症|妄想症|自闭症|自闭|孤独症|多动症|抽动症|阿斯伯格|\
    唐氏|脑瘫|脑性瘫痪|癫痫|羊癫疯|羊角风|小儿麻痹|脊髓灰质炎|渐冻症|渐冻人|肌萎缩|肌营养不良|重症肌无力|多发性硬化|运动神经元|亨廷顿|脊髓空洞|格林巴利|小脑萎缩|共济失调|\
    白血病|血癌|血友病|再障|再生障碍性贫血|地中海贫血|地贫|贫血症|淋巴瘤|骨髓瘤|骨髓增生|紫癜|\
    慢阻肺|肺气肿|哮喘|支气管扩张|支扩|肺结核|结核病|结核|尘肺|矽肺|肺纤维化|间质性肺|肺炎|肺大泡|\
    乙肝|丙肝|甲肝|戊肝|肝炎|肝硬化|脂肪肝|肝腹水|肾衰竭|肾功能衰竭|肾衰|肾炎|肾病综合征|肾病|多囊肾|肾结石|胆结石|胰腺炎|胃溃疡|十二指肠溃疡|溃疡性结肠炎|克罗恩|肠梗阻|胃出血|\
    类风湿|风湿病|风湿性|红斑狼疮|狼疮|强直性脊柱炎|强直|干燥综合征|硬皮病|皮肌炎|痛风|骨质疏松|股骨头坏死|椎间盘突出|颈椎病|腰椎病|椎管狭窄|关节炎|骨髓炎|骨结核|\
    白内障|青光眼|黄斑变性|黄斑|视网膜脱落|视网膜色素变性|视网膜病变|美尼尔|梅尼埃|\
    甲亢|甲减|甲状腺结节|库欣|尿崩症|银屑病|牛皮癣|白癜风|大疱病|艾滋病|艾滋|hiv|梅毒|淋病|尖锐湿疣|麻风|\
    前列腺增生|前列腺肥大|子宫肌瘤|子宫脱垂|疝气|痔疮|阑尾炎|\
    戈谢病|庞贝病|法布雷|苯丙酮尿|粘多糖|黏多糖|成骨不全|瓷娃娃|肝豆状核|马凡|结节性硬化|先天愚型|侏儒症|\
    败血症|脓毒症|破伤风|布鲁氏|布病|狂犬病|疟疾|血吸虫|包虫病|大骨节病|氟骨病|克山病|癌症|恶性肿瘤|肿瘤|三高";

pattern!(
    ILLNESS,
    &format!(
        r"(?:(?:甲型|乙型|丙型|[一二12iⅰ]型|急性|慢性|系统性|原发性|继发性|先天性|遗传性|恶性|良性|早期|中期|晚期|终末期|老年性|重度|轻度|中度|左|右|双)*(?:{})(?:综合征|综合症|病|症)?|(?:肺|肝|胃|肠|乳腺|乳|子宫内膜|内膜|宫颈|子宫|卵巢|甲状腺|食管|食道|胰腺|胰|膀胱|肾|前列腺|鼻咽|喉|骨|脑|皮肤|淋巴|直肠|结肠|胆囊|胆管|口腔|舌|睾丸|血)(?:部)?(?:癌|恶性肿瘤|肿瘤|瘤)|(?:胶质|肉|脑膜|黑色素|畸胎|神经纤维|母细胞|垂体|听神经)瘤)",
        NAMES.replace(char::is_whitespace, "")
    )
);
// A name no list holds: 确诊为…病, 患有…症. The kinds are taken out below.
pattern!(
    CUED,
    r"(?:确诊(?:为|是|了|患)?|诊断(?:为|是|出)?|查出(?:得了|患)?|得(?:了|的是|上)|患(?:有|上|的是)?|身患|病名[是为:]?|得过)(?P<name>[\p{Han}]{1,9}?(?:病|症|炎|癌|瘤|综合征|梗阻|硬化|坏死|萎缩|增生|结核|衰竭|中毒症|缺损|狭窄|神经痛|疱疹|综合症))"
);
// Letters that stand for an illness beside words of being ill: CA, AD, SLE.
pattern!(
    LETTERS,
    r"(?:(?:确诊|诊断|得了|患了?|查出|是)(?P<a>c\s?a|a\s?d|s\s?l\s?e|als|copd|pku|adhd|asd|dmd|sma|ms|mds|itp|ptsd|ocd|tb|cp|dm|ckd|esrd|pd)|(?P<b>c\s?a|a\s?d|s\s?l\s?e|als|copd|pku|adhd|asd|dmd|sma|ckd|hiv|pd)(?:早期|中期|晚期|患者|病人|多年|[0-9一二三四五六七八九十]+年|术后|孩子|老人))"
);
const KINDS: &[&str] = &[
    "慢性病",
    "慢病",
    "大病",
    "重病",
    "重大疾病",
    "重疾",
    "疾病",
    "罕见病",
    "职业病",
    "老年病",
    "急病",
    "急症",
    "重症",
    "病症",
    "多种病",
    "基础病",
    "旧病",
    "老病",
    "怪病",
    "难病",
    "传染病",
    "精神病",
    "后遗症",
    "并发症",
    "合并症",
    "什么病",
    "小病",
    "常见病",
    "多发病",
    "绝症",
    "关节病",
    "眼病",
    "腿病",
    "胃病",
    "腰病",
    "皮肤病",
    "遗传病",
    "地方病",
    "妇科病",
    "病",
    "症",
    "炎症",
    "发炎",
    "门诊特殊病",
    "特殊病",
    "心病",
    "毛病",
    "富贵病",
    "骨科病",
    "伤病",
    "疑难病",
    "残疾并患病",
    "生活不能自理的病",
    "多种疾病",
    "严重疾病",
    "慢性疾病",
];
// What only has an illness in its name: 疫苗, 讲座, 筛查, 知识.
pattern!(
    ABOUT_ILLNESS,
    r"^(?:的)?(?:疫苗|医院|科|专科|病房|仪|筛查|讲座|宣传|知识|防治|预防|义诊|普查|日|专家|门诊部|科普|协会|防控|患者互助会|家长会|社团)"
);
pattern!(NOT_ILL, r"(?:没有|没得|不是|无|非|未患|排除|防|预防|避免|警惕|以防|怕|担心)[\p{Han}]{0,2}$");

/// Names of illnesses, in the folded text without spaces.
pub(super) fn find(folded: &Folded, about: &About) -> Found {
    if about.place != Place::Household || about.illness_may_stand {
        return Found::new();
    }
    let text = folded.text();
    let mut out = Found::new();
    for found in ILLNESS.find_iter(text) {
        if speaks_of_being_ill(text, &found.range()) {
            out.push((found.range(), Rule::Illness));
        }
    }
    for name in CUED.captures_iter(text).filter_map(|found| found.name("name")) {
        let kind = KINDS.iter().any(|kind| name.as_str() == *kind)
            || [
                "慢性病",
                "大病",
                "重病",
                "疾病",
                "罕见病",
                "多种",
                "老毛病",
                "精神病",
                "急病",
                "传染病",
                "后遗症",
                "并发症",
            ]
            .iter()
            .any(|kind| name.as_str().ends_with(kind) || name.as_str().starts_with("多种"));
        if !kind {
            out.push((name.range(), Rule::Illness));
        }
    }
    out.extend(
        LETTERS
            .captures_iter(text)
            .filter_map(|found| found.name("a").or(found.name("b")).map(|name| (name.range(), Rule::Illness)))
            .filter(|(range, _)| {
                !text[range.end..].starts_with(|c: char| c.is_ascii_alphanumeric())
                    && !text[..range.start].ends_with(|c: char| c.is_ascii_alphanumeric())
            }),
    );
    joined(text, &mut out);
    out
}

fn speaks_of_being_ill(text: &str, range: &Range<usize>) -> bool {
    let name = &text[range.clone()];
    // A state and a feeling before they are illnesses.
    let feeling = matches!(name, "抑郁" | "自闭" | "强直" | "痴呆" | "结核" | "血栓" | "狼疮");
    let said_so = !feeling
        || name == "结核"
        || ["休学", "患", "病", "确诊", "药", "住院", "发作", "倾向", "多年", "孩子", "儿童"]
            .iter()
            .any(|cue| text.contains(cue));
    said_so && !ABOUT_ILLNESS.is_match(&text[range.end..]) && !NOT_ILL.is_match(&text[..range.start])
}

/// A name with signs between its characters: 糖-尿-病.
fn joined(text: &str, out: &mut Found) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let plain: Vec<(usize, char)> = chars
        .iter()
        .copied()
        .filter(|(_, c)| !matches!(c, '-' | '·' | '.' | '*' | '_' | '/' | '~' | '+' | '|'))
        .collect();
    if plain.len() == chars.len() {
        return;
    }
    let squeezed: String = plain.iter().map(|(_, c)| *c).collect();
    let ends: Vec<usize> = squeezed.char_indices().map(|(at, _)| at).collect();
    for found in ILLNESS.find_iter(&squeezed) {
        let first = ends.partition_point(|at| *at < found.start());
        let after = ends.partition_point(|at| *at < found.end());
        let (Some(start), Some(last)) = (plain.get(first), plain.get(after.saturating_sub(1))) else { continue };
        let end = last.0 + last.1.len_utf8();
        if text[start.0..end].chars().count() > after - first {
            out.push((start.0..end, Rule::Illness));
        }
    }
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
    fn names_of_illnesses() {
        for (text, name) in [
            ("糖尿病老人需要每周送餐", "糖尿病"),
            ("父亲肺癌晚期", "肺癌"),
            ("老人得的是甲型血友病", "甲型血友病"),
            ("糖-尿-病老人", "糖-尿-病"),
            ("确诊为川崎病三年", "川崎病"),
        ] {
            assert!(of(text).iter().any(|found| found.contains(name)), "{text}: {:?}", of(text));
        }
    }

    #[test]
    fn kinds_states_and_treatments_stay() {
        for text in [
            "患慢性病，需长期服药",
            "患重病，需透析接送",
            "精神残疾二级，认知障碍",
            "腿骨折六周，偏瘫，卧床",
            "打流感疫苗要人陪",
            "得了病没人照顾",
            "患有多种慢性疾病",
            "突发重大疾病，化疗期间",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
