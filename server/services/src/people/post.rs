//! What an account must be like: its name, its post, its password, and who may not be one person.

use crate::people::password;
use crate::{Result, Services};
use domain::account::wants_second_factor;
use domain::field::Check;
use domain::form::people::{account as form, password as secret};
use domain::role::Role;
use storage::people::account::{self, Account};
use uuid::Uuid;

/// A name to sign in with: small letters, digits and a few signs.
pub(crate) fn check_username(check: &mut Check, username: &str) -> String {
    let username = domain::text::nfkc(username).trim().to_lowercase();
    if !(3..=40).contains(&username.chars().count())
        || !username.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    {
        check.wrong(form::CHOSEN, "账号用3到40个小写字母、数字、点、横线或下划线");
    }
    username
}

/// Checks that role, scope and organization belong together.
pub(crate) fn check_post(
    services: &Services,
    check: &mut Check,
    role: Role,
    scope: &str,
    organization_id: Option<Uuid>,
) {
    match role.scope_digits() {
        Some(digits) if scope.len() != digits || services.divisions().get(scope).is_none() => {
            check.wrong(form::SCOPE, format!("{}的管辖范围要填{digits}位区划代码", role.label()));
        }
        None if !scope.is_empty() => check.wrong(form::SCOPE, format!("{}不填管辖范围", role.label())),
        _ => {}
    }
    if role.is_organization() != organization_id.is_some() {
        check.wrong(
            form::ORGANIZATION,
            if role.is_organization() {
                "填写所属社会组织的统一社会信用代码"
            } else {
                "工作人员账号不填社会组织"
            },
        );
    }
    if role == Role::System {
        check.wrong(form::ROLE, "不能建立平台自身的账号");
    }
}

/// Fewest characters of a password: fewer suffice beside a second factor (NIST SP 800-63B-4, 3.1.1.2).
pub fn least_chars(services: &Services, role: Role) -> usize {
    let policy = &services.policy;
    if policy.second_factor && wants_second_factor(role) { policy.password_min } else { policy.password_min.max(15) }
}

/// Names that a password of this account may not hold.
pub(crate) async fn context(
    services: &Services,
    username: &str,
    name: &str,
    scope: &str,
    organization: Option<Uuid>,
) -> Result<Vec<String>> {
    let mut words = vec![username.to_owned(), name.to_owned()];
    if !scope.is_empty() {
        words.extend(services.place(scope).split_whitespace().map(ToOwned::to_owned));
    }
    if let Some(id) = organization {
        let mut tx = services.db.read().await?;
        words.extend(storage::supply::organization::by_id(&mut tx, id).await?.map(|o| o.name));
    }
    Ok(words)
}

/// Checks a new password and its repetition (both fields of [`secret`]).
pub(crate) async fn check_new(
    services: &Services,
    check: &mut Check,
    a: &Account,
    new: &str,
    again: &str,
) -> Result<()> {
    let words = context(services, &a.username, &a.display_name, &a.scope, a.organization_id).await?;
    password::check(check, secret::NEW, new, least_chars(services, a.role), &words);
    if new != again {
        check.wrong(secret::AGAIN, "两次输入的新密码不一样，请再输入一次");
    }
    Ok(())
}

/// The three administrators and the holders of case data are different persons: refuses a post whose name stands on
/// an account on the other side already. (Two accounts of one person under two names are for the audit to find.)
pub(crate) async fn check_apart(tx: &mut storage::Tx, check: &mut Check, role: Role, name: &str) -> Result<()> {
    if account::is_elsewhere(tx, name, role, role.is_administrator()).await? {
        check.wrong(
            form::DISPLAY_NAME,
            "这个名字已经有系统、安全、审计管理员或业务岗位的账号；三员之间、三员和业务岗位不能是同一个人",
        );
    }
    Ok(())
}
