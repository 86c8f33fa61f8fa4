//! Events as short text. Owns the words of the tables' right-hand sides.

pub mod callbacks;
mod hours;
pub mod shifts;
pub mod surge;
mod talk;

use std::collections::BTreeMap;

use kefud::{
    engine::{refusal::Refusal, state::State},
    plan::format_ms,
    proto::journal::{self as j, event::Kind},
};

/// Remembers what the numbers in events stand for.
#[derive(Debug, Default)]
pub struct Scribe {
    contacts: BTreeMap<u64, String>,
    offers: BTreeMap<u64, (u64, u32, u32)>,
    promises: BTreeMap<u64, String>,
}

/// How a contact entered its queue, where that is worth telling.
fn entered(entry: &j::QueueEntry, at_ms: u64, name: &dyn Fn(u32) -> String) -> String {
    let age = || format_ms(at_ms.saturating_sub(entry.arrival_ms));
    let age = if entry.arrival_ms > 0 { format!(" age={}", age()) } else { String::new() };
    let ring = if entry.ring > 0 { format!(" ring={}", entry.ring) } else { String::new() };
    let kept = if entry.kept_for > 0 { format!(" for={}", name(entry.kept_for)) } else { String::new() };
    let held = if entry.held > 0 { " held" } else { "" };
    age + &ring + &kept + held
}

/// The last words of a protobuf enum's name, in the tables' spelling.
pub fn word(name: &str, prefix: &str) -> String {
    name.trim_start_matches(prefix).to_ascii_lowercase()
}

impl Scribe {
    /// The latest offer of a contact with its epoch.
    pub fn latest_offer(&self, contact: &str) -> Option<(u64, u32)> {
        let of = |number: &u64| self.contacts.get(number).is_some_and(|id| id == contact);
        self.offers
            .iter()
            .rev()
            .find(|(_, (number, ..))| of(number))
            .map(|(offer, (_, _, epoch))| (*offer, *epoch))
    }

    fn pair(&self, offer: u64, state: &State) -> String {
        let Some((contact, agent, _)) = self.offers.get(&offer) else {
            return format!("#{offer}");
        };
        format!("{} {}", self.contact(*contact), state.names().id(*agent))
    }

    fn contact(&self, contact: u64) -> &str {
        self.contacts.get(&contact).map_or("?", String::as_str)
    }

    /// An event's text; none for those that tables don't tell.
    pub fn text(&mut self, event: &j::Event, state: &State) -> Option<String> {
        let name = |number: u32| state.names().id(number).to_owned();
        let left = |deadline_ms: u64| format_ms(deadline_ms.saturating_sub(event.at_ms));
        Some(match event.kind.as_ref()? {
            Kind::PlanStaged(_) => return None,
            Kind::PlanCommitted(e) => format!("plan {}", e.revision),
            Kind::ClockObserved(e) => format!("clock {}", e.wall_offset_ms),
            Kind::DaemonStarted(e) => format!("started {}", left(e.grace_deadline_ms)),
            Kind::GatewayNamed(e) => format!("named {}", e.id),
            Kind::GatewayLeased(e) if e.deadline_ms == 0 => {
                format!("leased {} open", state.gateway_id(e.gateway))
            }
            Kind::GatewayLeased(e) => {
                format!("leased {} {}", state.gateway_id(e.gateway), left(e.deadline_ms))
            }
            Kind::GatewayLost(e) => format!("lost {}", state.gateway_id(e.gateway)),
            Kind::ContactEnqueued(e) => {
                self.contacts.insert(e.contact, e.id.clone());
                let entry = e.entry.unwrap_or_default();
                let nobody = if e.unservable { " unservable" } else { "" };
                let origin = self.origin(e, state);
                let window = talk::window(e.window.as_deref(), event.at_ms);
                let entry = entered(&entry, event.at_ms, &name);
                let from = match e.overflowed_from {
                    0 => String::new(),
                    queue => format!(" from={}", name(queue)),
                };
                format!("in {} {}{from}{origin}{entry}{window}{nobody}", e.id, name(e.queue))
            }
            Kind::ContactUpdated(e) => format!("updated {}", self.contact(e.contact)),
            Kind::ContactOffered(e) => {
                self.offers.insert(e.offer, (e.contact, e.agent, e.epoch));
                let cause = match e.cause() {
                    j::OfferCause::Matched => "",
                    j::OfferCause::Transfer => " by-transfer",
                    j::OfferCause::Assigned => " by-assign",
                    j::OfferCause::Pulled => " by-pull",
                    j::OfferCause::Return => " by-return",
                    j::OfferCause::Consult => " by-consult",
                    j::OfferCause::Unspecified => " ?",
                };
                format!("offered {} {}{cause}", self.contact(e.contact), name(e.agent))
            }
            Kind::OfferEnded(e) => {
                let reason = match e.reason() {
                    j::OfferEnd::NoAnswer => "missed",
                    j::OfferEnd::Declined => "declined",
                    j::OfferEnd::AgentGone => "agent-gone",
                    j::OfferEnd::ContactEnded => "ended",
                    j::OfferEnd::ContactMoved => "withdrawn",
                    j::OfferEnd::Unspecified => "?",
                };
                format!("{reason} {}", self.pair(e.offer, state))
            }
            Kind::OfferAccepted(e) => {
                let by = if e.by_gateway { " by-gateway" } else { "" };
                let dial = match e.dial_deadline_ms {
                    0 => String::new(),
                    deadline_ms => format!(" dial={}", left(deadline_ms)),
                };
                format!("accepted {}{by}{dial}", self.pair(e.offer, state))
            }
            Kind::ContactConnected(e) => format!("connected {}", self.pair(e.offer, state)),
            Kind::ContactReturned(e) => {
                let reason = word(e.reason().as_str_name(), "RETURN_REASON_");
                let entry = e.entry.unwrap_or_default();
                format!(
                    "returned {} {reason}{}",
                    self.contact(e.contact),
                    entered(&entry, event.at_ms, &name)
                )
            }
            Kind::ContactTransferred(e) => {
                let reason = match e.reason() {
                    j::TransferReason::QueueRemoved => " removed",
                    j::TransferReason::Requeued => " requeued",
                    j::TransferReason::Reassigned => " reassigned",
                    j::TransferReason::QueueClosed => " closed",
                    j::TransferReason::Overflowed => " overflowed",
                    j::TransferReason::Requested | j::TransferReason::Unspecified => "",
                };
                let entry = entered(&e.entry.unwrap_or_default(), event.at_ms, &name);
                let by = match e.channel {
                    0 => String::new(),
                    channel => format!(" by={}/{}", name(channel), state.gateway_id(e.gateway)),
                };
                let window = talk::window(e.window.as_ref(), event.at_ms);
                format!("moved {} {}{by}{entry}{window}{reason}", self.contact(e.contact), name(e.queue))
            }
            Kind::RingOpened(e) => {
                let cause = word(e.cause().as_str_name(), "RING_CAUSE_");
                format!("ring {} {} {cause}", self.contact(e.contact), e.ring)
            }
            Kind::KeepEnded(e) => {
                let reason = word(e.reason().as_str_name(), "KEEP_END_REASON_");
                format!("free {} {reason}", self.contact(e.contact))
            }
            Kind::ExclusionsCleared(e) => format!("again {}", self.contact(e.contact)),
            Kind::ContactClosed(e) => {
                let reason = word(e.reason().as_str_name(), "CONTACT_END_");
                format!(
                    "closed {} {reason}{}",
                    self.contact(e.contact),
                    result(state, e.disposition, e.resolution)
                )
            }
            Kind::DispositionRecorded(e) => {
                format!("recorded {}{}", self.contact(e.contact), result(state, e.disposition, e.resolution))
            }
            Kind::WrapUpStarted(e) => {
                format!("wrap-up {} {}", self.pair(e.offer, state), left(e.deadline_ms))
            }
            Kind::AssignmentEnded(e) => {
                let reason = word(e.reason().as_str_name(), "ASSIGNMENT_END_");
                format!("released {} {reason}", self.pair(e.offer, state))
            }
            kind => {
                let talked =
                    self.callback(kind, event.at_ms, &name).or_else(|| self.talk(kind, event.at_ms, state));
                let talked = talked.or_else(|| self.surge(kind, state));
                let of_shifts = || shifts::text(kind, state).or_else(|| hours::text(kind, state));
                return talked.or_else(|| agent_text(kind, &name, &left)).or_else(of_shifts);
            }
        })
    }
}

fn agent_text(kind: &Kind, name: &dyn Fn(u32) -> String, left: &dyn Fn(u64) -> String) -> Option<String> {
    Some(match kind {
        Kind::AgentSignedIn(e) => format!("signed-in {}", name(e.agent)),
        Kind::AgentDisconnected(e) => format!("away {} {}", name(e.agent), left(e.grace_deadline_ms)),
        Kind::AgentReconnected(e) => format!("back {}", name(e.agent)),
        Kind::AgentSignedOut(e) => {
            format!("signed-out {} {}", name(e.agent), word(e.reason().as_str_name(), "SIGN_OUT_REASON_"))
        }
        Kind::AgentAvailabilitySet(e) if e.ready => format!("ready {}", name(e.agent)),
        Kind::AgentAvailabilitySet(e) => format!("not-ready {} {}", name(e.agent), e.reason),
        _ => return None,
    })
}

/// ` resolved/2` for disposition and resolution; nothing for none.
pub fn result(state: &State, disposition: u32, resolution: u32) -> String {
    match (state.names().id(disposition), resolution) {
        ("", 0) => String::new(),
        (disposition, 0) => format!(" {disposition}"),
        (disposition, resolution) => format!(" {disposition}/{resolution}"),
    }
}

/// A refusal's text: its reason and what it tells programs, or the fields at fault.
pub fn refused(refusal: &Refusal) -> String {
    let fields: Vec<&str> = refusal.fields.iter().map(|(field, _)| field.as_str()).collect();
    let told: String = refusal.metadata.iter().map(|(key, value)| format!(" {key}={value}")).collect();
    if fields.is_empty() { format!("!{}{told}", refusal.reason) } else { format!("!{}", fields.join(",")) }
}
