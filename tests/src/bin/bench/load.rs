//! A small load: keep-alive connections that ask for pages one after another.

use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Reads one response; returns status and length of the body.
async fn response(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<(u16, usize)> {
    buffer.clear();
    let mut chunk = vec![0_u8; 65_536];
    loop {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        buffer.extend_from_slice(&chunk[..read]);
        let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).context("head")?;
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("status")?;
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|v| v.trim().to_owned()))
            .context("content-length")?
            .parse::<usize>()?;
        while buffer.len() < end + 4 + length {
            let read = stream.read(&mut chunk).await?;
            if read == 0 {
                bail!("the body ended early");
            }
            buffer.extend_from_slice(&chunk[..read]);
        }
        return Ok((status, length));
    }
}

/// One request; status and body.
pub async fn get(port: u16, path: &str) -> Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(request(path).as_bytes()).await?;
    let mut buffer = Vec::new();
    let (status, length) = response(&mut stream, &mut buffer).await?;
    Ok((status, buffer.split_off(buffer.len() - length)))
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: none\r\n\r\n")
}

/// Requests per second over `connections` connections that walk through `paths`.
pub async fn throughput(port: u16, paths: &[String], connections: usize, seconds: u64) -> Result<f64> {
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut tasks = Vec::new();
    for at in 0..connections {
        let paths = paths.to_vec();
        tasks.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
            stream.set_nodelay(true)?;
            let mut buffer = Vec::new();
            let mut done = 0_u64;
            let mut next = at;
            while Instant::now() < until {
                stream.write_all(request(&paths[next % paths.len()]).as_bytes()).await?;
                let (status, _) = response(&mut stream, &mut buffer).await?;
                if status != 200 {
                    bail!("{} answered {status}", paths[next % paths.len()]);
                }
                done += 1;
                next += connections;
            }
            Ok::<u64, anyhow::Error>(done)
        }));
    }
    let start = Instant::now();
    let mut total = 0;
    for task in tasks {
        total += task.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
    Ok(total as f64 / start.elapsed().as_secs_f64())
}
