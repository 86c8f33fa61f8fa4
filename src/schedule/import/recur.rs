//! Recurrence rules (RFC 5545, section 3.3.10). Owns which of them a shift may have, and their expansion in local
//! time: the crate that does it takes local times for UTC, so that its own zones decide nothing.

use super::{Fault, OCCURRENCES_MAX, RowZone, STEPS_MAX, lines};
use crate::schedule::{DAY_S, Day, day::days_of_month};

/// Parts of a rule whose values are numbers, and their greatest; None: may not be 0 or negative.
const NUMBERS: [(&str, i32, i32); 9] = [
    ("BYSECOND", 0, 59),
    ("BYMINUTE", 0, 59),
    ("BYHOUR", 0, 23),
    ("BYMONTHDAY", -31, 31),
    ("BYYEARDAY", -366, 366),
    ("BYWEEKNO", -53, 53),
    ("BYMONTH", 1, 12),
    ("BYSETPOS", -366, 366),
    ("INTERVAL", 1, 1_000),
];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A rule that a shift may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// All parts but COUNT and UNTIL, as the crate reads them.
    parts: Vec<(String, String)>,
    count: Option<usize>,
    /// Local; the last start that counts.
    until_s: Option<i64>,
}

/// What a rule comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Starts {
    /// Local, ordered, the first one given among them.
    pub starts: Vec<i64>,
    /// It goes on beyond the horizon.
    pub cut: bool,
}

/// Reads a rule.
pub fn parse(text: &str, zone: &RowZone) -> Result<Rule, Fault> {
    let mut rule = Rule { parts: Vec::new(), count: None, until_s: None };
    let mut seen = Vec::new();
    for part in text.trim().trim_end_matches(';').split(';') {
        let form = || Fault::nearest(format!("`{part}` is no part of a rule"), "FREQ=WEEKLY;BYDAY=MO,TU");
        let (name, value) = part.split_once('=').ok_or_else(form)?;
        let (name, value) = (name.trim().to_uppercase(), value.trim().to_uppercase());
        if seen.contains(&name) {
            return Err(Fault::new(format!("{name} is there twice")));
        }
        match name.as_str() {
            "COUNT" => {
                let count = value.parse().ok().filter(|count| *count > 0);
                rule.count = Some(count.ok_or_else(|| Fault::nearest("COUNT must be 1 or more", "COUNT=1"))?);
            }
            "UNTIL" => rule.until_s = Some(until(&value, zone)?),
            _ => {
                check(&name, &value)?;
                rule.parts.push((name.clone(), value));
            }
        }
        seen.push(name);
    }
    if rule.get("FREQ").is_none() {
        return Err(Fault::nearest("has no FREQ", "FREQ=WEEKLY;BYDAY=MO,TU"));
    }
    if rule.count.is_some() && rule.until_s.is_some() {
        return Err(Fault::new("has both COUNT and UNTIL: take one out"));
    }
    rule.check_whole()?;
    Ok(rule)
}

/// The last local second that counts.
fn until(value: &str, zone: &RowZone) -> Result<i64, Fault> {
    let fault = || Fault::nearest(format!("UNTIL={value} is no time"), "such as UNTIL=20261231T235959Z");
    let stamp = lines::stamp(value).ok_or_else(fault)?;
    Ok(match (stamp.date_only, stamp.utc) {
        (true, _) => stamp.local_s + 86_399,
        (false, true) => zone.zone.local_s(stamp.local_s),
        (false, false) => stamp.local_s,
    })
}

fn check(name: &str, value: &str) -> Result<(), Fault> {
    let list = || value.split(',').map(str::trim);
    match name {
        "FREQ" => match value {
            "YEARLY" | "MONTHLY" | "WEEKLY" | "DAILY" => Ok(()),
            "HOURLY" | "MINUTELY" | "SECONDLY" => {
                Err(Fault::nearest(format!("a shift does not recur {value}"), "FREQ=DAILY"))
            }
            _ => {
                let near = super::nearest(value, ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"].into_iter());
                Err(Fault::nearest(
                    format!("there is no FREQ={value}"),
                    format!("FREQ={}", near.unwrap_or("WEEKLY")),
                ))
            }
        },
        "WKST" if DAYS.contains(&value) => Ok(()),
        "WKST" => Err(Fault::nearest(format!("WKST={value} is no day"), "WKST=MO")),
        "BYDAY" => list().try_for_each(|day| {
            let at = day.len().saturating_sub(2);
            let (number, name) = day.split_at_checked(at).unwrap_or((day, ""));
            let number = number.strip_prefix('+').unwrap_or(number);
            let sound = number.is_empty()
                || number.parse::<i16>().is_ok_and(|number| (1..=53).contains(&number.abs()));
            if DAYS.contains(&name) && sound {
                return Ok(());
            }
            // "MON", "1MONDAY"
            let letters = day.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
            let near = DAYS.iter().find(|known| letters.starts_with(**known));
            let near = near.map_or("such as BYDAY=MO".to_owned(), |near| format!("BYDAY={near}"));
            Err(Fault::nearest(format!("BYDAY={day} is no day"), near))
        }),
        _ => {
            let Some((_, least, most)) = NUMBERS.into_iter().find(|(known, ..)| *known == name) else {
                let known = NUMBERS.map(|(known, ..)| known);
                let near = super::nearest(
                    name,
                    known.into_iter().chain(["FREQ", "COUNT", "UNTIL", "BYDAY", "WKST"]),
                );
                return Err(Fault::nearest(
                    format!("there is no {name} in a rule"),
                    near.unwrap_or_default(),
                ));
            };
            let zero = least == 0;
            list().try_for_each(|number| match number.parse::<i32>() {
                Ok(number) if (least..=most).contains(&number) && (number != 0 || zero) => Ok(()),
                Ok(number) if number > most => {
                    Err(Fault::nearest(format!("{name}={number} is beyond {most}"), format!("{name}={most}")))
                }
                _ => {
                    let near = format!("{name}={}", least.max(1));
                    Err(Fault::nearest(format!("{name}={number} is not from {least} to {most}"), near))
                }
            })
        }
    }
}

impl Rule {
    fn get(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn numbers(&self, name: &str) -> Vec<i32> {
        let list = self.get(name).unwrap_or_default().split(',');
        list.filter_map(|number| number.trim().parse().ok()).collect()
    }

    /// Whether parts go together, as far as that can be said with a nearest form.
    fn check_whole(&self) -> Result<(), Fault> {
        let frequency = self.get("FREQ").unwrap_or_default();
        let not_with = |name: &str, frequencies: &[&str]| match self.get(name) {
            Some(_) if frequencies.contains(&frequency) => {
                Err(Fault::new(format!("{name} does not go with FREQ={frequency}: take it out")))
            }
            _ => Ok(()),
        };
        not_with("BYWEEKNO", &["MONTHLY", "WEEKLY", "DAILY"])?;
        not_with("BYYEARDAY", &["MONTHLY", "WEEKLY", "DAILY"])?;
        not_with("BYMONTHDAY", &["WEEKLY"])?;
        let numbered = |day: &str| day.trim().len() > 2;
        let by_day = self.get("BYDAY").unwrap_or_default();
        let numbered = by_day.split(',').find(|day| numbered(day));
        if let Some(day) = numbered.filter(|_| matches!(frequency, "WEEKLY" | "DAILY")) {
            let plain = day.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
            let problem = format!("BYDAY={day} does not go with FREQ={frequency}");
            return Err(Fault::nearest(problem, format!("BYDAY={plain}, or FREQ=MONTHLY")));
        }
        let of_months = frequency == "MONTHLY" || self.get("BYMONTH").is_some();
        let number = |day: &str| day.trim_end_matches(char::is_alphabetic).parse::<i32>().unwrap_or(0);
        if let Some(day) = by_day.split(',').find(|day| of_months && number(day).abs() > 5) {
            let plain = day.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
            let problem = format!("BYDAY={day} never comes: a month has five at most");
            return Err(Fault::nearest(problem, format!("BYDAY=-1{plain}")));
        }
        let starts = ["BYHOUR", "BYMINUTE", "BYSECOND"].map(|name| self.numbers(name).len().max(1));
        if starts.iter().product::<usize>() > 24 {
            return Err(Fault::new("gives more than 24 starts a day"));
        }
        self.check_dates()
    }

    /// Days of the month that none of the months has.
    fn check_dates(&self) -> Result<(), Fault> {
        let (months, days) = (self.numbers("BYMONTH"), self.numbers("BYMONTHDAY"));
        if months.is_empty() || days.is_empty() {
            return Ok(());
        }
        // Of a leap year: some year has it.
        let last = |month: &i32| days_of_month(2000, *month).unwrap_or(31);
        let most = months.iter().map(last).max().unwrap_or(31);
        if days.iter().any(|day| day.abs() <= most) {
            return Ok(());
        }
        let part = |name: &str| format!("{name}={}", self.get(name).unwrap_or_default());
        let least = months.iter().map(|month| days_of_month(2001, *month).unwrap_or(28)).min().unwrap_or(28);
        let frequency = self.get("FREQ").unwrap_or_default();
        let problem = format!("FREQ={frequency};{};{} never comes", part("BYMONTH"), part("BYMONTHDAY"));
        Err(Fault::nearest(problem, format!("BYMONTHDAY={least}")))
    }

    fn interval(&self) -> i64 {
        self.numbers("INTERVAL").first().map_or(1, |interval| i64::from(*interval))
    }

    /// How long one of its periods is, about.
    fn period_s(&self) -> i64 {
        let days = match self.get("FREQ") {
            Some("YEARLY") => 365,
            Some("MONTHLY") => 30,
            Some("WEEKLY") => 7,
            _ => 1,
        };
        days * self.interval() * DAY_S
    }

    /// From when on the rule may be expanded and gives the same from `from_s` on, so that what began long ago costs
    /// no more than what begins now: whole intervals after the start, at a date like it, and one more before
    /// `from_s`, for the first period may be cut. A COUNT has to be counted from the start.
    fn begin(&self, start_s: i64, from_s: i64) -> i64 {
        if self.count.is_some() || from_s <= start_s {
            return start_s;
        }
        let (first, from) = (Day::of_local(start_s), Day::of_local(from_s));
        let of_day_s = start_s - first.start_local_s();
        let interval = self.interval();
        let day = match self.get("FREQ") {
            Some(long @ ("YEARLY" | "MONTHLY")) => {
                let months = if long == "YEARLY" { 12 } else { 1 } * i32::try_from(interval).unwrap_or(1);
                let ((year, month, of_month), (from_year, from_month, _)) = (first.ymd(), from.ymd());
                let between = (from_year - year) * 12 + from_month - month;
                let like_it = |intervals: i32| {
                    let month = year * 12 + month - 1 + intervals * months;
                    Day::from_ymd(month.div_euclid(12), month.rem_euclid(12) + 1, of_month)
                };
                (0..between / months).rev().find_map(like_it).unwrap_or(first)
            }
            short => {
                let days = if short == Some("WEEKLY") { 7 } else { 1 } * interval;
                let intervals = ((from_s - start_s) / DAY_S / days - 1).max(0);
                first.plus(i32::try_from(intervals * days).unwrap_or(0))
            }
        };
        day.start_local_s() + of_day_s
    }

    /// Expands it from a local start up to a local horizon; what starts before `from_s` is left out. Each occurrence
    /// that is looked at, and each period without one, takes one of `steps_left`.
    pub fn expand(
        &self,
        start_s: i64,
        (from_s, horizon_s): (i64, i64),
        steps_left: &mut usize,
    ) -> Result<Starts, Fault> {
        if self.until_s.is_some_and(|until_s| until_s < start_s) {
            return Err(Fault::new("UNTIL is before DTSTART"));
        }
        let parts: Vec<String> = self.parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut before_s = self.begin(start_s, from_s);
        let text = format!("DTSTART:{}Z\nRRULE:{}", lines::compact(before_s), parts.join(";"));
        let set: rrule::RRuleSet = text.parse().map_err(|error: rrule::RRuleError| refused(&error))?;
        let set = set.limit();
        let last_s = self.until_s.unwrap_or(i64::MAX);
        let mut found = Starts::default();
        let mut counted = 0;
        let mut any = false;
        // The start is the first occurrence, whether the rule has it or not.
        let by_rule = set.into_iter().map(|at| at.timestamp()).filter(|at_s| *at_s != start_s);
        for at_s in std::iter::once(start_s).chain(by_rule) {
            // To find that nothing comes in a period takes as long as to find something.
            let periods = usize::try_from((at_s - before_s) / self.period_s()).unwrap_or(0);
            before_s = before_s.max(at_s);
            *steps_left = steps_left.saturating_sub(periods.max(1));
            if at_s > last_s || self.count == Some(counted) {
                return Ok(found);
            }
            if at_s >= horizon_s {
                found.cut = true;
                return Ok(found);
            }
            any |= counted > 0;
            counted += 1;
            if at_s >= from_s {
                found.starts.push(at_s);
            }
            if *steps_left == 0 {
                let problem =
                    format!("the rules of the document come to more than {STEPS_MAX} occurrences to look at");
                return Err(Fault::nearest(problem, "later DTSTARTs without COUNT, or several documents"));
            }
            if found.starts.len() > OCCURRENCES_MAX {
                let problem = format!("gives more than {OCCURRENCES_MAX} occurrences");
                return Err(Fault::nearest(problem, "an UNTIL, or a later DTSTART"));
            }
        }
        if any || self.count == Some(counted) {
            return Ok(found);
        }
        Err(Fault::new(format!("{} never comes", parts.join(";"))))
    }
}

fn refused(error: &rrule::RRuleError) -> Fault {
    Fault::new(format!("is no rule: {}", error.to_string().trim_end_matches('.')))
}

/// Whether a local time is on a date.
pub fn on(local_s: i64, date_s: i64) -> bool {
    Day::of_local(local_s) == Day::of_local(date_s)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schedule::{Zone, local};

    fn zone(name: &str) -> RowZone {
        RowZone { name: String::new(), zone: Arc::new(Zone::load(name).unwrap()) }
    }

    fn starts(rule: &str, start: &str, horizon: &str) -> Result<(Vec<String>, bool), Fault> {
        let [start_s, horizon_s] = [start, horizon].map(|time| local::parse(time).unwrap());
        let found = parse(rule, &zone("America/New_York"))?.expand(
            start_s,
            (start_s, horizon_s),
            &mut STEPS_MAX.clone(),
        )?;
        let shown = found.starts.iter().map(|at_s| local::show(*at_s)[..16].to_owned());
        Ok((shown.collect(), found.cut))
    }

    #[test]
    fn rules_are_expanded_in_local_time() {
        for (rule, expected, cut) in [
            // Across the change of clocks on March 8 it stays 02:30.
            ("FREQ=DAILY;COUNT=3", "03-07T02:30 03-08T02:30 03-09T02:30", false),
            ("FREQ=WEEKLY;BYDAY=MO,SA;COUNT=3", "03-07T02:30 03-09T02:30 03-14T02:30", false),
            // Doesn't begin where the rule does: the start counts as the first.
            ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "03-07T02:30 03-09T02:30 03-16T02:30", false),
            ("FREQ=DAILY;UNTIL=20260309", "03-07T02:30 03-08T02:30 03-09T02:30", false),
            // 06:30Z is 02:30 EDT on March 9.
            ("FREQ=DAILY;UNTIL=20260309T063000Z", "03-07T02:30 03-08T02:30 03-09T02:30", false),
            ("FREQ=DAILY;UNTIL=20260309T062959Z", "03-07T02:30 03-08T02:30", false),
            ("FREQ=MONTHLY;BYDAY=-1FR", "03-07T02:30 03-27T02:30", true),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;", "03-07T02:30 03-31T02:30", true),
            ("freq=daily;interval=20", "03-07T02:30 03-27T02:30", true),
            ("FREQ=YEARLY;COUNT=1", "03-07T02:30", false),
        ] {
            let (found, was_cut) = starts(rule, "2026-03-07T02:30", "2026-04-10T00:00").unwrap();
            let expected: Vec<String> = expected.split(' ').map(|at| format!("2026-{at}")).collect();
            assert_eq!((found, was_cut), (expected, cut), "{rule}");
        }
    }

    #[test]
    fn rules_that_no_shift_has_are_refused() {
        for (rule, problem, suggestion) in [
            ("", "no part", "FREQ=WEEKLY"),
            ("BYDAY=MO", "no FREQ", "FREQ=WEEKLY"),
            ("FREQ=WEKLY", "no FREQ=WEKLY", "FREQ=WEEKLY"),
            ("FREQ=HOURLY", "does not recur HOURLY", "FREQ=DAILY"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "both COUNT and UNTIL", ""),
            ("FREQ=DAILY;COUNT=0", "1 or more", "COUNT=1"),
            ("FREQ=DAILY;INTERVAL=0", "from 1 to", "INTERVAL=1"),
            ("FREQ=DAILY;UNTIL=tomorrow", "no time", "such as UNTIL=20261231T235959Z"),
            ("FREQ=DAILY;UNTIL=20250101", "before DTSTART", ""),
            ("FREQ=WEEKLY;BYDAY=MON", "no day", "BYDAY=MO"),
            ("FREQ=WEEKLY;BYDAY=THURS", "no day", "BYDAY=TH"),
            ("FREQ=WEEKLY;BYDAY=XX", "no day", "such as BYDAY=MO"),
            ("FREQ=WEEKLY;BYDAY=1MO", "does not go with FREQ=WEEKLY", "BYDAY=MO"),
            ("FREQ=WEEKLY;BYMONTHDAY=3", "does not go", ""),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "beyond 31", "BYMONTHDAY=31"),
            ("FREQ=MONTHLY;BYMONTHDAY=0", "from -31", "BYMONTHDAY=1"),
            ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY=6MO never comes: a month has five at most", "BYDAY=-1MO"),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=MO,-6TU", "BYDAY=-6TU never comes", "BYDAY=-1TU"),
            ("FREQ=YEARLY;BYDAY=54MO", "no day", "BYDAY=MO"),
            ("FREQ=DAILY;BYDAYS=MO", "no BYDAYS", "BYDAY"),
            ("FREQ=DAILY;FREQ=DAILY", "twice", ""),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "BYMONTH=2;BYMONTHDAY=30 never comes", "BYMONTHDAY=28"),
            ("FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31", "never comes", "BYMONTHDAY=28"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=20", "never comes", ""),
            ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,10,20,30,40", "more than 24 starts", ""),
        ] {
            let fault = starts(rule, "2026-03-07T02:30", "2026-04-10T00:00").unwrap_err();
            assert!(fault.problem.contains(problem), "{rule}: {fault:?}");
            assert!(fault.suggestion.starts_with(suggestion), "{rule}: {fault:?}");
        }
    }

    #[test]
    fn a_rule_is_bounded() {
        let rule =
            parse("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", &zone("UTC")).unwrap();
        let [start_s, horizon_s] =
            ["2026-01-01T00:00", "2028-01-01T00:00"].map(|at| local::parse(at).unwrap());
        let until = (start_s, horizon_s);
        let mut steps_left = STEPS_MAX;
        let refused = rule.expand(start_s, until, &mut steps_left).unwrap_err();
        assert!(refused.problem.contains("more than 10000"));
        // What is over doesn't count, and isn't looked at unless it is to be counted.
        let old_s = local::parse("2000-01-01T00:00").unwrap();
        let mut taken = |rule: &str| {
            let (rule, before) = (parse(rule, &zone("UTC")).unwrap(), steps_left);
            (rule.expand(old_s, until, &mut steps_left).unwrap().starts.len(), before - steps_left)
        };
        assert_eq!(taken("FREQ=DAILY"), (730, 733));
        assert_eq!(taken("FREQ=DAILY;COUNT=9600"), (103, 9_601));
        // A day in March every year: what lies between is looked at too.
        assert_eq!(taken("FREQ=DAILY;BYMONTH=3;BYMONTHDAY=1"), (2, 792));
        steps_left = 100;
        let rule = parse("FREQ=DAILY", &zone("UTC")).unwrap();
        let refused = rule.expand(old_s, until, &mut steps_left).unwrap_err();
        assert!(refused.problem.contains("more than 2000000 occurrences to look at"), "{refused:?}");
    }

    #[test]
    fn what_began_long_ago_goes_on_as_if_it_had_been_followed_all_the_time() {
        for rule in [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=7",
            "FREQ=DAILY;INTERVAL=1000",
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29",
            "FREQ=DAILY;BYHOUR=8,20;BYSETPOS=-1",
            "FREQ=WEEKLY",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA;BYSETPOS=1",
            "FREQ=MONTHLY",
            "FREQ=MONTHLY;INTERVAL=5",
            "FREQ=MONTHLY;BYDAY=-1FR,2MO",
            "FREQ=MONTHLY;INTERVAL=7;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "FREQ=YEARLY",
            "FREQ=YEARLY;INTERVAL=4",
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "FREQ=YEARLY;INTERVAL=3;BYWEEKNO=1,53;BYDAY=MO",
            "FREQ=YEARLY;BYYEARDAY=1,-1",
        ] {
            for start in ["2000-02-29T09:00", "2001-01-31T22:30", "2003-12-30T08:15", "2019-05-06T00:00"] {
                let [start_s, from_s, horizon_s] =
                    [start, "2020-02-10T12:00", "2026-03-02T00:00"].map(|at| local::parse(at).unwrap());
                let rule_of = |rule: &str| parse(rule, &zone("UTC")).unwrap();
                let all =
                    rule_of(rule).expand(start_s, (start_s, horizon_s), &mut STEPS_MAX.clone()).unwrap();
                let later: Vec<i64> = all.starts.into_iter().filter(|at_s| *at_s >= from_s).collect();
                let found =
                    rule_of(rule).expand(start_s, (from_s, horizon_s), &mut STEPS_MAX.clone()).unwrap();
                assert_eq!((found.starts, found.cut), (later, true), "{rule} from {start}");
            }
        }
    }
}
