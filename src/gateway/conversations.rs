//! What gateways tell of a conversation: who wrote, and what the customer thought of it in the end.

use tonic::{Request, Response};

use crate::{
    engine::command::{Activity, Command, Feedback},
    proto::v1,
};

use super::{Answer, Api, Check, contacts::call_contact, request_key};

const SCORE_MAX: u32 = 10;
const COMMENT_REF_BYTES: usize = 256;

pub(super) async fn record_activity(
    api: &Api,
    request: Request<v1::RecordActivityRequest>,
) -> Answer<v1::RecordActivityResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("contact_id", &request.contact_id);
    let activity = match request.kind() {
        v1::ActivityKind::CustomerMessage => Activity::CustomerMessage,
        v1::ActivityKind::CustomerAction => Activity::CustomerAction,
        v1::ActivityKind::AgentMessage => Activity::AgentMessage,
        v1::ActivityKind::AutomaticMessage => Activity::AutomaticMessage,
        v1::ActivityKind::Unspecified => {
            check.not_named("kind", request.kind);
            // Not used: the request is refused below.
            Activity::CustomerMessage
        }
    };
    let key = request_key(&mut check, &request.request_id, "RecordActivity", &request);
    check.done()?;
    let v1::RecordActivityRequest { contact_id: id, validate_only: check_only, .. } = request;
    // What records nothing leaves nothing behind by which a repeat would be known.
    let key = key.filter(|_| !check_only);
    let command = Command::RecordActivity { contact: id.clone(), activity, check_only };
    let contact = call_contact(&tenant, key, id, command).await?;
    Ok(Response::new(v1::RecordActivityResponse { contact }))
}

pub(super) async fn record_feedback(
    api: &Api,
    request: Request<v1::RecordFeedbackRequest>,
) -> Answer<v1::RecordFeedbackResponse> {
    let tenant = api.tenant(&request)?;
    let mut request = request.into_inner();
    let mut check = Check::new();
    check.id("contact_id", &request.contact_id);
    match &mut request.feedback {
        // A retry at another time is the same request.
        Some(feedback) => feedback.time = None,
        None => check.problem("feedback", "is required"),
    }
    let key = request_key(&mut check, &request.request_id, "RecordFeedback", &request);
    let v1::RecordFeedbackRequest { contact_id: id, feedback, request_id: _ } = request;
    let v1::Feedback { score, resolved, comment_ref, time: _ } = feedback.unwrap_or_default();
    if score > SCORE_MAX {
        check.problem("feedback.score", "must be 0 to 10");
    }
    check.text("feedback.comment_ref", &comment_ref, COMMENT_REF_BYTES);
    check.done()?;
    let feedback = Feedback { score, resolved, comment_ref };
    let command = Command::RecordFeedback { contact: id.clone(), feedback };
    let contact = call_contact(&tenant, key, id, command).await?;
    Ok(Response::new(v1::RecordFeedbackResponse { contact }))
}
