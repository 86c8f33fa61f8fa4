//! A synthetic agent at a desktop: signs in by the stream, answers offers after a moment (and now and then
//! not), talks, writes up, takes breaks. Serves as many at once as the daemon gives. Owns how people
//! behave; what they get is the daemon's business.

mod calls;
mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet};
use tonic::{Status, transport::Channel};

use super::{
    chance::Chance,
    gateway::{CUSTOMER_ENDS_ATTRIBUTE, TALK_ATTRIBUTE},
    pace::Timers,
    stage::{CALLS_MAX, Stage},
};
use crate::{
    plan::Plan,
    proto::v1::{
        Agent, AssignmentChange, AssignmentPhase, Availability, Contact, ContactKind, OfferedContact,
        agent_service_client::AgentServiceClient, stream_assignments_response::Update,
    },
};

const MISSES: f64 = 0.02;
const DECLINES: f64 = 0.02;
const REACTION_MEDIAN: Duration = Duration::from_millis(2_500);
const REACTION_SPREAD: f64 = 0.5;
/// After this share of the time that a channel allows, an agent who answers at all has answered.
const REACTION_SHARE_MAX: f64 = 0.8;
/// An agent takes about so much of the wrap-up time; at times all of it.
const WRAP_UP_SHARE: f64 = 0.4;
const WRAP_UP_SPREAD: f64 = 0.5;
const BREAK_GAP_MEAN: Duration = Duration::from_secs(2 * 3_600);
const BREAK_MEDIAN: Duration = Duration::from_secs(8 * 60);
const BREAK_SPREAD: f64 = 0.3;
/// Until an agent notices that the daemon has set them to not ready.
const NOTICE_MEDIAN: Duration = Duration::from_secs(30);
const NOTICE_SPREAD: f64 = 0.4;
/// In so many talks a colleague is asked, half-way through; some of these then take the talk over.
const ASKS: f64 = 0.06;
const HANDS_OVER: f64 = 0.3;
/// How long a colleague is asked at most.
const CONSULT_TALK: Duration = Duration::from_secs(60);
/// So many ends come with a promise, due between these times.
const PROMISES: f64 = 0.25;
const PROMISE_DUE: std::ops::Range<f64> = 60.0..180.0;
/// Who has been silent and comes back soon has what was wanted.
const TALK_AFTER_SILENCE: Duration = Duration::from_secs(60);
const TALK_UNKNOWN: Duration = Duration::from_secs(120);

/// An agent who plays.
pub struct Player {
    /// Id in the plan.
    pub id: String,
    /// The plan in the demo's time.
    pub plan: Arc<Plan>,
    /// Asks colleagues and makes promises; calls of a trace are played as they were.
    pub lively: bool,
    /// Told once, when the agent is signed in.
    pub signed_in: mpsc::Sender<()>,
}

enum Due {
    Answer {
        offer: u64,
        epoch: u32,
        accept: bool,
    },
    /// `customer`: the channel, if a customer has come by it.
    Complete {
        offer: u64,
        contact: String,
        customer: Option<String>,
    },
    Ask {
        offer: u64,
        contact: String,
        queue: String,
    },
    HandOver {
        consult: String,
    },
    FinishWrapUp {
        contact: String,
        complete: bool,
    },
    Break,
    Ready,
}

struct Actor {
    player: Player,
    stage: Stage,
    client: AgentServiceClient<Channel>,
    chance: Chance,
    timers: Timers<Due>,
    calls: JoinSet<(&'static str, Option<Status>)>,
    /// Live offers by id.
    offers: BTreeSet<u64>,
    /// Assignments by offer id, with the phase that has been taken note of.
    assignments: BTreeMap<u64, AssignmentPhase>,
    /// Contacts that the agent has ended.
    completed: BTreeSet<String>,
    /// Promises and consults so far; their ids are made of it.
    numbered: u64,
}

/// Plays an agent until aborted. When the demo no longer plays, the agent only listens.
pub async fn run(player: Player, stage: Stage, channel: Channel) {
    let client = AgentServiceClient::new(channel);
    let mut updates = watch::open(client.clone(), player.id.clone(), stage.faults.clone());
    let mut playing = stage.playing.clone();
    let mut actor = Actor {
        chance: Chance::new(stage.seed, &format!("agent {}", player.id)),
        player,
        stage,
        client,
        timers: Timers::new(),
        calls: JoinSet::new(),
        offers: BTreeSet::new(),
        assignments: BTreeMap::new(),
        completed: BTreeSet::new(),
        numbered: 0,
    };
    let until_break = actor.chance.exponential(BREAK_GAP_MEAN);
    actor.add(until_break, Due::Break);
    loop {
        let acts = actor.stage.is_playing() && actor.calls.len() < CALLS_MAX;
        tokio::select! {
            Some(Ok((call, failed))) = actor.calls.join_next() => {
                if let Some(status) = failed {
                    actor.stage.faults.note_unless_late(call, &status);
                }
            }
            Some(update) = updates.next() => actor.updated(update),
            due = actor.timers.next(), if acts => actor.due(due),
            Ok(()) = playing.changed() => {}
            // Nothing can come any more.
            else => return,
        }
    }
}

impl Actor {
    fn add(&mut self, after: Duration, due: Due) {
        self.timers.add(self.stage.pace.after(after), due);
    }

    fn updated(&mut self, update: Update) {
        match update {
            Update::Snapshot(snapshot) => {
                // Told already, or too late to matter.
                self.player.signed_in.try_send(()).ok();
                for offered in &snapshot.offers {
                    self.offered(offered);
                }
                for change in &snapshot.assignments {
                    self.assignment(change);
                }
                if let Some(agent) = &snapshot.agent {
                    self.agent(agent);
                }
            }
            Update::Resumed(_) | Update::PromiseChanged(_) => {}
            Update::Offered(offered) => self.offered(&offered),
            Update::OfferEnded(ended) => {
                self.offers.remove(&ended.offer_id);
            }
            Update::AssignmentChanged(change) => self.assignment(&change),
            Update::AssignmentEnded(ended) => {
                self.assignments.remove(&ended.offer_id);
                self.completed.remove(&ended.contact_id);
            }
            Update::AgentChanged(agent) => self.agent(&agent),
        }
    }

    fn offered(&mut self, offered: &OfferedContact) {
        let (Some(offer), Some(contact)) = (&offered.offer, &offered.contact) else {
            return;
        };
        if !self.offers.insert(offer.offer_id) || self.chance.happens(MISSES) {
            return;
        }
        let accept = !self.chance.happens(DECLINES);
        let allowed = self.channel_time(contact, |channel| channel.offer_timeout_ms);
        let reaction = self.chance.lognormal(REACTION_MEDIAN, REACTION_SPREAD);
        let reaction = reaction.min(allowed.mul_f64(REACTION_SHARE_MAX));
        self.add(reaction, Due::Answer { offer: offer.offer_id, epoch: offer.epoch, accept });
    }

    /// A time of a contact's channel, in the demo's time.
    fn channel_time(&self, contact: &Contact, ms: impl Fn(&crate::plan::model::Channel) -> u64) -> Duration {
        Duration::from_millis(self.player.plan.channels.get(&contact.channel).map_or(0, ms))
    }

    fn assignment(&mut self, change: &AssignmentChange) {
        let (Some(assignment), Some(contact)) = (&change.assignment, &change.contact) else {
            return;
        };
        let phase = assignment.phase();
        self.offers.remove(&assignment.offer_id);
        if self.assignments.insert(assignment.offer_id, phase) == Some(phase) {
            return;
        }
        let id = assignment.contact_id.clone();
        match phase {
            AssignmentPhase::Active => self.talks(assignment.offer_id, contact),
            AssignmentPhase::WrapUp => {
                let allowed = self.channel_time(contact, |channel| channel.wrap_up_ms);
                let takes = self.chance.lognormal(allowed.mul_f64(WRAP_UP_SHARE), WRAP_UP_SPREAD);
                let complete = !self.completed.contains(&id);
                self.add(takes, Due::FinishWrapUp { contact: id, complete });
            }
            AssignmentPhase::Connecting | AssignmentPhase::Unspecified => {}
        }
    }

    /// Plans how a talk goes on that begins, or goes on after a silence, or after a colleague had it.
    fn talks(&mut self, offer: u64, contact: &Contact) {
        let customer = contact.kind() == ContactKind::Customer;
        let goes_on = !contact.legs.is_empty();
        let told = contact.attributes.get(TALK_ATTRIBUTE).and_then(|text| text.parse().ok());
        let told = told.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let talk = match contact.kind() {
            ContactKind::Consult => CONSULT_TALK,
            _ if goes_on => told.unwrap_or(TALK_UNKNOWN).min(TALK_AFTER_SILENCE),
            _ => told.unwrap_or(TALK_UNKNOWN),
        };
        let id = || contact.contact_id.clone();
        if customer && self.player.lively && self.chance.happens(ASKS) {
            self.add(talk / 2, Due::Ask { offer, contact: id(), queue: contact.queue.clone() });
        }
        // Who doesn't end the talk when it should end is ended when it goes on.
        if !customer || goes_on || !contact.attributes.contains_key(CUSTOMER_ENDS_ATTRIBUTE) {
            let customer = customer.then(|| contact.channel.clone());
            self.add(talk, Due::Complete { offer, contact: id(), customer });
        }
    }

    /// Whether the agent still talks; after a silence or a transfer it is another talk.
    fn is_talking(&self, offer: u64) -> bool {
        self.assignments.get(&offer) == Some(&AssignmentPhase::Active)
    }

    fn agent(&mut self, agent: &Agent) {
        let by_daemon = matches!(agent.availability_reason.as_str(), "missed" | "unreachable");
        if agent.availability() == Availability::NotReady && by_daemon {
            let notices = self.chance.lognormal(NOTICE_MEDIAN, NOTICE_SPREAD);
            self.add(notices, Due::Ready);
        }
    }

    fn due(&mut self, due: Due) {
        match due {
            Due::Answer { offer, epoch, accept } if self.offers.contains(&offer) => {
                self.answer(offer, epoch, accept);
            }
            Due::Answer { .. } => {}
            Due::Complete { offer, .. } | Due::Ask { offer, .. } if !self.is_talking(offer) => {}
            Due::Complete { contact, customer, .. } => {
                self.completed.insert(contact.clone());
                let customer = customer.filter(|_| self.player.lively && self.chance.happens(PROMISES));
                let promise = customer.map(|channel| self.promise(&channel));
                self.complete(contact, false, promise);
            }
            Due::Ask { contact, queue, .. } => self.ask(contact, queue),
            Due::HandOver { consult } => self.hand_over(consult),
            Due::FinishWrapUp { contact, complete: true } => self.complete(contact, true, None),
            Due::FinishWrapUp { contact, complete: false } => self.finish(contact),
            Due::Break => {
                self.set_availability(Availability::NotReady, "break");
                let rest = self.chance.lognormal(BREAK_MEDIAN, BREAK_SPREAD);
                self.add(rest, Due::Ready);
                let next = rest + self.chance.exponential(BREAK_GAP_MEAN);
                self.add(next, Due::Break);
            }
            Due::Ready => self.set_availability(Availability::Ready, ""),
        }
    }
}
