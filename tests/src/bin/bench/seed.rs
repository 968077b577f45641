//! Many published needs, written straight into storage: the bench measures
//! reading, and the services would take hours for 300,000.

use anyhow::Result;
use domain::calendar::Time;
use domain::machine::{Command, Object};
use domain::need::{AgeBand, Frequency, NeedKind, NeedState, Sex, Source, Urgency};
use domain::role::Role;
use storage::Db;
use storage::base::event::NewEvent;
use storage::needs::need::{Beneficiary, Line, Need};
use uuid::Uuid;

/// A fixed sequence (SplitMix64), so that every run measures the same data.
pub struct Sequence(pub u64);

impl Sequence {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap_or_default()
    }
}

const OPENINGS: &[&str] =
    &["独居老人", "失能老人家庭", "重度残疾人", "困境儿童家庭", "术后恢复期", "低保家庭", "留守老人", "双老家庭"];
const WANTS: &[&str] = &[
    "每天送一顿热饭",
    "每周陪同就医",
    "每月助浴两次",
    "周末照看两小时",
    "功课辅导",
    "居室清扫",
    "康复训练",
    "心理疏导",
    "卫生间扶手改造",
];
const DETAILS: &[&str] = &[
    "子女在外地，平时没人照应。",
    "家里没有淋浴座椅，不敢单独洗澡。",
    "牙口不好，需要软烂少盐。",
    "照料人刚住院，预计十天。",
    "楼层高没有电梯，出门困难。",
    "希望固定同一位服务人员。",
    "已享受低保，政策暂未覆盖这一项。",
];

/// Writes `count` needs, `batch` per transaction.
pub async fn needs(db: &Db, count: usize, now: Time) -> Result<()> {
    let divisions = domain::division::Divisions::bundled();
    let streets: Vec<String> = divisions
        .districts()
        .flat_map(|district| {
            divisions.children(&district.code12).map(|street| street.code12.clone()).collect::<Vec<_>>()
        })
        .collect();
    let services = domain::vocabulary::service_categories();
    let categories: Vec<&str> =
        domain::vocabulary::beneficiary_categories().iter().filter(|c| !c.is_village()).map(|c| c.code).collect();
    let mut random = Sequence(20_261_124);
    let mut written = 0;
    while written < count {
        let mut tx = db.write().await?;
        for _ in 0..2000.min(count - written) {
            let street = &streets[random.below(streets.len())];
            let published = now.plus_minutes(-i64::try_from(random.below(200 * 1440)).unwrap_or_default());
            let id = Uuid::from_u64_pair(random.next(), random.next());
            let title = format!("{}：{}", OPENINGS[random.below(OPENINGS.len())], WANTS[random.below(WANTS.len())]);
            let description = (0..3).map(|_| DETAILS[random.below(DETAILS.len())]).collect::<String>();
            let closed = random.below(10) < 3;
            let need = Need {
                id,
                code: domain::code::format(
                    &domain::code::series(domain::code::Prefix::Need, street, 2026),
                    i64::try_from(written).unwrap_or_default() + 1,
                ),
                kind: NeedKind::Household,
                division_code: street.clone(),
                title,
                description,
                responsible_person: String::new(),
                requirements: "上门前先打电话".into(),
                aid_given: "低保金".into(),
                gap: "日常照料".into(),
                age_band: Some(AgeBand::From70),
                sex: Some(Sex::Female),
                urgency: if random.below(50) == 0 { Urgency::Urgent } else { Urgency::Normal },
                source: Source::Patrol,
                source_no: None,
                valid_until: None,
                state: NeedState::Draft,
                close_reason: None,
                close_note: None,
                cycle: 1,
                author_id: None,
                submitter_id: None,
                publisher_id: None,
                created_at: published,
                submitted_at: None,
                published_at: None,
                closed_at: None,
                due_at: None,
                escalation: 0,
                merged_into: None,
                import_id: None,
                updated_at: published,
                version: 1,
            };
            storage::needs::need::insert(&mut tx, &need).await?;
            let mut need = need;
            need.state = if closed { NeedState::Closed } else { NeedState::Published };
            need.published_at = Some(published);
            if closed {
                need.close_reason = Some(domain::need::CloseReason::MetFull);
                need.closed_at = Some(published.plus_days(5));
            }
            storage::needs::need::update(&mut tx, &need, published).await?;
            for position in 0..=i64::try_from(random.below(2)).unwrap_or_default() {
                let service = &services[random.below(25)];
                let line = Line {
                    id: Uuid::from_u64_pair(random.next(), random.next()),
                    need_id: id,
                    cycle: 1,
                    position,
                    service_code: service.code.to_owned(),
                    quantity: i64::try_from(random.below(14)).unwrap_or_default() + 1,
                    unit: "次".into(),
                    per: Frequency::Week,
                    starts_on: None,
                    ends_on: None,
                    note: String::new(),
                    taken: 0,
                    taken_at: None,
                    made_up_of: None,
                    open_from: None,
                };
                storage::needs::need::insert_line(&mut tx, &line).await?;
            }
            let category = categories[random.below(categories.len())];
            storage::needs::need::insert_beneficiary(
                &mut tx,
                &Beneficiary {
                    need_id: id,
                    category_code: category.to_owned(),
                    decided_on: None,
                    decided_by: String::new(),
                },
            )
            .await?;
            let event = NewEvent {
                at: published,
                actor_id: None,
                actor_role: Role::System,
                origin: "bench",
                object: Object::Need,
                object_id: id,
                need_id: Some(id),
                division_code: street.clone(),
                organization_id: None,
                command: Command::NeedPublish,
                from_state: Some("in_review"),
                to_state: "published",
                reason: None,
                data: serde_json::json!({}),
            };
            storage::base::event::append(&mut tx, &event).await?;
            written += 1;
        }
        tx.commit().await?;
    }
    Ok(())
}
