//! What is known already of whom a row speaks of: the need it became before, where it differs from it, and other needs of
//! the same person.

use super::piece;
use super::report::{Difference, Report};
use super::{idle, opened};
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Field, NeedValues};
use domain::machine::Command;
use domain::organization::LedgerKind;
use domain::permission::Record;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use storage::base::sealed::MarkKind;
use storage::needs::import;
use storage::needs::need_file::{self, NeedFile, address_key};
use uuid::Uuid;

/// The fields of a file that a row may bring up to date, with the value in the row; an empty cell says nothing.
fn renewed(values: &NeedValues) -> Vec<(Field, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let phone = values.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default();
    let others: Vec<&str> = values.other_phones.iter().map(domain::phone::Phone::as_str).collect();
    [
        (Field::Phone, phone),
        (Field::OtherPhone, others.join("、")),
        (Field::Address, text(&values.address)),
        (Field::HouseholdSize, values.household_size.map(|size| size.to_string()).unwrap_or_default()),
        (Field::Guardian, text(&values.guardian)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

fn of_file(file: &NeedFile, field: Field) -> String {
    match field {
        Field::Phone => file.phone.clone(),
        Field::OtherPhone => file.other_phones.join("、"),
        Field::Address => file.address.clone(),
        Field::HouseholdSize => file.household_size.map(|size| size.to_string()).unwrap_or_default(),
        Field::Guardian => file.guardian.clone(),
        _ => String::new(),
    }
}

fn take_over(file: &mut NeedFile, field: Field, value: &str) {
    match field {
        Field::Phone => value.clone_into(&mut file.phone),
        Field::OtherPhone => file.other_phones = value.split('、').map(ToOwned::to_owned).collect(),
        Field::Address => value.clone_into(&mut file.address),
        Field::HouseholdSize => file.household_size = value.parse().ok(),
        Field::Guardian => value.clone_into(&mut file.guardian),
        _ => {}
    }
}

fn same(field: Field, one: &str, other: &str) -> bool {
    match field {
        Field::Address => address_key(&domain::text::nfkc(one)) == address_key(&domain::text::nfkc(other)),
        _ => one == other,
    }
}

/// Fields of the file in which a row differs, with the row's value.
fn changed(file: &NeedFile, values: &NeedValues) -> Vec<(Field, String)> {
    let mut all = renewed(values);
    all.retain(|(field, value)| !same(*field, value, &of_file(file, *field)));
    all
}

fn shown(field: Field, value: &str) -> String {
    let phones = |text: &str| {
        let one = |text: &str| domain::phone::Phone::parse(text).map(|phone| phone.masked()).unwrap_or_default();
        text.split('、').map(one).collect::<Vec<_>>().join("、")
    };
    match field {
        Field::Phone | Field::OtherPhone => phones(value),
        Field::HouseholdSize => value.to_owned(),
        Field::Guardian => domain::disclosure::mask_name(value),
        // Where somebody lives is not said in a report, only that it differs.
        _ => String::new(),
    }
}

/// Where a row differs from the need that it became before.
pub(super) async fn differences(
    ctx: &Ctx,
    tx: &mut storage::Tx,
    need: Uuid,
    values: &NeedValues,
) -> Result<Vec<Difference>> {
    let Some(row) = storage::needs::need::by_id(tx, need).await? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    if let Some(file) = need_file::load(tx, ctx.services.db.unseen(), need).await? {
        all.extend(changed(&file, values).into_iter().map(|(field, value)| Difference {
            label: field.label().to_owned(),
            row: shown(field, &value),
            file: shown(field, &of_file(&file, field)),
            renews: true,
        }));
    }
    let mut card = |label: &str, differs: bool| {
        if differs {
            let label = format!("{label}（请在需求页改）");
            all.push(Difference { label, row: String::new(), file: String::new(), renews: false });
        }
    };
    let letters = domain::text::letters_and_digits;
    // A draft that somebody worked on has words of its own.
    card(
        Field::Summary.label(),
        row.version == 1 && !values.summary.is_empty() && letters(&values.summary) != letters(&row.description),
    );
    card(Field::Urgency.label(), values.urgency.is_some_and(|urgency| urgency != row.urgency));
    Ok(all)
}

/// Other needs of the scope whose file holds the row's ID number or telephone: their codes.
pub(super) async fn same_person(ctx: &Ctx, tx: &mut storage::Tx, values: &NeedValues) -> Result<Vec<String>> {
    let sealer = ctx.services.db.unseen();
    let id = values.id_number.as_ref().map(|id| (MarkKind::IdNumber, id.as_str()));
    let phone = values.phone.as_ref().map(|phone| (MarkKind::Phone, phone.as_str()));
    let mut found = Vec::new();
    for (kind, value) in id.into_iter().chain(phone) {
        found.extend(need_file::same(tx, sealer, kind, value, &ctx.actor.scope).await?.into_iter().map(|hit| hit.code));
        if !found.is_empty() {
            break;
        }
    }
    found.truncate(3);
    Ok(found)
}

/// The values of some rows of the file: sheet and row.
async fn values_of(
    ctx: &Ctx,
    open: &super::Import,
    report: &Report,
    wanted: HashSet<(String, u32)>,
) -> Result<HashMap<(String, u32), NeedValues>> {
    let bytes = piece::file(ctx, open.id).await?;
    let (divisions, day, choice) = (ctx.services.divisions(), ctx.now().day(), report.choice.clone());
    let (name, scope) = (open.file_name.clone(), open.scope.clone());
    let found = tokio::task::spawn_blocking(move || {
        let mut found = HashMap::new();
        let options = ledger::Options { scope: &scope, as_of: day, divisions: &divisions, choice: &choice };
        let read = ledger::each_need(&bytes, &name, options, &mut |sheet, row| {
            let key = (sheet.to_owned(), row.row);
            if let Some(values) = row.values
                && wanted.contains(&key)
            {
                found.insert(key, values);
            }
            if found.len() == wanted.len() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        read.map(|_| found)
    });
    let found = found.await.map_err(|_| Error::Internal("ledger task"))?;
    found.map_err(|error| Error::rule(error.to_string()))
}

/// Answers what the rows of the given numbers say otherwise than the files: `renew` takes their values over, else they are
/// left as they are. Returns how many files were changed.
#[boxed]
pub async fn renew(ctx: &Ctx, id: Uuid, numbers: &[usize], renew: bool) -> Result<usize> {
    let mut tx = ctx.services.db.read().await?;
    let open = super::visible(ctx, &mut tx, id).await?;
    super::may(ctx, open.kind)?;
    if open.kind != LedgerKind::Needs {
        return Err(Error::NotFound);
    }
    let report: Report = import::report(&mut tx, ctx.services.db.unseen(), id).await?.unwrap_or_default();
    drop(tx);
    let asked: Vec<(usize, String, (String, u32))> = numbers
        .iter()
        .filter_map(|at| {
            let row = report.rows.get(*at).filter(|row| row.is_open_question())?;
            Some((*at, row.need_code.clone()?, (row.sheet.clone(), row.row)))
        })
        .collect();
    if asked.is_empty() {
        return Err(Error::rule("还没有选行，或选的行已经答过。勾选有不同的行再按"));
    }
    let wanted = asked.iter().map(|(_, _, place)| place.clone()).collect();
    let values = if renew { values_of(ctx, &open, &report, wanted).await? } else { HashMap::new() };
    let mut work = Work::begin(ctx, Command::NeedRenew).await?;
    let mut changed_files = 0;
    for (_, code, place) in &asked {
        let Some(values) = values.get(place) else { continue };
        let mut need = work.need(code).await?;
        work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
        let step = work.step(&mut need.state)?;
        let Some(mut file) = need_file::load(&mut work.tx, ctx.services.db.unseen(), need.id).await? else { continue };
        let fields = changed(&file, values);
        if fields.is_empty() {
            continue;
        }
        for (field, value) in &fields {
            take_over(&mut file, *field, value);
        }
        // What stood there before is kept sealed.
        crate::base::households::correct(&mut work, &need, file).await?;
        work.save_need(&need).await?;
        let names: Vec<&str> = fields.iter().map(|(field, _)| field.code()).collect();
        let data = Some(json!({ "import": id, "fields": names }));
        work.stepped(step, need.id, About { need: Some(&need), data, ..About::default() }).await?;
        changed_files += 1;
    }
    // The report as it stands now: somebody may have answered other rows.
    work.becomes(Command::ImportCheck);
    let open = opened(&mut work, id).await?;
    idle(&open)?;
    let sealer = ctx.services.db.unseen();
    let mut report: Report = import::report(&mut work.tx, sealer, id).await?.unwrap_or_default();
    for (at, code, place) in &asked {
        let row = report.rows.get_mut(*at);
        if let Some(row) = row.filter(|row| row.row == place.1 && row.need_code.as_ref() == Some(code)) {
            row.renewed = Some(renew);
        }
    }
    import::write_report(&mut work.tx, sealer, id, &report).await?;
    work.commit(&changed_files.to_string()).await?;
    Ok(changed_files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_said_in_part() {
        let difference = |row: &str, file: &str| Difference {
            label: "联系电话".into(),
            row: shown(Field::Phone, row),
            file: shown(Field::Phone, file),
            renews: true,
        };
        assert_eq!(difference("13800150001", "13800150002").words(), "联系电话：表里138****0001，档案138****0002");
        assert_eq!(difference("13800150001", "").words(), "联系电话：表里138****0001，档案没有写");
        assert!(same(Field::Address, "示例里1号楼 2门", "示例里１号楼2门"));
        assert!(!same(Field::Phone, "13800150001", "13800150002"));
    }
}
