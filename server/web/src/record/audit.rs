//! 审计记录 for the audit administrator: who did, read, exported or was refused what.

use crate::base::download::workbook;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::base::words::address;
use crate::{Access, Route};
use app::components::{Cell, Choice, Empty, EmptyKind, Fact, FactLine, Field, Head, Pager, Table};
use app::pages::audit::{AuditModel, audit_page};
use axum::response::Response;
use domain::form::record::audit as form;
use domain::machine::{Command, Object};
use services::base::audit::{self, Head as ChainHead};
use services::record::audit_view::Entry;
use services::record::audit_view::{self, Asked, EXPORT_ROWS};
use services::{Error, Result};

const DOOR: Access = Access::Commands(&[Command::AccessAudit]);

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/audit", DOOR, show), Route::post("/audit/export", DOOR, export)]
}

const SIZE: usize = 50;

/// Commands that have a choice of their own; all others are chosen by their object.
const ALONE: &[Command] = &[Command::AccessRead, Command::AccessExport, Command::AccessRefuse, Command::AccessAudit];

fn kinds() -> Vec<Choice> {
    let mut all = vec![Choice::new("", "全部")];
    all.extend(ALONE.iter().map(|command| Choice::new(command.as_str(), command.label())));
    all.extend(
        Object::ALL
            .iter()
            .filter(|object| **object != Object::Access)
            .map(|object| Choice::new(object.as_str(), object.label())),
    );
    all
}

/// What is asked for, from an address or a form.
fn asked(value: impl Fn(&str) -> String) -> Asked {
    let kind = value("kind");
    let (object, command) = match (kind.parse::<Object>(), kind.parse::<Command>()) {
        (Ok(object), _) => (object.as_str().to_owned(), String::new()),
        (_, Ok(command)) => (String::new(), command.as_str().to_owned()),
        _ => (String::new(), String::new()),
    };
    let short = |name: &str| {
        domain::text::nfkc(&value(name)).trim().chars().filter(|c| !c.is_control()).take(60).collect::<String>()
    };
    Asked {
        from: domain::field::parse_day(&value("from")),
        until: domain::field::parse_day(&value("until")),
        object,
        command,
        username: short("who").to_lowercase(),
        record: short("record"),
    }
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let asked = asked(|name| get.value(name).to_owned());
        let before = get.value("before").parse().ok().filter(|id: &i64| *id > 0);
        let head = audit::head(&ctx.services).await?;
        let (entries, more) = audit_view::page(ctx, &asked, before, SIZE).await?;
        let here = |before: Option<i64>| {
            let cursor = before.map(|id| id.to_string()).unwrap_or_default();
            address("/audit", &get.query, &[("before", cursor)])
        };
        let last = entries.last().map(|entry| entry.event.id);
        let typed = |name: &str| get.value(name).to_owned();
        let reason = Field::of(form::EXPORT);
        let mut export = panel(&get, "export", "导出", "/audit/export", vec![reason], "导出为Excel").await?;
        export.text = format!("按上面的条件导出，从新到旧，最多{EXPORT_ROWS}条。");
        for name in [form::KIND, form::WHO, form::RECORD, form::FROM, form::UNTIL].map(|field| field.name) {
            export.target = export.target.with(name, typed(name));
        }
        let model = AuditModel {
            head: Head {
                notes: vec!["记录只增不改；本页的查阅也会记录。".into()], ..Head::new("审计记录")
            },
            action: "/audit".into(),
            fields: vec![
                Field::of(form::KIND).preset(kinds()).value(typed(form::KIND.name)),
                Field::of(form::WHO).value(asked.username.clone()),
                Field::of(form::RECORD).value(asked.record.clone()),
                Field::of(form::FROM).value(typed(form::FROM.name)),
                Field::of(form::UNTIL).value(typed(form::UNTIL.name)),
            ],
            found: if before.is_some() { "更早的记录".into() } else { format!("最近的{}条", entries.len()) },
            empty: entries
                .is_empty()
                .then(|| Empty::new(EmptyKind::NoMatch, "没有符合条件的记录", "放宽时间，或去掉账号、编号再找。")),
            table: table(&entries),
            pager: (before.is_some() || more).then(|| Pager {
                summary: format!("每页{SIZE}条"),
                previous: before.is_some().then(|| here(None)),
                next: last.filter(|_| more).map(|id| here(Some(id))),
            }),
            chain: chain(&get, head),
            panels: vec![export],
        };
        Ok(Page::new("审计记录", move || audit_page(model)))
    })
    .await
}

fn chain(get: &Get, head: Option<ChainHead>) -> Vec<Fact> {
    let Some(head) = head else { return vec![Fact::new("链头", "还没有封存的记录")] };
    let kept = if get.site.settings.keeps_audit_head {
        "定时写入配置项 audit_head 所指的位置"
    } else {
        "没有设置（配置项 audit_head）；设置后链头会定时写到别处，尾部被截去也能发现"
    };
    vec![
        Fact::lines("链头", vec![FactLine::Text(format!("第{}位", head.position)), FactLine::Note(head.hash)]),
        Fact::new("外存", kept),
        Fact::new("核对", "在服务器上运行 duijie verify，会指出第一条不符的记录"),
    ]
}

/// Where a command came from.
fn origin_words(origin: &str) -> &str {
    match origin {
        "page" => "网页",
        "job" => "定时任务",
        "cli" => "命令行",
        other => other,
    }
}

fn table(entries: &[Entry]) -> Table {
    let data = |entry: &Entry| serde_json::from_str::<serde_json::Value>(&entry.event.data).unwrap_or_default();
    let said = |data: &serde_json::Value, name: &str| {
        data.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let rows = entries.iter().map(|entry| (&entry.event, entry, data(entry)));
    Table::of("审计记录，新的在前", rows)
        .column("编号", |(e, entry, _)| {
            let sealed = entry.position.map_or_else(|| "待封存".to_owned(), |at| format!("第{at}位"));
            Cell::text(e.id.to_string()).note(sealed)
        })
        .column("时间", |(e, ..)| {
            let at = e.at.iso();
            Cell::text(at.get(..10).unwrap_or_default()).note(at.get(11..16).unwrap_or_default())
        })
        .column("账号", |(e, entry, _)| {
            let who = entry.username.clone().unwrap_or_else(|| e.actor_role.label().to_owned());
            Cell::strong(who).note(format!("{}，{}", e.actor_role.label(), origin_words(&e.origin)))
        })
        .column("事项", |(e, ..)| Cell::text(e.command.label()).note(e.command.as_str()))
        .column("对象", |(e, _, data)| {
            let names = ["code", "pairing", "claim", "record"].into_iter();
            let code = names.map(|name| said(data, name)).find(|code| !code.is_empty());
            let object =
                code.unwrap_or_else(|| if e.object_id.is_nil() { String::new() } else { e.object_id.to_string() });
            Cell::text(object).note(if e.object == Object::Access { "" } else { e.object.label() })
        })
        .column("说明", |(e, _, data)| {
            let mut about = vec![said(data, "what"), said(data, "route"), e.reason.clone().unwrap_or_default()];
            if let Some(from) = e.from_state.as_deref().filter(|from| *from != e.to_state) {
                about.push(format!("{from} → {}", e.to_state));
            }
            about.retain(|part| !part.is_empty());
            Cell::text(about.join("；")).note(said(data, "from"))
        })
        .done()
}

async fn export(post: Post) -> Response {
    let made: Result<Vec<u8>> = async {
        let ctx = post.ctx()?;
        audit_view::export(&ctx, &asked(|name| post.value(name).to_owned()), post.typed(form::EXPORT)).await
    }
    .await;
    match (made, post.ctx()) {
        (Ok(bytes), _) => workbook("审计记录.xlsx", bytes),
        (Err(Error::Invalid(mistakes)), Ok(ctx)) => post.back_with(&ctx, &mistakes).await,
        (Err(Error::Unconfirmed), Ok(ctx)) => post.confirm_first(&ctx).await,
        (Err(error), _) => crate::base::refusal::failure(&post.site, &post.request, error, None).await,
    }
}
