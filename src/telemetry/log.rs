//! Sets up the logs: to standard error, human on a terminal and JSON otherwise. Log lines never hold
//! customer data.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    EnvFilter, filter::LevelFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::config::{Log, LogFormat};

/// Starts logging for the whole process. A later call changes nothing.
pub fn start_logs(log: &Log) {
    let terminal = io::stderr().is_terminal();
    let human = match log.format {
        LogFormat::Auto => terminal,
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let directives = std::env::var(EnvFilter::DEFAULT_ENV).ok().filter(|text| !text.is_empty());
    // Directives of the settings were checked when they were read; bad ones of RUST_LOG are left out.
    let filter = EnvFilter::new(directives.unwrap_or_else(|| directives_of(&log.level)));
    let registry = tracing_subscriber::registry().with(filter);
    let colours = terminal && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer().with_writer(io::stderr);
    let started = if human {
        registry.with(lines.with_ansi(colours).with_target(false)).try_init()
    } else {
        registry.with(lines.json().flatten_event(true)).try_init()
    };
    // A subscriber is there already when a test or an embedding program brought its own.
    drop(started);
}

/// A bare level is ours; libraries tell no more than warnings, as they talk about every frame.
fn directives_of(level: &str) -> String {
    match level.parse::<LevelFilter>() {
        Ok(ours) => format!("{},kefud={ours}", ours.min(LevelFilter::WARN)),
        Err(_) => level.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_levels_are_ours() {
        let table = [
            ("debug", "warn,kefud=debug"),
            ("info", "warn,kefud=info"),
            ("error", "error,kefud=error"),
            ("off", "off,kefud=off"),
            ("h2=debug", "h2=debug"),
        ];
        for (level, directives) in table {
            assert_eq!(directives_of(level), directives, "{level}");
        }
    }
}
