//! What a gateway calls. None of it waits: outcomes come to the actor.

use tonic::Status;

use super::{Actor, CUSTOMER_ENDS_ATTRIBUTE, Done, TALK_ATTRIBUTE};
use crate::{
    cli::demo::{arrivals::Arrival, stage::insist},
    proto::v1::{
        CancelContactRequest, CompleteContactRequest, ConnectionResult, EnqueueContactRequest,
        GetContactRequest, ReportConnectionRequest, Resolution,
    },
};

const AGENT_UNREACHABLE: f64 = 0.01;
const CUSTOMER_GONE: f64 = 0.003;

impl Actor {
    pub(super) fn enqueue(&mut self, arrival: Arrival) {
        self.arrived += 1;
        let contact = format!("{}-{}", self.gateway.channel, self.arrived);
        let mut request = EnqueueContactRequest {
            contact_id: contact.clone(),
            gateway_id: self.id.clone(),
            channel: self.gateway.channel.clone(),
            category: arrival.category.clone(),
            customer_ref: arrival.customer.clone(),
            priority: arrival.priority,
            ..EnqueueContactRequest::default()
        };
        request.attributes.insert(TALK_ATTRIBUTE.to_owned(), format!("{:.1}", arrival.talk.as_secs_f64()));
        if arrival.customer_ends {
            request.attributes.insert(CUSTOMER_ENDS_ATTRIBUTE.to_owned(), "yes".to_owned());
        }
        let category = arrival.category.clone();
        self.gateway.book.open().arrive(contact.clone(), arrival);
        let client = self.client.clone();
        self.calls.spawn(async move {
            let answer =
                insist(client, request, |mut c, request| async move { c.enqueue_contact(request).await })
                    .await;
            Done::Enqueued { contact, category, answer }
        });
    }

    /// The customer has waited long enough.
    pub(super) fn leave(&mut self, contact: String) {
        if !self.gateway.book.open().waits(&contact) {
            return;
        }
        let client = self.client.clone();
        self.tell("CancelContact", async move {
            let request = CancelContactRequest { contact_id: contact };
            insist(client, request, |mut c, request| async move { c.cancel_contact(request).await }).await
        });
    }

    /// The customer has what was wanted.
    pub(super) fn hang_up(&mut self, contact: String) {
        if !self.gateway.book.open().is_live(&contact) {
            return;
        }
        let client = self.client.clone();
        self.tell("CompleteContact", async move {
            let request = CompleteContactRequest {
                contact_id: contact,
                disposition: String::new(),
                resolution: Resolution::Unspecified.into(),
            };
            insist(client, request, |mut c, request| async move { c.complete_contact(request).await }).await
        });
    }

    pub(super) fn connect(&mut self, contact: String, offer: u64, epoch: u32) {
        let result = if self.chance.happens(AGENT_UNREACHABLE) {
            ConnectionResult::AgentUnreachable
        } else if self.chance.happens(CUSTOMER_GONE) {
            ConnectionResult::CustomerGone
        } else {
            ConnectionResult::Connected
        };
        let client = self.client.clone();
        self.tell("ReportConnection", async move {
            let request = ReportConnectionRequest {
                contact_id: contact,
                offer_id: offer,
                epoch,
                result: result.into(),
            };
            insist(client, request, |mut c, request| async move { c.report_connection(request).await }).await
        });
    }

    fn tell<T>(
        &mut self,
        call: &'static str,
        telling: impl Future<Output = Result<T, Status>> + Send + 'static,
    ) {
        self.calls.spawn(async move { Done::Told { call, failed: telling.await.err() } });
    }

    pub(super) fn look_up(&mut self, contact: String) {
        let client = self.client.clone();
        self.calls.spawn(async move {
            let request = GetContactRequest { contact_id: contact.clone() };
            let answer =
                insist(client, request, |mut c, request| async move { c.get_contact(request).await }).await;
            Done::Found { contact, answer: answer.map(|response| response.contact) }
        });
    }
}
