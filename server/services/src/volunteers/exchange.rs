//! The exchange file of a team's records for the national volunteer system, with every field of the record rules
//! (民政部令第67号 articles 7 to 10), in three parts: services with their evaluation, trainings, awards.

use crate::base::trail;
use crate::boxed;
use crate::volunteers::certificate::span;
use crate::volunteers::training::team_for;
use crate::{Ctx, Error, Result};
use domain::calendar::day_words;
use domain::field::Check;
use domain::machine::Command;
use serde_json::json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use storage::Tx;
use storage::volunteers::evaluation::Evaluation;
use storage::volunteers::hours::Record;
use storage::volunteers::team::Team;
use storage::volunteers::volunteer::{Volunteer, VolunteerFile};
use uuid::Uuid;

/// Who somebody is (article 7, 1): the first fields of every part.
const PERSON: [&str; 9] =
    ["志愿者编号", "姓名", "性别", "出生日期", "身份证件号码", "居住区域", "联系方式", "专业技能", "服务类别"];

/// Fields of a service record with its evaluation, in the order of the rules.
pub const SERVICES: [&str; 20] = [
    PERSON[0],
    PERSON[1],
    PERSON[2],
    PERSON[3],
    PERSON[4],
    PERSON[5],
    PERSON[6],
    PERSON[7],
    PERSON[8],
    "活动名称",
    "日期",
    "地点",
    "服务内容",
    "服务时间（小时）",
    "组织单位",
    "活动负责人",
    "服务质量评价",
    "评价日期",
    "记录编号",
    "说明",
];

/// Fields of a training record.
pub const TRAININGS: [&str; 9] =
    [PERSON[0], PERSON[1], PERSON[4], "培训名称", "主要内容", "学习时长（小时）", "举办单位", "日期", "记录编号"];

/// Fields of an award.
pub const AWARDS: [&str; 7] = [PERSON[0], PERSON[1], PERSON[4], "表彰奖励名称", "日期", "授予单位", "记录编号"];

/// One part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Services,
    Trainings,
    Awards,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Services, Self::Trainings, Self::Awards];

    /// As addresses name it; anything else is the services.
    pub fn parse(text: &str) -> Self {
        match text {
            "trainings" => Self::Trainings,
            "awards" => Self::Awards,
            _ => Self::Services,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Trainings => "trainings",
            Self::Awards => "awards",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Services => "服务记录",
            Self::Trainings => "培训记录",
            Self::Awards => "表彰记录",
        }
    }

    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Services => &SERVICES,
            Self::Trainings => &TRAININGS,
            Self::Awards => &AWARDS,
        }
    }
}

/// The parts of a team's file that were asked for, each with its rows.
pub struct File {
    pub team: Team,
    pub parts: Vec<(Part, Vec<Vec<String>>)>,
}

/// People of the file, each read once.
struct People<'a> {
    ctx: &'a Ctx,
    known: HashMap<Uuid, (Volunteer, VolunteerFile)>,
    leaders: HashMap<Uuid, String>,
}

impl People<'_> {
    async fn get(&mut self, tx: &mut Tx, id: Uuid) -> Result<&(Volunteer, VolunteerFile)> {
        match self.known.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(slot) => {
                let v = storage::volunteers::volunteer::by_id(tx, id).await?.ok_or(Error::NotFound)?;
                let file = storage::volunteers::volunteer::file(self.ctx.services.db.sealer(), &v)?;
                Ok(slot.insert((v, file)))
            }
        }
    }

    /// Who led: a volunteer by name, anybody else by the post.
    async fn leader(&mut self, tx: &mut Tx, account: Uuid) -> Result<String> {
        if let Some(name) = self.leaders.get(&account) {
            return Ok(name.clone());
        }
        let name = match storage::volunteers::volunteer::by_account(tx, account).await? {
            Some(v) => {
                let file = storage::volunteers::volunteer::file(self.ctx.services.db.sealer(), &v)?;
                if file.name.is_empty() { v.number } else { file.name }
            }
            None => storage::people::account::by_id(tx, account).await?.map(|a| a.display_name).unwrap_or_default(),
        };
        self.leaders.insert(account, name.clone());
        Ok(name)
    }
}

/// Rows of a team's records between two days (empty: open). A personal file: a fresh proof is asked, and who took it goes
/// on record.
#[boxed]
pub async fn read(ctx: &Ctx, team_code: &str, from: &str, until: &str, parts: &[Part]) -> Result<File> {
    ctx.fresh()?;
    let mut check = Check::new();
    let days = span(&mut check, from, until, ctx.now().day());
    check.done()?;
    let mut tx = ctx.services.db.read().await?;
    let team = team_for(ctx, &mut tx, team_code, Command::TeamExport).await?;
    let mut people = People { ctx, known: HashMap::new(), leaders: HashMap::new() };
    let mut all = Vec::new();
    for part in parts {
        let rows = match part {
            Part::Services => services(ctx, &mut tx, &team, days, &mut people).await?,
            Part::Trainings => trainings(&mut tx, &team, days, &mut people).await?,
            Part::Awards => awards(&mut tx, &team, days, &mut people).await?,
        };
        all.push((*part, rows));
    }
    drop(tx);
    let count = all.iter().map(|(_, rows)| rows.len()).sum();
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    let data = json!({ "team": team.code, "from": days.0, "until": days.1, "parts": names });
    let about = trail::About { object: team.id, organization: team.organization_id, data, ..trail::About::default() };
    trail::export(ctx, "志愿服务记录", count, about).await?;
    Ok(File { team, parts: all })
}

type Days = (chrono::NaiveDate, chrono::NaiveDate);
type Rows = Vec<Vec<String>>;

async fn services(ctx: &Ctx, tx: &mut Tx, team: &Team, days: Days, people: &mut People<'_>) -> Result<Rows> {
    let evaluations: HashMap<Uuid, Evaluation> =
        storage::volunteers::evaluation::of_team(tx, team.id).await?.into_iter().map(|e| (e.signup_id, e)).collect();
    let mut rows = Vec::new();
    for r in storage::volunteers::certificate::of_team(tx, team.id, days.0, days.1).await? {
        let lead = match r.lead_id {
            Some(id) => people.leader(tx, id).await?,
            None => String::new(),
        };
        let (v, file) = people.get(tx, r.volunteer_id).await?;
        rows.push(service_row(ctx, &r, v, file, lead, evaluations.get(&r.signup_id)));
    }
    Ok(rows)
}

async fn trainings(tx: &mut Tx, team: &Team, days: Days, people: &mut People<'_>) -> Result<Rows> {
    let mut rows = Vec::new();
    for a in storage::volunteers::training::attended_in_team(tx, team.id, days.0, days.1).await? {
        let (v, file) = people.get(tx, a.volunteer_id).await?;
        let t = a.training;
        let hours = domain::hours::decimal(t.minutes);
        let person = [v.number.clone(), file.name.clone(), file.id_number.clone()];
        rows.push(
            person.into_iter().chain([t.name, t.content, hours, t.host, t.day.to_string(), t.id.to_string()]).collect(),
        );
    }
    Ok(rows)
}

async fn awards(tx: &mut Tx, team: &Team, days: Days, people: &mut People<'_>) -> Result<Rows> {
    let mut rows = Vec::new();
    for a in storage::volunteers::award::in_team(tx, team.id, days.0, days.1).await? {
        let (v, file) = people.get(tx, a.volunteer_id).await?;
        let person = [v.number.clone(), file.name.clone(), file.id_number.clone()];
        rows.push(person.into_iter().chain([a.name, a.day.to_string(), a.granted_by, a.id.to_string()]).collect());
    }
    Ok(rows)
}

fn service_row(
    ctx: &Ctx,
    r: &Record,
    v: &Volunteer,
    file: &VolunteerFile,
    lead: String,
    said: Option<&Evaluation>,
) -> Vec<String> {
    let skills = v.skills().iter().map(|s| s.label()).collect::<Vec<_>>().join("、");
    let services =
        v.services().iter().map(|code| crate::finding::hall::service_name(code)).collect::<Vec<_>>().join("、");
    let note = if r.supersedes.is_some() { "更正后的记录" } else { "" };
    vec![
        v.number.clone(),
        file.name.clone(),
        file.sex.map(|sex| sex.label().to_owned()).unwrap_or_default(),
        file.birth.map(day_words).unwrap_or_default(),
        file.id_number.clone(),
        ctx.services.place(&v.division_code),
        file.phone.clone(),
        skills,
        services,
        r.title.clone(),
        r.day.to_string(),
        r.place.clone(),
        r.content.clone(),
        domain::hours::decimal(r.minutes),
        r.unit.clone(),
        lead,
        said.map(|e| domain::record::stars_words(e.stars)).unwrap_or_default(),
        said.map(|e| e.day.to_string()).unwrap_or_default(),
        r.id.to_string(),
        note.to_owned(),
    ]
}
