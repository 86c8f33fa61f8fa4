//! stub
use crate::{config::Limits, proto::v1, runtime::Tenants};
use tokio::sync::watch;
use tonic::service::Routes;
/// stub
pub fn routes(_tenants: Tenants, _limits: &Limits, _drain: watch::Receiver<bool>) -> Routes {
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(v1::DESCRIPTORS)
        .build_v1()
        .expect("descriptors");
    Routes::new(reflection)
}
