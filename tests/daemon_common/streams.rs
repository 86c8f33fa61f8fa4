//! The receiving end of streams. Each checks, with every message, what all streams promise: sequences that
//! never repeat and never go back.

use kefud::proto::v1::{
    self, stream_assignments_response::Update as AgentUpdate, watch_gateway_response::Update as GatewayUpdate,
};
use tonic::{Status, Streaming};

use super::soon;

/// A message that has its place in the history.
pub trait Sequenced {
    /// Its place.
    fn sequence(&self) -> u64;
    /// Whether it is a part of a snapshot that goes on, which can't be resumed from.
    fn more(&self) -> bool {
        false
    }
}

impl Sequenced for v1::StreamAssignmentsResponse {
    fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl Sequenced for v1::WatchGatewayResponse {
    fn sequence(&self) -> u64 {
        self.sequence
    }

    fn more(&self) -> bool {
        matches!(&self.update, Some(GatewayUpdate::Snapshot(part)) if part.more)
    }
}

impl Sequenced for v1::WatchContactResponse {
    fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl Sequenced for v1::WatchQueuesResponse {
    fn sequence(&self) -> u64 {
        self.sequence
    }
}

/// A stream, and the last sequence seen on it.
pub struct Watching<T> {
    stream: Streaming<T>,
    /// What to give back to resume.
    pub last_sequence: u64,
}

impl<T: Sequenced + std::fmt::Debug> Watching<T> {
    pub fn new(stream: Streaming<T>) -> Self {
        Self { stream, last_sequence: 0 }
    }

    /// The next message; none at the end; an error when the daemon ended it.
    pub async fn try_next(&mut self) -> Result<Option<T>, Status> {
        let message = soon("a message on a stream", self.stream.message()).await?;
        if let Some(message) = &message {
            let sequence = message.sequence();
            if message.more() {
                assert_eq!(sequence, 0, "nothing to resume from before the snapshot is whole");
            } else {
                assert!(sequence > self.last_sequence, "{} and then {sequence}", self.last_sequence);
                self.last_sequence = sequence;
            }
        }
        Ok(message)
    }

    /// The next message, which is expected to come.
    pub async fn next(&mut self) -> T {
        self.try_next().await.expect("not ended by the daemon").expect("not ended")
    }

    /// What the daemon ends the stream with, past messages that are still on their way.
    pub async fn end(&mut self) -> Option<Status> {
        loop {
            match self.try_next().await {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(status) => return Some(status),
            }
        }
    }
}

impl Watching<v1::WatchGatewayResponse> {
    /// The gateway's live contacts, from the snapshot that the stream opens with.
    pub async fn snapshot(&mut self) -> Vec<v1::Contact> {
        let mut contacts = Vec::new();
        loop {
            match self.next().await.update {
                Some(GatewayUpdate::Snapshot(part)) => {
                    contacts.extend(part.contacts);
                    if !part.more {
                        return contacts;
                    }
                }
                other => panic!("a snapshot comes first, not {other:?}"),
            }
        }
    }

    /// The next change: which contact, what happened.
    pub async fn change(&mut self) -> (v1::Contact, v1::ContactCause) {
        match self.next().await.update {
            Some(GatewayUpdate::ContactChange(change)) => {
                let cause = change.cause();
                (change.contact.expect("a contact"), cause)
            }
            other => panic!("a change is expected, not {other:?}"),
        }
    }

    /// The changes up to the one with this cause, which is returned.
    pub async fn until(&mut self, cause: v1::ContactCause) -> v1::Contact {
        loop {
            let (contact, seen) = self.change().await;
            if seen == cause {
                return contact;
            }
        }
    }
}

/// A desktop: an agent's stream after its snapshot.
pub struct Desk {
    pub stream: Watching<v1::StreamAssignmentsResponse>,
    pub snapshot: v1::AgentSnapshot,
}

impl Desk {
    pub(super) async fn begin(mut stream: Watching<v1::StreamAssignmentsResponse>) -> Self {
        match stream.next().await.update {
            Some(AgentUpdate::Snapshot(snapshot)) => Self { stream, snapshot },
            other => panic!("a snapshot comes first, not {other:?}"),
        }
    }

    /// The session that the snapshot tells.
    pub fn session_id(&self) -> u64 {
        self.snapshot.agent.as_ref().expect("an agent").session_id
    }

    /// The next update.
    pub async fn update(&mut self) -> AgentUpdate {
        self.stream.next().await.update.expect("an update")
    }

    /// The next offer with its contact, past other updates.
    pub async fn offered(&mut self) -> (v1::Offer, v1::Contact) {
        loop {
            if let AgentUpdate::Offered(offered) = self.update().await {
                return (offered.offer.expect("an offer"), offered.contact.expect("a contact"));
            }
        }
    }

    /// The next offer, past other updates.
    pub async fn offer(&mut self) -> v1::Offer {
        self.offered().await.0
    }

    /// How the next offer that ends does so, past other updates.
    pub async fn offer_ended(&mut self) -> v1::OfferEnded {
        loop {
            if let AgentUpdate::OfferEnded(ended) = self.update().await {
                return ended;
            }
        }
    }

    /// How the next assignment that ends does so, past other updates.
    pub async fn assignment_ended(&mut self) -> v1::AssignmentEnded {
        loop {
            if let AgentUpdate::AssignmentEnded(ended) = self.update().await {
                return ended;
            }
        }
    }

    /// The next change of the agent, past other updates.
    pub async fn agent_changed(&mut self) -> v1::Agent {
        loop {
            if let AgentUpdate::AgentChanged(agent) = self.update().await {
                return agent;
            }
        }
    }

    /// The next assignment that begins or moves on, past other updates.
    pub async fn assignment_changed(&mut self) -> v1::Assignment {
        loop {
            if let AgentUpdate::AssignmentChanged(change) = self.update().await {
                return change.assignment.expect("an assignment");
            }
        }
    }
}
