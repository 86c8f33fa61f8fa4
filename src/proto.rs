//! Code generated from `proto/`: the public API (`v1`) and the journal's private schema (`journal`).

/// The public API, package `kefud.v1`.
#[allow(clippy::doc_markdown, clippy::large_enum_variant, missing_docs)]
pub mod v1 {
    tonic::include_proto!("kefud.v1");

    /// The API's descriptors, served by gRPC reflection.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kefud.v1.descriptors.bin"));
}

/// What is written to disk, package `kefud.journal.v1`.
#[allow(clippy::doc_markdown, clippy::large_enum_variant, missing_docs)]
pub mod journal {
    use prost::{
        Message as _,
        encoding::{WireType, encode_key, encode_varint},
    };

    tonic::include_proto!("kefud.journal.v1");

    impl Event {
        /// Appends itself to an encoded [`Batch`], as one more of its events. Most events are short, so the
        /// length is written when it is known, and not worked out before.
        pub fn append_to(&self, batch: &mut Vec<u8>) {
            // Field 1, length-delimited; room for a length of one byte.
            encode_key(1, WireType::LengthDelimited, batch);
            batch.push(0);
            let start = batch.len();
            self.encode_raw(batch);
            let length = batch.len() - start;
            match u8::try_from(length) {
                Ok(length) if length < 0x80 => batch[start - 1] = length,
                _ => {
                    let mut prefix = Vec::with_capacity(8);
                    encode_varint(length as u64, &mut prefix);
                    batch.splice(start - 1..start, prefix);
                }
            }
        }
    }

    impl QueueHoursRecord {
        /// When it closed last. Snapshots of before that was told have only when hours or clock changed last.
        #[must_use]
        pub fn closed_at(&self) -> u64 {
            if self.closed_ms == 0 { self.changed_ms } else { self.closed_ms }
        }
    }

    impl ContactRecord {
        /// How it has ended; all zero while it is live.
        #[must_use]
        pub fn ended(&self) -> Closing {
            self.closing.as_deref().copied().unwrap_or_default()
        }

        /// What agents have to do with it, to change.
        pub fn service_mut(&mut self) -> &mut Service {
            self.service.get_or_insert_default()
        }

        /// Agents who are not to be offered it for a while, in the order in which that came to be.
        #[must_use]
        pub fn exclusions(&self) -> &[Exclusion] {
            self.service.as_ref().map_or(&[], |service| &service.exclusions)
        }

        /// The agent for whom it is kept; 0: nobody.
        #[must_use]
        pub fn kept_for(&self) -> u32 {
            self.service.as_ref().map_or(0, |service| service.kept_for)
        }

        /// Until when it is kept for that agent.
        #[must_use]
        pub fn kept_until_ms(&self) -> u64 {
            self.service.as_ref().map_or(0, |service| service.kept_until_ms)
        }

        /// Keeps it for an agent until then; 0: for nobody.
        pub fn keep(&mut self, agent: u32, until_ms: u64) {
            if agent != 0 || self.service.is_some() {
                let service = self.service_mut();
                service.kept_for = agent;
                service.kept_until_ms = until_ms;
            }
        }

        /// When it was answered first; 0: not yet.
        #[must_use]
        pub fn answered_ms(&self) -> u64 {
            self.service.as_ref().map_or(0, |service| service.answered_ms)
        }

        /// When it last became active; 0: never.
        #[must_use]
        pub fn active_ms(&self) -> u64 {
            self.service.as_ref().map_or(0, |service| service.active_ms)
        }

        /// The agent who was assigned to it last; 0: nobody was.
        #[must_use]
        pub fn last_agent(&self) -> u32 {
            self.service.as_ref().map_or(0, |service| service.last_agent)
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::journal::{AgentAvailabilitySet, Batch, Event, event::Kind};

    #[test]
    fn events_of_any_length_append_to_a_batch() {
        let event = |length: usize| Event {
            at_ms: 7,
            kind: Some(Kind::AgentAvailabilitySet(AgentAvailabilitySet {
                agent: 1,
                ready: false,
                reason: "r".repeat(length),
            })),
            ..Event::default()
        };
        let events: Vec<Event> = [0, 100, 116, 117, 118, 119, 128, 500, 20_000].map(event).to_vec();
        let mut bytes = Vec::new();
        events.iter().for_each(|event| event.append_to(&mut bytes));
        assert_eq!(bytes, Batch { events }.encode_to_vec());
    }
}
