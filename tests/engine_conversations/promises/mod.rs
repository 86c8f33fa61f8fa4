//! Promises and their follow-ups. `follow` is where they come due: contacts wait there for 1 h at most, so they
//! enter it an hour before; kept for their agent for 10 minutes, raised 30 and 10 minutes before they are due.

mod changing;
mod clock;
mod ending;
mod entering;
mod losses;
mod making;
mod writing;

use crate::common::{CONVERSATIONS, desk::check_in};

fn check(table: &str) {
    check_in(CONVERSATIONS, table);
}

/// Runs a table behind a setup.
fn after(setup: &str, table: &str) {
    check(&format!("{setup}\n{table}"));
}

/// a1 talks with the customer of c1.
const CALL: &str = "
    signin a1 ready
    enqueue c1 phone general
    accept a1 c1
    connected c1";

/// a1 writes with the customer of c1.
const MAIL: &str = "
    signin a1 ready
    enqueue c1 email general
    accept a1 c1";

/// a1 has promised to call in 2 hours, and is free.
const PROMISED: &str = "
    signin a1 ready
    enqueue c1 phone general case=x
    accept a1 c1
    connected c1
    complete a1 c1 promise=p1 in=2h queue=follow
    finish a1 c1";

/// The same by e-mail.
const PROMISED_MAIL: &str = "
    signin a1 ready
    enqueue c1 email general case=x
    accept a1 c1
    complete a1 c1 promise=p1 in=2h queue=follow";
