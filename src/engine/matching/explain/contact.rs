//! Why a contact waits: puts together what the survey, the order, groups and deadlines tell.

use crate::{
    engine::{
        matching::rings::{Looked, Subject},
        requirement::Requirement,
        state::{Contact, State},
    },
    proto::journal::ContactStage,
};

use super::{AgentHindered, ContactExplained, Counts, Opening};

impl State {
    /// Why the contact waits at `now_ms`, with the `max` agents nearest to serving it; for one that
    /// doesn't wait, where it is.
    #[must_use]
    pub fn explain_contact(&self, number: u64, now_ms: u64, max: usize) -> Option<ContactExplained> {
        let contact = self.contacts.get(number)?;
        let record = &contact.record;
        let subject = Subject::of(record);
        let live = record.stage() != ContactStage::Closed;
        let last_ring = self.last_ring(subject);
        let rings = self.rings_of(subject);
        let ring = record.ring.min(last_ring);
        let class = rings.get(ring as usize).filter(|_| live);
        let mut explained = ContactExplained {
            contact: number,
            summary: String::new(),
            ring: self.ring_in_force(record),
            last_ring,
            place: None,
            urgency: None,
            nobody_in_plan: class.is_some() && !self.servable(subject),
            nobody_signed_in: class.is_some_and(|class| !self.staffed_besides(class, subject.asking_agent)),
            requirement: class.map_or_else(Requirement::default, |class| class.asked.clone()),
            groups: Vec::new(),
            groups_left_out: 0,
            everybody: Counts::default(),
            able: Counts::default(),
            agents: Vec::new(),
            agents_left_out: 0,
            changes: Vec::new(),
            changes_left_out: 0,
        };
        let mut shifts = Vec::new();
        if let Some((_, mine)) = self.waiting_class(contact, now_ms) {
            explained.place = Some(self.place_of(record.queue, &mine, now_ms));
            explained.urgency = Some(self.urgency_of(contact, &mine, now_ms));
        }
        if self.is_told_of(contact, now_ms) {
            (explained.groups, explained.groups_left_out) =
                self.groups_of(contact, &rings, explained.ring.min(last_ring));
            let listed = explained.groups.iter().map(|entry| entry.group);
            let survey = self.survey(contact, &rings, ring as usize, listed, now_ms, max);
            let mut counts = survey.groups;
            for entry in &mut explained.groups {
                entry.counts = counts.remove(&entry.group).unwrap_or_default();
                if entry.opening == Opening::Closed {
                    entry.counts.agents = self.closed_group_agents(entry.group);
                }
            }
            explained.everybody = survey.everybody;
            explained.able = survey.able;
            explained.agents = survey.near;
            explained.agents_left_out = survey.left_out;
            shifts = survey.shifts;
        }
        (explained.changes, explained.changes_left_out) =
            self.contact_changes(contact, &explained.agents, shifts, now_ms);
        explained.summary = self.contact_summary(contact, &explained, now_ms);
        Some(explained)
    }

    /// What keeps an agent from a waiting contact at `now_ms`; none when it doesn't wait.
    #[must_use]
    pub fn explain_pair(&self, number: u64, agent: u32, now_ms: u64) -> Option<AgentHindered> {
        let contact = self.contacts.get(number)?;
        if !self.is_told_of(contact, now_ms) {
            return None;
        }
        let subject = Subject::of(&contact.record);
        let ring = contact.record.ring.min(self.last_ring(subject)) as usize;
        let hindrances =
            self.all_hindrances(contact, &self.rings_of(subject), ring, self.agent(agent)?, now_ms);
        Some(self.hindered_agent(contact, agent, hindrances, now_ms))
    }

    /// Whether what keeps agents from a contact is told: it waits, or its customer is to be dialled first or can't be.
    fn is_told_of(&self, contact: &Contact, now_ms: u64) -> bool {
        let record = &contact.record;
        let rests = || record.stage() == ContactStage::Waiting && self.dialling_rests(record);
        self.waiting_class(contact, now_ms).is_some() || record.awaits_dialling() || rests()
    }

    /// The class of such a contact in each of its rings.
    pub(super) fn rings_of(&self, subject: Subject<'_>) -> Vec<Looked<'_>> {
        (0..=self.last_ring(subject)).map_while(|ring| self.class_in_ring(subject, ring)).collect()
    }
}
