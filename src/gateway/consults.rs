//! How agents ask colleagues about a contact.

use tonic::{Request, Response};

use crate::{
    engine::{
        command::{Command, ConsultAction, ConsultTarget, Reply},
        no_contact,
        refusal::Refusal,
        state::State,
    },
    proto::v1::{self, start_consult_request::Target},
};

use super::{Answer, Api, Check, contacts::seal, convert, fingerprint};

type Both = (Option<v1::Contact>, Option<v1::Contact>);

/// A consult and the contact that it is about, as they are now.
fn both(state: &State, reply: &Reply, id: &str, now_ms: u64) -> Result<Both, Refusal> {
    let consult = match reply {
        Reply::Consult { consult, .. } => state.contact(*consult),
        _ => state.contact_by_id(id),
    };
    let consult = consult.ok_or_else(|| no_contact(state, id))?;
    let about = match reply {
        Reply::Consult { contact, .. } => *contact,
        _ => consult.talk().parent,
    };
    let told = |record| convert::contact(state, record, now_ms);
    Ok((Some(told(consult)), state.contact(about).map(told)))
}

pub(super) async fn start_consult(
    api: &Api,
    request: Request<v1::StartConsultRequest>,
) -> Answer<v1::StartConsultResponse> {
    let tenant = api.admitting_tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("agent_id", &request.agent_id);
    check.id("contact_id", &request.contact_id);
    check.id("consult_id", &request.consult_id);
    let skills = check.skills("required_skills", &request.required_skills);
    check.attributes("attributes", &request.attributes);
    let fingerprint = fingerprint("StartConsult", &request);
    let target = match request.target {
        Some(Target::ConsultantId(agent)) => {
            check.id("consultant_id", &agent);
            if !skills.is_empty() {
                check.problem("required_skills", "goes not with `consultant_id`");
            }
            ConsultTarget::Agent(agent)
        }
        Some(Target::Queue(queue)) => {
            check.id("queue", &queue);
            ConsultTarget::Queue { queue, skills }
        }
        None => {
            if skills.is_empty() {
                check.problem("required_skills", "or `queue` or `consultant_id` is required");
            }
            ConsultTarget::Queue { queue: String::new(), skills }
        }
    };
    check.done()?;
    let v1::StartConsultRequest { agent_id: agent, contact_id: contact, consult_id, attributes, .. } =
        request;
    let (consult, contact) = tenant
        .run(move |desk| {
            // The colleague is to know whom it is about.
            let about = desk.state().contact_by_id(&contact);
            let about = about.map(|record| convert::customer(record.customer.as_deref()).customer_ref);
            let customer = seal(about.unwrap_or_default(), attributes);
            let consult = consult_id.clone();
            let command = Command::StartConsult { agent, contact, consult, target, customer, fingerprint };
            let reply = desk.step(None, command)?;
            both(desk.state(), &reply, &consult_id, desk.now_ms())
        })
        .await?;
    Ok(Response::new(v1::StartConsultResponse { consult, contact }))
}

pub(super) async fn change_consult(
    api: &Api,
    request: Request<v1::ChangeConsultRequest>,
) -> Answer<v1::ChangeConsultResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("agent_id", &request.agent_id);
    check.id("consult_id", &request.consult_id);
    let action = match request.action() {
        v1::ConsultAction::Join => ConsultAction::Join,
        v1::ConsultAction::HandOver => ConsultAction::HandOver,
        v1::ConsultAction::End => ConsultAction::End,
        v1::ConsultAction::Unspecified => {
            check.not_named("action", request.action);
            // Not used: the request is refused below.
            ConsultAction::End
        }
    };
    check.done()?;
    let v1::ChangeConsultRequest { agent_id: agent, consult_id: consult, .. } = request;
    let id = consult.clone();
    let command = Command::ChangeConsult { agent, consult, action };
    let (consult, contact) =
        tenant.call(None, command, move |state, reply, now_ms| both(state, reply, &id, now_ms)).await?;
    Ok(Response::new(v1::ChangeConsultResponse { consult, contact }))
}
