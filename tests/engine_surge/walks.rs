//! Property: whatever ways lead from queue to queue, and however plans change meanwhile, each contact's way ends: it is moved
//! at most eight times, and never into a queue that it has left in this way.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use kefud::{
    engine::command::{ApplyPlan, Command, Enqueue, RemovedQueuePolicy},
    plan::{self, Plan, model::SurgeStep},
    proto::journal::{self as j, TransferReason, event::Kind},
    sim::Sim,
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// More than a contact may be moved times.
const QUEUES: usize = 12;
const HOPS_MAX: usize = 8;
/// Longer than the longest way.
const REST_MS: u64 = 30_000;

/// The queues to which each queue overflows, and after how many seconds; plans may have circles that no check would let
/// pass: what is in line came under another one.
type Ways = Vec<(usize, u64)>;

fn base() -> Plan {
    let mut text =
        String::from("[channels.phone]\nkind = \"realtime\"\nunits = 100\noffer_timeout = \"20s\"\n");
    // Somebody is there, who could serve all.
    text.push_str("[groups.g]\n[agents.a]\ngroups = [\"g\"]\n");
    for queue in 0..QUEUES {
        let _ = writeln!(text, "[surges.s{queue}]\nhold = \"1m\"");
        let _ = writeln!(text, "[queues.q{queue}]\nchannels = [\"phone\"]\nobjective = \"1m\"");
        let _ = writeln!(text, "surge = \"s{queue}\"");
    }
    plan::parse(&text).expect("a plan")
}

fn with(ways: &Ways) -> Plan {
    let mut plan = base();
    for (from, (to, after_s)) in ways.iter().enumerate().filter(|(from, (to, _))| from != to) {
        let step = SurgeStep::Overflow { queue: format!("q{to}"), after_ms: after_s * 1_000 };
        plan.surges.get_mut(&format!("s{from}")).expect("its surge").steps = vec![step];
    }
    plan
}

fn apply(sim: &mut Sim, ways: &Ways) {
    let plan = Box::new(with(ways));
    let removed_queues = RemovedQueuePolicy::Refuse;
    let apply = ApplyPlan { plan, expected_revision: 0, validate_only: false, removed_queues };
    sim.run(Command::ApplyPlan(apply)).expect("a plan");
}

/// Where each contact has been, in the order in which it came there.
fn walks(events: &[j::Event]) -> BTreeMap<u64, Vec<u32>> {
    let mut walks: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for kind in events.iter().filter_map(|event| event.kind.as_ref()) {
        match kind {
            Kind::ContactEnqueued(event) => drop(walks.insert(event.contact, vec![event.queue])),
            Kind::ContactTransferred(event) if event.reason() == TransferReason::Overflowed => {
                walks.entry(event.contact).or_default().push(event.queue);
            }
            _ => {}
        }
    }
    walks
}

fn check(plans: &[Ways], contacts: &[usize], between_s: u64) -> Result<usize, TestCaseError> {
    let mut sim = Sim::new(1_000_000);
    apply(&mut sim, &plans[0]);
    let sign_in = Command::SignIn { agent: "a".to_owned(), session: 0, ready: Some(false) };
    sim.run(sign_in).expect("it signs in");
    for (number, queue) in contacts.iter().enumerate() {
        let enqueue = Enqueue {
            id: format!("c{number}"),
            gateway: "g".to_owned(),
            channel: "phone".to_owned(),
            queue: format!("q{queue}"),
            ..Enqueue::default()
        };
        sim.run(Command::Enqueue(Box::new(enqueue))).expect("it is let in");
    }
    sim.advance(between_s * 1_000);
    for ways in &plans[1..] {
        apply(&mut sim, ways);
        sim.advance(between_s * 1_000);
    }
    sim.advance(HOPS_MAX as u64 * REST_MS);
    let told = walks(sim.events());
    for (contact, walk) in &told {
        let hops = walk.len() - 1;
        prop_assert!(hops <= HOPS_MAX, "contact {contact} was moved {hops} times: {walk:?}");
        let queues: BTreeSet<u32> = walk.iter().copied().collect();
        prop_assert_eq!(queues.len(), walk.len(), "contact {} came back: {:?}", contact, walk);
    }
    sim.advance(REST_MS);
    prop_assert_eq!(walks(sim.events()), told.clone(), "somebody still walks");
    prop_assert_eq!(sim.replayed().hash(), sim.state().hash());
    Ok(told.values().map(|walk| walk.len() - 1).max().unwrap_or(0))
}

#[test]
fn every_way_ends() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let ways = || vec((0..QUEUES, 0..4u64), QUEUES);
    // Half of them lead one way only, as checked plans do.
    let plans = (vec(ways(), 1..14), any::<bool>()).prop_map(|(mut plans, onward)| {
        for (from, way) in plans.iter_mut().flat_map(|ways| ways.iter_mut().enumerate()).filter(|_| onward) {
            way.0 = way.0.max(from);
        }
        plans
    });
    let longest = std::cell::Cell::new(0);
    let cases = (plans, vec(0..QUEUES, 1..5), 2..8u64);
    let outcome = runner.run(&cases, |(plans, contacts, between_s)| {
        longest.set(longest.get().max(check(&plans, &contacts, between_s)?));
        Ok(())
    });
    outcome.expect("every way ends");
    assert_eq!(longest.get(), HOPS_MAX, "nobody came as far as the limit");
}
