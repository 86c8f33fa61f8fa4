//! What is told of plans that are too large.

use super::{BASE, told, told_of};
use crate::plan::{EntryKind, check, is_valid_id, limits, parse};

#[test]
fn ids() {
    let longest = "客".repeat(limits::ID_CHARS_MAX);
    for (id, valid) in [
        ("a1001", true),
        ("退款/a.b\"c\\", true),
        (longest.as_str(), true),
        (&format!("{longest}x"), false),
        ("", false),
        ("a b", false),
        ("a\u{a0}b", false),
        ("a\u{3000}", false),
        ("a\u{7f}", false),
        ("\u{85}", false),
    ] {
        assert_eq!(is_valid_id(id), valid, "{id:?}");
        let document = format!("{BASE}[skills.{}]\n", quoted(id));
        assert_eq!(parse(&document).is_ok(), valid, "{id:?}");
    }
}

fn quoted(id: &str) -> String {
    format!("\"{}\"", id.replace('\\', "\\\\").replace('"', "\\\"").replace('\u{7f}', "\\u007F"))
}

#[test]
fn names() {
    let name = "客".repeat(85) + "x";
    assert_eq!(name.len(), limits::NAME_BYTES_MAX);
    told(&format!("[skills.s]\nname = \"{name}\"\n"), &[]);
    told(
        &format!("[skills.s]\nname = \"{name}x\"\n"),
        &["14:8 skills.s.name: has 257 bytes, shorten it to at most 256"],
    );
}

/// `count` entries or ids, each made of its number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

#[test]
fn counts_of_entries() {
    let limit = |kind: EntryKind, existing: usize, body: &str| {
        let fill = |extra: usize| {
            many(kind.count_max() - existing + extra, |n| format!("[{}.x{n}]\n{body}\n", kind.section()))
        };
        told(&fill(0), &[]);
        let report = check(&format!("{BASE}{}", fill(1)));
        let (section, noun, max) = (kind.section(), kind.noun(), kind.count_max());
        let expected = format!("{section}: has {} {noun}s, keep at most {max}", max + 1);
        let [problem] = &report.errors[..] else { panic!("{:?}", report.errors) };
        assert!(problem.to_string().ends_with(&expected), "{problem}");
    };
    limit(EntryKind::Channel, 1, "kind = \"deferred\"\nunits = 1\noffer_timeout = \"1s\"");
    limit(EntryKind::Skill, 1, "");
    limit(EntryKind::Category, 0, "queue = \"refund\"");
    limit(EntryKind::Disposition, 0, "");
    limit(EntryKind::Holidays, 0, "");
    limit(EntryKind::Calendar, 0, "");
    limit(EntryKind::Shift, 0, "at = [\"09:00-18:00\"]");
    limit(EntryKind::Rota, 0, "weeks = [{}]");
    limit(EntryKind::Surge, 0, "");
    limit(EntryKind::Queue, 1, "channels = [\"phone\"]\nobjective = \"1s\"");
    limit(EntryKind::Group, 1, "");
}

#[test]
fn names_beyond_the_limit_are_not_suggested() {
    let skills = |count: usize| many(count, |n| format!("[skills.a{n:04}]\n")) + "[skills.zeta]\n";
    let suggested = |count: usize| {
        let category = "[categories.c]\nqueue = \"refund\"\nskills = { zetta = 1 }\n";
        let errors = check(&format!("{BASE}{}{category}", skills(count))).errors;
        errors.last().unwrap().message.clone()
    };
    let room = limits::SKILLS_MAX - 2;
    assert_eq!(suggested(room), "there is no skill `zetta`, did you mean `zeta`?");
    assert_eq!(suggested(room + 1), "there is no skill `zetta`: add it or name another skill");
}

#[test]
fn counts_in_entries() {
    let skills = |count: usize| {
        let levels = many(count, |n| format!("s{n} = 1, "));
        format!("skills = {{ {} }}\n", levels.trim_end_matches(", "))
    };
    let groups = |count: usize| format!("groups = [{}]\n", many(count, |n| format!("\"g{n}\", ")));
    let known = many(65, |n| format!("[skills.s{n}]\n")) + &many(17, |n| format!("[groups.g{n}]\n"));
    let entries = |extra: usize| {
        format!(
            "[categories.c]\nqueue = \"refund\"\n{}[queues.q]\nchannels = [\"phone\"]\nobjective = \"1s\"\n{}\
             [agents.a2]\n{}{}{known}",
            skills(16 + extra),
            skills(16 + extra),
            skills(64 + extra),
            groups(16 + extra),
        )
    };
    told(&entries(0), &[]);
    told(
        &entries(1),
        &[
            "15:10 categories.c.skills: has 17 skills, keep at most 16",
            "19:10 queues.q.skills: has 17 skills, keep at most 16",
            "21:10 agents.a2.skills: has 65 skills, keep at most 64",
            "22:10 agents.a2.groups: has 17 groups, keep at most 16",
        ],
    );
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let errors = check(&format!("{BASE}{}", many(1_500, |n| format!("x{n} = 1\n")))).errors;
    assert_eq!(errors.len(), limits::PROBLEMS_MAX + 1);
    assert_eq!(errors[limits::PROBLEMS_MAX].message, "500 more like these are not listed, mend these first");
}

#[test]
fn problems_beyond_the_limit_hide_none_of_those_within() {
    let unreadable = "name = \"x\n";
    let errors = check(&format!("{BASE}{unreadable}{}", many(1_500, |n| format!("x{n} = 1\n")))).errors;
    assert!(errors[0].message.starts_with("syntax: "), "{}", errors[0]);
    assert_eq!(errors.len(), limits::PROBLEMS_MAX + 1);
    let (listed, rest) = (&errors[limits::PROBLEMS_MAX - 1], &errors[limits::PROBLEMS_MAX]);
    assert_eq!(rest.message, "501 more like these are not listed, mend these first");
    assert_eq!(listed.line, rest.line, "listed though the rest is told at the same place");
}

#[test]
fn document_beyond_the_limit() {
    let comment = "#".repeat(limits::DOCUMENT_BYTES_MAX + 1);
    told_of(&comment, &["1:1 the document has 67108865 bytes, shorten it to at most 67108864"]);
}
