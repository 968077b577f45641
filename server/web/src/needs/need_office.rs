//! The page of one need for the office in charge: the file, claims, pairings, consent, and every
//! command that is possible now.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{happenings, panel, target};
use crate::base::states;
use crate::base::words::due_badge;
use crate::needs::need_commands::{self, Act};
use crate::needs::need_file::{note, reveal};
use crate::needs::need_words::{Said, clock, crumbs, dates, full_line, situation_facts};
use app::components::{
    ActPanel, Badge, Button, Cell, Contact, Empty, EmptyKind, Fact, FactLine, Field, Head, Line, Link, Mark, Table,
};
use app::pages::need::{NeedModel, Situation, need_page};
use app::pages::record::{Body, RecordSection};
use domain::calendar::{Time, day_words};
use domain::claim::ClaimState;
use domain::form::aid::pairing as form;
use domain::form::needs::who::RESPONSIBLE_PERSON;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::{NeedKind, NeedState};
use domain::organization::ConsentState;
use domain::permission::Refusal;
use services::aid::need_file::Way;
use services::aid::view::{LineView, StaffNeed};
use services::{Ctx, Result};

pub(crate) async fn page(get: &Get, need: StaffNeed) -> Result<Page> {
    let ctx = get.ctx()?;
    let services = &get.site.services;
    let now = services.now();
    let row = &need.need;
    let cards: Vec<_> = need.lines.iter().map(LineView::card).collect();
    let open = cards.iter().any(|line| line.open() > 0);
    let mut badges = vec![states::need(row.state, row.close_reason, Some(&cards))];
    badges.extend(clock(row.state, row.published_at, row.due_at, row.is_urgent(), open, now));
    if row.escalation > 0 && row.state == NeedState::Published {
        let hours = domain::clock::unclaimed_hours(row.is_urgent());
        let hours = hours.get(usize::try_from(row.escalation - 1).unwrap_or(0)).copied().unwrap_or_default();
        let span = if row.is_urgent() { format!("{hours}小时") } else { format!("{}天", hours / 24) };
        badges.push(Badge::care(format!("{span}没人认领")));
    }
    let mut head = Head {
        crumbs: crumbs(&row.code, &services.place(&row.code[2..8])),
        badges,
        notes: std::iter::once(need.place.clone()).chain(dates(row.published_at, row.valid_until)).collect(),
        ..Head::new(row.title.clone())
    };
    if need.offers.has(Command::NeedEdit) {
        head = head.action(Link::new("修改", href_at(Object::Need, &row.code, "/edit")));
    }
    let mut panels: Vec<ActPanel> = closing(get, &need, now)
        .into_iter()
        .chain(amending(get, &need, now))
        .chain(next_step(get, ctx, &need, now))
        .chain(others(&need))
        .collect();
    for access in need.accesses.iter().filter(|access| access.offers.has(Command::DisclosureApprove)) {
        let id = access.id;
        let reason = Field::of(form::REFUSE_DISCLOSURE);
        let action = href_at(Object::Disclosure, &id, "/approve");
        let mut decide = panel(get, "disclosure", "批准市级查看档案", &action, vec![reason], "批准一次").await?;
        decide.text = format!("市级{}申请查看，用于：{}。", access.asker, access.purpose.label());
        decide.buttons.push(Button::new("不批准").secondary().action(href_at(Object::Disclosure, &id, "/refuse")));
        decide.next = "批准后24小时内能看一次，看了会记录。".into();
        panels.push(decide);
    }
    let dock = panels
        .first()
        .filter(|panel| !panel.buttons.is_empty())
        .map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
    let mut sections = Vec::new();
    if row.kind == NeedKind::Household
        && matches!(row.state, NeedState::Draft | NeedState::InReview | NeedState::Returned)
    {
        sections.extend(twins(ctx, row).await?);
    }
    if row.state == NeedState::Published && open {
        sections.extend(crate::aid::matching::on_need(ctx, &need).await?);
    }
    if row.state != NeedState::Draft {
        sections.push(claims(&need, now));
        sections.push(pairings(&need, now));
    }
    if row.kind == NeedKind::Household {
        sections.push(consent(&need, now));
        sections.push(disclosures(&need, now));
        if need.offers.has(Command::AttachmentAdd) {
            let (files, add) = crate::record::retention::of_need(get, &need).await?;
            sections.push(files);
            panels.extend(add);
        }
    }
    let mut facts = situation_facts(&Said::of_staff(row, &need.beneficiaries));
    let mut source = Fact::new("来源", row.source.label());
    if let Some(number) = &row.source_no {
        source = source.note(number.clone());
    }
    facts.push(source);
    if !row.responsible_person.is_empty() {
        facts.push(Fact::new(RESPONSIBLE_PERSON.label, row.responsible_person.clone()));
    }
    if let Some(author) = &need.author_name {
        facts.push(Fact::new("登记", author.clone()).note(row.created_at.words()));
    }
    let model = NeedModel {
        head,
        notice: notice(&need),
        lines: need.lines.iter().map(full_line).collect(),
        situation: Some(Situation { text: row.description.clone(), facts }),
        file: file(get, &need),
        sections,
        timeline: happenings(&need.timeline, now),
        panels,
        dock,
        ..NeedModel::default()
    };
    let title = row.title.clone();
    Ok(Page::new(title, move || need_page(model)))
}

fn notice(need: &StaffNeed) -> Option<String> {
    let row = &need.need;
    match row.state {
        NeedState::Returned => {
            let label = Command::NeedReturn.label();
            let back = need.timeline.iter().find(|entry| entry.what == label)?;
            Some(format!("已退回修改：{}", back.reason.clone().unwrap_or_default()))
        }
        NeedState::Merged => Some(format!("已合并到{}。", need.merged_into.clone().unwrap_or_default())),
        NeedState::Closed => {
            let note = row.close_note.clone().filter(|note| !note.is_empty())?;
            Some(format!("结案说明：{note}"))
        }
        _ if need.consent.as_ref().is_some_and(|consent| consent.state == ConsentState::Withdrawn) => {
            Some("本人撤回了同意，联系方式不再向组织显示。".into())
        }
        _ => None,
    }
}

/// Other needs of the same person or telephone, so that nobody publishes the same thing twice.
async fn twins(ctx: &Ctx, need: &services::aid::view::Need) -> Result<Option<RecordSection>> {
    let found = services::needs::need::twins(ctx, need).await?;
    if found.is_empty() {
        return Ok(None);
    }
    let lines = found
        .into_iter()
        .map(|hit| Line {
            title: hit.title,
            href: href(Object::Need, &hit.code),
            mark: Mark::Text(hit.state.label().to_owned()),
            note: format!("{}，{}登记", hit.code, day_words(hit.created_at.day())),
        })
        .collect();
    let words =
        Body::Text("身份证号或电话相同。是同一件事的，不要再公开一次：可以退回或不予公开，都已公开的用“合并”。".into());
    Ok(Some(RecordSection::new("twins", "同一人或同一电话的其他需求", vec![words, Body::Lines(lines)])))
}

/// A proposal to close, with its reason and evidence, for the colleague who confirms it.
fn closing(get: &Get, need: &StaffNeed, now: Time) -> Option<ActPanel> {
    let closing = need.closing.as_ref()?;
    let path = href(Object::Need, &need.need.code);
    let mut panel = ActPanel {
        id: "closing".into(),
        title: "确认结案".into(),
        text: format!(
            "{}{}提请按“{}”结案。",
            closing.name,
            closing.proposed_at.words_near(now),
            closing.reason.label()
        ),
        facts: vec![Fact::new("说明", closing.note.clone()), Fact::new("依据", closing.evidence.clone())],
        next: format!("请在{}前答复。确认以前需求照常。", closing.due_at.words_near(now)),
        ..ActPanel::default()
    };
    match need.offers.refusal(Command::NeedClose) {
        None => {
            panel.target = target(get, "closing", &format!("{path}/close/confirm"), None);
            panel.buttons = vec![Button::new("确认结案")];
            panel.links = vec![Link::new("不同意结案", format!("{path}/close/refuse"))];
        }
        Some(Refusal::Separated(separation)) => panel.next = format!("{}。", separation.sentence()),
        Some(_) => panel.next = format!("由街道或区民政局在{}前答复。", closing.due_at.words_near(now)),
    }
    Some(panel)
}

/// A correction of what is published, field by field, for the colleague who confirms it.
fn amending(get: &Get, need: &StaffNeed, now: Time) -> Option<ActPanel> {
    let amending = need.amending.as_ref()?;
    let path = href(Object::Need, &need.need.code);
    let changed = amending
        .changes
        .iter()
        .map(|one| Fact::new(one.label.clone(), one.words(&one.to)).note(format!("现在：{}", one.words(&one.from))));
    let mut panel = ActPanel {
        id: "amendment".into(),
        title: "确认更正".into(),
        text: format!("{}{}提出更正公开的内容。", amending.name, amending.proposed_at.words_near(now)),
        facts: changed.chain([Fact::new("为什么更正", amending.reason.clone())]).collect(),
        next: format!("请在{}前答复。确认以前公开的内容不变。", amending.due_at.words_near(now)),
        ..ActPanel::default()
    };
    match need.offers.refusal(Command::NeedConfirmAmendment) {
        None => {
            panel.target = target(get, "amendment", &format!("{path}/amend/confirm"), None);
            panel.buttons = vec![Button::new("确认更正")];
            panel.links = vec![Link::new("不同意更正", format!("{path}/amend/refuse"))];
        }
        Some(Refusal::Separated(separation)) => panel.next = format!("{}。", separation.sentence()),
        Some(_) => panel.next = format!("由街道或区民政局在{}前答复。", amending.due_at.words_near(now)),
    }
    Some(panel)
}

/// The one command that brings the need on, or who has to give it.
fn next_step(get: &Get, ctx: &Ctx, need: &StaffNeed, now: Time) -> Option<ActPanel> {
    let row = &need.need;
    let path = href(Object::Need, &row.code);
    let panel = |segment: &str, title: &str, text: String, label: &str, next: String| ActPanel {
        id: "next".into(),
        title: title.into(),
        text,
        target: target(get, segment, &format!("{path}/{segment}"), None),
        buttons: vec![Button::new(label)],
        next,
        ..ActPanel::default()
    };
    let edit = Link::new("修改", format!("{path}/edit"));
    match row.state {
        NeedState::Draft if need.offers.has(Command::NeedSubmit) => {
            let consent = if row.kind == NeedKind::Household && need.consent.is_none() {
                "还没有登记同意书。可以先送审，结对以前要补上，否则组织看不到联系方式。"
            } else {
                ""
            };
            let due = if row.is_urgent() {
                now.plus_hours(domain::need::URGENT_HOURS)
            } else {
                ctx.services.calendar().due(now, services::needs::need::REVIEW_WORKING_DAYS)
            };
            let next = format!("送审后由区民政局审核，{}前办理。审核公开的人不能是登记的人。", due.words_near(now));
            let mut panel = panel("submit", "送审", consent.into(), "送审", next);
            panel.links.push(edit);
            Some(panel)
        }
        NeedState::InReview => {
            let due = row.due_at.map(|due| format!("{}前", due.words_near(now))).unwrap_or_default();
            match need.offers.refusal(Command::NeedPublish) {
                None => {
                    let next = "公开以后，所有人能看到服务项和数量，登录的社会组织能看到情况说明。".to_owned();
                    let text = format!("核对情况说明里没有个人信息、数量合理。请在{due}办理。");
                    let mut panel = panel("publish", "审核", text, "审核公开", next);
                    panel.links.push(Link::new("退回修改", format!("{path}/return")));
                    Some(panel)
                }
                Some(refusal) => {
                    let text = match refusal {
                        Refusal::Separated(separation) => format!("{}。", separation.sentence()),
                        _ => format!("等区民政局{due}审核。"),
                    };
                    let mut links = Vec::new();
                    if need.offers.has(Command::NeedReturn) {
                        links.push(Link::new("退回修改", format!("{path}/return")));
                    }
                    Some(information("审核中", text, links))
                }
            }
        }
        NeedState::Returned if need.offers.has(Command::NeedRevise) => {
            Some(panel("revise", "按退回的原因修改", String::new(), "开始修改", "改好以后再送审。".into()))
        }
        NeedState::Suspended if need.offers.has(Command::NeedResume) => Some(panel(
            "resume",
            "恢复公开",
            "暂停期间大厅里不显示，已有的结对照常。".into(),
            "恢复公开",
            String::new(),
        )),
        NeedState::Published => {
            let waiting: Vec<_> =
                need.claims.iter().filter(|(claim, _)| claim.state == ClaimState::Submitted).collect();
            let (claim, name) = waiting.first()?;
            let due = claim.due_at.map(|due| due.words_near(now)).unwrap_or_default();
            let links = vec![Link::new("查看并答复", href(Object::Claim, &claim.code)).primary()];
            let text = format!("{name}在等答复，请在{due}前答复。");
            Some(information(&format!("{}件认领等答复", waiting.len()), text, links))
        }
        _ => None,
    }
}

/// A panel that informs and leads on, without a form of its own.
fn information(title: &str, text: String, links: Vec<Link>) -> ActPanel {
    ActPanel { id: "next".into(), title: title.into(), text, links, ..ActPanel::default() }
}

/// Everything else that may be done now, each on a page of its own.
fn others(need: &StaffNeed) -> Option<ActPanel> {
    let path = href(Object::Need, &need.need.code);
    let mut links: Vec<Link> = need_commands::ACTS
        .iter()
        .filter(|act| act.listed && need.offers.has(act.command))
        .map(|act: &Act| Link::new(act.label, format!("{path}/{}", act.segment)))
        .collect();
    if need.need.kind == NeedKind::Household && need.offers.has(Command::RightsReceive) {
        links.push(Link::new("登记本人的个人信息要求", format!("{path}/rights")));
    }
    (!links.is_empty())
        .then(|| ActPanel { id: "more".into(), title: "其他办理".into(), links, ..ActPanel::default() })
}

fn claims(need: &StaffNeed, now: Time) -> RecordSection {
    if need.claims.is_empty() {
        let empty = Empty::new(EmptyKind::Nothing, "还没有组织认领", "公开以后，认领会列在这里等答复。");
        return RecordSection::new("claims", "认领", vec![Body::Empty(empty)]);
    }
    let table = Table::of("认领", &need.claims)
        .column("组织", |(claim, name)| {
            Cell::link(name.clone(), href(Object::Claim, &claim.code)).note(claim.code.clone())
        })
        .column("提交", |(claim, _)| Cell::text(claim.submitted_at.words_near(now)))
        .column("状态", |(claim, _)| match claim.due_at {
            Some(due) if claim.state.is_pending() => {
                Cell::badge(due_badge(Some(due), need.need.is_urgent(), now)).note(claim.state.label())
            }
            _ => Cell::badge(states::claim(claim.state)),
        })
        .done();
    RecordSection::new("claims", "认领", vec![Body::Table(table)])
}

fn pairings(need: &StaffNeed, now: Time) -> RecordSection {
    if need.pairings.is_empty() {
        let empty = Empty::new(EmptyKind::Nothing, "还没有结对", "同意认领以后，结对会列在这里。");
        return RecordSection::new("pairings", "结对", vec![Body::Empty(empty)]);
    }
    let table = Table::of("结对", &need.pairings)
        .column("组织", |(pairing, name)| {
            Cell::link(name.clone(), href(Object::Pairing, &pairing.code)).note(pairing.code.clone())
        })
        .column("约定和兑现", |(pairing, _)| {
            let account = need.promises.get(&pairing.id).and_then(crate::base::promise::in_list);
            account.map_or_else(|| Cell::text(""), Cell::promise)
        })
        .column("开始", |(pairing, _)| Cell::text(pairing.opened_at.words_near(now)))
        .column("状态", |(pairing, _)| Cell::text(pairing.state.label()))
        .done();
    RecordSection::new("pairings", "结对", vec![Body::Table(table)])
}

fn consent(need: &StaffNeed, now: Time) -> RecordSection {
    let path = href(Object::Need, &need.need.code);
    let mut link = None;
    let body = match &need.consent {
        None => Body::Empty(Empty::new(
            EmptyKind::Nothing,
            "还没有登记同意",
            "没有本人或监护人同意，结对的组织看不到姓名、电话和住址。",
        )),
        Some(row) => {
            let state = match row.state {
                ConsentState::Live if row.valid_until < now.day() => "已过期".to_owned(),
                state => state.label().to_owned(),
            };
            let mut facts = vec![
                Fact::new("状态", state),
                Fact::new("方式", row.channel.label()),
                Fact::new("同意日期", day_words(row.given_on)),
                Fact::new("有效期至", day_words(row.valid_until)),
                Fact::new("告知的内容", row.purpose.clone()),
            ];
            let shared: Vec<FactLine> = need
                .pairings
                .iter()
                .map(|(on, organization)| {
                    let state = if on.state.is_running() { "" } else { "，已停止" };
                    let since = on.opened_at.words_near(now);
                    FactLine::Text(format!("{organization}，{since}起，用于{}的服务{state}", on.code))
                })
                .collect();
            if !shared.is_empty() {
                facts.push(Fact::lines("告诉过谁，用于什么", shared));
            }
            if let Some(at) = row.withdrawn_at {
                facts.push(Fact::new("撤回", at.words()));
            }
            Body::Facts(facts)
        }
    };
    let live = need.consent.as_ref().is_some_and(|row| row.state == ConsentState::Live);
    if live && need.offers.has(Command::ConsentWithdraw) {
        link = Some(("登记撤回".to_owned(), format!("{path}/consent/withdraw")));
    } else if !live && need.offers.has(Command::ConsentRecord) {
        link = Some(("登记同意".to_owned(), format!("{path}/consent")));
    }
    RecordSection { link, ..RecordSection::new("consent", "同意书", vec![body]) }
}

fn disclosures(need: &StaffNeed, now: Time) -> RecordSection {
    if need.disclosures.is_empty() {
        let text = Body::Text("还没有人查看过电话、住址和档案。".into());
        return RecordSection::new("looks", "谁看过", vec![text]);
    }
    let table = Table::of("谁看过", &need.disclosures)
        .column("时间", |entry| Cell::text(entry.at.words_near(now)))
        .column("谁", |entry| Cell::text(entry.who.clone()))
        .column("为什么", |entry| Cell::text(entry.reason.clone().unwrap_or_default()))
        .done();
    RecordSection::new("looks", "谁看过", vec![Body::Table(table)])
}

/// The file: masked, with the way to it.
fn file(get: &Get, need: &StaffNeed) -> Option<Contact> {
    if need.need.kind == NeedKind::Village {
        return None;
    }
    let given = |has: bool| if has { "已登记，不显示" } else { "没有登记" };
    let mut facts = Vec::new();
    if let Some(file) = &need.file {
        facts = vec![
            Fact::masked("姓名", file.name.clone(), "已隐藏"),
            Fact::masked("身份证号", file.id_number.clone(), "已隐藏"),
            Fact::masked("电话", file.phone.clone(), "已隐藏"),
            Fact::new("住址", given(file.has_address)),
        ];
        if let Some(size) = file.household_size {
            facts.push(Fact::new("家庭人口", format!("{size}人")));
        }
        if file.has_guardian {
            facts.push(Fact::new("监护人", given(true)));
        }
        if file.has_health_notes {
            facts.push(Fact::lines("健康情况", vec![FactLine::Text(given(true).into())]));
        }
    } else if need.way == Way::Open && get.reader().is_some_and(|ctx| ctx.role().keeps_files()) {
        return None;
    }
    let (reveal, note) = if need.offers.has(Command::NeedDisclose) {
        (reveal(get, &need.need.code, need.way), note(need.way))
    } else {
        (None, "全部内容由街镇和区选了用途才能打开。")
    };
    Some(Contact { title: "密封档案".into(), facts, call: None, reveal, note: note.into() })
}
