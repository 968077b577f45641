//! Chromium without a window, driven through ChromeDriver, each test with a profile of its own.

use std::{
    env,
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    ops::Deref,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver};

/// Widths, in CSS pixels, of the two pages that are looked at: an office screen and a telephone.
pub const DESK: u32 = 1280;
pub const PHONE: u32 = 375;

/// A browser window; ends with this value. Everything [`WebDriver`] can do it can do.
///
/// The fields are dropped in this order: session, driver, profile.
pub struct Browser {
    driver: WebDriver,
    server: Server,
    _folder: TempDir,
}

impl Browser {
    /// Opens one with scripts allowed or not; `None` after [`crate::skip`] where there is no browser.
    pub async fn open(scripts: bool, width: u32) -> Result<Option<Self>> {
        let found = |variable: &str, names: &[&str]| {
            env::var_os(variable).map(PathBuf::from).or_else(|| names.iter().find_map(|name| on_path(name)))
        };
        let (Some(chromium), Some(chromedriver)) = (
            found("DUIJIE_TEST_CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]),
            found("DUIJIE_TEST_CHROMEDRIVER", &["chromedriver"]),
        ) else {
            crate::skip("browser tests: Chromium or ChromeDriver is missing");
            return Ok(None);
        };
        let folder = tempfile::Builder::new().prefix("duijie-browser-").tempdir()?;
        let server = Server::start(&chromedriver, &folder)?;

        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&chromium.to_string_lossy())?;
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=zh-CN",
        ] {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", folder.path().join("profile").display()))?;
        let height = if width < 600 { 812 } else { 900 };
        // A window cannot be narrower than 500; the page it shows can.
        let metrics = json!({ "width": width, "height": height, "pixelRatio": 1.0, "mobile": false, "touch": false });
        wanted.add_experimental_option("mobileEmulation", json!({ "deviceMetrics": metrics }))?;
        if !scripts {
            let blocked = json!({ "profile.managed_default_content_settings.javascript": 2 });
            wanted.add_experimental_option("prefs", blocked)?;
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", server.port), wanted)
            .await
            .context("cannot start Chromium")?;
        driver.set_implicit_wait_timeout(Duration::from_secs(5)).await?;
        Ok(Some(Self { driver, server, _folder: folder }))
    }

    /// Writes the whole page as `<name>.png` into `DUIJIE_TEST_PICTURES`, else `target/pictures`; gives the path.
    pub async fn picture(&self, name: &str) -> Result<PathBuf> {
        let folder = env::var_os("DUIJIE_TEST_PICTURES")
            .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/pictures")), PathBuf::from);
        fs::create_dir_all(&folder)?;
        let options = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.driver.cdp().send_raw("Page.captureScreenshot", options).await?;
        let data = answer["data"].as_str().context("no picture")?;
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data)?)?;
        Ok(path)
    }

    /// The page as it would come out of a printer on A4: a PDF.
    pub async fn printed(&self) -> Result<Vec<u8>> {
        // Centimetres and inches: 210 by 297 millimetres.
        let options = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": false });
        let answer = self.driver.cdp().send_raw("Page.printToPDF", options).await?;
        let data = answer["data"].as_str().context("nothing was printed")?;
        Ok(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data)?)
    }

    /// Takes the network away from the page, or gives it back.
    pub async fn network(&self, there: bool) -> Result<()> {
        self.driver.cdp().send_raw("Network.enable", json!({})).await?;
        let speed = if there { -1 } else { 0 };
        let options =
            json!({ "offline": !there, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed });
        self.driver.cdp().send_raw("Network.emulateNetworkConditions", options).await?;
        Ok(())
    }

    /// Waits until the page's islands answer; at once where there is none.
    pub async fn awake(&self) -> Result<()> {
        let script =
            "return !document.querySelector('leptos-island') || document.documentElement.dataset.islands === 'awake'";
        let begin = Instant::now();
        while self.driver.execute(script, Vec::<Value>::new()).await?.json().as_bool() != Some(true) {
            if begin.elapsed() > Duration::from_secs(10) {
                bail!("the islands of {} did not wake", self.driver.current_url().await?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Looks at the page with axe-core (WCAG 2.2 A and AA, best practices left out): one line for each mistake, with the
    /// elements that make it; `None` after [`crate::skip`] where axe-core is missing. Wants scripts allowed.
    pub async fn accessibility(&self) -> Result<Option<Vec<String>>> {
        let Some(path) = env::var_os("DUIJIE_TEST_AXE") else {
            crate::skip("accessibility checks: axe-core is not there (DUIJIE_TEST_AXE)");
            return Ok(None);
        };
        self.driver.execute(fs::read_to_string(path)?, Vec::<Value>::new()).await?;
        let script = "const done = arguments[arguments.length - 1];
            axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
                .then(found => done(found.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))))
                .catch(error => done(['axe: ' + error]));";
        let found = self.driver.execute_async(script, Vec::<Value>::new()).await?;
        Ok(Some(serde_json::from_value(found.json().clone())?))
    }

    /// Ends the browser and says whether that went well; letting it go out of scope also ends it.
    pub async fn close(self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver's own farewell waits for the runtime that waits for it; so it is said here.
        if self.driver.clone().leak().is_ok() {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                self.driver.session_id()
            );
            let address = SocketAddr::from(([127, 0, 0, 1], self.server.port));
            let ended = TcpStream::connect(address).and_then(|mut stream| {
                stream.set_read_timeout(Some(Duration::from_secs(10)))?;
                stream.write_all(request.as_bytes())?;
                // It answers when the browser has ended, and may keep the connection.
                stream.read(&mut [0; 64])
            });
            if let Err(error) = ended {
                eprintln!("a browser was left behind: {error}");
            }
        }
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.driver
    }
}

/// ChromeDriver on a port it chose itself.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(program: &PathBuf, folder: &TempDir) -> Result<Self> {
        let path = folder.path().join("driver.log");
        let log = File::create(&path)?;
        let child = Command::new(program)
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start ChromeDriver")?;
        let mut server = Self { process: child, port: 0 };
        let begin = Instant::now();
        loop {
            let mut said = String::new();
            File::open(&path)?.read_to_string(&mut said)?;
            let port = said
                .split("started successfully on port ")
                .nth(1)
                .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next())
                .and_then(|digits| digits.parse().ok());
            if let Some(port) = port {
                server.port = port;
                return Ok(server);
            }
            if begin.elapsed() > Duration::from_secs(30) {
                bail!("ChromeDriver did not start: {said}");
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}
