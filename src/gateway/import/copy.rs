//! A copy of dated entries in force, to compare with.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    engine::{refusal::Refusal, state::DatedRecord},
    proto::journal as j,
    runtime::{CallError, Tenant},
    schedule::{
        DatedKind,
        import::{Key, Known, Row, RowPart},
    },
};

use super::{Basis, Wanted};

/// Agents whose entries are copied in one go.
const AGENTS_PER_COPY: usize = 1_000;

pub(super) type Entries = Vec<(Arc<str>, Arc<Vec<DatedRecord>>)>;

/// All dated entries, by agent, of one revision.
pub(super) async fn copy(tenant: &Tenant, revision: u64) -> Result<Entries, CallError> {
    let mut entries = Vec::new();
    let mut after = 0;
    loop {
        let page = tenant.read(move |state, _| {
            if state.dated_revision() != revision {
                let message = "shifts were changed meanwhile; import again";
                return Err(Refusal::aborted("SHIFTS_CHANGED", message));
            }
            let page = state.dated().shared_after(after).take(AGENTS_PER_COPY);
            let page = page.map(|(agent, list)| (agent, Arc::<str>::from(state.names().id(agent)), list));
            Ok(page.collect::<Vec<_>>())
        });
        let page = page.await?;
        let Some((last, ..)) = page.last() else { return Ok(entries) };
        after = *last;
        entries.extend(page.into_iter().map(|(_, id, list)| (id, list)));
    }
}

/// Entries that an import may change.
pub(super) fn before(entries: &Entries, rows: &[Row], basis: &Basis, wanted: &Wanted) -> Vec<Known> {
    let named: BTreeSet<&str> = rows.iter().map(|row| &*row.key.agent).collect();
    let mut before = Vec::new();
    for (agent, list) in entries {
        let concerned = named.contains(&**agent)
            || wanted.replace && list.iter().any(|entry| *entry.source == wanted.source);
        if concerned {
            before.extend(list.iter().map(|entry| known(agent, entry, basis)));
        }
    }
    before
}

fn known(agent: &Arc<str>, entry: &DatedRecord, basis: &Basis) -> Known {
    let ids = |numbers: &[u32]| {
        let mut ids: Vec<String> =
            numbers.iter().filter_map(|number| basis.channels.get(number).cloned()).collect();
        ids.sort_unstable();
        ids
    };
    let part = |part: &j::DatedPart| RowPart {
        from_s: part.from_s,
        to_s: part.to_s,
        is_break: part.is_break,
        channels: ids(&part.channels),
    };
    let zone = entry.zone.as_ref().unwrap_or(&basis.zone);
    let end_s = entry.start_s + i64::from(entry.length_s);
    let kind = match entry.kind {
        j::DatedKind::Extra => DatedKind::Extra,
        j::DatedKind::Off => DatedKind::Off,
        j::DatedKind::Break => DatedKind::Break,
        j::DatedKind::Shift | j::DatedKind::Unspecified => DatedKind::Shift,
    };
    let key = Key { agent: agent.clone(), kind, start_s: entry.start_s, zone: entry.zone_name().into() };
    let row = Row {
        line: 0,
        key,
        end_s,
        from_s: zone.utc_s(entry.start_s),
        to_s: zone.utc_s(end_s),
        parts: entry.parts.iter().map(part).collect(),
        channels: entry.channels.as_deref().map(|numbers| ids(numbers).into()),
        reason: entry.reason.clone(),
    };
    Known { row, source: entry.source.clone() }
}
