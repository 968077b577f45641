//! What the frame of a document is told: who reads, how the page shall look, who runs the site.

use crate::components::Flash;

/// 长者模式: the same pages with larger text and targets. Growing up to 30 px.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elder {
    #[default]
    Off,
    On,
    Large,
    Max,
}

impl Elder {
    /// The value of the cookie and of the form; empty when off.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "",
            Self::On => "on",
            Self::Large => "large",
            Self::Max => "max",
        }
    }

    /// Reads a cookie or a form value; anything unknown is off.
    pub fn parse(value: &str) -> Self {
        match value {
            "on" => Self::On,
            "large" => Self::Large,
            "max" => Self::Max,
            _ => Self::Off,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value of the cookie and of the form; empty for the system's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

#[must_use]
#[derive(Clone, Debug)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub count: Option<u64>,
    pub current: bool,
}

impl NavItem {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current: false }
    }

    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// Entries of the menu that belong together.
#[derive(Clone, Debug, Default)]
pub struct NavGroup {
    /// Shown above them at the left of the page; empty: none.
    pub heading: String,
    pub items: Vec<NavItem>,
}

/// Who reads, as far as the frame shows it.
#[derive(Clone, Debug, Default)]
pub enum ReaderBar {
    #[default]
    Anonymous,
    SignedIn {
        display_name: String,
        /// "街镇工作人员".
        role: String,
        /// "河东区 鲁山道街道"; empty for an organization.
        scope_name: String,
        nav: Vec<NavGroup>,
        /// Navigation at the left in place of the header: staff, and whoever has many entries.
        rail: bool,
        /// Messages not yet read.
        unread: u64,
    },
}

/// What the law and the operator want in the footer; what is empty is not shown.
#[derive(Clone, Debug, Default)]
pub struct SiteFooter {
    /// 主办单位.
    pub operator: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公安备案号.
    pub police: String,
    /// 网站标识码.
    pub site_code: String,
    /// Name and number, e.g. ("社会救助服务热线", "12349").
    pub hotlines: Vec<(String, String)>,
}

/// Addresses of the built files.
#[derive(Clone, Debug, Default)]
pub struct AssetUrls {
    pub style: String,
    /// Absent when this build holds no scripts; pages work without.
    pub boot: Option<String>,
    pub app_js: Option<String>,
    pub app_wasm: Option<String>,
}

/// Everything a document shows around its body.
#[derive(Clone, Debug, Default)]
pub struct Chrome {
    /// For the script element; the same as in the Content-Security-Policy header.
    pub nonce: String,
    /// Path and query of this page, to come back to after a change of display.
    pub path: String,
    pub elder: Elder,
    pub theme: Theme,
    pub contrast_more: bool,
    pub reader: ReaderBar,
    pub flash: Option<Flash>,
    pub site: SiteFooter,
    pub assets: AssetUrls,
    /// Says on every page that persons and figures are invented.
    pub demo: bool,
}
