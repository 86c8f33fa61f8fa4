//! What an agent's desktop calls. None of it waits: outcomes come to the actor.

use std::time::Duration;

use tonic::Status;

use super::{Actor, CONSULT_TALK, Due, HANDS_OVER, PROMISE_DUE};
use crate::{
    cli::demo::stage::{insist, reason},
    plan::model,
    proto::v1::{
        AcceptOfferRequest, AgentServiceCompleteContactRequest, Availability, ChangeConsultRequest,
        ConsultAction, DeclineOfferRequest, FinishWrapUpRequest, NewPromise, PromiseDue, Resolution,
        SetAvailabilityRequest, StartConsultRequest, promise_due, start_consult_request,
    },
};

impl Actor {
    fn call<T>(
        &mut self,
        call: &'static str,
        calling: impl Future<Output = Result<T, Status>> + Send + 'static,
    ) {
        self.calls.spawn(async move { (call, calling.await.err()) });
    }

    pub(super) fn answer(&mut self, offer_id: u64, epoch: u32, accept: bool) {
        let (client, agent_id) = (self.client.clone(), self.player.id.clone());
        if accept {
            let request = AcceptOfferRequest { agent_id, offer_id, epoch };
            let call = insist(client, request, |mut c, r| async move { c.accept_offer(r).await });
            self.call("AcceptOffer", call);
        } else {
            let request = DeclineOfferRequest { agent_id, offer_id, epoch };
            let call = insist(client, request, |mut c, r| async move { c.decline_offer(r).await });
            self.call("DeclineOffer", call);
        }
    }

    /// Ends the contact, or says how it ended when the customer has, and then finishes the wrap-up too.
    pub(super) fn complete(&mut self, contact_id: String, finish: bool, promise: Option<NewPromise>) {
        let (disposition, resolution) = self.ending();
        let agent_id = self.player.id.clone();
        let request = AgentServiceCompleteContactRequest {
            agent_id: agent_id.clone(),
            contact_id: contact_id.clone(),
            disposition,
            resolution: resolution.into(),
            promise,
        };
        let client = self.client.clone();
        self.call("CompleteContact", async move {
            insist(client.clone(), request, |mut c, r| async move { c.complete_contact(r).await }).await?;
            if finish {
                let request = FinishWrapUpRequest { agent_id, contact_id };
                insist(client, request, |mut c, r| async move { c.finish_wrap_up(r).await }).await?;
            }
            Ok(())
        });
    }

    /// A promise to come back to it, by the way that the customer came, in the queue that is for promises.
    pub(super) fn promise(&mut self, channel: &str) -> NewPromise {
        self.numbered += 1;
        let due = Duration::from_secs_f64(self.chance.between(PROMISE_DUE));
        let after = prost_types::Duration::try_from(self.stage.pace.real(due)).ok();
        let for_promises = |queue: &&model::Queue| {
            !queue.promise_steps.is_empty() && queue.channels.iter().any(|id| id == channel)
        };
        let mut queues = self.player.plan.queues.iter();
        let queue = queues.find(|(_, queue)| for_promises(queue)).map(|(id, _)| id.clone());
        NewPromise {
            queue: queue.unwrap_or_default(),
            promise_id: format!("promise-{}-{}", self.player.id, self.numbered),
            due: after.map(|after| PromiseDue { due: Some(promise_due::Due::After(after)) }),
            ..NewPromise::default()
        }
    }

    /// Asks whoever serves the queue, and at times lets them take it over.
    pub(super) fn ask(&mut self, contact_id: String, queue: String) {
        self.numbered += 1;
        let consult_id = format!("ask-{}-{}", self.player.id, self.numbered);
        if self.chance.happens(HANDS_OVER) {
            self.add(CONSULT_TALK / 2, Due::HandOver { consult: consult_id.clone() });
        }
        let request = StartConsultRequest {
            agent_id: self.player.id.clone(),
            contact_id,
            consult_id,
            target: Some(start_consult_request::Target::Queue(queue)),
            ..StartConsultRequest::default()
        };
        let client = self.client.clone();
        self.call("StartConsult", async move {
            let asked = insist(client, request, |mut c, r| async move { c.start_consult(r).await }).await;
            match asked {
                // The colleagues have enough to do.
                Err(status) if reason(&status) == "QUEUE_FULL" => Ok(()),
                asked => asked.map(|_| ()),
            }
        });
    }

    /// Gives the customer to the colleague, if there is one by now.
    pub(super) fn hand_over(&mut self, consult_id: String) {
        let agent_id = self.player.id.clone();
        let action = ConsultAction::HandOver.into();
        let request = ChangeConsultRequest { agent_id, consult_id, action };
        let client = self.client.clone();
        let call = insist(client, request, |mut c, r| async move { c.change_consult(r).await });
        self.call("ChangeConsult", call);
    }

    /// How most matters end, as far as the plan has words for it.
    fn ending(&mut self) -> (String, Resolution) {
        let endings = [
            ("resolved", Resolution::Resolved),
            ("follow_up", Resolution::FollowUp),
            ("escalated", Resolution::Unresolved),
        ];
        let place = self.chance.weighted(&[0.8, 0.12, 0.08]).unwrap_or(0);
        let (word, resolution) = endings[place];
        let known = self.player.plan.dispositions.contains_key(word);
        (if known { word.to_owned() } else { String::new() }, resolution)
    }

    pub(super) fn finish(&mut self, contact_id: String) {
        let request = FinishWrapUpRequest { agent_id: self.player.id.clone(), contact_id };
        let client = self.client.clone();
        let call = insist(client, request, |mut c, r| async move { c.finish_wrap_up(r).await });
        self.call("FinishWrapUp", call);
    }

    pub(super) fn set_availability(&mut self, availability: Availability, reason: &str) {
        let request = SetAvailabilityRequest {
            agent_id: self.player.id.clone(),
            availability: availability.into(),
            reason: reason.to_owned(),
            request_id: String::new(),
        };
        let client = self.client.clone();
        let call = insist(client, request, |mut c, r| async move { c.set_availability(r).await });
        self.call("SetAvailability", call);
    }
}
