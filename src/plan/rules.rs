//! Reads the rules by which contacts find agents: what is asked of skills, and the rings of a queue. Owns
//! what these consist of in TOML, which must agree with the serde form in [`super::model`]. What contradicts
//! what is the business of [`super::contradictions`].

use toml::de::{DeTable, DeValue};

use super::{
    fields::Fields,
    limits,
    model::{LevelRange, Levels, Requirement, Ring, SkillRanges},
    problem::Path,
    values::{Context, Ids, Value, by_id, number, wrong_type},
};

const RANGE: &str = "a level from 1 to 10, or a range such as { min = 3, max = 8 }";
const RANGES: &str = "a table of levels such as { some_id = 3 }";
const SETS: &str = "a list of tables of levels such as [{ some_id = 3, other_id = 5 }]";
const RINGS: &str = "a list of rings such as [{ after = \"20s\", groups = [\"some_id\"] }]";
const RING: &str = "a ring such as { after = \"20s\", groups = [\"some_id\"] }";

impl Fields<'_> {
    /// What is asked of an agent's skills.
    pub fn requirement(&mut self, skills: Ids<'_>) -> Requirement {
        Requirement {
            skills: self.ranges("skills", skills),
            any_of: self.items("any_of", SETS, "set", limits::ANY_OF_SETS_MAX, |value, path, context| {
                let count = 1..=limits::REQUIRED_SKILLS_MAX;
                by_id(value, RANGES, skills, &count, path, context, range)
            }),
            none_of: self.ranges("none_of", skills),
            preferred_skills: self.ranges("preferred_skills", skills),
        }
    }

    fn ranges(&mut self, key: &'static str, skills: Ids<'_>) -> SkillRanges {
        self.values_by_id(key, RANGES, skills, limits::REQUIRED_SKILLS_MAX, range)
    }

    /// The rings of a queue, each in its place.
    pub fn rings(&mut self, skills: Ids<'_>, groups: Ids<'_>) -> Vec<Ring> {
        self.items("rings", RINGS, "ring", limits::RINGS_MAX, |value, path, context| {
            let ring = match value.get_ref() {
                DeValue::Table(table) => Some(ring(table, value.span().start, path, context, skills, groups)),
                _ => wrong_type(value, RING, path, context),
            };
            // One that is wrong must not change the places of those after it.
            Some(ring.unwrap_or(Ring {
                after_ms: 0,
                drop: Vec::new(),
                lower: Levels::new(),
                groups: Vec::new(),
            }))
        })
    }
}

fn range(value: &Value<'_>, path: &Path<'_>, context: &mut Context) -> Option<LevelRange> {
    match value.get_ref() {
        DeValue::Integer(_) => number(value, &limits::LEVEL, path, context).map(LevelRange::at_least),
        DeValue::Table(table) => {
            let offset = value.span().start;
            let mut fields = Fields::new(table, offset, path, context);
            let [min, max] = ["min", "max"].map(|key| fields.number::<u8>(key, &limits::LEVEL, None));
            fields.finish();
            // 0 is the stand-in for a level that is wrong.
            let is_read = min > 0 && max > 0;
            if is_read && min > max {
                context.error(offset, path, || {
                    format!("the min of {min} is above the max of {max}, exchange them or change one")
                });
            }
            (is_read && min <= max).then_some(LevelRange { min, max })
        }
        _ => wrong_type(value, RANGE, path, context),
    }
}

fn ring(
    table: &DeTable<'_>,
    offset: usize,
    path: &Path<'_>,
    context: &mut Context,
    skills: Ids<'_>,
    groups: Ids<'_>,
) -> Ring {
    let count = 0..=limits::REQUIRED_SKILLS_MAX;
    let mut fields = Fields::new(table, offset, path, context);
    let ring = Ring {
        after_ms: fields.duration("after", &limits::RING_AFTER_MS, None),
        lower: fields.numbers_by_id("lower", skills, &limits::LEVEL, *count.end()),
        drop: fields.references("drop", skills, count),
        groups: fields.references("groups", groups, 0..=limits::GROUPS_MAX),
    };
    fields.finish();
    // What is written but wrong has been told, and would do something.
    if table.iter().all(|(key, value)| key.get_ref() == "after" || is_empty(value)) {
        context.absent(offset, path, || "does nothing, give it `drop`, `lower` or `groups`".to_owned());
    }
    ring
}

/// Whether it is a list or table without anything in it.
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    match value.get_ref() {
        DeValue::Array(items) => items.is_empty(),
        DeValue::Table(table) => table.is_empty(),
        _ => false,
    }
}
