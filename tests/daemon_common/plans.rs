//! Plans for tests. Times are either so long that nothing lapses while a test looks, or as short as a plan may
//! have them where a test waits for them to lapse.

/// Two everyday queues and a mailbox, four agents who can do everything.
pub const DESK: &str = r#"
[settings]
missed_limit = 2
exclude_after_decline = "1h"
exclude_after_no_answer = "1h"
agent_grace = "1h"

[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "10m"
wrap_up = "1h"

# Rings as short as a plan may have it.
[channels.hasty]
kind = "realtime"
units = 100
offer_timeout = "1s"
wrap_up = "0s"

[channels.wechat]
kind = "messaging"
units = 25
offer_timeout = "10m"
wrap_up = "0s"
interruptible = true

[skills.refund]

[categories.refund]
queue = "service"
skills = { refund = 3 }

[dispositions.resolved]
[dispositions.follow_up]

[queues.service]
channels = ["phone", "hasty", "wechat"]
objective = "30s"

[queues.sales]
channels = ["phone", "wechat"]
groups = ["sales"]
objective = "30s"

[queues.calls]
channels = ["phone"]
groups = ["sales"]
objective = "30s"

[queues.tiny]
channels = ["phone", "hasty", "wechat"]
groups = ["nobody"]
objective = "30s"
max_waiting = 1

[groups.service]
[groups.sales]
[groups.nobody]

[agents.anna]
groups = ["service"]
skills = { refund = 5 }

[agents.ben]
groups = ["service"]
skills = { refund = 2 }

[agents.chen]
groups = ["sales"]

[agents.dora]
groups = ["service"]
"#;

/// Conversations: bots, silence, reply windows, consults, promises. Who is in a group that a queue doesn't name is
/// never offered what waits there.
pub const TALK: &str = r#"
[settings]
missed_limit = 1
exclude_after_decline = "1h"
exclude_after_no_answer = "1h"
agent_grace = "1h"
correction_window = "1h"
transfers_max = 2
promise_horizon = "7d"

[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "10m"
wrap_up = "1h"

# Two replies within two days, one of which is the agent's.
[channels.chat]
kind = "messaging"
units = 25
offer_timeout = "10m"
wrap_up = "1h"
interruptible = true
[channels.chat.reply_window]
message = { replies = 2, within = "48h" }
keep = 1

# Silence, bots and rings are over as soon as a plan may say.
[channels.quiet]
kind = "messaging"
units = 25
offer_timeout = "10m"
interruptible = true
park_after = "1s"
bot_limit = "1s"
[channels.polite]
kind = "messaging"
units = 25
offer_timeout = "10m"
park_after = "1s"
parked_return = "offer"
[channels.hurried]
kind = "messaging"
units = 25
offer_timeout = "1s"
[channels.hurried.reply_window]
message = { replies = 5, within = "2s" }
rise = [{ before = "1s", priority = 4 }]

[skills.refund]

[categories.refund]
queue = "experts"

[dispositions.resolved]

[queues.care]
channels = ["phone", "chat", "quiet", "polite", "hurried"]
groups = ["care"]
objective = "30s"
last_agent_wait = "1h"

[queues.experts]
channels = ["phone", "chat", "quiet", "polite", "hurried"]
groups = ["experts"]
objective = "30s"

# Where promises come due.
[queues.calls]
channels = ["phone", "chat"]
groups = ["care"]
objective = "1h"
promise_steps = [{ before = "30m", priority = 5 }]

# Nobody comes.
[queues.night]
channels = ["phone", "chat", "quiet", "polite", "hurried"]
groups = ["nobody"]
objective = "30s"

[groups.care]
[groups.experts]
[groups.nobody]

[agents.anna]
groups = ["care"]

[agents.ben]
groups = ["care"]

[agents.chen]
groups = ["experts"]
skills = { refund = 5 }
"#;

/// Nobody is there: what comes in waits.
pub const WAITING_ROOM: &str = r#"
[settings]
agent_grace = "1h"

[channels.wechat]
kind = "messaging"
units = 25
offer_timeout = "10m"

[queues.service]
channels = ["wechat"]
objective = "30s"

[groups.service]

[agents.anna]
groups = ["service"]
"#;

/// A plan of one queue with so many agents.
pub fn agents(count: usize) -> String {
    let mut plan = String::from(
        "[channels.wechat]\nkind = \"messaging\"\nunits = 25\noffer_timeout = \"30s\"\n\
         [queues.service]\nchannels = [\"wechat\"]\nobjective = \"30s\"\n[groups.service]\n[skills.refund]\n",
    );
    for number in 0..count {
        let level = number % 10 + 1;
        plan.push_str(&format!(
            "[agents.a{number:06}]\nname = \"坐席 {number}\"\ngroups = [\"service\"]\nskills = {{ refund = {level} }}\n"
        ));
    }
    plan
}
