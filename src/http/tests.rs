//! The pages, and what is refused.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::watch,
};

use super::*;
use crate::telemetry::{Metrics, TenantGauges};

/// One request over a connection of its own; the whole answer as text.
async fn exchange(request: &str, readiness: Readiness) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let metrics = Metrics::new();
    let (_sender, receiver) = watch::channel(readiness);
    let refreshed = metrics.clone();
    let pages = Pages::new(metrics, receiver, move || {
        let metrics = refreshed.clone();
        async move {
            let gauges = TenantGauges { sequence: 7, ..TenantGauges::default() };
            metrics.tenant("default").set_gauges(&gauges);
        }
    });
    let server = tokio::spawn(serve(listener, pages));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("write");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    server.abort();
    answer.to_lowercase()
}

#[tokio::test]
async fn pages_answer() {
    use Readiness::{Draining, Serving, Starting};
    let table: [(&str, Readiness, &[&str], &[&str]); 10] = [
        ("GET /healthz", Starting, &["http/1.1 200", "\r\n\r\nalive\n"], &[]),
        ("GET /readyz", Starting, &["http/1.1 503", "\r\n\r\nstarting\n"], &[]),
        ("GET /readyz", Serving, &["http/1.1 200", "\r\n\r\nserving\n"], &[]),
        ("GET /readyz", Draining, &["http/1.1 503", "\r\n\r\ndraining\n"], &[]),
        ("HEAD /readyz", Serving, &["http/1.1 200", "content-length: 8"], &["\r\n\r\ns"]),
        (
            "GET /metrics",
            Serving,
            &[
                "http/1.1 200",
                "content-type: text/plain; version=0.0.4; charset=utf-8",
                "kefud_sequence{tenant=\"default\"} 7\n",
            ],
            &[],
        ),
        ("GET /metrics?x=1", Serving, &["http/1.1 200"], &[]),
        ("POST /metrics", Serving, &["http/1.1 405", "allow: get, head"], &["kefud_"]),
        ("GET /", Serving, &["http/1.1 404", "no such page: try /metrics, /healthz or /readyz\n"], &[]),
        ("POST /nothing", Serving, &["http/1.1 404"], &[]),
    ];
    for (request, readiness, present, absent) in table {
        let request = format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = exchange(&request, readiness).await;
        for part in present {
            assert!(answer.contains(part), "{request}: no {part:?} in {answer}");
        }
        for part in absent {
            assert!(!answer.contains(part), "{request}: {part:?} in {answer}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn slow_heads_are_cut() {
    // Never finishes its head: the server hangs up (408 or nothing), in paused time.
    let answer = exchange("GET /healthz HTTP/1.1\r\nhost:", Readiness::Serving).await;
    assert!(!answer.contains("alive"), "{answer}");
}
