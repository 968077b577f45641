//! Forms: entering a need with mistakes, checking it, importing a ledger, confirming.

use super::{Entry, street};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Fact, Field, FieldGroup, FormTarget, Head, Line, Link, Mark, Pager,
    Stat, Step, StepState, Tab, Table,
};
use app::pages::confirm::{ConfirmModel, confirm_page};
use app::pages::form::{Finding, FormModel, FormPart, Found, Gate, Preview, form_page};
use app::pages::import::{
    ImportModel, ImportReportModel, ImportRow, MapColumn, MapGroup, MapModel, Progress, RowsForm, import_page,
    import_report_page, map_page,
};
use app::pages::record::{Body, RecordSection};
use domain::form::needs::{command, import as import_form, what, who};

pub fn pages() -> Vec<Entry> {
    vec![
        ("form-need", need_form().title(), street(), || form_page(need_form())),
        ("form-check", "核对送审：登记需求".into(), street(), || form_page(check_form())),
        ("import", "台账导入".into(), street(), || import_page(import())),
        ("import-report", "台账导入结果".into(), street(), || import_report_page(report())),
        ("import-columns", "各列是什么".into(), street(), || map_page(columns())),
        ("import-running", "正在导入".into(), street(), || import_report_page(running())),
        ("confirm", "撤回这个需求？".into(), street(), || confirm_page(confirm())),
    ]
}

fn steps(current: usize) -> Vec<Step> {
    ["来源和对象", "需要什么", "密封档案和同意书", "核对送审"]
        .into_iter()
        .enumerate()
        .map(|(i, label)| {
            let state = match i.cmp(&current) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Current,
                std::cmp::Ordering::Greater => StepState::Open,
            };
            let note = match state {
                StepState::Done => "已填".into(),
                StepState::Current => format!("第{}步，共4步", i + 1),
                StepState::Open => "未填".into(),
            };
            Step {
                label: label.into(),
                note,
                state,
                href: (state == StepState::Done).then(|| format!("?step={}", i + 1)),
            }
        })
        .collect()
}

fn need_form() -> FormModel {
    let services = ["助餐", "助浴", "助洁", "看护照料"].map(|s| Choice::new(s, s)).to_vec();
    let mut dates = FieldGroup::new(
        "",
        vec![
            Field::of(what::STARTS_ON.at(0)).value("2026-11-27"),
            Field::of(what::ENDS_ON.at(0))
                .value("2026-02-28")
                .error(Some("早于开始日期，请改到2026年11月27日之后".into())),
        ],
    );
    dates.in_row = true;
    let line = FieldGroup::new(
        "服务项1",
        vec![
            Field::of(what::SERVICE.at(0)).choices(services),
            Field::of(what::QUANTITY.at(0).within(1, 21))
                .value("两顿")
                .unit("餐")
                .error(Some("填1到21之间的整数".into())),
        ],
    );
    let urgent = Field::of(who::URGENCY).error(Some("选择是否急难".into()));
    let text = "某某老人独居，腿脚不便，没法自己做饭。住某里6号楼2门，电梯常坏。";
    let story = Field::of(what::DESCRIPTION).value(text).error(Some("有2处个人信息，不能公开。请照下面改写".into()));
    FormModel {
        head: Head::new("登记需求").crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("登记需求")]),
        steps: steps(1),
        target: FormTarget::new("/needs/new", "token").draft("0192").autosave(true),
        found: Some(Found {
            title: "可能已经登记过".into(),
            text: "同一住址、同一服务在本街道有1个没有结案的需求。确定不是同一件再继续。".into(),
            lines: vec![Line {
                title: "失能老人家庭送餐".into(),
                href: "/needs/1".into(),
                mark: Mark::Badge(Badge::info("等待认领")),
                note: "2026年11月12日公开，XQ120102-26-000417".into(),
            }],
        }),
        groups: vec![
            FormPart::Fields { group: line, button: None },
            FormPart::Fields {
                group: dates,
                button: Some(Button::new("再加一项服务").sends("add", "line").secondary()),
            },
            FieldGroup::new("", vec![urgent]).into(),
            FieldGroup::new("公开说明", vec![story]).into(),
        ],
        gate: Some(Gate {
            spans: vec![
                ("某某".into(), Some(1)),
                ("老人独居，腿脚不便，没法自己做饭。住".into(), None),
                ("某里6号楼2门".into(), Some(2)),
                ("，电梯常坏。".into(), None),
            ],
            findings: vec![
                Finding {
                    number: 1,
                    rule: "姓名".into(),
                    why: "和密封档案里的姓名相同".into(),
                    fix: Some(Button::new("改成“一位老人”").sends("fix", "1")),
                },
                Finding {
                    number: 2, rule: "楼栋和门牌".into(), why: "公开后能找到住处".into(), fix: None
                },
            ],
            all: Some(Button::new("2处全部这样改").sends("mend", "all")),
        }),
        buttons: vec![Button::new("保存并继续"), Button::new("存草稿，以后再填").sends("later", "1").secondary()],
        previews: vec![
            Preview {
                reader: "所有人".into(),
                title: "助餐".into(),
                lines: vec!["河东区 · 困难老年人".into(), "2026年11月27日开始".into(), "等待认领".into()],
                text: Vec::new(),
            },
            Preview {
                reader: "登录的社会组织".into(),
                title: "独居老人送餐".into(),
                lines: vec!["鲁山道街道，75–79岁，女".into()],
                text: vec![
                    ("某某".into(), true),
                    ("老人独居，腿脚不便，没法自己做饭。住".into(), false),
                    ("x".into(), true),
                    ("，电梯常坏。".into(), false),
                ],
            },
        ],
        preview_note: "黑块是检查出的个人信息，改写之前不能送审。".into(),
        ..FormModel::default()
    }
}

fn check_form() -> FormModel {
    FormModel {
        head: Head::new("登记需求").crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("登记需求")]),
        steps: steps(3),
        target: FormTarget::new("/needs/new", "token"),
        groups: vec![
            FormPart::Check {
                title: "来源和对象".into(),
                facts: vec![Fact::new("来源", "社区走访"), Fact::new("对象", "困难老年人，75–79岁")],
                change: Some("?step=1".into()),
            },
            FormPart::Check {
                title: "需要什么".into(),
                facts: vec![Fact::new("助餐", "每周14餐")],
                change: Some("?step=2".into()),
            },
        ],
        buttons: vec![Button::new("提交审核")],
        cancel: Some(Link::new("以后再说", "/desk")),
        next: "由本街道另一位工作人员审核，通过后公开。".into(),
        ..FormModel::default()
    }
}

fn import() -> ImportModel {
    let file = Field::of(import_form::FILE).accept(".xlsx,.csv").hint("Excel（.xlsx）或CSV，最大20 MB");
    let rows = [("姓名", "写全名，导入后密封"), ("身份证号", "单元格设为文本，18位")];
    let columns = Table::of("表头不必一字不差，常见的叫法都认得。", rows)
        .column("列", |(name, _)| Cell::text(*name))
        .column("怎样写", |(_, how)| Cell::text(*how))
        .column("必填", |_| Cell::text("必填"))
        .caption_shown()
        .done();
    ImportModel {
        form: FormModel {
            head: Head::new("台账导入").lead("先试读一遍，逐行告诉您能不能导入；看过结果再决定。"),
            target: FormTarget::new("/import", "token").multipart(),
            groups: vec![FieldGroup::new("", vec![file]).into()],
            buttons: vec![Button::new("试读这份台账")],
            next: "试读不会写入任何数据。".into(),
            ..FormModel::default()
        },
        sections: vec![RecordSection::new("columns", "认得的列", vec![Body::Table(columns)])],
    }
}

fn report() -> ImportReportModel {
    let row = |n: &str, badge, what: &str, why: &str| ImportRow {
        row: n.into(),
        sheet: "排查登记".into(),
        what: what.into(),
        badge,
        why: why.into(),
        link: None,
        pick: None,
    };
    ImportReportModel {
        head: Head::new("200行，191行能建草稿")
            .crumbs(vec![Crumb::link("台账导入", "/import"), Crumb::here("试读结果")]),
        stats: vec![
            Stat::new("可以导入", 182, "没有问题", "?kind=ok"),
            Stat::new("有提醒", 9, "可以导入，请看一眼", "?kind=warning"),
            Stat::new("有错误", 4, "改好后再导入", "?kind=error"),
            Stat::new("重复", 5, "已经登记过", "?kind=duplicate"),
        ],
        tabs: vec![
            Tab::new("全部", "?", false).count(200),
            Tab::new("有错误", "?kind=error", true).count(4),
            Tab::new("有提醒", "?kind=warning", false).count(9),
            Tab::new("重复", "?kind=duplicate", false).count(5),
        ],
        rows: vec![
            row(
                "第18行",
                Badge::care("错误"),
                "鲁山道街道，助餐",
                "身份证号（D18）后三位变成了000。Excel把长号码改成了数字，请把这一列设为文本后重填。",
            ),
            row("第44行", Badge::care("错误"), "助浴", "找不到“鲁山街道”（F44）。您要写的可能是鲁山道街道。"),
        ],
        pager: Some(Pager { summary: "第1–2行，共4行".into(), previous: None, next: None }),
        apply: Some(ActPanel {
            id: "apply".into(),
            title: "导入好的行".into(),
            text: "导入191行：182行没有问题，9行有提醒。4行错误和5行重复不导入。".into(),
            target: FormTarget::new("/import/1/apply", "token"),
            buttons: vec![Button::new("导入191行")],
            next: "导入后是待送审的草稿，不会直接公开。同一份文件再导一次不会重复。".into(),
            ..ActPanel::default()
        }),
        ..ImportReportModel::default()
    }
}

fn import_steps(current: usize) -> Vec<Step> {
    let all = [("上传", "1张表"), ("对列", "17列用了15列"), ("检查", "108行"), ("建草稿", "之后才送审")];
    all.into_iter()
        .enumerate()
        .map(|(at, (label, note))| {
            let state = match at.cmp(&current) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Current,
                std::cmp::Ordering::Greater => StepState::Open,
            };
            Step { label: label.into(), note: note.into(), state, href: None }
        })
        .collect()
}

fn running() -> ImportReportModel {
    let mut model = report();
    model.steps = import_steps(3);
    model.apply = None;
    model.progress = Some(Progress {
        title: "正在导入".into(),
        done: 72,
        all: Some(98),
        says: "每秒约12行，已经6秒。还要3秒左右。可以离开这一页，做完站内信告诉您；这一页一直在。".into(),
        link: Link::new("不要自动刷新", "?still=1"),
    });
    model.rows.iter_mut().for_each(|row| row.pick = Some(row.row.clone()));
    model.choose = Some(RowsForm {
        target: FormTarget::new("/import/1/submit", "token"),
        buttons: vec![Button::new("把选中的送审"), Button::new("把98份草稿都送审").secondary()],
        next: "由另一位同事审核。还没有填全的不会送出，缺什么写在各行里；急难的先送。".into(),
    });
    model
}

fn columns() -> MapModel {
    let column =
        |number: usize, head: &str, letter: &str, values: &[&str], own: &str, note: &str, sure: Badge| MapColumn {
            name: format!("column.{number}"),
            head: head.into(),
            place: format!("{letter}列"),
            values: values.iter().map(ToString::to_string).collect(),
            note: note.into(),
            options: ["不用", "姓名", "身份证号", "联系电话", "需求类别", "紧急程度"]
                .map(|label| (label.to_owned(), label.to_owned(), label == own))
                .to_vec(),
            sure,
        };
    MapModel {
        head: Head::new("这些列是什么").crumbs(vec![Crumb::link("台账导入", "/import"), Crumb::here("对列")]),
        steps: import_steps(1),
        notices: Vec::new(),
        missing: vec![
            "没有“数量/频次”这一列：请在列对应里选出哪一列是它，或在表里补上这一列再上传，也可以导入后再补".into(),
        ],
        target: FormTarget::new("/import/1/columns", "token"),
        groups: vec![
            MapGroup {
                id: "look",
                title: "请看一眼，1列".into(),
                caption: "没有把握的列",
                columns: vec![column(
                    0,
                    "需要啥",
                    "K",
                    &["送饭", "打扫，陪看病", "煤球"],
                    "需求类别",
                    "7行要核对，原文留在草稿里",
                    Badge::wait("读懂101行"),
                )],
            },
            MapGroup {
                id: "known",
                title: "认出来了，2列".into(),
                caption: "有把握的列",
                columns: vec![
                    column(1, "姓名", "B", &["王*", "李*", "赵*"], "姓名", "", Badge::good("108行")),
                    column(
                        2,
                        "证照号码（身份证）",
                        "C",
                        &["120***********1234", "120***********566X"],
                        "身份证号",
                        "",
                        Badge::good("照上次，106行"),
                    ),
                ],
            },
            MapGroup {
                id: "unused",
                title: "没有用的，1列".into(),
                caption: "没有用的列，原文留在草稿里",
                columns: vec![column(3, "网格员签字", "Q", &[], "不用", "", Badge::plain("整列是空的"))],
            },
        ],
        hidden: vec![("hidden.0".into(), "备份".into())],
        buttons: vec![Button::new("照这样检查108行")],
        next: "只检查，不导入。同样的表头下次直接照办。".into(),
        forget: None,
    }
}

fn confirm() -> ConfirmModel {
    ConfirmModel {
        head: Head::new("撤回这个需求？").crumbs(vec![Crumb::link("需求", "/needs"), Crumb::here("撤回")]),
        facts: vec![Fact::new("需求", "失能老人家庭送餐、助浴"), Fact::new("编号", "XQ120102-26-000417")],
        consequences: vec![
            "大厅里不再显示。".into(),
            "等答复的2个认领会收到通知，数量不再保留。".into(),
            "90天内可以重新送审。".into(),
        ],
        target: FormTarget::new("/needs/1/withdraw", "token"),
        fields: vec![Field::of(command::CLOSE).error(Some("写明原因，至少4个字".into()))],
        label: "确定撤回".into(),
        cancel: "/needs/1".into(),
    }
}
