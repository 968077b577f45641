//! The harness itself: a database comes and goes, a browser shows a page with scripts and without.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use duijie_tests::{
    browser::{Browser, DESK, PHONE},
    postgres::Database,
};
use sqlx::{Connection as _, Executor as _, PgConnection};
use thirtyfour::By;

#[tokio::test]
async fn a_database_is_fresh_and_gone_afterwards() {
    let Some(database) = Database::create().await.unwrap() else {
        return;
    };
    let url = database.url().to_owned();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection.execute("CREATE TABLE t (n bigint)").await.unwrap();
    drop(database);
    assert!(PgConnection::connect(&url).await.is_err());
}

/// Serves one page for ever on a free port.
fn page(html: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                html.len()
            );
            let _ = stream.write_all((head + html).as_bytes());
        }
    });
    address
}

const PAGE: &str = "<!doctype html><html lang=zh><title>页</title><main><h1 id=a>无脚本</h1><img src='data:,'></main>
<script>document.getElementById('a').textContent = '有脚本 ' + innerWidth</script></html>";

#[tokio::test]
async fn scripts_run_only_where_allowed() {
    let address = page(PAGE);
    for (scripts, width, text) in [(true, DESK, "有脚本 1280"), (true, PHONE, "有脚本 375"), (false, PHONE, "无脚本")]
    {
        let Some(browser) = Browser::open(scripts, width).await.unwrap() else {
            return;
        };
        browser.goto(&address).await.unwrap();
        assert_eq!(browser.find(By::Id("a")).await.unwrap().text().await.unwrap(), text);
        browser.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_picture_is_taken_and_mistakes_of_access_are_found() {
    let address = page(PAGE);
    let Some(browser) = Browser::open(true, DESK).await.unwrap() else {
        return;
    };
    browser.goto(&address).await.unwrap();
    browser.awake().await.unwrap();
    assert!(browser.picture("harness").await.unwrap().metadata().unwrap().len() > 1000);
    let Some(found) = browser.accessibility().await.unwrap() else {
        return;
    };
    assert!(found.iter().any(|line| line.starts_with("image-alt")), "{found:?}");
}

/// SECURITY.md says which test holds which check: each of them is there.
#[test]
fn every_test_named_in_security_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let (mut folders, mut code) = (vec![root.join("tests"), root.join("server")], String::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                code += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let mut missing = Vec::new();
    let mut seen = 0;
    for name in page.split('`').skip(1).step_by(2).filter(|name| name.contains("::")) {
        let last = name.rsplit("::").next().unwrap();
        // `c22_…`: every test whose name begins so; a bare `…` stands for the module.
        let begins = last.strip_suffix('…');
        if begins == Some("") {
            continue;
        }
        seen += 1;
        let known = match begins {
            Some(begins) => code.contains(&format!("fn {begins}")),
            None => code.contains(&format!("fn {last}(")) || code.contains(&format!("mod {last}")),
        };
        if !known {
            missing.push(name);
        }
    }
    assert!(missing.is_empty() && seen > 30, "{missing:?} of {seen}");
}
