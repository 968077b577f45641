//! Private lives: texts that cross a boundary, a minor's contact data, consent
//! by the clock, and small counts.

use std::collections::BTreeSet;

use domain::disclosure::{DEFAULT_DAYS, DisclosureState};
use domain::form::{Gate, Kind};
use domain::gate::small::Shown;
use domain::machine::Command;
use domain::pairing::Purpose;
use duijie_tests::world::{Canary, World, day, fields, household, with};
use services::aid::{disclosure, pairing, view};
use services::needs::consent;
use services::office::clocks;
use services::{Conflict, Error};
use storage::needs::need_file::NeedFile;

use crate::base::web::Web;

duijie_tests::both_engines!(
    every_text_that_others_read_is_held_against_the_gate,
    who_handles_a_need_is_the_office_s_alone,
    texts_about_a_household_may_not_name_it,
    a_stranger_learns_nothing_from_a_refusal,
    a_minor_takes_an_approval_each_time,
    an_unused_approval_lapses,
    under_fourteen_only_a_guardian_consents,
    contact_data_end_with_their_days,
    withdrawal_closes_a_page_that_stands_open,
    a_consent_is_announced_and_ends_by_the_clock,
    small_counts_stay_hidden,
    a_card_says_the_street_only_among_enough,
    nothing_else_says_the_street_among_few,
    a_project_hides_how_few_it_serves,
    an_organization_reads_the_sex_only_where_it_matters,
);

pub(crate) const PHONE: &str = "请打13800001234联系";

pub(crate) fn is_rule<T: std::fmt::Debug>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Conflict(Conflict::Rule(_))))
}

pub(crate) fn is_about<T: std::fmt::Debug>(outcome: &Result<T, Error>, field: &str) -> bool {
    matches!(outcome, Err(Error::Invalid(all)) if all.iter().any(|one| one.field == field && one.message.contains("不能公开")))
}

/// Texts that no gate holds, by form and field: the office or the organization itself reads them, or they are public
/// facts such as an address of an organization.
const UNGATED: &[&str] = &[
    "account.display_name",
    "account.reason",
    "saved.name",
    "thesaurus.line",
    "register.display_name",
    "basic.legal_representative",
    "basic.contact_name",
    "service.office_address",
    "service.email",
    "service.website",
    "project.unit",
    "project.each_unit",
    "who.source_no",
    "who.responsible_person",
    "who.decided_by.*",
    "what.lines.*.unit",
    "file.name",
    "file.address",
    "file.guardian",
    "file.members",
    "file.health_notes",
    "file.consent_evidence",
    "file.no_id_reason",
    "file.no_phone_reason",
    "file.no_address_reason",
    "together.responsible_person",
    // What a search of persons asks, why a list is exported, and which organization a list is narrowed to.
    "persons.q",
    "list_export.purpose",
    "list.organization",
    "volunteer.name",
    "volunteer.division",
    "volunteer.guardian",
    "team.division",
    "opening.division",
    "opening.insurance",
    "incident.words",
    "holidays.source",
    "rights.words",
    // Why the audit administrator looks stands in the audit administrator's own trail.
    "audit.reason",
    // What somebody tells the street, sealed as a file is; a place that is read into a division's code.
    "ask.words",
    "ask.name",
    "ask.place",
    "ask.asker",
    "progress.words",
    "triage.place",
];

/// Each field with the service that takes it: what is typed there reaches other readers.
async fn every_text_that_others_read_is_held_against_the_gate(world: World) {
    let mut seen = BTreeSet::new();
    let mut told = |text: &'static str, refused: bool| {
        assert!(refused, "{text} is not held against the gate");
        seen.insert(text);
    };
    for field in ["title", "description", "requirements", "aid_given", "gap", "lines.0.note"] {
        let typed = with(&household(), &[(field, PHONE)]);
        let read = services::needs::need_form::read(&typed, None, "12", &world.services.divisions(), world.now());
        let refused = read.is_err_and(|all| all.iter().any(|one| one.field == field));
        assert!(refused, "{field}");
    }
    told("need", true);
    let code = world.meals(14).await;
    let (street, meals) = (world.by("street"), world.by("meals"));
    let mut offer = duijie_tests::world::fields(&[("start_on", "2026-11-27"), ("plan", PHONE)]);
    let lines = world.lines(&code).await;
    offer.push((format!("quantity.{}", lines[0].id), "5".into()));
    let plan = services::aid::claim::read(&offer, &lines, world.now().day());
    told("claim.plan", plan.is_err());
    let claim = world.claimed("meals", &code, &[5]).await;
    told("claim.ask", is_about(&services::aid::claim::ask(&street, &claim, PHONE).await, "question"));
    services::aid::claim::ask(&street, &claim, "周末也送吗").await.unwrap();
    told("claim.answer", is_about(&services::aid::claim::answer(&meals, &claim, PHONE).await, "answer"));
    services::aid::claim::answer(&meals, &claim, "也送").await.unwrap();
    told("claim.decline", is_about(&services::aid::claim::decline(&street, &claim, PHONE).await, "reason"));
    told("claim.withdraw", is_about(&services::aid::claim::withdraw(&meals, &claim, PHONE).await, "reason"));
    let pairing = services::aid::claim::approve(&street, &claim).await.unwrap();
    told("pairing.start", is_about(&pairing::start(&meals, &pairing, PHONE).await, "note"));
    told("pairing.release", is_about(&pairing::release(&street, &pairing, PHONE).await, "reason"));
    pairing::start(&meals, &pairing, "已约好").await.unwrap();
    told("pairing.pause", is_about(&pairing::pause(&meals, &pairing, PHONE).await, "reason"));
    told("pairing.terminate", is_about(&pairing::terminate(&street, &pairing, PHONE).await, "reason"));
    let visit = services::aid::delivery::read_visit(
        &fields(&[("result", "done"), ("minutes", "30"), ("note", PHONE)]),
        world.now().day(),
    );
    told("delivery.note", is_about(&visit, "note"));
    let delivery = world.record("meals", &pairing).await;
    let dispute = services::aid::delivery::decide(&street, delivery, false, PHONE).await;
    told("delivery.dispute", is_about(&dispute, "reason"));
    let done = services::aid::delivery::Done {
        done_on: world.now().day(),
        at: None,
        units: 1,
        minutes: Some(30),
        note: String::new(),
        again: false,
    };
    let corrected = services::aid::delivery::correct(&meals, &pairing, delivery, &done, PHONE).await;
    told("delivery.correct", is_about(&corrected, "reason"));
    let offered = services::aid::transfer::offer(&meals, &pairing, &world.usccs["care"], PHONE).await;
    told("transfer.offer", is_about(&offered, "reason"));
    let line = world.promise(&pairing).await.lines[0].line_id;
    let (outcome, note) = (format!("outcome.{line}"), format!("short_note.{line}"));
    let reported = fields(&[(&outcome, "none"), (&note, PHONE), ("report", PHONE)]);
    let reported = pairing::read_report(&reported, &[line]);
    told("pairing.report", is_about(&reported, "report"));
    told("pairing.short_note", is_about(&reported, &note));
    let (result, why) = (format!("result.{line}"), format!("why.{line}"));
    let checked = fields(&[(&result, "met"), (&why, PHONE), ("method", "call"), ("note", PHONE)]);
    let checked = services::aid::verification::read(&checked, &[line]);
    told("verification.note", is_about(&checked, "note"));
    told("verification.why", is_about(&checked, &why));
    let failed = services::aid::verification::read_failed(&fields(&[("fail_reason", "no_answer"), ("note", PHONE)]));
    told("verification.fail", is_about(&failed, "note"));
    let typed = [("close_reason", "done_by_others"), ("reason", PHONE), ("evidence", PHONE)];
    let closing = services::needs::need::read_closing(&fields(&typed));
    told("need.close", is_about(&closing, "reason"));
    told("need.evidence", is_about(&closing, "evidence"));
    told("consent.withdraw", is_about(&consent::withdraw(&street, &code, PHONE).await, "reason"));
    let org = services::supply::organization::return_(&world.by("district"), world.org("meals"), PHONE).await;
    told("organization.return", is_about(&org, "reason"));
    let profile = services::supply::organization::Input {
        uscc: world.usccs["meals"].clone(),
        name: "示例助老社".into(),
        division_code: "120102".into(),
        business_scope: PHONE.into(),
        service_codes: vec!["B01".into()],
        area_codes: vec!["120102".into()],
    };
    told(
        "organization.profile",
        is_about(&services::supply::organization::apply(&world.by("district"), &profile).await, "business_scope"),
    );
    // What the street says on the page of a slip.
    let (request, voice) = crate::reach::help::heard_of(&world).await;
    let answer = fields(&[("answer", PHONE)]);
    told("help.answer", is_about(&services::reach::help::advise(&street, &request, &answer).await, "answer"));
    told("voice.answer", is_about(&services::reach::voice::hear(&street, voice, PHONE).await, "answer"));
    assert_eq!(seen.len(), 26, "{seen:?}");

    // No text is declared without the gate, but for those that stay where they are typed.
    let forms = domain::form::ALL.iter().flat_map(|(_, forms)| forms.iter());
    let open: BTreeSet<String> = forms
        .flat_map(|(form, fields)| fields.iter().map(move |field| (form, field)))
        .filter(|(_, field)| matches!(field.kind, Kind::Line { .. } | Kind::Text { .. }) && field.gate == Gate::Open)
        .map(|(form, field)| format!("{form}.{}", field.name))
        .collect();
    let allowed: BTreeSet<String> = UNGATED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(open, allowed);
}

/// 经办人: typed in the form, read by the office, by nobody else; a ledger's column brings it.
async fn who_handles_a_need_is_the_office_s_alone(world: World) {
    const HANDLER: &str = "示例经办";
    let code = world.published(&with(&household(), &[("responsible_person", HANDLER)])).await;
    assert_eq!(world.need(&code).await.responsible_person, HANDLER);
    let pairing = world.active("meals", &code, &[14, 0]).await;
    let web = Web::new(world).await;
    let page = format!("/needs/{code}");
    for (by, reads) in [("street", true), ("district", true), ("meals", false), ("care", false), ("vol", false)] {
        let session = web.session(by).await;
        for path in [page.as_str(), &format!("/pairings/{pairing}"), "/needs?q=送餐", "/desk"] {
            let told = web.get(path, Some(&session)).await.text.contains(HANDLER);
            assert_eq!(told, reads && path == page, "{by} at {path}");
        }
    }
    assert!(!web.get(&page, None).await.text.contains(HANDLER));
    // It is shown again in the form, and stays where a version is saved without a change.
    let world = web.world;
    let stored = view::editable(&world.by("street"), &world.draft("street", &household()).await).await.unwrap();
    assert!(stored.fields.iter().any(|(name, value)| name == "responsible_person" && value.is_empty()));
    let ledger =
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers/needs-clean.xlsx")).unwrap();
    let street = world.by("city");
    let id = services::needs::import::upload(&street, domain::organization::LedgerKind::Needs, "台账.xlsx", ledger)
        .await
        .unwrap();
    services::needs::import::apply(&street, id).await.unwrap();
    let imported =
        world.number("SELECT COUNT(*) FROM needs WHERE import_id IS NOT NULL AND responsible_person <> ''").await;
    assert!(imported > 0, "the ledger has the column");
}

async fn texts_about_a_household_may_not_name_it(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let (street, meals) = (world.by("street"), world.by("meals"));
    let claim = world.claimed("meals", &code, &[5]).await;
    let named = format!("{}家里有狗", canary.name);
    let asked = services::aid::claim::ask(&street, &claim, &named).await;
    assert!(is_about(&asked, "question"), "{asked:?}");
    let pairing = services::aid::claim::approve(&street, &claim).await.unwrap();
    assert!(is_about(&pairing::start(&meals, &pairing, &named).await, "note"));
    pairing::start(&meals, &pairing, "已约好").await.unwrap();
    let mut report = world.report_of(&pairing).await;
    report.text.clone_from(&named);
    let report = pairing::report(&meals, &pairing, &report).await;
    assert!(is_about(&report, "report"), "{report:?}");
    assert!(is_about(&pairing::pause(&meals, &pairing, &named).await, "reason"));
    // A mistake repeats nothing of what was typed.
    let Err(Error::Invalid(all)) = pairing::pause(&meals, &pairing, &named).await else { panic!() };
    assert_eq!(canary.found_in(&format!("{all:?}")), Vec::<String>::new());
    world.sound().await;
}

async fn a_stranger_learns_nothing_from_a_refusal(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let claim = world.claimed("meals", &code, &[5]).await;
    services::aid::claim::ask(&world.by("street"), &claim, "周末也送吗").await.unwrap();
    // The organization does not know the name, and a guess is not confirmed.
    services::aid::claim::answer(&world.by("meals"), &claim, &format!("{}那样的也送", canary.name)).await.unwrap();
}

async fn minor(world: &World) -> (String, String) {
    let typed = with(
        &household(),
        &[("age_band", "6-13"), ("beneficiary", "LSET"), ("decided_on.DB", ""), ("decided_by.DB", "")],
    );
    let code = world.published(&typed).await;
    let pairing = world.active("meals", &code, &[14, 0]).await;
    (code, pairing)
}

async fn a_minor_takes_an_approval_each_time(world: World) {
    let (code, pairing) = minor(&world).await;
    let (street, meals) = (world.by("street"), world.by("meals"));
    for by in ["meals", "street", "village"] {
        assert!(is_rule(&pairing::disclose(&world.by(by), &pairing, Purpose::Visit).await.map(|_| ())), "{by}");
    }
    disclosure::ask(&meals, &pairing, Purpose::Visit).await.unwrap();
    assert!(is_rule(&disclosure::ask(&meals, &pairing, Purpose::Visit).await), "once is enough");
    assert!(is_rule(&pairing::disclose(&meals, &pairing, Purpose::Visit).await.map(|_| ())), "asked is not approved");
    let desk = services::office::desk::load(&street).await.unwrap();
    let line = desk
        .due
        .iter()
        .find(|item| item.task == services::office::desk::Task::DecideAccess)
        .expect("a line on the desk");
    let id = line.id;
    assert!(matches!(disclosure::decide(&meals, id, true, "").await, Err(Error::Forbidden(_) | Error::NotFound)));
    for outside in ["other_street", "other_district"] {
        assert!(
            matches!(disclosure::decide(&world.by(outside), id, true, "").await, Err(Error::NotFound)),
            "{outside}"
        );
    }
    disclosure::decide(&street, id, true, "").await.unwrap();
    pairing::disclose(&meals, &pairing, Purpose::Visit).await.unwrap();
    assert!(is_rule(&pairing::disclose(&meals, &pairing, Purpose::Visit).await.map(|_| ())), "an approval is for once");
    // Staff ask as well, and nobody approves the own request.
    disclosure::ask(&street, &pairing, Purpose::Emergency).await.unwrap();
    let own = services::office::desk::load(&world.by("district")).await.unwrap();
    let id = own.due.iter().find(|item| item.task == services::office::desk::Task::DecideAccess).unwrap().id;
    assert!(matches!(disclosure::decide(&street, id, true, "").await, Err(Error::Forbidden(_))));
    disclosure::decide(&world.by("district"), id, false, "不用看").await.unwrap();
    assert!(is_rule(&pairing::disclose(&street, &pairing, Purpose::Visit).await.map(|_| ())));
    let view::NeedView::Staff(page) =
        view::need(&world.services, services::finding::hall::Viewer::Staff(&street), &code).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(page.disclosures.len(), 1, "one look, and the street sees it");
    world.sound().await;
}

async fn an_unused_approval_lapses(world: World) {
    let (_, pairing) = minor(&world).await;
    disclosure::ask(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    let desk = services::office::desk::load(&world.by("street")).await.unwrap();
    let id = desk.due.iter().find(|item| item.task == services::office::desk::Task::DecideAccess).unwrap().id;
    disclosure::decide(&world.by("street"), id, true, "").await.unwrap();
    world.set(world.now().plus_hours(25));
    assert!(is_rule(&pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.map(|_| ())));
    clocks::tick(&world.services).await.unwrap();
    let row = storage::aid::disclosure::by_id(&mut world.read().await, id).await.unwrap().unwrap();
    assert_eq!(row.state, DisclosureState::Lapsed);
    disclosure::ask(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    world.sound().await;
}

async fn under_fourteen_only_a_guardian_consents(world: World) {
    // No number, so that the age band speaks.
    let (code, pairing) = minor(&world).await;
    let id = world.need(&code).await.id;
    let sealer = world.services.db.sealer();
    let mut tx = world.services.db.write().await.unwrap();
    let file = storage::needs::need_file::load(&mut tx, sealer, id).await.unwrap().unwrap();
    let unknown = NeedFile { id_number: String::new(), ..file };
    storage::needs::need_file::save(&mut tx, sealer, id, &unknown).await.unwrap();
    tx.commit().await.unwrap();
    assert!(is_rule(&disclosure::ask(&world.by("meals"), &pairing, Purpose::Visit).await), "signed by the child alone");
    consent::withdraw(&world.by("street"), &code, "改由监护人同意").await.unwrap();
    world.set(world.now().plus_minutes(1));
    let given = [
        ("consent_channel", "guardian"),
        ("consent_evidence", "同意书第0003号"),
        ("consent_given_on", "2026-11-24"),
        ("consent_valid_until", "2027-06-30"),
    ];
    consent::record(&world.by("street"), &code, &fields(&given)).await.unwrap();
    disclosure::ask(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
}

async fn contact_data_end_with_their_days(world: World) {
    let typed = with(&household(), &[("consent_valid_until", "2029-06-30"), ("valid_until", "2029-06-30")]);
    let code = world.published(&typed).await;
    let pairing = world.active("meals", &code, &[14, 0]).await;
    world.set(world.now().plus_days(DEFAULT_DAYS));
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    world.set(world.now().plus_days(1));
    assert!(is_rule(&pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.map(|_| ())));
    let page = view::pairing(&world.by("meals"), &pairing).await.unwrap();
    assert_eq!(page.masked.closed, Some(services::aid::pairing::Closed::Days(DEFAULT_DAYS)));
    // Asked again and recorded again, the days run anew.
    consent::withdraw(&world.by("street"), &code, "到期重新征得同意").await.unwrap();
    world.set(world.now().plus_minutes(1));
    let today = world.now().day().to_string();
    let until = "2029-06-30";
    let given = [
        ("consent_channel", "phone"),
        ("consent_evidence", "录音第0004号"),
        ("consent_given_on", today.as_str()),
        ("consent_valid_until", until),
    ];
    consent::record(&world.by("street"), &code, &fields(&given)).await.unwrap();
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
}

async fn withdrawal_closes_a_page_that_stands_open(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    // The worker's page stands open: masked, with the button.
    let open = view::pairing(&world.by("meals"), &pairing).await.unwrap();
    assert_eq!(open.masked.closed, None);
    consent::withdraw(&world.by("village"), &code, "本人来电撤回").await.unwrap();
    // Its button gives nothing any more, in the very next request.
    let outcome = pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.map(|_| ());
    assert!(is_rule(&outcome), "{outcome:?}");
    let page = view::pairing(&world.by("meals"), &pairing).await.unwrap();
    assert_eq!((page.masked.name.as_str(), page.masked.phone.as_str()), ("", ""));
    assert_eq!(world.count_events(Command::PairingDisclose.as_str()).await, 0);
}

async fn a_consent_is_announced_and_ends_by_the_clock(world: World) {
    let code = world.published(&with(&household(), &[("consent_valid_until", "2026-12-31")])).await;
    let pairing = world.active("meals", &code, &[14, 0]).await;
    let told = |title: &'static str| {
        format!("SELECT COUNT(*) FROM notices WHERE title LIKE '%{title}%' AND href LIKE '%{code}%'")
    };
    world.set(domain::calendar::Time::at(day("2026-12-16"), 9, 0));
    clocks::tick(&world.services).await.unwrap();
    assert_eq!(world.number(&told("2026年12月31日到期")).await, 0);
    world.set(domain::calendar::Time::at(day("2026-12-17"), 9, 0));
    for _ in 0..2 {
        clocks::tick(&world.services).await.unwrap();
    }
    assert_eq!(world.number(&told("2026年12月31日到期")).await, 1, "once, a fortnight before");
    world.set(domain::calendar::Time::at(day("2026-12-31"), 23, 0));
    clocks::tick(&world.services).await.unwrap();
    assert_eq!(world.count_events("consent.expire").await, 0);
    world.set(domain::calendar::Time::at(day("2027-01-01"), 0, 1));
    assert!(
        is_rule(&pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.map(|_| ())),
        "before the clock ran"
    );
    for _ in 0..2 {
        clocks::tick(&world.services).await.unwrap();
    }
    assert_eq!(world.count_events("consent.expire").await, 1);
    assert_eq!(world.number(&told("已到期")).await, 1);
    let id = world.need(&code).await.id;
    let row = storage::needs::consent::latest(&mut world.read().await, world.services.db.sealer(), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state, domain::organization::ConsentState::Expired);
    world.sound().await;
}

async fn small_counts_stay_hidden(world: World) {
    let k = world.services.policy.small_cell_k;
    for _ in 0..3 {
        world.meals(14).await;
    }
    let (figures, total) = services::finding::hall::figures(&world.services).await.unwrap().shown(k);
    assert_eq!((figures.waiting, total), (Shown::Few, Shown::Few));
    for _ in 0..4 {
        world.meals(14).await;
    }
    let (figures, total) = services::finding::hall::figures(&world.services).await.unwrap().shown(k);
    assert_eq!((figures.waiting, total), (Shown::Count(7), Shown::Count(7)));
    world.caught_up().await;
    let query = search::NeedQuery { limit: 10, ..search::NeedQuery::default() };
    let public =
        services::finding::hall::search(&world.services, services::finding::hall::Viewer::Public, query.clone())
            .await
            .unwrap();
    let counts = |facets: &[(String, u64)]| facets.iter().map(|(_, count)| *count).collect::<Vec<_>>();
    for facet in
        [&public.results.facets.district, &public.results.facets.service, &public.results.facets.beneficiary_group]
    {
        assert!(counts(facet).iter().all(|count| *count == 0 || *count >= 5), "{facet:?}");
    }
    // One closed: the small cell and a second one are hidden.
    let code = world.meals(14).await;
    world.closed(&code, domain::need::CloseReason::DoneByOthers).await;
    let (figures, total) = services::finding::hall::figures(&world.services).await.unwrap().shown(k);
    assert_eq!((figures.waiting, figures.other, total), (Shown::Few, Shown::Few, Shown::Count(8)));
}

async fn a_card_says_the_street_only_among_enough(world: World) {
    let place = async |code: &str| {
        let meals = world.by("meals");
        let viewer = services::finding::hall::Viewer::Member(&meals);
        match view::need(&world.services, viewer, code).await.unwrap() {
            view::NeedView::Member(page) => page.place,
            _ => panic!(),
        }
    };
    let first = world.meals(14).await;
    assert_eq!(place(&first).await, "河东区");
    for _ in 0..4 {
        world.meals(14).await;
    }
    world.set(world.now().plus_hours(1));
    assert_eq!(place(&first).await, "河东区 鲁山道街道");
    world.caught_up().await;
    let meals = world.by("meals");
    let query = search::NeedQuery { limit: 10, ..search::NeedQuery::default() };
    let page = services::finding::hall::search(&world.services, services::finding::hall::Viewer::Member(&meals), query)
        .await
        .unwrap();
    for card in &page.cards {
        let services::finding::hall::Card::Member(card) = card else { panic!() };
        assert_eq!(card.place, "河东区 鲁山道街道");
    }
}

/// A street where too few share a group and a service is read nowhere: by nobody but its offices and whoever is
/// paired there, on no page, in no search, by no filter.
async fn nothing_else_says_the_street_among_few(world: World) {
    let own = crate::supply::project::hot_meals();
    crate::supply::project::publish(&world, "care", &own).await;
    let web = Web::new(world).await;
    let world = &web.world;
    let (need, into) = (web.target.need.clone(), web.target.into.clone());
    crate::aid::ask::invite(world, "street", &into, &["third"]).await.unwrap();
    // Waits for its answer and draws on the project.
    let claim = world.claimed("care", &into, &[3]).await;
    services::finding::saved_search::create(&world.by("care"), "这个街道", "t=120102012").await.unwrap();
    services::finding::saved_search::create(&world.by("third"), "地名", "q=鲁山道").await.unwrap();
    services::finding::percolate::follow(&world.services).await.unwrap();
    let third = world.meals(7).await;
    services::finding::percolate::follow(&world.services).await.unwrap();
    let told = "SELECT COUNT(*) FROM notices WHERE body LIKE '%这个街道%' OR body LIKE '%地名%'";
    assert_eq!(world.number(told).await, 0, "a saved search tells the street");
    world.caught_up().await;
    let asks = storage::aid::ask::of_need(&mut world.read().await, world.need(&into).await.id).await.unwrap();
    let mut crawled = 0;
    for name in [None, Some("care"), Some("care_worker"), Some("third"), Some("other_district"), Some("next_street")] {
        let session = match name {
            Some(name) => Some(web.session(name).await),
            None => None,
        };
        let mut pages: Vec<String> =
            web::routes().iter().filter(|route| route.method == "GET").map(|route| web.path(route)).collect();
        pages.extend([&need, &into, &third].map(|code| format!("/needs/{code}")));
        pages.push(format!("/claims/{claim}"));
        pages.extend(asks.iter().map(|listed| format!("/asks/{}", listed.ask.id)));
        pages.extend(
            ["/needs?d=120102", "/needs?q=助餐", "/needs?sort=newest", "/needs/suggest?q=助"].map(str::to_owned),
        );
        for page in ["/claims?state=submitted", "/asks?state=sent", "/asks?state=accepted", "/inbox", "/matches"] {
            pages.push(page.to_owned());
        }
        for project in world.texts("SELECT code FROM projects").await {
            pages.push(format!("/projects/{project}"));
        }
        // What an organization typed into its own searches is read there by itself; where a volunteer lives, a team
        // serves or an opening meets is chosen from all streets.
        let own = ["/searches", "/volunteers/join", "/teams", "/openings", "/my"];
        for page in pages.iter().filter(|page| !own.iter().any(|start| page.starts_with(start))) {
            let page = page.replace("助", "%E5%8A%A9").replace("餐", "%E9%A4%90");
            let answer = web.get(&page, session.as_deref()).await;
            let text = &answer.text;
            for street in ["鲁山道", "120102012", "橙翠园"] {
                assert!(!text.contains(street), "{page} says {street} to {name:?}");
            }
            crawled += usize::from(answer.status == axum::http::StatusCode::OK);
        }
        // Asking for the street finds none of them, and offers it to nobody.
        for page in [
            "/needs?t=120102012",
            "/needs?d=120102&t=120102012",
            "/needs?q=%E9%B2%81%E5%B1%B1%E9%81%93",
            "/needs/suggest?q=%E9%B2%81%E5%B1%B1",
        ] {
            // For the public a street's name stands for its whole district, whoever lives where.
            if name.is_none() && page.contains("q=") {
                continue;
            }
            let answer = web.get(page, session.as_deref()).await;
            for code in [&need, &into, &third] {
                assert!(!answer.text.contains(code.as_str()), "{page} finds {code} for {name:?}");
            }
        }
    }
    assert!(crawled > 150, "{crawled}");
    // Nor does leaving the street out tell who lives there.
    let session = web.session("third").await;
    let without =
        web.get("/needs?q=%E5%8A%A9%E9%A4%90%20-%E9%B2%81%E5%B1%B1%E9%81%93%E8%A1%97%E9%81%93", Some(&session));
    assert!(without.await.text.contains(&into), "an exclusion tells the street");
    // The office reads its street, and whoever is paired.
    for (name, page) in [
        ("street", format!("/needs/{into}")),
        ("meals", format!("/needs/{need}")),
        ("meals", format!("/pairings/{}", web.target.pairing.as_deref().unwrap())),
    ] {
        let session = web.session(name).await;
        let answer = web.get(&page, Some(&session)).await;
        assert!(answer.text.contains("鲁山道"), "{page} for {name}");
    }
    let session = web.session("street").await;
    assert!(web.get("/needs?t=120102012", Some(&session)).await.text.contains(&into));
    // Among enough it is said, and found, also of those that were published before.
    for _ in 0..3 {
        world.meals(7).await;
    }
    world.set(world.now().plus_hours(1));
    world.caught_up().await;
    let session = web.session("third").await;
    for page in ["/needs?t=120102012".to_owned(), format!("/needs/{into}"), format!("/asks/{}", asks[0].ask.id)] {
        let answer = web.get(&page, Some(&session)).await;
        if answer.status == axum::http::StatusCode::OK {
            assert!(answer.text.contains("鲁山道"), "{page}");
        }
    }
    assert!(web.get("/needs?t=120102012", Some(&session)).await.text.contains(&into), "the street's filter finds it");
    // With its two services the other stays in a smaller cell.
    assert!(!web.get("/needs?t=120102012", Some(&session)).await.text.contains(&need));
    world.sound().await;
}

async fn a_project_hides_how_few_it_serves(world: World) {
    let form = with(&crate::supply::project::hot_meals(), &[("capacity", "20")]);
    let code = crate::supply::project::publish(&world, "meals", &form).await;
    let need = world.meals(14).await;
    world.claimed("meals", &need, &[14]).await;
    let meals = world.by("meals");
    let few = async |reader: Option<&services::Ctx>| {
        services::supply::project::view(&world.services, reader, &code).await.unwrap().free.few
    };
    assert!(few(None).await && few(Some(&world.by("care"))).await);
    assert!(!few(Some(&meals)).await && !few(Some(&world.by("district"))).await);
    let wanted = services::supply::project::Wanted::default();
    let rows = services::supply::project::hall(&world.services, None, &wanted, 0, 20).await.unwrap().rows;
    assert!(rows.iter().all(|(_, free)| free.few));
    let rows = services::supply::project::hall(&world.services, Some(&meals), &wanted, 0, 20).await.unwrap().rows;
    assert!(rows.iter().all(|(_, free)| !free.few));
}

async fn an_organization_reads_the_sex_only_where_it_matters(world: World) {
    let sex = async |code: &str| {
        let care = world.by("care");
        match view::need(&world.services, services::finding::hall::Viewer::Member(&care), code).await.unwrap() {
            view::NeedView::Member(page) => page.sex,
            _ => panic!(),
        }
    };
    // Meals are brought to anybody; a bath needs to know.
    assert_eq!(sex(&world.meals(14).await).await, None);
    assert_eq!(sex(&world.published(&household()).await).await, Some(domain::need::Sex::Female));
}
