//! Synthetic needs for tests and the bench: seeded, no randomness from the machine.
#![allow(dead_code, reason = "each test file and the bench use a part")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::explicit_auto_deref,
    reason = "small synthetic numbers"
)]

use search::{NeedDoc, Position, What};
use uuid::Uuid;

/// SplitMix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

pub const SERVICES: [(&str, &str, &str); 24] = [
    ("A01", "A", "看护照料"),
    ("A02", "A", "住院陪护"),
    ("A03", "A", "康复训练"),
    ("A04", "A", "委托照料"),
    ("B01", "B", "助餐送餐"),
    ("B02", "B", "助浴"),
    ("B03", "B", "助洁打扫"),
    ("B04", "B", "陪诊取药"),
    ("B05", "B", "代购代办"),
    ("B06", "B", "理发修脚"),
    ("C01", "C", "心理疏导"),
    ("C02", "C", "情绪支持"),
    ("C03", "C", "亲情陪伴"),
    ("D01", "D", "课业辅导"),
    ("D02", "D", "兴趣培养"),
    ("D03", "D", "技能培训"),
    ("E01", "E", "就业指导"),
    ("E02", "E", "岗位推荐"),
    ("F01", "F", "法律援助"),
    ("F02", "F", "政策咨询"),
    ("G01", "G", "适老化改造"),
    ("G02", "G", "家电维修"),
    ("H01", "H", "产业帮扶"),
    ("H02", "H", "人居环境整治"),
];
pub const GROUPS: [(&str, &str); 10] = [
    ("DB", "最低生活保障家庭"),
    ("TK", "特困人员"),
    ("BY", "低保边缘家庭"),
    ("ZC", "支出型困难家庭"),
    ("CJ", "残疾人"),
    ("KJ", "空巢独居老人"),
    ("LS", "困境儿童"),
    ("ZB", "重病患者"),
    ("SY", "失业人员"),
    ("CM", "困难村"),
];
const DISTRICTS: [&str; 16] = [
    "和平区",
    "河东区",
    "河西区",
    "南开区",
    "河北区",
    "红桥区",
    "东丽区",
    "西青区",
    "津南区",
    "北辰区",
    "武清区",
    "宝坻区",
    "滨海新区",
    "宁河区",
    "静海区",
    "蓟州区",
];
const STATES: [&str; 6] = ["draft", "in_review", "published", "published", "published", "closed"];
const PHRASES: [&str; 32] = [
    "子女长期在外地务工",
    "行动不便需要轮椅",
    "每月医药费负担较重",
    "家中只有一张旧床",
    "性格内向不愿出门",
    "希望有人定期上门探望",
    "冬季取暖设备老化",
    "曾经参加过社区活动",
    "孩子成绩下滑需要辅导",
    "去年做过手术仍在恢复",
    "邻居偶尔帮忙买菜",
    "不会使用智能手机",
    "饮食需要少油少盐",
    "夜间需要有人照应",
    "愿意参加手工技能学习",
    "政府救助后仍有困难",
    "政策暂时覆盖不到",
    "住在六层没有电梯",
    "视力下降读不了报纸",
    "需要陪同到医院复查",
    "家庭主要劳动力患病",
    "村内道路缺少照明",
    "农产品销售渠道少",
    "希望学习果树种植技术",
    "每周三次上门服务",
    "每天中午一顿热饭",
    "需要协助洗澡和理发",
    "对陌生人比较戒备",
    "希望由女性志愿者上门",
    "已经享受低保待遇",
    "听力障碍沟通需要耐心",
    "房屋漏雨需要修缮",
];
const RARE: [&str; 200] = {
    let mut words = [""; 200];
    let base = [
        "糖尿病足护理",
        "帕金森步态",
        "尿毒症透析",
        "白内障术后",
        "脊髓损伤",
        "自闭谱系",
        "阿尔茨海默",
        "类风湿关节",
        "助听器调试",
        "假肢适配",
        "轮椅坡道",
        "燃气报警器",
        "防滑扶手",
        "手语翻译",
        "盲文读物",
        "普通话练习",
        "书法班",
        "葫芦丝",
        "二胡伴奏",
        "剪纸课",
        "羊只防疫",
        "大棚滴灌",
        "黑木耳栽培",
        "冷库租用",
        "电商直播",
    ];
    let mut i = 0;
    while i < 200 {
        words[i] = base[i % 25];
        i += 1;
    }
    words
};

/// Need number `i` of a synthetic set.
pub fn need(seed: u64, i: u64) -> NeedDoc {
    let mut rng = Rng(seed ^ i.wrapping_mul(0xD134_2543_DE82_EF95));
    let district = rng.below(16);
    let street = rng.below(18) + 1;
    let village = rng.below(20) + 1;
    let kind = if rng.chance(8) { "village" } else { "household" };
    let state = *rng.pick(&STATES);
    let is_public = state == "published" || (state == "closed" && rng.chance(50));
    let mut services = Vec::new();
    for _ in 0..=rng.below(3) {
        services.push(*rng.pick(&SERVICES));
    }
    let group = *rng.pick(&GROUPS);
    let mut groups = vec![group.0.to_owned()];
    if rng.chance(20) {
        groups.push(rng.pick(&GROUPS).0.to_owned());
    }
    let names: Vec<&str> = services.iter().map(|s| s.2).collect();
    let public_title = format!("{}{}需要{}", DISTRICTS[district], group.1, names[0]);
    let public_text = format!("{}。服务内容：{}。{}。", group.1, names.join("、"), rng.pick::<&str>(&PHRASES));
    let title = format!("{}第{street}街道{}需要{}", DISTRICTS[district], group.1, names[0]);
    let mut text = format!("第{street}街道第{village}社区，{}。服务内容：{}。", group.1, names.join("、"));
    for _ in 0..4 + rng.below(5) {
        text.push_str(*rng.pick::<&str>(&PHRASES));
        text.push('，');
    }
    if rng.chance(25) {
        text.push_str("特别说明：");
        text.push_str(*rng.pick::<&str>(&RARE));
    }
    text.push('。');
    let code = format!("XQ-2026-{i:06}");
    let published_at = if state == "draft" || state == "in_review" {
        0
    } else {
        1_760_000_000_000_000 + (rng.next() % 30_000_000) as i64 * 1_000_000
    };
    let division_code = format!("1201{:02}{street:03}{village:03}", district + 1);
    // Of every third household organizations know the district only.
    let digits = if kind == "village" { 12 } else { [6, 9, 9][(i % 3) as usize] };
    NeedDoc {
        public_words: String::new(),
        words: String::new(),
        areas: Vec::new(),
        what: What::Need,
        id: Uuid::from_u64_pair(i, rng.next()),
        known_division: division_code[..digits].to_owned(),
        division_code,
        kind: kind.to_owned(),
        state: state.to_owned(),
        is_public,
        services: services.iter().map(|s| s.0.to_owned()).collect(),
        service_groups: services.iter().map(|s| s.1.to_owned()).collect(),
        beneficiary_groups: groups,
        urgent: rng.chance(4),
        open_units: rng.chance(60),
        published_at,
        public_card: format!(
            r#"{{"c":"{code}","t":"{public_title}","s":"{state}","p":{published_at},"q":[{}]}}"#,
            rng.below(30)
        ),
        member_card: format!(
            r#"{{"c":"{code}","t":"{title}","s":"{state}","p":{published_at},"q":[{}],"a":"70-79"}}"#,
            rng.below(30)
        ),
        code,
        public_title,
        public_text,
        title,
        text,
    }
}

pub fn needs(seed: u64, n: u64) -> Vec<NeedDoc> {
    (0..n).map(|i| need(seed, i)).collect()
}

pub fn at(n: u64) -> Position {
    Position(0, n, 0)
}
