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
