//! What is measured of conversations. But for what comes with every message, which has cached handles, those are
//! asked of the recorder each time: these facts are rare beside waits and offers, and their words many.

use std::sync::Arc;

use super::{as_f64, names::conversation as names, registry::Registry, seconds};

/// Where something happened, by ids in the plan; the category is empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The queue.
    pub queue: Arc<str>,
    /// The channel.
    pub channel: Arc<str>,
    /// The category.
    pub category: Arc<str>,
}

/// Something that happened in a conversation, once it is durable. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    /// Somebody wrote: `customer`, `action`, `agent` or `automatic`.
    Activity(&'static str),
    /// An agent wrote for the first time, so long after the contact came in.
    FirstResponse(u64),
    /// An agent answered a turn after so long.
    Response(u64),
    /// Parking ended: `resumed`, `returned`, `pulled`, `moved`, `closed` or `idle`.
    ParkedEnded(&'static str),
    /// A bot was done with it: `returned`, `closed`, `time`, `lost`, `supervisor` or `other`.
    BotEnded(&'static str, u64),
    /// It was transferred.
    Transferred(&'static str),
    /// A consult ended.
    ConsultEnded(&'static str),
    /// The end of the reply window is a step nearer.
    WindowNeared,
    /// A promise was made.
    PromiseMade,
    /// Its time passed unkept, or its queue left the plan.
    PromiseBroken,
    /// It ended: `kept`, `late`, `unreached` or `cancelled`.
    PromiseEnded(&'static str),
    /// It was fulfilled so long after its time.
    PromiseLateness(u64),
    /// The customer's score.
    FeedbackScore(u32),
    /// Whether the customer says that the matter is settled.
    FeedbackResolved(bool),
    /// Whether a matter was settled with its first contact.
    FirstContact(bool),
}

/// Records what is rare.
pub(super) fn record(registry: &Registry, tenant: &str, place: &Place, talk: Talk) {
    let Place { queue, channel, category } = place;
    let by_channel = [tenant, queue, channel];
    let yes_no = |yes| if yes { "yes" } else { "no" };
    match talk {
        Talk::Activity(_) | Talk::Response(_) => {}
        Talk::FirstResponse(ms) => {
            registry.histogram(&names::FIRST_RESPONSE, &by_channel).record(seconds(ms));
        }
        Talk::ParkedEnded(way) => {
            registry.counter(&names::PARKED_ENDED, &[tenant, queue, channel, way]).increment(1);
        }
        Talk::BotEnded(outcome, ms) => {
            registry.histogram(&names::BOT_TIME, &[tenant, queue, channel, outcome]).record(seconds(ms));
        }
        Talk::Transferred(kind) => {
            registry.counter(&names::TRANSFERS, &[tenant, queue, channel, kind]).increment(1);
        }
        Talk::ConsultEnded(outcome) => {
            registry.counter(&names::CONSULTS, &[tenant, queue, channel, outcome]).increment(1);
        }
        Talk::WindowNeared => registry.counter(&names::WINDOWS_NEAR, &by_channel).increment(1),
        Talk::PromiseMade => registry.counter(&names::PROMISES_MADE, &[tenant, queue]).increment(1),
        Talk::PromiseBroken => registry.counter(&names::PROMISES_BROKEN, &[tenant, queue]).increment(1),
        Talk::PromiseEnded(outcome) => {
            registry.counter(&names::PROMISES_ENDED, &[tenant, queue, outcome]).increment(1);
        }
        Talk::PromiseLateness(ms) => {
            registry.histogram(&names::PROMISE_LATENESS, &[tenant, queue]).record(seconds(ms));
        }
        Talk::FeedbackScore(score) => {
            let histogram = registry.histogram(&names::FEEDBACK_SCORE, &[tenant, queue, category]);
            histogram.record(as_f64(u64::from(score)));
        }
        Talk::FeedbackResolved(yes) => {
            registry.counter(&names::FEEDBACK_RESOLVED, &[tenant, queue, category, yes_no(yes)]).increment(1);
        }
        Talk::FirstContact(yes) => {
            registry.counter(&names::FIRST_CONTACTS, &[tenant, queue, category, yes_no(yes)]).increment(1);
        }
    }
}
