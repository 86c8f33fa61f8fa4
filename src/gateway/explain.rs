//! Explanations, from the engine's words to the API's messages. Must not find out anything by itself.

use std::time::Duration;

use crate::{
    engine::{
        matching::{
            eligible::Hindrance,
            explain::{
                AgentHindered, Change, ContactHindered, Counts, GroupExplained, Happening, Opening, Place,
                Urgency,
            },
        },
        no_contact,
        refusal::Refusal,
        requirement::{Ask, Requirement},
        state::{Agent, State},
    },
    proto::v1,
    runtime::{CallError, Tenant},
};

use super::convert;

/// How long an explanation waits before it looks whether a change of the plan has been carried out …
const SETTLED_PAUSE: Duration = Duration::from_millis(10);
/// … and how often it looks, at most.
const SETTLED_LOOKS_MAX: usize = 500;

/// Explains once no change of the plan is being carried out: before that, nobody knows who will be offered
/// what.
pub async fn settled<T: Send + 'static>(
    tenant: &Tenant,
    explain: impl Fn(&State, u64) -> Result<T, Refusal> + Clone + Send + 'static,
) -> Result<T, CallError> {
    for _ in 0..SETTLED_LOOKS_MAX {
        let explain = explain.clone();
        let read = move |state: &State, now_ms| {
            if state.settled() { explain(state, now_ms).map(Some) } else { Ok(None) }
        };
        if let Some(explained) = tenant.read(read).await? {
            return Ok(explained);
        }
        tokio::time::sleep(SETTLED_PAUSE).await;
    }
    Err(CallError::Overloaded)
}

/// Why a contact waits. `only`: the id of the one agent to tell; empty: the nearest.
pub fn contact(
    state: &State,
    id: &str,
    only: &str,
    now_ms: u64,
    max: usize,
) -> Result<v1::ExplainContactResponse, Refusal> {
    let record = state.contact_by_id(id).ok_or_else(|| no_contact(state, id))?;
    let mut found =
        state.explain_contact(record.contact, now_ms, max).ok_or_else(|| no_contact(state, id))?;
    if !only.is_empty() {
        let only = state.agent_by_id(only).ok_or_else(|| no_agent(only))?.record.agent;
        found.agents = state.explain_pair(record.contact, only, now_ms).into_iter().collect();
        found.agents_left_out = found.everybody.agents.saturating_sub(found.agents.len());
    }
    let contact = convert::contact(state, record, now_ms);
    let live = contact.close_time.is_none();
    let estimate = contact.estimate.clone();
    let leg = state.assignment(record.offer).filter(|_| live);
    // Also of one whose customer is to be dialled first, and who has no place yet.
    let waits = found.everybody.agents > 0 || found.place.is_some();
    let agents = found.agents.iter().map(|entry| near(state, entry, &found.requirement, now_ms));
    Ok(v1::ExplainContactResponse {
        contact: Some(contact),
        summary: found.summary,
        last_ring: found.last_ring,
        place: found.place.map(place),
        urgency: found.urgency.map(urgency),
        nobody_in_plan: found.nobody_in_plan,
        nobody_signed_in: found.nobody_signed_in,
        requirement: live.then(|| requirement(state, &found.requirement)),
        groups: found.groups.iter().map(|entry| group(state, entry)).collect(),
        groups_left_out: count(found.groups_left_out),
        agent_counts: waits.then(|| counts(&found.everybody)),
        able_counts: waits.then(|| counts(&found.able)),
        agents: agents.collect(),
        agents_left_out: count(found.agents_left_out),
        changes: found.changes.iter().map(|entry| change(state, entry, record.contact)).collect(),
        changes_left_out: count(found.changes_left_out),
        agent_id: leg.map_or("", |leg| state.names().id(leg.agent)).to_owned(),
        reason: leg.and_then(|leg| convert::offer(state, leg).reason),
        sequence: state.sequence(),
        time: convert::timestamp(state, now_ms),
        estimate,
        surge: convert::surge::queue(state, record.queue, now_ms).filter(|_| live),
        zone: zone(state),
    })
}

/// What an agent could get.
pub fn agent(state: &State, id: &str, now_ms: u64, max: usize) -> Result<v1::ExplainAgentResponse, Refusal> {
    let agent = state.agent_by_id(id).ok_or_else(|| no_agent(id))?;
    let found = state.explain_agent(agent.record.agent, now_ms, max).ok_or_else(|| no_agent(id))?;
    let snapshot = convert::agent_snapshot(state, agent, now_ms);
    let nothing = Requirement::default();
    let mut channels: Vec<v1::ChannelRoom> = found
        .channels
        .iter()
        .map(|(channel, why)| v1::ChannelRoom {
            channel: state.names().id(*channel).to_owned(),
            hindrance: why.map(|why| hindrance(state, why, agent, &nothing, now_ms)),
        })
        .collect();
    channels.sort_by(|a, b| a.channel.cmp(&b.channel));
    Ok(v1::ExplainAgentResponse {
        agent: snapshot.agent,
        summary: found.summary,
        absent: found.absent.map(|why| hindrance(state, why, agent, &nothing, now_ms)),
        channels,
        offers: snapshot.offers.into_iter().filter_map(|entry| entry.offer).collect(),
        assignments: snapshot.assignments.into_iter().filter_map(|entry| entry.assignment).collect(),
        contacts: found.contacts.iter().map(|entry| waiting(state, entry, agent, now_ms)).collect(),
        contacts_left_out: count(found.contacts_left_out),
        next_contact_id: found.next.map(|contact| convert::contact_id(state, contact)).unwrap_or_default(),
        changes: found.changes.iter().map(|entry| change(state, entry, 0)).collect(),
        sequence: state.sequence(),
        time: convert::timestamp(state, now_ms),
        zone: zone(state),
    })
}

/// Of times of day in texts that name none.
fn zone(state: &State) -> String {
    state.catalog().schedules.default_zone.name().to_owned()
}

fn no_agent(id: &str) -> Refusal {
    Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}"))
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn place(place: Place) -> v1::QueuePlace {
    v1::QueuePlace {
        position: count(place.position),
        waiting: count(place.waiting),
        more_urgent: count(place.more_urgent),
    }
}

fn urgency(urgency: Urgency) -> v1::Urgency {
    v1::Urgency {
        band: urgency.band.into(),
        age: Some(convert::duration(urgency.age_ms)),
        objective: Some(convert::duration(urgency.objective_ms)),
        priority: urgency.priority,
        boost_permille: urgency.boost_permille,
        urgency_permille: urgency.permille,
        added_priority: urgency.added_priority,
    }
}

fn asks(state: &State, asks: &[Ask]) -> Vec<v1::SkillRequirement> {
    let skill = |ask: &Ask| v1::SkillRequirement {
        skill: state.names().id(ask.skill).to_owned(),
        min_level: ask.min.into(),
        max_level: ask.max.into(),
    };
    asks.iter().map(skill).collect()
}

fn requirement(state: &State, requirement: &Requirement) -> v1::RequirementInForce {
    let sets = requirement.any_of.iter();
    v1::RequirementInForce {
        required_skills: asks(state, &requirement.required),
        any_of_skills: sets.map(|set| v1::SkillRequirements { skills: asks(state, set) }).collect(),
        none_of_skills: asks(state, &requirement.none_of),
        preferred_skills: asks(state, &requirement.preferred),
    }
}

fn group(state: &State, entry: &GroupExplained) -> v1::GroupExplanation {
    let id = state.names().id(entry.group);
    let (group_state, ring) = match entry.opening {
        Opening::Open(ring) => (v1::GroupState::Open, ring),
        Opening::Later(ring) => (v1::GroupState::OpensLater, ring),
        Opening::Closed => (v1::GroupState::Closed, 0),
        Opening::Never => (v1::GroupState::Never, 0),
        Opening::BySurge(_) => (v1::GroupState::OpensBySurge, 0),
    };
    let level = match entry.opening {
        Opening::BySurge(level) => level,
        _ => entry.by_surge.unwrap_or(0),
    };
    v1::GroupExplanation {
        group: id.to_owned(),
        name: state.plan().groups.get(id).map_or("", |group| group.name.as_str()).to_owned(),
        state: group_state.into(),
        ring,
        counts: Some(counts(&entry.counts)),
        by_surge: entry.by_surge.is_some(),
        surge_level: level,
    }
}

fn counts(counts: &Counts) -> v1::AgentCounts {
    let hindered = counts.hindered.iter();
    v1::AgentCounts {
        agents: count(counts.agents),
        signed_in: count(counts.signed_in),
        ready: count(counts.ready),
        eligible: count(counts.eligible),
        but_for_room: count(counts.but_for_room),
        hindrances: hindered
            .map(|(why, agents)| v1::HindranceCount { code: code(*why).into(), agents: count(*agents) })
            .collect(),
        on_shift: count(counts.on_shift),
    }
}

fn near(
    state: &State,
    entry: &AgentHindered,
    requirement: &Requirement,
    now_ms: u64,
) -> v1::AgentExplanation {
    let id = state.names().id(entry.agent);
    let agent = state.agent(entry.agent);
    let told = agent.into_iter().flat_map(|agent| {
        entry.hindrances.iter().map(move |why| hindrance(state, *why, agent, requirement, now_ms))
    });
    let mut hindrances: Vec<v1::Hindrance> = told.collect();
    hindrances.extend(entry.rival.map(|rival| {
        let contact_id = convert::contact_id(state, rival.contact);
        v1::Hindrance {
            code: v1::HindranceCode::MoreUrgentContact.into(),
            text: format!("would get {contact_id} first, which is more urgent"),
            contact_id,
            band: rival.band.into(),
            margin_permille: rival.margin_permille,
            ..v1::Hindrance::default()
        }
    }));
    v1::AgentExplanation {
        agent_id: id.to_owned(),
        name: state.plan().agents.get(id).map_or("", |agent| agent.name.as_str()).to_owned(),
        hindrances,
    }
}

fn waiting(state: &State, entry: &ContactHindered, agent: &Agent, now_ms: u64) -> v1::WaitingExplanation {
    let record = state.contact(entry.contact);
    let name = |number: Option<u32>| state.names().id(number.unwrap_or(0)).to_owned();
    let hindrances = entry.hindrances.iter();
    v1::WaitingExplanation {
        contact_id: convert::contact_id(state, entry.contact),
        queue: name(record.map(|record| record.queue)),
        channel: name(record.map(|record| record.channel)),
        alike: count(entry.alike),
        urgency: Some(urgency(entry.urgency)),
        hindrances: hindrances.map(|why| hindrance(state, *why, agent, &entry.requirement, now_ms)).collect(),
    }
}

fn change(state: &State, entry: &Change, of: u64) -> v1::ExpectedChange {
    let mut told = v1::ExpectedChange {
        time: convert::timestamp(state, entry.at_ms),
        text: entry.what.text(state),
        ..v1::ExpectedChange::default()
    };
    let (kind, agent, contact) = match entry.what {
        Happening::RingOpens(ring) | Happening::RingRests(ring) => {
            told.ring = ring;
            (v1::ChangeKind::RingOpens, 0, 0)
        }
        Happening::KeepEnds(agent) => (v1::ChangeKind::KeepEnds, agent, 0),
        Happening::ExclusionEnds(agent) => (v1::ChangeKind::ExclusionEnds, agent, 0),
        Happening::WaitEnds => (v1::ChangeKind::WaitEnds, 0, 0),
        Happening::OfferLapses(contact, agent) => (v1::ChangeKind::OfferLapses, agent, contact),
        Happening::WrapUpEnds(contact, agent) => (v1::ChangeKind::WrapUpEnds, agent, contact),
        Happening::GraceEnds(agent) => (v1::ChangeKind::GraceEnds, agent, 0),
        Happening::Parks | Happening::ParkedEnds | Happening::LeavesBot => (v1::ChangeKind::StateEnds, 0, 0),
        Happening::WindowRises => (v1::ChangeKind::WindowRises, 0, 0),
        Happening::WindowEnds => (v1::ChangeKind::WindowEnds, 0, 0),
        Happening::PromiseEscalates => (v1::ChangeKind::PromiseEscalates, 0, 0),
        Happening::ShiftChanges(agent) => (v1::ChangeKind::ShiftChanges, agent, 0),
        Happening::QueueOpens(_) => (v1::ChangeKind::QueueOpens, 0, 0),
        Happening::QueueCloses(_) => (v1::ChangeKind::QueueCloses, 0, 0),
        Happening::SurgeWordEnds(_) | Happening::SurgeWindowEnds(_) => (v1::ChangeKind::SurgeEnds, 0, 0),
        Happening::DialEnds => (v1::ChangeKind::Dial, 0, 0),
        Happening::CallbackRests | Happening::CallbackExpires => (v1::ChangeKind::StateEnds, 0, 0),
    };
    told.set_kind(kind);
    told.agent_id = state.names().id(agent).to_owned();
    if contact != of {
        told.contact_id = convert::contact_id(state, contact);
    }
    told
}

/// The API's codes have the engine's names.
fn code(why: Hindrance) -> v1::HindranceCode {
    v1::HindranceCode::from_str_name(&format!("HINDRANCE_CODE_{}", why.code())).unwrap_or_default()
}

/// Wall seconds; 0: not known.
fn wall(seconds: i64) -> Option<prost_types::Timestamp> {
    (seconds != 0).then_some(prost_types::Timestamp { seconds, nanos: 0 })
}

/// By which rule of its schedule an agent stands where it does.
fn rule(state: &State, agent: &Agent, now_ms: u64) -> v1::ScheduleRule {
    let stands = state.stands_by(agent, now_ms);
    stands.map_or(v1::ScheduleRule::Unspecified, |(rule, _)| convert::schedule::api_rule(rule))
}

fn hindrance(
    state: &State,
    why: Hindrance,
    agent: &Agent,
    requirement: &Requirement,
    now_ms: u64,
) -> v1::Hindrance {
    let mut told = v1::Hindrance {
        code: code(why).into(),
        text: state.hindrance_text(why, agent, now_ms),
        ..v1::Hindrance::default()
    };
    let mut skill = |skill: u32, has: u8, asked: &[Ask]| {
        told.skill = state.names().id(skill).to_owned();
        told.has_level = has.into();
        if let Some(ask) = asked.iter().find(|ask| ask.skill == skill) {
            (told.min_level, told.max_level) = (ask.min.into(), ask.max.into());
        }
    };
    match why {
        Hindrance::SignedOut
        | Hindrance::Disconnected
        | Hindrance::NotReady
        | Hindrance::NotInGroup
        | Hindrance::ChannelNever
        | Hindrance::OnCall
        | Hindrance::NotDialled
        | Hindrance::GatewayAway
        | Hindrance::AsksItself => {}
        Hindrance::OffShift(until_s) | Hindrance::OnBreak(until_s) => {
            told.until = wall(until_s);
            told.set_schedule_rule(rule(state, agent, now_ms));
        }
        Hindrance::OtherActivity(channel, until_s) | Hindrance::ShiftLead(channel, until_s) => {
            told.channel = state.names().id(channel).to_owned();
            told.until = wall(until_s);
            told.set_schedule_rule(rule(state, agent, now_ms));
        }
        Hindrance::QueueClosed(_, until_s) => told.until = wall(until_s),
        Hindrance::RingNotOpen(ring) => told.ring = ring.into(),
        Hindrance::SkillMissing(of, _) => skill(of, 0, &requirement.required),
        Hindrance::LevelTooLow(of, has, _) | Hindrance::LevelTooHigh(of, has, _) => {
            skill(of, has, &requirement.required);
        }
        Hindrance::SkillUnwanted(of, has) => skill(of, has, &requirement.none_of),
        Hindrance::AnyOfMissing(set) => {
            told.any_of =
                requirement.any_of.get(usize::from(set)).map_or_else(Vec::new, |set| asks(state, set));
        }
        Hindrance::ChannelLimit(held, limit) => (told.held, told.limit) = (held, limit),
        Hindrance::AtCapacity(held, needed, capacity) => {
            (told.held, told.needed, told.limit) = (held, needed, capacity);
        }
        Hindrance::Reserved(group, free, keep) => {
            told.group = state.names().id(group).to_owned();
            (told.held, told.limit) = (free, keep);
        }
        Hindrance::KeptForAnother(other, until_ms) => {
            told.other_agent_id = state.names().id(other).to_owned();
            told.until = convert::timestamp(state, until_ms);
        }
        Hindrance::Excluded(until_ms) => told.until = convert::timestamp(state, until_ms),
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_one_of_the_apis() {
        let all = [
            Hindrance::SignedOut,
            Hindrance::Disconnected,
            Hindrance::NotReady,
            Hindrance::OffShift(1),
            Hindrance::OnBreak(1),
            Hindrance::NotInGroup,
            Hindrance::RingNotOpen(1),
            Hindrance::SkillMissing(1, 1),
            Hindrance::LevelTooLow(1, 1, 2),
            Hindrance::LevelTooHigh(1, 2, 1),
            Hindrance::AnyOfMissing(0),
            Hindrance::SkillUnwanted(1, 1),
            Hindrance::ChannelNever,
            Hindrance::ChannelLimit(1, 1),
            Hindrance::AtCapacity(1, 1, 1),
            Hindrance::OnCall,
            Hindrance::OtherActivity(1, 1),
            Hindrance::ShiftLead(1, 1),
            Hindrance::QueueClosed(1, 1),
            Hindrance::NotDialled,
            Hindrance::GatewayAway,
            Hindrance::Reserved(1, 1, 1),
            Hindrance::KeptForAnother(1, 1),
            Hindrance::Excluded(1),
        ];
        assert!(all.is_sorted(), "the API's order is the engine's");
        let codes: Vec<&str> = all.iter().map(|why| code(*why).as_str_name()).collect();
        // As the API lists them, but for the first, which is none, and the last, which matching doesn't know.
        let listed = include_str!("../../proto/kefud/v1/explanation.proto").split("enum HindranceCode {");
        let listed = listed.last().and_then(|rest| rest.split('}').next()).unwrap_or_default();
        let listed = listed.lines().filter_map(|line| line.trim().split_once(" = ")).map(|(name, _)| name);
        let listed: Vec<&str> = listed.filter(|name| name.starts_with("HINDRANCE_CODE_")).collect();
        let expected = listed.get(1..listed.len() - 1).unwrap_or_default();
        assert_eq!(codes, expected);
    }
}
