//! The gateway of a synthetic bot: it answers those who begin with it, settles some matters, and hands the rest
//! to people. To kefud it is a gateway as any other.

use std::{collections::BTreeSet, time::Duration};

use tokio::task::JoinSet;
use tonic::{Status, transport::Channel};

use super::{
    super::{
        chance::Chance,
        pace::Timers,
        stage::{CALLS_MAX, Stage, insist},
    },
    BOT_GATEWAY,
    watch::{self, Change},
};
use crate::proto::v1::{
    ActivityKind, BotResult, Contact, ContactState, RecordActivityRequest, Resolution, ReturnFromBotRequest,
    contact_service_client::ContactServiceClient,
};

const SETTLES: f64 = 0.4;
const TALK_MEDIAN: Duration = Duration::from_secs(25);
const TALK_SPREAD: f64 = 0.5;

/// Runs the bot until it is aborted. When the demo no longer plays it only listens.
pub async fn run(stage: Stage, channel: Channel) {
    let client = ContactServiceClient::new(channel);
    let mut changes = watch::open(client.clone(), BOT_GATEWAY.to_owned(), stage.faults.clone());
    let mut playing = stage.playing.clone();
    let mut chance = Chance::new(stage.seed, BOT_GATEWAY);
    let mut timers = Timers::new();
    let mut calls: JoinSet<Option<Status>> = JoinSet::new();
    let mut known = BTreeSet::new();
    loop {
        let acts = stage.is_playing() && calls.len() < CALLS_MAX;
        tokio::select! {
            Some(Ok(failed)) = calls.join_next() => {
                if let Some(status) = failed {
                    stage.faults.note_unless_late("ReturnFromBot", &status);
                }
            }
            Some(change) = changes.next() => {
                let contacts = match change {
                    Change::Contact(contact, _) => vec![*contact],
                    Change::Snapshot(contacts) => contacts,
                    // It waits with nobody.
                    Change::Notices(_) => Vec::new(),
                };
                for contact in contacts {
                    if is_new(&mut known, &contact) {
                        let talk = chance.lognormal(TALK_MEDIAN, TALK_SPREAD);
                        timers.add(stage.pace.after(talk), contact.contact_id);
                    }
                }
            }
            contact = timers.next(), if acts => {
                let settles = chance.happens(SETTLES);
                let client = client.clone();
                calls.spawn(async move { give_back(client, contact, settles).await.err() });
            }
            Ok(()) = playing.changed() => {}
            // Nothing can come any more.
            else => return,
        }
    }
}

/// Whether the contact is with the bot since now. Those that have left are forgotten.
fn is_new(known: &mut BTreeSet<String>, contact: &Contact) -> bool {
    if contact.state() == ContactState::WithBot {
        return known.insert(contact.contact_id.clone());
    }
    known.remove(&contact.contact_id);
    false
}

/// Says a last word, and settles the matter or hands it over.
async fn give_back(
    client: ContactServiceClient<Channel>,
    contact_id: String,
    settles: bool,
) -> Result<(), Status> {
    let says = RecordActivityRequest {
        contact_id: contact_id.clone(),
        kind: ActivityKind::AutomaticMessage.into(),
        ..RecordActivityRequest::default()
    };
    insist(client.clone(), says, |mut c, r| async move { c.record_activity(r).await }).await?;
    let (result, resolution) = if settles {
        (BotResult::Closed, Resolution::Resolved)
    } else {
        (BotResult::HandedOver, Resolution::Unspecified)
    };
    let request = ReturnFromBotRequest {
        contact_id,
        bot_gateway_id: BOT_GATEWAY.to_owned(),
        result: result.into(),
        resolution: resolution.into(),
        ..ReturnFromBotRequest::default()
    };
    insist(client, request, |mut c, r| async move { c.return_from_bot(r).await }).await?;
    Ok(())
}
