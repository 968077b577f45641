//! Names of illnesses: a card says the kind and what it asks for (慢性病,
//! 需透析接送), the name belongs to the sealed file (`facts` of the field:
//! health is sensitive, 个人信息保护法 articles 28–30).
//!
//! Allowed stay the kinds (慢性病, 大病, 罕见病, 精神残疾), what a person can or
//! cannot do (失能, 偏瘫, 卧床, 认知障碍), injuries, and treatments that a service
//! must know of (透析, 化疗, 术后).

use super::fold::Folded;
use super::numbers::pattern;
use super::sealed_names::sound;
use super::{About, Place, Rule, lexicon};
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// Names by chapter, and drugs that give one away; see `data/README.md`.
const LIST: &str = include_str!("../../data/illness_names.txt");

struct Lexicon {
    /// A whole name with what stands before and behind it: 急性…, …后遗症.
    illness: Regex,
    drug: Regex,
    /// Names with the sounds of their characters, for the disguised ones, by the sound they begin with.
    sounded: HashMap<&'static str, Vec<Sounded>>,
}

/// The characters of a name and their sounds.
type Sounded = (Vec<char>, Vec<&'static str>);

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (mut names, mut drugs, mut in_drugs) = (Vec::new(), Vec::new(), false);
    for line in LIST.lines() {
        in_drugs |= line.starts_with('=');
        if !line.starts_with(['#', '=']) {
            if in_drugs { &mut drugs } else { &mut names }.extend(line.split_whitespace());
        }
    }
    // The longest first: what begins alike ends apart.
    for list in [&mut names, &mut drugs] {
        list.sort_by_key(|name| std::cmp::Reverse(name.len()));
    }
    let compiled = |text: &str| {
        #[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
        RegexBuilder::new(text).dfa_size_limit(16 << 20).build().expect("a constant pattern")
    };
    let mut sounded: HashMap<&str, Vec<Sounded>> = HashMap::new();
    let spelled = names
        .iter()
        .filter_map(|name| {
            let chars: Vec<char> = name.chars().collect();
            Some((chars.iter().map(|c| sound(*c)).collect::<Option<Vec<_>>>()?, chars))
        })
        .filter(|(_, chars)| chars.len() >= 2);
    for (sounds, chars) in spelled {
        sounded.entry(sounds[0]).or_default().push((chars, sounds));
    }
    Lexicon {
        illness: compiled(&format!(
            r"(?:{DEGREE})*(?:{ORGAN}(?:{DISORDER})|(?:{})(?:综合征|综合症|病|症)?|(?:[\p{{Han}}]{{0,2}}(?:母)?细胞|胶质|肉|脑膜|黑色素|畸胎|神经纤维|垂体|听神经)瘤)(?:后遗症|并发症)?",
            names.join("|")
        )),
        drug: compiled(&drugs.join("|")),
        sounded,
    }
});

const DEGREE: &str = "[甲乙丙丁abo]型|[一二12i]型|急性|慢性|系统性|原发性|继发性|先天性|遗传性|进行性|老年性|高血压性|糖尿病性|类|恶性|良性|早期|中期|晚期|终末期|重度|轻度|中度|左|右|双|单侧|双侧|多发性|转移性|陈旧性";
/// What an illness sits in, and what becomes of it there: the two together name one.
const ORGAN: &str = "(?:心脏|肝脏?|脾脏?|肺部?|肾脏?|胃部?|肠道?|小肠|大肠|直肠|结肠|盲肠|十二指肠|胆囊?|胆管|胆道|胰腺?|食管|食道|膀胱|输尿管|尿道|前列腺|乳腺|乳房?|子宫内膜|内膜|子宫|宫颈|卵巢|输卵管|甲状旁腺|甲状腺|肾上腺|脑部?|脑膜|脑血管|小脑|脑干|脊髓|脊柱|脊椎|颈椎|腰椎|胸椎|椎间盘|腰间盘|关节|膝关节|髋关节|股骨头|骨髓|骨盆|肌肉|皮肤|眼底|视网膜|视神经|角膜|晶状体|玻璃体|巩膜|听神经|耳蜗|鼻咽|鼻窦?|咽喉?|喉部?|声带|扁桃体|气管|支气管|胸膜|胸腔|腹膜|腹腔|心肌|心包|心瓣膜|瓣膜|二尖瓣|三尖瓣|主动脉瓣?|肺动脉瓣?|冠状动脉|冠脉|颈动脉|动脉|静脉|血管|淋巴结?|垂体|滑膜|肌腱|筋膜|神经|三叉神经|坐骨神经|面神经|口腔黏膜|口腔|舌|牙龈|睾丸|皮下|造血|免疫|凝血)";
const DISORDER: &str = "(?:功能)?(?:衰竭|不全|亢进|减退|低下|障碍症)|炎|癌|恶性肿瘤|肿瘤|肿物|瘤|结核|结石|囊肿|溃疡|硬化|萎缩|增生|肥大|肥厚|坏死|狭窄|梗阻|梗死|梗塞|栓塞|血栓|出血|积水|积液|穿孔|脱垂|脱出|突出|缺损|畸形|纤维化|息肉|脱落|脱离|病变|变性|痉挛|神经痛|痛风|关闭不全|反流|返流|扩张|破裂|侧弯|侧凸|滑脱|退行性变|粘连|脓肿|空洞|瘘|疝|综合征|综合症";
// A name no list holds: 确诊为…病, 患有…症. The kinds are taken out below.
pattern!(
    CUED,
    r"(?:确诊(?:为|是|了|患)?|诊断(?:为|是|出)?|查出(?:得了|患)?|得(?:了|的是|上)|患(?:有|上|的是)?|身患|病名[是为:]?|得过|(?:医生|大夫)说是)(?P<name>[\p{Han}]{1,9}?(?:病|症|炎|癌|瘤|综合征|梗阻|硬化|坏死|萎缩|增生|结核|衰竭|中毒症|缺损|狭窄|神经痛|疱疹|综合症))"
);
// Letters that stand for an illness beside words of being ill: CA, AD, SLE.
pattern!(
    LETTERS,
    r"(?:(?:确诊|诊断|得了|患了?|查出|是|长了|加|有|、)(?P<a>c\s?a|bc|a\s?d|s\s?l\s?e|als|copd|pku|adhd|asd|dmd|sma|ms|mds|itp|ptsd|ocd|tb|cp|dm|t[12]dm|htn|chd|ckd|esrd|pd|hbv|hcv|hiv|aml|all|cml|tia|gbs|ibd|nmo)|(?P<b>c\s?a|bc|a\s?d|s\s?l\s?e|als|copd|pku|adhd|asd|dmd|sma|ckd|hiv|pd|dm|htn|hbv|hcv|aids|mds)(?:早期|中期|晚期|患者|病人|多年|阳性|[0-9一二三四五六七八九十]+年|术后|孩子|老人|病)|(?:肺|肝|胃|肠|乳腺|乳|宫颈|卵巢|甲状腺|食管|胰腺|膀胱|前列腺|喉|脑|淋巴|直肠|结肠)(?P<c>c\s?a|ai|a)|(?P<d>(?:aids|hiv)))"
);
// 慢性阻塞性肺病: told by its kind of course and its place.
pattern!(
    SHAPE,
    r"(?:[\p{Han}]{2}性)+[\p{Han}]{1,4}?(?:病|症|炎)|[高低][\p{Han}]{1,4}血症|[\p{Han}]{1,3}(?:尿症|血病)|[\p{Han}]{2,5}综合[征症]"
);
// In other tongues.
pattern!(
    FOREIGN,
    r"parkinson|alzheimer|cancer|diabetes|diabetic|epilepsy|lupus|autis[mt]i?c?|leukemia|hepatitis|nsclc|sclc|stroke|schizophrenia|dementia|asthma|uremia|tumou?r|lymphoma|depression|hypertension"
);
// 癌字头的病, 带“癌”字的病.
pattern!(
    HINTED,
    r"癌字(?:头|旁)?(?:的|那种)?病?|带癌字|那个癌|长了?(?:个|的)?(?:恶性|坏)(?:的)?(?:瘤|东西|肿块)|[乳肺肝胃肠脑骨腺巢宫]上?的?(?:恶性|坏)(?:的)?(?:东西|肿块)|(?:癌|瘤)(?:早期|中期|晚期)"
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
/// Kinds that a longer name may end with.
const WHOLE_KINDS: [&str; 14] = [
    "慢性病",
    "大病",
    "重病",
    "疾病",
    "罕见病",
    "老毛病",
    "精神病",
    "急病",
    "传染病",
    "后遗症",
    "并发症",
    "常见病",
    "多发病",
    "地方病",
];
pattern!(
    NOT_ILL,
    r"(?:没有|没得|不是|无|非|未患|排除|防|预防|避免|警惕|以防|怕|担心)[\p{Han}]{0,2}$|(?:讲讲|讲解|讲一讲|科普|宣传|普及|了解)[\p{Han}]{0,10}$|(?:能查|可查|筛查|检查|防治|什么是)[\p{Han}]{0,4}$"
);

/// Names of illnesses, in the folded text without spaces.
pub(super) fn find(folded: &Folded, about: &About) -> Found {
    if about.place != Place::Household || about.illness_may_stand {
        return Found::new();
    }
    let text = folded.text();
    let mut out = Found::new();
    for found in LEXICON.illness.find_iter(text) {
        if speaks_of_being_ill(text, &found.range()) {
            out.push((found.range(), Rule::Illness));
        }
    }
    for found in LEXICON.drug.find_iter(text).chain(HINTED.find_iter(text)).chain(FOREIGN.find_iter(text)) {
        if !ABOUT_ILLNESS.is_match(&text[found.end()..]) && !NOT_ILL.is_match(&text[..found.start()]) {
            out.push((found.range(), Rule::Illness));
        }
    }
    let cued = CUED.captures_iter(text).filter_map(|found| found.name("name"));
    for name in cued.chain(SHAPE.find_iter(text)) {
        let kind = KINDS.contains(&name.as_str())
            || name.as_str().starts_with("多种")
            || WHOLE_KINDS.iter().any(|kind| name.as_str().ends_with(kind));
        if !kind {
            out.push((name.range(), Rule::Illness));
        }
    }
    out.extend(
        LETTERS
            .captures_iter(text)
            .filter_map(|found| ["a", "b", "c", "d"].into_iter().find_map(|part| found.name(part)))
            .filter(|name| {
                !text[name.end()..].starts_with(|c: char| c.is_ascii_alphanumeric())
                    && !text[..name.start()].ends_with(|c: char| c.is_ascii_alphanumeric())
            })
            .map(|name| (name.range(), Rule::Illness)),
    );
    disguised(folded, &mut out);
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

/// How one character of a name may stand in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// In letters: 尿du症.
    Spelled,
    /// By another of the same sound: 尿毒正.
    Alike,
    /// By a sign: 艾x病.
    Masked,
}

/// A name of which one character is masked or another of the same sound, or any are spelled in letters.
fn disguised(folded: &Folded, out: &mut Found) {
    let text = folded.text();
    let chars = folded.chars();
    let letters = chars.iter().filter(|(_, c)| c.is_ascii_lowercase()).count() >= 1;
    let sounds: Vec<Option<&'static str>> = chars.iter().map(|(_, c)| sound(*c)).collect();
    let words = std::cell::LazyCell::new(|| lexicon::cut(text));
    for start in 0..chars.len() {
        let first = chars[start].1;
        let opens = start == 0 || !chars[start - 1].1.is_ascii_lowercase();
        let same = sounds[start].and_then(|sound| LEXICON.sounded.get(sound)).into_iter();
        let spelled = LEXICON.sounded.iter().filter(|(sound, _)| letters && opens && sound.starts_with(first));
        for (name, wanted) in same.chain(spelled.map(|(_, names)| names)).flatten() {
            let Some((end, ways)) = written(&chars, &sounds, start, name, wanted) else { continue };
            let bytes = chars[start].0..chars.get(end).map_or(text.len(), |(at, _)| *at);
            let count = |way: Written| ways.iter().filter(|(written, _)| *written == way).count();
            let (spelled, alike, masked) = (count(Written::Spelled), count(Written::Alike), count(Written::Masked));
            let enough = match (spelled, alike + masked) {
                (0, 1) => name.len() >= 3,
                (1.., 0) => spelled < name.len() || name.len() >= 3,
                _ => false,
            };
            // 关心病人 is no 冠心病: the other character stands in no word of its own.
            let own = ways.iter().filter(|(way, _)| *way == Written::Alike).all(|(_, at)| {
                words.iter().any(|word| {
                    word.contains(at) && (word.len() <= 4 || *word == bytes || lexicon::count(&text[word.clone()]) < 20)
                })
            });
            let closed = !chars.get(end).is_some_and(|(_, c)| c.is_ascii_lowercase())
                || chars.get(end - 1).is_some_and(|(_, c)| !c.is_ascii_lowercase());
            if enough && own && closed && speaks_of_being_ill(text, &bytes) {
                out.push((bytes, Rule::Illness));
            }
        }
    }
}

fn is_mask(c: char) -> bool {
    matches!(c, '*' | 'x' | '×' | '某' | '□' | '_' | '?')
}

/// Where `name` written at `start` ends, and which of its characters are not written as themselves.
fn written(
    chars: &[(usize, char)],
    sounds: &[Option<&'static str>],
    start: usize,
    name: &[char],
    wanted: &[&'static str],
) -> Option<(usize, Vec<(Written, usize)>)> {
    let (mut at, mut ways) = (start, Vec::new());
    for (own, sound) in name.iter().zip(wanted) {
        let (byte, c) = *chars.get(at)?;
        if c == *own {
            at += 1;
            continue;
        }
        let run = chars.get(at..at + sound.len());
        let way = if run.is_some_and(|run| run.iter().map(|(_, c)| *c).eq(sound.chars())) {
            at += sound.len();
            Written::Spelled
        } else if name.len() >= 4
            && sound.starts_with(c)
            && !chars.get(at + 1).is_some_and(|(_, c)| c.is_ascii_lowercase())
        {
            // J神分裂.
            at += 1;
            Written::Masked
        } else if sounds[at] == Some(*sound) {
            at += 1;
            Written::Alike
        } else if is_mask(c) {
            at += 1;
            Written::Masked
        } else {
            return None;
        };
        ways.push((way, byte));
    }
    (!ways.is_empty()).then_some((at, ways))
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
            ("吃二甲双胍多年", "二甲双胍"),
            ("尿dú症，一周三次", "尿du症"),
            ("患尿毒正多年", "尿毒正"),
            ("二尖瓣关闭不全", "二尖瓣关闭不全"),
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
            "请关心病人",
            "首先心里要踏实",
            "可定期上门，大门冬天要关",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
