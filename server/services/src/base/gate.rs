//! The publish gate at work: what is known about a text ([`about`]), and the
//! mistakes of a form. The rules themselves stand in [`domain::gate`].
//!
//! Every text that somebody outside the owning office may read goes through
//! [`mistakes`]; texts about one household go through `Work::hold` as well, which
//! knows the sealed file. A claim's own words are held against the general
//! rules only: an organization that has not been let in must not learn from a
//! refusal what the file holds.

use crate::Result;

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
    let place = if kind == NeedKind::Village { Place::Village } else { Place::Household };
    About { minor, sealed: file.map(sealed).unwrap_or_default(), ..About::new(place) }
}

/// The values of a file that must not come back in a public text.
fn sealed(file: &NeedFile) -> Sealed {
    let cut = |text: &str| {
        text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '·' | '-') || is_of_a_name(c)))
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

/// Characters that rare names are typed with and that are no letters: radicals,
/// variation selectors, private use.
fn is_of_a_name(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fd5}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{e000}'..='\u{f8ff}')
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

/// Whether the reason of a command is read across the boundary between the
/// office and an organization, or between two organizations. An organization's
/// words on its own claim are held against the general rules only.
pub(crate) fn crosses(command: Command, role: Role) -> bool {
    let object = matches!(
        command.object(),
        Object::Claim | Object::Pairing | Object::Delivery | Object::Verification | Object::Transfer | Object::Consent
    );
    let stranger = role.is_organization() && command.object() == Object::Claim;
    object && !stranger && role != Role::System && !matches!(command, Command::PairingDisclose | Command::NeedDisclose)
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

/// Texts about a need against its sealed file.
pub(crate) fn hold(need: &Need, file: Option<&NeedFile>, texts: &[(FieldAt, &str)]) -> Result<()> {
    // The readers are let in to the needed health notes; a card's own texts are held by [`about_fields`].
    let about =
        About { illness_may_stand: true, ..about(need.kind, need.age_band.is_some_and(AgeBand::is_minor), file) };
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

    #[test]
    fn rare_characters_stay_in_their_name() {
        let file = NeedFile { name: "葛\u{e0100}⼭\u{e123}".into(), ..NeedFile::default() };
        assert_eq!(sealed(&file).names, ["葛\u{e0100}⼭\u{e123}"]);
        let found = check("葛⼭\u{e123}需要送餐", &about(NeedKind::Household, false, Some(&file)));
        assert_eq!(found.len(), 1);
    }
}
