//! A synthetic gateway of one channel: brings customers in, connects those whom an agent has accepted, and
//! tells when a customer leaves. It does what a real one would, over the same API, and keeps its own book.

pub mod bot;
mod calls;
mod watch;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::task::JoinSet;
use tonic::{Code, Status, transport::Channel};

use super::{
    arrivals::{Arrival, Arrivals},
    book::{News, SharedBook},
    chance::Chance,
    pace::Timers,
    stage::{CALLS_MAX, Stage, reason},
};
use crate::{
    plan::{Plan, model::ChannelKind},
    proto::v1::{
        Contact, ContactCause, ContactKind, EnqueueContactResponse, WaitNoticeKind,
        contact_service_client::ContactServiceClient,
    },
};
use watch::Change;

/// Attribute: seconds of the demo's time that the talk takes.
pub const TALK_ATTRIBUTE: &str = "demo.talk_s";
/// Attribute: present when the customer ends the talk.
pub const CUSTOMER_ENDS_ATTRIBUTE: &str = "demo.customer_ends";

/// The gateway of the bot, and the channel whose customers begin with it at times.
pub const BOT_GATEWAY: &str = "demo-bot";
/// See [`BOT_GATEWAY`].
pub const BOT_CHANNEL: &str = "wechat";

/// Contacts of one gateway inside at once; further customers come later.
const LIVE_MAX: usize = 20_000;

/// Making the connection of customer and agent.
const SETUP_MEDIAN: Duration = Duration::from_secs(1);
const SETUP_SPREAD: f64 = 0.5;

/// Between two messages of a conversation.
const MESSAGE_GAP_MEDIAN: Duration = Duration::from_secs(20);
const MESSAGE_GAP_SPREAD: f64 = 0.4;

/// A gateway about to open.
pub struct Gateway {
    /// Its channel.
    pub channel: String,
    /// Whether customers and agents have to be connected.
    pub realtime: bool,
    /// Whether its customers like to be called back.
    pub takes_callbacks: bool,
    /// Who comes.
    pub arrivals: Arrivals,
    /// Its book.
    pub book: SharedBook,
    /// The plan in force.
    pub plan: Arc<Plan>,
}

enum Due {
    Arrive(Box<Arrival>),
    Leave(String),
    Connect { contact: String, offer: u64, epoch: u32 },
    HangUp(String),
    Say { contact: String, customer: bool },
}

/// What came of a call.
enum Done {
    Enqueued { contact: String, category: String, answer: Result<EnqueueContactResponse, Status> },
    Found { contact: String, answer: Result<Option<Contact>, Status> },
    Told { call: &'static str, failed: Option<Status> },
}

struct Actor {
    id: String,
    gateway: Gateway,
    stage: Stage,
    client: ContactServiceClient<Channel>,
    chance: Chance,
    timers: Timers<Due>,
    calls: JoinSet<Done>,
    arrived: u64,
    /// Customers who say nothing for so long once they have been answered.
    silent: BTreeMap<String, Duration>,
}

/// Runs a gateway until it is aborted. When the demo no longer plays it only listens.
pub async fn run(gateway: Gateway, stage: Stage, channel: Channel) {
    let id = format!("demo-{}", gateway.channel);
    let client = ContactServiceClient::new(channel);
    let mut changes = watch::open(client.clone(), id.clone(), stage.faults.clone());

    let chance = Chance::new(stage.seed, &format!("gateway {id}"));
    let mut playing = stage.playing.clone();
    let mut actor = Actor {
        id,
        gateway,
        stage,
        client,
        chance,
        timers: Timers::new(),
        calls: JoinSet::new(),
        arrived: 0,
        silent: BTreeMap::new(),
    };
    actor.expect_next();
    loop {
        let acts = actor.stage.is_playing() && actor.calls.len() < CALLS_MAX;
        tokio::select! {
            Some(Ok(done)) = actor.calls.join_next() => actor.done(done),
            Some(change) = changes.next() => actor.changed(change),
            due = actor.timers.next(), if acts => actor.due(due),
            Ok(()) = playing.changed() => {}
            // Nothing can come any more.
            else => return,
        }
    }
}

impl Actor {
    fn is_messaging(&self) -> bool {
        let channel = self.gateway.plan.channels.get(&self.gateway.channel);
        channel.is_some_and(|channel| channel.kind == ChannelKind::Messaging)
    }

    fn expect_next(&mut self) {
        match self.gateway.arrivals.next() {
            Some(arrival) => {
                self.timers.add(self.stage.pace.at(arrival.at), Due::Arrive(Box::new(arrival)));
            }
            None => self.gateway.book.open().arrivals_over = true,
        }
    }

    fn due(&mut self, due: Due) {
        match due {
            Due::Arrive(arrival) if self.gateway.book.open().live_count() >= LIVE_MAX => {
                self.timers.add(self.stage.pace.after(Duration::from_secs(1)), Due::Arrive(arrival));
            }
            Due::Arrive(arrival) => {
                self.enqueue(*arrival);
                self.expect_next();
            }
            Due::Leave(contact) => self.leave(contact),
            Due::Connect { contact, offer, epoch } => self.connect(contact, offer, epoch),
            Due::HangUp(contact) => self.hang_up(contact),
            Due::Say { contact, customer } => self.say(contact, customer),
        }
    }

    fn done(&mut self, done: Done) {
        let faults = &self.stage.faults;
        match done {
            Done::Enqueued { answer: Ok(response), .. } => {
                if let Some(contact) = response.contact {
                    self.heard(&contact, ContactCause::Unspecified);
                }
            }
            Done::Enqueued { contact, category, answer: Err(status) } => {
                let categories = &self.gateway.plan.categories;
                let queue = categories.get(&category).map(|category| category.queue.as_str());
                let mut book = self.gateway.book.open();
                if status.code() == Code::ResourceExhausted && reason(&status) == "QUEUE_FULL" {
                    book.reject(&contact, queue.unwrap_or_default());
                } else {
                    book.forget(&contact);
                    faults.note("EnqueueContact", &status);
                }
            }
            Done::Found { answer: Ok(Some(contact)), .. } => self.heard(&contact, ContactCause::Unspecified),
            Done::Found { contact, answer } => {
                self.gateway.book.open().forget(&contact);
                let status = answer.err().unwrap_or_else(|| Status::internal("no contact in the answer"));
                faults.note("GetContact", &status);
            }
            Done::Told { call, failed: Some(status) } => faults.note_unless_late(call, &status),
            Done::Told { failed: None, .. } => {}
        }
    }

    fn changed(&mut self, change: Change) {
        match change {
            Change::Contact(contact, cause) => self.heard(&contact, cause),
            Change::Notices(notices) => {
                for notice in notices {
                    if notice.kind() == WaitNoticeKind::CallbackOffer && self.stage.is_playing() {
                        self.offer_callback(notice.contact_id);
                    }
                }
            }
            Change::Snapshot(contacts) => {
                for contact in &contacts {
                    self.heard(contact, ContactCause::Unspecified);
                }
                let missing = self.gateway.book.open().missing_from(&contacts);
                for contact in missing {
                    self.look_up(contact);
                }
            }
        }
    }

    fn heard(&mut self, contact: &Contact, cause: ContactCause) {
        let News { accepted, answered, connect, .. } = self.gateway.book.open().see(contact, cause);
        let pace = self.stage.pace;
        let id = || contact.contact_id.clone();
        if let Some(Some(patience)) = accepted {
            self.timers.add(pace.after(patience), Due::Leave(id()));
        }
        if let Some(Some(talk)) = answered {
            self.timers.add(pace.after(talk), Due::HangUp(id()));
        }
        let talks = matches!(contact.kind(), ContactKind::Customer | ContactKind::Callback);
        if answered.is_some() && talks && self.is_messaging() {
            let gap = self.chance.lognormal(MESSAGE_GAP_MEDIAN, MESSAGE_GAP_SPREAD);
            let silence = self.silent.remove(&contact.contact_id);
            let customer = silence.is_some();
            self.timers.add(pace.after(silence.unwrap_or(gap)), Due::Say { contact: id(), customer });
        }
        if let Some((offer, epoch)) = connect
            && self.gateway.realtime
        {
            let setup = self.chance.lognormal(SETUP_MEDIAN, SETUP_SPREAD);
            self.timers.add(pace.after(setup), Due::Connect { contact: id(), offer, epoch });
        }
    }
}
