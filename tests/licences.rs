//! Every dependency that is built for this platform has a licence that kefud may be shipped with.
//!
//! Works without a network: `cargo metadata` reads what building has already fetched. Packages for other
//! platforms aren't fetched by building, so they are checked on those.

#![allow(clippy::expect_used, clippy::panic)]

use std::{env, ffi::OsString, process::Command};

use serde_json::Value;
use spdx::{Expression, LicenseItem, ParseMode};

/// Permissive licences: they ask for notices at most.
const ALLOWED: &[&str] = &[
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_dependency_has_an_allowed_licence() {
    let packages = packages_of_this_platform();
    // The program and what it's built on: an empty or cut list must not pass.
    assert!(packages.len() > 20, "cargo metadata lists {} packages only", packages.len());

    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let reason = refusal(package["license"].as_str())?;
            let name = package["name"].as_str().unwrap_or("?");
            let version = package["version"].as_str().unwrap_or("?");
            Some(format!("{name} {version}: {reason}"))
        })
        .collect();
    assert!(
        refused.is_empty(),
        "{} of {} packages have no allowed licence (see ALLOWED in {}):\n  {}",
        refused.len(),
        packages.len(),
        file!(),
        refused.join("\n  ")
    );
}

#[test]
fn expressions_are_judged_as_a_whole() {
    let table = [
        (Some("MIT"), true),
        (Some("MIT OR GPL-3.0-only"), true),
        (Some("MIT/GPL-3.0"), true),
        (Some("MIT AND BSD-3-Clause"), true),
        (Some("(MIT OR Apache-2.0) AND Unicode-3.0"), true),
        (Some("MIT AND GPL-3.0-only"), false),
        (Some("(MIT OR Apache-2.0) AND MPL-2.0"), false),
        (Some("Apache-2.0 WITH LLVM-exception"), false),
        (Some("AGPL-3.0-or-later"), false),
        (Some("LicenseRef-ours"), false),
        (Some("whatever you like"), false),
        (Some(""), false),
        (None, false),
    ];
    for (license, allowed) in table {
        let refusal = refusal(license);
        assert_eq!(refusal.is_none(), allowed, "{license:?}: {refusal:?}");
    }
}

/// Why this licence expression isn't allowed, or `None` if it is.
fn refusal(license: Option<&str>) -> Option<String> {
    let Some(license) = license else {
        return Some("names no licence".into());
    };
    // Lax: older packages write `MIT/Apache-2.0` for OR.
    let expression = match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("`{license}` is no licence expression: {}", error.reason)),
    };
    let allowed = expression.evaluate(|term| match &term.license {
        LicenseItem::Spdx { id, .. } => term.addition.is_none() && ALLOWED.contains(&id.name),
        LicenseItem::Other { .. } => false,
    });
    (!allowed).then(|| format!("`{license}` isn't allowed"))
}

fn packages_of_this_platform() -> Vec<Value> {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
    let metadata =
        cargo(&["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host]);
    let Value::Object(mut metadata) = serde_json::from_str(&metadata).expect("cargo metadata writes JSON")
    else {
        panic!("cargo metadata writes an object");
    };
    match metadata.remove("packages") {
        Some(Value::Array(packages)) => packages,
        other => panic!("cargo metadata lists packages, not {other:?}"),
    }
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "cargo {}: {}\n{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}
