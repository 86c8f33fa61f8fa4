//! What is told of the rules by which contacts find agents.

use super::{BASE, told, told_of};
use crate::plan::{model::LevelRange, parse, render};

/// A queue with three groups and two more skills to make rules of; the rules start on line 25.
const QUEUE: &str = r#"[skills.vip]
[skills.english]
[groups.night]
[groups.spare]
[categories.vip]
queue = "q"
skills = { vip = 7 }
[queues.q]
channels = ["phone"]
objective = "1m"
groups = ["core"]
skills = { vip = 5, refund = { min = 3, max = 8 } }
"#;

#[track_caller]
fn rules(rules: &str, errors: &[&str]) {
    told(&format!("{QUEUE}{rules}"), errors);
}

#[test]
fn ranges() {
    rules("none_of = { english = { min = 1, max = 10 } }\n", &[]);
    rules(
        r#"any_of = [{ vip = { min = 4, max = 3 }, english = 11 }, {}, 5]
none_of = { refund = {}, vip = { min = 3, max = "x", mx = 8 }, english = 0 }
preferred_skills = { englsh = { min = 0, max = 11 }, vip = [] }
"#,
        &[
            "25:19 queues.q.any_of[0].vip: the min of 4 is above the max of 3, exchange them or change one",
            "25:51 queues.q.any_of[0].english: 11 is out of range, give 1 to 10",
            "25:57 queues.q.any_of[1]: is empty, name at least one skill",
            "25:61 queues.q.any_of[2]: is an integer, give a table of levels such as { some_id = 3 }",
            "26:22 queues.q.none_of.refund.max: is missing, give a whole number from 1 to 10",
            "26:22 queues.q.none_of.refund.min: is missing, give a whole number from 1 to 10",
            "26:49 queues.q.none_of.vip.max: is a string, give a whole number from 1 to 10",
            "26:54 queues.q.none_of.vip.mx: unknown key `mx`, did you mean `max`?",
            "26:74 queues.q.none_of.english: 0 is out of range, give 1 to 10",
            "27:22 queues.q.preferred_skills.englsh: there is no skill `englsh`, did you mean `english`?",
            "27:39 queues.q.preferred_skills.englsh.min: 0 is out of range, give 1 to 10",
            "27:48 queues.q.preferred_skills.englsh.max: 11 is out of range, give 1 to 10",
            "27:60 queues.q.preferred_skills.vip: is an array, give a level from 1 to 10, or a range such as { min = 3, max = 8 }",
        ],
    );
    rules(
        "any_of = { vip = 1 }\nnone_of = \"vip\"\n",
        &[
            "25:10 queues.q.any_of: is a table, give a list of tables of levels such as [{ some_id = 3, other_id = 5 }]",
            "26:11 queues.q.none_of: is a string, give a table of levels such as { some_id = 3 }",
        ],
    );
}

#[test]
fn values_of_rings() {
    rules(
        r#"rings = [
    { after = "999ms", drop = ["vip"] },
    { after = "25h", lower = { english = 11 }, grups = ["night"] },
    7,
    { drop = ["vp", 1, "english"], groups = ["nigt", 2, "night", "night"] },
    { after = "1m" },
    { after = "1m", drop = [], lower = {}, groups = [] },
]
preferred_agent_wait = "61m"
last_agent_wait = 5
"#,
        &[
            "26:15 queues.q.rings[0].after: 999ms is out of range, give 1s to 24h",
            "27:15 queues.q.rings[1].after: 25h is out of range, give 1s to 24h",
            "27:42 queues.q.rings[1].lower.english: 11 is out of range, give 1 to 10",
            "27:48 queues.q.rings[1].grups: unknown key `grups`, did you mean `groups`?",
            "28:5 queues.q.rings[2]: is an integer, give a ring such as { after = \"20s\", groups = [\"some_id\"] }",
            "29:5 queues.q.rings[3].after: is missing, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "29:15 queues.q.rings[3].drop[0]: there is no skill `vp`, did you mean `vip`?",
            "29:21 queues.q.rings[3].drop[1]: is an integer, give an id in quotes",
            "29:46 queues.q.rings[3].groups[0]: there is no group `nigt`, did you mean `night`?",
            "29:54 queues.q.rings[3].groups[1]: is an integer, give an id in quotes",
            "29:66 queues.q.rings[3].groups[3]: `night` is listed twice, keep one of them",
            "30:5 queues.q.rings[4]: does nothing, give it `drop`, `lower` or `groups`",
            "31:5 queues.q.rings[5]: does nothing, give it `drop`, `lower` or `groups`",
            "33:24 queues.q.preferred_agent_wait: 1h 1m is out of range, give 0s to 1h",
            "34:19 queues.q.last_agent_wait: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
        ],
    );
    rules(
        "rings = { after = \"1m\" }\n",
        &[
            "25:9 queues.q.rings: is a table, give a list of rings such as [{ after = \"20s\", groups = [\"some_id\"] }]",
        ],
    );
}

#[test]
fn rings_that_change_nothing() {
    rules(
        r#"rings = [
    { after = "1m", lower = { vip = 6, refund = 2, english = 4 }, groups = ["night"] },
    { after = "1m", lower = { vip = 5, refund = 2, english = 3 }, groups = ["spare"] },
    { after = "1m", lower = { vip = 1 }, drop = ["refund"] },
]
"#,
        &[
            "27:49 queues.q.rings[1].lower.refund: 2 is not lower than the 2 asked for before, lower it or remove it",
        ],
    );
    rules(
        r#"[[queues.q.rings]]
after = "1m"
lower = { vip = 7, refund = 4, english = 4 }
drop = ["english"]
groups = ["night", "core"]
[[queues.q.rings]]
after = "1m"
lower = { english = 2, vip = 7 }
drop = ["refund", "english"]
groups = ["spare", "night"]
"#,
        &[
            "27:17 queues.q.rings[0].lower.vip: 7 is not lower than the 7 asked for before, lower it or remove it",
            "27:29 queues.q.rings[0].lower.refund: 4 is not lower than the 3 asked for before, lower it or remove it",
            "27:42 queues.q.rings[0].lower.english: is dropped by this ring, remove one of the two",
            "29:20 queues.q.rings[0].groups[1]: `core` serves the queue already, remove it here",
            "32:21 queues.q.rings[1].lower.english: is dropped by this ring, remove one of the two",
            "32:30 queues.q.rings[1].lower.vip: 7 is not lower than the 7 asked for before, lower it or remove it",
            "33:19 queues.q.rings[1].drop[1]: `english` is dropped by an earlier ring already, remove it here",
            "34:20 queues.q.rings[1].groups[1]: `night` serves the queue already, remove it here",
        ],
    );
    rules(
        "rings = [{ after = \"1m\", drop = [\"vip\"] }, { after = \"1m\", lower = { vip = 1 } }]\n",
        &["25:76 queues.q.rings[1].lower.vip: is dropped by an earlier ring already, remove it here"],
    );
}

#[test]
fn rings_of_a_queue_that_every_group_serves() {
    let queue = |groups: &str| {
        format!(
            "[groups.g]\n[queues.q]\nchannels = [\"phone\"]\nobjective = \"1m\"\n\
             rings = [{{ after = \"1m\", groups = [\"g\"] }}]\n{groups}\n"
        )
    };
    let every = "17:35 queues.q.rings[0].groups: every group serves the queue already, name its home groups in the queue's `groups` or remove this";
    told(&queue(""), &[every]);
    told(&queue("groups = []"), &[every]);
    told(&queue("groups = [\"core\"]"), &[]);
    // What is wrong would have been groups.
    told(
        &queue("groups = 1"),
        &["18:10 queues.q.groups: is an integer, give a list of ids of groups such as [\"one\", \"two\"]"],
    );
    told(&queue("groups = [1]"), &["18:11 queues.q.groups[0]: is an integer, give an id in quotes"]);
    told(&queue("groups = [g]"), &["18:11 syntax: string values must be quoted, expected literal string"]);
}

#[test]
fn waits_for_an_agent_end_with_the_first_ring() {
    let ring =
        "rings = [{ after = \"20s\", groups = [\"night\"] }, { after = \"1s\", groups = [\"spare\"] }]\n";
    rules("preferred_agent_wait = \"1h\"\nlast_agent_wait = \"1h\"\n", &[]);
    rules(&format!("preferred_agent_wait = \"20s\"\nlast_agent_wait = \"20s\"\n{ring}"), &[]);
    rules(
        &format!("preferred_agent_wait = \"21s\"\nlast_agent_wait = \"20001ms\"\n{ring}"),
        &[
            "25:24 queues.q.preferred_agent_wait: 21s is longer than the 20s after which the first ring opens, shorten it",
            "26:19 queues.q.last_agent_wait: 20s 1ms is longer than the 20s after which the first ring opens, shorten it",
        ],
    );
}

#[test]
fn no_level_is_left() {
    let ruled_out = "rules out every level that `skills` asks for, change or remove one of them";
    for (none_of, good) in
        [("3", false), ("{ min = 2, max = 8 }", false), ("4", true), ("{ min = 3, max = 7 }", true)]
    {
        let told = format!("25:22 queues.q.none_of.refund: {ruled_out}");
        let errors: &[&str] = if good { &[] } else { &[&told] };
        rules(&format!("none_of = {{ refund = {none_of} }}\n"), errors);
    }
    let category = |own: &str| format!("none_of = {{ english = 5 }}\n[categories.c]\nqueue = \"q\"\n{own}\n");
    for (own, error) in [
        ("skills = { refund = 8, english = 4, vip = { min = 1, max = 5 } }", None),
        ("skills = { refund = 9 }", Some("28:21 categories.c.skills.refund")),
        ("skills = { vip = { min = 1, max = 4 } }", Some("28:18 categories.c.skills.vip")),
        ("skills = { english = 5 }", Some("28:22 categories.c.skills.english")),
        ("none_of = { refund = 2 }", Some("28:22 categories.c.none_of.refund")),
        ("none_of = { refund = 4 }", None),
    ] {
        let told = error.map(|error| {
            format!("{error}: leaves no level together with what queue `q` asks for, change one of them")
        });
        let errors: Vec<&str> = told.iter().map(String::as_str).collect();
        rules(&category(own), &errors);
    }
    // The category's own contradiction, and that of the queue, are told once.
    rules(
        "none_of = { vip = 1 }\n[categories.c]\nqueue = \"q\"\nskills = { refund = 9 }\nnone_of = { refund = 9 }\n",
        &[
            "25:19 queues.q.none_of.vip: rules out every level that `skills` asks for, change or remove one of them",
            "29:22 categories.c.none_of.refund: rules out every level that `skills` asks for, change or remove one of them",
        ],
    );
}

#[test]
fn counts() {
    let many =
        |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(", ");
    let document = |extra: usize| {
        let skills = many(16 + extra, &|n| format!("s{n} = 1"));
        let names = many(16 + extra, &|n| format!("\"s{n}\""));
        let other = |n: usize| format!("{{ after = \"1s\", lower = {{ t{n} = 1 }} }}");
        format!(
            "{BASE}[queues.q]\nchannels = [\"phone\"]\nobjective = \"1s\"\nnone_of = {{ {skills} }}\n\
             preferred_skills = {{ {skills} }}\nany_of = [{}]\nrings = [\n{{ after = \"1s\", lower = {{ {skills} }} }},\n\
             {{ after = \"1s\", drop = [{names}] }},\n{}]\n{}{}",
            many(4 + extra, &|_| format!("{{ {skills} }}")),
            many(8 + extra, &other),
            (0..17).map(|n| format!("[skills.s{n}]\n")).collect::<String>(),
            (0..17).map(|n| format!("[skills.t{n}]\n")).collect::<String>(),
        )
    };
    told_of(&document(0), &[]);
    told_of(
        &document(1),
        &[
            "16:11 queues.q.none_of: has 17 skills, keep at most 16",
            "17:20 queues.q.preferred_skills: has 17 skills, keep at most 16",
            "18:10 queues.q.any_of: has 5 sets, keep at most 4",
            "18:11 queues.q.any_of[0]: has 17 skills, keep at most 16",
            "18:158 queues.q.any_of[1]: has 17 skills, keep at most 16",
            "18:305 queues.q.any_of[2]: has 17 skills, keep at most 16",
            "18:452 queues.q.any_of[3]: has 17 skills, keep at most 16",
            "19:9 queues.q.rings: has 11 rings, keep at most 10",
            "20:25 queues.q.rings[0].lower: has 17 skills, keep at most 16",
            "21:24 queues.q.rings[1].drop: has 17 skills, keep at most 16",
        ],
    );
}

#[test]
fn canonical_form() {
    let rules = r#"any_of = [{ english = { min = 2, max = 10 }, vip = 3 }, { refund = 1 }]
none_of = { english = { min = 9, max = 9 } }
preferred_skills = { english = 1 }
rings = [{ after = "90s", groups = ["night", "spare"], lower = { vip = 1 }, drop = ["refund", "english"] }]
last_agent_wait = "10s"
agent_choice = "most_skilled"
all_declined = "offer_again"
unservable = "refuse"
"#;
    let plan = parse(
        &format!("{BASE}{QUEUE}{rules}")
            .replace("[groups.night]", "[groups.night]\nclosed = true\nkeep_free = 3"),
    )
    .unwrap();
    let document = render(&plan);
    let queue = r#"
[queues.q]
channels = ["phone"]
skills = { refund = { min = 3, max = 8 }, vip = 5 }
any_of = [{ english = 2, vip = 3 }, { refund = 1 }]
none_of = { english = { min = 9, max = 9 } }
preferred_skills = { english = 1 }
groups = ["core"]
rings = [
    { after = "1m 30s", drop = ["refund", "english"], lower = { vip = 1 }, groups = ["night", "spare"] },
]
preferred_agent_wait = "0s"
last_agent_wait = "10s"
objective = "1m"
boost_permille = 500
agent_choice = "most_skilled"
all_declined = "offer_again"
unservable = "refuse"
max_waiting = 100000
"#;
    assert!(document.contains(queue), "{document}");
    assert!(
        document.contains("[groups.night]\nkind = \"core\"\nclosed = true\nkeep_free = 3\n"),
        "{document}"
    );
    assert_eq!(parse(&document).unwrap(), plan);
    assert_eq!(plan.queues["q"].requirement.any_of[0]["english"], LevelRange::at_least(2));
}
