//! Explanations against decisions: what is told of a pair is what matching goes by, for every pair.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod conversations;
mod random;
mod schedules;
mod surges;
mod tables;

use common::desk::Desk;
use kefud::{
    engine::{
        matching::explain::{AgentHindered, ContactExplained},
        state::State,
    },
    proto::journal::{ContactStage, OfferCause, event::Kind},
};

/// The tests' plan with one of every rule of matching.
const RULES: &str = r#"apply
    set skills.trainee={} set groups.night={closed=true} set groups.reserve.keep_free=1
    set queues.complaints.rings=[{after="10s",lower={complaints=2}},{after="20s",groups=["reserve","night"]}]
    set queues.complaints.all_declined="next_ring"
    set queues.sales.preferred_agent_wait="5s" set queues.sales.last_agent_wait="5s"
    set queues.sales.any_of=[{english=1,complaints=3}] set queues.sales.max_waiting=100
    set queues.sales.none_of={trainee=1} set queues.sales.band=0
    set agents.a5={groups=["reserve"],skills={complaints=3,english=9},capacity=40}
    set agents.a6={groups=["night"]}
    set agents.a7={groups=["core"],skills={trainee=2,complaints=4,english=4}}"#;

fn desk() -> Desk {
    let mut desk = Desk::new();
    let told = desk.run(&RULES.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(told, "plan 2");
    desk
}

fn number(state: &State, contact: &str) -> u64 {
    state.contact_by_id(contact).expect(contact).contact
}

fn explained(desk: &Desk, contact: &str) -> ContactExplained {
    let state = desk.sim.state();
    state.explain_contact(number(state, contact), desk.sim.now_ms(), 100).expect(contact)
}

/// Code and text of what keeps an agent from a contact.
fn told(desk: &Desk, contact: &str, agent: &str) -> Vec<String> {
    let state = desk.sim.state();
    let entry = state.agent_by_id(agent).expect(agent);
    let pair = state.explain_pair(number(state, contact), entry.record.agent, desk.sim.now_ms());
    let hindrances = pair.unwrap_or_else(|| panic!("{contact} waits for {agent}")).hindrances;
    let text = |why| state.hindrance_text(why, entry, desk.sim.now_ms());
    hindrances.into_iter().map(|why| format!("{}: {}", why.code(), text(why))).collect()
}

/// Everything that must hold of explanations once nothing more is due.
fn check_settled(state: &State, now_ms: u64) {
    let agents: Vec<u32> = state.agents().map(|agent| agent.record.agent).collect();
    let in_plan = state.agents().filter(|agent| agent.info.is_some()).count();
    let mut places: Vec<(u32, usize, usize)> = Vec::new();
    let mut before: Vec<usize> = Vec::new();
    for record in state.live_contacts_after(0) {
        let found = state.explain_contact(record.contact, now_ms, 3).expect("kept");
        assert!(!found.summary.is_empty() && found.summary.ends_with('.'), "{found:?}");
        assert!(found.changes.is_sorted() && found.changes.iter().all(|change| change.at_ms >= now_ms));
        assert_eq!(found.place.is_some(), record.stage() == ContactStage::Waiting, "{found:?}");
        let Some(place) = found.place else { continue };
        places.push((record.queue, place.position, place.waiting));
        before.push(place.more_urgent);
        assert_eq!(found.everybody.agents, in_plan);
        assert_eq!(found.agents.len() + found.agents_left_out, in_plan);
        let hindered: usize = found.everybody.hindered.iter().map(|(_, count)| count).sum();
        assert_eq!((found.everybody.eligible, hindered), (0, in_plan), "{found:?}");
        assert_eq!(found.nobody_signed_in, found.able.agents == 0, "{found:?}");
        assert!(found.nobody_signed_in || !found.nobody_in_plan, "{found:?}");
        let mut nearest: Option<AgentHindered> = None;
        for agent in &agents {
            let pair = state.explain_pair(record.contact, *agent, now_ms).expect("it waits");
            assert!(!pair.hindrances.is_empty(), "agent {agent} is idle and can serve {record:?}");
            assert!(pair.hindrances.is_sorted(), "{pair:?}");
            let entry = state.agent(*agent).expect("an agent");
            for why in &pair.hindrances {
                assert!(!state.hindrance_text(*why, entry, now_ms).is_empty());
            }
            if entry.info.is_some()
                && nearest.as_ref().is_none_or(|best| pair.hindrances.len() < best.hindrances.len())
            {
                nearest = Some(pair);
            }
        }
        let first = found.agents.first().map(|entry| entry.hindrances.len());
        assert_eq!(first, nearest.map(|best| best.hindrances.len()), "{found:?}");
    }
    // Everybody who waits has a place of its own, from the first to the last.
    before.sort_unstable();
    assert!(before.iter().copied().eq(0..before.len()), "{before:?}");
    // Positions in a queue are 1, 2, 3 …
    places.sort_unstable();
    for pair in places.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        assert_eq!(pair[0].1 + 1, pair[1].1, "{places:?}");
    }
    for (_, position, waiting) in &places {
        assert!(*position >= 1 && position <= waiting, "{places:?}");
    }
    for agent in agents {
        let found = state.explain_agent(agent, now_ms, 5).expect("an agent");
        assert!(!found.summary.is_empty() && found.contacts.len() <= 5);
        assert!(found.contacts.iter().all(|entry| !entry.hindrances.is_empty()), "{found:?}");
        assert_eq!(found.soon, None, "{found:?}");
    }
}

/// Just before matching offers a contact to an agent, nothing keeps the two apart.
fn check_offers(desk: &Desk) {
    let mut state = State::default();
    for event in desk.sim.events() {
        if let Some(Kind::ContactOffered(offer)) = &event.kind
            && offer.cause() == OfferCause::Matched
        {
            let pair = state.explain_pair(offer.contact, offer.agent, event.at_ms).expect("it waits");
            assert!(pair.hindrances.is_empty(), "{offer:?} in spite of {pair:?}");
            let found = state.explain_contact(offer.contact, event.at_ms, 10).expect("a contact");
            assert!(found.everybody.eligible > 0 && found.summary.contains("can take it"), "{found:?}");
            let next = state.explain_agent(offer.agent, event.at_ms, 10).expect("an agent");
            assert!(next.soon.is_some() && next.summary.contains("about to be offered"), "{next:?}");
        }
        state.evolve(event);
        state.settle();
    }
}

/// A desk on which these lines were accepted.
fn after(lines: &str) -> Desk {
    after_in(desk(), lines)
}

/// A desk on which these lines were accepted too.
fn after_in(mut desk: Desk, lines: &str) -> Desk {
    for line in lines.split('|').map(str::trim).filter(|line| !line.is_empty()) {
        let told = desk.run(line);
        assert!(!told.starts_with('!'), "{line}: {told}");
    }
    desk
}
