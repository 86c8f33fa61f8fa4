//! The methods that are served, with the handles of their metrics.

use std::{collections::HashMap, fmt, sync::Arc};

use metrics::{Counter, Gauge, Histogram};
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::Code;

use crate::{
    proto::v1,
    telemetry::{
        names,
        registry::{Family, Registry},
    },
};

const UNKNOWN: &str = "unknown";

/// The full names of the API's own services.
#[must_use]
pub fn services() -> Vec<String> {
    let files = descriptors(v1::DESCRIPTORS);
    let services = files
        .file
        .iter()
        .flat_map(|file| file.service.iter().map(|service| format!("{}.{}", file.package(), service.name())));
    services.collect()
}

/// One method.
pub struct Method {
    /// `service/method`, or `unknown`.
    pub path: String,
    /// Whether it is a stream: its length says nothing about speed.
    pub streaming: bool,
    /// Streams that are open.
    pub open: Gauge,
    /// Time to the end of the answer.
    pub latency: Option<Histogram>,
    service: String,
    name: String,
    registry: Registry,
    ended: Family<Counter>,
}

impl Method {
    fn new(registry: &Registry, service: &str, name: &str, streaming: bool) -> Self {
        let labels = [service, name];
        let path = if service == UNKNOWN { UNKNOWN.to_owned() } else { format!("{service}/{name}") };
        Self {
            path,
            streaming,
            open: if streaming { registry.gauge(&names::RPC_STREAMS, &labels) } else { Gauge::noop() },
            latency: (!streaming).then(|| registry.histogram(&names::RPC_LATENCY, &labels)),
            service: service.to_owned(),
            name: name.to_owned(),
            registry: registry.clone(),
            ended: Family::default(),
        }
    }

    /// The counter of calls that ended with a code.
    pub fn ended(&self, code: Code) -> Counter {
        let code = code_name(code);
        let make = || self.registry.counter(&names::RPCS, &[&self.service, &self.name, code]);
        self.ended.get(code, make)
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Method").field("path", &self.path).finish_non_exhaustive()
    }
}

/// All methods by path.
#[derive(Debug)]
pub struct Methods {
    by_path: HashMap<String, Arc<Method>>,
    unknown: Arc<Method>,
}

impl Methods {
    /// The methods of our services, of health and of reflection.
    pub fn new(registry: &Registry) -> Self {
        let sets = [
            v1::DESCRIPTORS,
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
        ];
        let mut by_path = HashMap::new();
        for file in sets.into_iter().flat_map(|set| descriptors(set).file) {
            for service in &file.service {
                let name = format!("{}.{}", file.package(), service.name());
                for method in &service.method {
                    let streaming = method.server_streaming() || method.client_streaming();
                    let path = format!("/{name}/{}", method.name());
                    by_path.insert(path, Arc::new(Method::new(registry, &name, method.name(), streaming)));
                }
            }
        }
        Self { by_path, unknown: Arc::new(Method::new(registry, UNKNOWN, UNKNOWN, false)) }
    }

    /// The method that a request's path names.
    pub fn get(&self, path: &str) -> Arc<Method> {
        Arc::clone(self.by_path.get(path).unwrap_or(&self.unknown))
    }
}

#[expect(clippy::expect_used, reason = "not input: the descriptors are made by the build")]
fn descriptors(bytes: &[u8]) -> FileDescriptorSet {
    FileDescriptorSet::decode(bytes).expect("descriptors are compiled in")
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
