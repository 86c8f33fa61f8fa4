//! An agent's stream: signs in by it, and goes on with the session where it breaks. A session that is gone
//! is followed by a new one.

use tokio::{sync::mpsc, time::sleep};
use tonic::{Code, Status, transport::Channel};

use crate::{
    cli::demo::stage::{Faults, RECONNECT_PAUSE, Reading, is_passing},
    proto::v1::{
        Availability, StreamAssignmentsRequest, agent_service_client::AgentServiceClient,
        stream_assignments_response::Update,
    },
};

/// Updates read ahead.
const UPDATES_MAX: usize = 64;

/// Signs in, ready, and reads what the agent is told.
pub fn open(client: AgentServiceClient<Channel>, agent_id: String, faults: Faults) -> Reading<Update> {
    Reading::start(UPDATES_MAX, |out| read(client, agent_id, out, faults))
}

async fn read(
    client: AgentServiceClient<Channel>,
    agent_id: String,
    out: mpsc::Sender<Update>,
    faults: Faults,
) {
    let availability = Availability::Ready.into();
    let mut request = StreamAssignmentsRequest { agent_id, session_id: 0, after_sequence: 0, availability };
    while !out.is_closed() {
        if let Err(status) = read_one(client.clone(), &mut request, &out).await {
            if status.code() == Code::FailedPrecondition {
                (request.session_id, request.after_sequence) = (0, 0);
            }
            if !is_passing(&status) {
                faults.note("StreamAssignments", &status);
            }
        }
        sleep(RECONNECT_PAUSE).await;
    }
}

/// Reads until the stream ends, and leaves in the request where to go on.
async fn read_one(
    mut client: AgentServiceClient<Channel>,
    request: &mut StreamAssignmentsRequest,
    out: &mpsc::Sender<Update>,
) -> Result<(), Status> {
    let mut stream = client.stream_assignments(request.clone()).await?.into_inner();
    while let Some(message) = stream.message().await? {
        let Some(update) = message.update else { continue };
        if let Update::Snapshot(snapshot) = &update {
            request.session_id = snapshot.agent.as_ref().map_or(0, |agent| agent.session_id);
        }
        if out.send(update).await.is_err() {
            break;
        }
        request.after_sequence = message.sequence;
    }
    Ok(())
}
