//! Connections: how many, how long one may take to say what it wants, and how they end.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// From the beginning of a connection, or the end of an answer, to the end of the next request's head.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// What is under way when the program is told to stop may take so long.
const END_WITHIN: Duration = Duration::from_secs(30);
/// Pause where no connection can be taken, as when the descriptors are used up.
const REST: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C or SIGTERM; requests under way finish first, but within [`END_WITHIN`]. A second signal ends
/// everything at once.
pub async fn serve(listener: TcpListener, router: Router, clients: usize) {
    let places = Arc::new(Semaphore::new(clients));
    let graceful = GracefulShutdown::new();
    let mut signals = Signals::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = signals.next() => break,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => {
                let _ = stream.set_nodelay(true);
                let router = router.clone();
                let answer = service_fn(move |request: Request<Incoming>| {
                    let mut request = request.map(Body::new);
                    request.extensions_mut().insert(ConnectInfo(peer));
                    router.clone().oneshot(request)
                });
                let connection = graceful.watch(
                    http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD_WITHIN)
                        .serve_connection(TokioIo::new(stream), answer),
                );
                tokio::spawn(async move {
                    // What goes wrong on the way is the client's: it went away, or sent no request.
                    let _ = connection.await;
                    drop(place);
                });
            }
            (_, Err(error)) => {
                tracing::warn!(%error, "no connection can be taken");
                tokio::time::sleep(REST).await;
            }
            (Err(_), _) => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(END_WITHIN) => tracing::warn!("ended with requests under way"),
        () = signals.next() => tracing::warn!("ended at once"),
    }
}

/// Ctrl-C and SIGTERM, one after the other.
struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = interrupt.await;
    }
}
