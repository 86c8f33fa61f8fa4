//! Ages by the clocks of queues and who is held, worked out again from the events alone, over random days: each
//! contact is followed for itself, minute by minute if need be, where the engine keeps one number a queue.

use std::collections::BTreeMap;

use kefud::proto::journal::{self as j, ContactEnd, ContactStage, OfferCause, PlanKind, event::Kind};

use super::HOURS;
use crate::common::desk::Desk;

const QUEUES: [&str; 6] = ["mail", "always", "walk", "stop", "over", "night"];
const AGENTS: [&str; 3] = ["a1", "a2", "one"];

/// A contact that has not ended.
#[derive(Debug, Clone, Copy, Default)]
struct Followed {
    queue: u32,
    /// Its age goes on while its queue's clock does.
    in_line: bool,
    waiting: bool,
    held: bool,
    age_ms: u64,
}

/// What events tell of queues and contacts.
#[derive(Debug, Default)]
struct Naive {
    at_ms: u64,
    /// Closed, and whether the clock stands still.
    hours: BTreeMap<u32, (bool, bool)>,
    contacts: BTreeMap<u64, Followed>,
    offers: BTreeMap<u64, u64>,
    /// Objectives, and those that offer nothing while closed.
    objectives: BTreeMap<u32, u64>,
    holding: Vec<u32>,
    offered: usize,
    too_old: usize,
}

impl Naive {
    fn new(desk: &Desk) -> Self {
        let state = desk.sim.state();
        let number = |id: &str| state.names().number(PlanKind::Queue, id).unwrap();
        let queues = state.plan().queues.iter();
        Self {
            objectives: queues.map(|(id, queue)| (number(id), queue.objective_ms)).collect(),
            holding: vec![number("stop")],
            ..Self::default()
        }
    }

    fn pass(&mut self, to_ms: u64) {
        for contact in self.contacts.values_mut().filter(|contact| contact.in_line) {
            if !self.hours.get(&contact.queue).is_some_and(|(_, stopped)| *stopped) {
                contact.age_ms += to_ms - self.at_ms;
            }
        }
        self.at_ms = to_ms;
    }

    fn is_held(&self, contact: &Followed) -> bool {
        let closed = self.hours.get(&contact.queue).is_some_and(|(closed, _)| *closed);
        contact.waiting && closed && (contact.held || self.holding.contains(&contact.queue))
    }

    fn event(&mut self, event: &j::Event) {
        self.pass(event.at_ms.max(self.at_ms));
        match event.kind.as_ref().unwrap() {
            Kind::QueueHours(e) => {
                for change in &e.changes {
                    self.hours.insert(change.queue, (!change.open, change.clock_stopped));
                    let here = self.contacts.values_mut().filter(|contact| contact.queue == change.queue);
                    here.filter(|_| change.open).for_each(|contact| contact.held = false);
                }
            }
            Kind::ContactEnqueued(e) => {
                let held = e.entry.is_some_and(|entry| entry.held != 0);
                let followed = Followed { queue: e.queue, in_line: true, waiting: true, held, age_ms: 0 };
                self.contacts.insert(e.contact, followed);
            }
            Kind::ContactTransferred(e) => {
                let contact = self.contacts.get_mut(&e.contact).unwrap();
                let held = e.entry.is_some_and(|entry| entry.held != 0);
                *contact = Followed { queue: e.queue, in_line: true, waiting: true, held, ..*contact };
            }
            Kind::ContactReturned(e) => {
                let contact = self.contacts.get_mut(&e.contact).unwrap();
                (contact.in_line, contact.waiting) = (true, true);
            }
            Kind::ContactOffered(e) => {
                if e.cause() == OfferCause::Matched {
                    self.first(e.contact);
                }
                self.offers.insert(e.offer, e.contact);
                self.contacts.get_mut(&e.contact).unwrap().waiting = false;
            }
            Kind::OfferEnded(e) => {
                let contact = self.contacts.get_mut(&self.offers[&e.offer]);
                contact.into_iter().for_each(|contact| contact.waiting = true);
            }
            Kind::OfferAccepted(e) => {
                self.contacts.get_mut(&self.offers[&e.offer]).unwrap().in_line = false;
            }
            Kind::ContactClosed(e) => {
                let contact = self.contacts.remove(&e.contact).unwrap();
                if e.reason() == ContactEnd::WaitLimit {
                    self.too_old += 1;
                    assert!(contact.age_ms >= 4 * 3_600_000, "{contact:?} ended before its time");
                }
            }
            _ => {}
        }
    }

    /// Who is offered is not held, and nobody who might be is more urgent.
    fn first(&mut self, number: u64) {
        let contact = self.contacts[&number];
        assert!(!self.is_held(&contact), "{contact:?} is held");
        let urgency =
            |contact: &Followed| (u128::from(contact.age_ms), u128::from(self.objectives[&contact.queue]));
        let (age, objective) = urgency(&contact);
        for (other, waiting) in
            self.contacts.iter().filter(|(_, other)| other.waiting && !self.is_held(other))
        {
            let (others_age, others_objective) = urgency(waiting);
            let order = (others_age * objective).cmp(&(age * others_objective));
            let before = order.is_gt() || (order.is_eq() && *other < number);
            assert!(!before, "{other} {waiting:?} comes before {number} {contact:?} at {}", self.at_ms);
        }
        self.offered += 1;
    }

    fn check(&self, desk: &Desk) {
        let (state, now_ms) = (desk.sim.state(), desk.sim.now_ms());
        for (number, contact) in &self.contacts {
            let record = state.contact(*number).unwrap();
            assert_eq!(record.stage() == ContactStage::Waiting, contact.waiting, "{record:?}");
            assert_eq!(state.is_held(record), self.is_held(contact), "{record:?}");
            if contact.in_line {
                assert_eq!(state.age_ms(record, now_ms), contact.age_ms, "{record:?} at {now_ms}");
            }
        }
    }
}

/// The same numbers from the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }
}

fn line(random: &mut Random, contacts: &mut u64, wall_s: i64) -> String {
    let any = |random: &mut Random, contacts: u64| format!("c{}", random.below(contacts.max(1)));
    match random.below(16) {
        0..4 => {
            *contacts += 1;
            format!("enqueue c{} wechat {}", *contacts - 1, random.of(&QUEUES))
        }
        4..7 => format!("advance {}s", random.below(7_200) + 1),
        7 => format!("transfer gateway {} queue={}", any(random, *contacts), random.of(&QUEUES)),
        8 => format!("signin {} ready", random.of(&AGENTS)),
        9 => format!("signout {} return", random.of(&AGENTS)),
        10 => format!("accept {} {}", random.of(&AGENTS), any(random, *contacts)),
        11 => format!("complete {} {}", random.of(&AGENTS), any(random, *contacts)),
        12 => format!("hours {} {}", random.of(&QUEUES), random.of(&["open", "closed", "clear"])),
        13 => format!("cancel {}", any(random, *contacts)),
        14 => {
            let by_s = i64::try_from(random.below(8 * 3_600)).unwrap() - 4 * 3_600;
            format!("clock {}", (wall_s + by_s) * 1_000)
        }
        _ => format!("pull {} {}", random.of(&AGENTS), any(random, *contacts)),
    }
}

/// Runs random lines; with `reload`, the engine is rebuilt from time to time, which must change nothing. Returns what
/// came of each line.
fn run(seed: u64, reload: bool) -> (Vec<String>, Naive) {
    let mut desk = Desk::with(HOURS);
    // Nobody misses an offer, so that nobody is excluded.
    desk.run("apply set channels.wechat.offer_timeout=\"10m\" set settings.exclude_after_no_answer=\"0s\"");
    desk.run("wall 2026-09-28T08:00");
    let mut naive = Naive::new(&desk);
    desk.sim.events().iter().for_each(|event| naive.event(event));
    let mut read = desk.sim.events().len();
    let mut told = Vec::new();
    let (mut random, mut contacts) = (Random(seed), 0);
    for step in 0..400 {
        if reload && step % 5 == 0 {
            assert_eq!(desk.run("reload"), "-", "seed {seed} step {step}");
            read = 0;
        }
        let offset_s = desk.sim.state().wall_offset_ms() / 1_000;
        let line = line(&mut random, &mut contacts, offset_s);
        told.push(format!("{line} => {}", desk.run(&line)));
        desk.sim.events()[read..].iter().for_each(|event| naive.event(event));
        read = desk.sim.events().len();
        naive.pass(desk.sim.now_ms());
        naive.check(&desk);
    }
    let state = desk.sim.state();
    assert!(desk.sim.reimported().hash() == state.hash(), "an import differs, seed {seed}");
    if !reload {
        assert!(desk.sim.replayed().hash() == state.hash(), "replay differs, seed {seed}");
    }
    (told, naive)
}

#[test]
fn ages_and_order_are_those_worked_out_contact_by_contact() {
    let (mut offered, mut too_old) = (0, 0);
    for seed in 0..24 {
        let (told, naive) = run(seed, false);
        let (again, _) = run(seed, true);
        for (one, other) in told.iter().zip(&again) {
            assert_eq!(one, other, "a rebuilt engine decides otherwise, seed {seed}");
        }
        offered += naive.offered;
        too_old += naive.too_old;
    }
    assert!(offered > 300 && too_old > 50, "too little came of it: {offered} offers, {too_old} too old");
}
