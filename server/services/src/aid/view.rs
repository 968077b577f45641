//! Reading one need, claim or pairing: a type of its own for each reader.

mod need;
mod pairing;

pub use need::{
    Beneficiary, LineView, MaskedFile, MemberNeed, Need, NeedView, OwnClaim, PairingOn, Proposal, PublicNeed,
    StaffNeed, need, period_words,
};
pub use pairing::{
    Agreed, Delivery, FoundLine, PairingView, PendingTransfer, ReportLine, Verification, Visit, pairing,
};

use crate::base::offers::Offers;
use crate::base::timeline::{self, Depth, Entry};
use crate::base::trail;
use crate::boxed;
use crate::finding::cells;
use crate::finding::hall::{Card, Viewer};
use crate::{Ctx, Error, Result, Services};
use domain::code::is_code;
use domain::need::{NeedKind, NeedState};
use domain::permission::Record;
use storage::aid::claim::{Claim, ClaimLine};
use storage::supply::organization::Organization;
use uuid::Uuid;

/// What a claim or a pairing says of its need, to either side.
#[derive(Clone, Debug)]
pub struct NeedBrief {
    pub code: String,
    pub kind: NeedKind,
    pub title: String,
    pub requirements: String,
    pub urgent: bool,
}

impl NeedBrief {
    fn of(need: Need) -> Self {
        Self {
            urgent: need.is_urgent(),
            code: need.code,
            kind: need.kind,
            title: need.title,
            requirements: need.requirements,
        }
    }
}

/// A claim for its two sides.
#[derive(Clone, Debug)]
pub struct ClaimView {
    /// For its organization with no more of the division than `place` says.
    pub claim: Claim,
    pub lines: Vec<ClaimLine>,
    pub need: NeedBrief,
    pub place: String,
    pub organization: Organization,
    /// Whether the organization registered the need's street among its areas.
    pub serves_here: bool,
    /// (live claims and pairings, completed with success)
    pub record: (i64, i64),
    /// Of its ended pairings: agreed services, and those kept to nine tenths at least.
    pub kept: (i64, i64),
    /// What it has promised elsewhere and how that stands: its pairings that run.
    pub elsewhere: Vec<crate::aid::promise::Promise>,
    pub pairing_code: Option<String>,
    pub timeline: Vec<Entry>,
    /// The parts of a joint claim, the lead's first; empty for a claim of one organization alone.
    pub parts: Vec<crate::aid::joint::Part>,
    pub offers: Offers,
}

/// Reads a claim: its organization, or staff whose scope covers it.
#[boxed]
pub async fn claim(ctx: &Ctx, code: &str) -> Result<ClaimView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let mut claim = storage::aid::claim::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let own = ctx.actor.organization_id == Some(claim.organization_id);
    if !own && !ctx.actor.covers(&claim.division_code) {
        return Err(Error::NotFound);
    }
    let offers = Offers::of(&ctx.actor, claim.state, |_| Record {
        division: Some(&claim.division_code),
        organization: Some(claim.organization_id),
        ..Record::default()
    });
    let lines = storage::aid::claim::lines(&mut tx, claim.id).await?;
    let need = storage::needs::need::by_id(&mut tx, claim.need_id).await?.ok_or(Error::NotFound)?;
    let organization =
        storage::supply::organization::by_id(&mut tx, claim.organization_id).await?.ok_or(Error::NotFound)?;
    let record = storage::supply::organization::load_of(&mut tx, claim.organization_id).await?;
    let pairing_code = storage::aid::pairing::of_claim(&mut tx, claim.id).await?.map(|p| p.code);
    let kept = storage::aid::promise::kept_by(&mut tx, &[claim.organization_id]).await?;
    let kept = kept.first().map_or((0, 0), |kept| (kept.lines, kept.kept));
    let running = storage::aid::pairing::running_of(&mut tx, claim.organization_id).await?;
    let ids: Vec<Uuid> = running.iter().filter(|p| p.claim_id != claim.id).map(|p| p.id).take(40).collect();
    let mut accounts = crate::aid::promise::of_pairings(&mut tx, &ids, ctx.now()).await?;
    // Which households those are is not this reader's to know.
    let elsewhere = ids.iter().filter_map(|id| accounts.remove(id)).collect();
    let parts = crate::aid::joint::view(&mut tx, &claim).await?;
    let told: Vec<_> = storage::base::event::of_need(&mut tx, claim.need_id)
        .await?
        .into_iter()
        .filter(|t| t.event.object_id == claim.id)
        .collect();
    let serves_here = organization.serves(&need.division_code);
    let depth = match (own, &pairing_code) {
        (false, _) => Depth::Staff,
        (true, Some(_)) => Depth::Paired(claim.organization_id),
        (true, None) => Depth::Member(claim.organization_id),
    };
    let timeline = timeline::entries(&ctx.services, &told, depth);
    if own && pairing_code.is_none() {
        let need = cells::Placed::of(&need);
        let known = cells::known_divisions(&ctx.services, &mut tx, &[need], None).await?;
        claim.division_code = known.get(&need.id).cloned().unwrap_or_default();
    }
    let place = ctx.services.place(claim.division_code.get(..9).unwrap_or(&claim.division_code));
    let need = NeedBrief::of(need);
    Ok(ClaimView {
        claim,
        lines,
        need,
        place,
        organization,
        serves_here,
        record,
        kept,
        elsewhere,
        pairing_code,
        timeline,
        parts,
        offers,
    })
}

/// A need as an editor loads it: fields for the form, and the version seen.
pub struct Editable {
    pub code: String,
    pub version: i64,
    pub state: NeedState,
    pub fields: crate::Fields,
}

/// The need of a code, where the actor may edit it.
async fn to_edit(ctx: &Ctx, tx: &mut storage::Tx, code: &str) -> Result<Need> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let need = storage::needs::need::by_code(tx, code).await?.ok_or(Error::NotFound)?;
    if !ctx.actor.covers(&need.division_code) {
        return Err(Error::NotFound);
    }
    domain::permission::authorize(
        &ctx.actor,
        domain::machine::Command::NeedEdit,
        &domain::permission::Record { division: Some(&need.division_code), ..Default::default() },
    )?;
    // Editing is a purpose only while there is something to edit, and the city edits what it entered itself.
    domain::machine::step(need.state, domain::machine::Command::NeedEdit)?;
    if !ctx.role().keeps_files() && need.author_id != ctx.actor.account_id {
        return Err(Error::rule("这条需求由街镇或区登记，市级不改它的档案；要改的请退回登记的单位"));
    }
    Ok(need)
}

/// What the event of a file says that is opened in the form: its purpose is the editing.
fn to_edit_it(need: &Need) -> trail::About {
    trail::About { reason: Some(domain::machine::Command::NeedEdit.label().to_owned()), ..need::about(need) }
}

/// The ledger's row behind a need, word for word: head and cell. Empty for a need that was typed.
#[boxed]
pub async fn ledger_row(ctx: &Ctx, code: &str) -> Result<Vec<(String, String)>> {
    let mut tx = ctx.services.db.read().await?;
    let need = to_edit(ctx, &mut tx, code).await?;
    let file = storage::needs::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?;
    drop(tx);
    let words = file.map(|file| file.ledger_row).unwrap_or_default();
    if !words.is_empty() {
        trail::read(ctx, "file", &need.code, to_edit_it(&need)).await?;
    }
    Ok(words)
}

#[boxed]
pub async fn editable(ctx: &Ctx, code: &str) -> Result<Editable> {
    let mut tx = ctx.services.db.read().await?;
    let need = to_edit(ctx, &mut tx, code).await?;
    let lines = storage::needs::need::lines(&mut tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut tx, need.id).await?;
    let file = storage::needs::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?;
    drop(tx);
    if file.is_some() {
        trail::read(ctx, "file", &need.code, to_edit_it(&need)).await?;
    }
    let fields = crate::needs::need_form::fields_of(&need, &lines, &beneficiaries, file.as_ref());
    Ok(Editable { code: need.code, version: need.version, state: need.state, fields })
}

/// Similar open needs: the same services and people, near first, then in the districts beside, then anywhere.
#[boxed]
pub async fn similar(
    services: &std::sync::Arc<Services>,
    viewer: Viewer<'async_recursion>,
    code: &str,
    kind: NeedKind,
    service_codes: &[String],
) -> Result<Vec<Card>> {
    const SHOWN: usize = 3;
    // The code names the district, which everybody sees: `XQ120102-26-000123`.
    let district = code.get(2..8).unwrap_or_default().to_owned();
    let mut beside = domain::division::neighbours(&district).to_vec();
    beside.push(district.clone());
    let mut found: Vec<Card> = Vec::new();
    for districts in [vec![district], beside, Vec::new()] {
        let query = search::NeedQuery {
            services: service_codes.to_vec(),
            kinds: vec![kind.to_string()],
            districts,
            states: vec!["open".into(), "partial".into()],
            open_only: true,
            limit: SHOWN * 2 + 1,
            facets: false,
            ..search::NeedQuery::default()
        };
        let page = crate::finding::hall::search(services, viewer, query).await?;
        for card in page.cards {
            let own = &card.public().code;
            if own != code && !found.iter().any(|known| known.public().code == *own) {
                found.push(card);
            }
        }
        if found.len() >= SHOWN {
            break;
        }
    }
    found.truncate(SHOWN);
    Ok(found)
}
