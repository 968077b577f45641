//! The second factor: time-based codes of an authenticator app, recovery codes for a lost telephone.

use crate::base::work::{About, Work};
use crate::boxed;
use crate::people::totp;
use crate::{Ctx, Error, Result, Services};
use domain::calendar::Time;
use domain::machine::Command;
use domain::permission::Record;
use sha2::{Digest, Sha256};
use storage::people::account::Account;
use storage::people::factor::{self, Factor};
use uuid::Uuid;

/// What a wrong code is answered with.
pub(crate) const WRONG: &str = "动态码不对，或已经用过。看手机上现在显示的6位数字，等它换了再填；手机时间要设为自动";

/// Recovery codes given at a time, and characters of each (80 bits).
const CODES: usize = 10;
const CODE_CHARS: usize = 16;

/// A secret as it is shown for setting up an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// In base 32, in groups of four.
    pub key: String,
    /// What the QR code holds.
    pub uri: String,
}

/// How the second factor of an account stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub confirmed_at: Option<Time>,
    pub recovery_left: i64,
    /// A secret that waits for its first code.
    pub waiting: Option<Shown>,
}

fn shown(account: &Account, secret: &[u8]) -> Shown {
    Shown { key: totp::key_words(secret), uri: totp::uri("对接", &account.username, secret) }
}

async fn load(work: &mut Work<'_>, account: Uuid) -> Result<Option<Factor>> {
    Ok(factor::load(&mut work.tx, work.ctx.services.db.sealer(), account).await?)
}

/// Makes a secret that waits for its first code, unless one waits already.
pub(crate) async fn wait(work: &mut Work<'_>, account: Uuid) -> Result<()> {
    if load(work, account).await?.is_some_and(|factor| factor.pending.is_some()) {
        return Ok(());
    }
    renew_pending(work, account).await
}

async fn renew_pending(work: &mut Work<'_>, account: Uuid) -> Result<()> {
    let services = &work.ctx.services;
    let mut secret = [0_u8; totp::SECRET_BYTES];
    services.random.fill(&mut secret);
    Ok(factor::set_pending(&mut work.tx, services.db.sealer(), account, &secret).await?)
}

/// Standing of an account: the own one, or the one at the door.
#[boxed]
pub async fn standing(services: &Services, account: Uuid) -> Result<Standing> {
    let mut tx = services.db.read().await?;
    let found = storage::people::account::by_id(&mut tx, account).await?.ok_or(Error::NotFound)?;
    let factor = factor::load(&mut tx, services.db.sealer(), account).await?;
    let recovery_left = factor::recovery_left(&mut tx, account).await?;
    let waiting = factor.as_ref().and_then(|f| f.pending.as_deref()).map(|secret| shown(&found, secret));
    Ok(Standing { confirmed_at: factor.and_then(|f| f.confirmed_at), recovery_left, waiting })
}

/// Checks a code of the app and spends its time step; `None` when it is wrong or was used.
pub(crate) async fn prove_code(work: &mut Work<'_>, account: Uuid, typed: &str) -> Result<Option<&'static str>> {
    let Some(secret) = load(work, account).await?.and_then(|factor| factor.secret) else { return Ok(None) };
    let Some(step) = totp::find(&secret, typed, work.now) else { return Ok(None) };
    Ok(factor::use_step(&mut work.tx, account, step).await?.then_some("code"))
}

/// Checks a code of the app or a recovery code, and spends it.
pub(crate) async fn prove(work: &mut Work<'_>, account: Uuid, typed: &str) -> Result<Option<&'static str>> {
    if let Some(by) = prove_code(work, account, typed).await? {
        return Ok(Some(by));
    }
    let Some(hash) = recovery_hash(typed) else { return Ok(None) };
    Ok(factor::use_recovery(&mut work.tx, account, &hash, work.now).await?.then_some("recovery"))
}

/// Hash of a typed recovery code; `None` when it is none by its look.
fn recovery_hash(typed: &str) -> Option<Vec<u8>> {
    let text: String =
        domain::text::nfkc(typed).chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    (text.len() == CODE_CHARS).then(|| Sha256::digest(text.as_bytes()).to_vec())
}

/// New recovery codes, shown once: `ABCD-EFGH-IJKL-MNOP`.
async fn recovery(work: &mut Work<'_>, account: Uuid) -> Result<Vec<String>> {
    let mut codes = Vec::with_capacity(CODES);
    let mut hashes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = [0_u8; 10];
        work.ctx.services.random.fill(&mut bytes);
        let text = data_encoding::BASE32_NOPAD.encode(&bytes);
        hashes.push(Sha256::digest(text.as_bytes()).to_vec());
        let parts: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        codes.push(parts.join("-"));
    }
    factor::set_recovery(&mut work.tx, account, &hashes).await?;
    Ok(codes)
}

/// Takes the waiting secret into use with its first code. Gives the recovery codes.
pub(crate) async fn activate_in(work: &mut Work<'_>, account: &Account, typed: &str) -> Result<Vec<String>> {
    work.authorize(Command::AccountFactorSet, &Record::default())?;
    let pending = load(work, account.id).await?.and_then(|factor| factor.pending);
    let secret = pending.ok_or_else(|| Error::rule("请重新打开绑定动态码的页面"))?;
    let Some(step) = totp::find(&secret, typed, work.now) else {
        return Err(Error::field(
            "code",
            "动态码不对。先用手机扫码或输入密钥，再填手机上显示的6位数字；手机时间要设为自动",
        ));
    };
    let sealer = work.ctx.services.db.sealer();
    factor::activate(&mut work.tx, sealer, account.id, &secret, step, work.now).await?;
    let codes = recovery(work, account.id).await?;
    work.stepped(Command::AccountFactorSet, account.state, account.state, account.id, About::default()).await?;
    Ok(codes)
}

async fn own(ctx: &Ctx) -> Result<Account> {
    let mut tx = ctx.services.db.read().await?;
    storage::people::account::by_id(&mut tx, ctx.account()?).await?.ok_or(Error::NotFound)
}

/// Begins to set up an app, also a new one in place of the present: that one goes on until the first code.
#[boxed]
pub async fn begin(ctx: &Ctx) -> Result<()> {
    ctx.fresh()?;
    let id = ctx.account()?;
    let mut work = Work::begin(ctx, Command::AccountFactorSet).await?;
    renew_pending(&mut work, id).await?;
    work.commit("").await
}

/// Takes the new app into use; other sessions end.
#[boxed]
pub async fn activate(ctx: &Ctx, typed: &str) -> Result<Vec<String>> {
    ctx.fresh()?;
    let account = own(ctx).await?;
    let counted = crate::base::limits::second(&ctx.services, account.id).await?;
    let mut work = Work::begin(ctx, Command::AccountFactorSet).await?;
    let codes = activate_in(&mut work, &account, typed).await?;
    counted.was_right(&mut work.tx).await?;
    storage::people::session::end_all(&mut work.tx, account.id, ctx.session_id, work.now).await?;
    work.commit("").await?;
    Ok(codes)
}

/// New recovery codes in place of the old ones.
#[boxed]
pub async fn new_recovery(ctx: &Ctx) -> Result<Vec<String>> {
    ctx.fresh()?;
    let account = own(ctx).await?;
    let mut work = Work::begin(ctx, Command::AccountRecovery).await?;
    work.authorize(Command::AccountRecovery, &Record::default())?;
    if load(&mut work, account.id).await?.is_none_or(|factor| factor.confirmed_at.is_none()) {
        return Err(Error::rule("还没有绑定动态码，先绑定再生成恢复码"));
    }
    let codes = recovery(&mut work, account.id).await?;
    work.stepped(Command::AccountRecovery, account.state, account.state, account.id, About::default()).await?;
    work.commit("").await?;
    Ok(codes)
}
