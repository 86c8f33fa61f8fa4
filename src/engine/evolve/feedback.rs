//! What it means that a customer has said what it thought of a contact.

use crate::{engine::state::State, proto::journal as j};

use super::Effect;

impl State {
    pub(super) fn feedback_recorded(&mut self, event: &j::FeedbackRecorded) -> Effect {
        if let Some(talk) = self.talk_mut(event.contact) {
            talk.feedback = event.feedback.clone().map(Box::new);
        }
        self.about_contact(event.contact)
    }
}
