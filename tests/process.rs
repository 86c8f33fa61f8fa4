//! The program as a process: how it starts, what it says, how it ends.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod daemon_common;

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use daemon_common::{Place, plans};
use tokio_stream::pending;
use tonic::transport::Channel;
use tonic_reflection::pb::v1::{ServerReflectionRequest, server_reflection_client::ServerReflectionClient};

const PATIENCE: Duration = Duration::from_secs(30);

fn kefud(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kefud"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KEFUD_") || name == "RUST_LOG") {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A program that serves, killed when dropped.
struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    _directory: tempfile::TempDir,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let data = directory.path().join("data");
        let mut command = kefud(&["--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]);
        let mut child = command.arg("--data-dir").arg(data).args(arguments).spawn().expect("started");
        let lines = lines(child.stderr.take().expect("piped"));
        Self { child, lines, _directory: directory }
    }

    /// Waits for a log line with this in it.
    fn line(&self, part: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|error| panic!("no line with {part:?}: {error}"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Where the gRPC services are.
    fn address(&self) -> String {
        let line = self.line("gRPC on http://");
        let (_, rest) = line.split_once("gRPC on ").expect("an address");
        rest.split(['"', ' ']).next().expect("an address").to_owned()
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    fn code(mut self) -> Option<i32> {
        self.child.wait().expect("ended").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error says that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stderr: ChildStderr) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(10_000);
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

#[test]
fn tells_where_it_is_and_what_it_serves() {
    let running = Running::start(&[]);
    for part in
        ["metrics on http://127.0.0.1:", "data in ", "embedded sample plan", "gRPC on http://127.0.0.1:"]
    {
        let line = running.line(part);
        assert!(line.starts_with('{') && line.ends_with('}'), "in a pipe logs are JSON: {line}");
    }
}

#[test]
fn a_signal_drains_and_exits_0() {
    for name in ["TERM", "INT"] {
        let running = Running::start(&[]);
        running.address();
        running.signal(name);
        assert_eq!(running.code(), Some(0), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_exits_at_once() {
    for (first, second, code) in [("TERM", "TERM", 143), ("TERM", "INT", 130)] {
        let running = Running::start(&["--drain-grace", "10m"]);
        let channel =
            Channel::from_shared(running.address()).expect("a uri").connect().await.expect("connected");
        // A stream that its caller never ends holds up the drain.
        let requests = pending::<ServerReflectionRequest>();
        let answers = ServerReflectionClient::new(channel).server_reflection_info(requests).await;
        running.signal(first);
        running.line("draining");
        running.signal(second);
        assert_eq!(running.code(), Some(code), "{first} {second}");
        drop(answers);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_file_descriptors_it_waits_for_one() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start_with_files(64);
    let address = daemon.grpc.strip_prefix("http://").expect("a URI");
    let started = Instant::now();
    let held: Vec<TcpStream> = (0..80).map(|_| TcpStream::connect(address).expect("connected")).collect();
    // It tries again, but not at once: the pauses between three failures are 100 ms each.
    daemon.wait_for_lines("cannot accept a gRPC connection", 3);
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
    drop(held);
    let contact = daemon.client().await.enqueue("c", "phone", "service").await;
    assert_eq!(contact.contact_id, "c");
}

#[test]
fn what_is_wrong_stops_the_start_with_exit_2() {
    let table: [(&[&str], &str); 5] = [
        (&["--grpc-listen", "0.0.0.0:7770"], "kefud: 0.0.0.0:7770 is not a loopback address"),
        (&["serve", "--plan", "/nowhere/plan.toml"], "/nowhere/plan.toml"),
        (&["--config", "/nowhere/kefud.toml"], "kefud: cannot read the settings /nowhere/kefud.toml"),
        (&["check", "/nowhere/plan.toml"], "kefud: cannot read the plan /nowhere/plan.toml"),
        (&["apply", "/nowhere/plan.toml"], "kefud: cannot read the plan /nowhere/plan.toml"),
    ];
    for (arguments, message) in table {
        let directory = tempfile::tempdir().expect("a directory");
        let any = ["KEFUD_GRPC_LISTEN", "KEFUD_METRICS_LISTEN"].map(|name| (name, "127.0.0.1:0"));
        let mut command = kefud(arguments);
        command.envs(any).env("RUST_LOG", "off").env("KEFUD_DATA_DIR", directory.path().join("data"));
        let Output { status, stdout, stderr } = command.output().expect("ran");
        let stderr = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("kefud: ") && stderr.contains(message), "{arguments:?}: {stderr}");
        assert_eq!((stderr.lines().count(), stdout.len()), (1, 0), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_plan_on_standard_input_is_checked() {
    let mut child = kefud(&["check", "-"]).stdin(Stdio::piped()).spawn().expect("started");
    let mut input = child.stdin.take().expect("piped");
    std::io::Write::write_all(&mut input, b"quues = 1\n").expect("written");
    drop(input);
    let mut printed = String::new();
    child.stdout.take().expect("piped").read_to_string(&mut printed).expect("read");
    assert_eq!(child.wait().expect("ended").code(), Some(2));
    assert!(printed.lines().any(|line| line.starts_with("-:1:1 quues: ")), "{printed}");
}
