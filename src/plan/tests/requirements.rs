//! What requirements mean.

use crate::plan::{
    limits,
    model::{LEVEL_MAX, LevelRange, Levels, Requirement, Ring, SkillRanges},
};

/// Ranges written as `a 3 b 3-8`.
fn ranges(text: &str) -> SkillRanges {
    let words: Vec<&str> = text.split_whitespace().collect();
    let range = |text: &str| match text.split_once('-') {
        Some((min, max)) => LevelRange { min: min.parse().unwrap(), max: max.parse().unwrap() },
        None => LevelRange::at_least(text.parse().unwrap()),
    };
    words.chunks(2).map(|pair| (pair[0].to_owned(), range(pair[1]))).collect()
}

/// Written as `required | any of | any of … ! none of`.
fn requirement(text: &str) -> Requirement {
    let (asked, none_of) = text.split_once('!').unwrap_or((text, ""));
    let mut sets = asked.split('|').map(ranges);
    Requirement {
        skills: sets.next().unwrap(),
        any_of: sets.collect(),
        none_of: ranges(none_of),
        preferred_skills: SkillRanges::new(),
    }
}

fn levels(text: &str) -> Levels {
    ranges(text).into_iter().map(|(skill, range)| (skill, range.min)).collect()
}

#[test]
fn the_greatest_level() {
    assert_eq!(*limits::LEVEL.end(), u64::from(LEVEL_MAX));
}

#[test]
fn who_meets_a_requirement() {
    for (asked, held, met) in [
        ("", "", true),
        ("a 3", "a 3", true),
        ("a 3", "a 2", false),
        ("a 1", "b 9", false),
        ("a 3-8", "a 8", true),
        ("a 3-8", "a 9", false),
        ("a 1 b 1", "a 1", false),
        (" | a 3 b 5", "a 2 b 5", true),
        (" | a 3 b 5", "a 2 b 4", false),
        (" | a 1 | b 1", "a 1", false),
        (" | a 1 | b 1", "a 1 b 1", true),
        ("! t 3", "", true),
        ("! t 3", "t 2", true),
        ("! t 3", "t 3", false),
        ("! t 3-5", "t 6", true),
    ] {
        assert_eq!(requirement(asked).is_met_by(&levels(held)), met, "{asked} of {held}");
    }
    let preferred = Requirement { preferred_skills: ranges("a 9"), ..Requirement::default() };
    assert!(preferred.is_met_by(&Levels::new()));
}

#[test]
fn two_requirements_together() {
    for (a, b, impossible) in [
        ("a 3", "a 5", ""),
        ("a 3", "b 5-6", ""),
        ("a 3-6", "a 6-8", ""),
        ("a 6", "a 1-5", "a"),
        ("a 3", "! a 4", ""),
        ("a 3-5", "! a 3-6", "a"),
        // What is ruled out by two ranges is not what lies between them.
        ("a 3-4 ! a 1-2", "! a 5-6", ""),
        ("a 3-4", "a 4-5 ! a 4", "a"),
        ("a 1-4 ! a 1-2", "! a 3-6", "a"),
        ("a 1-5 ! a 1-2", "! a 4-6", ""),
    ] {
        let (a, b) = (requirement(a), requirement(b));
        let together: String = crate::plan::requirement::impossible(&[&a, &b]).into_iter().collect();
        assert_eq!(together, impossible, "{a:?} and {b:?}");
        let swapped: String = crate::plan::requirement::impossible(&[&b, &a]).into_iter().collect();
        assert_eq!(swapped, impossible);
    }
}

#[test]
fn rings_ask_for_less() {
    for (before, drop, lower, after) in [
        ("a 5-8", "", "a 3", "a 3-8"),
        ("a 2", "", "a 3", "a 2"),
        ("a 2", "", "b 3", "a 2"),
        ("a 6-5", "", "a 2", "a 2-5"),
        ("a 5 b 5 | a 5 c 1 | c 2 ! a 2 b 3", "a", "", "b 5 | c 2 ! b 3"),
        ("a 5 ! a 2", "", "a 1", "a 1 ! a 2"),
    ] {
        let mut asked = requirement(before);
        asked.preferred_skills = ranges("a 1 c 1");
        let drop: Vec<String> = drop.split_whitespace().map(str::to_owned).collect();
        let preferred = if drop.is_empty() { "a 1 c 1" } else { "c 1" };
        asked.relax(&Ring { after_ms: 1_000, drop, lower: levels(lower), groups: Vec::new() });
        let after = Requirement { preferred_skills: ranges(preferred), ..requirement(after) };
        assert_eq!(asked, after, "{before}");
    }
}
