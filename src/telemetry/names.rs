//! Every metric: name, kind, unit, labels, buckets, and what it tells. Nobody else spells a metric's or
//! a label's name.
//!
//! Names start with `kefud_` and end with their unit; units are base units (seconds, bytes). Labels are
//! bounded: by the plan (queue, channel), by the settings (tenant), by the API (service, method, code)
//! or by an enumeration in the code.

pub mod conversation;
pub mod schedule;
pub mod surge;

use metrics::Unit;

use super::definition::{
    ACCEPT_BUCKETS, Definition, Kind, LATENCY_BUCKETS, SIZE_BUCKETS, WAIT_BUCKETS, counter, gauge, metric,
    seconds,
};

const TENANT: &str = "tenant";
const QUEUE: &str = "queue";
const CHANNEL: &str = "channel";
const SERVICE: &str = "service";
const METHOD: &str = "method";

const BY_TENANT: &[&str] = &[TENANT];
const BY_QUEUE: &[&str] = &[TENANT, QUEUE];
const BY_CHANNEL: &[&str] = &[TENANT, QUEUE, CHANNEL];
const BY_OUTCOME: &[&str] = &[TENANT, QUEUE, CHANNEL, "outcome"];
const BY_METHOD: &[&str] = &[SERVICE, METHOD];

/// Build information.
pub const BUILD_INFO: Definition =
    gauge("kefud_build_info", &["version"], "Always 1; the version is in the label.");

/// Contacts that came in.
pub const CONTACTS_ENTERED: Definition =
    counter("kefud_contacts_entered_total", BY_CHANNEL, "Contacts accepted into the queue from a gateway.");
/// Contacts for whom there is nobody.
pub const CONTACTS_UNSERVABLE: Definition = counter(
    "kefud_contacts_unservable_total",
    BY_CHANNEL,
    "Contacts accepted though nobody in the plan, signed in or not, could ever serve them.",
);
/// Contacts refused.
pub const CONTACTS_REJECTED: Definition = counter(
    "kefud_contacts_rejected_total",
    &[TENANT, QUEUE, CHANNEL, "reason"],
    "Contacts refused at the door, by reason.",
);
/// Contacts that ended.
pub const CONTACTS_CLOSED: Definition =
    counter("kefud_contacts_closed_total", BY_OUTCOME, "Contacts that ended, by outcome.");
/// Waits that ended.
pub const CONTACT_WAIT: Definition = seconds(
    "kefud_contact_wait_seconds",
    BY_OUTCOME,
    WAIT_BUCKETS,
    "Waiting time in the queue, by how the wait ended: answered, answered_callback (an agent got a callback: no customer held the line, see kefud_callback_wait_seconds), abandoned, expired, lost, moved, deflected (by a bot), lapsed (its reply window) or called_back (left for a callback).",
);
/// Time with an agent.
pub const CONTACT_HANDLE: Definition = seconds(
    "kefud_contact_handle_seconds",
    BY_CHANNEL,
    WAIT_BUCKETS,
    "Time from the answer until the contact left the agent.",
);
/// Wrap-up time.
pub const WRAP_UP: Definition =
    seconds("kefud_wrap_up_seconds", BY_CHANNEL, WAIT_BUCKETS, "Wrap-up time of agents.");
/// Offers that ended.
pub const OFFERS_ENDED: Definition = counter(
    "kefud_offers_ended_total",
    &[TENANT, QUEUE, CHANNEL, "result"],
    "Offers that ended: accepted, no_answer, declined or withdrawn.",
);
/// Time to accept.
pub const OFFER_ACCEPT: Definition = seconds(
    "kefud_offer_accept_seconds",
    BY_CHANNEL,
    ACCEPT_BUCKETS,
    "Time from an offer to its acceptance.",
);

/// Contacts that wait now.
pub const CONTACTS_WAITING: Definition = gauge(
    "kefud_contacts_waiting",
    BY_CHANNEL,
    "Contacts that wait in the queue now, offered ones included.",
);
/// The oldest wait now.
pub const OLDEST_WAIT: Definition = metric(
    Kind::Gauge,
    "kefud_oldest_wait_seconds",
    Unit::Seconds,
    BY_QUEUE,
    &[],
    "Wait of the contact that has waited longest, 0 when nobody waits.",
);
/// Contacts that live now.
pub const CONTACTS_LIVE: Definition =
    gauge("kefud_contacts_live", BY_TENANT, "Contacts that have not ended.");
/// Agents now.
pub const AGENTS: Definition = gauge("kefud_agents", &[TENANT, "state"], "Agents of the plan, by state.");
/// The revision of the plan.
pub const PLAN_REVISION: Definition =
    gauge("kefud_plan_revision", BY_TENANT, "Revision of the plan in force.");

/// Where the engine is.
pub const SEQUENCE: Definition = gauge("kefud_sequence", BY_TENANT, "Sequence of the latest event.");
/// Where the journal is.
pub const DURABLE_SEQUENCE: Definition =
    gauge("kefud_durable_sequence", BY_TENANT, "Sequence of the latest event that is durable.");
/// Commands that wait.
pub const INBOX: Definition =
    gauge("kefud_inbox_commands", BY_TENANT, "Commands that wait for the tenant's writer.");
/// Syncs of the journal.
pub const JOURNAL_SYNC: Definition =
    seconds("kefud_journal_sync_seconds", BY_TENANT, LATENCY_BUCKETS, "Time to make a batch durable.");
/// Batches of the journal.
pub const JOURNAL_BATCH: Definition = metric(
    Kind::Histogram,
    "kefud_journal_batch_events",
    Unit::Count,
    BY_TENANT,
    SIZE_BUCKETS,
    "Events in a batch.",
);
/// Bytes of the journal.
pub const JOURNAL_BYTES: Definition = metric(
    Kind::Counter,
    "kefud_journal_written_bytes_total",
    Unit::Bytes,
    BY_TENANT,
    &[],
    "Bytes written to the journal.",
);
/// Failures of the journal.
pub const JOURNAL_FAILURES: Definition =
    counter("kefud_journal_failures_total", &[TENANT, "kind"], "Appends that failed, by kind.");
/// Snapshots.
pub const SNAPSHOT_WRITE: Definition = seconds(
    "kefud_snapshot_write_seconds",
    BY_TENANT,
    WAIT_BUCKETS,
    "Time to build and write a snapshot, off the writer.",
);
/// Size of a snapshot.
pub const SNAPSHOT_BYTES: Definition =
    metric(Kind::Gauge, "kefud_snapshot_bytes", Unit::Bytes, BY_TENANT, &[], "Size of the latest snapshot.");
/// Slow consumers.
pub const MAILBOX_OVERFLOWS: Definition = counter(
    "kefud_stream_overflows_total",
    &[TENANT, "stream"],
    "Streams cut off because their consumer was too slow, by kind of stream.",
);

/// Calls.
pub const RPCS: Definition = counter(
    "kefud_rpcs_total",
    &[SERVICE, METHOD, "code"],
    "Calls and streams that ended, by gRPC code. CANCELLED: the caller left, or its deadline passed.",
);
/// Latency of calls.
pub const RPC_LATENCY: Definition = seconds(
    "kefud_rpc_seconds",
    BY_METHOD,
    LATENCY_BUCKETS,
    "Time from a call's arrival to the end of its answer. Streams are not in it.",
);
/// Open streams.
pub const RPC_STREAMS: Definition = gauge("kefud_rpc_streams", BY_METHOD, "Streams that are open.");
/// Connections.
pub const CONNECTIONS: Definition = gauge("kefud_connections", &[], "gRPC connections that are open.");
/// Connections refused.
pub const CONNECTIONS_REFUSED: Definition = counter(
    "kefud_connections_refused_total",
    &[],
    "gRPC connections closed at once because too many were open.",
);
/// Scrapes without all.
pub const SCRAPE_TIMEOUTS: Definition = counter(
    "kefud_scrape_timeouts_total",
    &[],
    "Scrapes that tell older gauges because a tenant did not answer in time.",
);

/// All metrics.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    OF_CONTACTS_AND_DAEMON.iter().chain(conversation::ALL).chain(schedule::ALL).chain(surge::ALL).copied()
}

const OF_CONTACTS_AND_DAEMON: &[&Definition] = &[
    &BUILD_INFO,
    &CONTACTS_ENTERED,
    &CONTACTS_UNSERVABLE,
    &CONTACTS_REJECTED,
    &CONTACTS_CLOSED,
    &CONTACT_WAIT,
    &CONTACT_HANDLE,
    &WRAP_UP,
    &OFFERS_ENDED,
    &OFFER_ACCEPT,
    &CONTACTS_WAITING,
    &OLDEST_WAIT,
    &CONTACTS_LIVE,
    &AGENTS,
    &PLAN_REVISION,
    &SEQUENCE,
    &DURABLE_SEQUENCE,
    &INBOX,
    &JOURNAL_SYNC,
    &JOURNAL_BATCH,
    &JOURNAL_BYTES,
    &JOURNAL_FAILURES,
    &SNAPSHOT_WRITE,
    &SNAPSHOT_BYTES,
    &MAILBOX_OVERFLOWS,
    &RPCS,
    &RPC_LATENCY,
    &RPC_STREAMS,
    &CONNECTIONS,
    &CONNECTIONS_REFUSED,
    &SCRAPE_TIMEOUTS,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_tell_kind_and_unit() {
        let mut seen = BTreeSet::new();
        for metric in all() {
            let name = metric.name;
            assert!(seen.insert(name), "{name} twice");
            assert!(name.starts_with("kefud_"), "{name}");
            assert!(metric.help.ends_with('.'), "{name}");
            assert_eq!(name.ends_with("_total"), metric.kind == Kind::Counter, "{name}");
            assert_eq!(metric.buckets.is_empty(), metric.kind != Kind::Histogram, "{name}");
            assert!(metric.buckets.is_sorted_by(|a, b| a < b), "{name}");
            let stem = name.trim_end_matches("_total");
            assert_eq!(stem.ends_with("_seconds"), metric.unit == Unit::Seconds, "{name}");
            assert_eq!(stem.ends_with("_bytes"), metric.unit == Unit::Bytes, "{name}");
        }
    }

    #[test]
    fn alerts_and_the_readme_name_metrics_that_there_are() {
        let texts = [
            include_str!("../../deploy/alerts.yml"),
            include_str!("../../deploy/alerts_test.yml"),
            include_str!("../../README.md"),
        ];
        let known: BTreeSet<&str> = all().map(|metric| metric.name).collect();
        let histograms: BTreeSet<&str> =
            all().filter(|metric| metric.kind == Kind::Histogram).map(|metric| metric.name).collect();
        for text in texts {
            let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '_');
            for name in words.filter(|word| word.starts_with("kefud_")) {
                let counted = name.strip_suffix("_count").is_some_and(|name| histograms.contains(name));
                assert!(known.contains(name) || counted, "there is no {name}");
            }
        }
    }

    #[test]
    fn objectives_are_bounds() {
        for objective in [20.0, 30.0, 60.0, 300.0] {
            assert!(WAIT_BUCKETS.contains(&objective), "{objective}");
        }
    }
}
