//! The daemon's settings: their types, defaults and limits, and how they are gathered. Flags win over
//! the environment (`KEFUD_…`), which wins over a TOML file, which wins over the defaults.
//!
//! Every problem is told at once, with its place; an unknown key is an error that names the nearest
//! known one. Must not read plans or touch the data directory: whoever owns those does.

mod file;
mod flags;
mod keys;

use std::{
    collections::BTreeMap,
    fmt, fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

pub use flags::Flags;
use keys::{KEYS, Key};

/// The tenant of a request that names none.
pub const DEFAULT_TENANT: &str = "default";

/// The request metadata key that names the tenant.
pub const TENANT_KEY: &str = "kefud-tenant";

/// Bytes of a tenant's name.
pub const TENANT_BYTES_MAX: usize = 64;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the gRPC services listen. Port 0 takes any free one.
    pub grpc_listen: SocketAddr,
    /// Where metrics and health are served over HTTP. Port 0 takes any free one.
    pub metrics_listen: SocketAddr,
    /// Open calls and streams may take so long to end at shutdown.
    pub drain_grace: Duration,
    /// A call (of a stream: its opening) that is not answered within this time is given up.
    pub rpc_timeout: Duration,
    /// Who is served, and where their data is.
    pub tenants: Tenants,
    /// What bounds memory.
    pub limits: Limits,
    /// What is logged, and how.
    pub log: Log,
}

/// Who is served, and where their data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenants {
    /// The directory that holds a directory for each tenant.
    pub data_dir: PathBuf,
    /// The plan that each tenant starts with. Never empty.
    pub plans: BTreeMap<String, PlanSource>,
}

/// Where a tenant's plan comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanSource {
    /// The sample in the binary.
    Sample,
    /// A TOML file.
    File(PathBuf),
}

/// What bounds memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Commands that wait for one tenant's writer; one more is refused with `RESOURCE_EXHAUSTED`.
    pub inbox: usize,
    /// Bytes of one gRPC message.
    pub message_bytes: usize,
    /// Bytes of one gRPC message of the plan service.
    pub plan_message_bytes: usize,
    /// Changes that wait for one stream's consumer; one more cuts the stream off.
    pub stream_mailbox: usize,
    /// Calls and streams at once on one connection.
    pub streams_per_connection: u32,
    /// gRPC connections at once; one more is closed at once.
    pub connections: usize,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// A level, or directives as in `RUST_LOG`, which replaces them when it is set.
    pub level: String,
}

impl Default for Config {
    fn default() -> Self {
        let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        Self {
            grpc_listen: local(7770),
            metrics_listen: local(7771),
            drain_grace: Duration::from_secs(10),
            rpc_timeout: Duration::from_secs(30),
            tenants: Tenants {
                data_dir: PathBuf::from("kefud-data"),
                plans: BTreeMap::from([(DEFAULT_TENANT.to_owned(), PlanSource::Sample)]),
            },
            limits: Limits::default(),
            log: Log { format: LogFormat::Auto, level: "info".to_owned() },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inbox: 8_192,
            message_bytes: 4 << 20,
            plan_message_bytes: 64 << 20,
            stream_mailbox: 1_024,
            streams_per_connection: 20_000,
            connections: 10_000,
        }
    }
}

impl fmt::Display for PlanSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample => out.write_str("embedded sample plan"),
            Self::File(path) => write!(out, "{}", path.display()),
        }
    }
}

/// All that is wrong with the settings, one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Problems(pub Vec<String>);

/// Gathers the settings from the flags, the environment and the file that these name.
pub fn load(flags: &Flags) -> Result<Config, Problems> {
    gather(
        flags,
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }),
    )
}

/// [`load`] with a given environment.
fn gather(flags: &Flags, environment: impl Iterator<Item = (String, String)>) -> Result<Config, Problems> {
    let environment: BTreeMap<String, String> = environment.collect();
    let mut draft = Draft::default();
    let path = flags.config.clone().or_else(|| environment.get(keys::CONFIG_ENV).map(PathBuf::from));
    if let Some(path) = path {
        match fs::read_to_string(&path) {
            Ok(text) => file::read(&text, &path.display().to_string(), &mut draft),
            Err(error) => draft.problem(format!("cannot read the settings {}: {error}", path.display())),
        }
    }
    for (name, value) in environment.iter().filter(|(name, _)| keys::is_ours(name)) {
        match KEYS.iter().find(|key| key.env() == *name) {
            Some(key) => draft.set(key, value, name),
            None => {
                let known: Vec<String> = KEYS.iter().map(Key::env).collect();
                draft.problem(format!("{name}: unknown setting{}", keys::suggest(name, &known)));
            }
        }
    }
    for (key, value) in &flags.values {
        draft.set(key, value, &format!("--{}", key.flag()));
    }
    draft.finish()
}

/// Settings in the making, with what was wrong so far.
#[derive(Default)]
struct Draft {
    config: Config,
    plan: Option<PathBuf>,
    tenants: BTreeMap<String, PlanSource>,
    problems: Vec<String>,
}

impl Draft {
    fn set(&mut self, key: &Key, value: &str, place: &str) {
        if let Err(problem) = (key.set)(self, value) {
            self.problem(format!("{place}: {problem}"));
        }
    }

    fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn finish(mut self) -> Result<Config, Problems> {
        if let Some(path) = self.plan.take() {
            let earlier = self.tenants.insert(DEFAULT_TENANT.to_owned(), PlanSource::File(path));
            if earlier.is_some() {
                self.problem(
                    "`plan` and `tenants.default` both name the default tenant's plan: keep one".into(),
                );
            }
        }
        if !self.tenants.is_empty() {
            self.config.tenants.plans = std::mem::take(&mut self.tenants);
        }
        if self.problems.is_empty() { Ok(self.config) } else { Err(Problems(self.problems)) }
    }
}

/// Refuses an address that others than this machine can reach.
pub fn check_address(address: SocketAddr) -> Result<(), String> {
    if address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    Err(format!(
        "{address} is not a loopback address: callers are not authenticated yet, so listen on 127.0.0.1 or [::1]"
    ))
}

#[cfg(test)]
mod tests;
