//! The settings as command line flags, made from the table.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, FromArgMatches};

use super::keys::{KEYS, Key};

const CONFIG: &str = "config";

/// The settings that were given as flags.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The settings file to read.
    pub config: Option<PathBuf>,
    pub(super) values: Vec<(&'static Key, String)>,
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .help("Read settings from this TOML file [env: KEFUD_CONFIG]")
            .value_parser(clap::value_parser!(PathBuf));
        KEYS.iter().fold(command.arg(file), |command, key| {
            let help = format!("{} [env: {}] [default: {}]", key.help, key.env(), key.default);
            let heading = if key.name.starts_with("limits.") { "Limits" } else { "Settings" };
            command.arg(
                Arg::new(key.name).long(key.flag()).value_name(key.value).help(help).help_heading(heading),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |key: &'static Key| Some((key, matches.get_one::<String>(key.name)?.clone()));
        Ok(Self {
            config: matches.get_one::<PathBuf>(CONFIG).cloned(),
            values: KEYS.iter().filter_map(value).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
