//! Schedules of some days for charts: spans of agents, headcounts, and when a queue is open. The writer is asked for
//! rules only, a page of agents at a time; they are evaluated where nobody else is served.

use std::sync::Arc;

use tonic::{Request, Response};

use crate::{
    engine::{refusal::Refusal, state::State},
    plan::Plan,
    proto::{
        journal::PlanKind,
        v1::{self, get_schedule_request::Who},
    },
    runtime::{CallError, Tenant},
    schedule::{ALL, AgentRules, Calendar, Day, HoursRule, Open, Presence, Zone, agent::SpanOf},
};

use super::{
    Answer, Api, Check,
    aside::PLANS,
    convert::schedule::{api_presence, api_rule, wall},
};

const DAYS_MAX: u32 = 14;
const DAYS_DEFAULT: u32 = 7;
const AGENTS_MAX: u32 = 500;
const AGENTS_DEFAULT: u32 = 100;
/// Agents whose rules are asked for in one go.
const AGENTS_PER_PAGE: usize = 200;
/// A part of the headcounts.
const HALF_HOUR_S: i64 = 1_800;

/// Of which days, and which agents.
struct Wanted {
    /// The agents' ids, ordered.
    agents: Vec<String>,
    plan: Arc<Plan>,
    zone: Arc<Zone>,
    start_s: i64,
    end_s: i64,
    open_spans: Vec<v1::ScheduleSpan>,
}

/// What the rules of an agent come to.
struct Row {
    id: String,
    rules: Option<AgentRules>,
    /// Told with its spans, whose texts only the state knows.
    spans: Vec<v1::ScheduleSpan>,
}

pub(super) async fn get_schedule(
    api: &Api,
    request: Request<v1::GetScheduleRequest>,
) -> Answer<v1::GetScheduleResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let day = match request.from_date.as_str() {
        "" => None,
        text => {
            let day = text.parse::<Day>();
            day.inspect_err(|problem| check.problem("from_date", problem.to_string())).ok()
        }
    };
    if request.days > DAYS_MAX {
        check.problem("days", format!("must be 1 to {DAYS_MAX}"));
    }
    if request.max_agents > AGENTS_MAX {
        check.problem("max_agents", format!("must be 0 to {AGENTS_MAX}"));
    }
    match &request.who {
        Some(Who::AgentId(id)) => check.id("agent_id", id),
        Some(Who::Group(id)) => check.id("group", id),
        Some(Who::Queue(id)) => check.id("queue", id),
        None => check.problem("who", "one of agent_id, group and queue is required"),
    }
    check.done()?;
    let days = if request.days == 0 { DAYS_DEFAULT } else { request.days };
    let told = if request.max_agents == 0 { AGENTS_DEFAULT } else { request.max_agents };
    let wanted = tenant.read(move |state, now_ms| wanted(state, now_ms, request.who, day, days)).await?;
    Ok(Response::new(chart(&tenant, wanted, told as usize).await?))
}

fn wanted(
    state: &State,
    now_ms: u64,
    who: Option<Who>,
    day: Option<Day>,
    days: u32,
) -> Result<Wanted, Refusal> {
    let plan = state.plan().clone();
    let zone = state.catalog().schedules.default_zone.clone();
    let now_s = state.wall_s(now_ms);
    let day = day.unwrap_or_else(|| Day::of_local(zone.local_s(now_s)));
    let days = i32::try_from(days).unwrap_or(0);
    let (start_s, end_s) = (zone.utc_s(day.start_local_s()), zone.utc_s(day.plus(days).start_local_s()));
    let no = |field: &str, id: &str| {
        let kind = field.trim_end_matches("_id");
        Refusal::field(field, format!("the plan has no {kind} {id}"))
    };
    let mut open_spans = Vec::new();
    let of_group = |group: &str| {
        let agents = plan.agents.iter().filter(|(_, agent)| agent.groups.iter().any(|id| id == group));
        agents.map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };
    let agents = match who {
        Some(Who::AgentId(id)) if plan.agents.contains_key(&id) => vec![id],
        Some(Who::AgentId(id)) => return Err(no("agent_id", &id)),
        Some(Who::Group(id)) if plan.groups.contains_key(&id) => of_group(&id),
        Some(Who::Group(id)) => return Err(no("group", &id)),
        Some(Who::Queue(id)) => {
            let queue = plan.queues.get(&id).ok_or_else(|| no("queue", &id))?;
            open_spans = self::open_spans(state, &id, now_s, (start_s, end_s));
            let at_home = |group: &String| {
                let open = plan.groups.get(group).is_some_and(|group| !group.closed);
                open && (queue.groups.is_empty() || queue.groups.contains(group))
            };
            let agents = plan.agents.iter().filter(|(_, agent)| agent.groups.iter().any(at_home));
            agents.map(|(id, _)| id.clone()).collect()
        }
        None => Vec::new(),
    };
    Ok(Wanted { agents, plan, zone, start_s, end_s, open_spans })
}

/// When a queue is open: by its calendar, and from now on by hand.
fn open_spans(state: &State, id: &str, now_s: i64, (start_s, end_s): (i64, i64)) -> Vec<v1::ScheduleSpan> {
    let number = state.names().number(PlanKind::Queue, id);
    let by_hand = number.and_then(|number| state.queue_hours(number)?.override_record.clone());
    let calendar = state.plan().queues.get(id).and_then(|queue| queue.calendar.as_deref());
    let calendar = calendar.and_then(|id| state.catalog().schedules.calendars.get(id));
    // By hand from, to; nowhere if nothing was said.
    let (from_s, to_s) = match &by_hand {
        None => (end_s, end_s),
        Some(hand) if hand.until_s == 0 => (now_s.clamp(start_s, end_s), end_s),
        Some(hand) => (now_s.clamp(start_s, end_s), hand.until_s.clamp(start_s, end_s)),
    };
    let mut spans = of_calendar(calendar.map(|calendar| &**calendar), start_s, from_s);
    if let Some(hand) = by_hand.filter(|hand| hand.open && from_s < to_s) {
        let text = format!("opened by hand: {}", hand.reason);
        spans.push(span(from_s, to_s, v1::ScheduleRule::Override, text));
    }
    if to_s < end_s {
        spans.extend(of_calendar(calendar.map(|calendar| &**calendar), to_s.max(from_s), end_s));
    }
    spans
}

fn of_calendar(calendar: Option<&Calendar>, start_s: i64, end_s: i64) -> Vec<v1::ScheduleSpan> {
    let Some(calendar) = calendar else {
        let always = (start_s < end_s)
            .then(|| span(start_s, end_s, v1::ScheduleRule::Default, "no calendar: always open".to_owned()));
        return always.into_iter().collect();
    };
    let mut spans = Vec::new();
    let mut at_s = start_s;
    while at_s < end_s {
        let next_s = calendar.next_edge(at_s).unwrap_or(end_s).min(end_s);
        if calendar.open_at(at_s) {
            let text = match calendar.rule_at(at_s) {
                HoursRule::Days(day) => format!("hours of {day}"),
                HoursRule::Holiday(day) => format!("holiday hours of {day}"),
                HoursRule::Makeup(day) => format!("hours of the make-up workday {day}"),
                HoursRule::Week(_) => "weekly hours".to_owned(),
            };
            spans.push(span(at_s, next_s, v1::ScheduleRule::Default, text));
        }
        at_s = next_s;
    }
    spans
}

/// Open, which is told as on shift.
fn span(from_s: i64, to_s: i64, rule: v1::ScheduleRule, text: String) -> v1::ScheduleSpan {
    v1::ScheduleSpan {
        start_time: Some(wall(from_s)),
        end_time: Some(wall(to_s)),
        presence: v1::SchedulePresence::OnShift.into(),
        rule: rule.into(),
        text,
        channels: Vec::new(),
        restricted: false,
    }
}

async fn chart(tenant: &Tenant, wanted: Wanted, told: usize) -> Result<v1::GetScheduleResponse, CallError> {
    let Wanted { agents, plan, zone, start_s, end_s, open_spans } = wanted;
    let parts = usize::try_from((end_s - start_s) / HALF_HOUR_S).unwrap_or(0);
    let mut response = v1::GetScheduleResponse {
        agents_left_out: u32::try_from(agents.len().saturating_sub(told)).unwrap_or(u32::MAX),
        headcounts: vec![0; parts],
        start_time: Some(wall(start_s)),
        zone: zone.name().to_owned(),
        open_spans,
        ..v1::GetScheduleResponse::default()
    };
    for (page_at, ids) in (0..).step_by(AGENTS_PER_PAGE).zip(agents.chunks(AGENTS_PER_PAGE)) {
        let ids = ids.to_vec();
        let page = tenant.read(move |state, _| {
            let rows = (page_at..).zip(ids).map(|(at, id)| row(state, id, at < told, (start_s, end_s)));
            Ok(rows.collect::<Vec<Row>>())
        });
        let page = page.await?;
        let mut headcounts = std::mem::take(&mut response.headcounts);
        let counted = PLANS.run(move || {
            for rules in page.iter().filter_map(|row| row.rules.as_ref()) {
                count(&mut headcounts, &rules.spans(start_s, end_s), start_s);
            }
            (page, headcounts)
        });
        let (page, headcounts) = counted.await?;
        response.headcounts = headcounts;
        for (at, row) in (page_at..).zip(page) {
            let unscheduled = row.rules.is_none();
            response.unscheduled += u32::from(unscheduled);
            if at < told {
                let name = plan.agents.get(&row.id).map(|agent| agent.name.clone()).unwrap_or_default();
                response.agents.push(v1::AgentWeek { agent_id: row.id, name, unscheduled, spans: row.spans });
            }
        }
    }
    Ok(response)
}

fn row(state: &State, id: String, told: bool, (start_s, end_s): (i64, i64)) -> Row {
    let number = state.names().number(PlanKind::Agent, &id);
    let rules = number.and_then(|number| state.shift_rules(number));
    let mut spans = Vec::new();
    if let (true, Some(rules), Some(agent)) = (told, &rules, number.and_then(|number| state.agent(number))) {
        let working = |span: &SpanOf| matches!(span.state.presence, Presence::On | Presence::Break);
        spans = rules
            .spans(start_s, end_s)
            .into_iter()
            .filter(working)
            .map(|span| {
                let open = span.state.open;
                let channels = if span.state.presence == Presence::On { channels(state, open) } else { None };
                v1::ScheduleSpan {
                    start_time: Some(wall(span.from_s)),
                    end_time: Some(wall(span.to_s)),
                    presence: api_presence(span.state.presence).into(),
                    rule: api_rule(span.rule).into(),
                    text: state.rule_text(agent, rules, span.state, span.rule, span.from_s),
                    restricted: channels.is_some(),
                    channels: channels.unwrap_or_default(),
                }
            })
            .collect();
    }
    Row { id, rules, spans }
}

/// Channels, if not all.
fn channels(state: &State, open: Open) -> Option<Vec<String>> {
    let all = &state.catalog().channels;
    if open == ALL || all.values().all(|channel| open >> channel.slot & 1 == 1) {
        return None;
    }
    let served = all.iter().filter(|(_, channel)| open >> channel.slot & 1 == 1);
    let mut ids: Vec<String> = served.map(|(number, _)| state.names().id(*number).to_owned()).collect();
    ids.sort_unstable();
    Some(ids)
}

/// Counts an agent in each half hour in whose middle it is on shift.
fn count(headcounts: &mut [u32], spans: &[SpanOf], start_s: i64) {
    let half_s = HALF_HOUR_S / 2;
    // The first half hour whose middle is not before an instant.
    let at = |at_s: i64| {
        usize::try_from((at_s - start_s - half_s + HALF_HOUR_S - 1).div_euclid(HALF_HOUR_S)).unwrap_or(0)
    };
    for span in spans.iter().filter(|span| span.state.presence == Presence::On) {
        let to = at(span.to_s).min(headcounts.len());
        for headcount in &mut headcounts[at(span.from_s).min(to)..to] {
            *headcount += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Rule, State as Shift};

    #[test]
    fn who_is_on_shift_in_the_middle_of_a_half_hour_counts() {
        let span = |from_s, to_s, state| SpanOf { from_s, to_s, state, rule: Rule::Default };
        for (spans, expected) in [
            (vec![(0, 1_800)], [1, 0, 0]),
            (vec![(0, 900)], [0, 0, 0]),
            (vec![(0, 901)], [1, 0, 0]),
            (vec![(900, 2_700)], [1, 0, 0]),
            (vec![(901, 2_701)], [0, 1, 0]),
            (vec![(-5_000, 9_000)], [1, 1, 1]),
            (vec![(0, 1_000), (1_000, 5_400)], [1, 1, 1]),
        ] {
            let spans: Vec<SpanOf> =
                spans.iter().map(|(from_s, to_s)| span(*from_s, *to_s, Shift::on(ALL))).collect();
            let mut headcounts = [0; 3];
            count(&mut headcounts, &spans, 0);
            assert_eq!(headcounts, expected, "{spans:?}");
        }
        let mut headcounts = [0; 3];
        count(&mut headcounts, &[span(0, 5_400, Shift::BREAK), span(0, 5_400, Shift::OFF)], 0);
        assert_eq!(headcounts, [0; 3]);
    }
}
