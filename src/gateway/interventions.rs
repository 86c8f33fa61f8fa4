//! How supervisors take a contact in hand.

use tonic::{Request, Response};

use crate::{
    engine::command::{Command, Intervention, RequestKey, Update},
    proto::v1,
    runtime::{CallError, Tenant},
};

use super::{Answer, Api, Check, contacts::call_contact, request_key};

/// Who intervenes, where and why.
struct By {
    contact: String,
    supervisor: String,
    reason: String,
}

impl By {
    fn new(check: &mut Check, contact: &str, supervisor: &str, reason: &str) -> Self {
        check.id("contact_id", contact);
        check.optional_id("supervisor_id", supervisor);
        check.why("reason", reason);
        let (contact, supervisor) = (contact.to_owned(), supervisor.to_owned());
        Self { contact, supervisor, reason: reason.to_owned() }
    }

    async fn intervene(
        self,
        tenant: &Tenant,
        key: Option<RequestKey>,
        action: Intervention,
    ) -> Result<Option<v1::Contact>, CallError> {
        let Self { contact, supervisor, reason } = self;
        let id = contact.clone();
        call_contact(tenant, key, id, Command::Intervene { contact, supervisor, reason, action }).await
    }
}

pub(super) async fn requeue_contact(
    api: &Api,
    request: Request<v1::RequeueContactRequest>,
) -> Answer<v1::RequeueContactResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let by = By::new(&mut check, &request.contact_id, &request.supervisor_id, &request.reason);
    check.optional_id("queue", &request.queue);
    let key = request_key(&mut check, &request.request_id, "RequeueContact", &request);
    check.done()?;
    let action = Intervention::Requeue { queue: request.queue, fresh: request.fresh };
    let contact = by.intervene(&tenant, key, action).await?;
    Ok(Response::new(v1::RequeueContactResponse { contact }))
}

pub(super) async fn reassign_contact(
    api: &Api,
    request: Request<v1::ReassignContactRequest>,
) -> Answer<v1::ReassignContactResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let by = By::new(&mut check, &request.contact_id, &request.supervisor_id, &request.reason);
    check.id("agent_id", &request.agent_id);
    let key = request_key(&mut check, &request.request_id, "ReassignContact", &request);
    check.done()?;
    let v1::ReassignContactRequest { agent_id: agent, override_requirements, .. } = request;
    let action = Intervention::Reassign { agent, override_requirements };
    let contact = by.intervene(&tenant, key, action).await?;
    Ok(Response::new(v1::ReassignContactResponse { contact }))
}

pub(super) async fn end_contact(
    api: &Api,
    request: Request<v1::EndContactRequest>,
) -> Answer<v1::EndContactResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let by = By::new(&mut check, &request.contact_id, &request.supervisor_id, &request.reason);
    check.optional_id("disposition", &request.disposition);
    check.done()?;
    let action = Intervention::End { disposition: request.disposition };
    let contact = by.intervene(&tenant, None, action).await?;
    Ok(Response::new(v1::EndContactResponse { contact }))
}

pub(super) async fn change_contact(
    api: &Api,
    request: Request<v1::ChangeContactRequest>,
) -> Answer<v1::ChangeContactResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let by = By::new(&mut check, &request.contact_id, &request.supervisor_id, &request.reason);
    check.optional_id("category", request.category.as_deref().unwrap_or_default());
    if let Some(priority) = request.priority {
        check.priority("priority", priority);
    }
    if request.category.is_none() && request.priority.is_none() {
        check.problem("category", "or `priority` is required");
    }
    let key = request_key(&mut check, &request.request_id, "ChangeContact", &request);
    check.done()?;
    let v1::ChangeContactRequest { category, priority, .. } = request;
    let action = Intervention::Change(Box::new(Update { category, priority, ..Update::default() }));
    let contact = by.intervene(&tenant, key, action).await?;
    Ok(Response::new(v1::ChangeContactResponse { contact }))
}
