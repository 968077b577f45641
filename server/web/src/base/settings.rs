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

    /// An absolute address of the site for a path that begins with `/`.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.trim_end_matches('/'))
    }
}
