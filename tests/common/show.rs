//! How things stand, as short text: what `show` says in a table.

use kefud::{
    engine::state::State,
    plan::format_ms,
    proto::journal::{self as j, ContactStage, PlanKind, PromiseStage},
};

use super::scribe;

/// How a contact, an agent, a queue, a callback (`callback:k1`; those of a queue: `callbacks:line`), a promise (`promise:p1`) or a case (`case:x`) is; where an agent
/// stands by its schedule (`shift:a1`), and how it departs from it (`departs:a1`); how old a contact is by its
/// queue's clock (`clock:c1`); who changed a promise
/// (`by:p1`); the speed of answer of a queue (`speed:line`); how long a contact, or of a queue the one that waits longest, has waited (`wait:c1`).
pub fn show(state: &State, now_ms: u64, id: &str) -> String {
    if let Some(id) = id.strip_prefix("promise:") {
        return state
            .promise_by_id(id)
            .map_or_else(|| "unknown".to_owned(), |record| show_promise(state, now_ms, record));
    }
    if let Some(id) = id.strip_prefix("callback:").filter(|id| !id.contains(':')) {
        let record = state.callback_by_id(id);
        return record
            .map_or_else(|| "unknown".to_owned(), |record| scribe::callbacks::stands(state, now_ms, record));
    }
    if let Some(id) = id.strip_prefix("callbacks:") {
        let queue = state.names().number(PlanKind::Queue, id).expect("a queue");
        return scribe::callbacks::counts(state, queue);
    }
    if let Some(id) = id.strip_prefix("level:") {
        return scribe::surge::level(state, now_ms, id);
    }
    if let Some(id) = id.strip_prefix("steps:") {
        return scribe::surge::steps(state, id);
    }
    if let Some(id) = id.strip_prefix("shift:") {
        return scribe::shifts::stands(state, id);
    }
    if let Some(id) = id.strip_prefix("departs:") {
        return scribe::shifts::departs(state, now_ms, id);
    }
    if let Some(id) = id.strip_prefix("clock:") {
        let age = state.contact_by_id(id).map(|record| state.age_ms(record, now_ms));
        return age.map_or_else(|| "unknown".to_owned(), format_ms);
    }
    if let Some(id) = id.strip_prefix("speed:") {
        let queue = state.names().number(PlanKind::Queue, id).unwrap_or(0);
        let sum = |of: fn(&j::QueueCounts) -> u64| state.queue_counts(queue).map(of).sum::<u64>();
        let (answered, called) = (sum(|counts| counts.answered), sum(|counts| counts.callbacks_answered));
        let called = if called == 0 { String::new() } else { format!(" called={called}") };
        return format!(
            "answered={answered}{called} wait={}",
            format_ms(sum(|counts| counts.answered_wait_ms))
        );
    }
    if let Some(id) = id.strip_prefix("by:") {
        return state
            .promise_by_id(id)
            .map_or_else(|| "unknown".to_owned(), |record| show_hand(state, record));
    }
    if let Some(id) = id.strip_prefix("wait:") {
        let contact = state.contact_by_id(id).map(|record| record.waited_ms(now_ms));
        let queue = || state.names().number(PlanKind::Queue, id);
        let oldest = || Some(now_ms - state.oldest_waiting_since_ms(queue()?)?);
        return contact.or_else(oldest).map_or_else(|| "-".to_owned(), format_ms);
    }
    if let Some(id) = id.strip_prefix("case:") {
        return state.case_by_id(id).map_or_else(|| "unknown".to_owned(), |record| show_case(state, record));
    }
    if let Some(record) = state.contact_by_id(id) {
        let queue = state.names().id(record.queue);
        let age = format_ms(now_ms.saturating_sub(record.effective_arrival_ms));
        let agent = state.assignment(record.offer).map_or("", |leg| state.names().id(leg.agent));
        let talk = talk(state, now_ms, record);
        return match record.stage() {
            ContactStage::Waiting => {
                let ring = if record.ring > 0 { format!(" ring={}", record.ring) } else { String::new() };
                let kept = state.names().id(record.kept_for());
                let kept = if kept.is_empty() { String::new() } else { format!(" for={kept}") };
                let held = if state.is_held(record) { " held" } else { "" };
                format!("waiting {queue} age={age}{ring}{kept}{held}{talk}")
            }
            ContactStage::Offered => format!("offered {queue} {agent} age={age}{talk}"),
            ContactStage::Connecting => format!("connecting {queue} {agent} age={age}{talk}"),
            ContactStage::Active => format!("active {queue} {agent}{talk}"),
            ContactStage::Parked => {
                let wait = format_ms(record.active_ms().saturating_sub(record.effective_arrival_ms));
                format!("parked {queue} wait={wait}{talk}")
            }
            ContactStage::WithBot => {
                format!("with-bot {} {queue}{talk}", state.gateway_id(record.talk().bot))
            }
            ContactStage::Closed | ContactStage::Unspecified => {
                let ended = record.ended();
                let end = ended.end().as_str_name().trim_start_matches("CONTACT_END_").to_ascii_lowercase();
                let result = scribe::result(state, ended.disposition, ended.resolution);
                format!("closed {end}{result} wait={}", format_ms(ended.final_wait_ms))
            }
        };
    }
    if state.compacted(id) {
        return "compacted".to_owned();
    }
    if let Some(agent) = state.agent_by_id(id) {
        let (record, load) = (&agent.record, &agent.load);
        let presence = match (record.session, record.connected, record.ready) {
            (0, ..) => "signed-out".to_owned(),
            (_, false, _) => "away".to_owned(),
            (_, _, true) => "ready".to_owned(),
            _ => format!("not-ready {}", record.reason),
        };
        let (calls, fixed, chats) = (load.realtime_units, load.fixed_units, load.interruptible_units);
        return format!("{presence} calls={calls} fixed={fixed} chats={chats}");
    }
    state
        .names()
        .number(PlanKind::Queue, id)
        .map_or_else(|| "unknown".to_owned(), |queue| show_queue(state, queue))
}

fn show_queue(state: &State, queue: u32) -> String {
    let live = state.queue_live(queue);
    let sum = |of: fn(&j::QueueCounts) -> u64| state.queue_counts(queue).map(of).sum::<u64>();
    let figures = [
        ("waiting", u64::from(live.waiting)),
        ("offered", u64::from(live.offered)),
        ("connecting", u64::from(live.connecting)),
        ("active", u64::from(live.active)),
        ("parked", u64::from(live.parked)),
        ("with-bot", u64::from(live.with_bot)),
        ("entered", sum(|counts| counts.entered)),
        ("in", sum(|counts| counts.moved_in)),
        ("out", sum(|counts| counts.moved_out)),
        ("answered", sum(|counts| counts.answered)),
        ("abandoned", sum(|counts| counts.abandoned)),
        ("expired", sum(|counts| counts.expired)),
        ("called-back", sum(|counts| counts.called_back)),
        ("lost", sum(|counts| counts.lost)),
        ("deflected", sum(|counts| counts.deflected)),
        ("lapsed", sum(|counts| counts.lapsed)),
        ("consults", sum(|counts| counts.consults)),
        ("follow-ups", sum(|counts| counts.follow_ups)),
        ("promised", sum(|counts| counts.promises_made)),
        ("kept", sum(|counts| counts.promises_kept)),
        ("late", sum(|counts| counts.promises_late)),
        ("unreached", sum(|counts| counts.promises_unreached)),
        ("cancelled", sum(|counts| counts.promises_cancelled)),
        ("broken", sum(|counts| counts.promises_broken)),
    ];
    let told =
        figures.iter().filter(|(_, figure)| *figure > 0).map(|(name, figure)| format!("{name}={figure}"));
    told.collect::<Vec<_>>().join(" ")
}

/// What is told of a live conversation, once anything but waiting has happened to it: the turn, what may be
/// sent, points added.
fn talk(state: &State, now_ms: u64, record: &j::ContactRecord) -> String {
    let mut told = String::new();
    let recorded = record.service.as_ref().is_some_and(|service| service.conversation.is_some());
    let turn_ms = if recorded { state.turn_ms(record) } else { 0 };
    if turn_ms != 0 {
        told.push_str(&format!(" turn={}", format_ms(now_ms - turn_ms)));
    }
    if let Some(window) = record.window() {
        let left = window.left(now_ms);
        told.push_str(&format!(" left={}/{}", left.replies, format_ms(left.until_ms.saturating_sub(now_ms))));
    }
    match record.added_priority() {
        0 => {}
        points => told.push_str(&format!(" added={points}")),
    }
    if let Some(consult) = state.contact(record.talk().consult) {
        told.push_str(&format!(" asks={}", consult.id));
    }
    if let Some(parent) = state.contact(record.talk().parent) {
        told.push_str(&format!(" about={}", parent.id));
    }
    if record.talk().conference {
        told.push_str(" conference");
    }
    told
}

/// `2h`, or `-3m` for what is past.
fn until(now_ms: u64, at_ms: u64) -> String {
    if at_ms >= now_ms { format_ms(at_ms - now_ms) } else { format!("-{}", format_ms(now_ms - at_ms)) }
}

/// `pending a1 follow due=2h enters=1h moves=1`.
fn show_promise(state: &State, now_ms: u64, record: &j::PromiseRecord) -> String {
    let names = state.names();
    let stage = match record.stage() {
        PromiseStage::Pending => "pending".to_owned(),
        PromiseStage::Entered => "entered".to_owned(),
        _ => scribe::word(record.end().as_str_name(), "PROMISE_END_"),
    };
    let mut told = format!("{stage} {} {}", names.id(record.agent), names.id(record.queue));
    if record.stage() != PromiseStage::Ended {
        told.push_str(&format!(" due={}", until(now_ms, record.due_ms)));
    }
    if record.stage() == PromiseStage::Pending {
        told.push_str(&format!(" enters={}", until(now_ms, record.enter_ms)));
    }
    for (name, figure) in [("steps", record.steps), ("moves", record.moves), ("entries", record.entries)] {
        if figure > 0 {
            told.push_str(&format!(" {name}={figure}"));
        }
    }
    if record.broken {
        told.push_str(" broken");
    }
    told
}

/// Who changed a promise by hand last, and why: `a1 later`, `supervisor:s1 later`, `nobody`.
fn show_hand(state: &State, record: &j::PromiseRecord) -> String {
    let hand = match record.by.as_deref() {
        None => "nobody".to_owned(),
        Some(by) if by.agent == 0 => format!("supervisor:{}", by.supervisor),
        Some(by) => state.names().id(by.agent).to_owned(),
    };
    format!("{hand} {}", record.reason).trim_end().to_owned()
}

/// `agent=a1 contacts=2 c2,c1 promises=1 judging`: the latest contact first.
fn show_case(state: &State, record: &j::CaseRecord) -> String {
    let contacts: Vec<&str> = record.contacts.iter().rev().map(|contact| contact.id.as_str()).collect();
    let agent = state.names().id(record.agent);
    let told = format!("agent={agent} contacts={} {}", record.contact_count, contacts.join(","));
    let mut told = told.trim_end().to_owned();
    let open = state.promises_of_case(&record.id).filter(|record| record.stage() != PromiseStage::Ended);
    match open.count() {
        0 => {}
        count => told.push_str(&format!(" promises={count}")),
    }
    if record.judgement.is_some() {
        told.push_str(" judging");
    }
    told
}

/// `general/wechat a1 wait=5s handle=1m moved`, one after the other.
pub fn legs(state: &State, id: &str) -> String {
    let Some(record) = state.contact_by_id(id) else {
        return "unknown".to_owned();
    };
    let names = state.names();
    let told = record.talk().legs.iter().map(|leg| {
        let bot = state.gateway_id(leg.bot);
        let by = [names.id(leg.agent), bot].concat();
        let by = if by.is_empty() { "-" } else { by.as_str() };
        let end = scribe::word(leg.end().as_str_name(), "LEG_END_");
        let (wait, handle) = (format_ms(leg.wait_ms), format_ms(leg.handle_ms));
        format!("{}/{} {by} wait={wait} handle={handle} {end}", names.id(leg.queue), names.id(leg.channel))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { "-".to_owned() } else { told.join("; ") }
}
