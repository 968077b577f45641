//! Who plays: offices of all sixteen districts, their clerks, sixty organizations.

use super::people;
use super::random::Chance;
use domain::division::{Divisions, Kind, Level};
use domain::role::{Actor, Role};
use services::people::account::NewAccount;
use services::supply::organization::Input;
use services::{Ctx, Result, Services};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The passphrase of every demo account; shown on the sign-in page in demo mode only.
pub const PASSWORD: &str = "haihe-liang-an-linli-2026";

/// 河东区 and its street 鲁山道街道, where the demo accounts work.
pub const HOME_DISTRICT: &str = "120102";
pub const HOME_STREET: &str = "120102012";
const NEXT_STREET: &str = "120102002";

pub struct District {
    pub code: String,
    pub name: String,
    pub officers: [Actor; 2],
    /// Places in [`Cast::streets`].
    pub streets: Vec<usize>,
}

pub struct Street {
    pub district: usize,
    pub code: String,
    pub clerks: [Actor; 2],
    /// Twelve digits of communities and villages.
    pub communities: Vec<String>,
    pub villages: Vec<String>,
    /// A village worker and the place it answers for.
    pub worker: Option<(String, Actor)>,
}

pub struct Organization {
    pub id: Uuid,
    pub uscc: String,
    pub services: Vec<&'static str>,
    /// Six digits each, or `12` for the city.
    pub areas: Vec<String>,
    pub home: String,
    pub admin: Actor,
    pub worker: Actor,
    /// Claims from the beginning; the others apply, wait, or were refused.
    pub plays: bool,
}

pub struct Cast {
    pub districts: Vec<District>,
    pub streets: Vec<Street>,
    pub organizations: Vec<Organization>,
    pub actors: HashMap<Uuid, Actor>,
    /// One hash for every account.
    hash: String,
}

/// Organizations in all, and those of them that claim from the beginning.
pub const ORGANIZATIONS: usize = FIRST.len();
pub const PLAYING: usize = 50;

impl Cast {
    pub fn home_street(&self) -> usize {
        self.streets.iter().position(|street| street.code == HOME_STREET).unwrap_or_default()
    }

    /// Organizations that serve a district with one of the services, those at home there first.
    pub fn fitting(&self, chance: &Chance, district: &str, services: &[&str]) -> Vec<usize> {
        let serves = |o: &Organization| o.areas.iter().any(|area| district.starts_with(area.as_str()));
        let mut found: Vec<usize> = (0..self.organizations.len())
            .filter(|at| {
                let o = &self.organizations[*at];
                o.plays && serves(o) && o.services.iter().any(|service| services.contains(service))
            })
            .collect();
        if found.is_empty() {
            found = (0..self.organizations.len()).filter(|at| self.organizations[*at].plays).collect();
        }
        chance.shuffle(&mut found);
        found.sort_by_key(|at| self.organizations[*at].home != district);
        found
    }
}

/// Kinds of organizations: (first two digits, end of the name, services, what it says it does).
const KINDS: &[(&str, &str, &[&str], &str)] = &[
    (
        "52",
        "社工服务中心",
        &["B01", "B02", "C01", "C02", "C03", "D01", "D02", "D03", "D05", "A02"],
        "困难群众走访、个案帮扶、政策咨询和日常照料协调",
    ),
    (
        "52",
        "养老服务中心",
        &["A01", "A05", "B01", "B02", "B03", "B04", "C01", "C03", "A04"],
        "居家养老、助餐助浴和定期探访",
    ),
    ("52", "康复护理服务中心", &["A01", "A03", "A05", "B03", "B04", "A02"], "居家康复训练、护理指导和送医陪护"),
    (
        "51",
        "志愿服务协会",
        &["B01", "B02", "B04", "C01", "C03", "C07", "F02", "A02"],
        "组织志愿者开展助老、助残和学业陪伴",
    ),
    ("52", "青少年发展服务中心", &["C02", "C04", "C05", "C07", "D02", "F02"], "困境儿童学业辅导、亲情陪伴和成长支持"),
    ("52", "心理关爱服务中心", &["C02", "C03", "C04", "D01", "D02"], "心理疏导、哀伤辅导和危机干预"),
    ("52", "助残服务中心", &["A01", "A03", "B02", "B04", "B07", "C04", "C05"], "居家托养、出行协助和就业能力训练"),
    (
        "53",
        "公益基金会",
        &["F01", "F02", "C06", "C05", "B07", "E02", "E04", "E07"],
        "物资援助、居室改善和困难家庭发展项目",
    ),
    ("51", "社区互助促进会", &["B01", "B02", "B06", "C01", "C04", "C06", "F02", "D05"], "邻里互助、应急帮扶和资源链接"),
    (
        "52",
        "乡村发展服务中心",
        &["E01", "E02", "E03", "E04", "E05", "E06", "E07", "E08", "C05", "C01", "C07"],
        "村级产业、技能培训、文化活动和环境整治",
    ),
];

const FIRST: &[&str] = &[
    "津邻",
    "沽畔",
    "海棠里",
    "和晓",
    "春桥",
    "晨禾",
    "润邻",
    "知暖",
    "同檐",
    "守望里",
    "星槎",
    "青芦",
    "向阳渡",
    "明堂",
    "汇安",
    "惠泽里",
    "爱予",
    "乐帆",
    "初苗",
    "益禾",
    "拾光",
    "暖檐",
    "橙帆",
    "长乐渡",
    "云帆里",
    "百合苑",
    "邻光",
    "金穗",
    "蓟野",
    "渔阳里",
    "潮白渡",
    "七里海畔",
    "团泊",
    "杨柳岸",
    "大运河畔",
    "子牙里",
    "独流渡",
    "盘山脚",
    "宝坻原",
    "泰达里",
    "北塘渡",
    "军粮里",
    "小站禾",
    "双港里",
    "咸水渡",
    "天穆里",
    "宜兴渡",
    "丁字沽畔",
    "西沽里",
    "三岔口",
    "鼓楼旁",
    "水上里",
    "体院旁",
    "梅江畔",
    "挂甲里",
    "天塔旁",
    "五大道旁",
    "劝业里",
    "金钢渡",
    "意风里",
];

/// Every account of the fill; the first hash serves all.
struct Accounts<'a> {
    ctx: &'a Ctx,
    hash: &'a str,
    actors: HashMap<Uuid, Actor>,
}

impl Accounts<'_> {
    async fn add(
        &mut self,
        username: &str,
        name: &str,
        role: Role,
        scope: &str,
        organization: Option<Uuid>,
    ) -> Result<Actor> {
        let new = NewAccount {
            username: username.to_owned(),
            password: String::new(),
            display_name: name.to_owned(),
            role,
            scope: scope.to_owned(),
            organization_id: organization,
        };
        let id = services::people::account::create_hashed(self.ctx, &new, self.hash.to_owned()).await?;
        let actor = Actor { account_id: Some(id), role, scope: scope.to_owned(), organization_id: organization };
        self.actors.insert(id, actor.clone());
        Ok(actor)
    }
}

/// Makes all accounts and lets the organizations apply.
pub async fn gather(services: &Arc<Services>, chance: &Chance) -> Result<Cast> {
    let ctx = Ctx::new(services, Actor::system(), "demo");
    let hash = services.passwords.hash(PASSWORD).await?;
    let mut accounts = Accounts { ctx: &ctx, hash: &hash, actors: HashMap::new() };
    let divisions = services.divisions();
    accounts.add("shi", "社会救助处1号岗", Role::City, "12", None).await?;
    let (mut districts, mut streets) = (Vec::new(), Vec::new());
    for (at, district) in divisions.districts().enumerate() {
        let code = district.prefix().to_owned();
        let user = |n: usize| if code == HOME_DISTRICT { format!("hedong{n}") } else { format!("q{code}-{n}") };
        let officers = [
            accounts.add(&user(1), "社会救助科1号岗", Role::District, &code, None).await?,
            accounts.add(&user(2), "社会救助科2号岗", Role::District, &code, None).await?,
        ];
        let mut own = Vec::new();
        for street in choose_streets(&divisions, &code) {
            own.push(streets.len());
            streets.push(office(&mut accounts, &divisions, at, &street).await?);
        }
        districts.push(District { code, name: district.name.clone(), officers, streets: own });
    }
    let actors = accounts.actors;
    let mut cast = Cast { districts, streets, organizations: Vec::new(), actors, hash };
    for number in 0..PLAYING {
        enter(&ctx, &mut cast, chance, number).await?;
    }
    Ok(cast)
}

/// Three or four streets of a district: in the country such with villages.
fn choose_streets(divisions: &Divisions, district: &str) -> Vec<String> {
    let with_villages = |code: &str| divisions.children(code).filter(|v| v.kind.is_rural()).count() >= 6;
    let all: Vec<&domain::division::Division> = divisions
        .children(district)
        .filter(|street| street.level == Level::Street && divisions.children(&street.code12).next().is_some())
        .collect();
    let mut chosen: Vec<String> = Vec::new();
    if district == HOME_DISTRICT {
        chosen.extend([HOME_STREET.to_owned(), NEXT_STREET.to_owned()]);
    }
    let towns = all.iter().filter(|s| s.kind != Kind::QuasiStreet && with_villages(&s.code12)).take(2);
    let urban = all.iter().filter(|s| s.kind == Kind::Subdistrict && !with_villages(&s.code12));
    for street in towns.chain(urban).chain(all.iter()) {
        let code = street.prefix().to_owned();
        if chosen.len() < 4 && !chosen.contains(&code) {
            chosen.push(code);
        }
    }
    chosen
}

async fn office(accounts: &mut Accounts<'_>, divisions: &Divisions, district: usize, code: &str) -> Result<Street> {
    let user = |n: usize| match code {
        HOME_STREET => format!("lushandao{n}"),
        NEXT_STREET => format!("dazhigu{n}"),
        _ => format!("j{code}-{n}"),
    };
    let clerks = [
        accounts.add(&user(1), "民政科1号岗", Role::Street, code, None).await?,
        accounts.add(&user(2), "民政科2号岗", Role::Street, code, None).await?,
    ];
    let below = |rural: bool| -> Vec<String> {
        divisions.children(code).filter(|v| v.kind.is_rural() == rural).map(|v| v.code12.clone()).collect()
    };
    let (communities, villages) = (below(false), below(true));
    let worker = match (code, communities.first()) {
        (HOME_STREET, Some(place)) => {
            let actor = accounts.add("lushandao-shequ", "社区民政岗", Role::VillageWorker, place, None).await?;
            Some((place.clone(), actor))
        }
        _ => None,
    };
    Ok(Street { district, code: code.to_owned(), clerks, communities, villages, worker })
}

/// Lets one organization apply, with an account for its head and one for a worker.
pub async fn enter(ctx: &Ctx, cast: &mut Cast, chance: &Chance, number: usize) -> Result<()> {
    let districts = &cast.districts;
    let home = districts.iter().position(|d| d.code == HOME_DISTRICT).unwrap_or_default();
    // The first three work in the home district; then round and round through all.
    let district = if number < 3 { home } else { number % districts.len() };
    let kind = match number {
        0..3 => number,
        // The districts in the country stand last.
        _ if district >= 9 && number.is_multiple_of(2) => KINDS.len() - 1,
        _ => (number * 7 + number / 10) % KINDS.len(),
    };
    let (prefix, end, offered, scope) = KINDS[kind];
    let code = districts[district].code.clone();
    let mut areas = vec![code.clone()];
    if prefix == "53" {
        areas = vec!["12".to_owned()];
    } else if number >= 3 {
        areas.push(districts[(district + 1) % districts.len()].code.clone());
        if chance.percent(40) {
            areas.push(districts[chance.below(districts.len())].code.clone());
        }
        areas.dedup();
    }
    let uscc = people::uscc(prefix, if prefix == "53" { "120000" } else { &code }, number + 101);
    let name = format!("{}示例{end}", FIRST[number % FIRST.len()]);
    let input = Input {
        uscc: uscc.clone(),
        name,
        division_code: code.clone(),
        business_scope: scope.to_owned(),
        service_codes: offered.iter().map(ToString::to_string).collect(),
        area_codes: areas.clone(),
    };
    let id = services::supply::organization::apply(ctx, &input).await?;
    let user = match number {
        0 => "jinlin".to_owned(),
        1 => "gupan".to_owned(),
        _ => format!("zz{}", number + 1),
    };
    let mut accounts = Accounts { ctx, hash: &cast.hash, actors: HashMap::new() };
    let admin = accounts.add(&user, "机构负责人", Role::OrgAdmin, "", Some(id)).await?;
    let worker = accounts.add(&format!("{user}-1"), "服务人员1号岗", Role::OrgWorker, "", Some(id)).await?;
    cast.actors.extend(accounts.actors);
    let plays = number < PLAYING;
    cast.organizations.push(Organization {
        id,
        uscc,
        services: offered.to_vec(),
        areas,
        home: code,
        admin,
        worker,
        plays,
    });
    Ok(())
}

/// What the sign-in page of the demo shows: role, account, password, what to try.
pub fn accounts_for_show() -> Vec<[String; 4]> {
    [
        ("街镇工作人员", "lushandao1", "鲁山道街道：今天到期和超期的事、认领答复、指派核验、登记新需求"),
        ("街镇工作人员（另一位）", "lushandao2", "鲁山道街道：指派给自己的核验；登记人、核验人、办结人要分开"),
        ("村居工作人员", "lushandao-shequ", "鲁山道街道的一个社区：走访登记、确认服务记录"),
        ("街镇工作人员（另一街道）", "dazhigu1", "大直沽街道：抽查复核，看不到别的街道的档案"),
        ("区民政局工作人员", "hedong1", "河东区：审核公开、核验社会组织、超期督办"),
        ("区民政局工作人员（另一位）", "hedong2", "河东区：自己登记的不能自己公开，由另一位办理"),
        ("市民政局工作人员", "shi", "全市：十四天无人认领的需求、各区情况"),
        ("社会组织负责人", "jinlin", "津邻示例社工服务中心：答复街道的提问、接受移交、指定服务人员"),
        ("社会组织工作人员", "jinlin-1", "津邻示例社工服务中心：今天的上门、首次联系、记录服务"),
        ("社会组织负责人（另一家）", "gupan", "沽畔示例养老服务中心：搜索需求、认领、报告结果"),
        ("志愿者", "zhiyuan", "我的服务：下一个班次、签到、服务时间、要求更正；报名岗位"),
        ("志愿服务队队长", "duizhang", "鲁山道护绿队：入队申请、报名、签到码、填报时长"),
        ("系统管理员", "guanli", "账号：邀请、停用、启用，发重设密码的链接；看不到任何个案"),
        ("安全管理员", "anquan", "调整岗位和辖区，重置动态码；看不到任何个案"),
        ("审计管理员", "shenji", "查看审计记录；看不到任何个案"),
    ]
    .into_iter()
    .map(|(role, account, what)| [role.to_owned(), account.to_owned(), PASSWORD.to_owned(), what.to_owned()])
    .collect()
}

/// The last account: where it is, the fill came to its end.
pub async fn close(ctx: &Ctx, cast: &Cast) -> Result<()> {
    let mut accounts = Accounts { ctx, hash: &cast.hash, actors: HashMap::new() };
    accounts.add("anquan", "安全管理员", Role::SecurityAdmin, "", None).await?;
    accounts.add("shenji", "审计管理员", Role::AuditAdmin, "", None).await?;
    // Moved to another office: the account is closed, what it did stays under its name.
    accounts.add(GONE, "民政科3号岗", Role::Street, HOME_STREET, None).await?;
    services::people::account::set_active(ctx, GONE, false).await?;
    accounts.add(LAST, "系统管理员", Role::SystemAdmin, "", None).await?;
    Ok(())
}

const GONE: &str = "lushandao3";
pub const LAST: &str = "guanli";
/// The first account of a fill.
pub const FIRST_ACCOUNT: &str = "lushandao1";
