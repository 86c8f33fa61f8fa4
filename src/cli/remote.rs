//! What subcommands share that call a running daemon.

use std::{io::Write, process::ExitCode, time::Duration};

use anyhow::Context;
use tonic::{Code, Request, Status, metadata::MetadataValue, transport::Channel};
use tonic_types::StatusExt;

use super::EXIT_WRONG_INPUT;
use crate::{
    config::{DEFAULT_TENANT, TENANT_KEY},
    proto::v1::{plan_service_client::PlanServiceClient, supervisor_service_client::SupervisorServiceClient},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A plan of 100,000 agents takes a while.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);

/// A plan may be 64 MiB, and its canonical form longer.
const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// A field that is a place in the plan's document begins so, and goes on with line and column.
const DOCUMENT: &str = "document:";

/// Which daemon, and which tenant of it.
#[derive(Debug, clap::Args)]
pub struct Server {
    /// The daemon's gRPC address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7770", env = "KEFUD_SERVER")]
    pub server: String,
    /// The tenant
    #[arg(long, value_name = "NAME", default_value = DEFAULT_TENANT, env = "KEFUD_TENANT")]
    pub tenant: String,
}

impl Server {
    /// Connects to the plan service.
    pub async fn plans(&self) -> anyhow::Result<PlanServiceClient<Channel>> {
        Ok(PlanServiceClient::new(self.connect().await?)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX))
    }

    /// Connects to the supervisors' service.
    pub async fn supervisors(&self) -> anyhow::Result<SupervisorServiceClient<Channel>> {
        Ok(SupervisorServiceClient::new(self.connect().await?))
    }

    async fn connect(&self) -> anyhow::Result<Channel> {
        let server = &self.server;
        let endpoint = Channel::from_shared(server.clone())
            .with_context(|| format!("`{server}` is not a URL such as http://127.0.0.1:7770"))?;
        let endpoint = endpoint.connect_timeout(CONNECT_TIMEOUT).timeout(CALL_TIMEOUT);
        endpoint.connect().await.with_context(|| format!("cannot reach {server}: is kefud running?"))
    }

    /// A request for the tenant.
    pub fn request<T>(&self, message: T) -> anyhow::Result<Request<T>> {
        let tenant = MetadataValue::try_from(&self.tenant)
            .with_context(|| format!("`{}` is not a tenant's name", self.tenant))?;
        let mut request = Request::new(message);
        request.metadata_mut().insert(TENANT_KEY, tenant);
        Ok(request)
    }
}

/// Runs an asynchronous subcommand.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(work)
}

/// The subject of what is wrong with arguments rather than with a file.
pub const PROGRAM: &str = "kefud";

/// Tells why a call was refused: a line for each violated field, else one for the status. Places in a plan
/// are told as `kefud check` does.
pub fn refused(status: &Status, subject: &str, err: &mut impl Write) -> anyhow::Result<ExitCode> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|request| request.field_violations.as_slice());
    match violations {
        Some(violations) if !violations.is_empty() => {
            for violation in violations {
                let (field, description) = (&violation.field, &violation.description);
                match (field.as_str(), field.strip_prefix(DOCUMENT)) {
                    ("", _) => writeln!(err, "{subject}: {description}")?,
                    (_, Some(place)) => writeln!(err, "{subject}:{place} {description}")?,
                    (_, None) => writeln!(err, "{subject}: {field}: {description}")?,
                }
            }
        }
        _ => {
            let reason = details.error_info().map(|info| format!(" ({})", info.reason)).unwrap_or_default();
            let code = status.code();
            let message = if status.message().is_empty() { code.description() } else { status.message() };
            writeln!(err, "kefud: {message}{reason}")?;
        }
    }
    if let Some(delay) = details.retry_info().and_then(|info| info.retry_delay) {
        writeln!(err, "kefud: try again in {delay:?}")?;
    }
    let wrong = status.code() == Code::InvalidArgument;
    Ok(if wrong { ExitCode::from(EXIT_WRONG_INPUT) } else { ExitCode::FAILURE })
}
