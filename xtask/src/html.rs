//! What the pages of a running server weigh. Speaks to 127.0.0.1 alone.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::site::budget_line;

/// Bytes after brotli that a public page's HTML may have (`kB` = 1000 bytes).
const BUDGET: usize = 30_000;

/// Waits for the server, then prints the sizes of the front page, the hall and one need's page.
pub fn report(port: u16) -> Result<()> {
    let begin = Instant::now();
    while get(port, "/").is_err() {
        if begin.elapsed() > Duration::from_mins(10) {
            bail!("no answer on port {port}");
        }
        sleep(Duration::from_millis(100));
    }
    let hall = get(port, "/needs").unwrap_or_default();
    let text = String::from_utf8_lossy(&hall).into_owned();
    let need = text
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|address| address.strip_prefix("/needs/XQ").is_some_and(|rest| !rest.contains('/')))
        .map(str::to_owned);
    let mut lines = String::new();
    for path in ["/".to_owned(), "/needs".to_owned()].into_iter().chain(need) {
        let page = match get(port, &path) {
            Ok(page) => page,
            Err(error) => {
                lines = lines + "  HTML " + &error.to_string() + "\n";
                continue;
            }
        };
        let mut packed = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
        brotli::BrotliCompress(&mut &*page, &mut packed, &parameters)?;
        lines = lines + &budget_line(&format!("HTML {path}"), packed.len(), BUDGET) + "\n";
    }
    print!("page budget, bytes after brotli\n{lines}http://127.0.0.1:{port} is ready\n");
    Ok(())
}

/// The body of a page as sent without compression. Fails unless the answer is 200.
fn get(port: u16, path: &str) -> Result<Vec<u8>> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    // HTTP/1.0, so that the body comes in one piece and the connection ends with it.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("no HTTP answer")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    if head.split(' ').nth(1) != Some("200") {
        bail!("{path}: {}", head.lines().next().unwrap_or_default());
    }
    Ok(answer.split_off(end + 4))
}
