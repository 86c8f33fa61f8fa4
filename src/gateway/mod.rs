//! The gRPC services: the only code that turns the API's messages into commands and the engine's state
//! into messages. Owns validation of requests and the choice of status codes. Must not decide anything
//! about contacts or agents, and must not answer before the runtime says that it may.

mod agents;
mod aside;
mod bots;
mod callbacks;
mod chart;
mod consults;
mod contacts;
mod conversations;
pub mod convert;
mod explain;
mod import;
mod interventions;
mod notices;
mod openings;
mod page;
mod plans;
mod promises;
mod schedule;
mod shifts;
mod status;
mod supervisors;
mod surge;
mod targets;
mod validate;
mod wants;

use std::{pin::Pin, sync::Arc};

use prost::Message;
use tokio::sync::watch;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Status, service::Routes};

use crate::{
    config::{Limits, TENANT_KEY},
    engine::{command::RequestKey, refusal::Refusal},
    proto::v1::{
        self, agent_service_server::AgentServiceServer, contact_service_server::ContactServiceServer,
        plan_service_server::PlanServiceServer, supervisor_service_server::SupervisorServiceServer,
    },
    runtime::{CallError, Tenant, Tenants, Watch},
    streams::Item,
};
use validate::Check;

/// What the services share.
#[derive(Clone)]
pub(crate) struct Api {
    tenants: Tenants,
    drain: watch::Receiver<bool>,
}

type Answer<T> = Result<tonic::Response<T>, Status>;
type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// All services, with reflection. When `drain` becomes true, streams are ended and no new ones opened.
#[must_use]
pub fn routes(tenants: Tenants, limits: &Limits, drain: watch::Receiver<bool>) -> Routes {
    let api = Api { tenants: tenants.clone(), drain: drain.clone() };
    tokio::spawn(cut_streams_on(drain, tenants));
    let (bytes, plan_bytes) = (limits.message_bytes, limits.plan_message_bytes);
    let mut routes = Routes::new(
        ContactServiceServer::new(api.clone())
            .max_decoding_message_size(bytes)
            .max_encoding_message_size(bytes),
    )
    .add_service(
        AgentServiceServer::new(api.clone())
            .max_decoding_message_size(bytes)
            .max_encoding_message_size(bytes),
    )
    .add_service(
        SupervisorServiceServer::new(api.clone())
            .max_decoding_message_size(bytes)
            .max_encoding_message_size(bytes),
    )
    .add_service(
        PlanServiceServer::new(api)
            .max_decoding_message_size(plan_bytes)
            .max_encoding_message_size(plan_bytes),
    );
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(v1::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    // Older tools speak v1alpha. The descriptors are the build's own; a test sees them served.
    if let Ok(service) = reflection().build_v1() {
        routes = routes.add_service(service);
    }
    if let Ok(service) = reflection().build_v1alpha() {
        routes = routes.add_service(service);
    }
    routes
}

async fn cut_streams_on(mut drain: watch::Receiver<bool>, tenants: Tenants) {
    if drain.wait_for(|drain| *drain).await.is_ok() {
        tenants.cut_streams();
    }
}

impl Api {
    /// The tenant that a request names.
    fn tenant<T>(&self, request: &Request<T>) -> Result<Tenant, Status> {
        let name = match request.metadata().get(TENANT_KEY) {
            None => crate::config::DEFAULT_TENANT,
            Some(value) => {
                value.to_str().map_err(|_| Refusal::field(TENANT_KEY, "must be visible ASCII characters"))?
            }
        };
        Ok(self.tenants.get(name)?)
    }

    /// The same for a request that brings a contact or opens a stream: none are let in while draining.
    fn admitting_tenant<T>(&self, request: &Request<T>) -> Result<Tenant, Status> {
        if *self.drain.borrow() {
            return Err(CallError::Stopping.into());
        }
        self.tenant(request)
    }
}

/// The key by which a repeat of a request is known; none without a `request_id`.
fn request_key(check: &mut Check, id: &str, method: &str, message: &impl Message) -> Option<RequestKey> {
    check.optional_id("request_id", id);
    (!id.is_empty()).then(|| RequestKey { id: id.to_owned(), fingerprint: fingerprint(method, message) })
}

/// Tells requests apart. Equal requests have equal fingerprints: maps are ordered.
fn fingerprint(method: &str, message: &impl Message) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(method.as_bytes()).update(&message.encode_to_vec());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// Turns a watch into a response stream.
fn respond<T: Send + 'static>(
    watch: Watch,
    message: impl Fn(&Item) -> Option<T> + Send + 'static,
) -> tonic::Response<Streamed<T>> {
    let stream = watch.filter_map(move |item: Result<Arc<Item>, _>| match item {
        Ok(item) => message(&item).map(Ok),
        Err(cut) => Some(Err(status::of_cut(cut))),
    });
    tonic::Response::new(Box::pin(stream))
}
