//! Requests in short, for the table of reasons.

use kefud::proto::v1::{self, transfer_target::Target, update_promise_request::Change};
pub fn get(id: &str) -> v1::GetContactRequest {
    v1::GetContactRequest { contact_id: id.into() }
}

pub fn completed(id: &str) -> v1::CompleteContactRequest {
    v1::CompleteContactRequest { contact_id: id.into(), ..Default::default() }
}

pub fn says(id: &str, kind: v1::ActivityKind) -> v1::RecordActivityRequest {
    v1::RecordActivityRequest { contact_id: id.into(), kind: kind.into(), ..Default::default() }
}

pub fn transfer(id: &str, target: Target) -> v1::TransferContactRequest {
    let target = Some(v1::TransferTarget { target: Some(target), ..Default::default() });
    v1::TransferContactRequest { contact_id: id.into(), target, ..Default::default() }
}

pub fn assign(id: &str, agent: &str) -> v1::AssignContactRequest {
    v1::AssignContactRequest { contact_id: id.into(), agent_id: agent.into(), ..Default::default() }
}

pub fn feedback(id: &str, score: u32) -> v1::RecordFeedbackRequest {
    let feedback = Some(v1::Feedback { score, ..Default::default() });
    v1::RecordFeedbackRequest { contact_id: id.into(), feedback, request_id: String::new() }
}

pub fn change(agent: &str, promise: &str, change: Change) -> v1::UpdatePromiseRequest {
    v1::UpdatePromiseRequest {
        agent_id: agent.into(),
        promise_id: promise.into(),
        change: Some(change),
        reason: "why".into(),
        ..Default::default()
    }
}

pub fn ready(agent: &str) -> v1::SetAvailabilityRequest {
    v1::SetAvailabilityRequest {
        agent_id: agent.into(),
        availability: v1::Availability::Ready.into(),
        ..Default::default()
    }
}
