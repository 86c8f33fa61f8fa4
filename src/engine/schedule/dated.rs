//! Dated entries: set by hand, or brought by an import in parts that count as a whole once committed. Owns what is
//! refused of them; what they mean is the library's.

use std::collections::BTreeMap;

use crate::{
    engine::{
        command::{DatedChange, DatedId, ImportSummary, NewDated, Reply},
        limits::{DATED_MAX, DATED_OF_AGENT_MAX, SHIFT_SOURCES_MAX},
        refusal::Refusal,
        state::Dated,
        step::{Answer, Step},
    },
    plan::limits::ZONES_MAX,
    proto::journal::{self as j, PlanKind, event::Kind},
    schedule::Zones,
};

/// Advice when there are too many.
const RETRY_MS: u64 = 60_000;

impl Step<'_> {
    pub fn set_shifts(&mut self, change: &DatedChange) -> Answer {
        let part = self.dated_part(change)?;
        self.check_dated(&self.state.schedules.dated, &part)?;
        if !part.set.is_empty() || !part.removed.is_empty() {
            self.emit(Kind::ShiftsChanged(part));
        }
        Ok(Reply::Done)
    }

    pub fn stage_shifts(&mut self, base: u64, stage: u64, change: &DatedChange) -> Answer {
        self.check_dated_base(base)?;
        if stage != 0 {
            self.check_dated_stage(stage)?;
        }
        let mut part = self.dated_part(change)?;
        let schedules = &self.state.schedules;
        let before = schedules.draft.as_deref().filter(|_| stage != 0).unwrap_or(&schedules.dated);
        self.check_dated(before, &part)?;
        part.staged = true;
        part.first = stage == 0;
        self.emit(Kind::ShiftsChanged(part));
        Ok(Reply::Staged(self.state.schedules.stage))
    }

    pub fn commit_shifts(&mut self, base: u64, stage: u64, summary: ImportSummary) -> Answer {
        self.check_dated_base(base)?;
        self.check_dated_stage(stage)?;
        let schedules = &self.state.schedules;
        let dated = schedules.draft.as_deref().unwrap_or(&schedules.dated);
        let others = || schedules.sources.keys().filter(|name| dated.has_source(name));
        if !schedules.sources.contains_key(&summary.source) && others().count() >= SHIFT_SOURCES_MAX {
            let message = format!(
                "{SHIFT_SOURCES_MAX} sources have shifts already; import under the name of one of them, or take \
                 away what one has"
            );
            return Err(Refusal::exhausted("TOO_MANY_SHIFTS", message, RETRY_MS));
        }
        self.emit(Kind::ShiftsCommitted(j::ShiftsCommitted {
            source: summary.source,
            horizon_s: summary.horizon_s,
            added: summary.added,
            changed: summary.changed,
            removed: summary.removed,
        }));
        Ok(Reply::Done)
    }

    /// An import was worked out from dated entries that must still be in force.
    fn check_dated_base(&self, base: u64) -> Result<(), Refusal> {
        if base == self.state.schedules.dated_revision {
            return Ok(());
        }
        Err(changed())
    }

    fn check_dated_stage(&self, stage: u64) -> Result<(), Refusal> {
        if stage != 0 && stage == self.state.schedules.stage { Ok(()) } else { Err(changed()) }
    }

    /// The change by numbers.
    fn dated_part(&self, change: &DatedChange) -> Result<j::ShiftsChanged, Refusal> {
        let mut fields = Vec::new();
        let mut number = self.state.schedules.last_dated;
        let mut part = j::ShiftsChanged::default();
        for (at, id) in (0..).zip(&change.removed) {
            let field = format!("replaced_shift_ids[{at}]");
            match self.dated_key(id) {
                Some(key) => part.removed.push(key),
                None => fields.push((field, "there is no such shift".to_owned())),
            }
        }
        for (at, new) in (0..).zip(&change.set) {
            number += 1;
            part.set.extend(self.dated_entry(new, number, at, &mut fields));
        }
        if fields.is_empty() { Ok(part) } else { Err(Refusal::invalid(fields)) }
    }

    /// By what an entry that is there is known.
    fn dated_key(&self, id: &DatedId) -> Option<j::DatedKey> {
        let agent = self.state.names.number(PlanKind::Agent, &id.agent)?;
        let kind = id.kind.journal();
        let key = j::DatedKey { agent, kind: kind.into(), start_s: id.start_s, zone: id.zone.clone() };
        self.state.schedules.dated.of(agent).iter().any(|entry| entry.is(&key)).then_some(key)
    }

    fn dated_entry(
        &self,
        new: &NewDated,
        number: u64,
        at: usize,
        fields: &mut Vec<(String, String)>,
    ) -> Option<j::DatedEntry> {
        let known = self.state.agent_by_id(&new.id.agent).filter(|agent| !agent.record.removed);
        let Some(agent) = known.map(|agent| agent.record.agent) else {
            let problem = format!("the plan has no agent {}", new.id.agent);
            fields.push((format!("shifts[{at}].agent_id"), problem));
            return None;
        };
        let mut channels = |field: &str, ids: &[String]| {
            let of = |id: &String| self.named(PlanKind::Channel, field, id, fields);
            let mut channels: Vec<u32> = ids.iter().map(of).collect();
            channels.sort_unstable();
            channels.dedup();
            channels
        };
        let parts = (0..).zip(&new.parts).map(|(part_at, part)| j::DatedPart {
            from_s: part.from_s,
            to_s: part.to_s,
            is_break: part.is_break,
            channels: channels(&format!("shifts[{at}].parts[{part_at}].channels"), &part.channels),
        });
        let parts = parts.collect();
        let only = new.channels.as_ref().map(|ids| channels(&format!("shifts[{at}].channels"), ids));
        Some(j::DatedEntry {
            number,
            agent,
            kind: new.id.kind.journal().into(),
            start_s: new.id.start_s,
            length_s: new.length_s,
            zone: new.id.zone.clone(),
            parts,
            restricted: only.is_some(),
            channels: only.unwrap_or_default(),
            reason: new.reason.clone(),
            source: new.source.clone(),
        })
    }

    /// Whether dated entries may be as this part would make them.
    fn check_dated(&self, dated: &Dated, part: &j::ShiftsChanged) -> Result<(), Refusal> {
        let mut touched: BTreeMap<u32, Vec<j::DatedEntry>> = BTreeMap::new();
        let of = |agent: u32| dated.of(agent).iter().map(|entry| entry.entry(agent)).collect::<Vec<_>>();
        for key in &part.removed {
            let list = touched.entry(key.agent).or_insert_with(|| of(key.agent));
            list.retain(|entry| key_of(entry) != *key);
        }
        for entry in &part.set {
            let list = touched.entry(entry.agent).or_insert_with(|| of(entry.agent));
            let key = key_of(entry);
            list.retain(|other| key_of(other) != key);
            list.push(entry.clone());
        }
        let before: usize = touched.keys().map(|agent| dated.of(*agent).len()).sum();
        let after: usize = touched.values().map(Vec::len).sum();
        if dated.count() - before + after > DATED_MAX {
            let message =
                format!("a tenant holds at most {DATED_MAX} dated shifts; import less of the future");
            return Err(Refusal::exhausted("TOO_MANY_SHIFTS", message, RETRY_MS));
        }
        let mut zones = dated.zones().clone();
        for (agent, list) in &mut touched {
            let id = self.state.names.id(*agent);
            if list.len() > DATED_OF_AGENT_MAX {
                let message = format!("agent {id} would have more than {DATED_OF_AGENT_MAX} dated shifts");
                return Err(Refusal::exhausted("TOO_MANY_SHIFTS", message, RETRY_MS));
            }
            self.check_overlaps(id, list, &mut zones)?;
        }
        if zones.len() > ZONES_MAX {
            let message = format!("dated shifts name more than {ZONES_MAX} time zones; use fewer");
            return Err(Refusal::exhausted("TOO_MANY_SHIFTS", message, RETRY_MS));
        }
        Ok(())
    }

    /// Shifts of one agent don't overlap.
    fn check_overlaps(&self, id: &str, list: &[j::DatedEntry], zones: &mut Zones) -> Result<(), Refusal> {
        let mut spans: Vec<(i64, i64)> = Vec::new();
        for entry in list {
            let zone = match entry.zone.as_str() {
                "" => self.state.catalog.settings.zone.as_str(),
                name => name,
            };
            let Ok(zone) = zones.get(zone) else {
                return Err(Refusal::field("shifts", format!("there is no time zone {zone}")));
            };
            if entry.kind() == j::DatedKind::Shift {
                let end_s = entry.start_s + i64::from(entry.length_s);
                let span = (zone.utc_s(entry.start_s), zone.utc_s(end_s));
                // One that begins in a gap of the clock may end before it begins: it is none.
                spans.extend(Some(span).filter(|(from_s, to_s)| from_s < to_s));
            }
        }
        spans.sort_unstable();
        match spans.windows(2).find(|pair| pair[1].0 < pair[0].1) {
            None => Ok(()),
            Some(pair) => {
                let problem = format!(
                    "shifts of agent {id} would overlap for {} min; end the first one earlier, or replace it",
                    (pair[0].1.min(pair[1].1) - pair[1].0 + 59) / 60
                );
                Err(Refusal::field("shifts", problem))
            }
        }
    }
}

fn key_of(entry: &j::DatedEntry) -> j::DatedKey {
    j::DatedKey { agent: entry.agent, kind: entry.kind, start_s: entry.start_s, zone: entry.zone.clone() }
}

fn changed() -> Refusal {
    let message = "shifts were changed meanwhile; read them and make the change again";
    Refusal::aborted("SHIFTS_CHANGED", message)
}
