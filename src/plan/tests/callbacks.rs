//! What is told of callbacks.

use super::surges::surge;

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
