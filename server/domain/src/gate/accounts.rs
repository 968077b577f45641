//! Accounts: WeChat, QQ, e-mail and other networks; number plates.

use super::Rule;
use super::fold::{Folded, digit};
use super::numbers::pattern;
use regex::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// The word for a WeChat account in its disguises.
const WECHAT_WORD: &str = r"(?:[微威薇葳徽维徾溦巍蔵危魏卫v][\s.·*]*(?:[信芯心讯星腥x亻❤♥♡💗💚💬]|xin)|\(微\)|[微薇威卫]\s*[:：]|(?:联系|有事|可以?|请)微我?|微我|wei\s*xin(?:\s*hao)?|wei\s*号|we\s*chat|(?-u:\b)w\s?x(?-u:\b)|(?-u:\b)v\s?x(?-u:\b)|(?-u:\b)v(?-u:\b)|绿泡泡|绿色(?:软件|图标)|聊天软件上?|加个?v|围信|加我|[加扫](?:她|他|我|你|家属|老人)?的?微|[她他我]的微|微[她他我你]|wei信号?|weixin|w信|v信|[徽卫]信|聊天(?:软件|工具)|绿(?:色|颜色)的?那个)";
const QQ_WORD: &str = r"(?:q[\s·.\-_]*q|q号|(?-u:\b)q(?:一下|我|是|上)|群号|扣扣号?|扣号|[加请]扣|蔻蔻|寇寇|扣[：:\s]*|抠抠|叩叩|口口[号：:\s]|口口|qiuqiu|koukou|丘丘|秋秋|球球|企鹅号?|腾讯号|加q+|(?-u:\b)q[\s:：]+|扣我|的扣(?:[,，。;]|$)|叩|qiu\s*qiu)";
/// What stands between the word and the account: `号`, `：`, `是`.
const LINK: &str = r#"[\s:：=\-—→"'“”‘’(（\[【]*(?:号码|号|账号|帐号|id|名|加|搜|搜索|是|为|叫|写|同|或|也是|就是|请|我|他|她|联系|私聊|备注|发|扫|找|家属的?|儿子的?|女儿的?|[\s:：=,，\-—→"'“”‘’(（\[【]){0,6}"#;
/// An account spelled aloud: `q i n g 下划线 1900`, `d-z-1-9-0-0`.
const SPELLED: &str = r"[a-z](?:\s*(?:(?:下划线|底线|底杠|横杠|横线|减号|短横|杠|点|加上?|再加?|然后|接着?|后面?|跟着?|小写的?|大写的?|字母|数字|是|[_\-·+,、.:…|/]|\([^)]{0,8}\))\s*){0,3}[a-z0-9〇一二三四五六七八九]){4,30}";

pattern!(
    EMAIL,
    r"(?x)
    [a-z0-9][a-z0-9._%+\-]{0,63}
    \s*(?:@|\(at\)|\[at\]|\{at\}|<at>|\sat\s|\#at\#|艾特|圈a|a圈|小老鼠|老鼠号|在|\#)\s*
    [a-z0-9\-一二三四五六七八九]+(?:\s*(?:\.|。|\(dot\)|\[dot\]|\(点\)|\[点\]|\sdot\s|点)\s*[a-z0-9\-]+){0,3}\s*(?:\.|。|\(dot\)|\[dot\]|\(点\)|\[点\]|\sdot\s|点)\s*[a-z]{2,10}"
);
// Name and domain told apart: 邮箱名是sun1900，在example点org.
pattern!(
    EMAIL_TOLD,
    r"(?:邮箱|信箱|邮件|mail|电邮)[^。;]{0,12}?(?P<id>[a-z0-9][a-z0-9._\-]{2,40}[^。;]{0,16}?[a-z0-9\-〇一二三四五六七八九]{2,20}\s*(?:点|dot|\.)\s*(?:com|cn|net|org|edu|gov))"
);
// The service by its name: qq邮箱7900064215, liu1900的163邮箱.
pattern!(
    EMAIL_AT,
    r"(?:qq|163|126|139|189|foxmail|gmail|outlook|网易|新浪|搜狐|阿里)\s*(?:邮箱|信箱)[号名是为:：\s,，]{0,4}(?:前面|名字?|用户名|账号|号码)?[是为:：]?(?P<id>[a-z0-9][a-z0-9._\-]{3,40})|(?P<ahead>[a-z0-9][a-z0-9._\-]{3,40})[\s,，]*(?:的|是|在|用的?是?)?\s*(?:qq|163|126|139|189|foxmail|gmail|outlook|网易|新浪|搜狐|阿里)\s*(?:邮箱|信箱)|(?:邮箱|信箱|电邮|邮件)[是为:：\s名]{0,4}(?P<named>[a-z0-9][a-z0-9._\-]{3,40})[,，]"
);

// The name of a mailbox near the word, its service told in words: 发到han1900,网易一六三那个邮箱.
pattern!(
    MAILBOX,
    r"(?:邮箱|信箱|电邮|邮件|e-?mail|mail)[^。;!?a-z0-9]{0,12}(?P<id>[a-z][a-z0-9._\-]{3,40})|(?P<ahead>[a-z][a-z0-9._\-]{3,40})[^。;!?a-z0-9]{0,12}(?:邮箱|信箱|电邮)"
);
pattern!(QQ_BARE, r"(?:^|[^a-z0-9])q(?P<id>[1-9][0-9]{7,10})(?:[^a-z0-9]|$)");

static WECHAT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}{LINK}(?P<id>[a-z0-9](?:[a-z0-9_\-〇一二三四五六七八九]|下划线|横杠|减号){{4,24}}|[a-z0-9](?: [a-z0-9_\-]){{4,24}})"
    ))
});
/// The account before its word: `sunny_1900x是女儿的微信`.
static WECHAT_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>[a-z][a-z0-9_\-]{{4,24}})[\s,，:：、]*[(（]?(?:这个|这)?(?:是|为|就是|即|→|—|-)?[\p{{Han}}]{{0,6}}?{WECHAT_WORD}"
    ))
});
/// A name and a number after a word of networks: 微信名是平安是福1900, V信搜老李头1900.
static NICK: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{WECHAT_WORD}|网名|昵称)(?:(?:号|名字?|昵称|id)(?:搜索?|叫|是|为|:|：|\s){{0,2}}|(?:搜索?|叫|是|为|:|：|\s){{1,2}})[“\x22]?(?P<id>[\p{{Han}}]{{1,10}}[0-9]{{2,8}})(?:[”\x22,，。;；]|就是|$)"
    ))
});
/// Told in parts or by another number: 微信号前半截zhao,后半截1900; 微信就是手机号后面加个abc.
static WECHAT_PARTS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}号?[^。;]{{0,4}}?(?P<id>(?:前半截|前半|前面|开头|前几位|先)(?:是|打|写)?[a-z][^。;]{{0,14}}?(?:后半截|后半|后面|接着|再|结尾)(?:是|打|写)?[a-z0-9]{{2,12}}|(?:手机号|电话号?码?|身份证|生日|名字|姓名|车牌)[\p{{Han}}]{{0,6}}?(?:加|后面|前面|倒过来)[\p{{Han}}]{{0,3}}[a-z0-9]{{1,12}})"
    ))
});
/// Looks like an account and is told as one: 搜小写liu下划线1900就能找到, 加jia1900bao.
static HANDLE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:加|搜索?|叫|关注|私信|添加|查找|@)[^。;,，a-z0-9]{0,8}(?P<id>[a-z]{2,12}(?:下划线|横杠|杠|点|[_.\-])?[0-9]{2,8}[a-z]{0,8})(?:[^a-z0-9]|$)|(?:[音手书信博乎微网账帐]号|软件上?号?)[是为:：\s]{0,3}(?P<id3>[a-z][a-z0-9_.\-]{4,24})|(?P<ahead>(?:^|[^a-z0-9])[a-z]{2,12}[_.\-]?[0-9]{3,8}[a-z]{0,8})[,，]?(?:[\p{Han}]{0,6}(?:加一下|加我|搜得到|就能找到|找得到|加好友|私信))",
    )
});
/// `@海河边的老王1900`.
static AT: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"(?:^|[^a-z0-9@])(?P<id>@[\p{Han}a-z0-9_]{2,20})(?:[,，。;；\s]|$)"));
/// A stage name without a number: 直播间叫赵姐手工坊.
static STAGE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:直播间|直播号|网名|昵称|网店|店铺名?|(?:抖音|快手|小红书|视频号|微博|闲鱼|淘宝|b站|头条)(?:号|名|账号|昵称|店铺?|up主)?)(?:名字?)?(?:上)?(?:叫做?|名为|:|：|搜索?)[“\x22]?(?P<id>[\p{Han}a-z0-9]{2,12}?)(?:[”\x22,，。;；、]|就是|$)",
    )
});
static WECHAT_SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}[^。;a-z]{{0,14}}?(?P<id>{SPELLED})|(?P<ahead>{SPELLED})[^。;a-z]{{0,14}}?{WECHAT_WORD}"
    ))
});
/// Letters and digits somewhere behind the word: 微信号倒过来写是0091iliab.
static WECHAT_NEAR: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}(?P<between>[^。;!?\n]{{0,16}}?)(?P<id>[a-z0-9][a-z0-9_.\-]{{0,12}}\s?(?:\([^)]{{0,8}}\))?[a-z0-9_.\-]{{4,20}})"
    ))
});
pattern!(NO_ACCOUNT, r"公众号|型号|版本|wifi|打印|电视|手机型|小程序|插件|系统|[45]g|路由");
/// Made of another number and told before the word: 手机号前三位加liu1900就能搜到她的微信.
static WECHAT_MADE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>(?:手机号|电话号?码?|生日|名字|姓名|姓氏|姓|车牌)[\p{{Han}}0-9]{{0,8}}?(?:加|后面|前面)[\p{{Han}}]{{0,3}}[a-z0-9]{{3,16}})[^。;]{{0,12}}?{WECHAT_WORD}"
    ))
});
/// `微信是老王的全拼加1900`.
static WECHAT_DESCRIBED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{WECHAT_WORD}{LINK}(?P<id>[\p{{Han}}a-z]{{1,10}}?的?(?:拼音|全拼|首字母|缩写|小写|大写)[\p{{Han}}+\s,，]{{0,6}}[a-z0-9_〇一二三四五六七八九\-]{{2,20}})"
    ))
});
/// `搜jia1900bao加我好友`.
static SOUGHT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"搜索?[\s:：“\x22]*(?P<id>[a-z0-9][a-z0-9_\-]{4,24})[”\x22\s,，]*[\p{Han}]{0,4}?(?:加|好友|关注|添加|就能找到|找我)",
    )
});
static QQ: LazyLock<Regex> = LazyLock::new(|| compiled(&format!(r"{QQ_WORD}{LINK}")));
static QQ_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>[0-9〇一二三四五六七八九幺][0-9〇一二三四五六七八九幺\-·. ]{{4,14}})[\s,，:：、]*[(（]?(?:这个|这)?(?:是|为|就是|即)?[\p{{Han}}]{{0,5}}?{QQ_WORD}"
    ))
});
const NETWORK: &str = r"(?:全民k歌|k歌|[抖斗豆逗][音阴因]|[快块][手首]|[微围][博搏]|小[红虹]书|红色小书|音符那个(?:软件)?|某音|某手|某博|某宝|d音|dou音|douyin|(?-u:\b)dy|某书|小某书|小红薯|xhs|kuaishou|(?-u:\b)ks|西瓜视频|今日头条|头条号?|虎牙|斗鱼|荔枝|喜马拉雅|唱吧|探探|soul|转转|脉脉|直播间?|up主|网名|昵称|qq空间|朋友圈|百家号|钉钉|抖音|快手|支付宝|微博|陌陌|小红书|飞书|telegram|whatsapp|skype|淘宝|闲鱼|企业微信|火山|视频号|贴吧|公众号|b站|哔哩哔哩|知乎|拼多多|美团|skype|line|游戏)";
static OTHER: LazyLock<Regex> =
    LazyLock::new(|| compiled(&format!(r"{NETWORK}{LINK}(?P<id>[a-z0-9@][a-z0-9_.@\-]{{4,24}})")));
static OTHER_AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?P<id>[a-z][a-z0-9_.\-]{{4,24}})[\s,，:：、]*[(（]?(?:是|为|就是|即)?[\p{{Han}}]{{0,5}}?{NETWORK}(?:号|账号|帐号|id|名)"
    ))
});
/// A channel by its Chinese name and a number: 抖音搜老李的菜园1900.
static CHANNEL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"{NETWORK}(?:号|账号|昵称|名字|名)?(?:上的?店铺?|上)?(?:搜索?|叫|是|为|:|：)?[@“\x22]?(?P<id>[\p{{Han}}a-z]{{1,12}}[0-9_]{{2,8}}[\p{{Han}}a-z]{{0,4}}?)(?:[”\x22,，。;；]|就是|是|$)"
    ))
});

/// Bytes of the states that a pattern of many words may keep; with fewer it is read anew for each text.
const DFA: usize = 16 << 20;

// The patterns are constants and compiled by a test.
#[expect(clippy::expect_used)]
fn compiled(text: &str) -> Regex {
    RegexBuilder::new(text).dfa_size_limit(DFA).build().expect("a constant pattern")
}

/// Accounts, in the folded text with its spaces.
pub(super) fn find(folded: &Folded) -> Found {
    let text = folded.text();
    let mut out: Found = EMAIL.find_iter(text).map(|found| (found.range(), Rule::Email)).collect();
    let named = |pattern: &Regex, rule: Rule, out: &mut Found| {
        for found in pattern.captures_iter(text) {
            for part in ["id", "ahead", "named"] {
                if let Some(id) =
                    pattern.capture_names().flatten().any(|name| name == part).then(|| found.name(part)).flatten()
                    && looks_like_account(id.as_str())
                {
                    out.push((id.range(), rule));
                }
            }
        }
    };
    named(&EMAIL_TOLD, Rule::Email, &mut out);
    named(&EMAIL_AT, Rule::Email, &mut out);
    for pattern in [&WECHAT, &WECHAT_AHEAD, &WECHAT_SPELLED, &WECHAT_DESCRIBED, &SOUGHT] {
        named(pattern, Rule::WeChat, &mut out);
    }
    for found in WECHAT_NEAR.captures_iter(text) {
        if let (Some(between), Some(id)) = (found.name("between"), found.name("id"))
            && !NO_ACCOUNT.is_match(between.as_str())
            && id.as_str().contains(|c: char| c.is_ascii_digit())
            && id.as_str().contains(|c: char| c.is_ascii_lowercase())
            && looks_like_account(id.as_str())
        {
            out.push((id.range(), Rule::WeChat));
        }
    }
    out.extend(
        MAILBOX
            .captures_iter(text)
            .filter_map(|found| found.name("id").or(found.name("ahead")))
            .filter(|id| {
                id.as_str().contains(|c: char| c.is_ascii_digit())
                    && id.as_str().contains(|c: char| c.is_ascii_lowercase())
            })
            .map(|id| (id.range(), Rule::Email)),
    );
    out.extend(QQ_BARE.captures_iter(text).filter_map(|found| found.name("id")).map(|id| (id.range(), Rule::Qq)));
    named(&WECHAT_MADE, Rule::WeChat, &mut out);
    for (pattern, rule) in
        [(&NICK, Rule::WeChat), (&WECHAT_PARTS, Rule::WeChat), (&HANDLE, Rule::Account), (&AT, Rule::Account)]
    {
        for found in pattern.captures_iter(text) {
            let id = ["id", "id3", "ahead"].into_iter().find_map(|part| {
                pattern.capture_names().flatten().any(|name| name == part).then(|| found.name(part)).flatten()
            });
            // What another rule names better stays so.
            let known =
                |range: &Range<usize>| out.iter().any(|(one, _)| one.start < range.end && range.start < one.end);
            if let Some(id) = id.filter(|id| !known(&id.range())) {
                out.push((id.range(), rule));
            }
        }
    }
    out.extend(
        STAGE
            .captures_iter(text)
            .filter_map(|found| found.name("id"))
            .filter(|id| !NOBODYS.is_match(id.as_str()))
            .map(|id| (id.range(), Rule::Account)),
    );
    for pattern in [&OTHER, &OTHER_AHEAD, &CHANNEL] {
        named(pattern, Rule::Account, &mut out);
    }
    for found in QQ.find_iter(text) {
        if let Some(range) = digits_at(text, found.end(), 5, 11) {
            out.push((range, Rule::Qq));
        }
    }
    for found in QQ_AHEAD.captures_iter(text).filter_map(|found| found.name("id")) {
        if let Some(range) = digits_at(text, found.start(), 5, 11) {
            out.push((range, Rule::Qq));
        }
    }
    out
}

// An office's channel, or what is done there, is nobody's account.
pattern!(
    NOBODYS,
    r"社区|街道|社工|志愿|官方|民政|公益|协会|中心|政务|医院|学校|平台|直播|带货|培训|戏|视频|购物|学习|上课|学做|学着|看病|网上|什么|怎么|一个|不会|可以|用来|最|很|他|她|老人|给|好|新|得|不"
);

/// Not a plain word of the trade: an account has a digit, an underscore, or is long.
fn looks_like_account(id: &str) -> bool {
    let tool = ["pay", "work", "mini", "group", "video", "android", "iphone", "windows"]
        .iter()
        .any(|word| id.starts_with(word));
    let signs = |c: char| c == '_' || c == '-' || digit(c).is_some_and(|(_, plain)| plain);
    !tool && (id.contains(signs) || id.len() >= 6)
}

/// A run of `least` to `most` digits at `at`, Chinese ones and single separators allowed.
fn digits_at(text: &str, at: usize, least: usize, most: usize) -> Option<Range<usize>> {
    let (mut count, mut end, mut gap) = (0, at, 0);
    for (offset, c) in text[at..].char_indices() {
        match digit(c) {
            Some((_, plain)) if plain || count > 0 => {
                count += 1;
                gap = 0;
                end = at + offset + c.len_utf8();
            }
            _ if count > 0 && gap < 1 && matches!(c, ' ' | '-' | '·' | '.' | '_' | ',' | '、') => gap += 1,
            _ => break,
        }
    }
    (least..=most).contains(&count).then_some(at..end)
}

const PROVINCE: &str = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]";
/// A sign or a word that parts the characters of a plate as it is written or told.
const APART: &str = r"[-·.,、/|\\_~*:()<>+=]";
const TOLD_APART: &str = "牌照?|字头|字牌|字母|字|开头|打头|打首|头一?个?|后面|后头|后边|接着|跟着|接|跟|然后|再|写着?|大写|小写|是|为|的|天津|河北|北京|点|杠|横|空格";
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:[津京冀鲁豫晋蒙辽](?:{APART}|{TOLD_APART}){{0,4}}|{PROVINCE}(?:牌照?|字牌?|字头|开头)?{APART}{{0,2}}|(?:车牌号?码?|牌照号?码?|车号|牌号|号牌)(?:天津|北京|河北)?[是为:,，]*|天津牌照?|jin)[-·./|\\]?[a-z](?:{APART}|{TOLD_APART}){{0,3}}(?:[a-z0-9〇一二三四五六七八九陆幺](?:{APART}|点|杠){{0,2}}){{5,6}}(?:[挂学警港澳])?"
    ))
});
/// Tractors and harvesters bear two digits for the place and five for the machine: 津02·00317.
static FARM_PLATE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?:{PROVINCE}|天津|河北|北京|(?:牌号|号牌|牌照号?码?|车牌号?码?|机号)(?:{TOLD_APART})?)(?:{APART}|{TOLD_APART}){{0,3}}[0-9〇一二三四五六七八九陆幺]{{2}}(?:{APART}|{TOLD_APART}){{0,3}}[0-9〇一二三四五六七八九陆幺]{{5}}(?:[学挂])?"
    ))
});
pattern!(
    VEHICLE,
    r"车|牌|三轮|拉货|货运|面包|号码|拖拉机|轮胎|驾驶|接送|收割机|农机|插秧机|旋耕机|播种机|三马子|机动|驾驶|联合收割"
);

/// Plates, in the folded text without spaces.
pub(super) fn find_plates(folded: &Folded) -> Found {
    let text = folded.text();
    let is_digit = |c: char| digit(c).is_some_and(|(_, plain)| plain);
    let is_word = |c: char| {
        super::lexicon::is_han(c) && digit(c).is_none() && !matches!(c, '点' | '杠' | '横' | '牌' | '字' | '头')
    };
    let mut out: Found = PLATE
        .find_iter(text)
        .filter(|found| found.as_str().chars().filter(|c| is_digit(*c)).count() >= 2)
        // With words between, something must say that it is a plate.
        .filter(|found| !found.as_str().chars().skip(1).any(is_word) || VEHICLE.is_match(text))
        .filter(|found| !text[found.end()..].starts_with(|c: char| c.is_ascii_digit()))
        .map(|found| {
            let trimmed = found.as_str().trim_end_matches(|c: char| !c.is_alphanumeric());
            (found.start()..found.start() + trimmed.len(), Rule::Plate)
        })
        .collect();
    if VEHICLE.is_match(text) {
        out.extend(
            FARM_PLATE
                .find_iter(text)
                .filter(|found| !text[found.end()..].starts_with(is_digit))
                .map(|found| (found.range(), Rule::Plate)),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Rule> {
        let folded = Folded::new(text);
        let mut found = find(&folded);
        found.extend(find_plates(&folded.tight()));
        found.sort_by_key(|(range, _)| range.start);
        found.dedup_by_key(|(_, rule)| *rule);
        found.into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn ways_of_writing_an_account() {
        for text in
            ["家属微信chenxi_1900_home", "葳信dz1900wujia", "加V：abc_1900", "微信号是 wx1900abc", "vx laoli1900"]
        {
            assert_eq!(of(text), [Rule::WeChat], "{text}");
        }
        for text in [
            "sunny_1900x是女儿的微信",
            "xiaoqin-1900（微信）",
            "微信号是 qing 下划线 1900 下划线 home",
            "d-z-1-9-0-0-w-j去掉横线就是我微信",
            "微信是老王拼音加1900",
        ] {
            assert!(of(text).contains(&Rule::WeChat), "{text}");
        }
        assert_eq!(of("7900064215是我QQ"), [Rule::Qq]);
        assert!(of("邮箱名是sun1900，在example点org").contains(&Rule::Email));
        for text in ["三轮车牌号津02·00317", "拖拉机津14-00921", "接人的车，津字头，BD零零一二"]
        {
            assert_eq!(of(text), [Rule::Plate], "{text}");
        }
        for text in ["QQ 7900064215", "扣扣七九零零零六四二一五", "Q Q号：79000-64215"] {
            assert_eq!(of(text), [Rule::Qq], "{text}");
        }
        for text in [
            "laosong1900@example.net",
            "laosong1900＠example．net",
            "laosong1900 (at) example (dot) net",
            "laosong艾特example点net",
        ] {
            assert_eq!(of(text), [Rule::Email], "{text}");
        }
        for text in ["津F·0K0J3", "津BDQ0001", "津 f 0k0j3", "车牌F0K0J3"] {
            assert_eq!(of(text), [Rule::Plate], "{text}");
        }
    }

    #[test]
    fn talk_of_accounts_names_none() {
        for text in [
            "家里没有微信，只能通话",
            "微信视频每周一次",
            "发QQ邮件不会用",
            "想学微信支付和扫码",
            "津民发〔2020〕19号",
            "微信群里通知",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
