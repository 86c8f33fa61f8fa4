//! What is told of surges that are allowed but hardly meant.

use super::surges::odd;

#[test]
fn what_is_hardly_meant_is_told() {
    let queue_step = "steps = [{ do = \"overflow\", queue = \"other\" }]\n";
    odd(
        &format!("hold = \"59s\"\n{queue_step}"),
        &["28:8 surges.s.hold: 59s lets the level change very often, give at least 1m"],
    );
    odd(
        "[[surges.s.levels]]\non = { expected_wait = \"20s\" }\noff = { expected_wait = \"10s\" }\n\
         steps = [{ do = \"open_rings\", rings = 2 }, { do = \"bot\", gateway = \"b\", at_most = 5 }]\n",
        &[
            "29:24 surges.s.levels[0].on.expected_wait: 20s is within the objective of 30s of queue `q`: raise it",
            "29:24 surges.s.levels[0].on.expected_wait: is unknown before anybody has waited to be served: add `waiting` or `oldest_wait`",
            "31:39 surges.s.levels[0].steps[0].rings: opens 2, but no queue with this surge has more than 0: lower it",
            "31:44 surges.s.levels[0].steps[1]: queue `q` has no messaging channel, so nobody of it goes to the bot",
        ],
    );
    odd(
        "levels = [{ on = { waiting = 5 }, off = { waiting = 1 }, steps = [{ do = \"overflow\", queue = \"other\" }] }, \
         { on = { waiting = 6 }, off = { waiting = 1 } }, { on = { waiting = 7 }, off = { waiting = 1 } }]\n",
        &[
            "28:157 surges.s.levels[2]: lets the line grow on, add a step `cap` that tells customers to come later",
        ],
    );
    odd(
        "steps = [{ do = \"message\", every = \"30s\", times = 2, text = { default = \"a\" } }]\n",
        &[
            "28:36 surges.s.steps[0].every: 30s is 3333 messages a second with 100000 waiting: give at least 1m",
        ],
    );
    odd(&format!("{queue_step}[surges.t]\n"), &["29:9 surges.t: no queue names this surge, add it to one"]);
}

#[test]
fn a_surge_that_takes_no_steps_is_told() {
    let level =
        |steps: &str| format!("levels = [{{ on = {{ waiting = 5 }}, off = {{ waiting = 1 }}{steps} }}]\n");
    let some = "steps = [{ do = \"overflow\", queue = \"other\" }]";
    odd("", &["27:9 surges.s: takes no steps, so it changes nothing: add `levels` with some"]);
    let told = "none of them takes a step, so they are only told of and change nothing: add `steps`";
    odd(&level(""), &[&format!("28:10 surges.s.levels: {told}")]);
    odd(&format!("{some}\n{}", level("")), &[&format!("29:10 surges.s.levels: {told}")]);
    odd(&format!("{some}\n"), &[]);
    odd(&level(&format!(", {some}")), &[]);
}

#[test]
fn steps_without_effect_are_told() {
    // Of two queues with a surge one is enough for which a step has an effect.
    for (step, of_other, alone, beside) in [
        (
            "do = \"open_groups\", groups = [\"spare\", \"core\"]",
            "groups = [\"core\"]",
            &[
                "28:42 surges.s.steps[0].groups[0]: group `spare` serves every queue with this surge from the beginning, opening it has no effect: remove it",
                "28:51 surges.s.steps[0].groups[1]: group `core` serves every queue with this surge from the beginning, opening it has no effect: remove it",
            ][..],
            &[
                "28:51 surges.s.steps[0].groups[1]: group `core` serves every queue with this surge from the beginning, opening it has no effect: remove it",
            ][..],
        ),
        (
            "do = \"message\", channels = [\"phone\", \"chat\"], text = { default = \"a\" }",
            "",
            &[
                "28:49 surges.s.steps[0].channels[1]: no queue with this surge accepts channel `chat`, remove it",
            ],
            &[],
        ),
        (
            "do = \"cap\", waiting = 100000, retry = \"1m\"",
            "max_waiting = 100001",
            &[
                "28:34 surges.s.steps[0].waiting: 100000 has no effect, no queue with this surge lets more than 100000 wait (`max_waiting`): lower it",
            ],
            &[],
        ),
        (
            "do = \"wrap_up\", limit = \"10s\"",
            "",
            &[
                "28:36 surges.s.steps[0].limit: 10s has no effect, no channel of a queue with this surge has a `wrap_up`: remove it",
            ],
            &[
                "28:36 surges.s.steps[0].limit: 10s has no effect, wrap-ups of queues with this surge last at most 10s: lower it",
            ],
        ),
        (
            "do = \"wrap_up\", limit = \"9s\"",
            "",
            &[
                "28:36 surges.s.steps[0].limit: 9s has no effect, no channel of a queue with this surge has a `wrap_up`: remove it",
            ],
            &[],
        ),
    ] {
        odd(&format!("steps = [{{ {step} }}]\n"), alone);
        let email =
            "[channels.email]\nkind = \"deferred\"\nunits = 10\noffer_timeout = \"20s\"\nwrap_up = \"10s\"\n";
        let another = format!(
            "[queues.two]\nchannels = [\"chat\", \"email\"]\nobjective = \"30s\"\nsurge = \"s\"\n{of_other}\n"
        );
        odd(&format!("steps = [{{ {step} }}]\n{email}{another}"), beside);
    }
    odd("steps = [{ do = \"cap\", waiting = 99999, retry = \"1m\" }]\n", &[]);
    let offer = "do = \"offer_callback\", channels = [\"chat\"], text = { default = \"a\" }";
    odd(
        &format!("steps = [{{ {offer} }}]\n[queues.q.callback]\n"),
        &["28:47 surges.s.steps[0].channels[0]: no queue with this surge accepts channel `chat`, remove it"],
    );
}
