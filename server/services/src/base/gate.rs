//! The publish gate at work: what is known about a text ([`about`]), and the
//! mistakes of a form. The rules themselves stand in [`domain::gate`].
//!
//! Every text that somebody outside the owning office may read goes through
//! [`mistakes`]; texts about one household go through [`hold`] as well, which
//! knows the sealed file. A claim's own words are held against the general
//! rules only: an organization that has not been let in must not learn from a
//! refusal what the file holds.

use crate::base::work::Work;
use crate::{Fields, Result};
use domain::field::Check;
use domain::form::FieldAt;
pub use domain::gate::{About, Finding, Place, Rule, Sealed, check, mend, mend_marked, mistakes};
use domain::machine::{Command, Object};
use domain::need::{AgeBand, NeedKind};
use domain::resident_id::ResidentId;
use domain::role::Role;
use storage::needs::need::Need;
use storage::needs::need_file::NeedFile;

/// What is known about a household's or village's text while it is written.
pub fn about(kind: NeedKind, minor: bool, file: Option<&NeedFile>) -> About {
    About {
        place: if kind == NeedKind::Village { Place::Village } else { Place::Household },
        minor,
        sealed: file.map(sealed).unwrap_or_default(),
    }
}

/// A text about an organization, read by everybody.
pub fn about_organization() -> About {
    About::new(Place::Organization)
}

/// A text about a household whose file the writer may not know.
pub fn about_somebody() -> About {
    About::new(Place::Household)
}

/// The same as the entry form holds it.
pub fn about_fields(fields: &Fields) -> About {
    let value = |name: &str| crate::needs::need_form::value(fields, name);
    let kind = value("kind").parse().unwrap_or(NeedKind::Household);
    let by_category = fields.iter().filter(|(name, _)| name == "beneficiary").any(|(_, code)| {
        domain::vocabulary::beneficiary(code).is_some_and(domain::vocabulary::BeneficiaryCategory::is_minor)
    });
    let minor = by_category || value("age_band").parse().is_ok_and(AgeBand::is_minor);
    about(kind, minor, Some(&crate::needs::need_form::file_of(fields)))
}

/// The values of a file that must not come back in a public text.
fn sealed(file: &NeedFile) -> Sealed {
    let cut = |text: &str| {
        text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '·' | '-')))
            .map(ToOwned::to_owned)
            .collect::<Vec<String>>()
    };
    let mut out = Sealed::default();
    let mut take = |text: &str, whole: bool| {
        for part in cut(text) {
            let digits = part.chars().filter(char::is_ascii_digit).count();
            if ResidentId::parse(&part).is_ok() {
                out.id_numbers.push(part);
            } else if digits >= 7 {
                out.phones.push(part);
            } else if digits == 0 && (whole || (2..=4).contains(&part.chars().count())) && !is_kin(&part) {
                out.names.push(part);
            }
        }
    };
    take(&file.name, true);
    take(&file.guardian, false);
    take(&file.members, false);
    out.id_numbers.push(file.id_number.clone());
    out.phones.push(file.phone.clone());
    out.phones.extend(file.other_phones.iter().cloned());
    out.addresses.push(file.address.clone());
    for list in [&mut out.names, &mut out.id_numbers, &mut out.phones, &mut out.addresses] {
        list.retain(|value| !value.trim().is_empty());
    }
    out
}

/// Words of kinship in a guardian's field are no names.
fn is_kin(part: &str) -> bool {
    const KIN: [&str; 34] = [
        "父亲",
        "母亲",
        "父母",
        "儿子",
        "女儿",
        "丈夫",
        "妻子",
        "配偶",
        "祖父",
        "祖母",
        "爷爷",
        "奶奶",
        "外祖父",
        "外祖母",
        "姥姥",
        "姥爷",
        "哥哥",
        "姐姐",
        "弟弟",
        "妹妹",
        "叔叔",
        "姑姑",
        "舅舅",
        "姨妈",
        "侄子",
        "侄女",
        "孙子",
        "孙女",
        "儿媳",
        "女婿",
        "监护人",
        "村委会",
        "居委会",
        "民政局",
    ];
    KIN.contains(&part) || part.ends_with("委会") || part.ends_with("民政局") || part.ends_with("街道")
}

/// A text of a form: read and held against the general rules.
pub(crate) fn general(check: &mut Check, field: &str, label: &str, text: &str) {
    check.extend(mistakes(field, label, text, &about_somebody()));
}

/// Whether the reason of a command is read across the boundary between the
/// office and an organization, or between two organizations. An organization's
/// words on its own claim are held against the general rules only.
pub(crate) fn crosses(command: Command, role: Role) -> bool {
    let object = matches!(
        command.object(),
        Object::Claim | Object::Pairing | Object::Delivery | Object::Verification | Object::Transfer | Object::Consent
    );
    let stranger = role.is_organization() && command.object() == Object::Claim;
    object && !stranger && role != Role::System && command != Command::PairingDisclose
}

/// The form field that a command's reason was typed into.
pub(crate) fn reason_field(command: Command) -> FieldAt {
    use domain::form::aid::{claim, pairing};
    let field = match command {
        Command::ClaimAsk => claim::QUESTION,
        Command::ClaimAnswer => claim::ANSWER,
        Command::PairingStart => pairing::NOTE,
        _ => pairing::PAUSE,
    };
    field.labelled("填写的内容")
}

/// Holds texts about a need against its sealed file, once the need is loaded
/// and the writer is known to be of its office or paired with it.
pub(crate) async fn hold(work: &mut Work<'_>, need: &Need, texts: &[(FieldAt, &str)]) -> Result<()> {
    let file = storage::needs::need_file::load(&mut work.tx, work.ctx.services.db.sealer(), need.id).await?;
    let about = about(need.kind, need.age_band.is_some_and(AgeBand::is_minor), file.as_ref());
    let mut check = Check::about(about);
    for (field, text) in texts {
        check.gate(field, text);
    }
    Ok(check.done()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_names_and_numbers() {
        let file = NeedFile {
            name: "示例甲".into(),
            guardian: "女儿 示例乙，13800000001".into(),
            members: "示例丙、示例丁".into(),
            phone: "13800000002".into(),
            address: "河东区鲁山道街道示例里6号楼2门101".into(),
            ..NeedFile::default()
        };
        let sealed = sealed(&file);
        assert_eq!(sealed.names, ["示例甲", "示例乙", "示例丙", "示例丁"]);
        assert_eq!(sealed.phones, ["13800000001", "13800000002"]);
        let about = about(NeedKind::Household, false, Some(&file));
        let text = "示例甲和示例丙同住";
        assert_eq!(check(text, &about).len(), 2);
    }
}
