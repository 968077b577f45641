//! Sign-in, sessions and accounts as quality checks C (22–38) and D 47 ask, through the site's own router.

mod accounts;
mod factor;
mod limits;
mod links;
mod passwords;
mod sessions;
mod step_up;

use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use domain::role::Role;
use duijie_tests::world::World;
use server::config::Config;
use services::people::account::NewAccount;
use uuid::Uuid;

/// The password of every account made here.
const PASSWORD: &str = "three herons over wet rice";

/// The site of a world, as browsers at some addresses use it.
struct House {
    world: World,
    router: Router,
}

/// An answer, with what its cookie says of the session.
struct Answer {
    status: StatusCode,
    location: String,
    headers: HeaderMap,
    text: String,
    /// A new token, or an empty one where the cookie is taken away.
    token: Option<String>,
}

/// Who asks: the session's token and the address.
#[derive(Clone, Copy)]
struct Asker<'a> {
    token: Option<&'a str>,
    peer: &'a str,
    headers: &'a [(&'a str, &'a str)],
}

const HOME: Asker<'static> = Asker { token: None, peer: "192.0.2.1", headers: &[] };

fn with(token: &str) -> Asker<'_> {
    Asker { token: Some(token), ..HOME }
}

fn at(peer: &str) -> Asker<'_> {
    Asker { peer, ..HOME }
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let _ =
            if byte.is_ascii_alphanumeric() { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
    }
    out
}

fn encode(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

impl House {
    fn new(world: World) -> Self {
        Self::configured(world, Config::default())
    }

    fn configured(world: World, config: Config) -> Self {
        Self { router: server::site::router(Arc::clone(&world.services), &config), world }
    }

    async fn send(&self, method: &str, path: &str, from: Asker<'_>, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:3000");
        if method == "POST" {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(token) = from.token {
            request = request.header(header::COOKIE, format!("session={token}"));
        }
        for (name, value) in from.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        let peer = SocketAddr::new(from.peer.parse().unwrap(), 50_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = tower::ServiceExt::oneshot(self.router.clone(), request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let location = headers.get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let token = headers.get_all(header::SET_COOKIE).iter().find_map(|value| {
            let cookie = value.to_str().unwrap().strip_prefix("session=")?;
            Some(cookie.split(';').next().unwrap().to_owned())
        });
        let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
        Answer { status, location, headers, text: String::from_utf8_lossy(&bytes).into_owned(), token }
    }

    async fn get(&self, path: &str, from: Asker<'_>) -> Answer {
        self.send("GET", path, from, String::new()).await
    }

    async fn post(&self, path: &str, from: Asker<'_>, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, from, encode(fields)).await
    }

    async fn login(&self, name: &str, password: &str, from: Asker<'_>) -> Answer {
        self.post("/login", from, &[("account", name), ("password", password)]).await
    }

    /// An account with [`PASSWORD`].
    async fn account(&self, name: &str, role: Role, scope: &str) -> Uuid {
        self.account_of(name, role, scope, None).await
    }

    async fn account_of(&self, name: &str, role: Role, scope: &str, organization: Option<Uuid>) -> Uuid {
        let hash = self.world.services.passwords.hash(PASSWORD).await.unwrap();
        let new = NewAccount {
            username: name.to_owned(),
            password: String::new(),
            display_name: format!("示例岗{name}"),
            role,
            scope: scope.to_owned(),
            organization_id: organization,
        };
        services::people::account::create_hashed(&self.world.system(), &new, hash).await.unwrap()
    }

    /// The code an authenticator app shows for the secret that waits, or the one in use, now.
    async fn app(&self, account: Uuid) -> App {
        let standing = services::people::factor::standing(&self.world.services, account).await.unwrap();
        let key = standing.waiting.expect("a secret waits").key.replace(' ', "");
        App(data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap())
    }

    /// Signs in an account that sets up its second factor; gives token, app and recovery codes.
    async fn enrolled(&self, name: &str, account: Uuid) -> (String, App, Vec<String>) {
        let first = self.login(name, PASSWORD, HOME).await;
        assert!(first.location.starts_with("/login/enrol"), "{} {}", first.status, first.location);
        let token = first.token.unwrap();
        let app = self.app(account).await;
        let done = self.post("/login/enrol", with(&token), &[("code", &app.code(&self.world))]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        let codes: Vec<String> =
            done.text.split("<code>").skip(1).map(|t| t.split('<').next().unwrap().to_owned()).collect();
        (done.token.expect("a new token"), app, codes)
    }

    /// Signs in completely; the clock goes on, so that the code is a new one.
    async fn entered(&self, name: &str, app: &App) -> String {
        self.later(1);
        let first = self.login(name, PASSWORD, HOME).await.token.unwrap();
        let done = self.post("/login/code", with(&first), &[("code", &app.code(&self.world))]).await;
        assert_eq!(done.location, "/desk", "{}", done.text);
        done.token.unwrap()
    }

    fn later(&self, minutes: i64) {
        self.world.set(self.world.now().plus_minutes(minutes));
    }

    /// Whether a token opens the own account's page.
    async fn opens(&self, token: &str) -> bool {
        self.get("/account", with(token)).await.status == StatusCode::OK
    }
}

/// An authenticator app.
struct App(Vec<u8>);

impl App {
    fn code(&self, world: &World) -> String {
        self.code_at(world, 0)
    }

    fn code_at(&self, world: &World, steps: i64) -> String {
        format!("{:06}", services::people::totp::code(&self.0, services::people::totp::step(world.now()) + steps))
    }
}

/// A page without what differs in every answer: nonces and form tokens.
fn steady(answer: &Answer) -> (u16, String, BTreeMap<String, String>, String) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "content-security-policy" | "content-length" | "date"))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let mut text = String::new();
    for (number, part) in answer.text.split("nonce=\"").enumerate() {
        text.push_str(if number == 0 { part } else { part.split_once('"').unwrap().1 });
    }
    (answer.status.as_u16(), answer.location.clone(), headers, text)
}
