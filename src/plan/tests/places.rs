//! Where problems are told to be.

use super::{told, told_of};
use crate::plan::{check, limits};

#[test]
fn places_count_characters() {
    told(
        "\"客服\" = 1\r\n[skills.\"退款\"]\r\nname = \"退款\" # 退\r\nnote = 1\r\n[skills]\n",
        &[
            "13:1 agents.a1.\"客服\": unknown key `客服`, the keys here are `name`, `groups`, `skills`, `capacity`, `limits`, `rota`, `rota_offset`, `valid_from`, `valid_until`",
            "16:1 skills.\"退款\".note: unknown key `note`, the keys here are `name`",
        ],
    );
    let one_line =
        "channels = { \"客\" = { kind = \"deferred\", units = 1, offer_timeout = \"1s\", x = 1 } }";
    told_of(
        &format!("\u{feff}{one_line}\n[queues.q]\nchannels = [\"客\"]\nobjective = \"1s\""),
        &[
            "1:74 channels.\"客\".x: unknown key `x`, the keys here are `kind`, `name`, `units`, `offer_timeout`, `wrap_up`, `interruptible`, `park_after`, `parked_keep`, `parked_return`, `return_allowance`, `reopen_within`, `bot_limit`, `reply_window`, `break_lead`, `end_lead`, `at_shift_end`",
        ],
    );
}

#[test]
fn endless_ids_are_cut() {
    let id = "客".repeat(100_000);
    let errors = check(&format!("[skills]\n{id:?} = 1\n[channels.a]\n[queues.a]\n")).errors;
    assert_eq!(errors[0].key, format!("skills.\"{}\"…", &id[..3 * limits::ID_CHARS_MAX]));
}

#[test]
fn keys_are_quoted_as_in_the_document() {
    told(
        "[skills.\"a\\tb\"]\n[skills.\"a.\\\"b\\\"\"]\nx = 1\n",
        &[
            "13:9 skills.\"a\\u0009b\": is not an id, use 1 to 128 characters without white space",
            "15:1 skills.\"a.\\\"b\\\"\".x: unknown key `x`, the keys here are `name`",
        ],
    );
}
