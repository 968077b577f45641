//! What every page shares: the site's state, the frame around a page, its answer.

use crate::base::cache::PageCache;
use crate::base::measure::Measure;
use crate::base::request::{Request, Session};
use crate::base::settings::Settings;
use app::components::{Flash, FlashKind};
use app::shell::{Chrome, NavGroup, NavItem, ReaderBar, SiteFooter, document};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use domain::role::Role;
use leptos::prelude::AnyView;
use services::Services;
use std::sync::Arc;

/// Room for the files that are being sent, all together, in MiB.
const ROOM: usize = 96;

/// State of the web side.
pub struct Site {
    pub services: Arc<Services>,
    pub settings: Settings,
    pub(crate) cache: PageCache,
    footer: SiteFooter,
    /// What is left of the room for files that are being sent, in MiB.
    pub(crate) room: Arc<tokio::sync::Semaphore>,
    /// When it was last tried whether the database takes writes, and the outcome.
    pub(crate) writes: tokio::sync::Mutex<Option<(std::time::Instant, bool)>>,
    pub measure: Measure,
}

impl Site {
    pub fn new(services: Arc<Services>, settings: Settings) -> Self {
        let footer = SiteFooter {
            operator: settings.site_operator.clone(),
            icp: settings.site_icp.clone(),
            police: settings.site_police.clone(),
            site_code: settings.site_code.clone(),
            hotlines: [
                (settings.hotline_name.clone(), settings.hotline.clone()),
                ("政务服务便民热线".to_owned(), "12345".to_owned()),
            ]
            .into_iter()
            .filter(|(_, number)| !number.is_empty())
            .collect(),
        };
        let room = Arc::new(tokio::sync::Semaphore::new(ROOM));
        Self {
            services,
            settings,
            cache: PageCache::default(),
            footer,
            room,
            writes: <_>::default(),
            measure: <_>::default(),
        }
    }

    /// Names a failure in the log and on the page, and tells nothing else.
    pub(crate) fn correlation(&self) -> String {
        let id = self.services.new_id().simple().to_string();
        id[id.len() - 12..].to_owned()
    }

    /// Name of the session cookie: bound to host and https where the site runs on it.
    pub(crate) fn session_cookie(&self) -> &'static str {
        if self.settings.is_secure() { "__Host-session" } else { "session" }
    }

    /// A cookie of this site for `max_age` seconds; without, until the browser is closed.
    pub(crate) fn cookie(&self, name: &str, value: &str, max_age: Option<i64>) -> HeaderValue {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.settings.is_secure())
            .build();
        cookie.set_max_age(max_age.map(Duration::seconds));
        HeaderValue::from_str(&cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// A page to be shown: title and body.
pub struct Page {
    pub title: String,
    pub status: StatusCode,
    pub body: Box<dyn FnOnce() -> AnyView + Send>,
    /// Counts beside the menu, from a desk that was loaded anyway.
    pub counts: Vec<(&'static str, u64)>,
}

impl Page {
    pub fn new(title: impl Into<String>, body: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self { title: title.into(), status: StatusCode::OK, body: Box::new(body), counts: Vec::new() }
    }

    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub fn counts(mut self, counts: Vec<(&'static str, u64)>) -> Self {
        self.counts = counts;
        self
    }
}

/// Readers with more entries than this have them at the left, as staff do: a line above the page does not hold them.
const MOST_ABOVE: usize = 7;

/// Entries of a menu under their headings; none: the entries stand by themselves.
type Menu = &'static [Group];
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const ORGANIZATION_NEEDS: Group = (
    "找需求",
    &[("需求大厅", "/needs"), ("适合我们的", "/matches"), ("收到的邀请", "/asks"), ("保存的查找", "/searches")],
);
const ORGANIZATION_AID: Group = (
    "帮扶",
    &[("今天的上门", "/pairings/rounds"), ("我的认领", "/claims"), ("我的结对", "/pairings"), ("报线索", "/leads")],
);
/// Of a district's and the city's office.
const OFFICE_NEEDS: Group = (
    "需求办理",
    &[
        ("需求", "/desk/needs"),
        ("找人", "/persons"),
        ("无人认领", "/desk/unclaimed"),
        ("批量匹配", "/batches"),
        ("邀请", "/asks"),
        ("台账导入", "/import"),
    ],
);
const OFFICE_AID: Group = ("帮扶", &[("认领", "/claims"), ("结对", "/pairings"), ("核验", "/verifications")]);

fn menu(role: Role) -> Menu {
    match role {
        Role::OrgAdmin | Role::OrgWorker => &[
            ("", &[("工作台", "/desk")]),
            ORGANIZATION_NEEDS,
            ORGANIZATION_AID,
            ("本机构", &[("我的项目", "/projects/own"), ("服务队", "/teams/own"), ("成员", "/accounts")]),
            ("", &[("帮助", "/help/organization")]),
        ],
        Role::VillageWorker => &[(
            "",
            &[
                ("今日待办", "/desk"),
                ("需求", "/desk/needs"),
                ("找人", "/persons"),
                ("结对", "/pairings"),
                ("服务记录", "/deliveries"),
                ("服务队", "/teams/own"),
                ("帮助", "/help/village"),
            ],
        )],
        Role::Street => &[
            ("", &[("今日待办", "/desk")]),
            (
                "需求办理",
                &[
                    ("求助", "/requests"),
                    ("需求", "/desk/needs"),
                    ("找人", "/persons"),
                    ("无人认领", "/desk/unclaimed"),
                    ("邀请", "/asks"),
                    ("台账导入", "/import"),
                ],
            ),
            (
                "帮扶",
                &[("认领", "/claims"), ("结对", "/pairings"), ("服务记录", "/deliveries"), ("核验", "/verifications")],
            ),
            ("其他", &[("服务队", "/teams/own"), ("个人信息要求", "/rights"), ("帮助", "/help/street")]),
        ],
        Role::City => &[
            ("", &[("今日待办", "/desk")]),
            OFFICE_NEEDS,
            OFFICE_AID,
            (
                "管理",
                &[
                    ("社会组织", "/organizations"),
                    ("匹配权重", "/matching/weights"),
                    ("词库", "/thesaurus"),
                    ("工作日历", "/holidays"),
                    ("帮助", "/help/district"),
                ],
            ),
        ],
        Role::District => &[
            ("", &[("今日待办", "/desk")]),
            ("发现", &[("求助", "/requests")]),
            OFFICE_NEEDS,
            OFFICE_AID,
            (
                "管理",
                &[
                    ("社会组织", "/organizations"),
                    ("个人信息要求", "/rights"),
                    ("账号", "/accounts"),
                    ("帮助", "/help/district"),
                ],
            ),
        ],
        Role::Volunteer => &[(
            "",
            &[
                ("我的服务", "/my"),
                ("志愿岗位", "/openings"),
                ("服务队", "/teams"),
                ("报线索", "/leads"),
                ("队长工作台", "/desk"),
                ("帮助", "/help/volunteer"),
            ],
        )],
        Role::SystemAdmin => &[("", &[("账号", "/accounts"), ("帮助", "/help/administrators")])],
        Role::SecurityAdmin => {
            &[("", &[("账号", "/accounts"), ("保存期限", "/retention"), ("帮助", "/help/administrators")])]
        }
        Role::AuditAdmin => &[("", &[("审计记录", "/audit"), ("帮助", "/help/administrators")])],
        Role::System => &[("", &[("帮助", "/help/accounts")])],
    }
}

/// Menu of a reader; `counts` by address.
fn navigation(role: Role, path: &str, counts: &[(&'static str, u64)]) -> Vec<NavGroup> {
    let item = |(label, href): &(&'static str, &'static str)| {
        let covers = |href: &str| {
            path == href || (href != "/desk" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
        };
        // Of two that cover the page the nearer one is where the reader is.
        let nearer = |other: &str| other.len() > href.len() && covers(other);
        let here = covers(href) && !menu(role).iter().any(|(_, items)| items.iter().any(|(_, other)| nearer(other)));
        let item = NavItem::new(*label, *href).current(here);
        match counts.iter().find(|(at, _)| at == href) {
            Some((_, count)) => item.count(*count),
            None => item,
        }
    };
    // Its people are the head's business: the rest of the menu is the same for both posts of an organization.
    let own = |(_, href): &&(&str, &str)| role != Role::OrgWorker || *href != "/accounts";
    menu(role)
        .iter()
        .map(|(heading, items)| NavGroup {
            heading: (*heading).to_owned(),
            items: items.iter().filter(own).map(item).collect(),
        })
        .collect()
}

/// Puts a page into its frame.
pub(crate) async fn render(site: &Site, request: &Request, page: Page) -> Response {
    let reader = match &request.session {
        Session::In(signed_in) => {
            let role = signed_in.actor.role;
            let unread = if role.is_administrator() { 0 } else { signed_in.unread };
            let nav = navigation(role, &request.path, &page.counts);
            let entries: usize = nav.iter().map(|group| group.items.len()).sum();
            ReaderBar::SignedIn {
                display_name: signed_in.organization_name.clone().unwrap_or_else(|| signed_in.display_name.clone()),
                role: role.label().to_owned(),
                scope_name: if signed_in.actor.scope.is_empty() {
                    String::new()
                } else {
                    site.services.place(&signed_in.actor.scope)
                },
                rail: role.is_staff() || entries > MOST_ABOVE,
                nav,
                unread: u64::try_from(unread).unwrap_or_default(),
            }
        }
        _ => ReaderBar::Anonymous,
    };
    // Whoever looks after the machine hears on every page that its clock cannot be relied on.
    let doubt = site.services.machine_clock.get().filter(|_| request.session.administers());
    let flash = request.flash.clone().or_else(|| Some((FlashKind::Care, doubt?.words())));
    let chrome = Chrome {
        nonce: request.nonce.clone(),
        path: request.path_and_query.clone(),
        elder: request.elder,
        theme: request.theme,
        contrast_more: request.contrast_more,
        reader,
        flash: flash.map(|(kind, text)| Flash { kind, text }),
        site: site.footer.clone(),
        assets: site.settings.assets.clone(),
        demo: site.settings.demo.is_some(),
    };
    let html = document(&chrome, &page.title, page.body);
    let mut response = (page.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if request.flash.is_some() {
        response.headers_mut().append(header::SET_COOKIE, site.cookie("flash", "", Some(0)));
    }
    response
}
