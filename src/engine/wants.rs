//! What a contact asks for by itself: names become numbers, and what makes no sense is refused with its
//! field. Also whether anybody could ever serve it.

use crate::{
    engine::{
        command::{Update, Wants},
        matching::rings::Subject,
        refusal::Refusal,
        step::Step,
    },
    plan::model::{LEVEL_MAX, Ring, SkillRanges, Unservable},
    proto::journal::{self as j, PlanKind},
};

/// Fields at fault, with what is wrong.
type Faults = Vec<(String, String)>;

impl Step<'_> {
    /// What a new contact wants; none: nothing.
    pub fn wants(&self, wants: &Wants, faults: &mut Faults) -> Option<Box<j::Wants>> {
        if *wants == Wants::default() {
            return None;
        }
        let asked = &wants.requirement;
        Some(Box::new(j::Wants {
            required: self.ranges("required_skills", &asked.skills, faults),
            any_of: self.sets(&asked.any_of, faults),
            none_of: self.ranges("none_of_skills", &asked.none_of, faults),
            preferred: self.ranges("preferred_skills", &asked.preferred_skills, faults),
            rings: (0..).zip(&wants.rings).map(|(at, ring)| self.ring(at, ring, faults)).collect(),
            preferred_agent: self.preferred(&wants.preferred_agent, faults),
        }))
    }

    /// What a contact wants after an update; none: as before.
    pub fn changed_wants(
        &self,
        record: &j::ContactRecord,
        update: &Update,
        faults: &mut Faults,
    ) -> Option<Box<j::Wants>> {
        let mut wants = record.wants.clone().unwrap_or_default();
        let mut changed = false;
        if let Some(ranges) = &update.skills {
            wants.required = self.ranges("required_skills", ranges, faults);
            changed = true;
        }
        if let Some(sets) = &update.any_of {
            wants.any_of = self.sets(sets, faults);
            changed = true;
        }
        if let Some(ranges) = &update.none_of {
            wants.none_of = self.ranges("none_of_skills", ranges, faults);
            changed = true;
        }
        if let Some(ranges) = &update.preferred_skills {
            wants.preferred = self.ranges("preferred_skills", ranges, faults);
            changed = true;
        }
        if let Some(agent) = &update.preferred_agent {
            wants.preferred_agent = self.preferred(agent, faults);
            changed = true;
        }
        changed.then_some(wants)
    }

    fn ranges(&self, field: &str, ranges: &SkillRanges, faults: &mut Faults) -> Vec<j::Skill> {
        let skill = |(id, range): (&String, &crate::plan::model::LevelRange)| j::Skill {
            skill: self.named(PlanKind::Skill, field, id, faults),
            level: u32::from(range.min),
            max_level: if range.max == LEVEL_MAX { 0 } else { u32::from(range.max) },
        };
        let mut skills: Vec<j::Skill> = ranges.iter().map(skill).collect();
        skills.sort_unstable_by_key(|skill| skill.skill);
        skills
    }

    fn sets(&self, sets: &[SkillRanges], faults: &mut Faults) -> Vec<j::Skills> {
        let set = |(at, set): (usize, &SkillRanges)| j::Skills {
            skills: self.ranges(&format!("any_of_skills[{at}]"), set, faults),
        };
        sets.iter().enumerate().map(set).collect()
    }

    fn ring(&self, at: usize, ring: &Ring, faults: &mut Faults) -> j::Ring {
        let mut numbers = |kind, field: &str, ids: &[String]| {
            let field = format!("rings[{at}].{field}");
            let mut list: Vec<u32> = ids.iter().map(|id| self.named(kind, &field, id, faults)).collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let drop = numbers(PlanKind::Skill, "drop_skills", &ring.drop);
        let groups = numbers(PlanKind::Group, "groups", &ring.groups);
        let lower = ring.lower.iter().map(|(id, level)| j::Skill {
            skill: self.named(PlanKind::Skill, &format!("rings[{at}].lower_skills"), id, faults),
            level: u32::from(*level),
            max_level: 0,
        });
        let mut lower: Vec<j::Skill> = lower.collect();
        lower.sort_unstable_by_key(|skill| skill.skill);
        j::Ring { after_ms: ring.after_ms, drop, lower, groups }
    }

    fn preferred(&self, id: &str, faults: &mut Faults) -> u32 {
        if id.is_empty() {
            return 0;
        }
        let agent = self.state.agent_by_id(id).filter(|agent| !agent.record.removed);
        agent.map_or_else(
            || {
                faults.push(("preferred_agent_id".to_owned(), format!("the plan has no such entry: {id}")));
                0
            },
            |agent| agent.record.agent,
        )
    }

    /// Whether nobody in the plan could ever serve the contact.
    ///
    /// # Errors
    /// `NOBODY_CAN_SERVE`, if the queue refuses such contacts.
    pub fn check_servable(&self, subject: Subject<'_>) -> Result<bool, Refusal> {
        if self.state.servable(subject) {
            return Ok(false);
        }
        let queue = self.state.catalog.queues.get(&subject.queue);
        if queue.is_some_and(|queue| queue.unservable == Unservable::Refuse) {
            let besides = if subject.asking_agent == 0 { "" } else { " but who asks" };
            let message = format!(
                "nobody{besides} in the plan has the groups, skills and channel that this asks for in queue {}; ask \
                 for less, or change the plan",
                self.state.names.id(subject.queue)
            );
            return Err(Refusal::precondition("NOBODY_CAN_SERVE", message));
        }
        Ok(true)
    }

    /// The agent whom the customer of a case knows, by the latest of its contacts that are still kept, or by
    /// what the case remembers of others; 0: none.
    pub fn known_agent(&self, case_id: &str) -> u32 {
        if case_id.is_empty() {
            return 0;
        }
        let of_case = (case_id.to_owned(), 0)..=(case_id.to_owned(), u64::MAX);
        let mut contacts = self.state.by_case.range(of_case).rev();
        let agent = contacts.find_map(|(_, number)| {
            let agent = self.state.contact(*number)?.known_agent;
            (agent != 0).then_some(agent)
        });
        let remembered = || self.state.case_by_id(case_id).map_or(0, |record| record.agent);
        agent.unwrap_or_else(remembered)
    }
}
