//! The supply side on the day of the fill: projects with live capacity, invitations, batches, joint claims,
//! and an organization that is just registering.

use super::cast::{HOME_DISTRICT, HOME_STREET, Organization};
use super::stage::Stage;
use anyhow::Result;
use domain::need::Frequency;
use domain::project::{Measure, is_divisible};
use domain::qualification::required_for;
use domain::role::Actor;
use domain::uscc::Uscc;
use domain::vocabulary::BeneficiaryGroup;
use services::aid::ask::{self, Wanted};
use services::aid::batch::{self, Filter};
use services::aid::{joint, matching};
use services::supply::project;
use services::supply::registration::{self, Step};
use services::{Error, Fields};
use storage::needs::need::Need;

/// Organizations that publish a project.
const PUBLISHING: usize = 36;

/// Titles by service, each with how it helps.
const PROJECTS: &[(&str, &str, &str)] = &[
    ("B01", "热饭到家", "每天中午送一顿热饭上门，软烂少盐；人没应门就打电话、告诉社区。"),
    ("B03", "安心助浴", "两人上门，带洗浴椅和防滑垫，家属或邻居在场。"),
    ("B02", "家里亮堂堂", "每月两次打扫，换床单、擦厨房，顺手看看煤气和插座。"),
    ("C03", "陪您说说话", "固定一位志愿者，每周上门坐一坐，记下身体和情绪的变化。"),
    ("A02", "看病有人陪", "挂号、排队、取药全程陪着，回家把医嘱写清楚。"),
    ("C05", "放学后的书桌", "大学生一对一辅导功课，一学期不换人。"),
    ("D01", "把心事说出来", "心理咨询师每周一次，疏导情绪，必要时转介。"),
    ("A03", "在家练康复", "康复师按方案上门指导，家人跟着学。"),
];

/// Plays what the supply side does.
pub(super) async fn play(stage: &Stage) -> Result<()> {
    stage.clock.set(stage.now);
    projects(stage).await?;
    invitations(stage).await?;
    batches(stage).await?;
    joint_claims(stage).await?;
    registration_begun(stage).await
}

/// What was refused because of the state of things is as in life; anything else stops the fill.
fn went<T>(outcome: services::Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Error::Conflict(_) | Error::Invalid(_) | Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn projects(stage: &Stage) -> Result<()> {
    for (at, organization) in stage.cast.organizations.iter().filter(|o| o.plays).take(PUBLISHING).enumerate() {
        let offered = |code: &str| organization.services.contains(&code);
        let found = PROJECTS.iter().cycle().skip(at).take(PROJECTS.len()).find(|(code, _, _)| offered(code));
        let Some((code, title, summary)) = found.filter(|(code, _, _)| !is_divisible(code)) else { continue };
        let input = project::Input {
            title: (*title).to_owned(),
            summary: (*summary).to_owned(),
            schedule: if at % 2 == 0 { "周一至周五，白天" } else { "每天，白天和傍晚" }.to_owned(),
            services: vec![(*code).to_owned()],
            groups: if at % 3 == 0 {
                Vec::new()
            } else {
                vec![BeneficiaryGroup::LowIncome, BeneficiaryGroup::Destitute]
            },
            areas: organization.areas.clone(),
            qualifications: required_for(code).into_iter().collect(),
            measure: Measure::Households,
            capacity: 6 + i64::try_from(at % 5)? * 4,
            unit: "户".to_owned(),
            per: Frequency::Total,
            each: None,
            starts_on: None,
            ends_on: None,
        };
        let ctx = stage.ctx(&organization.admin);
        if let Some(code) = went(project::publish(&ctx, &input).await)?
            && at == 7
        {
            went(project::pause(&ctx, &code, "厨房检修，下周恢复").await)?;
        }
    }
    Ok(())
}

/// Published needs of a scope with open units, the most pressing first.
async fn open_needs(stage: &Stage, scope: &str, most: i64) -> Result<Vec<Need>> {
    let mut tx = stage.services.db.read().await?;
    let found = storage::needs::need::unclaimed(&mut tx, scope, None, stage.now, 0, most).await?;
    Ok(found.into_iter().map(|waiting| waiting.need).collect())
}

async fn invitations(stage: &Stage) -> Result<()> {
    let street = &stage.cast.streets[stage.cast.home_street()];
    let ctx = stage.ctx(&street.clerks[0]);
    for (at, need) in open_needs(stage, HOME_STREET, 4).await?.into_iter().enumerate() {
        let found = matching::candidates(&ctx, &need.code, None, 2).await?;
        let wanted: Vec<Wanted> =
            found.found.iter().map(|c| Wanted { organization: c.organization, lines: Vec::new() }).collect();
        let note = if at == 0 { "家里没有电梯，希望固定一个人去" } else { "" };
        if wanted.is_empty() || went(ask::send(&ctx, &need.code, &wanted, note).await)?.is_none() {
            continue;
        }
        // One of them cannot, so that the office sees what an answer looks like.
        let asked = ask::of_need(&ctx, &need.code).await?;
        let sent = asked.iter().find(|l| l.ask.state == domain::ask::AskState::Sent);
        let admin = sent.and_then(|l| admin_of(stage, l.ask.organization_id));
        if let (2, Some(sent), Some(admin)) = (at, sent, admin) {
            went(ask::decline(&stage.ctx(admin), sent.ask.id, "too_far", "").await)?;
        }
    }
    Ok(())
}

fn admin_of(stage: &Stage, organization: uuid::Uuid) -> Option<&Actor> {
    stage.cast.organizations.iter().find(|o| o.id == organization).map(|o| &o.admin)
}

/// One batch of the home district that was sent, and one that waits to be looked at.
async fn batches(stage: &Stage) -> Result<()> {
    let Some(district) = stage.cast.districts.iter().find(|d| d.code == HOME_DISTRICT) else { return Ok(()) };
    let ctx = stage.ctx(&district.officers[0]);
    for (urgent_only, sent) in [(true, true), (false, false)] {
        let filter = Filter { urgent_only, per_organization: 2, ..Filter::default() };
        let Some(code) = went(batch::propose(&ctx, HOME_DISTRICT, &filter).await)? else { continue };
        batch::run(&stage.services, &code).await?;
        if sent {
            let window = services::office::lists::Window { offset: 0, limit: 1 };
            let version = batch::view(&ctx, &code, "proposed", window).await?.batch.version;
            if went(batch::send(&ctx, &code, version).await)?.is_some() {
                batch::deliver(&stage.services, &code).await?;
            }
        }
    }
    Ok(())
}

/// Two organizations together, those of the demo accounts where they have room for more: one claim waits for the
/// other's answer, one for the street's.
async fn joint_claims(stage: &Stage) -> Result<()> {
    let playing: Vec<&Organization> = stage.cast.organizations.iter().filter(|o| o.plays).collect();
    let mut pairs = playing.windows(2);
    let Some(&[mut lead, mut member]) = pairs.next() else { return Ok(()) };
    let mut formed = 0;
    for need in open_needs(stage, HOME_DISTRICT, 60).await? {
        let mut tx = stage.services.db.read().await?;
        let lines = storage::needs::need::lines(&mut tx, need.id, need.cycle).await?;
        drop(tx);
        let mut tx = stage.services.db.read().await?;
        // A claim that waits on somebody's desk already is left alone.
        let busy = storage::aid::claim::of_need(&mut tx, need.id).await?.iter().any(|claim| claim.state.is_pending());
        drop(tx);
        let Some(line) = lines.iter().find(|line| !busy && line.remaining() >= 2) else { continue };
        let half = line.remaining() / 2;
        let input = joint::Input {
            lines: vec![(line.id, line.remaining() - half)],
            members: vec![(Uscc::parse(&member.uscc)?, vec![(line.id, half)])],
            plan: "我们负责前半周，对方负责后半周，每次都记录，换班前当面交接。".to_owned(),
            start_on: stage.now.day() + chrono::Days::new(3),
        };
        let first = stage.ctx(&lead.admin);
        let Some(code) = went(joint::form(&first, &need.code, &input).await)? else {
            // Who has as much to do as the rules allow leads nothing more.
            let Some(&[next, beside]) = pairs.next() else { break };
            (lead, member) = (next, beside);
            continue;
        };
        formed += 1;
        // The first waits for the other's answer, the second for the street's.
        if formed == 2 {
            let parts = services::aid::view::claim(&first, &code).await?.parts;
            if let Some(part) = parts.get(1) {
                went(joint::join(&stage.ctx(&member.admin), &part.claim.code).await)?;
            }
            break;
        }
    }
    if formed == 0 {
        tracing::warn!("the demo found no need for a joint claim");
    }
    Ok(())
}

/// An organization that has begun to register and has filled in the first step.
async fn registration_begun(stage: &Stage) -> Result<()> {
    let uscc = Uscc::with_check_digits("52120102MJT99001")?;
    let fields = |pairs: &[(&str, &str)]| -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let phrase = "qing-teng-yun-dian-7788-shan";
    let begun = fields(&[
        ("uscc", uscc.as_str()),
        ("name", "青禾示例社区服务中心"),
        ("account", "qinghe-ruzhu"),
        ("display_name", "办公室主任"),
        ("new_password", phrase),
        ("again", phrase),
        ("agree", "1"),
    ]);
    registration::start(&stage.services, "192.0.2.1", &begun).await?;
    let mut tx = stage.services.db.read().await?;
    let account = storage::people::account::by_username(&mut tx, "qinghe-ruzhu").await?;
    drop(tx);
    if let Some(account) = account {
        let basic = fields(&[
            ("name", "青禾示例社区服务中心"),
            ("division", HOME_DISTRICT),
            ("competent_unit", "河东区民政局"),
            ("founded_on", "2021-04-12"),
            ("business_scope", "社区为老服务、志愿服务组织"),
            ("legal_representative", "示例法人"),
            ("contact_name", "示例联系人"),
            ("contact_phone", "022-00000021"),
        ]);
        registration::save(&stage.ctx(&account.actor()), Step::Basic, &basic).await?;
    }
    Ok(())
}
