//! `AgentService`: what desktops call.

use tonic::{Request, Response};

use crate::{
    engine::{
        command::{Command, Ending, Reply, RequestKey},
        refusal::Refusal,
        state::State,
    },
    proto::v1::{self, agent_service_server::AgentService, stream_assignments_response::Update},
    runtime::{CallError, Desk, Start, Tenant},
    streams::{Item, Opening, Topic},
};

use super::{
    Answer, Api, Check, Streamed, consults,
    contacts::{answered_contact, call_contact},
    convert, promises, request_key, respond,
    targets::target,
};

/// The agent of an id, as a message.
pub(super) fn agent(state: &State, id: &str, now_ms: u64) -> Result<Option<v1::Agent>, Refusal> {
    state
        .agent_by_id(id)
        .map(|agent| Some(convert::agent(state, agent, now_ms)))
        .ok_or_else(|| Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}")))
}

/// Carries out a command about an agent and tells how the agent is then.
pub(super) async fn call_agent(
    tenant: &Tenant,
    key: Option<RequestKey>,
    id: String,
    command: Command,
) -> Result<Option<v1::Agent>, CallError> {
    tenant.call(key, command, move |state, _, now_ms| agent(state, &id, now_ms)).await
}

#[tonic::async_trait]
impl AgentService for Api {
    type StreamAssignmentsStream = Streamed<v1::StreamAssignmentsResponse>;

    async fn stream_assignments(
        &self,
        request: Request<v1::StreamAssignmentsRequest>,
    ) -> Answer<Self::StreamAssignmentsStream> {
        let tenant = self.admitting_tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &request.agent_id);
        let ready = check.availability("availability", request.availability, false);
        check.done()?;
        let watch = tenant.watch(move |desk| start_agent(desk, &request, ready)).await?;
        Ok(respond(watch, |item| match item {
            Item::Agent(message) => Some(message.clone()),
            Item::Contact(_) | Item::Gateway(_) | Item::Notice(_) => None,
        }))
    }

    async fn keep_alive(
        &self,
        request: Request<v1::AgentServiceKeepAliveRequest>,
    ) -> Answer<v1::AgentServiceKeepAliveResponse> {
        let tenant = self.tenant(&request)?;
        let v1::AgentServiceKeepAliveRequest { agent_id: id, session_id: session } = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &id);
        if session == 0 {
            check.problem("session_id", "is required");
        }
        check.done()?;
        let command = Command::AgentAlive { agent: id.clone(), session };
        let agent = call_agent(&tenant, None, id, command).await?;
        Ok(Response::new(v1::AgentServiceKeepAliveResponse { agent }))
    }

    async fn sign_out(&self, request: Request<v1::SignOutRequest>) -> Answer<v1::SignOutResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &request.agent_id);
        check.done()?;
        let v1::SignOutRequest { agent_id: id, session_id: session, return_contacts } = request;
        let command = Command::SignOut { agent: id.clone(), session, return_contacts };
        let agent = call_agent(&tenant, None, id, command).await?;
        Ok(Response::new(v1::SignOutResponse { agent }))
    }

    async fn set_availability(
        &self,
        request: Request<v1::SetAvailabilityRequest>,
    ) -> Answer<v1::SetAvailabilityResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        let key = request_key(&mut check, &request.request_id, "SetAvailability", &request);
        let v1::SetAvailabilityRequest { agent_id: id, availability, reason, .. } = request;
        let command = availability_command(check, id.clone(), availability, reason)?;
        let agent = call_agent(&tenant, key, id, command).await?;
        Ok(Response::new(v1::SetAvailabilityResponse { agent }))
    }

    async fn accept_offer(
        &self,
        request: Request<v1::AcceptOfferRequest>,
    ) -> Answer<v1::AcceptOfferResponse> {
        let tenant = self.tenant(&request)?;
        let v1::AcceptOfferRequest { agent_id: agent, offer_id: offer, epoch } = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &agent);
        check.number("offer_id", offer);
        check.number("epoch", epoch);
        check.done()?;
        let response = tenant
            .call(None, Command::Accept { agent, offer, epoch }, move |state, reply, now_ms| {
                let contact = answered_contact(state, reply, "", now_ms)?;
                let assignment = state.assignment(offer).map(|leg| convert::assignment(state, leg));
                Ok(v1::AcceptOfferResponse { contact, assignment })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn decline_offer(
        &self,
        request: Request<v1::DeclineOfferRequest>,
    ) -> Answer<v1::DeclineOfferResponse> {
        let tenant = self.tenant(&request)?;
        let v1::DeclineOfferRequest { agent_id: id, offer_id: offer, epoch } = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &id);
        check.number("offer_id", offer);
        check.number("epoch", epoch);
        check.done()?;
        let agent =
            call_agent(&tenant, None, id.clone(), Command::Decline { agent: id, offer, epoch }).await?;
        Ok(Response::new(v1::DeclineOfferResponse { agent }))
    }

    async fn complete_contact(
        &self,
        request: Request<v1::AgentServiceCompleteContactRequest>,
    ) -> Answer<v1::AgentServiceCompleteContactResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &request.agent_id);
        check.id("contact_id", &request.contact_id);
        check.optional_id("disposition", &request.disposition);
        let resolution = check.resolution("resolution", request.resolution);
        let promise = request.promise.map(|promise| check.new_promise("promise", promise));
        check.done()?;
        let v1::AgentServiceCompleteContactRequest { agent_id, contact_id, disposition, .. } = request;
        let response = tenant
            .run(move |desk| {
                let command = Command::Complete {
                    agent: Some(agent_id.clone()),
                    contact: contact_id.clone(),
                    ending: Ending { disposition, resolution },
                    promise: promise.map(|promise| Box::new(promise.at(desk.state()))),
                };
                let reply = desk.step(None, command)?;
                let contact = answered_contact(desk.state(), &reply, &contact_id, desk.now_ms())?;
                let agent = agent(desk.state(), &agent_id, desk.now_ms())?;
                Ok(v1::AgentServiceCompleteContactResponse { contact, agent })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn finish_wrap_up(
        &self,
        request: Request<v1::FinishWrapUpRequest>,
    ) -> Answer<v1::FinishWrapUpResponse> {
        let tenant = self.tenant(&request)?;
        let v1::FinishWrapUpRequest { agent_id: id, contact_id: contact } = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &id);
        check.id("contact_id", &contact);
        check.done()?;
        let agent =
            call_agent(&tenant, None, id.clone(), Command::FinishWrapUp { agent: id, contact }).await?;
        Ok(Response::new(v1::FinishWrapUpResponse { agent }))
    }

    async fn pull_contact(
        &self,
        request: Request<v1::PullContactRequest>,
    ) -> Answer<v1::PullContactResponse> {
        let tenant = self.tenant(&request)?;
        let v1::PullContactRequest { agent_id: agent, contact_id: contact } = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &agent);
        check.id("contact_id", &contact);
        check.done()?;
        let response = tenant
            .call(None, Command::Pull { agent, contact }, move |state, reply, now_ms| {
                let contact = answered_contact(state, reply, "", now_ms)?;
                let assignment = contact.as_ref().and_then(|contact| contact.assignment.clone());
                Ok(v1::PullContactResponse { contact, assignment })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn transfer_contact(
        &self,
        request: Request<v1::AgentServiceTransferContactRequest>,
    ) -> Answer<v1::AgentServiceTransferContactResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &request.agent_id);
        check.id("contact_id", &request.contact_id);
        let key = request_key(&mut check, &request.request_id, "AgentTransferContact", &request);
        let (target, other_channel) = target(&mut check, request.target);
        check.done()?;
        let id = request.contact_id;
        let agent = Some(request.agent_id);
        let command = Command::Transfer { agent, contact: id.clone(), target, other_channel };
        let contact = call_contact(&tenant, key, id, command).await?;
        Ok(Response::new(v1::AgentServiceTransferContactResponse { contact }))
    }

    async fn start_consult(
        &self,
        request: Request<v1::StartConsultRequest>,
    ) -> Answer<v1::StartConsultResponse> {
        consults::start_consult(self, request).await
    }

    async fn change_consult(
        &self,
        request: Request<v1::ChangeConsultRequest>,
    ) -> Answer<v1::ChangeConsultResponse> {
        consults::change_consult(self, request).await
    }

    async fn make_promise(
        &self,
        request: Request<v1::MakePromiseRequest>,
    ) -> Answer<v1::MakePromiseResponse> {
        promises::make_promise(self, request).await
    }

    async fn list_promises(
        &self,
        request: Request<v1::ListPromisesRequest>,
    ) -> Answer<v1::ListPromisesResponse> {
        promises::list_promises(self, request).await
    }

    async fn update_promise(
        &self,
        request: Request<v1::UpdatePromiseRequest>,
    ) -> Answer<v1::UpdatePromiseResponse> {
        promises::update_promise(self, request).await
    }
}

/// The command that sets an agent's availability, from a request's fields.
pub(super) fn availability_command(
    mut check: Check,
    agent: String,
    availability: i32,
    reason: String,
) -> Result<Command, Refusal> {
    check.id("agent_id", &agent);
    let ready = check.availability("availability", availability, true);
    match ready {
        Some(false) => check.reason("reason", &reason),
        Some(true) if !reason.is_empty() => check.problem("reason", "goes with NOT_READY only"),
        _ => {}
    }
    check.done()?;
    Ok(Command::SetAvailability { agent, ready: ready == Some(true), reason })
}

fn start_agent(
    desk: &mut Desk<'_>,
    request: &v1::StreamAssignmentsRequest,
    ready: Option<bool>,
) -> Result<Start, Refusal> {
    let id = &request.agent_id;
    let sign_in = Command::SignIn { agent: id.clone(), session: request.session_id, ready };
    let reply = desk.step(None, sign_in)?;
    let Reply::SignedIn { agent: number, session, resumed } = reply else {
        return Err(Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}")));
    };
    let (state, now_ms) = (desk.state(), desk.now_ms());
    let (sequence, time) = (state.sequence(), convert::timestamp(state, now_ms));
    let item = |sequence, update| {
        Item::Agent(v1::StreamAssignmentsResponse { sequence, time, update: Some(update) })
    };
    let snapshot =
        state.agent(number).map(|agent| convert::agent_snapshot(state, agent, now_ms)).unwrap_or_default();
    let after = request.after_sequence;
    let resumes = resumed && after > 0 && after <= sequence;
    let opening = Opening {
        snapshot: vec![item(sequence, Update::Snapshot(snapshot))],
        // What was missed follows, so whoever breaks off here resumes from where it was.
        resume: Some(item(after, Update::Resumed(v1::StreamResumed { after_sequence: after }))),
        after: resumes.then_some(after),
        ends: false,
    };
    let lost = Some(Command::AgentStreamLost { agent: id.clone(), session });
    Ok(Start { topic: Topic::Agent(number), session, opening, lost })
}
