//! The parts of what the engine does, each by itself: `cargo bench --bench engine`. What a whole cycle takes, and how it
//! grows, is told by `kefud bench engine`. Figures of one run are compared with each other only.

use divan::{Bencher, black_box};
use kefud::{
    engine::state::State,
    proto::journal::ContactStage,
    sim::{
        edge::Edge,
        lines::Lines,
        load::{Load, Size, plan},
        rules,
        rush::Rush,
    },
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() {
    divan::main();
}

/// Agents and as many contacts waiting, ten times as many in the larger.
const SIZES: [(u32, u32); 2] = [(1_000, 10_000), (10_000, 100_000)];

fn centre((agents, waiting): (u32, u32)) -> Load {
    let size = Size { agents, profiles: 200, skills: 40, waiting, own_every: 0 };
    let mut load = Load::new(size, 1);
    load.apply(&plan(size, agents, 1));
    load.sign_in();
    load.fill();
    for _ in 0..waiting {
        load.enqueue();
    }
    load.accept_offers();
    load
}

fn some_waiting(state: &State) -> u64 {
    let waiting = state.live_contacts_after(0).filter(|record| record.stage() == ContactStage::Waiting);
    waiting.map(|record| record.contact).nth(500).unwrap_or_default()
}

/// A contact comes in while everybody is busy.
#[divan::bench(args = SIZES)]
fn enqueue(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    let mut load = centre(size);
    bencher.bench_local(|| load.enqueue());
}

/// Enqueue, offer, accept, connect for calls, complete, wrap-up.
#[divan::bench(args = SIZES)]
fn cycle(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    let mut load = centre(size);
    bencher.bench_local(|| load.cycle());
}

/// Why does a contact wait? Looks at every agent.
#[divan::bench(args = SIZES)]
fn explain_contact(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    let load = centre(size);
    let (state, contact) = (load.state(), some_waiting(load.state()));
    bencher.bench_local(|| state.explain_contact(black_box(contact), state.now_ms(), 20));
}

/// The whole state as records, as for a snapshot.
#[divan::bench(args = SIZES, sample_count = 10)]
fn export(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    let load = centre(size);
    bencher.bench_local(|| {
        let mut records = 0_u64;
        load.state().export(|_| records += 1);
        records
    });
}

/// A state from its records, as at a start.
#[divan::bench(args = SIZES, sample_count = 5)]
fn import(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    let load = centre(size);
    let mut records = Vec::new();
    load.state().export(|record| records.push(record));
    bencher.with_inputs(|| records.clone()).bench_local_values(|records| {
        let mut state = State::default();
        records.into_iter().for_each(|record| state.import(record));
        state.imported();
        state
    });
}

/// Is an agent on shift, with three breaks a shift and fifty dated exceptions?
#[divan::bench]
#[expect(clippy::expect_used, reason = "nothing to measure without")]
fn on_shift(bencher: Bencher<'_, '_>) {
    let (rules, _) = rules::rules().expect("a plan without problems");
    let mut instants = rules::instants(1, 4_096).into_iter().cycle();
    bencher.bench_local(|| rules.on_shift(instants.next().unwrap_or_default()));
}

/// When does that change next, with leads?
#[divan::bench]
#[expect(clippy::expect_used, reason = "nothing to measure without")]
fn next_edge(bencher: Bencher<'_, '_>) {
    let (rules, leads) = rules::rules().expect("a plan without problems");
    let mut instants = rules::instants(1, 4_096).into_iter().cycle();
    bencher.bench_local(|| rules.next_edge(instants.next().unwrap_or_default(), &leads));
}

/// When does a calendar change next that is open all year?
#[divan::bench]
fn calendar_next(bencher: Bencher<'_, '_>) {
    let calendar = rules::open_calendar();
    let mut instants = rules::instants(1, 4_096).into_iter().cycle();
    bencher.bench_local(|| calendar.next_edge(instants.next().unwrap_or_default()));
}

/// Until everybody is on shift, who all begin at the same time.
#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "nothing to measure without")]
fn edge_5000(bencher: Bencher<'_, '_>) {
    let centre = || Edge::new(5_000, 1_000).expect("a plan without problems");
    bencher.with_inputs(centre).bench_local_values(|mut edge| {
        while edge.tick() {}
        edge
    });
}

/// How long would one wait who comes to this queue now? Of a thousand queues with fifty waiting each, one after the other.
#[divan::bench]
fn estimate(bencher: Bencher<'_, '_>) {
    let lines = Lines::new(1_000, 50);
    let mut queues = lines.queues().into_iter().cycle();
    bencher.bench_local(|| {
        let queue = queues.next().unwrap_or_default();
        lines.state().estimate_of_queue(black_box(queue), lines.now_ms())
    });
}

/// Until a queue with 100,000 waiting has risen from level 0 to 3, and all classes ask for what that comes to.
#[divan::bench(sample_count = 5, sample_size = 1)]
#[expect(clippy::expect_used, reason = "nothing to measure without")]
fn level_change(bencher: Bencher<'_, '_>) {
    let centre = || Rush::new(5_000, 100_000, 1).expect("a plan without problems");
    bencher.with_inputs(centre).bench_local_values(|mut rush| {
        while rush.level_in_force() != Some(3) && rush.tick() {}
        rush
    });
}
