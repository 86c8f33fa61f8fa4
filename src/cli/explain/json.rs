//! Explanations as JSON: the API's fields by their names.

use serde_json::{Value, json};

use super::words::{ms, plain, utc};
use crate::proto::v1;

/// JSON as it is printed.
pub fn print(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Why a contact waits.
pub fn contact(answer: &v1::ExplainContactResponse) -> Value {
    let contact = answer.contact.clone().unwrap_or_default();
    json!({
        "contact": {
            "contact_id": contact.contact_id,
            "gateway_id": contact.gateway_id,
            "channel": contact.channel,
            "queue": contact.queue,
            "category": contact.category,
            "priority": contact.priority,
            "state": plain(contact.state().as_str_name(), "CONTACT_STATE_"),
            "wait_ms": contact.wait.as_ref().map(ms),
            "ring": contact.ring,
            "ring_open_time": time(contact.ring_open_time.as_ref()),
            "kept_for_agent_id": contact.kept_for_agent_id,
            "kept_until": time(contact.kept_until.as_ref()),
            "held": contact.held,
            "next_opening_time": time(contact.next_opening_time.as_ref()),
            "overflowed_from": contact.overflowed_from,
            "callback": contact.callback.as_deref().map(callback),
            "sequence": contact.sequence,
        },
        "summary": answer.summary,
        "last_ring": answer.last_ring,
        "place": answer.place.as_ref().map(|place| json!({
            "position": place.position,
            "waiting": place.waiting,
            "more_urgent": place.more_urgent,
        })),
        "urgency": answer.urgency.as_ref().map(urgency),
        "nobody_in_plan": answer.nobody_in_plan,
        "nobody_signed_in": answer.nobody_signed_in,
        "requirement": answer.requirement.as_ref().map(|requirement| json!({
            "required_skills": skills(&requirement.required_skills),
            "any_of_skills": requirement.any_of_skills.iter().map(|set| skills(&set.skills)).collect::<Value>(),
            "none_of_skills": skills(&requirement.none_of_skills),
            "preferred_skills": skills(&requirement.preferred_skills),
        })),
        "groups": answer.groups.iter().map(group).collect::<Value>(),
        "groups_left_out": answer.groups_left_out,
        "agent_counts": answer.agent_counts.as_ref().map(counts),
        "able_counts": answer.able_counts.as_ref().map(counts),
        "agents": answer.agents.iter().map(|agent| json!({
            "agent_id": agent.agent_id,
            "name": agent.name,
            "hindrances": hindrances(&agent.hindrances),
        })).collect::<Value>(),
        "agents_left_out": answer.agents_left_out,
        "changes": answer.changes.iter().map(change).collect::<Value>(),
        "changes_left_out": answer.changes_left_out,
        "agent_id": answer.agent_id,
        "reason": answer.reason.as_ref().map(|reason| json!({
            "trigger": plain(reason.trigger().as_str_name(), "OFFER_TRIGGER_"),
            "rule": plain(reason.rule().as_str_name(), "AGENT_RULE_"),
            "ring": reason.ring,
            "preferred_skills_matched": reason.preferred_skills_matched,
            "idle_ms": reason.idle.as_ref().map(ms),
            "rank": reason.rank,
        })),
        "estimate": answer.estimate.as_ref().map(estimate),
        "surge": answer.surge.as_ref().map(surge),
        "sequence": answer.sequence,
        "time": time(answer.time.as_ref()),
        "zone": answer.zone,
    })
}

/// What an agent could get.
pub fn agent(answer: &v1::ExplainAgentResponse) -> Value {
    let agent = answer.agent.clone().unwrap_or_default();
    json!({
        "agent": {
            "agent_id": agent.agent_id,
            "name": agent.name,
            "session_state": plain(agent.session_state().as_str_name(), "AGENT_SESSION_STATE_"),
            "availability": plain(agent.availability().as_str_name(), "AVAILABILITY_"),
            "availability_reason": agent.availability_reason,
            "routable": agent.routable,
            "capacity": agent.capacity,
            "used_units": agent.used_units,
            "interruptible_units": agent.interruptible_units,
            "groups": agent.groups,
            "schedule": agent.schedule.as_ref().map(schedule),
            "sequence": agent.sequence,
        },
        "summary": answer.summary,
        "absent": answer.absent.as_ref().map(hindrance),
        "channels": answer.channels.iter().map(|room| json!({
            "channel": room.channel,
            "hindrance": room.hindrance.as_ref().map(hindrance),
        })).collect::<Value>(),
        "offers": answer.offers.iter().map(|offer| json!({
            "offer_id": offer.offer_id,
            "epoch": offer.epoch,
            "deadline": time(offer.deadline.as_ref()),
        })).collect::<Value>(),
        "assignments": answer.assignments.iter().map(|leg| json!({
            "offer_id": leg.offer_id,
            "contact_id": leg.contact_id,
            "phase": plain(leg.phase().as_str_name(), "ASSIGNMENT_PHASE_"),
            "wrap_up_deadline": time(leg.wrap_up_deadline.as_ref()),
        })).collect::<Value>(),
        "contacts": answer.contacts.iter().map(|entry| json!({
            "contact_id": entry.contact_id,
            "queue": entry.queue,
            "channel": entry.channel,
            "alike": entry.alike,
            "urgency": entry.urgency.as_ref().map(urgency),
            "hindrances": hindrances(&entry.hindrances),
        })).collect::<Value>(),
        "contacts_left_out": answer.contacts_left_out,
        "next_contact_id": answer.next_contact_id,
        "changes": answer.changes.iter().map(change).collect::<Value>(),
        "sequence": answer.sequence,
        "time": time(answer.time.as_ref()),
        "zone": answer.zone,
    })
}

fn time(time: Option<&prost_types::Timestamp>) -> Option<String> {
    time.map(utc)
}

fn estimate(estimate: &v1::Estimate) -> Value {
    json!({
        "expected_ms": estimate.expected.as_ref().map(ms),
        "at_most_ms": estimate.at_most.as_ref().map(ms),
        "confidence": plain(estimate.confidence().as_str_name(), "ESTIMATE_CONFIDENCE_"),
        "unknown": plain(estimate.unknown().as_str_name(), "ESTIMATE_UNKNOWN_"),
        "position": estimate.position,
        "text": estimate.text,
    })
}

fn surge(surge: &v1::QueueSurge) -> Value {
    json!({
        "level": surge.level,
        "since": time(surge.since.as_ref()),
        "cause": plain(surge.cause().as_str_name(), "SURGE_CAUSE_"),
        "signals": surge.signals.as_ref().map(|signals| json!({
            "waiting": signals.waiting,
            "oldest_wait_ms": signals.oldest_wait.as_ref().map(ms),
            "expected_wait_ms": signals.expected_wait.as_ref().map(ms),
            "abandoned_permille": signals.abandoned_permille,
            "agents": signals.agents,
        })),
        "steps": surge.steps.iter().map(|step| json!({
            "kind": plain(step.kind().as_str_name(), "SURGE_STEP_KIND_"),
            "level": step.level,
            "index": step.index,
            "time": time(step.time.as_ref()),
            "text": step.text,
        })).collect::<Value>(),
        "by_hand": surge.by_hand.as_ref().map(|word| json!({
            "level": word.level,
            "until": time(word.until.as_ref()),
            "reason": word.reason,
            "supervisor_id": word.supervisor_id,
        })),
        "planned_level": surge.planned_level,
    })
}

fn callback(callback: &v1::Callback) -> Value {
    json!({
        "callback_id": callback.callback_id,
        "state": plain(callback.state().as_str_name(), "CALLBACK_STATE_"),
        "mode": plain(callback.mode().as_str_name(), "CALLBACK_MODE_"),
        "attempts": callback.attempts,
        "attempts_max": callback.attempts_max,
    })
}

fn urgency(urgency: &v1::Urgency) -> Value {
    json!({
        "band": urgency.band,
        "age_ms": urgency.age.as_ref().map(ms),
        "objective_ms": urgency.objective.as_ref().map(ms),
        "priority": urgency.priority,
        "added_priority": urgency.added_priority,
        "boost_permille": urgency.boost_permille,
        "urgency_permille": urgency.urgency_permille,
    })
}

fn skills(skills: &[v1::SkillRequirement]) -> Value {
    let skill = |ask: &v1::SkillRequirement| json!({ "skill": ask.skill, "min_level": ask.min_level, "max_level": ask.max_level });
    skills.iter().map(skill).collect()
}

fn group(entry: &v1::GroupExplanation) -> Value {
    json!({
        "group": entry.group,
        "name": entry.name,
        "state": plain(entry.state().as_str_name(), "GROUP_STATE_"),
        "ring": entry.ring,
        "by_surge": entry.by_surge,
        "surge_level": entry.surge_level,
        "counts": entry.counts.as_ref().map(counts),
    })
}

fn counts(counts: &v1::AgentCounts) -> Value {
    let hindrances = counts.hindrances.iter();
    json!({
        "agents": counts.agents,
        "signed_in": counts.signed_in,
        "ready": counts.ready,
        "eligible": counts.eligible,
        "but_for_room": counts.but_for_room,
        "on_shift": counts.on_shift,
        "hindrances": hindrances
            .map(|entry| {
                json!({
                    "code": plain(entry.code().as_str_name(), "HINDRANCE_CODE_"),
                    "agents": entry.agents,
                })
            })
            .collect::<Value>(),
    })
}

fn hindrances(hindrances: &[v1::Hindrance]) -> Value {
    hindrances.iter().map(hindrance).collect()
}

fn hindrance(hindrance: &v1::Hindrance) -> Value {
    json!({
        "code": plain(hindrance.code().as_str_name(), "HINDRANCE_CODE_"),
        "text": hindrance.text,
        "skill": hindrance.skill,
        "has_level": hindrance.has_level,
        "min_level": hindrance.min_level,
        "max_level": hindrance.max_level,
        "any_of": skills(&hindrance.any_of),
        "held": hindrance.held,
        "limit": hindrance.limit,
        "needed": hindrance.needed,
        "ring": hindrance.ring,
        "group": hindrance.group,
        "other_agent_id": hindrance.other_agent_id,
        "until": time(hindrance.until.as_ref()),
        "contact_id": hindrance.contact_id,
        "band": hindrance.band,
        "margin_permille": hindrance.margin_permille,
        "channel": hindrance.channel,
        "schedule_rule": rule(hindrance.schedule_rule()),
    })
}

/// None: no schedule says so.
fn rule(rule: v1::ScheduleRule) -> Option<&'static str> {
    let said = rule != v1::ScheduleRule::Unspecified;
    said.then(|| plain(rule.as_str_name(), "SCHEDULE_RULE_"))
}

fn schedule(schedule: &v1::AgentSchedule) -> Value {
    json!({
        "presence": plain(schedule.presence().as_str_name(), "SCHEDULE_PRESENCE_"),
        "rule": rule(schedule.rule()),
        "text": schedule.text,
        "restricted": schedule.restricted,
        "open_channels": schedule.open_channels,
        "next_change_time": time(schedule.next_change_time.as_ref()),
    })
}

fn change(change: &v1::ExpectedChange) -> Value {
    json!({
        "time": time(change.time.as_ref()),
        "kind": plain(change.kind().as_str_name(), "CHANGE_KIND_"),
        "text": change.text,
        "ring": change.ring,
        "agent_id": change.agent_id,
        "contact_id": change.contact_id,
    })
}
