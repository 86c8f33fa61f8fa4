//! The state from the journal: the newest snapshot, then every batch after it. Replay evolves and never
//! decides; a record that can't be understood stops it.

use prost::Message;

use crate::{
    engine::{evolve::Effect, state::State},
    journal::{JournalError, Mark, Reader},
    proto::journal as j,
};

/// Why the state can't be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal can't be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A record is not one of ours.
    #[error("the journal holds a record that can't be decoded ({0}); restore the directory from a backup")]
    Decode(#[from] prost::DecodeError),
    /// A record makes no sense to this version.
    #[error("{0}; it may be of a newer version of kefud: use that one")]
    Fault(String),
}

/// The state after everything durable, up to `until` if given, with the place in the history.
pub fn replay(reader: &mut dyn Reader, until: Option<u64>) -> Result<(State, Mark), ReplayError> {
    replay_seen(reader, until, |_, _, _| ())
}

/// The same, with each event shown that is not in the snapshot, and the state after it.
pub fn replay_seen(
    reader: &mut dyn Reader,
    until: Option<u64>,
    mut see: impl FnMut(&State, &j::Event, &Effect),
) -> Result<(State, Mark), ReplayError> {
    let (mut state, mut mark) = read_snapshot(reader)?.unwrap_or((State::default(), Mark::START));
    for batch in reader.batches_after(mark.sequence())? {
        let batch = batch?;
        if until.is_some_and(|until| batch.last_sequence() > until) {
            break;
        }
        let events = j::Batch::decode(batch.payload.as_slice())?.events;
        let known = usize::try_from((state.sequence() + 1).saturating_sub(batch.first_sequence)).unwrap_or(0);
        for event in events.iter().skip(known) {
            let effect = state.evolve(event);
            see(&state, event, &effect);
        }
        mark = batch.mark;
        check(&state)?;
    }
    Ok((state, mark))
}

/// The state that the newest snapshot holds.
pub fn read_snapshot(reader: &mut dyn Reader) -> Result<Option<(State, Mark)>, ReplayError> {
    let Some(snapshot) = reader.latest_snapshot()? else {
        return Ok(None);
    };
    let mark = snapshot.mark();
    let mut state = State::default();
    for frame in snapshot {
        state.import(j::SnapshotRecord::decode(frame?.as_slice())?);
    }
    state.imported();
    check(&state)?;
    Ok(Some((state, mark)))
}

fn check(state: &State) -> Result<(), ReplayError> {
    match state.fault() {
        Some(fault) => Err(ReplayError::Fault(fault.to_owned())),
        None => Ok(()),
    }
}
