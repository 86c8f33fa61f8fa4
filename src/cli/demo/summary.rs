//! The summary at the end, as text: what became of the contacts of each queue and channel, and how long
//! they waited. Must not compute what [`super::balance`] does.

use std::{fmt::Write, time::Duration};

use super::{
    balance::{Tally, equation},
    counts::Counts,
    finale::Settled,
    show::clock,
};
use crate::proto::v1::{CallbackCounts, PromiseCounts};

/// Two tables, the equation and the promises. `problems` is what does not add up.
pub fn render(settled: &Settled) -> String {
    let mut out = String::new();
    // Writing to a string can't fail.
    write_all(&mut out, settled).ok();
    out
}

fn write_all(out: &mut String, settled: &Settled) -> std::fmt::Result {
    let tally = &settled.tally;
    let columns = [
        "offered",
        "back",
        "answered",
        "abandoned",
        "expired",
        "lost",
        "deflected",
        "lapsed",
        "called",
        "waiting",
        "rejected",
    ];
    head(out, &columns)?;
    let becoming = |counts: &Counts, waiting: u64| {
        let Counts {
            offered,
            returned,
            answered,
            abandoned,
            expired,
            lost,
            deflected,
            lapsed,
            called_back: called,
            rejected,
            ..
        } = *counts;
        [offered, returned, answered, abandoned, expired, lost, deflected, lapsed, called, waiting, rejected]
            .map(|figure| figure.to_string())
    };
    for ((queue, channel), (counts, waiting)) in tally {
        row(out, queue, channel, &becoming(counts, *waiting))?;
    }
    if let Some((counts, waiting)) = total(tally) {
        row(out, "all", "", &becoming(&counts, waiting))?;
    }
    writeln!(out)?;

    head(out, &["ASA", "p50", "p90", "p99", "in time", "missed", "declined"])?;
    for ((queue, channel), (counts, _)) in tally {
        row(out, queue, channel, &waits(counts))?;
    }
    if let Some((counts, _)) = total(tally) {
        row(out, "all", "", &waits(&counts))?;
        let answered = counts.answered;
        let with_agents = answered.saturating_sub(counts.completed);
        writeln!(
            out,
            "\nBack: after an answer, to a queue. Called: left the line to be called back. ASA and percentiles: wait until the first answer. In time: \
             answered within\nthe queue's objective, of the answered and abandoned. Missed, declined: offers. Of the \
             {answered} answered, {} have ended\nand {with_agents} are with an agent, parked, or came back.",
            counts.completed
        )?;
    }
    writeln!(out)?;
    write_end(out, settled)
}

/// Whether it adds up, what was promised, and who was called back.
fn write_end(out: &mut String, settled: &Settled) -> std::fmt::Result {
    let Settled { tally, promises, callbacks, problems } = settled;
    if problems.is_empty() {
        let rejected = total(tally).map_or(0, |(counts, _)| counts.rejected);
        writeln!(
            out,
            "Adds up: {}.\nGateways and daemon agree; {rejected} more were rejected, which is not offered.",
            equation(tally)
        )?;
    }
    let PromiseCounts { made, kept, late, unreached, cancelled, open, broken, .. } = promises;
    if *made > 0 {
        writeln!(
            out,
            "Promises: {made} made, {kept} kept, {late} late, {unreached} unreached, {cancelled} cancelled, {open} \
             open; {broken} of them past their time."
        )?;
    }
    let CallbackCounts { made, reached, exhausted, attempts, pending, in_line, .. } = callbacks;
    if *made > 0 {
        writeln!(
            out,
            "Callbacks: {made} made, {reached} reached, {exhausted} in vain, {in_line} in line, {pending} for \
             later or with an agent; dialled {attempts} times."
        )?;
    }
    for problem in problems {
        writeln!(out, "DOES NOT ADD UP: {problem}")?;
    }
    Ok(())
}

fn head(out: &mut String, columns: &[&str]) -> std::fmt::Result {
    row(out, "queue", "channel", &columns.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
}

fn row(out: &mut String, queue: &str, channel: &str, cells: &[String]) -> std::fmt::Result {
    write!(out, "{queue:<13} {channel:<8}")?;
    for cell in cells {
        write!(out, " {cell:>9}")?;
    }
    writeln!(out)
}

/// How long the answered waited, and how offers went.
fn waits(counts: &Counts) -> [String; 7] {
    let of = |quantile| {
        let wait = counts.waits_ms.value_at_quantile(quantile);
        if counts.answered == 0 { "-".to_owned() } else { clock(Duration::from_millis(wait)) }
    };
    let first = counts.answered.saturating_sub(counts.returned);
    let decided = first + counts.abandoned;
    let in_time = if decided == 0 {
        "-".to_owned()
    } else {
        format!("{:.0}%", 100.0 * counts.within_objective as f64 / decided as f64)
    };
    [
        mean(counts.wait_sum, counts.waits_ms.len()),
        of(0.5),
        of(0.9),
        of(0.99),
        in_time,
        counts.missed.to_string(),
        counts.declined.to_string(),
    ]
}

/// A mean wait; a dash for none.
pub fn mean(sum: Duration, count: u64) -> String {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    sum.checked_div(count).map_or_else(|| "-".to_owned(), clock)
}

fn total(tally: &Tally) -> Option<(Counts, u64)> {
    let mut rows = tally.values();
    let (mut sum, mut waiting) = rows.next()?.clone();
    for (counts, waits) in rows {
        sum.offered += counts.offered;
        sum.returned += counts.returned;
        sum.answered += counts.answered;
        sum.deflected += counts.deflected;
        sum.lapsed += counts.lapsed;
        sum.called_back += counts.called_back;
        sum.completed += counts.completed;
        sum.abandoned += counts.abandoned;
        sum.expired += counts.expired;
        sum.lost += counts.lost;
        sum.rejected += counts.rejected;
        sum.missed += counts.missed;
        sum.declined += counts.declined;
        sum.within_objective += counts.within_objective;
        sum.wait_sum += counts.wait_sum;
        // Both grow as they need.
        sum.waits_ms.add(&counts.waits_ms).ok();
        waiting += waits;
    }
    Some((sum, waiting))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally() -> Tally {
        let counts = |answered, abandoned, waits_s: &[u64]| {
            let mut counts = Counts { answered, abandoned, completed: 1, ..Counts::new().unwrap() };
            counts.offered = answered + abandoned + 1;
            counts.within_objective = 1;
            counts.rejected = 2;
            for wait_s in waits_s {
                counts.waits_ms.record(wait_s * 1_000).unwrap();
                counts.wait_sum += Duration::from_secs(*wait_s);
            }
            (counts, 1)
        };
        let key = |queue: &str| (queue.to_owned(), "phone".to_owned());
        Tally::from([(key("vip"), counts(3, 1, &[10, 20, 90])), (key("mail"), counts(0, 0, &[]))])
    }

    fn settled(tally: Tally, problems: &[&str]) -> Settled {
        let promises = PromiseCounts { made: 3, kept: 2, open: 1, broken: 1, ..PromiseCounts::default() };
        let callbacks =
            CallbackCounts { made: 5, reached: 2, attempts: 4, pending: 2, in_line: 1, ..Default::default() };
        Settled {
            tally,
            promises,
            callbacks,
            problems: problems.iter().map(|told| (*told).to_owned()).collect(),
        }
    }

    #[test]
    fn tables() {
        let text = render(&settled(tally(), &[]));
        let cells = |start: &str, nth: usize| -> Vec<String> {
            let line = text.lines().filter(|line| line.starts_with(start)).nth(nth).unwrap();
            line.split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(cells("vip", 0), ["vip", "phone", "5", "0", "3", "1", "0", "0", "0", "0", "0", "1", "2"]);
        assert_eq!(cells("vip", 1), ["vip", "phone", "0:40", "0:20", "1:30", "1:30", "25%", "0", "0"]);
        assert_eq!(cells("mail", 1), ["mail", "phone", "-", "-", "-", "-", "-", "0", "0"]);
        assert_eq!(cells("all", 0), ["all", "6", "0", "3", "1", "0", "0", "0", "0", "0", "2", "4"]);
        assert_eq!(cells("all", 1)[..4], ["all", "0:40", "0:20", "1:30"]);
        assert!(
            text.contains(
                "Adds up: 6 offered + 0 come back = 3 answered + 1 abandoned + 0 expired + 0 lost + 0 deflected + 0 lapsed + 0 called back + 2 \
                 still waiting.\nGateways and daemon agree; 4 more were rejected, which is not offered.\nPromises: 3 made, 2 kept, 0 late, 0 \
                 unreached, 0 cancelled, 1 open; 1 of them past their time.\nCallbacks: 5 made, 2 reached, 0 in \
                 vain, 1 in line, 2 for later or with an agent; dialled 4 times."
            ),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_add_up_is_said() {
        let text = render(&settled(tally(), &["vip by phone: …"]));
        assert!(text.ends_with("DOES NOT ADD UP: vip by phone: …\n"), "{text}");
        assert!(!text.contains("Adds up"));
    }

    #[test]
    fn nothing_happened() {
        assert!(render(&settled(Tally::new(), &[])).contains("Adds up: 0 offered + 0 come back ="));
    }
}
