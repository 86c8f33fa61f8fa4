//! What gateways, desktops, supervisors and administrators are to the daemon: one connection with a client of
//! each service, and short forms of what most tests ask for.

use kefud::proto::v1::{
    self, Availability, agent_service_client::AgentServiceClient,
    contact_service_client::ContactServiceClient, plan_service_client::PlanServiceClient,
    supervisor_service_client::SupervisorServiceClient,
};
use tonic::{
    Code, Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt;

use super::{
    PATIENCE, soon,
    streams::{Desk, Watching},
};

/// The gateway that brings the contacts of most tests.
pub const GATEWAY: &str = "gateway";

/// Names the tenant in every request.
#[derive(Clone, Copy)]
pub struct Tenant(Option<&'static str>);

impl Interceptor for Tenant {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(name) = self.0 {
            request.metadata_mut().insert("kefud-tenant", MetadataValue::from_static(name));
        }
        Ok(request)
    }
}

type Service = InterceptedService<Channel, Tenant>;

/// One connection.
#[derive(Clone)]
pub struct Client {
    pub channel: Channel,
    pub contacts: ContactServiceClient<Service>,
    pub agents: AgentServiceClient<Service>,
    pub supervisors: SupervisorServiceClient<Service>,
    pub plans: PlanServiceClient<Service>,
}

/// Plans are the only large messages.
const PLAN_BYTES: usize = 64 << 20;

impl Client {
    /// Connects.
    pub async fn connect(uri: &str, tenant: Option<&'static str>) -> Self {
        let endpoint = Endpoint::from_shared(uri.to_owned()).expect("a uri").timeout(PATIENCE);
        let channel = soon("a connection", endpoint.connect()).await.expect("connected");
        let service = InterceptedService::new(channel.clone(), Tenant(tenant));
        Self {
            channel,
            contacts: ContactServiceClient::new(service.clone()),
            agents: AgentServiceClient::new(service.clone()),
            supervisors: SupervisorServiceClient::new(service.clone()),
            plans: PlanServiceClient::new(service)
                .max_encoding_message_size(PLAN_BYTES)
                .max_decoding_message_size(PLAN_BYTES),
        }
    }

    /// Brings a contact in.
    pub async fn enqueue(&self, id: &str, channel: &str, queue: &str) -> v1::Contact {
        self.try_enqueue(contact(id, channel, queue)).await.expect(id)
    }

    /// Brings a contact in, or not.
    pub async fn try_enqueue(&self, request: v1::EnqueueContactRequest) -> Result<v1::Contact, Status> {
        let answer = self.contacts.clone().enqueue_contact(request).await?;
        Ok(answer.into_inner().contact.expect("a contact"))
    }

    /// Reads a contact.
    pub async fn contact(&self, id: &str) -> v1::Contact {
        let request = v1::GetContactRequest { contact_id: id.to_owned() };
        let answer = self.contacts.clone().get_contact(request).await.expect(id);
        answer.into_inner().contact.expect("a contact")
    }

    /// All live contacts, in order, page by page.
    pub async fn live_contacts(&self) -> Vec<v1::Contact> {
        let mut contacts = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = v1::ListContactsRequest { page_size: 200, page_token, ..Default::default() };
            let page = self.contacts.clone().list_contacts(request).await.expect("a page").into_inner();
            contacts.extend(page.contacts);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return contacts;
            }
        }
    }

    /// The customer leaves.
    pub async fn cancel(&self, id: &str) -> v1::Contact {
        let request = v1::CancelContactRequest { contact_id: id.to_owned() };
        let answer = self.contacts.clone().cancel_contact(request).await.expect(id);
        answer.into_inner().contact.expect("a contact")
    }

    /// Says how connecting went.
    pub async fn report(
        &self,
        contact_id: &str,
        offer: &v1::Offer,
        result: v1::ConnectionResult,
    ) -> Result<v1::Contact, Status> {
        let request = v1::ReportConnectionRequest {
            contact_id: contact_id.to_owned(),
            offer_id: offer.offer_id,
            epoch: offer.epoch,
            result: result.into(),
        };
        let answer = self.contacts.clone().report_connection(request).await?;
        Ok(answer.into_inner().contact.expect("a contact"))
    }

    /// Takes an offer.
    pub async fn accept(&self, offer: &v1::Offer) -> Result<v1::Contact, Status> {
        let request = v1::AcceptOfferRequest {
            agent_id: offer.agent_id.clone(),
            offer_id: offer.offer_id,
            epoch: offer.epoch,
        };
        let answer = self.agents.clone().accept_offer(request).await?.into_inner();
        assert_eq!(answer.assignment.map(|leg| leg.offer_id), Some(offer.offer_id));
        Ok(answer.contact.expect("a contact"))
    }

    /// Refuses an offer.
    pub async fn decline(&self, offer: &v1::Offer) -> Result<v1::Agent, Status> {
        let request = v1::DeclineOfferRequest {
            agent_id: offer.agent_id.clone(),
            offer_id: offer.offer_id,
            epoch: offer.epoch,
        };
        let answer = self.agents.clone().decline_offer(request).await?;
        Ok(answer.into_inner().agent.expect("an agent"))
    }

    /// The agent ends a contact.
    pub async fn complete(
        &self,
        agent_id: &str,
        contact_id: &str,
    ) -> v1::AgentServiceCompleteContactResponse {
        let request = v1::AgentServiceCompleteContactRequest {
            agent_id: agent_id.to_owned(),
            contact_id: contact_id.to_owned(),
            disposition: "resolved".to_owned(),
            resolution: v1::Resolution::Resolved.into(),
            promise: None,
        };
        let answer = self.agents.clone().complete_contact(request).await;
        answer.expect(contact_id).into_inner()
    }

    /// The agent has finished the record.
    pub async fn finish_wrap_up(&self, agent_id: &str, contact_id: &str) -> v1::Agent {
        let request =
            v1::FinishWrapUpRequest { agent_id: agent_id.to_owned(), contact_id: contact_id.to_owned() };
        let answer = self.agents.clone().finish_wrap_up(request).await;
        answer.expect(contact_id).into_inner().agent.expect("an agent")
    }

    /// Signs in, ready, and takes the snapshot.
    pub async fn sign_in(&self, agent_id: &str) -> Desk {
        self.sign_in_as(agent_id, Availability::Ready).await
    }

    /// Signs in and takes the snapshot.
    pub async fn sign_in_as(&self, agent_id: &str, availability: Availability) -> Desk {
        let request = v1::StreamAssignmentsRequest {
            agent_id: agent_id.to_owned(),
            availability: availability.into(),
            ..Default::default()
        };
        Desk::begin(self.stream(request).await.expect(agent_id)).await
    }

    /// Opens an agent's stream.
    pub async fn stream(
        &self,
        request: v1::StreamAssignmentsRequest,
    ) -> Result<Watching<v1::StreamAssignmentsResponse>, Status> {
        let opened = soon("a stream", self.agents.clone().stream_assignments(request)).await?;
        Ok(Watching::new(opened.into_inner()))
    }

    /// Follows a gateway's contacts.
    pub async fn watch_gateway(
        &self,
        gateway_id: &str,
        after_sequence: u64,
    ) -> Watching<v1::WatchGatewayResponse> {
        let request = v1::WatchGatewayRequest { gateway_id: gateway_id.to_owned(), after_sequence };
        let opened = soon("a stream", self.contacts.clone().watch_gateway(request)).await;
        Watching::new(opened.expect(gateway_id).into_inner())
    }

    /// Follows a contact.
    pub async fn watch_contact(
        &self,
        contact_id: &str,
        after_sequence: u64,
    ) -> Watching<v1::WatchContactResponse> {
        let request = v1::WatchContactRequest { contact_id: contact_id.to_owned(), after_sequence };
        let opened = soon("a stream", self.contacts.clone().watch_contact(request)).await;
        Watching::new(opened.expect(contact_id).into_inner())
    }

    /// An agent as a supervisor sees it, looked for page by page.
    pub async fn agent(&self, id: &str) -> v1::Agent {
        let mut page_token = String::new();
        loop {
            let request = v1::ListAgentsRequest { page_size: 1_000, page_token, ..Default::default() };
            let page = self.supervisors.clone().list_agents(request).await.expect("a page").into_inner();
            if let Some(agent) = page.agents.into_iter().find(|agent| agent.agent_id == id) {
                return agent;
            }
            page_token = page.next_page_token;
            assert!(!page_token.is_empty(), "no agent {id}");
        }
    }

    /// Puts a plan in force.
    pub async fn apply(&self, document: &str) -> v1::ApplyPlanResponse {
        let request = v1::ApplyPlanRequest { document: document.to_owned(), ..Default::default() };
        self.plans.clone().apply_plan(request).await.expect("applied").into_inner()
    }
}

/// A contact of the test gateway.
pub fn contact(id: &str, channel: &str, queue: &str) -> v1::EnqueueContactRequest {
    v1::EnqueueContactRequest {
        contact_id: id.to_owned(),
        gateway_id: GATEWAY.to_owned(),
        channel: channel.to_owned(),
        queue: queue.to_owned(),
        ..Default::default()
    }
}

/// The stable reason of an error.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// The fields that an error finds fault with.
pub fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|details| details.field_violations);
    violations.unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}

/// Checks code and reason of a refusal.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, expected: &str) {
    let status = answer.expect_err(expected);
    assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{status:?}");
}

/// The request is invalid in exactly these fields.
#[track_caller]
pub fn assert_invalid<T: std::fmt::Debug>(answer: Result<tonic::Response<T>, Status>, expected: &[&str]) {
    let status = answer.expect_err(&format!("{expected:?}"));
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS"),
        "{status:?}"
    );
    assert_eq!(fields(&status), expected, "{status:?}");
    for field in expected.iter().take(5) {
        assert!(status.message().contains(field), "a client without details sees it too: {status:?}");
    }
}
