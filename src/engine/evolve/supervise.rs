//! What it means that a supervisor has taken a contact in hand: it is on the record. What was done follows by
//! events of its own.

use crate::{
    engine::{limits::INTERVENTIONS_MAX, state::State},
    proto::journal as j,
};

use super::Effect;

impl State {
    pub(super) fn contact_intervened(&mut self, event: &j::ContactIntervened) -> Effect {
        let record = j::InterventionRecord {
            kind: event.kind,
            supervisor: event.supervisor.clone(),
            reason: event.reason.clone(),
            at_ms: self.now_ms,
        };
        if let Some(talk) = self.talk_mut(event.contact) {
            if talk.interventions.len() >= INTERVENTIONS_MAX {
                talk.interventions.remove(0);
            }
            talk.interventions.push(record);
        }
        self.about_contact(event.contact)
    }
}
