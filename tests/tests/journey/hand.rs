//! A person at the browser: opens pages, follows links and presses buttons by the words on them, fills fields by
//! their names. Every page on the way is looked at: no page wider than the window, nothing that axe-core finds.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::calendar::Time;
use duijie_tests::{
    browser::Browser,
    world::{Engine, World},
};
use server::config::Config;
use thirtyfour::{By, Cookie, WebElement};

const PASSWORD: &str = "shi-li-yong-de-kouling-2026";

/// How long the words of a page may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Hand {
    pub world: World,
    browser: Browser,
    address: String,
    pub scripts: bool,
    /// Session of each account that has signed in.
    sessions: HashMap<String, String>,
    /// Clicks, choices and fields typed into.
    taps: Cell<usize>,
    looked_at: BTreeSet<String>,
    found: Vec<String>,
}

impl Hand {
    /// Starts a site on a fresh database and sits down before it.
    pub async fn at(browser: Browser, scripts: bool) -> Self {
        // Codes of a second factor have tests of their own.
        let policy = services::Policy { second_factor: false, ..services::Policy::default() };
        let world = World::create(Engine::Sqlite).await.unwrap().reopen(policy);
        let hash = world.services.passwords.hash(PASSWORD).await.unwrap();
        world.raw(&format!("UPDATE accounts SET password_hash = '{hash}'")).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let config = Config { public_url: address.clone(), ..Config::default() };
        let site = server::site::router(Arc::clone(&world.services), &config);
        tokio::spawn(async move { axum::serve(listener, site).await });
        let (sessions, looked_at, found, taps) = (HashMap::new(), BTreeSet::new(), Vec::new(), Cell::new(0));
        // Whoever waits does so here: `find` at once says what is missing.
        browser.set_implicit_wait_timeout(Duration::ZERO).await.unwrap();
        Self { world, browser, address, scripts, sessions, taps, looked_at, found }
    }

    /// Ends the browser; fails with what was wrong with the pages.
    pub async fn done(self) {
        self.world.sound().await;
        self.browser.close().await.unwrap();
        assert!(self.found.is_empty(), "{:#?}", self.found);
    }

    /// From now on an account acts: it signs in on the page the first time.
    pub async fn is(&mut self, account: &str) {
        self.signed_out().await;
        if let Some(session) = self.sessions.get(account) {
            self.browser.add_cookie(Cookie::new("session", session.clone())).await.unwrap();
            return;
        }
        self.open("/desk").await;
        self.sign_in(account).await;
        // Whoever leads nothing has the own page in place of a desk.
        assert!(matches!(self.path().await.as_str(), "/desk" | "/my"), "{}", self.page().await);
    }

    /// Fills the sign-in page before the browser.
    pub async fn sign_in(&mut self, account: &str) {
        self.sign_in_with(account, PASSWORD).await;
    }

    /// As [`Hand::sign_in`] with a password that the account's own person chose.
    pub async fn sign_in_with(&mut self, account: &str, password: &str) {
        self.fill("account", account).await;
        self.fill("password", password).await;
        self.press("登录").await;
        let session = self.browser.get_named_cookie("session").await.unwrap();
        self.sessions.insert(account.to_owned(), session.value);
    }

    /// From now on somebody without an account looks.
    pub async fn signed_out(&mut self) {
        if !self.browser.current_url().await.unwrap().as_str().starts_with(&self.address) {
            self.open("/healthz").await;
        }
        self.browser.delete_all_cookies().await.unwrap();
    }

    /// Time passes on the site; every session has ended by then.
    pub fn later(&mut self, time: Time) {
        self.world.set(time);
        self.sessions.clear();
    }

    /// Away for so long that the session has run out, back within the minutes in which what was typed is kept.
    pub fn away(&mut self) {
        let now = self.world.now();
        self.later(now.plus_minutes(self.world.services.policy.idle_minutes + 15));
    }

    pub async fn open(&mut self, path: &str) {
        self.browser.goto(format!("{}{path}", self.address)).await.unwrap();
        if path != "/healthz" {
            self.look().await;
        }
    }

    /// Path of the page before the browser.
    pub async fn path(&self) -> String {
        self.browser.current_url().await.unwrap().path().to_owned()
    }

    /// Follows the first link with these words.
    pub async fn follow(&mut self, words: &str) {
        let link = self.by_words("a", words).await;
        let page = self.browser.find(By::Tag("html")).await.unwrap();
        self.click(&link).await;
        self.turned(&page).await;
    }

    /// Presses the first button with these words.
    pub async fn press(&mut self, words: &str) {
        let button = self.by_words("button", words).await;
        let page = self.browser.find(By::Tag("html")).await.unwrap();
        self.click(&button).await;
        self.turned(&page).await;
    }

    /// One button with exactly these words, no second one for the same.
    pub async fn is_asked_once(&self, words: &str) {
        let way = format!("//button[normalize-space(text())='{words}']");
        let buttons = self.browser.find_all(By::XPath(way)).await.unwrap();
        assert_eq!(buttons.len(), 1, "“{words}” on {}", self.page().await);
    }

    /// Presses it twice, as impatient people do.
    pub async fn press_twice(&mut self, words: &str) {
        let button = self.by_words("button", words).await;
        self.bring(&button).await;
        let page = self.browser.find(By::Tag("html")).await.unwrap();
        self.browser.action_chain().double_click_element(&button).perform().await.unwrap();
        self.turned(&page).await;
    }

    /// Opens what is folded under these words.
    pub async fn unfold(&mut self, words: &str) {
        let summary = self.by_words("summary", words).await;
        self.click(&summary).await;
    }

    /// Types into a field, in place of what stands there. `#panel name` means the field in that panel.
    pub async fn fill(&mut self, name: &str, text: &str) {
        let field = self.field(name).await;
        self.tap();
        if field.attr("type").await.unwrap().as_deref() == Some("date") {
            // The keys of a date depend on the browser's language; its value does not.
            let script = "arguments[0].value = arguments[1];
                arguments[0].dispatchEvent(new Event('input', { bubbles: true }));";
            self.browser.execute(script, vec![field.to_json().unwrap(), text.into()]).await.unwrap();
            assert_eq!(self.value(name).await, text);
            return;
        }
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses a file.
    pub async fn attach(&mut self, name: &str, file: &Path) {
        self.field(name).await.send_keys(file.to_string_lossy()).await.unwrap();
    }

    /// Chooses in a list, or ticks: by the value sent, else by the words shown.
    pub async fn choose(&mut self, name: &str, choice: &str) {
        let (place, name) = split(name);
        let ticks = format!("{place} input[name='{name}'][value='{choice}']");
        if let Some(tick) = self.browser.find_all(By::Css(ticks)).await.unwrap().first() {
            let label = tick.find(By::XPath("./ancestor::label")).await.unwrap();
            self.click(&label).await;
            return;
        }
        let select = self.field(&format!("{place} {name}")).await;
        self.tap();
        let wanted = format!(".//option[@value='{choice}' or contains(., '{choice}')]");
        select.find(By::XPath(wanted)).await.unwrap_or_else(|_| panic!("no {choice} in {name}")).click().await.unwrap();
    }

    /// What stands in a field; of ticks the first that is set.
    pub async fn value(&self, name: &str) -> String {
        let (place, field) = split(name);
        let ticked = format!("{place} input[name='{field}']:checked");
        if let Some(tick) = self.browser.find_all(By::Css(ticked)).await.unwrap().first() {
            return tick.attr("value").await.unwrap().unwrap_or_default();
        }
        self.field(name).await.prop("value").await.unwrap().unwrap_or_default()
    }

    async fn field(&self, name: &str) -> WebElement {
        let (place, name) = split(name);
        let wanted = format!("{place} [name='{name}']:not([type=hidden])");
        if let Ok(field) = self.browser.find(By::Css(&wanted)).await {
            return field;
        }
        panic!("no field {wanted} on {}", self.page().await)
    }

    /// Waits until another page stands there, and looks at it.
    async fn turned(&mut self, before: &WebElement) {
        let begin = Instant::now();
        while before.tag_name().await.is_ok() {
            assert!(begin.elapsed() < PATIENCE, "still the same page: {}", self.page().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // A page still loading may scroll to where its address points, under the hand.
        while self.browser.execute("return document.readyState", vec![]).await.unwrap().json() != "complete" {
            assert!(begin.elapsed() < PATIENCE, "still loading: {}", self.page().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.look().await;
    }

    /// Scrolls as a person does: into the middle, where nothing that stays at an edge covers it.
    async fn bring(&self, element: &WebElement) {
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.browser.execute(script, vec![element.to_json().unwrap()]).await.unwrap();
    }

    /// How often the hand has clicked, chosen or typed so far.
    pub fn clicks(&self) -> usize {
        self.taps.get()
    }

    fn tap(&self) {
        self.taps.set(self.taps.get() + 1);
    }

    async fn click(&self, element: &WebElement) {
        self.tap();
        self.bring(element).await;
        element.click().await.unwrap();
    }

    async fn by_words(&self, tag: &str, words: &str) -> WebElement {
        let begin = Instant::now();
        loop {
            for way in [
                // What only the Enter key reaches is not for the hand.
                format!("//{tag}[not(@aria-hidden)][normalize-space(text())='{words}']"),
                format!("//{tag}[not(@aria-hidden)][contains(normalize-space(.), '{words}')]"),
            ] {
                for found in self.browser.find_all(By::XPath(way)).await.unwrap() {
                    if found.is_displayed().await.unwrap_or(false) {
                        return found;
                    }
                }
            }
            assert!(begin.elapsed() < PATIENCE, "no {tag} “{words}” on {}", self.page().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Loads a page again and again until the words stand on it: work that goes on beside the requests.
    pub async fn waits_for(&mut self, path: &str, words: &str) {
        let begin = Instant::now();
        loop {
            self.open(path).await;
            if self.text().await.contains(words) {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "no “{words}” on {}", self.page().await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits for words on the page.
    pub async fn sees(&self, words: &str) {
        let begin = Instant::now();
        while !self.text().await.contains(words) {
            assert!(begin.elapsed() < PATIENCE, "no “{words}” on {}", self.page().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a printer would put on paper: the text of the page's PDF without white space. Fonts draw some signs by their
    /// look-alikes (⽰ for 示), so all is brought to one form (NFKC).
    pub async fn printed(&self) -> String {
        let pdf = self.browser.printed().await.unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "no PDF");
        let text = duijie_tests::pdf::text(&pdf).unwrap();
        domain::text::nfkc(&text).split_whitespace().collect()
    }

    /// How many sheets of A4 the page takes in print.
    pub async fn sheets(&self) -> usize {
        duijie_tests::pdf::pages(&self.browser.printed().await.unwrap())
    }

    /// A picture of the whole page, for whoever looks at pages.
    pub async fn picture(&self, name: &str) {
        self.browser.picture(name).await.unwrap();
    }

    /// With the larger letters of 长者模式, or without.
    pub async fn elder(&mut self, on: bool) {
        if on {
            self.browser.add_cookie(Cookie::new("elder", "on")).await.unwrap();
        } else {
            self.browser.delete_cookie("elder").await.unwrap();
        }
    }

    /// Whether an element of the page is in sight without scrolling.
    pub async fn is_in_sight(&self, selector: &str) -> bool {
        let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return box.top >= 0 && box.bottom <= innerHeight;";
        self.browser.execute(script, vec![selector.into()]).await.unwrap().json().as_bool() == Some(true)
    }

    /// The network goes away or comes back; wants scripts.
    pub async fn network(&self, there: bool) {
        self.browser.network(there).await.unwrap();
    }

    /// Presses a button whose answer is not another page.
    pub async fn taps(&self, words: &str) {
        let button = self.by_words("button", words).await;
        self.click(&button).await;
    }

    /// Words that must not stand on the page, nor anywhere in its source.
    pub async fn never_sees(&self, words: &[&str]) {
        let source = self.browser.source().await.unwrap();
        for word in words {
            assert!(!source.contains(word), "“{word}” stands on {}", self.page().await);
        }
    }

    async fn text(&self) -> String {
        match self.browser.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    async fn page(&self) -> String {
        format!("{}\n{}", self.browser.current_url().await.unwrap(), self.text().await)
    }

    /// What is checked on every page, once for each kind.
    async fn look(&mut self) {
        if self.scripts {
            self.browser.awake().await.unwrap();
        }
        let path = self.path().await;
        let shape: Vec<&str> = path.split('/').map(|part| if part.len() > 12 { "…" } else { part }).collect();
        let shape = shape.join("/");
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let wider = self.browser.execute(wide, vec![]).await.unwrap().json().as_i64().unwrap_or_default();
        if wider > 0 {
            self.found.push(format!("{shape} is {wider} px wider than the window"));
        }
        if self.scripts
            && self.looked_at.insert(shape.clone())
            && let Some(found) = self.browser.accessibility().await.unwrap()
        {
            self.found.extend(found.into_iter().map(|line| format!("{shape}: {line}")));
        }
    }
}

/// `#panel name` → the panel and the name; without a panel the page's main part.
fn split(name: &str) -> (&str, &str) {
    name.trim().rsplit_once(' ').map_or(("main", name.trim()), |(place, name)| (place.trim(), name))
}
