//! 今日待办: what is due first, one line one decision, numbers that open lists.

use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::{count, decide};
use crate::base::words::{clock_badge, due_badge, pager, waited};
use crate::{Access, Route};
use app::components::{Badge, Cell, Crumb, Decision, Due, Empty, EmptyKind, Glyph, Head, Link, Stat, Table};
use app::pages::desk::{DeskModel, DeskTable, OverdueModel, desk_page, overdue_page};
use axum::response::Response;
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::clock::Name;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::NeedState;
use domain::pairing::PairingState;
use domain::role::Role;
use services::aid::promise::Promise;
use services::base::offers::ever;
use services::office::desk::{Counts, Desk, Item, Task, Unclaimed};
use services::office::waiting;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/desk", Access::SignedIn, show), Route::get(OVERDUE, Access::SignedIn, overdue)]
}

const OVERDUE: &str = "/desk/overdue";
/// Late lines on the desk, and on a page of their own.
const LATE: usize = 12;
const LATE_PAGE: usize = 40;
/// Lines of the due list on the page.
const SHOWN: usize = 40;
/// As many records as are shown one by one; more become one line.
const APART: usize = 3;

/// Where an administrator begins: none of them sees a case.
fn start_of(role: Role) -> &'static str {
    if role == Role::AuditAdmin { "/audit" } else { "/accounts" }
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let role = ctx.role();
        if role.is_administrator() {
            return Ok(Answer::To(start_of(role).into()));
        }
        let desk = services::office::desk::load(ctx).await?;
        // Who leads no team has the own page.
        if role == Role::Volunteer && desk.teams.is_empty() {
            return Ok(Answer::To("/my".into()));
        }
        let now = ctx.now();
        let counts = menu_counts(role, &desk, now);
        let (urgent_due, due): (Vec<&Item>, Vec<&Item>) = desk.due.iter().partition(|item| item.urgent);
        let (urgent_late, late): (Vec<&Item>, Vec<&Item>) = desk.overdue.iter().partition(|item| item.urgent);
        let urgent: Vec<Item> = urgent_late.into_iter().chain(urgent_due).cloned().collect();
        let shown_needs: Vec<uuid::Uuid> = urgent.iter().map(|item| item.id).collect();
        let mut urgent = lines(&get, &urgent);
        let waiting = desk.unclaimed.iter().filter(|need| need.urgent && !shown_needs.contains(&need.id));
        urgent.extend(waiting.map(|need| unclaimed_line(&get, need)));
        let late: Vec<Item> = late.into_iter().cloned().collect();
        let late = late_lines(&get, &late);
        let overdue_all =
            (late.len() > LATE).then(|| (format!("全部{}件逾期", desk.overdue.len()), OVERDUE.to_owned()));
        let due: Vec<Item> = due.into_iter().cloned().collect();
        let lines = lines(&get, &due);
        let total = desk.due.len() + desk.overdue.len();
        let title = match role {
            Role::Volunteer => "队长工作台",
            role if role.is_organization() => "工作台",
            _ => "今日待办",
        };
        let mut head = Head::new(title);
        if ctx.may(Command::HelpAsk) && !ctx.may(Command::HelpTake) {
            head = head.action(Link::new("替来电人登记求助", "/requests/new").glyph(Glyph::Phone));
        }
        if ctx.may(Command::NeedCreate) {
            head = head.action(Link::new("登记需求", "/needs/new").glyph(Glyph::Plus).primary());
        } else if ctx.may(Command::ClaimSubmit) {
            head = head.action(Link::new("今天的上门", crate::aid::rounds::PATH).glyph(Glyph::Check));
            head = head.action(Link::new("找需求", "/needs").glyph(Glyph::Search).primary());
        }
        let model = DeskModel {
            head,
            stats: stats(role, &desk, now),
            urgent,
            overdue: late.into_iter().take(LATE).collect(),
            overdue_all,
            due_note: format!("{total}件\u{3000}{}", now.words()),
            due_all: (lines.len() > SHOWN).then(|| (format!("先办这{SHOWN}件，办完再看后面的"), "/desk".to_owned())),
            due: lines.into_iter().take(SHOWN).collect(),
            due_empty: Some(nothing_due(role)),
            tables: match role {
                Role::Volunteer => vec![crate::volunteers::team::own_table(ctx, &desk.teams)],
                role if role.is_organization() => vec![own_pairings(&desk.counts)],
                _ => vec![queue(&get, &desk)],
            },
        };
        Ok(Page::new(title, move || desk_page(model)).counts(counts).into())
    })
    .await
}

/// 逾期: everything late that has come to the reader's desk.
async fn overdue(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let role = ctx.role();
        if role.is_administrator() {
            return Ok(Answer::To(start_of(role).into()));
        }
        let all = services::office::desk::overdue(ctx).await?;
        let (page, total) = (get.page(), u64::try_from(all.len()).unwrap_or_default());
        let size = all.len();
        let mut shown: Vec<Item> = all.into_iter().skip((page - 1) * LATE_PAGE).take(LATE_PAGE).collect();
        services::office::desk::name(ctx, &mut shown).await?;
        let lines = late_lines(&get, &shown);
        let model = OverdueModel {
            head: Head::new("逾期")
                .lead(format!("{total}件超过了期限，最久的在前，急难的最先。"))
                .crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("逾期")])
                .action(Link::new("各种期限", "/help/clocks")),
            empty: lines.is_empty().then(|| Empty::new(EmptyKind::Nothing, "没有逾期的事", "超过期限的会排在这里。")),
            lines,
            pager: (size > LATE_PAGE).then(|| pager(OVERDUE, &get.query, page, LATE_PAGE, total, "件")),
        };
        Ok(Page::new("逾期", move || overdue_page(model)).into())
    })
    .await
}

/// An urgent need that nobody has taken.
fn unclaimed_line(get: &Get, need: &Unclaimed) -> Due {
    let services = &get.site.services;
    let running = waiting::of_unclaimed(services, need.published_at, true);
    Due {
        clock: running.map_or_else(|| Badge::urgent("急难"), |running| clock_badge(&running, services)),
        title: format!("无人认领：{}", need.title),
        href: href(Object::Need, &need.code),
        note: format!("还差{}\u{3000}{}", need.open, need.place),
        account: None,
        decisions: crate::aid::queue::ways(&need.offers, &need.code, &need.title),
    }
}

fn nothing_due(role: Role) -> Empty {
    if role == Role::Volunteer {
        Empty::new(EmptyKind::Nothing, "没有等着办的事", "入队申请、报名、签到和时长会排在这里。")
    } else if role.is_organization() {
        Empty::new(EmptyKind::Nothing, "没有等着办的事", "认领以后，首次联系、上门记录和街道的询问会排在这里。")
            .action(Link::new("去需求大厅", "/needs"))
    } else {
        Empty::new(EmptyKind::Nothing, "都办完了", "现在没有等着办的事。有新的会按到期时间排在这里。")
    }
}

fn menu_counts(role: Role, desk: &Desk, now: Time) -> Vec<(&'static str, u64)> {
    let counts = &desk.counts;
    let running: i64 = counts.pairings.iter().filter(|(state, _)| state.is_running()).map(|(_, n)| n).sum();
    let mut all = vec![
        ("/desk", u64::try_from(desk.due.len() + desk.overdue.len()).unwrap_or_default()),
        ("/pairings", count(running)),
    ];
    all.push(("/claims", count(counts.claim(ClaimState::Submitted) + counts.claim(ClaimState::NeedsInfo))));
    all.push((crate::aid::rounds::PATH, u64::try_from(visits(&desk.due, now).0.len()).unwrap_or_default()));
    if role.is_staff() {
        all.push(("/desk/needs", count(counts.need(NeedState::Published))));
        all.push(("/deliveries", count(counts.to_confirm)));
        all.push(("/verifications", count(counts.pairing(PairingState::Reported))));
    }
    all.into_iter().filter(|(_, n)| *n > 0).collect()
}

fn stats(role: Role, desk: &Desk, now: Time) -> Vec<Stat> {
    let counts = &desk.counts;
    let size = |n: usize| u64::try_from(n).unwrap_or_default();
    let mut tiles = vec![
        Stat::new("逾期", size(counts.overdue), if counts.overdue == 0 { "没有逾期" } else { "请先办" }, OVERDUE),
        Stat::new("今天到期", size(counts.today), "到今天24点", "#due"),
    ];
    if role == Role::Volunteer {
        return tiles;
    }
    let pairings = |state: PairingState| count(counts.pairing(state));
    if role.is_organization() {
        tiles.push(Stat::new(
            "等待街道答复",
            count(counts.claim(ClaimState::Submitted)),
            "街道3个工作日内答复",
            "/claims?state=submitted",
        ));
        tiles.push(Stat::new(
            "待首次联系",
            pairings(PairingState::PendingStart),
            "3个工作日内联系",
            "/pairings?state=pending_start",
        ));
        let (today, _) = visits(&desk.due, now);
        tiles.push(Stat::new("今天的上门", size(today.len()), "包括前几天还没记的", crate::aid::rounds::PATH));
        tiles.push(Stat::new("正在帮扶", pairings(PairingState::Active), "按计划上门并记录", "/pairings?state=active"));
        tiles.push(Stat::new(
            "等待核验",
            pairings(PairingState::Reported),
            "由街道安排核验",
            "/pairings?state=reported",
        ));
        return tiles;
    }
    if ever(role, Command::NeedPublish) {
        tiles.push(Stat::new(
            "等待审核",
            count(counts.need(NeedState::InReview)),
            "审核后公开",
            "/desk/needs?state=in_review",
        ));
    }
    let longest = desk.unclaimed.iter().map(|n| n.published_at).min();
    let note = longest.map_or_else(|| "都有组织承接".to_owned(), |at| format!("最久的{}", waited(Some(at), now)));
    tiles.push(Stat::new("无人认领", count(counts.unclaimed), note, crate::aid::queue::PATH));
    tiles.push(Stat::new(
        "正在帮扶",
        pairings(PairingState::Active),
        format!("另有{}件待首次联系", pairings(PairingState::PendingStart)),
        "/pairings?state=active",
    ));
    if role == Role::VillageWorker {
        tiles.push(Stat::new("等待确认", count(counts.to_confirm), "服务记录", "/deliveries?state=recorded"));
    } else {
        tiles.push(Stat::new(
            "等待核验",
            pairings(PairingState::Reported),
            "报告后5个工作日内",
            "/pairings?state=reported",
        ));
    }
    tiles
}

/// Visits to be made: those of today and before, and those of tomorrow.
fn visits(items: &[Item], now: Time) -> (Vec<&Item>, Vec<&Item>) {
    let all = items.iter().filter(|item| item.task == Task::RecordVisit);
    all.partition(|item| item.due_at.is_none_or(|due| due.day() <= now.day()))
}

/// Many visits are one round.
fn round_line(when: &str, to: String, items: &[&Item], now: Time) -> Due {
    let about = format!("{}次", items.len());
    let today = when == "今天";
    Due {
        clock: due_badge(items.iter().filter_map(|item| item.due_at).min(), false, now),
        title: format!("{when}的上门：{about}"),
        note: if today {
            "按村居排好，整个街道做完勾一下，没做成的选原因；以前没记的也在那里补。".into()
        } else {
            "看路线、打印单子，要改期的先改。".into()
        },
        account: None,
        decisions: vec![Decision::get(if today { "去记录" } else { "看路线" }, about, to.clone())],
        href: to,
    }
}

/// Late lines in order, many visits that nobody has recorded folded into one.
fn late_lines(get: &Get, items: &[Item]) -> Vec<Due> {
    let visits: Vec<&Item> = items.iter().filter(|item| item.task == Task::RecordVisit).collect();
    let fold = visits.len() > APART;
    let others = items.iter().filter(|item| !fold || item.task != Task::RecordVisit);
    let first = visits.first().filter(|_| fold).map(|first| Due {
        title: format!("上门没有记录：{}次", visits.len()),
        href: crate::aid::rounds::PATH.into(),
        note: "计划的日子过了3天还没有记录，做了的补记，没做成的选原因。".into(),
        account: None,
        decisions: vec![Decision::get("去补记", format!("{}次", visits.len()), crate::aid::rounds::PATH)],
        ..line(get, first)
    });
    first.into_iter().chain(others.map(|item| line(get, item))).collect()
}

/// Lines in order, many visits and many records of visits folded into one.
fn lines(get: &Get, items: &[Item]) -> Vec<Due> {
    let now = get.site.services.now();
    let (today, tomorrow) = visits(items, now);
    let to_visit = today.len() + tomorrow.len() > APART;
    let mut rounds = Vec::new();
    if to_visit && !today.is_empty() {
        rounds.push(round_line("今天", crate::aid::rounds::PATH.into(), &today, now));
    }
    if to_visit && !tomorrow.is_empty() {
        let day = now.day() + chrono::Days::new(1);
        rounds.push(round_line("明天", format!("{}?day={day}", crate::aid::rounds::PATH), &tomorrow, now));
    }
    let together: Vec<&Item> = items.iter().filter(|item| item.task == Task::ConfirmDelivery && item.batch).collect();
    let fold = together.len() > APART;
    let mut folded = false;
    let mut all = Vec::new();
    for item in items {
        if to_visit && item.task == Task::RecordVisit {
            all.append(&mut rounds);
            continue;
        }
        if fold && item.task == Task::ConfirmDelivery && item.batch {
            if !folded {
                folded = true;
                all.push(fold_line(get, &together));
            }
            continue;
        }
        all.push(line(get, item));
    }
    all
}

fn fold_line(get: &Get, items: &[&Item]) -> Due {
    let now = get.site.services.now();
    let about = format!("{}条服务记录", items.len());
    let mut all = decide(get, "全部确认", &about, "/deliveries/confirm");
    for item in items {
        all = all.with("delivery", item.id.to_string());
    }
    Due {
        clock: due_badge(items.iter().filter_map(|item| item.due_at).min(), false, now),
        title: format!("确认服务记录：{about}"),
        href: "/deliveries?state=recorded".into(),
        note: "都是第一次报来的，没有更正过。逐条看过再确认更稳妥。".into(),
        account: None,
        decisions: vec![all, Decision::get("逐条看", about, "/deliveries?state=recorded").quiet()],
    }
}

/// Title, address and decisions of one line.
fn line(get: &Get, item: &Item) -> Due {
    let code = &item.code;
    let need = href(Object::Need, &code);
    let pairing = href(Object::Pairing, &code);
    let claim = href(Object::Claim, &code);
    let post = |label: &str, action: String| decide(get, label, &item.title, &action);
    let open = |label: &str, href: String| Decision::get(label, item.title.clone(), href);
    let (what, href, decisions): (&str, String, Vec<Decision>) = match &item.task {
        Task::ReviewNeed if item.own => ("审核公开", need.clone(), vec![open("查看", need)]),
        Task::ReviewNeed => {
            ("审核公开", need.clone(), vec![post("公开", format!("{need}/publish")), open("看后再定", need).quiet()])
        }
        Task::ReviseNeed => ("修改后重新送审", need.clone(), vec![open("去修改", need)]),
        Task::FinishDraft => ("补全并送审", need.clone(), vec![open("接着填", need)]),
        Task::DecideClaim => {
            ("答复认领", claim.clone(), vec![post("同意", format!("{claim}/approve")), open("看后再定", claim).quiet()])
        }
        Task::JoinClaim => (
            "请贵机构一起认领",
            claim.clone(),
            vec![open("去答复", claim.clone()), open("不参加", format!("{claim}#withdraw")).quiet()],
        ),
        Task::ResolveJoint => ("有组织没有参加，决定是否提交", claim.clone(), vec![open("去决定", claim)]),
        Task::AnswerClaim => ("补充说明", claim.clone(), vec![open("去补充", claim)]),
        Task::ReleasePairing => {
            let mut ways = vec![open("退回", format!("{pairing}/release"))];
            if item.offers.has(Command::PairingGrace) {
                ways.push(post("再给1天", format!("{pairing}/grace")).quiet());
            }
            ("没有按时首次联系，退回待认领", pairing, ways)
        }
        Task::FirstContact => ("首次联系", pairing.clone(), vec![open("登记联系", format!("{pairing}#start"))]),
        Task::AssignVerification => ("指派核验", pairing.clone(), vec![open("指派", format!("{pairing}#assign"))]),
        Task::VerifyAgain { failed } if *failed >= services::office::desk::attempts() => (
            "三次未能核验，单独办结",
            pairing.clone(),
            vec![
                open("办结", format!("{pairing}/close-unverified")),
                open("再指派", format!("{pairing}#assign")).quiet(),
            ],
        ),
        Task::VerifyAgain { .. } => {
            ("未能核验，再次指派", pairing.clone(), vec![open("指派", format!("{pairing}#assign"))])
        }
        Task::CompletePairing { .. } if item.own => ("确认办结", pairing.clone(), vec![open("查看", pairing)]),
        Task::CompletePairing { met: true } => (
            "确认办结",
            pairing.clone(),
            vec![post("办结", format!("{pairing}/complete")), open("看结果", pairing).quiet()],
        ),
        Task::CompletePairing { met: false } => {
            ("核验没有满足，退回继续帮扶", pairing.clone(), vec![open("退回", format!("{pairing}/rework"))])
        }
        Task::ConfirmClosing if item.own => ("提请结案，等另一位同事确认", need.clone(), vec![open("查看", need)]),
        Task::ConfirmClosing => ("确认结案", need.clone(), vec![open("看理由和依据", format!("{need}#closing"))]),
        Task::ConfirmAmendment if item.own => ("提出更正，等另一位同事确认", need.clone(), vec![open("查看", need)]),
        Task::ConfirmAmendment => ("确认更正", need.clone(), vec![open("看改了什么", format!("{need}#amendment"))]),
        Task::Verify => ("核验结果", pairing.clone(), vec![open("填写核验", format!("{pairing}/verify"))]),
        Task::ConfirmDelivery => {
            let visit = format!("{pairing}/visits/{}", item.id);
            (
                "确认服务记录",
                visit.clone(),
                vec![
                    post("确认", href_at(Object::Delivery, &item.id, "/confirm")),
                    open("有异议", format!("{visit}#dispute")).quiet(),
                ],
            )
        }
        Task::CorrectDelivery => {
            ("更正有异议的记录", pairing.clone(), vec![open("去更正", format!("{pairing}/visits/{}", item.id))])
        }
        Task::RecordVisit => {
            let visit = format!("{pairing}/visits/{}", item.id);
            let today = get.site.services.now().day();
            if item.due_at.is_some_and(|due| due.day() > today) {
                ("准备上门", visit.clone(), vec![open("看安排", visit)])
            } else {
                ("上门并记录", visit.clone(), vec![open("记录", visit)])
            }
        }
        Task::DecideTransfer => (
            "答复移交",
            pairing.clone(),
            vec![
                post("同意移交", href_at(Object::Transfer, &item.id, "/approve")),
                open("不同意", format!("{pairing}#transfer")).quiet(),
            ],
        ),
        Task::AnswerTransfer if !item.offers.has(Command::TransferAccept) => {
            ("请贵机构接手", need.clone(), vec![open("看需求", need)])
        }
        Task::AnswerTransfer => (
            "请贵机构接手",
            need,
            vec![
                post("接受", href_at(Object::Transfer, &item.id, "/accept")),
                post("不接受", href_at(Object::Transfer, &item.id, "/decline")).quiet(),
            ],
        ),
        Task::DecideAccess => {
            // The city asks for a file, an organization for a child's contact data.
            let (what, page) = if code.starts_with("XQ") {
                ("批准市级查看档案", need)
            } else {
                ("批准查看未成年人的联系方式", pairing)
            };
            let decide = format!("{page}#disclosure");
            let ways = if item.own {
                vec![open("查看", page)]
            } else {
                vec![
                    post("批准一次", href_at(Object::Disclosure, &item.id, "/approve")),
                    open("不批准", decide.clone()).quiet(),
                ]
            };
            (what, decide, ways)
        }
        Task::DecideRights => {
            let page = href(Object::Rights, &code);
            ("个人信息要求", page.clone(), vec![open("去办理", page)])
        }
        Task::AnswerHelp { state } => {
            use domain::help::HelpState as S;
            let page = href(Object::Help, code);
            let what = match state {
                S::Received => "答复求助",
                S::Accepted => "办理求助",
                S::Routed => "问政府救助的结果",
                _ => "到日子再看",
            };
            (what, page.clone(), vec![open("去办理", page)])
        }
        Task::HearVoice => {
            let page = format!("{}?way=hear#hear", href(Object::Help, code));
            ("给求助人回话", page.clone(), vec![open("去回话", page)])
        }
        Task::AnswerInvitation => {
            let page = href(Object::Ask, &code);
            let ways = vec![open("去回复", page.clone()), open("不接受", format!("{page}#decline")).quiet()];
            ("回复邀请", page, ways)
        }
        Task::RecheckOrganization => {
            let page = href(Object::Organization, &item.id);
            ("年度复核", page.clone(), vec![open("去复核", page)])
        }
        Task::CompleteApplication { returned } => {
            let page = crate::supply::registration::APPLY.to_owned();
            (if *returned { "补正后重新提交" } else { "填完入驻申请" }, page.clone(), vec![open("接着填", page)])
        }
        Task::AskRecheck => {
            let page = href_at(Object::Organization, &item.id, "#recheck");
            ("申请年度复核", page.clone(), vec![open("去申请", page)])
        }
        Task::HandOver => (
            "机构资格暂停，安排移交",
            pairing.clone(),
            vec![
                open("安排移交", format!("{pairing}/transfer")),
                open("终止结对", format!("{pairing}/terminate")).quiet(),
            ],
        ),
        Task::Dispatch { step } => {
            let what = match (step, item.urgent) {
                (1, true) => "急难12小时无人认领，邀请组织",
                (2, true) => "急难20小时无人认领，请协调",
                (_, true) => "急难36小时无人认领，请调度或记录未满足",
                (1, false) => "3天无人认领，邀请组织",
                (2, false) => "7天无人认领，请协调",
                (_, false) => "14天无人认领，请调度或记录未满足",
            };
            (what, need.clone(), crate::aid::queue::ways(&item.offers, code, &item.title))
        }
        Task::Late { what, href, decide: true, .. } => {
            let mut ways = vec![open("继续", format!("{pairing}/go-on"))];
            if item.promise.as_ref().is_none_or(Promise::is_divisible) {
                ways.push(open("部分退回", format!("{pairing}/give-back")).quiet());
            }
            ways.push(open("结束", format!("{pairing}/terminate")).quiet());
            (what.as_str(), href.clone(), ways)
        }
        Task::Late { name: Name::Confirmation, what, .. } => (
            what.as_str(),
            "/deliveries?state=recorded".into(),
            vec![open("逐条看", "/deliveries?state=recorded".into())],
        ),
        Task::Late { name: Name::NeedUnclaimed, what, href, .. } => {
            (what.as_str(), href.clone(), crate::aid::queue::ways(&item.offers, code, &item.title))
        }
        Task::Late { what, href, .. } => (what.as_str(), href.clone(), vec![open("去看", href.clone())]),
        Task::ConfirmCapacity => {
            let page = href(Object::Project, &code);
            let ways = if item.offers.has(Command::ProjectConfirm) {
                vec![post("余量没有变", format!("{page}/confirm")), open("修改", format!("{page}/edit")).quiet()]
            } else {
                vec![open("看项目", page.clone())]
            };
            ("确认余量", page, ways)
        }
        Task::Volunteer(task) => crate::volunteers::team::due(*task, item),
        Task::VerifyOrganization => {
            let page = href(Object::Organization, &item.id);
            ("核验社会组织", page.clone(), vec![open("去核验", page)])
        }
    };
    let note = match (&item.task, item.own) {
        (Task::ReviewNeed, true) => format!("{}\u{3000}由您登记，请另一位同事审核", item.note),
        (Task::DecideAccess, true) => format!("{}\u{3000}由您申请，请另一位同事批准", item.note),
        (Task::CompletePairing { .. }, true) => format!("{}\u{3000}您报告或核验过，请另一位同事办结", item.note),
        _ => item.note.clone(),
    };
    let services = &get.site.services;
    Due {
        clock: item.running.map_or_else(
            || due_badge(item.due_at, item.urgent, services.now()),
            |running| clock_badge(&running, services),
        ),
        title: if item.title.is_empty() { what.to_owned() } else { format!("{what}：{}", item.title) },
        href,
        note,
        account: item.promise.as_ref().and_then(crate::base::promise::in_list),
        decisions,
    }
}

fn queue(get: &Get, desk: &Desk) -> DeskTable {
    DeskTable {
        id: "queue".into(),
        title: "无人认领".into(),
        empty: desk.unclaimed.is_empty().then(crate::aid::queue::nothing),
        table: crate::aid::queue::table(get, crate::aid::queue::ALL, &desk.unclaimed),
        action: None,
        all: (desk.counts.unclaimed > 0)
            .then(|| (format!("全部{}个，按等到第几步看", desk.counts.unclaimed), crate::aid::queue::PATH.to_owned())),
    }
}

fn own_pairings(counts: &Counts) -> DeskTable {
    let states = PairingState::ALL.iter().filter(|state| counts.pairing(**state) > 0);
    let table = Table::of("本机构的结对，按状态", states)
        .column("状态", |state| Cell::link(state.label(), format!("/pairings?state={}", state.as_str())))
        .number("件数", |state| Cell::text(format!("{}件", counts.pairing(**state))))
        .done();
    DeskTable {
        id: "pairings".into(),
        title: "我的结对".into(),
        empty: table.is_empty().then(|| {
            Empty::new(EmptyKind::Nothing, "还没有结对", "街道同意认领以后，结对会出现在这里。")
                .action(Link::new("去需求大厅", "/needs"))
        }),
        table,
        action: None,
        all: None,
    }
}
