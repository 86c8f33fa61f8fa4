//! Settings from every source, and every problem with its place.

use std::io::Write;

use clap::{Args, Command, FromArgMatches};

use super::*;

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// Gathers settings from a file's text (empty: no file), environment variables and flags.
fn gathered(file: &str, environment: Pairs, flags: &[&str]) -> Result<Config, Vec<String>> {
    let mut stored = tempfile::NamedTempFile::new().expect("a temporary file");
    stored.write_all(file.as_bytes()).expect("write the file");
    let name = stored.path().display().to_string();
    let command = Flags::augment_args(Command::new("kefud"));
    let matches =
        command.try_get_matches_from(std::iter::once("kefud").chain(flags.iter().copied())).expect("flags");
    let mut flags = Flags::from_arg_matches(&matches).expect("flags");
    if !file.is_empty() {
        flags.config = Some(stored.path().to_owned());
    }
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    gather(&flags, environment)
        .map_err(|problems| problems.0.iter().map(|line| line.replace(&name, "FILE")).collect())
}

#[test]
fn defaults_in_the_help_are_those_in_force() {
    let mut draft = Draft::default();
    for key in KEYS.iter().filter(|key| key.name != "plan") {
        (key.set)(&mut draft, key.default).expect(key.name);
    }
    assert_eq!(draft.finish(), Ok(Config::default()));
}

#[test]
fn nearer_layers_win() {
    let file = "drain_grace = '1s'";
    let environment = [("KEFUD_DRAIN_GRACE", "2s")];
    let flags = ["--drain-grace", "3s"];
    let table: [(&str, Pairs, &[&str], u64); 4] = [
        ("", &[], &[], 10),
        (file, &[], &[], 1),
        (file, &environment, &[], 2),
        (file, &environment, &flags, 3),
    ];
    for (file, environment, flags, seconds) in table {
        let config = gathered(file, environment, flags).expect("valid settings");
        assert_eq!(config.drain_grace, Duration::from_secs(seconds), "{file} {environment:?} {flags:?}");
    }
}

#[test]
fn every_key_is_read_from_a_file() {
    let config = gathered(
        "grpc_listen = '[::1]:1'\nmetrics_listen = '127.0.0.2:2'\ndata_dir = '/d'\nplan = 'p.toml'\n\
         drain_grace = '1m'\nrpc_timeout = '5s'\nlog = { format = 'json', level = 'kefud=debug' }\n\
         [limits]\ninbox = 1_0\nmessage_bytes = '1 MiB'\nplan_message_bytes = 1048576\nstream_mailbox = 16\n\
         streams_per_connection = 7\nconnections = 8\n[tenants]\neast = { plan = 'e.toml' }\n[tenants.west]",
        &[],
        &[],
    )
    .expect("valid settings");
    let file = |path: &str| PlanSource::File(PathBuf::from(path));
    let expected = Config {
        grpc_listen: "[::1]:1".parse().expect("an address"),
        metrics_listen: "127.0.0.2:2".parse().expect("an address"),
        drain_grace: Duration::from_secs(60),
        rpc_timeout: Duration::from_secs(5),
        tenants: Tenants {
            data_dir: PathBuf::from("/d"),
            plans: BTreeMap::from([
                ("default".to_owned(), file("p.toml")),
                ("east".to_owned(), file("e.toml")),
                ("west".to_owned(), PlanSource::Sample),
            ]),
        },
        limits: Limits {
            inbox: 10,
            message_bytes: 1 << 20,
            plan_message_bytes: 1 << 20,
            stream_mailbox: 16,
            streams_per_connection: 7,
            connections: 8,
        },
        log: Log { format: LogFormat::Json, level: "kefud=debug".to_owned() },
    };
    assert_eq!(config, expected);
}

#[test]
fn problems_are_told_with_their_place() {
    let public =
        "is not a loopback address: callers are not authenticated yet, so listen on 127.0.0.1 or [::1]";
    let table: [(&str, Pairs, &[&str], &[&str]); 9] = [
        ("drain_grase = 1", &[], &[], &["FILE:1:1 drain_grase: unknown key; did you mean `drain_grace`?"]),
        (
            "\n[limits]\n  inbx = 1\n",
            &[],
            &[],
            &["FILE:3:3 limits.inbx: unknown key; did you mean `limits.inbox`?"],
        ),
        ("zebra = 1", &[], &[], &["FILE:1:1 zebra: unknown key"]),
        (
            "",
            &[("KEFUD_DATADIR", "x"), ("KEFUD_PORT", "tcp://"), ("KEFUD_SERVICE_HOST", "h")],
            &[],
            &["KEFUD_DATADIR: unknown setting; did you mean `KEFUD_DATA_DIR`?"],
        ),
        (
            "limits = 3\ndrain_grace = 10",
            &[("KEFUD_LOG_FORMAT", "xml")],
            &["--limits-inbox", "0"],
            &[
                "FILE:1:1 limits: give a table",
                "FILE:2:1 drain_grace: `10` is not a duration such as `500ms`, `20s` or `5m`",
                "KEFUD_LOG_FORMAT: `xml` is not a log format: give auto, human or json",
                "--limits-inbox: `0` is out of range: give a number from 1 to 1000000",
            ],
        ),
        (
            "[tenants]\nEast = {}\nwest = { pln = 'x' }",
            &[],
            &[],
            &[
                "FILE:2:1 tenants.East: a tenant's name is 1 to 64 of a-z, 0-9, `-` and `_`",
                "FILE:3:10 tenants.west.pln: unknown key; did you mean `plan`?",
            ],
        ),
        (
            "plan = 'a'\n[tenants.default]\nplan = 'b'",
            &[],
            &[],
            &["`plan` and `tenants.default` both name the default tenant's plan: keep one"],
        ),
        (
            "",
            &[("KEFUD_GRPC_LISTEN", "0.0.0.0:1"), ("KEFUD_METRICS_LISTEN", "[::]:1")],
            &[],
            &[
                &format!("KEFUD_GRPC_LISTEN: 0.0.0.0:1 {public}"),
                &format!("KEFUD_METRICS_LISTEN: [::]:1 {public}"),
            ],
        ),
        (
            "",
            &[("KEFUD_CONFIG", "/nowhere/kefud.toml")],
            &[],
            &["cannot read the settings /nowhere/kefud.toml: No such file or directory (os error 2)"],
        ),
    ];
    for (file, environment, flags, expected) in table {
        let problems = gathered(file, environment, flags).expect_err(file);
        assert_eq!(problems, expected, "{file} {environment:?} {flags:?}");
    }
}

#[test]
fn the_sample_file_shows_the_defaults() {
    let sample = include_str!("../../deploy/kefud.toml");
    // Text follows `# `, settings follow `#`.
    let settings = sample.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => setting,
        _ => line,
    });
    let settings: Vec<&str> = settings.collect();
    for key in KEYS.iter().filter(|key| key.name != "plan") {
        let name = key.name.rsplit('.').next().unwrap_or_default();
        assert!(settings.iter().any(|line| line.starts_with(&format!("{name} = "))), "{name}");
    }
    assert_eq!(gathered(&settings.join("\n"), &[], &[]), Ok(Config::default()));
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let problems = gathered("plan = 'a'\nplan = 'b'\nx = [", &[], &[]).expect_err("broken");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("FILE:2:1 duplicate key"), "{problems:?}");
    assert!(problems[1].starts_with("FILE:3:"), "{problems:?}");
}
