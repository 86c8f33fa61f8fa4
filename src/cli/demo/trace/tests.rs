//! Rows that are read, and rows that are told.

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    columns: Columns,
}

fn columns(arguments: &[&str]) -> Columns {
    Flags::parse_from([&["demo"], arguments].concat()).columns
}

const HEADER: &str = "arrival,caller,priority,type,queue_s,outcome,service_s\n";

fn read_rows(rows: &str, from: Option<&str>) -> Trace {
    let from = from.map(|from| from.parse().unwrap());
    read(format!("{HEADER}{rows}").as_bytes(), &columns(&[]), from).unwrap()
}

#[test]
fn good_rows() {
    let trace = read_rows(
        "2001-05-01T08:00:10,7,2,sales,5,AGENT,60\n\
         2001-05-01 08:00:00,0,0,sales,30,HANG,0\n\
         2001-05-01T08:01:00,,,help,0,AGENT,12.5\n\
         2001-05-01T08:00:30,9,0,sales,0,PHANTOM,0\n",
        None,
    );
    assert_eq!(trace.start, Some("2001-05-01T08:00:00".parse().unwrap()));
    assert_eq!((trace.phantoms, trace.skipped, trace.unreadable), (1, 0, 0), "{:?}", trace.problems);
    let seen: Vec<_> = trace
        .arrivals
        .iter()
        .map(|a| (a.at.as_secs(), a.category.as_str(), a.customer.as_str(), a.priority, a.patience, a.talk))
        .collect();
    let secs = Duration::from_secs_f64;
    assert_eq!(
        seen,
        [
            // Never served: the mean of the category.
            (0, "sales", "", 0, Some(secs(30.0)), secs(60.0)),
            (10, "sales", "caller-7", 2, None, secs(60.0)),
            (60, "help", "", 0, None, secs(12.5)),
        ]
    );
    assert_eq!(trace.work().into_iter().collect::<Vec<_>>(), [("help", secs(12.5)), ("sales", secs(120.0))]);
}

#[test]
fn bad_rows_are_told_with_their_lines() {
    let good = "2001-05-01T08:00:00,1,0,sales,5,AGENT,60\n";
    for (row, problem) in [
        ("soon,1,0,sales,5,AGENT,60", "arrival `soon` is not a time"),
        ("2001-02-30T08:00:00,1,0,sales,5,AGENT,60", "arrival `2001-02-30T08:00:00` is not a time"),
        ("2001-05-01T08:00:00,1,0,,5,AGENT,60", "type `` is not an id"),
        ("2001-05-01T08:00:00,1,0,two words,5,AGENT,60", "type `two words` is not an id"),
        ("2001-05-01T08:00:00,1,11,sales,5,AGENT,60", "priority `11` is not 0 to 10"),
        ("2001-05-01T08:00:00,1,0,sales,5,LOST,60", "outcome `LOST` is none of"),
        ("2001-05-01T08:00:00,1,0,sales,5,AGENT,-60", "service_s `-60` is not a number of seconds"),
        ("2001-05-01T08:00:00,1,0,sales,5,AGENT,nan", "service_s `nan` is not a number of seconds"),
        ("2001-05-01T08:00:00,1,0,sales,,HANG,0", "queue_s `` is not a number of seconds"),
        ("2001-05-01T08:00:00,1,0,sales", "found record with 4 fields"),
    ] {
        let trace = read_rows(&format!("{good}{row}\n{good}"), None);
        assert_eq!((trace.arrivals.len(), trace.unreadable), (2, 1), "{row}");
        let told = &trace.problems[0];
        assert!(told.starts_with("line 3: ") && told.contains(problem), "{row}: {told}");
    }
}

#[test]
fn many_bad_rows_are_counted_but_not_all_told() {
    let trace = read_rows(&"x,1,0,sales,5,AGENT,60\n".repeat(50), None);
    assert_eq!((trace.unreadable, trace.problems.len()), (50, TOLD_MAX));
    assert!(trace.arrivals.is_empty() && trace.start.is_none());
}

#[test]
fn rows_before_the_start_are_skipped() {
    let rows = "2001-05-01T08:00:00,1,0,sales,5,AGENT,60\n2001-05-01T09:00:00,1,0,sales,5,AGENT,60\n";
    let trace = read_rows(rows, Some("2001-05-01T08:30:00"));
    assert_eq!((trace.arrivals.len(), trace.skipped), (1, 1));
    assert_eq!(trace.arrivals[0].at, Duration::ZERO);
}

#[test]
fn columns_by_name() {
    let file = "when,what,talk,waited,how\n2001-05-01T08:00:00,sales,9,1,AGENT\n";
    let error = read(file.as_bytes(), &columns(&[]), None).unwrap_err();
    assert!(error.to_string().contains("no column `arrival`; name it with --column-arrival"), "{error}");
    let named = columns(&[
        "--column-arrival=when",
        "--column-category=what",
        "--column-service=talk",
        "--column-queue-time=waited",
        "--column-outcome=how",
    ]);
    let trace = read(file.as_bytes(), &named, None).unwrap();
    assert_eq!(trace.arrivals[0].talk, Duration::from_secs(9));
}

#[test]
fn an_empty_file_lacks_its_columns() {
    assert!(read(&b""[..], &columns(&[]), None).is_err());
}
