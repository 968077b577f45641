//! A request for help from the slip to the need: states, clocks, who may what, the household's own voice.

use domain::{
    calendar::WorkingDays,
    clock::Name,
    help::{HelpState, VoiceState},
    machine::{Command, State as _},
    need::NeedState,
    retention::Kind,
};
use duijie_tests::world::{ACCOUNTS, STREET, World, fields, household, with};
use services::Error;
use services::Fields;
use services::office::clocks;
use services::office::desk::Task;
use services::office::lists::Window;
use services::reach::ask::{self, Asked};
use services::reach::{help, progress, voice};
use uuid::Uuid;

duijie_tests::both_engines!(
    from_the_slip_to_the_need_and_back,
    each_way_on_and_no_other,
    a_late_request_goes_up_to_its_district_and_no_further,
    the_same_request_ten_times_is_one,
    a_household_s_word_is_held_against_the_records,
    a_district_finds_the_street,
    an_ended_request_forgets_its_people,
    whoever_despairs_stands_first,
    whoever_meets_somebody_in_need_tells_the_street,
);

/// As a neighbour fills it in; every private value is a mark that stands nowhere else.
pub(crate) fn neighbour() -> Fields {
    fields(&[
        ("whom", "other"),
        ("words", "楼下老两口，大爷住院了，大娘一个人在家，两天只吃了饼干。"),
        ("pace", "now"),
        ("name", "薄荷大娘"),
        ("place", "河东区鲁山道街道白芷弄堂口"),
        ("phone", "13800150077"),
        ("asker", "佩兰邻居"),
        ("agreed", "yes"),
    ])
}

/// Asked as anybody does, each time from another address.
pub(crate) async fn asked(world: &World, form: &Fields) -> Asked {
    let input = ask::read(form, &world.services.divisions()).unwrap();
    let address = format!("192.0.2.{}", world.number("SELECT COUNT(*) FROM help_requests").await % 200);
    ask::ask(&world.services, &address, &input, false).await.unwrap()
}

fn none() -> Fields {
    Fields::new()
}

/// A request that its street has taken on, and what its household says of it.
pub(crate) async fn heard_of(world: &World) -> (String, Uuid) {
    let asked = asked(world, &neighbour()).await;
    help::take(&world.by("street"), &asked.code, &none()).await.unwrap();
    let said = fields(&[("came", "no"), ("speaker", "reader"), ("words", "等到天黑没有人")]);
    let said = voice::read(&said).unwrap();
    voice::say(&world.services, "192.0.2.1", &asked.slip, &said).await.unwrap();
    let view = help::view(&world.by("street"), &asked.code).await.unwrap();
    (asked.code, view.voices[0].voice.id)
}

async fn state(world: &World, code: &str) -> HelpState {
    world.texts(&format!("SELECT state FROM help_requests WHERE code = '{code}'")).await[0].parse().unwrap()
}

async fn shown(world: &World, slip: &str) -> progress::Progress {
    progress::progress(&world.services, "192.0.2.1", slip).await.unwrap()
}

/// The draft of a converted request, filled up and published.
async fn published(world: &World, need: &str) {
    let street = world.by("street");
    let version = world.need(need).await.version;
    services::needs::need::edit(&street, need, version, &world.input(&household())).await.unwrap();
    services::needs::need::submit(&street, need).await.unwrap();
    services::needs::need::publish(&world.by("district"), need).await.unwrap();
}

async fn from_the_slip_to_the_need_and_back(world: World) {
    let asked = asked(&world, &neighbour()).await;
    assert_eq!(asked.due_at, world.now().plus_hours(4), "it cannot wait");
    let street = world.by("street");
    let desk = services::office::desk::load(&street).await.unwrap();
    let first = &desk.due[0];
    assert_eq!(first.task, Task::AnswerHelp { state: HelpState::Received });
    assert_eq!(first.code, asked.code);
    let told = format!("SELECT COUNT(*) FROM notices WHERE scope = '{STREET}' AND title LIKE '急：有人求助%'");
    assert_eq!(world.number(&told).await, 1);

    // Government aid first, and what the household reads of it by the slip.
    help::take(&street, &asked.code, &fields(&[("answer", "社区中午先送饭过去")])).await.unwrap();
    let by = fields(&[("aid", "temporary"), ("office", "街道救助窗口"), ("by", "2026-11-26")]);
    help::route(&street, &asked.code, &by).await.unwrap();
    assert_eq!(shown(&world, &asked.slip).await.answer.unwrap().0, "社区中午先送饭过去");
    help::resume(&street, &asked.code, &fields(&[("answer", "临时救助已给，饭还没有人做")])).await.unwrap();

    // A need with nothing typed twice.
    let title = fields(&[("title", "独居老人需要送餐")]);
    let need = help::convert(&street, &asked.code, &title).await.unwrap();
    let row = world.need(&need).await;
    assert_eq!((row.state, row.source_no.as_deref()), (NeedState::Draft, Some(asked.code.as_str())));
    assert!(row.is_urgent() && row.aid_given.contains("临时救助"), "{}", row.aid_given);
    let sealer = world.services.db.sealer();
    let file = storage::needs::need_file::load(&mut world.read().await, sealer, row.id).await.unwrap().unwrap();
    assert_eq!((file.name.as_str(), file.phone.as_str()), ("薄荷大娘", "13800150077"));
    assert_eq!(file.address, "河东区鲁山道街道白芷弄堂口");
    assert!(file.ledger_row.iter().any(|(_, words)| words.contains("两天只吃了饼干")));
    assert_eq!(state(&world, &asked.code).await, HelpState::Needed);
    // The draft is not ready for review as it is; filled up, it goes its way.
    let refused = services::needs::need::submit(&street, &need).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    published(&world, &need).await;
    assert_eq!(shown(&world, &asked.slip).await.stage, "正在请人来帮");
    let pairing = world.active("meals", &need, &[14, 0]).await;
    assert_eq!(shown(&world, &asked.slip).await.stage, "有人在帮");
    let line = world.lines(&need).await[0].id;
    let day = world.now().day() + chrono::Days::new(5);
    let plan = services::aid::delivery::Plan { line_id: line, days: vec![day], at: None };
    services::aid::delivery::plan(&world.by("meals"), &pairing, &plan).await.unwrap();
    let seen = shown(&world, &asked.slip).await;
    assert_eq!(seen.visit.map(|(on, _)| on), Some(day));
    let told = format!("{seen:?}");
    for hidden in ["薄荷", "佩兰", "白芷", "鲁山道", "饼干", "示例助餐", "送餐", "13800150077"] {
        assert!(!told.contains(hidden), "the slip tells {hidden}");
    }
    world.sealed().await;
    world.sound().await;
}

/// Gives a command with good parameters.
async fn give(world: &World, by: &str, command: Command, code: &str) -> Result<(), Error> {
    let ctx = world.by(by);
    match command {
        Command::HelpTake => help::take(&ctx, code, &none()).await,
        Command::HelpMove => help::move_to(&ctx, code, &fields(&[("place", "河东区大王庄街道")])).await,
        Command::HelpRoute => {
            let form = fields(&[("aid", "medical"), ("office", "区医保局"), ("by", "2026-12-01")]);
            help::route(&ctx, code, &form).await
        }
        Command::HelpResume => help::resume(&ctx, code, &fields(&[("answer", "办成了一半")])).await,
        Command::HelpWatch => {
            let form = fields(&[("level", "middle"), ("sign", "medical"), ("next", "2026-12-20")]);
            help::watch(&ctx, code, &form).await
        }
        Command::HelpLook => help::look(&ctx, code, &fields(&[("level", "light"), ("next", "2026-12-22")])).await,
        Command::HelpNeed => help::convert(&ctx, code, &fields(&[("title", "需要送餐")])).await.map(|_| ()),
        Command::HelpAdvise => help::advise(&ctx, code, &fields(&[("answer", "可以申请低保，带户口本来窗口")])).await,
        _ => help::close(&ctx, code, &fields(&[("why", "declined")])).await,
    }
}

const WAYS: &[Command] = &[
    Command::HelpTake,
    Command::HelpMove,
    Command::HelpRoute,
    Command::HelpResume,
    Command::HelpWatch,
    Command::HelpLook,
    Command::HelpNeed,
    Command::HelpAdvise,
    Command::HelpClose,
];

/// The step that leads into a state from the first.
fn into(state: HelpState) -> Option<Command> {
    use Command as C;
    match state {
        HelpState::Received => None,
        HelpState::Accepted => Some(C::HelpTake),
        HelpState::Routed => Some(C::HelpRoute),
        HelpState::Watched => Some(C::HelpWatch),
        HelpState::Needed => Some(C::HelpNeed),
        HelpState::Advised => Some(C::HelpAdvise),
        HelpState::Closed => Some(C::HelpClose),
    }
}

async fn each_way_on_and_no_other(world: World) {
    for (at, from) in HelpState::ALL.iter().enumerate() {
        for (number, command) in WAYS.iter().enumerate() {
            // Each a request of its own: the phone differs.
            let phone = format!("138002{at:02}{number:03}");
            let asked = asked(&world, &with(&neighbour(), &[("phone", &phone)])).await;
            if let Some(step) = into(*from) {
                give(&world, "street", step, &asked.code).await.unwrap();
            }
            for (name, ..) in ACCOUNTS {
                if ["street", "street2", "street3", "district", "district2"].contains(name) {
                    continue;
                }
                let outcome = give(&world, name, *command, &asked.code).await;
                let refused = matches!(outcome, Err(Error::NotFound | Error::Forbidden(_)));
                assert!(refused, "{name} {command}: {outcome:?}");
                assert!(help::view(&world.by(name), &asked.code).await.is_err(), "{name} reads it");
            }
            let by = if number % 2 == 0 { "street" } else { "district" };
            let outcome = give(&world, by, *command, &asked.code).await;
            let allowed = domain::machine::allows(*from, *command);
            assert_eq!(outcome.is_ok(), allowed, "{from} {command} by {by}: {outcome:?}");
            if allowed {
                let to = domain::machine::step(*from, *command).unwrap();
                assert_eq!(state(&world, &asked.code).await.text(), to.text());
            }
        }
    }
    // The city counts, and reads none.
    let all = Window { offset: 0, limit: 50 };
    assert!(help::list(&world.by("city"), None, all).await.is_err());
    assert!(help::list(&world.by("village"), None, all).await.is_err());
    assert!(help::list(&world.by("other_street"), None, all).await.unwrap().rows.is_empty());
    assert!(!help::list(&world.by("street"), None, all).await.unwrap().rows.is_empty());
    world.sealed().await;
    world.sound().await;
}

async fn told(world: &World, scope: &str, clock: Name) -> i64 {
    let title = format!("逾期没有办：{}", clock.label());
    world.number(&format!("SELECT COUNT(*) FROM notices WHERE scope = '{scope}' AND title LIKE '{title}%'")).await
}

async fn tick(world: &World) {
    assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
}

async fn a_late_request_goes_up_to_its_district_and_no_further(world: World) {
    let calendar = WorkingDays::shipped();
    let began = world.now();
    let asked = asked(&world, &with(&neighbour(), &[("pace", "days")])).await;
    assert_eq!(asked.due_at, calendar.due(began, 1));
    world.set(asked.due_at);
    tick(&world).await;
    assert_eq!(told(&world, STREET, Name::HelpTriage).await, 0, "not before it is late");
    world.set(asked.due_at.plus_minutes(1));
    tick(&world).await;
    assert_eq!((told(&world, STREET, Name::HelpTriage).await, told(&world, "120102", Name::HelpTriage).await), (1, 0));
    let desk = services::office::desk::load(&world.by("street")).await.unwrap();
    assert!(desk.overdue.iter().any(|item| item.code == asked.code));
    world.set(asked.due_at.plus_days(10));
    tick(&world).await;
    assert_eq!(told(&world, "120102", Name::HelpTriage).await, 1);
    let desk = services::office::desk::load(&world.by("district")).await.unwrap();
    assert!(desk.overdue.iter().any(|item| item.code == asked.code));
    world.set(asked.due_at.plus_days(30));
    tick(&world).await;
    assert_eq!(told(&world, "12", Name::HelpTriage).await, 0);
    // Each state has its own clock.
    let street = world.by("street");
    let in_days = |days: u64| (world.now().day() + chrono::Days::new(days)).to_string();
    help::take(&street, &asked.code, &none()).await.unwrap();
    world.set(world.now().plus_days(15));
    tick(&world).await;
    assert_eq!(told(&world, STREET, Name::HelpWork).await, 1);
    let form = fields(&[("aid", "medical"), ("office", "区医保局"), ("by", &in_days(3))]);
    help::route(&street, &asked.code, &form).await.unwrap();
    world.set(world.now().plus_days(15));
    tick(&world).await;
    assert_eq!(told(&world, STREET, Name::HelpRoute).await, 1);
    let form = fields(&[("level", "heavy"), ("sign", "medical"), ("sign", "debt"), ("next", &in_days(9))]);
    help::watch(&street, &asked.code, &form).await.unwrap();
    world.set(world.now().plus_days(15));
    tick(&world).await;
    assert_eq!(told(&world, STREET, Name::HelpWatch).await, 1);
    // Days gone by, and days too far ahead, are said at their field.
    for next in ["2026-01-01", "2031-01-01", "", "soon"] {
        let wrong = help::look(&street, &asked.code, &fields(&[("level", "light"), ("next", next)])).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))), "{next}: {wrong:?}");
    }
    // Looked at, what was found stands, and the clock begins anew.
    let seen = help::view(&street, &asked.code).await.unwrap().help;
    assert_eq!((seen.level, seen.signs().len()), (Some(domain::help::WatchLevel::Heavy), 2));
    let form = fields(&[("level", "light"), ("sign", "debt"), ("next", &in_days(20))]);
    help::look(&street, &asked.code, &form).await.unwrap();
    let seen = help::view(&street, &asked.code).await.unwrap().help;
    assert_eq!((seen.level, seen.signs().len()), (Some(domain::help::WatchLevel::Light), 1));
    assert!(seen.due_at > world.now());
    let desk = services::office::desk::load(&street).await.unwrap();
    assert!(desk.due.iter().any(|item| item.code == asked.code));
}

async fn the_same_request_ten_times_is_one(world: World) {
    let first = asked(&world, &neighbour()).await;
    // Other spaces and marks are the same words.
    let spaced = "楼下老两口 大爷住院了 大娘一个人在家 两天只吃了饼干";
    for round in 0..10 {
        let form = if round % 2 == 0 { neighbour() } else { with(&neighbour(), &[("words", spaced)]) };
        let again = asked(&world, &form).await;
        assert!(again.known && again.slip == first.slip);
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM help_requests").await, 1);
    // After it has ended, or after a week, it is asked anew.
    help::close(&world.by("street"), &first.code, &fields(&[("why", "resolved")])).await.unwrap();
    let second = asked(&world, &neighbour()).await;
    assert_ne!(second.slip, first.slip);
    world.set(world.now().plus_days(8));
    assert!(!asked(&world, &neighbour()).await.known);
    // Five at once, from as many addresses.
    let form = with(&neighbour(), &[("phone", "13800150099")]);
    let input = ask::read(&form, &world.services.divisions()).unwrap();
    let mut together = tokio::task::JoinSet::new();
    for number in 0..5 {
        let (services, input) = (std::sync::Arc::clone(&world.services), input.clone());
        together.spawn(async move { ask::ask(&services, &format!("198.51.100.{number}"), &input, false).await });
    }
    let mut slips = std::collections::BTreeSet::new();
    while let Some(asked) = together.join_next().await {
        slips.insert(asked.unwrap().unwrap().slip);
    }
    assert_eq!((slips.len(), world.number("SELECT COUNT(*) FROM help_requests").await), (1, 4));
}

async fn a_household_s_word_is_held_against_the_records(world: World) {
    let asked = asked(&world, &neighbour()).await;
    let street = world.by("street");
    let no = voice::read(&fields(&[("came", "no"), ("speaker", "oneself")])).unwrap();
    let early = voice::say(&world.services, "192.0.2.1", &asked.slip, &no).await;
    assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    let need = help::convert(&street, &asked.code, &fields(&[("title", "独居老人需要送餐")])).await.unwrap();
    published(&world, &need).await;
    voice::say(&world.services, "192.0.2.1", &asked.slip, &no).await.unwrap();
    let seen = help::view(&street, &asked.code).await.unwrap();
    assert!(!seen.voices[0].voice.disputes, "nobody says that somebody came");
    let pairing = world.active("meals", &need, &[14, 0]).await;
    world.record("meals", &pairing).await;
    world.set(world.now().plus_hours(1));
    voice::say(&world.services, "192.0.2.1", &asked.slip, &no).await.unwrap();
    let seen = help::view(&street, &asked.code).await.unwrap();
    let said = &seen.voices[0];
    assert!(said.voice.disputes && said.voice.state == VoiceState::Said);
    let desk = services::office::desk::load(&street).await.unwrap();
    assert!(desk.due.iter().any(|item| item.task == Task::HearVoice && item.note.contains("说来过")));
    // Its clock runs.
    world.set(said.voice.due_at.plus_minutes(1));
    tick(&world).await;
    assert!(told(&world, STREET, Name::VoiceAnswer).await >= 1);
    // The street's answer stands on the slip, and names nobody.
    let named = voice::hear(&street, said.voice.id, "薄荷大娘家问过了").await;
    assert!(matches!(named, Err(Error::Invalid(_))), "{named:?}");
    voice::hear(&street, said.voice.id, "记录填错了日子，明天上午补来").await.unwrap();
    let twice = voice::hear(&street, said.voice.id, "再回一次").await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    let answer = &shown(&world, &asked.slip).await.voices[0].answer;
    assert_eq!(answer, "记录填错了日子，明天上午补来");
    // By telephone, what needs no answer.
    let yes = voice::read(&fields(&[("came", "yes"), ("helped", "enough"), ("speaker", "reader")])).unwrap();
    voice::say_for(&street, &asked.code, &yes).await.unwrap();
    assert!(voice::say_for(&world.by("next_street"), &asked.code, &yes).await.is_err());
    let unasked = voice::read(&fields(&[("came", "yes"), ("speaker", "reader")]));
    assert!(matches!(unasked.map(|_| ()), Err(Error::Invalid(_))), "whether it helped is asked");
    world.sealed().await;
    world.sound().await;
}

async fn a_district_finds_the_street(world: World) {
    let asked = asked(&world, &with(&neighbour(), &[("place", "河东区")])).await;
    let (street, district) = (world.by("street"), world.by("district"));
    assert!(matches!(help::view(&street, &asked.code).await.map(|_| ()), Err(Error::NotFound)));
    let early = help::convert(&district, &asked.code, &fields(&[("title", "需要送餐")])).await;
    assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    // Its own clock speaks to the district, which has it.
    world.set(asked.due_at.plus_minutes(1));
    tick(&world).await;
    assert!(told(&world, "120102", Name::HelpTriage).await >= 1);
    let same = help::move_to(&district, &asked.code, &fields(&[("place", "河东区")])).await;
    assert!(matches!(same, Err(Error::Invalid(_))), "{same:?}");
    help::move_to(&district, &asked.code, &fields(&[("place", "河东区鲁山道街道")])).await.unwrap();
    let seen = help::view(&street, &asked.code).await.unwrap();
    assert_eq!((seen.help.state, seen.help.due_at), (HelpState::Received, world.now().plus_hours(4)));
    assert_eq!(seen.file.name, "薄荷大娘");
}

async fn an_ended_request_forgets_its_people(world: World) {
    let ended = asked(&world, &neighbour()).await;
    let open = asked(&world, &with(&neighbour(), &[("phone", "13800150088")])).await;
    let street = world.by("street");
    help::advise(&street, &ended.code, &fields(&[("answer", "可以申请临时救助，来窗口办")])).await.unwrap();
    let all = services::record::retention::preview(&world.by("security")).await.unwrap();
    let rule = all.iter().find(|due| due.kind == Kind::NeedFile).unwrap();
    assert_eq!(rule.count, 0);
    world.set(world.now().plus_days(31 * (rule.months + 1)));
    let all = services::record::retention::preview(&world.by("security")).await.unwrap();
    assert_eq!(all.iter().find(|due| due.kind == Kind::NeedFile).unwrap().count, 1);
    services::record::retention::run(&world.by("security")).await.unwrap();
    let seen = help::view(&street, &ended.code).await.unwrap();
    assert_eq!((seen.file.name.as_str(), seen.file.words.as_str(), seen.help.state), ("", "", HelpState::Advised));
    assert_eq!(help::view(&street, &open.code).await.unwrap().file.name, "薄荷大娘");
    assert_eq!(world.count_events("help.forget").await, 1);
    // Known by its slip still, as long as the paper lasts.
    assert!(shown(&world, &ended.slip).await.is_over);
    world.sealed().await;
    world.sound().await;
}

async fn whoever_despairs_stands_first(world: World) {
    asked(&world, &neighbour()).await;
    world.set(world.now().plus_minutes(30));
    let words = "撑不下去了，真的不 想 活 了";
    let form = with(&neighbour(), &[("pace", "days"), ("words", words), ("phone", "13800150066")]);
    let last = asked(&world, &form).await;
    assert!(last.urgent, "whatever was ticked");
    let page = Window { offset: 0, limit: 10 };
    let listed = help::list(&world.by("street"), None, page).await.unwrap();
    assert_eq!(listed.rows[0].code, last.code);
    assert!(listed.rows[0].despair);
}

/// Organizations, volunteers and village workers tell; how far it is they read by the slip, and nothing else.
async fn whoever_meets_somebody_in_need_tells_the_street(world: World) {
    for (number, (by, channel)) in
        [("meals_worker", "organization"), ("vol", "volunteer"), ("village", "visit"), ("city", "phone")]
            .into_iter()
            .enumerate()
    {
        let form =
            with(&neighbour(), &[("phone", &format!("1380015030{number}")), ("place", "河东区鲁山道街道橙翠园社区")]);
        let input = ask::read(&form, &world.services.divisions()).unwrap();
        let ctx = world.by(by);
        let asked = ask::ask_for(&ctx, &input).await.unwrap();
        let stored = world.texts(&format!("SELECT channel FROM help_requests WHERE code = '{}'", asked.code)).await;
        assert_eq!(stored, [channel], "{by}");
        let own = ask::leads(&ctx).await.unwrap();
        assert_eq!((own.len(), own[0].slip.as_str()), (1, asked.slip.as_str()));
        assert!(help::view(&ctx, &asked.code).await.is_err(), "{by} reads it");
        assert_eq!(help::view(&world.by("street"), &asked.code).await.unwrap().file.name, "薄荷大娘");
    }
    assert!(ask::leads(&world.by("care")).await.unwrap().is_empty());
    for by in ["admin", "security", "auditor"] {
        let input = ask::read(&with(&neighbour(), &[("phone", "13800150399")]), &world.services.divisions()).unwrap();
        let refused = ask::ask_for(&world.by(by), &input).await;
        assert!(matches!(refused, Err(Error::Forbidden(_) | Error::NotFound)), "{by}: {refused:?}");
    }
    // Nobody floods by an account either.
    let mut slowed = 0;
    for number in 0..30 {
        let form = with(&neighbour(), &[("phone", &format!("138001504{number:02}"))]);
        let input = ask::read(&form, &world.services.divisions()).unwrap();
        slowed += usize::from(matches!(ask::ask_for(&world.by("vol"), &input).await, Err(Error::TooMany { .. })));
    }
    assert!(slowed > 5, "{slowed}");
}
