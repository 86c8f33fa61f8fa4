//! `kefud demo`, run as a user would: the program itself, in a pipe.

#![allow(clippy::expect_used, clippy::panic)]

mod daemon_common;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    process::{Command, Output},
};

use daemon_common::kefud;

fn demo(arguments: &[&str]) -> (String, String, Option<i32>) {
    let Output { status, stdout, stderr } = kefud(&["demo"]).args(arguments).output().expect("ran");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(stdout), text(stderr), status.code())
}

/// The first table of the summary: figures by queue and channel, and those of all.
fn summary(out: &str) -> (BTreeMap<String, Vec<u64>>, Vec<u64>) {
    let mut lines =
        out.lines().skip_while(|line| !(line.starts_with("queue ") && line.contains(" offered ")));
    let head: Vec<&str> = lines.next().expect(out).split_whitespace().collect();
    let columns = [
        "offered",
        "back",
        "answered",
        "abandoned",
        "expired",
        "lost",
        "deflected",
        "lapsed",
        "called",
        "waiting",
        "rejected",
    ];
    assert_eq!(head[2..], columns, "{out}");
    let mut rows = BTreeMap::new();
    for line in lines {
        let (words, figures): (Vec<&str>, Vec<&str>) =
            line.split_whitespace().partition(|word| word.parse::<u64>().is_err());
        let figures = figures.iter().map(|figure| figure.parse().expect("a number")).collect();
        if words == ["all"] {
            return (rows, figures);
        }
        rows.insert(words.join(" "), figures);
    }
    panic!("no line for all: {out}");
}

/// Checks by hand what the summary claims, and gives the figures of all.
fn adds_up(out: &str) -> Vec<u64> {
    let (rows, all) = summary(out);
    for (row, figures) in &rows {
        assert_eq!(figures[0] + figures[1], figures[2..10].iter().sum::<u64>(), "{row}: {out}");
    }
    for (place, total) in all.iter().enumerate() {
        assert_eq!(*total, rows.values().map(|figures| figures[place]).sum::<u64>(), "{out}");
    }
    let [offered, back, answered, abandoned, ..] = all[..] else { panic!("{out}") };
    let said = format!(
        "Adds up: {offered} offered + {back} come back = {answered} answered + {abandoned} abandoned"
    );
    assert!(out.contains(&said), "{out}");
    all
}

#[test]
fn synthetic_customers_in_a_pipe() {
    let (out, err, code) = demo(&["--duration", "3s", "--speed", "60"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let all = adds_up(&out);
    assert!(all[0] > 0 && all[2] > 0, "{out}");
    assert!(!out.contains('\x1b'), "no escapes in a pipe: {out}");
    let mut lines = out.lines();
    let first = lines.next().expect("a line");
    assert!(
        first.contains("gRPC http://127.0.0.1:") && first.contains("metrics http://127.0.0.1:"),
        "{first}"
    );
    assert!(lines.any(|line| line.contains("s queue consultation: waiting ")), "{out}");
}

#[test]
fn conversations_pause_meet_a_bot_and_end_in_promises() {
    let (out, err, code) = demo(&["--duration", "20s", "--speed", "100", "--load", "0.7"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let all = adds_up(&out);
    assert!(all[6] > 0, "the bot settled nothing: {out}");
    assert!(out.lines().any(|line| line.starts_with("Promises: ") && line.contains(" made, ")), "{out}");
    let told = |what: &str| {
        let shows = |line: &str| line.contains(what) && !line.contains(&format!("{what}0,"));
        out.lines().any(|line| line.contains("s queue ") && shows(line))
    };
    assert!(told(", parked "), "{out}");
    assert!(told(", colleagues asked "), "{out}");
    // They come due in the queue that is for them.
    let follow_ups = summary(&out).0.into_iter().filter(|(row, _)| row.starts_with("follow_up "));
    assert!(follow_ups.map(|(_, figures)| figures[2]).sum::<u64>() > 0, "no promise came due: {out}");
}

#[test]
fn a_rush_is_seen_and_customers_are_called_back() {
    let (out, err, code) = demo(&["--duration", "20s", "--speed", "60", "--load", "3"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let all = adds_up(&out);
    assert!(all[8] > 0, "nobody left to be called back: {out}");
    let consultation = || out.lines().filter(|line| line.contains("s queue consultation: "));
    let shows = |what: &str, not: &str| {
        consultation().any(|line| line.contains(what) && !line.contains(&format!("{what}{not},")))
    };
    assert!(shows(", surge level ", "0") && shows(", expected wait ", "-"), "{out}");
    let callbacks = out.lines().find(|line| line.starts_with("Callbacks: ")).expect(&out);
    assert!(callbacks.contains(" made, ") && !callbacks.contains(" 0 reached "), "{out}");
    assert!(
        out.lines().all(|line| !line.contains("s queue vip: ") || line.contains(", surge level -,")),
        "{out}"
    );
}

#[test]
fn a_trace_to_its_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("calls.csv");
    let mut rows = String::from("arrival,caller,priority,type,queue_s,outcome,service_s\n");
    for call in 0..40 {
        let (minute, second, kind) = (call / 4, call % 4 * 15, ["loan", "card", "vip"][call % 3]);
        let (waited, outcome) = if call % 10 == 9 { (200, "HANG") } else { (4, "AGENT") };
        let talk = if outcome == "AGENT" { 60 + call } else { 0 };
        rows += &format!("2001-05-01T08:{minute:02}:{second:02},{call},1,{kind},{waited},{outcome},{talk}\n");
    }
    rows += "2001-05-01T08:05:00,1,0,loan,0,PHANTOM,0\n";
    rows += "2001-05-01T08:06:00,1,0,loan,0,AGENT,long\n";
    std::fs::write(&file, rows).expect("written");

    let path = file.to_str().expect("a path");
    let (out, err, code) = demo(&["--trace", path, "--speed", "200", "--from", "2001-05-01T08:01"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let told = format!("kefud: {path}: line 43: service_s `long` is not a number of seconds, 0 to 86400\n");
    assert_eq!(err, told);
    let all = adds_up(&out);
    // Four calls are too early, and at the end nobody waits any more.
    assert_eq!((all[0], all[1], all[9], all[10]), (36, 0, 0, 0), "{out}");
    assert!(all[2] >= 30, "{out}");
    let left_out = "36 calls to play; left out 1 phantoms, 4 before --from, 1 unreadable rows.";
    assert!(out.contains(left_out), "{out}");
    // A known category goes to its own queue.
    assert!(summary(&out).0.contains_key("vip phone"), "{out}");
}

#[test]
fn interrupts_end_it_and_leave_nothing_behind() {
    for (signals, code) in [(1, 0), (2, 143)] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut running =
            kefud(&["demo", "--speed", "60"]).env("TMPDIR", directory.path()).spawn().expect("started");
        let mut out = BufReader::new(running.stdout.take().expect("piped"));
        // At the second look somebody has come.
        let mut looks = 0;
        while looks < 2 {
            let mut line = String::new();
            assert!(out.read_line(&mut line).expect("a line") > 0, "it ended by itself");
            looks += usize::from(line.contains("s agents: "));
        }
        // One call, so that the second is there before the first has been dealt with.
        let kill = format!("kill -INT {0}; [ {signals} = 1 ] || kill -TERM {0}", running.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("ran").success());
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("text");
        assert_eq!(running.wait().expect("ended").code(), Some(code), "{rest}");
        if signals == 1 {
            adds_up(&rest);
        }
        let left: Vec<_> = directory.path().read_dir().expect("read").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn what_cannot_be_played_exits_2() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("calls.csv");
    std::fs::write(&file, "when,what\n2001-05-01T08:00:00,loan\n").expect("written");
    let path = file.to_str().expect("a path");
    let table: [(&[&str], &str); 5] = [
        (&["--trace", "/nowhere/calls.csv"], "cannot open /nowhere/calls.csv"),
        (&["--trace", path], "it has no column `arrival`; name it with --column-arrival (it has when, what)"),
        (&["--speed", "0"], "give a number from 0.1 to 100000"),
        (&["--agents", "0"], "0 is not in 1.."),
        (&["--from", "2001-05-01T08:00"], "--trace"),
    ];
    for (arguments, message) in table {
        let (out, err, code) = demo(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(message), "{arguments:?}: {err}");
    }
}
