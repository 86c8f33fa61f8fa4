//! What a contact asks of agents, from the API's messages to the engine's words and back. Owns what can be
//! wrong with it without knowing the plan.

use std::ops::RangeInclusive;

use crate::{
    engine::{catalog::Names, command::Wants},
    plan::{
        limits::{ANY_OF_SETS_MAX, REQUIRED_SKILLS_MAX, RING_AFTER_MS, RINGS_MAX},
        model::{LEVEL_MAX, LevelRange, Levels, Requirement, Ring, SkillRanges},
    },
    proto::{journal as j, v1},
};

use super::{Check, convert::duration};

/// Groups of one ring of a contact's own.
const RING_GROUPS_MAX: usize = 16;
const LEVELS: RangeInclusive<u32> = 1..=LEVEL_MAX as u32;

impl Check {
    /// Skills with levels.
    pub fn skills(&mut self, field: &str, skills: &[v1::SkillRequirement]) -> SkillRanges {
        let mut ranges = SkillRanges::new();
        if self.too_many(field, skills.len(), REQUIRED_SKILLS_MAX) {
            return ranges;
        }
        for (at, skill) in skills.iter().enumerate() {
            self.id(&format!("{field}[{at}].skill"), &skill.skill);
            let min = skill.min_level.max(1);
            let max = if skill.max_level == 0 { u32::from(LEVEL_MAX) } else { skill.max_level };
            if !LEVELS.contains(&min) {
                self.problem(&format!("{field}[{at}].min_level"), "must be 1 to 10");
            } else if !LEVELS.contains(&max) {
                self.problem(&format!("{field}[{at}].max_level"), "must be 1 to 10");
            } else if min > max {
                self.problem(&format!("{field}[{at}].max_level"), "must not be less than min_level");
            }
            let level = |level| u8::try_from(level).unwrap_or(LEVEL_MAX);
            if ranges.insert(skill.skill.clone(), LevelRange { min: level(min), max: level(max) }).is_some() {
                let problem = format!("{} is asked for twice; ask once", skill.skill);
                self.problem(&format!("{field}[{at}].skill"), problem);
            }
        }
        ranges
    }

    /// Sets of skills of each of which one will do.
    pub fn skill_sets(&mut self, field: &str, sets: &[v1::SkillRequirements]) -> Vec<SkillRanges> {
        if self.too_many(field, sets.len(), ANY_OF_SETS_MAX) {
            return Vec::new();
        }
        let mut read = Vec::with_capacity(sets.len());
        for (at, set) in sets.iter().enumerate() {
            if set.skills.is_empty() {
                self.problem(&format!("{field}[{at}].skills"), "is empty, name at least one skill");
            }
            read.push(self.skills(&format!("{field}[{at}].skills"), &set.skills));
        }
        read
    }

    /// What a new contact asks for by itself.
    pub fn wants(&mut self, request: &v1::EnqueueContactRequest) -> Wants {
        self.optional_id("preferred_agent_id", &request.preferred_agent_id);
        let requirement = Requirement {
            skills: self.skills("required_skills", &request.required_skills),
            any_of: self.skill_sets("any_of_skills", &request.any_of_skills),
            none_of: self.skills("none_of_skills", &request.none_of_skills),
            preferred_skills: self.skills("preferred_skills", &request.preferred_skills),
        };
        for (skill, unwanted) in &requirement.none_of {
            let required = requirement.skills.get(skill);
            if required.is_some_and(|range| unwanted.min <= range.min && range.max <= unwanted.max) {
                let problem = format!("leaves no level of {skill}, which required_skills asks for");
                self.problem("none_of_skills", problem);
            }
        }
        let mut rings = Vec::new();
        if !self.too_many("rings", request.rings.len(), RINGS_MAX) {
            rings = request.rings.iter().enumerate().map(|(at, ring)| self.ring(at, ring)).collect();
            self.tightening("rings", &requirement, &rings);
        }
        Wants { requirement, rings, preferred_agent: request.preferred_agent_id.clone() }
    }

    fn ring(&mut self, at: usize, ring: &v1::Ring) -> Ring {
        let field = format!("rings[{at}]");
        if ring.after.is_none() {
            self.problem(&format!("{field}.after"), "is required");
        }
        let after_ms = self.duration_ms(&format!("{field}.after"), ring.after.as_ref(), RING_AFTER_MS, 0);
        self.too_many(&format!("{field}.drop_skills"), ring.drop_skills.len(), REQUIRED_SKILLS_MAX);
        self.too_many(&format!("{field}.groups"), ring.groups.len(), RING_GROUPS_MAX);
        let lower = self.skills(&format!("{field}.lower_skills"), &ring.lower_skills);
        if ring.drop_skills.is_empty() && lower.is_empty() && ring.groups.is_empty() {
            self.problem(&field, "opens nothing: give drop_skills, lower_skills or groups");
        }
        Ring {
            after_ms,
            drop: ring.drop_skills.iter().take(REQUIRED_SKILLS_MAX).cloned().collect(),
            lower: lower.into_iter().map(|(skill, range)| (skill, range.min)).collect::<Levels>(),
            groups: ring.groups.iter().take(RING_GROUPS_MAX).cloned().collect(),
        }
    }

    /// A ring must not ask for more than the contact did before.
    fn tightening(&mut self, field: &str, requirement: &Requirement, rings: &[Ring]) {
        let mut levels: Levels =
            requirement.skills.iter().map(|(skill, range)| (skill.clone(), range.min)).collect();
        for (at, ring) in rings.iter().enumerate() {
            for (skill, level) in &ring.lower {
                if levels.get(skill).is_some_and(|now| level >= now) {
                    let problem = format!("{skill} would not be lower than before");
                    self.problem(&format!("{field}[{at}].lower_skills"), problem);
                }
                levels.insert(skill.clone(), *level);
            }
        }
    }

    /// Whether a list is too long, which is noted.
    fn too_many(&mut self, field: &str, count: usize, max: usize) -> bool {
        if count > max {
            self.problem(field, format!("must be at most {max}, not {count}"));
        }
        count > max
    }
}

fn skills(names: &Names, skills: &[j::Skill]) -> Vec<v1::SkillRequirement> {
    skills
        .iter()
        .map(|skill| v1::SkillRequirement {
            skill: names.id(skill.skill).to_owned(),
            min_level: skill.level,
            max_level: if skill.max_level == 0 { u32::from(LEVEL_MAX) } else { skill.max_level },
        })
        .collect()
}

/// Puts what a contact asks for into its message.
pub(super) fn tell(names: &Names, wants: &j::Wants, contact: &mut v1::Contact) {
    let ring = |ring: &j::Ring| v1::Ring {
        after: Some(duration(ring.after_ms)),
        drop_skills: ring.drop.iter().map(|skill| names.id(*skill).to_owned()).collect(),
        lower_skills: skills(names, &ring.lower),
        groups: ring.groups.iter().map(|group| names.id(*group).to_owned()).collect(),
    };
    let set = |set: &j::Skills| v1::SkillRequirements { skills: skills(names, &set.skills) };
    contact.required_skills = skills(names, &wants.required);
    contact.any_of_skills = wants.any_of.iter().map(set).collect();
    contact.none_of_skills = skills(names, &wants.none_of);
    contact.preferred_skills = skills(names, &wants.preferred);
    contact.rings = wants.rings.iter().map(ring).collect();
    contact.preferred_agent_id = names.id(wants.preferred_agent).to_owned();
}
