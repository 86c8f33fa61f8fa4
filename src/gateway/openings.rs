//! What the gateways' streams open with: a contact as it is, or a gateway's live contacts in parts, those with
//! its bots included.

use crate::{
    engine::{command::Command, no_contact, refusal::Refusal},
    proto::{
        journal::ContactStage,
        v1::{self, watch_gateway_response::Update as GatewayUpdate},
    },
    runtime::{Desk, Start},
    streams::{Item, Opening, Topic},
};

use super::convert;

/// Contacts in one part of a gateway's snapshot.
const SNAPSHOT_PART: usize = 500;

/// Opens the stream of one contact.
pub(super) fn start_contact(desk: &Desk<'_>, request: &v1::WatchContactRequest) -> Result<Start, Refusal> {
    let (state, now_ms) = (desk.state(), desk.now_ms());
    let id = &request.contact_id;
    let record = state.contact_by_id(id).ok_or_else(|| no_contact(state, id))?;
    let message = v1::WatchContactResponse {
        contact: Some(convert::contact_for_gateway(state, record, now_ms)),
        cause: v1::ContactCause::Unspecified.into(),
        sequence: state.sequence(),
        time: convert::timestamp(state, now_ms),
    };
    let after = request.after_sequence;
    let resumes = after > 0 && after <= state.sequence();
    let opening = Opening {
        snapshot: vec![Item::Contact(message)],
        // There is no message for it: a resumed watch starts with what was missed.
        resume: None,
        after: resumes.then_some(after),
        ends: record.stage() == ContactStage::Closed,
    };
    Ok(Start { topic: Topic::Contact(record.contact), session: 0, opening, lost: None })
}

/// Opens the stream of one gateway, which holds its lease.
pub(super) fn start_gateway(
    desk: &mut Desk<'_>,
    request: &v1::WatchGatewayRequest,
) -> Result<Start, Refusal> {
    let gateway_id = request.gateway_id.clone();
    desk.step(None, Command::GatewayAlive { gateway: gateway_id.clone(), lease_ms: 0 })?;
    let (state, now_ms) = (desk.state(), desk.now_ms());
    let gateway = state.gateway_by_id(&gateway_id).unwrap_or(0);
    let (sequence, time) = (state.sequence(), convert::timestamp(state, now_ms));
    let item =
        |sequence, update| Item::Gateway(v1::WatchGatewayResponse { sequence, time, update: Some(update) });
    // With those that it has as a bot for another gateway.
    let with_bot = state.bot_contacts_after(gateway, 0).filter(|record| record.gateway != gateway);
    let with_bot = with_bot.map(|record| convert::contact(state, record, now_ms));
    let own = state.gateway_contacts_after(gateway, 0);
    let own = own.map(|record| convert::contact_for_gateway(state, record, now_ms));
    let contacts: Vec<v1::Contact> = own.chain(with_bot).collect();
    let mut snapshot = Vec::new();
    let parts = contacts.len().div_ceil(SNAPSHOT_PART).max(1);
    let mut rest = contacts.into_iter();
    for part in 1..=parts {
        let contacts = rest.by_ref().take(SNAPSHOT_PART).collect();
        let more = part < parts;
        // Whoever breaks off before the last part has nothing to resume from.
        let sequence = if more { 0 } else { sequence };
        snapshot.push(item(sequence, GatewayUpdate::Snapshot(v1::GatewaySnapshot { contacts, more })));
    }
    let after = request.after_sequence;
    let resumes = after > 0 && after <= sequence;
    // What was missed follows, so whoever breaks off here resumes from where it was.
    let resumed = item(after, GatewayUpdate::Resumed(v1::StreamResumed { after_sequence: after }));
    let opening = Opening { snapshot, resume: Some(resumed), after: resumes.then_some(after), ends: false };
    let lost = Some(Command::GatewayStreamLost { gateway: gateway_id });
    Ok(Start { topic: Topic::Gateway(gateway), session: 0, opening, lost })
}
