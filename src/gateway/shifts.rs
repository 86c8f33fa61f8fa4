//! Dated entries of shifts one by one, and what is told of them.

use std::fmt;

use tonic::{Request, Response};

use crate::{
    engine::{
        command::{Command, DatedChange, DatedId},
        refusal::Refusal,
        state::{DatedRecord, State},
    },
    proto::{
        journal::{self as j, PlanKind},
        v1,
    },
};

use super::{
    Answer, Api, Check,
    convert::shift::{new_dated, parse_id, shift, shift_id},
    page, request_key,
};

/// Entries set, or taken away, in one call.
const SHIFTS_MAX: usize = 100;

/// An entry by its id, where a page ends.
struct Last<'a> {
    agent: &'a str,
    entry: &'a DatedRecord,
}

impl fmt::Display for Last<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shift_id(self.agent, self.entry.kind, self.entry.start_s, self.entry.zone_name()))
    }
}

/// Which entries are asked for.
struct Filter {
    agent: String,
    group: String,
    source: String,
    from_s: i64,
    to_s: i64,
}

impl Filter {
    fn has(&self, entry: &DatedRecord, told: &v1::Shift) -> bool {
        let seconds = |time: &Option<prost_types::Timestamp>| time.as_ref().map_or(0, |time| time.seconds);
        (self.source.is_empty() || *entry.source == *self.source)
            && seconds(&told.end_time) > self.from_s
            && seconds(&told.start_time) < self.to_s
    }

    /// Whether the plan has those whose entries are asked for.
    fn check(&self, state: &State) -> Result<(), Refusal> {
        let Self { agent, group, .. } = self;
        if !agent.is_empty() && !state.plan().agents.contains_key(agent) {
            return Err(Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {agent}")));
        }
        if !group.is_empty() && !state.plan().groups.contains_key(group) {
            return Err(Refusal::not_found("GROUP_NOT_FOUND", format!("the plan has no group {group}")));
        }
        Ok(())
    }

    /// Whether an agent's entries are.
    fn has_agent(&self, state: &State, id: &str) -> bool {
        if !self.agent.is_empty() && self.agent != id {
            return false;
        }
        let in_group = || state.plan().agents.get(id).is_some_and(|agent| agent.groups.contains(&self.group));
        self.group.is_empty() || in_group()
    }
}

pub(super) async fn list_shifts(
    api: &Api,
    request: Request<v1::ListShiftsRequest>,
) -> Answer<v1::ListShiftsResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.optional_id("agent_id", &request.agent_id);
    check.optional_id("group", &request.group);
    let size = check.page_size("page_size", request.page_size);
    let after = parse_id(&request.page_token);
    if after.is_none() && !request.page_token.is_empty() {
        check.problem("page_token", "is not one that this method gave");
    }
    check.done()?;
    let second = |time: Option<prost_types::Timestamp>| time.map(|time| time.seconds);
    let filter = Filter {
        agent: request.agent_id,
        group: request.group,
        source: request.source,
        from_s: second(request.start_time).unwrap_or(i64::MIN),
        to_s: second(request.end_time).unwrap_or(i64::MAX),
    };
    let response = tenant
        .read(move |state, _| {
            filter.check(state)?;
            let entries =
                entries_after(state, after.as_ref()).filter(|last| filter.has_agent(state, last.agent));
            let told = |last: Last<'_>| {
                let number = state.names().number(PlanKind::Agent, last.agent)?;
                Some(shift(state, number, last.entry)).filter(|told| filter.has(last.entry, told))
            };
            let entries = entries.map(|last| (Last { ..last }, last));
            let (shifts, next_page_token) = page::page(entries, size, told);
            Ok(v1::ListShiftsResponse { shifts, next_page_token, sequence: state.sequence() })
        })
        .await?;
    Ok(Response::new(response))
}

/// Entries by agent and start, from after one on.
fn entries_after<'a>(state: &'a State, after: Option<&DatedId>) -> impl Iterator<Item = Last<'a>> {
    let first = after.map_or(String::new(), |after| after.agent.clone());
    let after = after.cloned();
    state.plan().agents.range(first..).flat_map(move |(agent, _)| {
        let number = state.names().number(PlanKind::Agent, agent);
        let entries = number.map_or(&[][..], |number| state.dated().of(number));
        let after = after.as_ref().filter(|after| after.agent == *agent).cloned();
        let told = move |entry: &&DatedRecord| {
            after.as_ref().is_some_and(|after| {
                let key = (after.start_s, after.kind.journal() as i32, after.zone.as_str());
                (entry.start_s, entry.kind as i32, entry.zone_name()) <= key
            })
        };
        entries.iter().skip_while(told).map(move |entry| Last { agent, entry })
    })
}

pub(super) async fn set_shift(
    api: &Api,
    request: Request<v1::SetShiftRequest>,
) -> Answer<v1::SetShiftResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let key = request_key(&mut check, &request.request_id, "SetShift", &request);
    if !(1..=SHIFTS_MAX).contains(&request.shifts.len()) {
        check.problem("shifts", format!("1 to {SHIFTS_MAX}"));
    }
    if request.replaced_shift_ids.len() > SHIFTS_MAX {
        check.problem("replaced_shift_ids", format!("at most {SHIFTS_MAX}"));
    }
    let mut removed = Vec::new();
    for (at, id) in (0..).zip(&request.replaced_shift_ids) {
        match parse_id(id) {
            Some(id) => removed.push(id),
            None => check.problem(&format!("replaced_shift_ids[{at}]"), "is no id of a shift"),
        }
    }
    let set =
        (0..).zip(request.shifts).map(|(at, shift)| new_dated(&mut check, &format!("shifts[{at}]"), shift));
    let set: Vec<_> = set.collect();
    let ids: Vec<DatedId> = set.iter().map(|new| new.id.clone()).collect();
    for (at, id) in ids.iter().enumerate() {
        if let Some(first) = ids[..at].iter().position(|other| other == id) {
            let problem = format!("has agent, kind, start and zone of shifts[{first}]: give it once");
            check.problem(&format!("shifts[{at}]"), problem);
        }
    }
    check.done()?;
    let command = Command::SetShifts(Box::new(DatedChange { set, removed }));
    let shifts = tenant.call(key, command, move |state, _, _| Ok(told(state, &ids))).await?;
    Ok(Response::new(v1::SetShiftResponse { shifts }))
}

pub(super) async fn delete_shift(
    api: &Api,
    request: Request<v1::DeleteShiftRequest>,
) -> Answer<v1::DeleteShiftResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    // It has an agent's id, a time and a zone in it, and is longer than any of them.
    if request.shift_id.is_empty() {
        check.problem("shift_id", "is required");
    }
    check.done()?;
    let id = parse_id(&request.shift_id).ok_or_else(|| not_found(&request.shift_id))?;
    let named = request.shift_id;
    tenant
        .run(move |desk| {
            if find(desk.state(), &id).is_none() {
                return Err(not_found(&named));
            }
            let change = DatedChange { set: Vec::new(), removed: vec![id] };
            desk.step(None, Command::SetShifts(Box::new(change)))?;
            Ok(())
        })
        .await?;
    Ok(Response::new(v1::DeleteShiftResponse {}))
}

fn not_found(id: &str) -> Refusal {
    Refusal::not_found("SHIFT_NOT_FOUND", format!("there is no shift {id}"))
}

/// The agent's number and the entry.
fn find<'a>(state: &'a State, id: &DatedId) -> Option<(u32, &'a DatedRecord)> {
    let agent = state.names().number(PlanKind::Agent, &id.agent)?;
    let key =
        j::DatedKey { agent, kind: id.kind.journal().into(), start_s: id.start_s, zone: id.zone.clone() };
    state.dated().of(agent).iter().find(|entry| entry.is(&key)).map(|entry| (agent, entry))
}

fn told(state: &State, ids: &[DatedId]) -> Vec<v1::Shift> {
    let entries = ids.iter().filter_map(|id| find(state, id));
    entries.map(|(agent, entry)| shift(state, agent, entry)).collect()
}
