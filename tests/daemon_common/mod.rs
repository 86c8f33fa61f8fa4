//! The real program, driven from outside: started on free ports with a directory of its own, spoken to over
//! gRPC, and killed whenever a test lets go of it, panicking or not.
//!
//! Nothing here waits for time to pass: every wait is for something that the program says or does, and only a
//! program that doesn't do it at all makes a test wait as long as [`PATIENCE`].

// Every test program takes a part of it.
#![allow(dead_code, clippy::expect_used, clippy::panic)]

pub mod client;
pub mod plans;
pub mod streams;
pub mod talk;

use std::{
    future::Future,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use client::Client;

/// After so long without what is waited for, a test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for `future`, but not for ever.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, future).await;
    waited.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// The program with these arguments, untouched by the settings of whoever runs the tests.
pub fn kefud(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kefud"));
    clean(&mut command);
    command.args(arguments);
    command
}

fn clean(command: &mut Command) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KEFUD_") || name == "RUST_LOG") {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// Flags of a daemon on free ports whose data is in `data`.
pub fn flags(data: &Path) -> Vec<String> {
    let data = data.display().to_string();
    let flags = ["--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", &data];
    flags.map(str::to_owned).to_vec()
}

/// Runs a daemon that is expected not to start, to its end.
pub fn start_in_vain(data: &Path, arguments: &[&str]) -> Output {
    kefud(arguments).args(flags(data)).output().expect("ran")
}

/// A directory for one test: data and plan of one daemon after the other.
pub struct Place {
    directory: tempfile::TempDir,
    arguments: Vec<String>,
}

impl Place {
    /// With a plan for the default tenant, and what else to start with.
    pub fn new(plan: &str, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("plan.toml");
        std::fs::write(&path, plan).expect("written");
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.extend(["--plan".to_owned(), path.display().to_string()]);
        Self { directory, arguments }
    }

    /// With the plan that the program brings along.
    pub fn with_sample_plan() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory"), arguments: Vec::new() }
    }

    /// With a settings file that names the plan of each tenant.
    pub fn with_tenants(tenants: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut settings = String::new();
        for (name, plan) in tenants {
            let path = directory.path().join(format!("{name}.toml"));
            std::fs::write(&path, plan).expect("written");
            settings.push_str(&format!("[tenants.{name}]\nplan = \"{}\"\n", path.display()));
        }
        let path = directory.path().join("kefud.toml");
        std::fs::write(&path, settings).expect("written");
        let arguments = vec!["--config".to_owned(), path.display().to_string()];
        Self { directory, arguments }
    }

    /// Writes a file beside the data, and tells where it is.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    }

    /// Where the data is.
    pub fn data(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    /// Starts a daemon here and waits until it serves.
    pub fn start(&self) -> Daemon {
        let mut command = kefud(&[]);
        command.args(&self.arguments).args(flags(&self.data()));
        Daemon::spawn(&mut command)
    }

    /// Starts a daemon here that meets its limit on the size of files as an error, not as a signal.
    pub fn start_ignoring_file_size_signal(&self) -> Daemon {
        // An ignored signal stays so in what is run.
        self.start_after("trap '' XFSZ")
    }

    /// Starts a daemon here that can open so many files.
    pub fn start_with_files(&self, most: usize) -> Daemon {
        self.start_after(&format!("ulimit -Sn {most}"))
    }

    /// Starts a daemon here by a shell that does something first.
    fn start_after(&self, first: &str) -> Daemon {
        let mut command = Command::new("sh");
        clean(&mut command);
        command
            .args(["-c", &format!("{first}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_kefud")])
            .args(&self.arguments)
            .args(flags(&self.data()));
        Daemon::spawn(&mut command)
    }
}

/// A daemon with [`plans::DESK`], and a connection to it.
pub async fn desk() -> (Place, Daemon, Client) {
    desk_with(&[]).await
}

/// [`desk`] with more to start with.
pub async fn desk_with(arguments: &[&str]) -> (Place, Daemon, Client) {
    let place = Place::new(plans::DESK, arguments);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

#[derive(Default)]
struct Log {
    lines: Mutex<(Vec<String>, bool)>,
    changed: Condvar,
}

/// A program that serves. Killed when dropped.
pub struct Daemon {
    child: Child,
    log: Arc<Log>,
    /// Where gRPC is, as a URI.
    pub grpc: String,
    /// Where metrics and health are, as an address.
    pub metrics: String,
}

impl Daemon {
    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("started");
        let log = Arc::new(Log::default());
        let stderr = child.stderr.take().expect("piped");
        let writer = Arc::clone(&log);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                writer.lines.lock().expect("no panic").0.push(line);
                writer.changed.notify_all();
            }
            writer.lines.lock().expect("no panic").1 = true;
            writer.changed.notify_all();
        });
        let mut daemon = Self { child, log, grpc: String::new(), metrics: String::new() };
        daemon.metrics = after(&daemon.wait_for_line("metrics on http://"), "metrics on http://");
        daemon.metrics.truncate(daemon.metrics.find('/').unwrap_or(daemon.metrics.len()));
        daemon.grpc =
            format!("http://{}", after(&daemon.wait_for_line("gRPC on http://"), "gRPC on http://"));
        daemon
    }

    /// Waits for a log line with this in it.
    pub fn wait_for_line(&self, part: &str) -> String {
        self.wait_for_lines(part, 1)
    }

    /// Waits for so many log lines with this in it, and gives the last.
    pub fn wait_for_lines(&self, part: &str, count: usize) -> String {
        let end = Instant::now() + PATIENCE;
        let mut lines = self.log.lines.lock().expect("no panic");
        loop {
            if let Some(line) = lines.0.iter().filter(|line| line.contains(part)).nth(count - 1) {
                return line.clone();
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !lines.1, "no line with {part:?} in {:#?}", lines.0);
            lines = self.log.changed.wait_timeout(lines, left).expect("no panic").0;
        }
    }

    /// Whether a log line with this in it has been read so far.
    pub fn has_line(&self, part: &str) -> bool {
        self.log.lines.lock().expect("no panic").0.iter().any(|line| line.contains(part))
    }

    /// A connection of its own.
    pub async fn client(&self) -> Client {
        Client::connect(&self.grpc, None).await
    }

    /// A connection of a client that speaks for a tenant.
    pub async fn client_of(&self, tenant: &'static str) -> Client {
        Client::connect(&self.grpc, Some(tenant)).await
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill").success(), "kill -s {name}");
    }

    /// Kills it as a crash would, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Waits for its end.
    pub fn wait(mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        // Its log ends with it.
        let mut lines = self.log.lines.lock().expect("no panic");
        while !lines.1 {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it doesn't end: {:#?}", lines.0);
            lines = self.log.changed.wait_timeout(lines, left).expect("no panic").0;
        }
        drop(lines);
        self.child.wait().expect("ended")
    }

    /// A page that is served over HTTP: its status line and what follows.
    pub fn page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.metrics).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let request = format!("GET {path} HTTP/1.1\r\nhost: kefud\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("read");
        answer
    }

    /// The value of a series such as `kefud_contacts_live{tenant="default"}`.
    pub fn metric(&self, series: &str) -> Option<f64> {
        let page = self.page("/metrics");
        let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map(|value| value.trim().parse().expect("a number"))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // An error says that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn after(line: &str, part: &str) -> String {
    let (_, rest) = line.split_once(part).expect("a line with it");
    rest.split(['"', ' ']).next().unwrap_or_default().to_owned()
}
