//! `SupervisorService`: what supervisors call.

use std::{collections::BTreeMap, ops::Bound, time::Duration};

use tokio::sync::watch;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::{
    engine::{command::Command, refusal::Refusal, state::State},
    proto::{
        journal::Presence,
        v1::{self, supervisor_service_server::SupervisorService},
    },
    runtime::{CallError, Tenant},
};

use super::{
    Answer, Api, Check, Streamed,
    agents::{availability_command, call_agent},
    callbacks,
    contacts::call_contact,
    convert, explain, interventions, notices, page, promises, request_key, schedule, surge,
};

const INTERVAL_MS: std::ops::RangeInclusive<u64> = 100..=60_000;
const INTERVAL_DEFAULT_MS: u64 = 1_000;

#[tonic::async_trait]
impl SupervisorService for Api {
    async fn list_queues(&self, request: Request<v1::ListQueuesRequest>) -> Answer<v1::ListQueuesResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        let size = check.page_size("page_size", request.page_size);
        let after: String = page::after(&mut check, &request.page_token);
        check.done()?;
        let response = tenant
            .read(move |state, now_ms| {
                let queues = state.plan().queues.range(beyond(after)).map(|(id, _)| (id, id));
                let (queues, next_page_token) =
                    page::page(queues, size, |id| Some(convert::queue(state, id, now_ms)));
                Ok(v1::ListQueuesResponse { queues, next_page_token, sequence: state.sequence() })
            })
            .await?;
        Ok(Response::new(response))
    }

    type WatchQueuesStream = Streamed<v1::WatchQueuesResponse>;

    async fn watch_queues(
        &self,
        request: Request<v1::WatchQueuesRequest>,
    ) -> Answer<Self::WatchQueuesStream> {
        let tenant = self.admitting_tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        let interval = request.interval.as_ref();
        let interval_ms = check.duration_ms("interval", interval, INTERVAL_MS, INTERVAL_DEFAULT_MS);
        check.done()?;
        let stream = watch_queues(tenant, Duration::from_millis(interval_ms), self.drain.clone());
        Ok(Response::new(Box::pin(stream)))
    }

    async fn list_agents(&self, request: Request<v1::ListAgentsRequest>) -> Answer<v1::ListAgentsResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.optional_id("group", &request.group);
        let size = check.page_size("page_size", request.page_size);
        let after: String = page::after(&mut check, &request.page_token);
        check.done()?;
        let response =
            tenant.read(move |state, now_ms| list_agents(state, &request, (size, after), now_ms)).await?;
        Ok(Response::new(response))
    }

    async fn assign_contact(
        &self,
        request: Request<v1::AssignContactRequest>,
    ) -> Answer<v1::AssignContactResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        check.id("agent_id", &request.agent_id);
        let key = request_key(&mut check, &request.request_id, "AssignContact", &request);
        check.done()?;
        let v1::AssignContactRequest { contact_id: id, agent_id: agent, override_requirements, .. } = request;
        let command = Command::Assign { contact: id.clone(), agent, override_requirements };
        let contact = call_contact(&tenant, key, id, command).await?;
        Ok(Response::new(v1::AssignContactResponse { contact }))
    }

    async fn set_agent_availability(
        &self,
        request: Request<v1::SetAgentAvailabilityRequest>,
    ) -> Answer<v1::SetAgentAvailabilityResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        let key = request_key(&mut check, &request.request_id, "SetAgentAvailability", &request);
        let v1::SetAgentAvailabilityRequest { agent_id: id, availability, reason, .. } = request;
        let command = availability_command(check, id.clone(), availability, reason)?;
        let agent = call_agent(&tenant, key, id, command).await?;
        Ok(Response::new(v1::SetAgentAvailabilityResponse { agent }))
    }

    async fn requeue_contact(
        &self,
        request: Request<v1::RequeueContactRequest>,
    ) -> Answer<v1::RequeueContactResponse> {
        interventions::requeue_contact(self, request).await
    }

    async fn reassign_contact(
        &self,
        request: Request<v1::ReassignContactRequest>,
    ) -> Answer<v1::ReassignContactResponse> {
        interventions::reassign_contact(self, request).await
    }

    async fn end_contact(&self, request: Request<v1::EndContactRequest>) -> Answer<v1::EndContactResponse> {
        interventions::end_contact(self, request).await
    }

    async fn change_contact(
        &self,
        request: Request<v1::ChangeContactRequest>,
    ) -> Answer<v1::ChangeContactResponse> {
        interventions::change_contact(self, request).await
    }

    async fn list_promises(
        &self,
        request: Request<v1::SupervisorServiceListPromisesRequest>,
    ) -> Answer<v1::SupervisorServiceListPromisesResponse> {
        promises::list_all_promises(self, request).await
    }

    async fn update_promise(
        &self,
        request: Request<v1::SupervisorServiceUpdatePromiseRequest>,
    ) -> Answer<v1::SupervisorServiceUpdatePromiseResponse> {
        promises::update_any_promise(self, request).await
    }

    type WatchNoticesStream = Streamed<v1::WatchNoticesResponse>;

    async fn watch_notices(
        &self,
        request: Request<v1::WatchNoticesRequest>,
    ) -> Answer<Self::WatchNoticesStream> {
        notices::watch_notices(self, request).await
    }

    async fn explain_contact(
        &self,
        request: Request<v1::ExplainContactRequest>,
    ) -> Answer<v1::ExplainContactResponse> {
        let tenant = self.tenant(&request)?;
        let v1::ExplainContactRequest { contact_id: id, max_agents, agent_id } = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &id);
        check.optional_id("agent_id", &agent_id);
        let max = check.told("max_agents", max_agents);
        check.done()?;
        let response = explain::settled(&tenant, move |state, now_ms| {
            explain::contact(state, &id, &agent_id, now_ms, max)
        })
        .await?;
        Ok(Response::new(response))
    }

    async fn explain_agent(
        &self,
        request: Request<v1::ExplainAgentRequest>,
    ) -> Answer<v1::ExplainAgentResponse> {
        let tenant = self.tenant(&request)?;
        let v1::ExplainAgentRequest { agent_id: id, max_contacts } = request.into_inner();
        let mut check = Check::new();
        check.id("agent_id", &id);
        let max = check.told("max_contacts", max_contacts);
        check.done()?;
        let response =
            explain::settled(&tenant, move |state, now_ms| explain::agent(state, &id, now_ms, max)).await?;
        Ok(Response::new(response))
    }

    async fn override_shift(
        &self,
        request: Request<v1::OverrideShiftRequest>,
    ) -> Answer<v1::OverrideShiftResponse> {
        schedule::override_shift(self, request).await
    }

    async fn override_queue(
        &self,
        request: Request<v1::OverrideQueueRequest>,
    ) -> Answer<v1::OverrideQueueResponse> {
        schedule::override_queue(self, request).await
    }

    async fn set_surge_level(
        &self,
        request: Request<v1::SetSurgeLevelRequest>,
    ) -> Answer<v1::SetSurgeLevelResponse> {
        surge::set_surge_level(self, request).await
    }

    async fn list_callbacks(
        &self,
        request: Request<v1::ListCallbacksRequest>,
    ) -> Answer<v1::ListCallbacksResponse> {
        callbacks::list_callbacks(self, request).await
    }

    async fn update_callback(
        &self,
        request: Request<v1::UpdateCallbackRequest>,
    ) -> Answer<v1::UpdateCallbackResponse> {
        callbacks::update_callback(self, request).await
    }
}

/// Ids after this one.
fn beyond(id: String) -> (Bound<String>, Bound<String>) {
    (Bound::Excluded(id), Bound::Unbounded)
}

fn list_agents(
    state: &State,
    request: &v1::ListAgentsRequest,
    (size, after): (usize, String),
    now_ms: u64,
) -> Result<v1::ListAgentsResponse, Refusal> {
    if !request.group.is_empty() && !state.plan().groups.contains_key(&request.group) {
        return Err(Refusal::not_found("GROUP_NOT_FOUND", format!("there is no group {}", request.group)));
    }
    let entries = state.plan().agents.range(beyond(after)).map(|(id, entry)| (id, (id, entry)));
    let (agents, next_page_token) = page::page(entries, size, |(id, entry)| {
        let agent = state.agent_by_id(id)?;
        let of_group = request.group.is_empty() || entry.groups.contains(&request.group);
        let there = !request.signed_in || agent.record.session != 0;
        let on_shift = !request.on_shift || agent.presence() != Some(Presence::Off);
        let deviating = !request.deviating || agent.record.deviation_noted;
        (of_group && there && on_shift && deviating).then(|| convert::agent(state, agent, now_ms))
    });
    Ok(v1::ListAgentsResponse { agents, next_page_token, sequence: state.sequence() })
}

/// A stream of the queues.
struct Watching {
    tenant: Tenant,
    timer: tokio::time::Interval,
    drain: watch::Receiver<bool>,
    told: BTreeMap<String, v1::Queue>,
    first: bool,
    ended: bool,
}

/// All queues, then at most once an interval those that changed. Each message tells how things are at its
/// sequence, so one that is skipped is not missed.
fn watch_queues(
    tenant: Tenant,
    interval: Duration,
    drain: watch::Receiver<bool>,
) -> impl Stream<Item = Result<v1::WatchQueuesResponse, Status>> {
    let mut timer = tokio::time::interval(interval);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let start = Watching { tenant, timer, drain, told: BTreeMap::new(), first: true, ended: false };
    futures_util::stream::unfold(start, |mut watching| async move {
        let message = watching.next().await?;
        Some((message, watching))
    })
}

impl Watching {
    async fn next(&mut self) -> Option<Result<v1::WatchQueuesResponse, Status>> {
        if self.ended {
            return None;
        }
        loop {
            match self.read().await {
                Ok(message) => {
                    let news = !message.queues.is_empty() || !message.removed_queues.is_empty();
                    if std::mem::take(&mut self.first) || news {
                        return Some(Ok(message));
                    }
                }
                // A full inbox passes; the next interval tells.
                Err(CallError::Overloaded) => {}
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error.into()));
                }
            }
        }
    }

    /// Waits for the interval, then tells what has changed.
    async fn read(&mut self) -> Result<v1::WatchQueuesResponse, CallError> {
        tokio::select! {
            _ = self.timer.tick() => {}
            _ = self.drain.wait_for(|drain| *drain) => return Err(CallError::Stopping),
        }
        let read = |state: &State, now_ms| {
            let queues = state.plan().queues.keys().map(|id| convert::queue(state, id, now_ms));
            Ok((queues.collect::<Vec<_>>(), state.sequence(), convert::timestamp(state, now_ms)))
        };
        let (queues, sequence, time) = self.tenant.read(read).await?;
        let now: BTreeMap<String, v1::Queue> =
            queues.into_iter().map(|queue| (queue.queue.clone(), queue)).collect();
        let changed = now.iter().filter(|(id, queue)| self.told.get(*id) != Some(queue));
        let queues: Vec<v1::Queue> = changed.map(|(_, queue)| queue.clone()).collect();
        let removed_queues: Vec<String> =
            self.told.keys().filter(|id| !now.contains_key(*id)).cloned().collect();
        self.told = now;
        Ok(v1::WatchQueuesResponse { queues, removed_queues, sequence, time })
    }
}
