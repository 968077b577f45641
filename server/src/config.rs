//! Configuration: defaults, then a file, then `DUIJIE_*` variables; checked at start.

use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use storage::base::sealed::{Ring, SuiteKind};

/// Everything that may be configured. Field names are the keys of the file and,
/// in upper case after `DUIJIE_`, the variables (`DUIJIE_DATABASE_URL`).
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the SQLite database and the search index live.
    pub data_dir: PathBuf,
    /// `sqlite://…` (default: `data_dir/duijie.sqlite3`) or `postgres://…`.
    pub database_url: String,
    /// Address to listen on.
    pub listen: String,
    /// Address under which readers reach the site. `https://` makes cookies
    /// secure and host-bound, and must be used outside one machine.
    pub public_url: String,
    /// Address of `/metrics` for Prometheus, for example 127.0.0.1:9100: for those who watch the site, never for the
    /// public; empty: nowhere.
    pub metrics_listen: String,
    /// Connections to the database.
    pub connections: u32,
    /// Nodes that share the database; SQLite allows one.
    pub nodes: u32,
    /// Browsers connected at the same time; more of them wait. Each needs a file descriptor.
    pub clients: usize,
    /// File of the key ring that private values are sealed with; default: `data_dir/keys`.
    /// Better on another disk than the database, so that no copy holds both.
    pub key_file: PathBuf,
    /// The key ring itself instead of a file, lines divided by `;`.
    pub key_ring: String,
    /// `xchacha20-poly1305`, or `sm4-gcm` where the national suite is asked for.
    pub cipher: String,
    /// File or directory that the end of the audit chain is written to on a schedule, better on
    /// another machine; empty: nowhere.
    pub audit_head: PathBuf,
    /// Minutes between two of them.
    pub audit_head_minutes: u64,
    /// Footer.
    pub site_operator: String,
    pub site_icp: String,
    pub site_police: String,
    pub site_code: String,
    pub hotline_name: String,
    pub hotline: String,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub session_hours: i64,
    /// `required` or `optional`: whether whoever can open contact data or files, and every administrator, proves
    /// himself twice. Empty: required, but in the demo.
    pub second_factor: String,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed, with commas between.
    pub trusted_proxies: String,
    /// Fewest characters of a password beside a second factor; without one at least 15.
    pub password_min: usize,
    /// Days after which a password must be changed; 0 (default): never.
    pub password_days: i64,
    /// Minutes for which a proof of identity is good for an export.
    pub confirm_minutes: i64,
    /// Days for which an invitation is open.
    pub invitation_days: i64,
    /// Minutes for which a link to a new password is open.
    pub reset_minutes: i64,
    /// Days after a pairing's opening, or the latest consent, in which contact data may be opened.
    pub disclosure_days: i64,
    /// Smallest count of households shown outside the office; 1 shows every count.
    pub small_cell_k: i64,
    /// `text` or `json`.
    pub log_format: String,
    /// As for `RUST_LOG`.
    pub log: String,
    /// Set by the program in demo mode only.
    #[serde(skip)]
    pub demo: bool,
    /// Whether a missing key ring is made: for invented data and measurements, never by `serve`.
    #[serde(skip)]
    pub make_key: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            database_url: String::new(),
            listen: "127.0.0.1:3000".into(),
            public_url: "http://127.0.0.1:3000".into(),
            metrics_listen: String::new(),
            connections: 8,
            nodes: 1,
            clients: 1000,
            key_file: PathBuf::new(),
            key_ring: String::new(),
            cipher: SuiteKind::default().as_str().into(),
            audit_head: PathBuf::new(),
            audit_head_minutes: 60,
            site_operator: "天津市民政局".into(),
            site_icp: String::new(),
            site_police: String::new(),
            site_code: String::new(),
            hotline_name: "社会救助服务热线".into(),
            hotline: "12349".into(),
            idle_minutes: 120,
            session_hours: 12,
            second_factor: String::new(),
            trusted_proxies: String::new(),
            password_min: 12,
            password_days: 0,
            confirm_minutes: 15,
            invitation_days: 7,
            reset_minutes: 10,
            disclosure_days: domain::disclosure::DEFAULT_DAYS,
            small_cell_k: domain::gate::small::DEFAULT_K,
            log_format: "text".into(),
            log: "info".into(),
            demo: false,
            make_key: false,
        }
    }
}

/// Secrets are not shown.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("data_dir", &self.data_dir)
            .field("database_url", &redacted_url(&self.database_url))
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("metrics_listen", &self.metrics_listen)
            .field("connections", &self.connections)
            .field("nodes", &self.nodes)
            .field("key_file", &self.key_file)
            .field("key_ring", &if self.key_ring.is_empty() { "(in key_file)" } else { "(set, not shown)" })
            .field("cipher", &self.cipher)
            .field("idle_minutes", &self.idle_minutes)
            .field("session_hours", &self.session_hours)
            .field("second_factor", &self.is_second_factor_required())
            .field("trusted_proxies", &self.trusted_proxies)
            .field("disclosure_days", &self.disclosure_days)
            .field("small_cell_k", &self.small_cell_k)
            .field("log_format", &self.log_format)
            .field("log", &self.log)
            .field("demo", &self.demo)
            .finish_non_exhaustive()
    }
}

/// A database address without its password.
pub fn redacted_url(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme + 3 => {
            let user = url[scheme + 3..at].split(':').next().unwrap_or_default();
            format!("{}://{user}:***{}", &url[..scheme], &url[at..])
        }
        _ => url.to_owned(),
    }
}

/// A mistake in the configuration: which key, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration does not read: {0}")]
    Read(#[from] config::ConfigError),
    #[error("configuration key `{0}`: {1}")]
    Value(&'static str, String),
}

impl Config {
    /// Reads defaults, file (if named, it must exist) and environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut builder = config::Config::builder();
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix("DUIJIE").prefix_separator("_").ignore_empty(true);
        // Variables of tools around the program are not keys of it.
        let keys: std::collections::HashMap<String, String> = std::env::vars()
            .filter(|(name, _)| {
                name.starts_with("DUIJIE_")
                    && !name.starts_with("DUIJIE_TEST_")
                    && !name.starts_with("DUIJIE_SITE_DIR")
                    && name != "DUIJIE_CONFIG"
            })
            .collect();
        let config: Self = builder.add_source(environment.source(Some(keys))).build()?.try_deserialize()?;
        config.checked()
    }

    /// Checks every value that can be wrong.
    pub fn checked(mut self) -> Result<Self, ConfigError> {
        let wrong = |key, message: &str| Err(ConfigError::Value(key, message.to_owned()));
        if self.database_url.is_empty() {
            self.database_url = format!("sqlite://{}", self.data_dir.join("duijie.sqlite3").display());
        }
        let sqlite = self.database_url.starts_with("sqlite:");
        if !sqlite && !self.database_url.starts_with("postgres:") && !self.database_url.starts_with("postgresql:") {
            return wrong("database_url", "use sqlite://PATH or postgres://USER@HOST/NAME");
        }
        if sqlite && self.nodes > 1 {
            return wrong("nodes", "SQLite serves one node; use PostgreSQL for several");
        }
        if self.listen.parse::<std::net::SocketAddr>().is_err() {
            return wrong("listen", "use ADDRESS:PORT, for example 127.0.0.1:3000");
        }
        if !self.metrics_listen.is_empty() && self.metrics_listen.parse::<std::net::SocketAddr>().is_err() {
            return wrong("metrics_listen", "use ADDRESS:PORT, for example 127.0.0.1:9100, or leave it empty");
        }
        if !self.public_url.starts_with("http://") && !self.public_url.starts_with("https://") {
            return wrong("public_url", "use http://… or https://…");
        }
        if self.connections == 0 || self.connections > 200 {
            return wrong("connections", "use 1 to 200");
        }
        if self.key_file.as_os_str().is_empty() {
            self.key_file = self.data_dir.join("keys");
        }
        if !self.key_ring.is_empty()
            && let Err(error) = Ring::parse(&self.key_ring)
        {
            return wrong("key_ring", &error.to_string());
        }
        if SuiteKind::parse(&self.cipher).is_none() {
            return wrong("cipher", "use xchacha20-poly1305 or sm4-gcm");
        }
        if self.idle_minutes < 1 || self.session_hours < 1 {
            return wrong("idle_minutes", "idle_minutes and session_hours are at least 1");
        }
        if !matches!(self.second_factor.as_str(), "" | "required" | "optional") {
            return wrong("second_factor", "use required or optional");
        }
        if web::networks(&self.trusted_proxies).is_none() {
            return wrong("trusted_proxies", "use addresses and networks with commas between, for example 10.0.0.0/8");
        }
        if !(8..=64).contains(&self.password_min) {
            return wrong("password_min", "use 8 to 64");
        }
        if !(0..=3650).contains(&self.password_days) {
            return wrong("password_days", "use 0 (never) to 3650");
        }
        if !(1..=120).contains(&self.confirm_minutes) {
            return wrong("confirm_minutes", "use 1 to 120");
        }
        if !(1..=30).contains(&self.invitation_days) {
            return wrong("invitation_days", "use 1 to 30");
        }
        if !(1..=1440).contains(&self.reset_minutes) {
            return wrong("reset_minutes", "use 1 to 1440");
        }
        if self.disclosure_days < 1 {
            return wrong("disclosure_days", "use at least 1");
        }
        if !(1..=1000).contains(&self.small_cell_k) {
            return wrong("small_cell_k", "use 1 to 1000");
        }
        if !(16..=100_000).contains(&self.clients) {
            return wrong("clients", "use 16 to 100000");
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log) {
            return wrong("log", &format!("{error}; use for example info, or info,web=debug"));
        }
        if self.audit_head_minutes == 0 {
            return wrong("audit_head_minutes", "at least 1");
        }
        if self.log_format != "text" && self.log_format != "json" {
            return wrong("log_format", "use text or json");
        }
        Ok(self)
    }

    /// The suite that seals new values.
    pub fn suite(&self) -> SuiteKind {
        SuiteKind::parse(&self.cipher).unwrap_or_default()
    }

    /// Whether whoever opens contact data or files proves himself twice.
    pub fn is_second_factor_required(&self) -> bool {
        match self.second_factor.as_str() {
            "optional" => false,
            "required" => true,
            _ => !self.demo,
        }
    }

    /// The rules as configured.
    pub fn policy(&self) -> services::Policy {
        services::Policy {
            idle_minutes: self.idle_minutes,
            session_hours: self.session_hours,
            second_factor: self.is_second_factor_required(),
            password_min: self.password_min,
            password_days: self.password_days,
            confirm_minutes: self.confirm_minutes,
            invitation_days: self.invitation_days,
            reset_minutes: self.reset_minutes,
            disclosure_days: self.disclosure_days,
            small_cell_k: self.small_cell_k,
            ..services::Policy::default()
        }
    }

    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// 32 bytes from 64 hexadecimal digits.
pub fn hex_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0_u8; 32];
    hex::decode_to_slice(text.trim(), &mut key).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let config = Config {
            key_ring: format!("mark {0};key {0}", "ab".repeat(32)),
            database_url: "postgres://duijie:geheim@db/duijie".into(),
            ..Config::default()
        };
        let shown = format!("{config:?}");
        assert!(!shown.contains("abab") && !shown.contains("geheim"), "{shown}");
        assert!(shown.contains("postgres://duijie:***@db/duijie"));
    }

    #[test]
    fn wrong_values_name_their_key() {
        let sqlite_twice = Config { nodes: 2, ..Config::default() };
        assert!(sqlite_twice.checked().unwrap_err().to_string().contains("`nodes`"));
        let no_cipher = Config { cipher: "rot13".into(), ..Config::default() };
        assert!(no_cipher.checked().unwrap_err().to_string().contains("`cipher`"));
        let no_ring = Config { key_ring: "mark 12".into(), ..Config::default() };
        assert!(no_ring.checked().unwrap_err().to_string().contains("`key_ring`"));
        let no_log = Config { log: "info,=?".into(), ..Config::default() };
        assert!(no_log.checked().unwrap_err().to_string().contains("`log`"));
        let no_port = Config { listen: "127.0.0.1".into(), ..Config::default() };
        assert!(no_port.checked().unwrap_err().to_string().contains("`listen`"));
        let no_port = Config { metrics_listen: "9100".into(), ..Config::default() };
        assert!(no_port.checked().unwrap_err().to_string().contains("`metrics_listen`"));
    }
}
