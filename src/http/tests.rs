//! The pages, and what is refused.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::watch,
    time::Instant,
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
    let started = Instant::now();
    let answer = exchange("GET /healthz HTTP/1.1\r\nhost:", Readiness::Serving).await;
    assert!(!answer.contains("alive"), "{answer}");
    let elapsed = started.elapsed();
    assert!((HEADER_TIMEOUT..CONNECTION_AGE_MAX).contains(&elapsed), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn connections_end_at_their_age() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (_sender, receiver) = watch::channel(Readiness::Serving);
    let server = tokio::spawn(serve(listener, Pages::new(Metrics::new(), receiver, || async {})));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let started = Instant::now();
    // Asks often enough not to be idle, for as long as it is answered.
    let pause = HEADER_TIMEOUT / 2;
    let mut answers = 0;
    loop {
        let mut answer = [0; 4_096];
        let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let read = match asked {
            Ok(()) => stream.read(&mut answer).await.unwrap_or(0),
            Err(_) => 0,
        };
        if read == 0 {
            break;
        }
        answers += 1;
        sleep(pause).await;
    }
    server.abort();
    let elapsed = started.elapsed();
    assert!((CONNECTION_AGE_MAX..=CONNECTION_AGE_MAX + pause).contains(&elapsed), "{elapsed:?}");
    assert!(answers >= 20, "{answers}");
}
