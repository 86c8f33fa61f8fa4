//! The command by which a customer's judgement is recorded.

use crate::{
    engine::{
        command::{Feedback, Reply},
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{self as j, ContactStage, event::Kind},
};

impl Step<'_> {
    pub fn record_feedback(&mut self, id: &str, feedback: Feedback) -> Answer {
        let record = self.contact(id)?;
        let (contact, case_id) = (record.contact, record.case_id.clone());
        if record.is_consult() {
            return Err(Refusal::field("contact_id", "is a consult, on which there is no customer"));
        }
        if record.stage() != ContactStage::Closed {
            let message = format!("contact {id} has not ended; record what the customer says afterwards");
            return Err(Refusal::precondition("CONTACT_NOT_CLOSED", message));
        }
        let resolved = match feedback.resolved {
            None => 0,
            Some(true) => 1,
            Some(false) => 2,
        };
        let told = j::FeedbackRecord {
            score: feedback.score,
            resolved,
            comment_ref: feedback.comment_ref,
            at_ms: 0,
        };
        if let Some(before) = &record.talk().feedback {
            return if (j::FeedbackRecord { at_ms: 0, ..(**before).clone() }) == told {
                Ok(Reply::Contact(contact))
            } else {
                let message = format!("the customer's judgement of contact {id} is recorded already");
                Err(Refusal::exists("FEEDBACK_EXISTS", message))
            };
        }
        let told = j::FeedbackRecord { at_ms: self.now_ms, ..told };
        self.emit(Kind::FeedbackRecorded(j::FeedbackRecorded { contact, feedback: Some(told) }));
        if feedback.resolved == Some(false) {
            self.not_settled(&case_id);
        }
        Ok(Reply::Contact(contact))
    }
}
