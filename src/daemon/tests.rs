//! The order in which a daemon starts and stops.

use tokio::{io::AsyncReadExt, net::TcpStream, sync::oneshot};
use tonic::{Code, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{ServerReflectionRequest, server_reflection_client::ServerReflectionClient};

use super::*;

/// A daemon on free ports, with the directory that holds its data.
async fn daemon(change: impl FnOnce(&mut Config)) -> (Daemon, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let any = "127.0.0.1:0".parse().expect("an address");
    let mut config = Config { grpc_listen: any, metrics_listen: any, ..Config::default() };
    config.tenants.data_dir = directory.path().join("data");
    change(&mut config);
    (Daemon::start(config).await.expect("a daemon"), directory)
}

async fn channel(daemon: &Daemon) -> Channel {
    let uri = format!("http://{}", daemon.grpc_addr());
    Channel::from_shared(uri).expect("a uri").connect().await.expect("a connection")
}

fn request(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

/// What an HTTP page answers now.
async fn page(address: SocketAddr, path: &str) -> String {
    use tokio::io::AsyncWriteExt;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("write");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    answer
}

#[tokio::test]
async fn every_service_is_healthy() {
    let (daemon, _directory) = daemon(|_| {}).await;
    let mut client = HealthClient::new(channel(&daemon).await);
    for service in health::names() {
        let status = client.check(request(&service)).await.expect(&service).into_inner().status();
        assert_eq!(status, ServingStatus::Serving, "{service}");
    }
    let missing = client.check(request("kefud.v1.Nothing")).await.expect_err("unknown");
    assert_eq!(missing.code(), Code::NotFound);
    let readiness = page(daemon.metrics_addr(), "/readyz").await;
    assert!(readiness.starts_with("HTTP/1.1 200"), "{readiness}");
    let metrics = page(daemon.metrics_addr(), "/metrics").await;
    for line in [
        "kefud_rpcs_total{service=\"grpc.health.v1.Health\",method=\"Check\",code=\"NOT_FOUND\"} 1\n",
        "kefud_connections 1\n",
        "kefud_durable_sequence{tenant=\"default\"} ",
    ] {
        assert!(metrics.contains(line), "no {line} in {metrics}");
    }
}

#[tokio::test]
async fn shutdown_tells_watchers_and_ends_soon() {
    let (daemon, _directory) = daemon(|config| config.drain_grace = Duration::from_secs(600)).await;
    let metrics_addr = daemon.metrics_addr();
    let mut client = HealthClient::new(channel(&daemon).await);
    let mut watch = client.watch(request("")).await.expect("a watch").into_inner();
    let first = watch.message().await.expect("a message").expect("a message");
    assert_eq!(first.status(), ServingStatus::Serving);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(daemon.run_until(async move { drop(stopped.await) }));
    stop.send(()).expect("still running");
    let last = watch.message().await.expect("a message").expect("a message");
    assert_eq!(last.status(), ServingStatus::NotServing);
    assert!(watch.message().await.expect("an end").is_none());
    running.await.expect("joined").expect("a clean end");
    let refused = TcpStream::connect(metrics_addr).await;
    assert!(refused.is_err(), "the HTTP side is still there");
}

#[tokio::test]
async fn streams_that_stay_are_cut_after_the_grace_time() {
    let (daemon, _directory) = daemon(|config| config.drain_grace = Duration::from_millis(50)).await;
    let metrics_addr = daemon.metrics_addr();
    let channel = channel(&daemon).await;
    let mut reflection = ServerReflectionClient::new(channel);
    // A request stream that never ends holds the call open.
    let requests = tokio_stream::pending::<ServerReflectionRequest>();
    let mut answers = reflection.server_reflection_info(requests).await.expect("a stream").into_inner();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(daemon.run_until(async move { drop(stopped.await) }));
    stop.send(()).expect("still running");
    let watched = tokio::spawn(async move { answers.message().await });
    running.await.expect("joined").expect("a clean end");
    assert!(watched.await.expect("joined").is_err());
    assert!(TcpStream::connect(metrics_addr).await.is_err());
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed() {
    let (daemon, _directory) = daemon(|config| config.limits.connections = 1).await;
    let held = channel(&daemon).await;
    let mut refused = TcpStream::connect(daemon.grpc_addr()).await.expect("accepted by the system");
    let mut bytes = Vec::new();
    // Closed without a byte; a reset is as good.
    assert!(matches!(refused.read_to_end(&mut bytes).await, Ok(0) | Err(_)));
    let text = daemon.metrics().render();
    assert!(text.contains("kefud_connections_refused_total 1\n"), "{text}");
    drop(held);
}

#[tokio::test]
async fn addresses_that_cannot_be_used_stop_the_start() {
    let (running, _directory) = daemon(|_| {}).await;
    let taken = running.grpc_addr();
    let table = [
        ("0.0.0.0:0".parse().expect("an address"), "0.0.0.0:0 is not a loopback address".to_owned()),
        (taken, format!("cannot listen on {taken}: Address already in use")),
    ];
    for (address, message) in table {
        let config = Config { grpc_listen: address, ..Config::default() };
        let error = Daemon::start(config).await.expect_err("refused").to_string();
        assert!(error.starts_with(&message) && !error.contains('\n'), "{error}");
    }
}
