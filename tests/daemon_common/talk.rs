//! Conversations as gateways, desktops and supervisors hold them: short forms of what tests of them ask for.

use kefud::proto::v1::{
    self, ActivityKind, ConsultAction, ContactCause, start_consult_request::Target as Asked,
    stream_assignments_response::Update as AgentUpdate, transfer_target::Target,
    watch_notices_response::Update as NoticeUpdate,
};
use tonic::Status;

use super::{
    Daemon, Place,
    client::{Client, GATEWAY, contact},
    plans, soon,
    streams::{Desk, Sequenced, Watching},
};

/// The gateway of the tests' bot.
pub const BOT: &str = "bot";

/// A daemon with [`plans::TALK`], and a connection to it.
pub async fn talk() -> (Place, Daemon, Client) {
    let place = Place::new(plans::TALK, &[]);
    let daemon = place.start();
    let client = daemon.client().await;
    (place, daemon, client)
}

/// A contact that begins with the bot.
pub fn with_bot(id: &str, channel: &str, queue: &str) -> v1::EnqueueContactRequest {
    v1::EnqueueContactRequest { bot_gateway_id: BOT.into(), ..contact(id, channel, queue) }
}

/// The bot gives a contact back.
pub fn from_bot(id: &str) -> v1::ReturnFromBotRequest {
    v1::ReturnFromBotRequest {
        contact_id: id.into(),
        bot_gateway_id: BOT.into(),
        result: v1::BotResult::HandedOver.into(),
        ..Default::default()
    }
}

/// The bot has settled a contact.
pub fn closed_by_bot(id: &str) -> v1::ReturnFromBotRequest {
    v1::ReturnFromBotRequest { result: v1::BotResult::Closed.into(), ..from_bot(id) }
}

/// An agent asks another.
pub fn consult(agent: &str, contact: &str, consult: &str, consultant: &str) -> v1::StartConsultRequest {
    v1::StartConsultRequest {
        agent_id: agent.into(),
        contact_id: contact.into(),
        consult_id: consult.into(),
        target: Some(Asked::ConsultantId(consultant.into())),
        ..Default::default()
    }
}

/// A time from now.
pub fn after(seconds: i64) -> Option<v1::PromiseDue> {
    let after = prost_types::Duration { seconds, nanos: 0 };
    Some(v1::PromiseDue { due: Some(v1::promise_due::Due::After(after)) })
}

/// A call that is promised in the queue for such calls.
pub fn promise(id: &str, seconds: i64) -> v1::NewPromise {
    v1::NewPromise {
        promise_id: id.into(),
        due: after(seconds),
        queue: "calls".into(),
        channel: "phone".into(),
        gateway_id: GATEWAY.into(),
        note: "whether the parcel is there".into(),
        ..Default::default()
    }
}

/// To a queue.
pub fn to_queue(queue: &str) -> Option<v1::TransferTarget> {
    Some(v1::TransferTarget { target: Some(Target::Queue(queue.into())), ..Default::default() })
}

impl Client {
    /// Somebody writes, or is about to.
    pub async fn says(&self, id: &str, kind: ActivityKind) -> Result<v1::Contact, Status> {
        let request =
            v1::RecordActivityRequest { contact_id: id.into(), kind: kind.into(), ..Default::default() };
        let answer = self.contacts.clone().record_activity(request).await?;
        Ok(answer.into_inner().contact.expect("a contact"))
    }

    /// The bot leaves a contact.
    pub async fn leave_bot(&self, request: v1::ReturnFromBotRequest) -> Result<v1::Contact, Status> {
        let answer = self.contacts.clone().return_from_bot(request).await?;
        Ok(answer.into_inner().contact.expect("a contact"))
    }

    /// A contact that waits goes to the bot.
    pub async fn hand_to_bot(&self, id: &str) -> Result<v1::Contact, Status> {
        let request =
            v1::HandToBotRequest { contact_id: id.into(), bot_gateway_id: BOT.into(), ..Default::default() };
        let answer = self.contacts.clone().hand_to_bot(request).await?;
        Ok(answer.into_inner().contact.expect("a contact"))
    }

    /// Asks a colleague; the consult and the contact that it is about.
    pub async fn start_consult(
        &self,
        request: v1::StartConsultRequest,
    ) -> Result<(v1::Contact, v1::Contact), Status> {
        let answer = self.agents.clone().start_consult(request).await?.into_inner();
        Ok((answer.consult.expect("a consult"), answer.contact.expect("a contact")))
    }

    /// What becomes of a consult; both contacts as they are then.
    pub async fn change_consult(
        &self,
        agent: &str,
        consult: &str,
        action: ConsultAction,
    ) -> Result<(v1::Contact, v1::Contact), Status> {
        let request = v1::ChangeConsultRequest {
            agent_id: agent.into(),
            consult_id: consult.into(),
            action: action.into(),
        };
        let answer = self.agents.clone().change_consult(request).await?.into_inner();
        Ok((answer.consult.expect("a consult"), answer.contact.expect("a contact")))
    }

    /// An agent promises.
    pub async fn make_promise(
        &self,
        agent: &str,
        contact: &str,
        promise: v1::NewPromise,
    ) -> Result<v1::Promise, Status> {
        let request = v1::MakePromiseRequest {
            agent_id: agent.into(),
            contact_id: contact.into(),
            promise: Some(promise),
        };
        let answer = self.agents.clone().make_promise(request).await?;
        Ok(answer.into_inner().promise.expect("a promise"))
    }

    /// Moves a contact, as its gateway.
    pub async fn transfer(
        &self,
        id: &str,
        target: Option<v1::TransferTarget>,
    ) -> Result<v1::Contact, Status> {
        let request = v1::TransferContactRequest { contact_id: id.into(), target, ..Default::default() };
        let answer = self.contacts.clone().transfer_contact(request).await?;
        Ok(answer.into_inner().contact.expect("a contact"))
    }

    /// The agent takes the contact when it is offered, and is connected where that has to be.
    pub async fn take(&self, desk: &mut Desk, id: &str) -> v1::Offer {
        let offer = desk.offer_of(id).await;
        let taken = self.accept(&offer).await.expect(id);
        if taken.state() == v1::ContactState::Connecting {
            self.report(id, &offer, v1::ConnectionResult::Connected).await.expect(id);
        }
        offer
    }

    /// What needs a supervisor's eye, from now or after a sequence.
    pub async fn notices(&self, request: v1::WatchNoticesRequest) -> Watching<v1::WatchNoticesResponse> {
        let after = request.after_sequence;
        let opened = soon("a stream", self.supervisors.clone().watch_notices(request)).await;
        let mut stream = Watching::new(opened.expect("opened").into_inner());
        match stream.next().await.update {
            Some(NoticeUpdate::Opened(opened)) if after == 0 || opened.after_sequence == after => stream,
            other => panic!("opened is expected, not {other:?}"),
        }
    }

    /// The counts of a queue on its only channel that has any.
    pub async fn queue(&self, id: &str) -> v1::Queue {
        let answer = self.supervisors.clone().list_queues(v1::ListQueuesRequest::default()).await;
        let queues = answer.expect("queues").into_inner().queues;
        queues.into_iter().find(|queue| queue.queue == id).expect(id)
    }
}

impl Sequenced for v1::WatchNoticesResponse {
    fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl Watching<v1::WatchNoticesResponse> {
    /// The next notice.
    pub async fn notice(&mut self) -> v1::Notice {
        match self.next().await.update {
            Some(NoticeUpdate::Notice(notice)) => notice,
            other => panic!("a notice is expected, not {other:?}"),
        }
    }
}

impl Watching<v1::WatchGatewayResponse> {
    /// The next so many changes: contacts and what happened to them.
    pub async fn changes(&mut self, count: usize) -> Vec<(String, ContactCause)> {
        let mut changes = Vec::new();
        while changes.len() < count {
            let (contact, cause) = self.change().await;
            changes.push((contact.contact_id, cause));
        }
        changes
    }
}

impl Watching<v1::WatchContactResponse> {
    /// What happens to the contact up to this, which is the last.
    pub async fn causes_until(&mut self, last: ContactCause) -> Vec<ContactCause> {
        let mut causes = Vec::new();
        while causes.last() != Some(&last) {
            causes.push(self.next().await.cause());
        }
        causes
    }
}

impl Desk {
    /// The offer of this contact, from the snapshot or past other updates.
    pub async fn offer_of(&mut self, id: &str) -> v1::Offer {
        let offers = &mut self.snapshot.offers;
        let known =
            offers.iter().position(|known| known.contact.as_ref().is_some_and(|told| told.contact_id == id));
        if let Some(offer) = known.and_then(|at| offers.remove(at).offer) {
            return offer;
        }
        loop {
            let (offer, contact) = self.offered().await;
            if contact.contact_id == id {
                return offer;
            }
        }
    }

    /// The next change of an assignment of this contact, past other updates.
    pub async fn change_of(&mut self, id: &str) -> (v1::Assignment, v1::Contact) {
        loop {
            if let AgentUpdate::AssignmentChanged(change) = self.update().await {
                let assignment = change.assignment.expect("an assignment");
                if assignment.contact_id == id {
                    return (assignment, change.contact.expect("a contact"));
                }
            }
        }
    }

    /// The next change of a promise, past other updates.
    pub async fn promise_changed(&mut self) -> v1::Promise {
        loop {
            if let AgentUpdate::PromiseChanged(promise) = self.update().await {
                return promise;
            }
        }
    }
}
