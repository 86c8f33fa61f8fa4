//! `ContactService`: what gateways call.

use prost::Message;
use tonic::{Request, Response};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    engine::{
        command::{Command, Connection, Ending, Enqueue, Reply, RequestKey, Update},
        limits::GATEWAY_LEASE_MS,
        no_contact,
        refusal::Refusal,
        state::State,
    },
    proto::{
        journal::{self as j, PlanKind},
        v1::{self, contact_service_server::ContactService},
    },
    runtime::{CallError, Tenant},
    streams::Item,
};

use super::{
    Answer, Api, Check, Streamed, bots, callbacks, conversations, convert, fingerprint,
    openings::{start_contact, start_gateway},
    page, promises, request_key, respond,
    targets::target,
};

const LEASE_MS: std::ops::RangeInclusive<u64> = 5_000..=300_000;

/// The contact that a reply is about (a repeat's by its id), as a message.
pub(super) fn answered_contact(
    state: &State,
    reply: &Reply,
    id: &str,
    now_ms: u64,
) -> Result<Option<v1::Contact>, Refusal> {
    let record = match reply {
        Reply::Contact(contact) | Reply::Enqueued { contact, .. } | Reply::Accepted { contact, .. } => {
            state.contact(*contact)
        }
        _ => state.contact_by_id(id),
    };
    record.map(|record| Some(convert::contact(state, record, now_ms))).ok_or_else(|| no_contact(state, id))
}

/// Carries out a command about a contact and tells how the contact is then.
pub(super) async fn call_contact(
    tenant: &Tenant,
    key: Option<RequestKey>,
    id: String,
    command: Command,
) -> Result<Option<v1::Contact>, CallError> {
    tenant.call(key, command, move |state, reply, now_ms| answered_contact(state, reply, &id, now_ms)).await
}

/// Customer data as it is journaled.
pub(super) fn seal(
    customer_ref: String,
    attributes: std::collections::BTreeMap<String, String>,
) -> j::Sealed {
    // 0 is nobody.
    let lookup = if customer_ref.is_empty() { 0 } else { xxh3_64(customer_ref.as_bytes()).max(1) };
    let attributes = attributes.into_iter().map(|(key, value)| j::Attribute { key, value }).collect();
    let customer = j::Customer { customer_ref, attributes, ..j::Customer::default() };
    j::Sealed { key: 0, data: customer.encode_to_vec(), lookup }
}

/// What an update asks of agents.
fn asked(check: &mut Check, request: &v1::UpdateContactRequest) -> Update {
    let mut list = |field: &str, list: &Option<v1::SkillRequirements>| {
        list.as_ref().map(|list| check.skills(field, &list.skills))
    };
    let skills = list("required_skills.skills", &request.required_skills);
    let none_of = list("none_of_skills.skills", &request.none_of_skills);
    let preferred_skills = list("preferred_skills.skills", &request.preferred_skills);
    let sets = request.any_of_skills.as_ref();
    let any_of = sets.map(|sets| check.skill_sets("any_of_skills.sets", &sets.sets));
    let preferred_agent = request.preferred_agent_id.clone();
    check.optional_id("preferred_agent_id", preferred_agent.as_deref().unwrap_or_default());
    Update { skills, any_of, none_of, preferred_skills, preferred_agent, ..Update::default() }
}

#[tonic::async_trait]
impl ContactService for Api {
    async fn enqueue_contact(
        &self,
        request: Request<v1::EnqueueContactRequest>,
    ) -> Answer<v1::EnqueueContactResponse> {
        let tenant = self.admitting_tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        check.id("gateway_id", &request.gateway_id);
        check.id("channel", &request.channel);
        check.optional_id("queue", &request.queue);
        check.optional_id("category", &request.category);
        if request.queue.is_empty() && request.category.is_empty() {
            check.problem("queue", "or `category` is required");
        }
        check.customer_ref("customer_ref", &request.customer_ref);
        check.language("language", &request.language);
        check.optional_id("case_id", &request.case_id);
        check.priority("priority", request.priority);
        let wants = check.wants(&request);
        check.attributes("attributes", &request.attributes);
        check.optional_id("bot_gateway_id", &request.bot_gateway_id);
        check.done()?;
        let fingerprint = fingerprint("EnqueueContact", &request);
        let place = (request.queue.clone(), request.category.clone(), request.channel.clone());
        let id = request.contact_id.clone();
        let enqueue = Enqueue {
            id: request.contact_id,
            gateway: request.gateway_id,
            channel: request.channel,
            queue: request.queue,
            category: request.category,
            language: request.language,
            case_id: request.case_id,
            priority: request.priority,
            wants,
            customer: seal(request.customer_ref, request.attributes),
            fingerprint,
            bot: request.bot_gateway_id,
            by_action: request.by_action,
        };
        let counter = tenant.clone();
        let answer = tenant
            .run(move |desk| {
                let reply = desk.step(None, Command::Enqueue(Box::new(enqueue))).inspect_err(|refusal| {
                    if refusal.retry_after_ms.is_some()
                        || matches!(refusal.reason, "NOBODY_CAN_SERVE" | "QUEUE_CLOSED")
                    {
                        count_rejected(desk.state(), &counter, place, refusal.reason);
                    }
                })?;
                let created = matches!(reply, Reply::Enqueued { created: true, .. });
                let contact = answered_contact(desk.state(), &reply, &id, desk.now_ms())?;
                let hours = convert::asked_hours(desk.state(), &id, desk.now_ms());
                let record = desk.state().contact_by_id(&id);
                let callback_offered = record.is_some_and(|record| desk.state().callback_open(record.queue));
                Ok(v1::EnqueueContactResponse {
                    contact,
                    created,
                    queue_closed: hours.0,
                    next_opening_time: hours.1,
                    callback_offered,
                })
            })
            .await;
        if answer == Err(CallError::Overloaded) {
            tenant.rejected("", "", "OVERLOADED");
        }
        Ok(Response::new(answer?))
    }

    async fn get_contact(&self, request: Request<v1::GetContactRequest>) -> Answer<v1::GetContactResponse> {
        let tenant = self.tenant(&request)?;
        let id = request.into_inner().contact_id;
        let mut check = Check::new();
        check.id("contact_id", &id);
        check.done()?;
        let contact = tenant
            .read(move |state, now_ms| {
                let record = state.contact_by_id(&id).ok_or_else(|| no_contact(state, &id))?;
                Ok(convert::contact(state, record, now_ms))
            })
            .await?;
        Ok(Response::new(v1::GetContactResponse { contact: Some(contact) }))
    }

    async fn list_contacts(
        &self,
        request: Request<v1::ListContactsRequest>,
    ) -> Answer<v1::ListContactsResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.optional_id("queue", &request.queue);
        check.optional_id("gateway_id", &request.gateway_id);
        let wanted = match v1::ContactState::try_from(request.state) {
            Ok(v1::ContactState::Unspecified) => None,
            Ok(
                state @ (v1::ContactState::Waiting
                | v1::ContactState::Offered
                | v1::ContactState::Connecting
                | v1::ContactState::Active
                | v1::ContactState::Parked
                | v1::ContactState::WithBot),
            ) => Some(state),
            _ => {
                check.problem("state", "must be a live state");
                None
            }
        };
        let size = check.page_size("page_size", request.page_size);
        let after: u64 = page::after(&mut check, &request.page_token);
        check.done()?;
        let response = tenant
            .read(move |state, now_ms| list_contacts(state, &request, wanted, size, after, now_ms))
            .await?;
        Ok(Response::new(response))
    }

    async fn update_contact(
        &self,
        request: Request<v1::UpdateContactRequest>,
    ) -> Answer<v1::UpdateContactResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        if let Some(priority) = request.priority {
            check.priority("priority", priority);
        }
        check.language("language", request.language.as_deref().unwrap_or_default());
        check.optional_id("case_id", request.case_id.as_deref().unwrap_or_default());
        check.optional_id("category", request.category.as_deref().unwrap_or_default());
        let asked = asked(&mut check, &request);
        if let Some(attributes) = &request.attributes {
            check.attributes("attributes.entries", &attributes.entries);
        }
        let key = request_key(&mut check, &request.request_id, "UpdateContact", &request);
        check.done()?;
        let v1::UpdateContactRequest {
            contact_id, priority, language, case_id, category, attributes, ..
        } = request;
        let contact = tenant
            .run(move |desk| {
                // Only the attributes are replaced: the rest of the customer data is what is there.
                let known = desk.state().contact_by_id(&contact_id);
                let known = known.map(|record| convert::customer(record.customer.as_deref()).customer_ref);
                let customer =
                    attributes.map(|attributes| seal(known.unwrap_or_default(), attributes.entries));
                let update = Update { priority, language, case_id, category, customer, ..asked };
                let command = Command::Update { contact: contact_id.clone(), update: Box::new(update) };
                let reply = desk.step(key.as_ref(), command)?;
                answered_contact(desk.state(), &reply, &contact_id, desk.now_ms())
            })
            .await?;
        Ok(Response::new(v1::UpdateContactResponse { contact }))
    }

    async fn cancel_contact(
        &self,
        request: Request<v1::CancelContactRequest>,
    ) -> Answer<v1::CancelContactResponse> {
        let tenant = self.tenant(&request)?;
        let id = request.into_inner().contact_id;
        let mut check = Check::new();
        check.id("contact_id", &id);
        check.done()?;
        let contact = call_contact(&tenant, None, id.clone(), Command::Cancel { contact: id }).await?;
        Ok(Response::new(v1::CancelContactResponse { contact }))
    }

    async fn report_connection(
        &self,
        request: Request<v1::ReportConnectionRequest>,
    ) -> Answer<v1::ReportConnectionResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        check.number("offer_id", request.offer_id);
        check.number("epoch", request.epoch);
        let result = match request.result() {
            v1::ConnectionResult::Answered => Connection::Answered,
            v1::ConnectionResult::Connected => Connection::Connected,
            v1::ConnectionResult::AgentUnreachable => Connection::AgentUnreachable,
            v1::ConnectionResult::CustomerGone => Connection::CustomerGone,
            v1::ConnectionResult::Unspecified => {
                check.not_named("result", request.result);
                // Not used: the request is refused below.
                Connection::Answered
            }
        };
        check.done()?;
        let v1::ReportConnectionRequest { contact_id: id, offer_id: offer, epoch, .. } = request;
        let command = Command::ReportConnection { contact: id.clone(), offer, epoch, result };
        let contact = call_contact(&tenant, None, id, command).await?;
        Ok(Response::new(v1::ReportConnectionResponse { contact }))
    }

    async fn complete_contact(
        &self,
        request: Request<v1::CompleteContactRequest>,
    ) -> Answer<v1::CompleteContactResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        check.optional_id("disposition", &request.disposition);
        let resolution = check.resolution("resolution", request.resolution);
        check.done()?;
        let id = request.contact_id;
        let ending = Ending { disposition: request.disposition, resolution };
        let command = Command::Complete { agent: None, contact: id.clone(), ending, promise: None };
        let contact = call_contact(&tenant, None, id, command).await?;
        Ok(Response::new(v1::CompleteContactResponse { contact }))
    }

    async fn transfer_contact(
        &self,
        request: Request<v1::TransferContactRequest>,
    ) -> Answer<v1::TransferContactResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        let key = request_key(&mut check, &request.request_id, "TransferContact", &request);
        let (target, other_channel) = target(&mut check, request.target);
        check.done()?;
        let id = request.contact_id;
        let command = Command::Transfer { agent: None, contact: id.clone(), target, other_channel };
        let contact = call_contact(&tenant, key, id, command).await?;
        Ok(Response::new(v1::TransferContactResponse { contact }))
    }

    async fn record_activity(
        &self,
        request: Request<v1::RecordActivityRequest>,
    ) -> Answer<v1::RecordActivityResponse> {
        conversations::record_activity(self, request).await
    }

    async fn hand_to_bot(&self, request: Request<v1::HandToBotRequest>) -> Answer<v1::HandToBotResponse> {
        bots::hand_to_bot(self, request).await
    }

    async fn return_from_bot(
        &self,
        request: Request<v1::ReturnFromBotRequest>,
    ) -> Answer<v1::ReturnFromBotResponse> {
        bots::return_from_bot(self, request).await
    }

    async fn record_feedback(
        &self,
        request: Request<v1::RecordFeedbackRequest>,
    ) -> Answer<v1::RecordFeedbackResponse> {
        conversations::record_feedback(self, request).await
    }

    async fn get_case(&self, request: Request<v1::GetCaseRequest>) -> Answer<v1::GetCaseResponse> {
        promises::get_case(self, request).await
    }

    async fn request_callback(
        &self,
        request: Request<v1::RequestCallbackRequest>,
    ) -> Answer<v1::RequestCallbackResponse> {
        callbacks::request_callback(self, request).await
    }

    async fn cancel_callback(
        &self,
        request: Request<v1::CancelCallbackRequest>,
    ) -> Answer<v1::CancelCallbackResponse> {
        callbacks::cancel_callback(self, request).await
    }

    async fn get_callback(
        &self,
        request: Request<v1::GetCallbackRequest>,
    ) -> Answer<v1::GetCallbackResponse> {
        callbacks::get_callback(self, request).await
    }

    async fn report_dial(&self, request: Request<v1::ReportDialRequest>) -> Answer<v1::ReportDialResponse> {
        callbacks::report_dial(self, request).await
    }

    async fn keep_alive(&self, request: Request<v1::KeepAliveRequest>) -> Answer<v1::KeepAliveResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("gateway_id", &request.gateway_id);
        let lease_ms = check.duration_ms("lease", request.lease.as_ref(), LEASE_MS, GATEWAY_LEASE_MS);
        check.done()?;
        let command = Command::GatewayAlive { gateway: request.gateway_id, lease_ms };
        let expire_time = tenant
            .call(None, command, move |state, reply, now_ms| {
                // With a stream open the lease does not end; what is told is how long it would go on.
                let deadline_ms = match reply {
                    Reply::Gateway { deadline_ms } if *deadline_ms != 0 => *deadline_ms,
                    _ => now_ms + lease_ms,
                };
                Ok(convert::timestamp(state, deadline_ms))
            })
            .await?;
        Ok(Response::new(v1::KeepAliveResponse { expire_time }))
    }

    type WatchContactStream = Streamed<v1::WatchContactResponse>;

    async fn watch_contact(
        &self,
        request: Request<v1::WatchContactRequest>,
    ) -> Answer<Self::WatchContactStream> {
        let tenant = self.admitting_tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("contact_id", &request.contact_id);
        check.done()?;
        let watch = tenant.watch(move |desk| start_contact(desk, &request)).await?;
        Ok(respond(watch, |item| match item {
            Item::Contact(message) => Some(message.clone()),
            Item::Gateway(_) | Item::Agent(_) | Item::Notice(_) => None,
        }))
    }

    type WatchGatewayStream = Streamed<v1::WatchGatewayResponse>;

    async fn watch_gateway(
        &self,
        request: Request<v1::WatchGatewayRequest>,
    ) -> Answer<Self::WatchGatewayStream> {
        let tenant = self.admitting_tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        check.id("gateway_id", &request.gateway_id);
        check.done()?;
        let watch = tenant.watch(move |desk| start_gateway(desk, &request)).await?;
        Ok(respond(watch, |item| match item {
            Item::Gateway(message) => Some(message.clone()),
            Item::Contact(_) | Item::Agent(_) | Item::Notice(_) => None,
        }))
    }
}

/// Counts a contact that was not admitted to the queue that it names, or that its category does.
fn count_rejected(state: &State, tenant: &Tenant, place: (String, String, String), reason: &'static str) {
    let (queue, category, channel) = place;
    let queue = match state.plan().categories.get(&category) {
        Some(category) if queue.is_empty() => &category.queue,
        _ => &queue,
    };
    tenant.rejected(queue, &channel, reason);
}

fn list_contacts(
    state: &State,
    request: &v1::ListContactsRequest,
    wanted: Option<v1::ContactState>,
    size: usize,
    after: u64,
    now_ms: u64,
) -> Result<v1::ListContactsResponse, Refusal> {
    let queue = match request.queue.as_str() {
        "" => None,
        id => Some(
            state
                .names()
                .number(PlanKind::Queue, id)
                .ok_or_else(|| Refusal::not_found("QUEUE_NOT_FOUND", format!("there is no queue {id}")))?,
        ),
    };
    let gateway = match request.gateway_id.as_str() {
        "" => None,
        // A gateway that never came has no contacts.
        id => Some(state.gateway_by_id(id).unwrap_or(u32::MAX)),
    };
    let contacts: Box<dyn Iterator<Item = &j::ContactRecord>> = match gateway {
        Some(gateway) => Box::new(state.gateway_contacts_after(gateway, after)),
        None => Box::new(state.live_contacts_after(after)),
    };
    let contacts = contacts.map(|record| (record.contact, record));
    let (contacts, next_page_token) = page::page(contacts, size, |record| {
        let of_queue = queue.is_none_or(|queue| record.queue == queue);
        let in_state = wanted.is_none_or(|wanted| convert::contact_state(record) == wanted);
        (of_queue && in_state).then(|| convert::contact(state, record, now_ms))
    });
    Ok(v1::ListContactsResponse { contacts, next_page_token })
}
