//! Errors, login, account, help, fixed texts, a sheet.

use super::{Entry, organization, street};
use app::components::{
    ActPanel, Button, Cell, Crumb, Decision, Fact, Field, FormTarget, Head, Line, Mark, Sheet, Table,
};
use app::pages::account::{AccountModel, DisplayModel, account_page, display_page};
use app::pages::error::{ErrorModel, error_page};
use app::pages::help::{help_index_page, help_topic_page, topics};
use app::pages::login::{LoginModel, login_page};
use app::pages::record::{Body, RecordSection};
use app::pages::sheet::{SheetModel, sheet_page};
use app::pages::text::{accessibility_page, privacy_page};
use app::shell::ReaderBar;
use domain::form::people::password;

pub fn pages() -> Vec<Entry> {
    vec![
        ("404", "找不到这一页".into(), ReaderBar::Anonymous, || error_page(ErrorModel::not_found())),
        ("403", "您不能打开这一页".into(), street(), || error_page(ErrorModel::forbidden("街镇工作人员"))),
        ("409", "情况已经变了".into(), street(), || {
            error_page(ErrorModel::conflict("这个认领已经答复过了。", "它在今天10:32被同意。", "/claims/1"))
        }),
        ("409-taken", "晚了一步".into(), organization(), || error_page(taken())),
        ("500", "这一页没能打开".into(), ReaderBar::Anonymous, || {
            error_page(ErrorModel::failed("0192f3c4-7d1e"))
        }),
        ("login", "登录".into(), ReaderBar::Anonymous, || login_page(login())),
        ("account", "我的账号".into(), organization(), || account_page(account())),
        ("display", "显示设置".into(), ReaderBar::Anonymous, || display_page(DisplayModel::default())),
        ("help", "帮助".into(), ReaderBar::Anonymous, help_index_page),
        ("help-street", "帮助：街镇工作人员".into(), street(), || help_topic_page(&topics()[0])),
        ("help-organization", "帮助：社会组织".into(), organization(), || help_topic_page(&topics()[1])),
        ("help-public", "帮助：居民".into(), ReaderBar::Anonymous, || {
            help_topic_page(topics().last().expect("there are topics"))
        }),
        ("privacy", "个人信息保护".into(), ReaderBar::Anonymous, || privacy_page("天津市民政局", &[])),
        ("accessibility", "无障碍声明".into(), ReaderBar::Anonymous, || accessibility_page(&[])),
        ("sheet", "对接单".into(), organization(), || sheet_page(sheet())),
    ]
}

fn taken() -> ErrorModel {
    let open = Line {
        title: "术后恢复期一个月午晚餐".into(),
        href: "/needs/2".into(),
        mark: Mark::Text("还差每周10餐".into()),
        note: "唐家口街道 · 已等待4天".into(),
    };
    ErrorModel::taken(
        "今天10:32",
        "助餐每周6餐",
        Some("这一项还差每周2餐，可以改少一些再提交。".into()),
        "/needs/1",
        vec![open],
    )
}

fn login() -> LoginModel {
    LoginModel {
        target: FormTarget::new("/login", "token").with("next", "/desk"),
        account: "street".into(),
        error: Some("账号或密码不对，请核对后再试。还可以试4次".into()),
        notice: Some("登录已过期。刚才填的内容还在，登录后接着填。".into()),
        demo: vec![
            ["街镇工作人员", "street", "demo-password", "登记需求，答复认领"].map(str::to_owned),
            ["社会组织", "org", "demo-password", "认领，记录上门"].map(str::to_owned),
        ],
        second_factor: true,
    }
}

fn account() -> AccountModel {
    let sessions = Table::of("登录过的设备", [()])
        .column("设备", |()| Cell::text("Chrome，Windows").note("本机"))
        .column("最近使用", |()| Cell::text("今天13:40"))
        .done();
    AccountModel {
        head: Head::new("我的账号"),
        facts: vec![Fact::new("名称", "津邻社工中心"), Fact::new("身份", "社会组织"), Fact::new("账号", "org")],
        sections: vec![RecordSection::new("devices", "登录的设备", vec![Body::Table(sessions)])],
        panels: vec![ActPanel {
            id: "password".into(),
            title: "改密码".into(),
            target: FormTarget::new("/account/password", "token"),
            fields: vec![Field::of(password::CURRENT), Field::of(password::NEW).hint("至少12个字符，可以是一句话")],
            buttons: vec![Button::new("改密码")],
            next: "改好后，其他设备都要重新登录。".into(),
            ..ActPanel::default()
        }],
        sign_out: Some(Decision::post("退出登录", "", "/logout", "token")),
    }
}

fn sheet() -> SheetModel {
    SheetModel {
        crumbs: vec![
            Crumb::link("我的结对", "/pairings"),
            Crumb::link("JD120102-26-000087", "/pairings/1"),
            Crumb::here("对接单"),
        ],
        sheet: Sheet {
            title: "社会力量帮扶对接单".into(),
            code: "JD120102-26-000087".into(),
            issued: "2026年11月23日".into(),
            facts: vec![
                Fact::new("需求", "XQ120102-26-000417，助浴和探访"),
                Fact::new("组织", "津邻社会工作服务中心"),
                Fact::new("街道", "河东区鲁山道街道"),
            ],
            tables: vec![(
                "约定的服务".into(),
                Table::of("约定的服务", [()])
                    .column("服务", |()| Cell::text("助浴"))
                    .number("数量", |()| Cell::text("每月2次"))
                    .column("时间", |()| Cell::text("2026年11月1日至2027年1月31日"))
                    .done(),
            )],
            notes: vec!["每次上门先打电话。".into(), "不收取本人任何费用。".into()],
            signatures: vec!["组织经办人（签字）".into(), "街道经办人（签字）".into()],
            footer: "内部资料，不含姓名、电话和住址。".into(),
        },
    }
}
