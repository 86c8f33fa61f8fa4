//! The command by which an agent takes a waiting or parked contact by itself.

use crate::{
    engine::{
        command::Reply,
        contact::{contact_closed, contact_with_bot},
        matching::eligible::Hindrance,
        refusal::Refusal,
        step::{Answer, Step},
        transfer::named,
    },
    proto::journal::{self as j, ContactStage, OfferTrigger, ReturnReason},
};

impl Step<'_> {
    /// An agent takes a waiting or parked contact by itself, ready or not: at once offered and accepted.
    pub fn pull(&mut self, agent: &str, id: &str) -> Answer {
        let number = self.agent(agent)?.record.agent;
        let record = self.contact(id)?;
        let (contact, stage, offer, ring) = (record.contact, record.stage(), record.offer, record.ring);
        let leg = self.state.assignment(offer).filter(|leg| leg.agent == number);
        match (stage, leg.map(|leg| leg.deadline_ms)) {
            (ContactStage::Waiting | ContactStage::Parked, _) => {}
            (ContactStage::Offered, Some(deadline_ms)) if self.now_ms < deadline_ms => {
                self.check_dials(contact, offer)?;
                self.accepted(offer, false);
                return Ok(Reply::Accepted { contact, offer });
            }
            (ContactStage::Connecting | ContactStage::Active, Some(_)) => {
                return Ok(Reply::Accepted { contact, offer });
            }
            (ContactStage::WithBot, _) => return Err(contact_with_bot(id)),
            (ContactStage::Closed, _) => return Err(contact_closed(id)),
            _ => {
                return Err(Refusal::precondition(
                    "CONTACT_NOT_WAITING",
                    format!("contact {id} is with somebody else already"),
                ));
            }
        }
        // The agent asks for it itself: it need not be ready, and may have declined it before. A parked one is in
        // nobody's line, so nobody is kept free for it, nor it for anybody.
        let parked = stage == ContactStage::Parked;
        let advice = "choose another contact";
        self.check_fits(contact, number, advice, |why| match why {
            Hindrance::NotReady | Hindrance::Excluded(_) => false,
            why if why.is_of_the_line() => false,
            Hindrance::Reserved(..) | Hindrance::KeptForAnother(..) => !parked,
            _ => true,
        })?;
        if parked {
            // In the ring in which the agent was found fit.
            let entry = Some(j::QueueEntry { ring, ..j::QueueEntry::default() }).filter(|_| ring > 0);
            self.return_to_queue(contact, ReturnReason::Pulled, entry);
        }
        self.offer(contact, &named(number), j::OfferCause::Pulled, OfferTrigger::ByHand);
        let offer = self.state.last_offer;
        self.accepted(offer, false);
        Ok(Reply::Accepted { contact, offer })
    }
}
