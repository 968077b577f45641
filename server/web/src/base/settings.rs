//! What the pages need of the program's configuration.

use app::shell::AssetUrls;
use ipnet::IpNet;

/// Given by the program once, at start.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Footer: who runs the site and its numbers of registration.
    pub site_operator: String,
    pub site_icp: String,
    pub site_police: String,
    pub site_code: String,
    /// Whom to ring, with its name.
    pub hotline_name: String,
    pub hotline: String,
    /// Address under which readers reach the site; `https://` makes cookies secure and host-bound.
    pub public_url: String,
    /// Proxies whose word about the client's address is taken.
    pub trusted: Vec<IpNet>,
    /// Whether the end of the audit chain is written to a second place.
    pub keeps_audit_head: bool,
    /// Accounts that the sign-in page shows (post, name, password, what to try); none outside the demo.
    pub demo: Option<Vec<[String; 4]>>,
    /// Where style sheet and scripts are.
    pub assets: AssetUrls,
}

impl Settings {
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Whether a request is meant for this site: it names the host of the public address, or this machine itself.
    pub fn serves(&self, host: &str) -> bool {
        let name = |authority: &str| {
            // A host and perhaps a port, never a user before them (RFC 9110, 7.2).
            let authority: Option<axum::http::uri::Authority> = authority.parse().ok();
            authority
                .filter(|authority| !authority.as_str().contains('@'))
                .map(|authority| authority.host().trim_end_matches('.').to_ascii_lowercase())
        };
        let public = self.public_url.split("://").nth(1).and_then(|rest| name(rest.split('/').next()?));
        let Some(host) = name(host) else { return false };
        let loopback = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        host == "localhost" || loopback || Some(host) == public
    }

    /// An absolute address of the site for a path that begins with `/`.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_this_site() {
        let site = Settings { public_url: "https://duijie.example:8443/".into(), ..Settings::default() };
        for own in
            ["duijie.example", "duijie.example:8443", "DUIJIE.example.", "127.0.0.1:3000", "[::1]:3000", "localhost"]
        {
            assert!(site.serves(own), "{own}");
        }
        for other in
            ["", "evil.example", "duijie.example.evil.example", "10.0.0.1", "a b", "evil.example@duijie.example:x"]
        {
            assert!(!site.serves(other), "{other}");
        }
    }
}
