//! What a gateway calls. None of it waits: outcomes come to the actor.

use std::time::Duration;

use tonic::Status;

use super::{
    Actor, BOT_CHANNEL, BOT_GATEWAY, CUSTOMER_ENDS_ATTRIBUTE, Done, Due, MESSAGE_GAP_MEDIAN,
    MESSAGE_GAP_SPREAD, TALK_ATTRIBUTE,
};
use crate::{
    cli::demo::{arrivals::Arrival, stage::insist},
    proto::v1::{
        ActivityKind, CancelContactRequest, CompleteContactRequest, ConnectionResult, EnqueueContactRequest,
        GetContactRequest, RecordActivityRequest, ReportConnectionRequest, RequestCallbackRequest,
        Resolution,
    },
};

const BEGINS_WITH_BOT: f64 = 1.0 / 3.0;
const FALLS_SILENT: f64 = 0.1;
/// Silence beyond that after which a conversation is parked.
const SILENCE_BEYOND_MEAN: Duration = Duration::from_secs(90);
const AGENT_UNREACHABLE: f64 = 0.01;
const CUSTOMER_GONE: f64 = 0.003;
/// Of those who are offered one.
const TAKES_CALLBACK: f64 = 0.4;
/// Of those who are called back.
const NOT_REACHED: f64 = 0.2;

impl Actor {
    pub(super) fn enqueue(&mut self, mut arrival: Arrival) {
        self.arrived += 1;
        let contact = format!("{}-{}", self.gateway.channel, self.arrived);
        if let Some(silence) = self.silence() {
            // The talk is as long as without it.
            arrival.talk += silence;
            self.silent.insert(contact.clone(), silence);
        }
        let with_bot = self.gateway.channel == BOT_CHANNEL && self.chance.happens(BEGINS_WITH_BOT);
        let bot = if with_bot { BOT_GATEWAY } else { "" };
        let mut request = EnqueueContactRequest {
            contact_id: contact.clone(),
            gateway_id: self.id.clone(),
            channel: self.gateway.channel.clone(),
            category: arrival.category.clone(),
            customer_ref: arrival.customer.clone(),
            priority: arrival.priority,
            bot_gateway_id: bot.to_owned(),
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

    /// How long a customer who falls silent says nothing: longer than the agent's attention is kept.
    fn silence(&mut self) -> Option<Duration> {
        let channel = self.gateway.plan.channels.get(&self.gateway.channel);
        let park_after = Duration::from_millis(channel.and_then(|channel| channel.park_after_ms)?);
        let beyond = self.chance.exponential(SILENCE_BEYOND_MEAN);
        self.chance.happens(FALLS_SILENT).then(|| park_after + beyond)
    }

    /// Customer or agent writes; then it is the other's turn.
    pub(super) fn say(&mut self, contact: String, customer: bool) {
        let (is_live, waits) = {
            let book = self.gateway.book.open();
            (book.is_live(&contact), book.waits(&contact))
        };
        if !is_live {
            return;
        }
        let gap = self.chance.lognormal(MESSAGE_GAP_MEDIAN, MESSAGE_GAP_SPREAD);
        let next = Due::Say { contact: contact.clone(), customer: !customer };
        self.timers.add(self.stage.pace.after(gap), next);
        // Who waits for an agent again gets no answer meanwhile.
        if waits && !customer {
            return;
        }
        let kind = if customer { ActivityKind::CustomerMessage } else { ActivityKind::AgentMessage };
        let client = self.client.clone();
        self.tell("RecordActivity", async move {
            let request =
                RecordActivityRequest { contact_id: contact, kind: kind.into(), ..Default::default() };
            insist(client, request, |mut c, request| async move { c.record_activity(request).await }).await
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

    /// A customer who waits is asked whether it wants to be called back.
    pub(super) fn offer_callback(&mut self, contact: String) {
        let takes = self.gateway.takes_callbacks && self.chance.happens(TAKES_CALLBACK);
        if !takes || !self.gateway.book.open().waits(&contact) {
            return;
        }
        let client = self.client.clone();
        self.tell("RequestCallback", async move {
            let request = RequestCallbackRequest {
                callback_id: contact.clone(),
                number: contact.clone(),
                contact_id: contact,
                ..RequestCallbackRequest::default()
            };
            insist(client, request, |mut c, request| async move { c.request_callback(request).await }).await
        });
    }

    pub(super) fn connect(&mut self, contact: String, offer: u64, epoch: u32) {
        let gone =
            if self.gateway.book.open().is_called_back(&contact) { NOT_REACHED } else { CUSTOMER_GONE };
        let result = if self.chance.happens(AGENT_UNREACHABLE) {
            ConnectionResult::AgentUnreachable
        } else if self.chance.happens(gone) {
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
