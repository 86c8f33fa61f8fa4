//! What an agent could get, and what keeps it from it.

use crate::{
    engine::{
        matching::{
            eligible::{available, capacity_for},
            order::{Standing, more_urgent},
            rings::Subject,
        },
        state::State,
    },
    proto::journal::OfferTrigger,
};

use super::{AgentExplained, ContactHindered};

impl State {
    /// What the agent could get at `now_ms`, and what keeps it from the `max` most urgent contacts, one of
    /// each class that waits.
    #[must_use]
    pub fn explain_agent(&self, number: u32, now_ms: u64, max: usize) -> Option<AgentExplained> {
        let agent = self.agent(number)?;
        let mut firsts: Vec<(Standing, usize)> = Vec::new();
        for (_, class) in self.index.classes.waiting() {
            if let Some((arrival_ms, contact)) = class.waiting.first() {
                firsts.push((self.standing(class, arrival_ms, contact, now_ms), class.waiting.len()));
            }
        }
        firsts.sort_unstable_by(|(a, _), (b, _)| more_urgent(a, b, now_ms));
        let contacts_left_out = firsts.len().saturating_sub(max);
        firsts.truncate(max);
        let contacts = firsts.iter().filter_map(|(mine, alike)| self.hindered(number, mine, *alike, now_ms));
        let channels = agent.info.as_ref().map_or_else(Vec::new, |info| {
            let channels = self.catalog.channels.iter();
            channels
                .map(|(of, channel)| {
                    let room = capacity_for(info, &agent.load, channel);
                    (*of, room.and_then(|()| self.open_now(agent, channel, now_ms)).err())
                })
                .collect()
        });
        let soon = self.first_for_agent(number, OfferTrigger::Unspecified, now_ms);
        let next = self.first_with_room(number, self.room_of_nothing(number), now_ms);
        let mut explained = AgentExplained {
            agent: number,
            summary: String::new(),
            absent: available(agent).and_then(|()| self.on_shift_now(agent, now_ms)).err(),
            channels,
            work: agent.work.clone(),
            contacts: contacts.collect(),
            contacts_left_out,
            soon: soon.map(|soon| soon.standing.contact),
            next: next.map(|next| next.standing.contact),
            changes: self.agent_changes(agent, now_ms),
        };
        explained.summary = self.agent_summary(agent, &explained, now_ms);
        Some(explained)
    }

    fn hindered(&self, agent: u32, mine: &Standing, alike: usize, now_ms: u64) -> Option<ContactHindered> {
        let contact = self.contacts.get(mine.contact)?;
        let subject = Subject::of(&contact.record);
        let rings = self.rings_of(subject);
        let ring = contact.record.ring.min(self.last_ring(subject)) as usize;
        let agent = self.agent(agent)?;
        Some(ContactHindered {
            contact: mine.contact,
            alike,
            urgency: self.urgency_of(contact, mine, now_ms),
            requirement: rings.get(ring).map(|class| class.asked.clone()).unwrap_or_default(),
            hindrances: self.all_hindrances(contact, &rings, ring, agent, now_ms),
        })
    }
}
