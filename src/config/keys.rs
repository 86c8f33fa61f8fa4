//! The table of settings: one row gives the key in the file, the flag and the environment variable.
//! Values are read from text, whatever layer they come from.

use std::{fmt::Display, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use jiff::SignedDuration;
use tracing_subscriber::EnvFilter;

use super::{Draft, LogFormat, check_address};

/// Names the settings file, like `--config`.
pub const CONFIG_ENV: &str = "KEFUD_CONFIG";

const PREFIX: &str = "KEFUD_";

/// Variables of other subcommands.
const OTHERS: [&str; 2] = ["KEFUD_SERVER", "KEFUD_TENANT"];

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its dotted path in the file.
    pub name: &'static str,
    /// What kind of value it takes, for the help.
    pub value: &'static str,
    /// What it is.
    pub help: &'static str,
    /// Its default, as text.
    pub default: &'static str,
    /// Reads and stores it.
    pub set: fn(&mut Draft, &str) -> Result<(), String>,
}

impl Key {
    /// The environment variable.
    pub fn env(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The flag, without dashes before it.
    pub fn flag(&self) -> String {
        self.name.replace(['.', '_'], "-")
    }
}

/// All settings, in the order of the help.
pub const KEYS: &[Key] = &[
    Key {
        name: "grpc_listen",
        value: "ADDRESS",
        help: "Where the gRPC services listen",
        default: "127.0.0.1:7770",
        set: |draft, text| address(text).map(|value| draft.config.grpc_listen = value),
    },
    Key {
        name: "metrics_listen",
        value: "ADDRESS",
        help: "Where metrics and health are served over HTTP",
        default: "127.0.0.1:7771",
        set: |draft, text| address(text).map(|value| draft.config.metrics_listen = value),
    },
    Key {
        name: "data_dir",
        value: "DIR",
        help: "Where the journal is kept",
        default: "kefud-data",
        set: |draft, text| path(text).map(|value| draft.config.tenants.data_dir = value),
    },
    Key {
        name: "plan",
        value: "FILE",
        help: "The plan of the default tenant",
        default: "the embedded sample plan",
        set: |draft, text| path(text).map(|value| draft.plan = Some(value)),
    },
    Key {
        name: "drain_grace",
        value: "DURATION",
        help: "How long open calls and streams may take to end at shutdown",
        default: "10s",
        set: |draft, text| time(text, 0, 600_000).map(|value| draft.config.drain_grace = value),
    },
    Key {
        name: "rpc_timeout",
        value: "DURATION",
        help: "How long a call may take to be answered",
        default: "30s",
        set: |draft, text| time(text, 100, 600_000).map(|value| draft.config.rpc_timeout = value),
    },
    Key {
        name: "log.format",
        value: "FORMAT",
        help: "auto (human on a terminal, JSON otherwise), human or json",
        default: "auto",
        set: |draft, text| log_format(text).map(|value| draft.config.log.format = value),
    },
    Key {
        name: "log.level",
        value: "LEVEL",
        help: "error, warn, info, debug, trace, or directives such as kefud=debug; RUST_LOG replaces it",
        default: "info",
        set: |draft, text| log_level(text).map(|value| draft.config.log.level = value),
    },
    Key {
        name: "limits.inbox",
        value: "N",
        help: "Commands that may wait for one tenant's writer",
        default: "8192",
        set: |draft, text| number(text, 1, 1_000_000).map(|value| draft.config.limits.inbox = value),
    },
    Key {
        name: "limits.message_bytes",
        value: "BYTES",
        help: "Size of a gRPC message",
        default: "4MiB",
        set: |draft, text| {
            bytes(text, 64 << 10, 64 << 20).map(|value| draft.config.limits.message_bytes = value)
        },
    },
    Key {
        name: "limits.plan_message_bytes",
        value: "BYTES",
        help: "Size of a gRPC message of the plan service",
        default: "64MiB",
        set: |draft, text| {
            bytes(text, 64 << 10, 256 << 20).map(|value| draft.config.limits.plan_message_bytes = value)
        },
    },
    Key {
        name: "limits.stream_mailbox",
        value: "N",
        help: "Changes that may wait for the consumer of one stream",
        default: "1024",
        set: |draft, text| {
            number(text, 16, 1_000_000).map(|value| draft.config.limits.stream_mailbox = value)
        },
    },
    Key {
        name: "limits.streams_per_connection",
        value: "N",
        help: "Calls and streams at once on one connection",
        default: "20000",
        set: |draft, text| {
            number(text, 1, 1_000_000).map(|value| draft.config.limits.streams_per_connection = value)
        },
    },
    Key {
        name: "limits.connections",
        value: "N",
        help: "gRPC connections at once",
        default: "10000",
        set: |draft, text| number(text, 1, 1_000_000).map(|value| draft.config.limits.connections = value),
    },
];

/// Whether an environment variable is meant for us. Kubernetes sets `KEFUD_PORT…` and
/// `KEFUD_SERVICE_…` beside a service of that name.
pub fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX)
        && name != CONFIG_ENV
        && !OTHERS.contains(&name)
        && !name.starts_with("KEFUD_PORT")
        && !name.starts_with("KEFUD_SERVICE_")
}

/// `; did you mean …?` with the nearest of the known names, where one is near.
pub fn suggest<S: AsRef<str>>(name: &str, known: &[S]) -> String {
    let near = |known: &S| strsim::normalized_damerau_levenshtein(name, known.as_ref());
    let best = known.iter().map(|known| (near(known), known.as_ref())).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((score, known)) if score >= 0.5 => format!("; did you mean `{known}`?"),
        _ => String::new(),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let address =
        text.parse().map_err(|_| format!("`{text}` is not an address and port such as 127.0.0.1:7770"))?;
    check_address(address)?;
    Ok(address)
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("is empty: give a path".into()) } else { Ok(PathBuf::from(text)) }
}

fn time(text: &str, least_ms: u64, most_ms: u64) -> Result<Duration, String> {
    let value: SignedDuration =
        text.parse().map_err(|_| format!("`{text}` is not a duration such as `500ms`, `20s` or `5m`"))?;
    let (least, most) = (Duration::from_millis(least_ms), Duration::from_millis(most_ms));
    match Duration::try_from(value) {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("`{text}` is out of range: give {least:?} to {most:?}")),
    }
}

fn number<T: Copy + Display + FromStr + PartialOrd>(text: &str, least: T, most: T) -> Result<T, String> {
    match text.parse() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("`{text}` is out of range: give a number from {least} to {most}")),
    }
}

fn bytes(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match text[digits.len()..].trim() {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        _ => return Err(format!("`{text}` is not a size such as 4194304, 4096KiB or 4MiB")),
    };
    let value = digits.parse::<usize>().ok().and_then(|value| value.checked_mul(1 << shift));
    match value {
        Some(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("`{text}` is out of range: give {}KiB to {}KiB", least >> 10, most >> 10)),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is not a log format: give auto, human or json")),
    }
}

fn log_level(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not a log level: give error, warn, info, debug or trace")),
    }
}
