//! What is told of callbacks.

use super::surges::{odd, surge};

#[test]
fn callbacks_make_sense() {
    let callback =
        |fields: &str, errors: &[&str]| surge(&format!("[queues.other.callback]\n{fields}"), errors);
    callback("", &[]);
    callback(
        "mode = \"agent_frist\"\noffer = \"never\"\nhours = \"x\"\nattempts = 0\nspacing = [\"59s\", 5]\ndial_timeout = \"4s\"\n\
         dial_ahead = \"11m\"\nagent_wait = \"61m\"\nexpire = \"31d\"\nmax_open = 50001\n",
        &[
            "29:8 queues.other.callback.mode: there is no such choice as `agent_frist`, did you mean `agent_first`?",
            "30:9 queues.other.callback.offer: there is no such choice as `never`, give one of `surge`, `always`",
            "31:9 queues.other.callback.hours: there is no calendar `x`: add it or name another calendar",
            "32:12 queues.other.callback.attempts: 0 is out of range, give 1 to 10",
            "33:12 queues.other.callback.spacing[0]: 59s is out of range, give 1m to 168h",
            "33:19 queues.other.callback.spacing[1]: is an integer, give a duration such as \"20s\", \"5m\" or \"1h 30m\"",
            "34:16 queues.other.callback.dial_timeout: 4s is out of range, give 5s to 5m",
            "35:14 queues.other.callback.dial_ahead: 11m is out of range, give 0s to 10m",
            "36:14 queues.other.callback.agent_wait: 1h 1m is out of range, give 0s to 1h",
            "37:10 queues.other.callback.expire: 744h is out of range, give 5m to 720h",
            "38:12 queues.other.callback.max_open: 50001 is out of range, give 1 to 50000",
        ],
    );
    callback(
        "attempts = 2\nspacing = [\"10m\", \"25h\"]\ndial_ahead = \"1m\"\nhours = \"never\"\n[calendars.never]\nhours = { mon = [] }\n",
        &[
            "30:11 queues.other.callback.spacing: has 2 durations, there are only 1 between 2 attempts",
            "30:19 queues.other.callback.spacing[1]: 25h is longer than the 24h after which callbacks expire, shorten it",
            "31:14 queues.other.callback.dial_ahead: has no effect unless `mode` is `customer_first`, change that or remove this",
            "32:9 queues.other.callback.hours: calendar `never` is never open, give it `hours`",
        ],
    );
    surge(
        "[queues.chats]\nchannels = [\"chat\"]\nobjective = \"30s\"\ncallback.mode = \"customer_first\"\n",
        &[
            "31:17 queues.chats.callback.mode: the queue has no realtime channel by which customers could be dialled first",
        ],
    );
    let needed = "needs to know how customers are called back, give the queue a `callback`";
    surge(
        "[queues.x]\nchannels = [\"phone\"]\nobjective = \"30s\"\nclosed = \"callback\"\nclosing = \"callback\"\n",
        &[&format!("31:10 queues.x.closed: {needed}"), &format!("32:11 queues.x.closing: {needed}")],
    );
    surge(
        "[queues.x]\nchannels = [\"phone\"]\nobjective = \"30s\"\nclosed = \"callback\"\nclosing = \"callback\"\ncallback = {}\n",
        &[],
    );
}

#[test]
fn callbacks_that_nobody_gets_are_told() {
    let offer = "steps = [{ do = \"offer_callback\", text = { default = \"a\" } }]\n";
    let other = "steps = [{ do = \"overflow\", queue = \"other\" }]\n";
    let nobody = "is `surge`, but nothing offers callbacks, so nobody gets one";
    let by_surge = format!("{nobody}: add a step `offer_callback` to surge `s`, or write `always`");
    let without = format!("{nobody}: give the queue a surge with a step `offer_callback`, or write `always`");
    let callback = |steps: &str, queue: &str, fields: &str, warnings: &[&str]| {
        odd(&format!("{steps}[queues.{queue}.callback]\n{fields}"), warnings);
    };
    callback(offer, "q", "", &[]);
    callback(other, "q", "", &[&format!("29:1 queues.q.callback.offer: {by_surge}")]);
    callback(other, "q", "offer = \"surge\"\n", &[&format!("30:9 queues.q.callback.offer: {by_surge}")]);
    callback(other, "q", "offer = \"always\"\n", &[]);
    callback(other, "other", "", &[&format!("29:1 queues.other.callback.offer: {without}")]);
    // A queue may be closed by hand, with a calendar or without.
    for closed in ["closed", "closing"] {
        let queue =
            format!("[queues.x]\nchannels = [\"phone\"]\nobjective = \"30s\"\n{closed} = \"callback\"\n");
        callback(&format!("{other}{queue}"), "x", "", &[]);
    }
    let emails = "[channels.email]\nkind = \"deferred\"\nunits = 10\noffer_timeout = \"20s\"\n[queues.emails]\n\
                  channels = [\"email\"]\nobjective = \"30s\"\n";
    callback(
        &format!("{other}{emails}"),
        "emails",
        "",
        &[
            "36:1 queues.emails.callback: all channels of the queue are deferred, nobody can be called back by them: add another or remove this",
        ],
    );
}

#[test]
fn an_empty_spacing_is_told_what_holds() {
    let steps =
        "steps = [{ do = \"overflow\", queue = \"other\" }]\n[queues.q.callback]\noffer = \"always\"\n";
    for (attempts, warnings) in [
        ("attempts = 1\n", vec![]),
        (
            "attempts = 2\n",
            vec!["32:11 queues.q.callback.spacing: is empty, so 10m holds: write that or remove this"],
        ),
        (
            "attempts = 3\n",
            vec!["32:11 queues.q.callback.spacing: is empty, so 10m, 1h holds: write that or remove this"],
        ),
    ] {
        odd(&format!("{steps}{attempts}spacing = []\n"), &warnings);
        odd(&format!("{steps}{attempts}"), &[]);
    }
}
