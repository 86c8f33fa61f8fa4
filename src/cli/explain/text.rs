//! Explanations for a terminal: aligned, in short lines.

use std::fmt::Write as _;

use super::words::{Clock, instant_ms, ms, plain, seconds, skills};
use crate::proto::v1;

/// Why a contact waits.
pub fn contact(answer: &v1::ExplainContactResponse) -> String {
    let contact = answer.contact.clone().unwrap_or_default();
    let state = plain(contact.state().as_str_name(), "CONTACT_STATE_");
    let wait = seconds(contact.wait.as_ref().map_or(0, ms));
    let clock = Clock::new(&answer.zone, answer.time.as_ref());
    let mut out = format!(
        "{}: {state}, queue {}, channel {}, waited {wait}\n{}\n",
        contact.contact_id, contact.queue, contact.channel, answer.summary
    );
    if contact.held {
        let opening = contact.next_opening_time.as_ref();
        let opening = opening
            .map_or_else(|| "until further notice".to_owned(), |at| format!("until {}", clock.text(at)));
        let _ = writeln!(out, "held {opening}: its queue is closed");
    }
    if !contact.overflowed_from.is_empty() {
        let _ = writeln!(out, "meant for queue {}, which was closed", contact.overflowed_from);
    }
    facts(&mut out, answer, &contact, &clock);
    groups(&mut out, answer);
    if !answer.agents.is_empty() {
        heading(&mut out, "Nearest agents");
        let rows = answer.agents.iter().map(|agent| (agent.agent_id.as_str(), agent.hindrances.as_slice()));
        hindered(&mut out, rows);
        more(&mut out, answer.agents_left_out, "agents");
    }
    changes(&mut out, &answer.changes, answer.time.as_ref());
    more(&mut out, answer.changes_left_out, "changes");
    out
}

/// What an agent could get.
pub fn agent(answer: &v1::ExplainAgentResponse) -> String {
    let agent = answer.agent.clone().unwrap_or_default();
    let session = plain(agent.session_state().as_str_name(), "AGENT_SESSION_STATE_");
    let availability = plain(agent.availability().as_str_name(), "AVAILABILITY_");
    let mut out = format!(
        "{}: {session}, {availability}, {} of {} units held, {} interruptible\n{}\n",
        agent.agent_id, agent.used_units, agent.capacity, agent.interruptible_units, answer.summary
    );
    if let Some(schedule) = agent.schedule.as_ref().filter(|schedule| !schedule.text.is_empty()) {
        let _ = writeln!(out, "schedule: {}", schedule.text);
    }
    let mut rows = vec![];
    if !answer.zone.is_empty() {
        rows.push(("times".to_owned(), format!("of {}", answer.zone)));
    }
    for offer in &answer.offers {
        rows.push(("offer".to_owned(), format!("{} (epoch {})", offer.offer_id, offer.epoch)));
    }
    for leg in &answer.assignments {
        let phase = plain(leg.phase().as_str_name(), "ASSIGNMENT_PHASE_");
        rows.push(("holds".to_owned(), format!("{} ({phase})", leg.contact_id)));
    }
    for room in &answer.channels {
        let told = room.hindrance.as_ref().map_or("has room".to_owned(), one);
        rows.push((room.channel.clone(), told));
    }
    table(&mut out, &rows);
    if !answer.contacts.is_empty() {
        heading(&mut out, "Waiting contacts, the most urgent first");
        let rows =
            answer.contacts.iter().map(|entry| (entry.contact_id.as_str(), entry.hindrances.as_slice()));
        hindered(&mut out, rows);
        more(&mut out, answer.contacts_left_out, "kinds of contacts");
    }
    changes(&mut out, &answer.changes, answer.time.as_ref());
    out
}

fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "\n{text}");
}

fn more(out: &mut String, count: u32, what: &str) {
    if count > 0 {
        let _ = writeln!(out, "  and {count} more {what}");
    }
}

/// Two columns, the first as wide as it needs to be.
fn table(out: &mut String, rows: &[(String, String)]) {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, text) in rows {
        let _ = writeln!(out, "{}", format!("  {name:width$}  {text}").trim_end());
    }
}

/// How long it will wait still.
fn expected(estimate: &v1::Estimate) -> String {
    let text = &estimate.text;
    let (Some(expected), Some(at_most)) = (&estimate.expected, &estimate.at_most) else {
        return format!("unknown: {text}");
    };
    let confidence = plain(estimate.confidence().as_str_name(), "ESTIMATE_CONFIDENCE_").to_lowercase();
    let (expected, at_most) = (seconds(ms(expected)), seconds(ms(at_most)));
    format!("about {expected}, in four of five cases at most {at_most} (confidence {confidence}): {text}")
}

/// The surge level of its queue, and what is in force.
fn level(surge: &v1::QueueSurge, clock: &Clock) -> String {
    let since = surge.since.as_ref().map(|since| format!(" since {}", clock.text(since))).unwrap_or_default();
    let word = surge.by_hand.as_ref().map_or("", |_| ", by hand");
    let steps: Vec<&str> = surge.steps.iter().map(|step| step.text.as_str()).collect();
    let steps = if steps.is_empty() { String::new() } else { format!(": {}", steps.join("; ")) };
    format!("{}{since}{word}{steps}", surge.level)
}

fn facts(out: &mut String, answer: &v1::ExplainContactResponse, contact: &v1::Contact, clock: &Clock) {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, text: String| rows.push((name.to_owned(), text));
    if !answer.zone.is_empty() {
        row("times", format!("of {}", answer.zone));
    }
    if let Some(estimate) = &answer.estimate {
        row("wait", expected(estimate));
    }
    if let Some(surge) = &answer.surge {
        row("level", level(surge, clock));
    }
    if let Some(place) = &answer.place {
        let (position, waiting, before) = (place.position, place.waiting, place.more_urgent);
        row("place", format!("{position} of {waiting} in its queue; more urgent in all queues: {before}"));
    }
    if let Some(urgency) = &answer.urgency {
        let span = |duration: &Option<_>| seconds(duration.as_ref().map_or(0, ms));
        let points = match urgency.added_priority {
            0 => urgency.priority.to_string(),
            added => format!("({} + {added})", urgency.priority),
        };
        row("band", urgency.band.to_string());
        row(
            "urgency",
            format!(
                "{} thousandths: {} of {}, priority {} × {}",
                urgency.urgency_permille,
                span(&urgency.age),
                span(&urgency.objective),
                points,
                urgency.boost_permille
            ),
        );
    }
    if let Some(requirement) = &answer.requirement {
        row("ring", format!("{} of {}", contact.ring, answer.last_ring));
        let all = skills(&requirement.required_skills);
        row("asks for", if all.is_empty() { "no skills".to_owned() } else { all });
        let sets = requirement.any_of_skills.iter();
        sets.for_each(|set| row("one of", skills(&set.skills)));
        for (name, list) in
            [("none of", &requirement.none_of_skills), ("prefers", &requirement.preferred_skills)]
        {
            if !list.is_empty() {
                row(name, skills(list));
            }
        }
    }
    if let (Some(all), Some(able)) = (&answer.agent_counts, &answer.able_counts) {
        // Where nobody is off shift, there is nothing to say of it.
        let off = all.signed_in.saturating_sub(all.on_shift);
        let off = if off == 0 { String::new() } else { format!(" ({off} off shift)") };
        row("agents", format!("{}, {} signed in{off}, {} ready", all.agents, all.signed_in, all.ready));
        row("able", format!("{} signed in; without room only: {}", able.agents, able.but_for_room));
    }
    table(out, &rows);
}

fn groups(out: &mut String, answer: &v1::ExplainContactResponse) {
    if answer.groups.is_empty() {
        return;
    }
    heading(out, "Groups");
    let columns = ["", "", "agents", "signed in", "ready", "hindered by"].map(str::to_owned);
    let mut rows = vec![columns];
    for entry in &answer.groups {
        let counts = entry.counts.clone().unwrap_or_default();
        let state = match (entry.state(), entry.ring) {
            (v1::GroupState::Open, 0) => "open".to_owned(),
            (v1::GroupState::Open, ring) => format!("open since ring {ring}"),
            (v1::GroupState::OpensLater, ring) => format!("opens in ring {ring}"),
            (v1::GroupState::OpensBySurge, _) => format!("opens at surge level {}", entry.surge_level),
            (state, _) => plain(state.as_str_name(), "GROUP_STATE_").to_lowercase(),
        };
        let state = match (entry.by_surge, entry.surge_level) {
            (false, _) => state,
            (true, 0) => format!("{state}, by surge"),
            (true, level) => format!("{state}, by surge level {level}"),
        };
        let hindrances = counts.hindrances.iter().map(|count| {
            format!("{} {}", plain(count.code().as_str_name(), "HINDRANCE_CODE_"), count.agents)
        });
        let hindrances = hindrances.collect::<Vec<_>>().join(", ");
        let numbers = [counts.agents, counts.signed_in, counts.ready].map(|number| number.to_string());
        let [agents, signed_in, ready] = numbers;
        rows.push([entry.group.clone(), state, agents, signed_in, ready, hindrances]);
    }
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let [name, state, agents, signed, ready] = [0, 1, 2, 3, 4].map(width);
    for [a, b, c, d, e, f] in &rows {
        let line = format!("  {a:name$}  {b:state$}  {c:>agents$}  {d:>signed$}  {e:>ready$}  {f}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    more(out, answer.groups_left_out, "groups");
}

/// A line for each hindrance, and one for each whom nothing hinders.
fn hindered<'a>(out: &mut String, entries: impl Iterator<Item = (&'a str, &'a [v1::Hindrance])>) {
    let mut rows = Vec::new();
    for (name, hindrances) in entries {
        if hindrances.is_empty() {
            rows.push((name.to_owned(), "nothing: about to be brought together".to_owned()));
        }
        for (at, hindrance) in hindrances.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            rows.push((name.to_owned(), one(hindrance)));
        }
    }
    table(out, &rows);
}

fn one(hindrance: &v1::Hindrance) -> String {
    let code = plain(hindrance.code().as_str_name(), "HINDRANCE_CODE_");
    if hindrance.code() == v1::HindranceCode::MoreUrgentContact {
        let (band, margin) = (hindrance.band, hindrance.margin_permille);
        return format!("{code}: {} (band {band}, by {margin} thousandths)", hindrance.text);
    }
    let set =
        if hindrance.any_of.is_empty() { String::new() } else { format!(" ({})", skills(&hindrance.any_of)) };
    format!("{code}: {}{set}", hindrance.text)
}

fn changes(out: &mut String, changes: &[v1::ExpectedChange], now: Option<&prost_types::Timestamp>) {
    if changes.is_empty() {
        return;
    }
    heading(out, "What changes by itself");
    let now_ms = now.map_or(0, instant_ms);
    let rows = changes.iter().map(|change| {
        let left_ms = change.time.as_ref().map_or(0, |time| instant_ms(time) - now_ms);
        (format!("in {}", seconds(left_ms + 999)), change.text.clone())
    });
    table(out, &rows.collect::<Vec<_>>());
}
