//! Rules of the source that neither the compiler nor clippy can be told, checked by reading it.

#![allow(clippy::panic)]

mod source;

use std::{fmt, fs, path::Path};

use source::{Token, blank, functions, paths, tokens};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// The only module that may name a metric, in a file or several.
const METRIC_NAMES: &str = "src/telemetry/names";

/// The engine decides by its arguments alone, or a replay would decide differently.
const ENGINE: &str = "src/engine/";

/// The engine decides by what schedules say, so that they are bound by the same.
const SCHEDULE: &str = "src/schedule/";

/// The only file of the engine that may hold a hash map: it hides it behind get, insert and remove, since the
/// order in which a hash map is walked would steer decisions.
const ENGINE_LOOKUP: &str = "src/engine/lookup.rs";

/// Names that walk a map, or hand it out so that others can.
const WALKS: &[&str] = &[
    "AsMut",
    "AsRef",
    "Deref",
    "DerefMut",
    "IntoIterator",
    "Iterator",
    "drain",
    "extract_if",
    "in",
    "into_iter",
    "into_keys",
    "into_values",
    "iter",
    "iter_mut",
    "keys",
    "retain",
    "values",
    "values_mut",
];

const ASYNC: &str = "the engine is synchronous";
const CLOCK: &str = "the engine has no clock; the time is an argument";
const CHANCE: &str = "the engine has no randomness; ties break by sequence number";
const OUTPUT: &str = "the engine reports by its events, and telemetry is made from these";
const IO: &str = "the engine does no I/O and starts nothing";
const ORDER: &str = "its order differs from run to run; take an ordered map, or the engine's lookup.rs";

/// Paths that the engine must not name, as consecutive parts. One that ends in `::` must go on.
const IMPURE: &[(&str, &str)] = &[
    ("async", ASYNC),
    ("await", ASYNC),
    ("futures", ASYNC),
    ("hyper", ASYNC),
    ("tokio", ASYNC),
    ("tokio_stream", ASYNC),
    ("tonic", ASYNC),
    ("tower", ASYNC),
    ("Instant", CLOCK),
    ("SystemTime", CLOCK),
    ("Timestamp::now", CLOCK),
    ("Zoned::now", CLOCK),
    ("Local::now", CLOCK),
    ("Utc::now", CLOCK),
    ("core::time", CLOCK),
    ("std::time", CLOCK),
    ("RandomState", CHANCE),
    ("fastrand", CHANCE),
    ("getrandom", CHANCE),
    ("rand", CHANCE),
    ("thread_rng", CHANCE),
    ("eprint", OUTPUT),
    ("eprintln", OUTPUT),
    ("log::", OUTPUT),
    ("metrics::", OUTPUT),
    ("print", OUTPUT),
    ("println", OUTPUT),
    ("tracing", OUTPUT),
    ("std::env", IO),
    ("std::fs", IO),
    ("std::io", IO),
    ("std::net", IO),
    ("std::os", IO),
    ("std::process", IO),
    ("std::self", IO),
    ("std::thread", IO),
    ("DashMap", ORDER),
    ("DashSet", ORDER),
    ("HashMap", ORDER),
    ("HashSet", ORDER),
    ("dashmap", ORDER),
    ("hash_map", ORDER),
    ("hash_set", ORDER),
    ("hashbrown", ORDER),
];

/// Functions of floating-point numbers that differ in the last place from one machine or library to another, by which
/// two would decide differently. `sqrt` is exact everywhere.
const INEXACT: &[&str] = &[
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp", "exp2",
    "exp_m1", "gamma", "hypot", "ln", "ln_1p", "ln_gamma", "log", "log10", "log2", "mul_add", "powf", "powi",
    "sin", "sin_cos", "sinh", "tan", "tanh",
];

const UNFINISHED: &[&str] = &["dbg", "todo", "unimplemented"];

#[test]
fn the_source_keeps_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec!["build.rs".to_owned()];
    for directory in ["benches", "src", "tests"] {
        rust_files(root, directory, &mut files);
    }
    files.sort();
    assert!(
        files.iter().any(|file| file == "src/lib.rs"),
        "the source isn't where it's looked for: {files:?}"
    );

    let breaches: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let source =
                fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            breaches(file, &source)
        })
        .map(|breach| breach.to_string())
        .collect();
    assert!(breaches.is_empty(), "{} breaches of style:\n{}", breaches.len(), breaches.join("\n"));
}

/// Adds every Rust file below `directory` by its path from the root.
fn rust_files(root: &Path, directory: &str, files: &mut Vec<String>) {
    let entries = fs::read_dir(root.join(directory)).unwrap_or_else(|error| panic!("{directory}: {error}"));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("{directory}: {error}"));
        let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            rust_files(root, &path, files);
        } else if path.ends_with(".rs") {
            files.push(path);
        }
    }
}

struct Breach {
    file: String,
    line: usize,
    what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Everything that `source`, found at `file` (relative to the root, with `/`), breaks.
fn breaches(file: &str, source: &str) -> Vec<Breach> {
    let text = blank(source);
    let tokens = tokens(&text.code);
    let mut found: Vec<(usize, String)> = Vec::new();

    for pair in tokens.windows(2) {
        if UNFINISHED.contains(&pair[0].text.as_str()) && pair[1].text == "!" {
            found.push((pair[0].line, format!("`{}!` is left over", pair[0].text)));
        }
    }
    let lines = source.lines().count();
    if lines > FILE_LINES_MAX {
        found.push((lines, format!("the file has {lines} lines, at most {FILE_LINES_MAX} are allowed")));
    }
    if file.starts_with("src/") {
        found.extend(shape(source, &text.code));
        // A test spells the name that users see, so that changing it is noticed.
        let is_test = file.ends_with("/tests.rs") || file.contains("/tests/");
        if !file.starts_with(METRIC_NAMES) && !is_test {
            for (line, literal) in &text.literals {
                if literal.contains("kefud_") {
                    found.push((*line, format!("metric names are constants of {METRIC_NAMES}")));
                }
            }
        }
    }
    if file.starts_with(ENGINE) || file.starts_with(SCHEDULE) || file == "src/engine.rs" {
        found.extend(impurities(file, &tokens));
        found.extend(inexact(&tokens));
    }

    found.sort();
    found.into_iter().map(|(line, what)| Breach { file: file.to_owned(), line, what }).collect()
}

/// Breaches of what a file of the program must look like: its opening, the length of its functions.
fn shape(source: &str, code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    if !source.starts_with("//!") {
        found.push((1, "the file doesn't open with a `//!` that says what it owns".to_owned()));
    }
    for (line, name, length) in functions(code) {
        if length > FUNCTION_LINES_MAX {
            found.push((
                line,
                format!("`{name}` has {length} lines, at most {FUNCTION_LINES_MAX} are allowed"),
            ));
        }
    }
    found
}

/// What makes a file of the engine impure.
fn impurities(file: &str, tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, path) in paths(tokens) {
        for (banned, why) in IMPURE {
            if file == ENGINE_LOOKUP && *why == ORDER {
                continue;
            }
            if names(&path, banned) {
                found.push((line, format!("`{}` in the engine: {why}", banned.trim_end_matches("::"))));
            }
        }
        // A glob or another name for the whole library hides what is taken from it.
        if path == ["std"] || path == ["core"] {
            found.push((line, format!("`{}` as a whole in the engine: name what is used", path[0])));
        }
        if file == ENGINE_LOOKUP && path.iter().any(|part| WALKS.contains(&part.as_str())) {
            found.push((line, format!("`{}` in {ENGINE_LOOKUP}: it must not walk its map", path.join("::"))));
        }
    }
    found.dedup();
    found
}

/// Calls of functions that are not the same on every machine.
fn inexact(tokens: &[Token]) -> Vec<(usize, String)> {
    let calls = tokens.windows(3).filter(|three| {
        let called = matches!(three[0].text.as_str(), "." | "::") && three[2].text == "(";
        called && INEXACT.contains(&three[1].text.as_str())
    });
    let say = |name: &str| format!("`{name}` in the engine: its last digits differ from machine to machine");
    calls.map(|three| (three[1].line, say(&three[1].text))).collect()
}

/// Whether the parts of `banned` follow each other in `path`.
fn names(path: &[String], banned: &str) -> bool {
    let goes_on = banned.ends_with("::");
    let parts: Vec<&str> = banned.trim_end_matches("::").split("::").collect();
    let path = if goes_on { &path[..path.len() - 1] } else { path };
    path.windows(parts.len()).any(|window| window.iter().eq(parts.iter()))
}

/// The lines that `source` breaks at `file`, each with the start of what is said about it.
#[track_caller]
fn check(file: &str, source: &str, expected: &[&str]) {
    let said: Vec<String> = breaches(file, source).iter().map(Breach::to_string).collect();
    let as_expected = said.len() == expected.len()
        && said.iter().zip(expected).all(|(said, expected)| said.starts_with(&format!("{file}:{expected}")));
    assert!(as_expected, "{file}:\n{source}\nexpected {expected:#?}\nbut got {said:#?}");
}

#[test]
fn an_impure_engine_is_told() {
    let table: &[(&str, &[&str])] = &[
        ("use tokio::sync::mpsc;", &["2: `tokio`"]),
        ("pub async fn step() {}", &["2: `async`"]),
        ("use std::time::Duration;", &["2: `std::time`"]),
        ("use core::time::Duration;", &["2: `core::time`"]),
        ("use std::{\n    fmt,\n    time::Duration,\n};", &["4: `std::time`"]),
        ("use std::{collections::{BTreeMap, HashMap}, fs};", &["2: `HashMap`", "2: `std::fs`"]),
        ("fn f(at: Instant) {}", &["2: `Instant`"]),
        ("fn f() {\n    SystemTime::now();\n}", &["3: `SystemTime`"]),
        ("fn f() {\n    jiff::Timestamp::now();\n}", &["3: `Timestamp::now`"]),
        ("fn f() {\n    rand::random()\n}", &["3: `rand`"]),
        ("fn f() {\n    metrics::counter!(NAME);\n}", &["3: `metrics`"]),
        ("use metrics::counter;", &["2: `metrics`"]),
        ("fn f() {\n    tracing::info!(id);\n}", &["3: `tracing`"]),
        ("fn f() {\n    println!();\n}", &["3: `println`"]),
        ("use dashmap::DashMap;", &["2: `DashMap`", "2: `dashmap`"]),
        ("fn f() -> std::io::Result<()> {}", &["2: `std::io`"]),
        ("fn f() {\n    std::net::TcpStream::connect(0);\n}", &["3: `std::net`"]),
        ("fn f() {\n    std::thread::spawn(g);\n}", &["3: `std::thread`"]),
        ("fn f() {\n    std::env::var(NAME);\n}", &["3: `std::env`"]),
        ("struct Book {\n    seats: HashMap<u64, u32>,\n}", &["3: `HashMap`"]),
        ("struct Book {\n    seats: HashSet<u64>,\n}", &["3: `HashSet`"]),
        ("use std::*;", &["2: `std` as a whole"]),
        ("use std::{self as library};", &["2: `std::self`"]),
        (
            "fn f(x: f64) -> f64 {\n    x.ln()\n        + x.powi(2).exp()\n}",
            &["3: `ln`", "4: `exp`", "4: `powi`"],
        ),
        ("fn f(x: f64) -> f64 {\n    f64::mul_add(x, x, x.sqrt())\n}", &["3: `mul_add`"]),
        // What only looks like it.
        ("fn exp(log: u64) -> u64 {\n    exp(log).pow(2)\n}", &[]),
        ("// tokio, HashMap, Instant\n/* rand /* tracing */ async */\nconst T: &str = \"std::time\";", &[]),
        ("/// Has no [`Instant`].\nfn f(metrics: &Metrics) -> char {\n    '\"'\n}", &[]),
        ("const R: &str = r#\"a \"tokio\" b\"#;\nfn f<'a>(instant: &'a BTreeMap<u64, u64>) {}", &[]),
        ("use std::{cmp::Reverse, collections::{BTreeMap, VecDeque}, fmt};", &[]),
    ];
    for (body, expected) in table {
        let source = format!("//! Doc.\n{body}\n");
        check("src/engine/queue/mod.rs", &source, expected);
        check("src/engine.rs", &source, expected);
        check("src/schedule/rota.rs", &source, expected);
        check("src/runtime/writer.rs", &source, &[]);
        check("src/engineering/mod.rs", &source, &[]);
    }
}

#[test]
fn a_lookup_that_walks_its_map_is_told() {
    let table: &[(&str, &[&str])] = &[
        ("use std::collections::HashMap;\nfn f(map: &HashMap<u64, u32>) {\n    map.get(&1);\n}", &[]),
        ("impl<K: Borrow<str>> Lookup<K> {}", &[]),
        ("fn f() {\n    self.map.iter();\n}", &["3: `iter`"]),
        ("fn f() {\n    self.map.values().max();\n}", &["3: `values`"]),
        ("fn f() {\n    for x in &self.map {}\n}", &["3: `in`"]),
        ("impl IntoIterator for Lookup {}", &["2: `IntoIterator`"]),
        ("impl std::ops::Deref for Lookup {}", &["2: `std::ops::Deref`"]),
        ("use std::time::Instant;", &["2: `Instant`", "2: `std::time`"]),
    ];
    for (body, expected) in table {
        check("src/engine/lookup.rs", &format!("//! Doc.\n{body}\n"), expected);
    }
}

#[test]
fn a_file_without_an_opening_doc_is_told() {
    check("src/a.rs", "use std::fmt;\n//! Late.\n", &["1: the file doesn't open"]);
    check("src/a.rs", "/// Of an item.\nstruct A;\n", &["1: the file doesn't open"]);
    check("src/a.rs", "", &["1: the file doesn't open"]);
    check("src/a.rs", "//! Doc.\n", &[]);
}

#[test]
fn long_files_and_functions_are_told() {
    let lines = |count: usize| format!("//! Doc.\n{}", "\n".repeat(count - 1));
    for file in ["src/a.rs", "tests/a.rs", "tests/a/b.rs", "build.rs"] {
        check(file, &lines(FILE_LINES_MAX), &[]);
        check(file, &lines(FILE_LINES_MAX + 1), &["501: the file has 501 lines"]);
    }

    let signatures = [
        "fn long() {",
        "pub(in crate::engine) const fn long(bytes: [u8; 4]) -> u8 {",
        "async fn long<T>(\n    t: T,\n) -> u8\nwhere\n    T: Copy,\n{",
        "unsafe extern \"C\" fn long() { // begins",
    ];
    for signature in signatures {
        let head = signature.lines().count();
        let function = |length: usize| {
            let body = ["    if true {", "    }"].into_iter().cycle().take(length - head - 1);
            let body = body.collect::<Vec<_>>().join("\n");
            format!("//! Doc.\n\n{signature}\n{body}\n}}\n\nfn short() {{}}\n")
        };
        check("src/a.rs", &function(FUNCTION_LINES_MAX), &[]);
        check("src/a.rs", &function(FUNCTION_LINES_MAX + 1), &["3: `long` has 71 lines"]);
        let method: String =
            function(FUNCTION_LINES_MAX + 1).lines().skip(2).map(|line| format!("    {line}\n")).collect();
        check("src/a.rs", &format!("//! Doc.\nimpl A {{\n{method}}}\n"), &["3: `long` has 71 lines"]);
        check("tests/a.rs", &function(FUNCTION_LINES_MAX + 1), &[]);
    }

    let brace_in_text =
        format!("//! Doc.\nfn long() {{\n    f(\"\n}}\n\");\n{}}}\n", "    f();\n".repeat(70));
    check("src/a.rs", &brace_in_text, &["2: `long` has 75 lines"]);
    let no_body =
        format!("//! Doc.\ntrait A {{\n    fn f(&self);\n{}}}\n", "    const X: fn(u8);\n".repeat(100));
    check("src/a.rs", &no_body, &[]);
}

#[test]
fn what_is_left_over_is_told() {
    for file in ["src/a.rs", "tests/a.rs", "build.rs"] {
        check(file, "//! Doc.\nfn f() {\n    todo!();\n}\n", &["3: `todo!`"]);
        check(file, "//! Doc.\nfn f() {\n    unimplemented!(\"later\")\n}\n", &["3: `unimplemented!`"]);
        check(file, "//! Doc.\nfn f() {\n    std::dbg!(1);\n}\n", &["3: `dbg!`"]);
        check(file, "//! Doc.\n// todo!()\nfn todo(dbg: &str) {\n    f(\"todo!()\");\n}\n", &[]);
    }
}

#[test]
fn a_metric_named_in_two_places_is_told() {
    let source = "//! Doc.\n// \"kefud_x\"\nconst WAITING: &str = \"kefud_waiting_contacts\";\n";
    check("src/runtime/writer.rs", source, &["3: metric names"]);
    check("src/runtime/writer.rs", &source.replace("\"kefud_w", "r\"sum(kefud_w"), &["3: metric names"]);
    for file in [
        "src/telemetry/names.rs",
        "src/telemetry/names/more.rs",
        "src/telemetry/rpc/tests.rs",
        "src/telemetry/tests/page.rs",
    ] {
        check(file, source, &[]);
    }
    check("tests/metrics.rs", source, &[]);
}
