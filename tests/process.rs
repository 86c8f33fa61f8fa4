//! The program as a process: how it starts, what it says, how it ends.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod daemon_common;

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use daemon_common::{Place, desk_with, kefud, plans};
use tokio_stream::pending;
use tonic_reflection::pb::v1::{ServerReflectionRequest, server_reflection_client::ServerReflectionClient};

#[test]
fn tells_where_it_is_and_what_it_serves() {
    let place = Place::with_sample_plan();
    let daemon = place.start();
    for part in
        ["metrics on http://127.0.0.1:", "data in ", "embedded sample plan", "gRPC on http://127.0.0.1:"]
    {
        let line = daemon.wait_for_line(part);
        assert!(line.starts_with('{') && line.ends_with('}'), "in a pipe logs are JSON: {line}");
    }
}

#[test]
fn a_signal_drains_and_exits_0() {
    for name in ["TERM", "INT"] {
        let place = Place::with_sample_plan();
        let daemon = place.start();
        daemon.signal(name);
        assert_eq!(daemon.wait().code(), Some(0), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_exits_at_once() {
    for (first, second, code) in [("TERM", "TERM", 143), ("TERM", "INT", 130)] {
        let (_place, daemon, client) = desk_with(&["--drain-grace", "10m"]).await;
        // A stream that its caller never ends holds up the drain.
        let requests = pending::<ServerReflectionRequest>();
        let answers = ServerReflectionClient::new(client.channel).server_reflection_info(requests).await;
        daemon.signal(first);
        daemon.wait_for_line("draining");
        daemon.signal(second);
        assert_eq!(daemon.wait().code(), Some(code), "{first} {second}");
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
        (&["--grpc-listen", "0.0.0.0:7770"], "kefud: --grpc-listen: 0.0.0.0:7770 is not a loopback address"),
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
fn a_plan_is_applied_and_printed() {
    let place = Place::new(plans::DESK, &[]);
    let daemon = place.start();
    let run = |arguments: &[&str]| {
        let Output { status, stdout, stderr } = kefud(arguments).output().expect("ran");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (status.code(), text(stdout), text(stderr))
    };
    let more = format!("{}\n[agents.eve]\ngroups = [\"sales\"]\n", plans::DESK);
    let path = place.write("more.toml", &more);
    let (code, out, err) = run(&["apply", &path, "--server", &daemon.grpc]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert_eq!(out, "1 added, 0 changed, 0 removed; revision 2 is in force\n");
    let (code, out, err) = run(&["plan", "--server", &daemon.grpc]);
    assert_eq!((code, err.as_str()), (Some(0), "kefud: revision 2\n"));
    assert_eq!(kefud::plan::parse(&out), kefud::plan::parse(&more), "{out}");

    // The daemon's places are those of `check`.
    let path = place.write("wrong.toml", &more.replace("[queues.", "[queue."));
    let (code, _, told) = run(&["apply", &path, "--server", &daemon.grpc]);
    let (checked, expected, _) = run(&["check", &path]);
    assert_eq!((code, checked), (Some(2), Some(2)), "{told}");
    assert!(told.starts_with(&format!("{path}:")), "{told}");
    assert_eq!(told, expected);
}

#[test]
fn a_plan_on_standard_input_is_checked() {
    let mut child = kefud(&["check", "-"]).stdin(Stdio::piped()).spawn().expect("started");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(b"quues = 1\n").expect("written");
    drop(input);
    let mut printed = String::new();
    child.stdout.take().expect("piped").read_to_string(&mut printed).expect("read");
    assert_eq!(child.wait().expect("ended").code(), Some(2));
    assert!(printed.lines().any(|line| line.starts_with("-:1:1 quues: ")), "{printed}");
}
