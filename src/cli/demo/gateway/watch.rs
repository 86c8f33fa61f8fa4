//! A gateway's stream: reads it, and resumes it where it breaks. Nothing is read ahead without limit.

use tokio::{sync::mpsc, time::sleep};
use tonic::{Status, transport::Channel};

use crate::{
    cli::demo::stage::{Faults, RECONNECT_PAUSE, Reading, is_passing},
    proto::v1::{
        Contact, ContactCause, WaitNotice, WatchGatewayRequest, contact_service_client::ContactServiceClient,
        watch_gateway_response::Update,
    },
};

/// Changes read ahead.
const CHANGES_MAX: usize = 1_024;

/// What a gateway is told.
pub enum Change {
    /// All live contacts.
    Snapshot(Vec<Contact>),
    /// One that changed.
    Contact(Box<Contact>, ContactCause),
    /// What customers who wait are to be told.
    Notices(Vec<WaitNotice>),
}

/// Opens the stream of a gateway.
pub fn open(client: ContactServiceClient<Channel>, gateway_id: String, faults: Faults) -> Reading<Change> {
    Reading::start(CHANGES_MAX, |out| read(client, gateway_id, out, faults))
}

async fn read(
    client: ContactServiceClient<Channel>,
    gateway_id: String,
    out: mpsc::Sender<Change>,
    faults: Faults,
) {
    let mut request = WatchGatewayRequest { gateway_id, after_sequence: 0 };
    while !out.is_closed() {
        if let Err(status) = read_one(client.clone(), &mut request, &out).await
            && !is_passing(&status)
        {
            faults.note("WatchGateway", &status);
        }
        sleep(RECONNECT_PAUSE).await;
    }
}

/// Reads until the stream ends, and leaves in the request where to go on.
async fn read_one(
    mut client: ContactServiceClient<Channel>,
    request: &mut WatchGatewayRequest,
    out: &mpsc::Sender<Change>,
) -> Result<(), Status> {
    let mut stream = client.watch_gateway(request.clone()).await?.into_inner();
    let mut live = Vec::new();
    while let Some(message) = stream.message().await? {
        let change = match message.update {
            Some(Update::Snapshot(part)) => {
                live.extend(part.contacts);
                if part.more {
                    continue;
                }
                Some(Change::Snapshot(std::mem::take(&mut live)))
            }
            Some(Update::ContactChange(change)) => {
                let cause = change.cause();
                change.contact.map(|contact| Change::Contact(Box::new(contact), cause))
            }
            Some(Update::WaitNotices(told)) => Some(Change::Notices(told.notices)),
            Some(Update::Resumed(_) | Update::QueuesOpened(_)) | None => None,
        };
        if let Some(change) = change
            && out.send(change).await.is_err()
        {
            break;
        }
        request.after_sequence = message.sequence;
    }
    Ok(())
}
