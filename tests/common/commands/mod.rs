//! Lines of a table as commands of the engine. Owns the words of the tables' left-hand sides.

mod callbacks;
mod hours;
pub mod shifts;
mod surge;
mod talk;

use kefud::{
    engine::command::{
        ApplyPlan, ByChannel, Command, Connection, Ending, Enqueue, RequestKey, Target, Update, Wants,
    },
    plan::{
        model::{LEVEL_MAX, LevelRange, Requirement, Ring, SkillRanges},
        parse_ms,
    },
};

use super::{edits::Document, scribe::Scribe};

/// What a line says.
pub enum Line {
    /// To be carried out.
    Command(Command, Option<RequestKey>),
    /// A change of the plan, with the document that is in force if it is accepted.
    Apply(ApplyPlan, Document),
    /// Time passes.
    Advance(u64),
    /// Time passes while the engine is not called.
    Pass(u64),
    /// The state is looked at.
    Show(String),
    /// The wall clock shows so many seconds.
    Wall(i64),
    /// Time passes until the wall clock does.
    At(i64),
    /// The legs of a contact are looked at.
    ShowLegs(String),
    /// The state is exported, imported, and gone on with.
    Reload,
}

/// The words of a line: some by place, some by name.
struct Words<'a> {
    line: &'a str,
    plain: Vec<&'a str>,
    named: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn new(line: &'a str) -> Self {
        let (named, plain): (Vec<_>, Vec<_>) = line.split_whitespace().partition(|word| word.contains('='));
        let named = named.into_iter().filter_map(|word| word.split_once('=')).collect();
        Self { line, plain, named }
    }

    fn get(&self, at: usize) -> &'a str {
        self.plain.get(at).copied().unwrap_or_else(|| panic!("word {at} is missing in `{}`", self.line))
    }

    fn text(&self, at: usize) -> String {
        self.get(at).to_owned()
    }

    fn has(&self, word: &str) -> bool {
        self.plain.contains(&word)
    }

    fn named(&self, name: &str) -> Option<&'a str> {
        self.named.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    fn named_text(&self, name: &str) -> String {
        self.named(name).unwrap_or_default().to_owned()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.named(name).map(|value| value.parse().unwrap_or_else(|_| panic!("{name} in `{}`", self.line)))
    }

    /// `english:3,fraud:2-5`.
    fn ranges(&self, name: &str) -> Option<SkillRanges> {
        self.named(name).map(ranges)
    }

    /// `english:3,fraud:2|english:8`: sets of which one will do.
    fn sets(&self, name: &str) -> Option<Vec<SkillRanges>> {
        Some(self.named(name)?.split('|').filter(|set| !set.is_empty()).map(ranges).collect())
    }

    /// `10s/drop:english/lower:fraud:2/groups:core+10s/groups:reserve`.
    fn rings(&self) -> Vec<Ring> {
        self.named("rings").map(|rings| rings.split('+').map(ring).collect()).unwrap_or_default()
    }

    /// A length of time in milliseconds.
    fn ms(&self, name: &str) -> Option<u64> {
        self.named(name).map(|text| parse_ms(text).expect("a duration"))
    }

    fn ending(&self) -> Ending {
        Ending {
            disposition: self.named_text("disposition"),
            resolution: self.number("resolution").unwrap_or(0),
        }
    }

    fn session(&self) -> u64 {
        self.number("session").unwrap_or(0)
    }

    /// The agent by place, none for the gateway.
    fn agent(&self, at: usize) -> Option<String> {
        Some(self.text(at)).filter(|agent| agent != "gateway")
    }

    /// The offer meant: named, or the contact's latest.
    fn offer(&self, contact: &str, scribe: &Scribe) -> (u64, u32) {
        let (offer, epoch) = scribe.latest_offer(contact).unwrap_or((0, 0));
        (self.number("offer").unwrap_or(offer), self.number("epoch").unwrap_or(epoch))
    }
}

fn ranges(text: &str) -> SkillRanges {
    let range = |text: &str| {
        let (skill, levels) = text.split_once(':').expect("skill:level");
        let (min, max) = levels.split_once('-').map_or((levels, None), |(min, max)| (min, Some(max)));
        let level = |text: &str| text.parse().expect("a level");
        (skill.to_owned(), LevelRange { min: level(min), max: max.map_or(LEVEL_MAX, level) })
    };
    text.split(',').filter(|text| !text.is_empty()).map(range).collect()
}

fn ring(text: &str) -> Ring {
    let mut parts = text.split('/');
    let after_ms = parse_ms(parts.next().expect("a duration")).expect("a duration");
    let mut ring = Ring { after_ms, drop: Vec::new(), lower: [].into(), groups: Vec::new() };
    for part in parts {
        let (word, rest) = part.split_once(':').expect("word:value");
        match word {
            "drop" => ring.drop.push(rest.to_owned()),
            "lower" => ring.lower.extend(ranges(rest).into_iter().map(|(skill, range)| (skill, range.min))),
            "groups" => ring.groups.push(rest.to_owned()),
            _ => panic!("unknown part `{part}` of a ring"),
        }
    }
    ring
}

/// FNV-1a: as a fingerprint, the same words are the same request.
fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Reads a line. `now_s`: what the wall clock shows.
pub fn read(line: &str, scribe: &Scribe, document: &Document, now_s: i64) -> Line {
    let (request, line) = match line.strip_prefix("request=").and_then(|rest| rest.split_once(' ')) {
        Some((id, rest)) => {
            (Some(RequestKey { id: id.to_owned(), fingerprint: fingerprint(rest) }), rest.trim())
        }
        None => (None, line),
    };
    let words = Words::new(line);
    match words.get(0) {
        "advance" => Line::Advance(parse_ms(words.get(1)).expect("a duration")),
        "pass" => Line::Pass(parse_ms(words.get(1)).expect("a duration")),
        "wall" => Line::Wall(shifts::wall_s(words.get(1), &document.zone())),
        "at" => Line::At(shifts::wall_s(words.get(1), &document.zone())),
        "show" => Line::Show(words.text(1)),
        "level" | "steps" => Line::Show(format!("{}:{}", words.get(0), words.get(1))),
        "shows" => Line::Show(format!("shift:{}", words.get(1))),
        "departs" => Line::Show(format!("departs:{}", words.get(1))),
        "show-legs" => Line::ShowLegs(words.text(1)),
        "reload" => Line::Reload,
        "apply" => {
            let all: Vec<&str> = line.split_whitespace().skip(1).collect();
            let change = document.change(&all);
            let apply = ApplyPlan {
                plan: Box::new(change.document.plan()),
                expected_revision: change.revision,
                validate_only: change.validate_only,
                removed_queues: change.policy,
            };
            Line::Apply(apply, change.document)
        }
        _ => {
            let of_hours = || hours::command(&words, &document.zone());
            let of_surge = || surge::command(&words, now_s);
            let of_shifts = shifts::command(&words, &document.zone()).or_else(of_hours).or_else(of_surge);
            Line::Command(of_shifts.unwrap_or_else(|| command(&words, scribe)), request)
        }
    }
}

fn command(words: &Words<'_>, scribe: &Scribe) -> Command {
    match words.get(0) {
        "tick" => Command::Tick,
        "start" => Command::Start,
        "clock" => Command::ObserveClock { wall_offset_ms: words.get(1).parse().expect("milliseconds") },
        "enqueue" => enqueue(words),
        "update" => update(words),
        "cancel" => Command::Cancel { contact: words.text(1) },
        "complete" => Command::Complete {
            agent: words.agent(1),
            contact: words.text(2),
            ending: words.ending(),
            promise: words.named("promise").map(|id| Box::new(talk::new_promise(words, id))),
        },
        "transfer" => {
            let target = match words.named("agent") {
                Some(agent) => {
                    Target::Agent { agent: agent.to_owned(), fallback: words.named_text("fallback") }
                }
                None => Target::Queue(words.named_text("queue")),
            };
            let other_channel = words.named("channel").map(|channel| ByChannel {
                channel: channel.to_owned(),
                gateway: words.named_text("gateway"),
            });
            Command::Transfer { agent: words.agent(1), contact: words.text(2), target, other_channel }
        }
        "assign" => Command::Assign {
            contact: words.text(1),
            agent: words.text(2),
            override_requirements: words.has("override"),
        },
        "pull" => Command::Pull { agent: words.text(1), contact: words.text(2) },
        "gateway" => gateway(words),
        "answered" => connection(words, scribe, Connection::Answered),
        "connected" => connection(words, scribe, Connection::Connected),
        "unreachable" => connection(words, scribe, Connection::AgentUnreachable),
        "gone" => connection(words, scribe, Connection::CustomerGone),
        _ => callbacks::command(words)
            .or_else(|| talk::command(words))
            .unwrap_or_else(|| agent_command(words, scribe)),
    }
}

fn enqueue(words: &Words<'_>) -> Command {
    let queue = words.plain.get(3).copied().unwrap_or_default();
    Command::Enqueue(Box::new(Enqueue {
        id: words.text(1),
        gateway: words.named("gateway").unwrap_or("g").to_owned(),
        channel: words.text(2),
        queue: queue.to_owned(),
        category: words.named_text("category"),
        language: words.named_text("language"),
        case_id: words.named_text("case"),
        priority: words.number("prio").unwrap_or(0),
        wants: Wants {
            requirement: Requirement {
                skills: words.ranges("skills").unwrap_or_default(),
                any_of: words.sets("any").unwrap_or_default(),
                none_of: words.ranges("none").unwrap_or_default(),
                preferred_skills: words.ranges("prefer").unwrap_or_default(),
            },
            rings: words.rings(),
            preferred_agent: words.named_text("agent"),
        },
        fingerprint: fingerprint(words.line),
        customer: words.named("customer").map(talk::customer).unwrap_or_default(),
        bot: words.named_text("bot"),
        by_action: words.has("action"),
    }))
}

fn update(words: &Words<'_>) -> Command {
    let update = Update {
        priority: words.number("prio"),
        language: words.named("language").map(str::to_owned),
        case_id: words.named("case").map(str::to_owned),
        category: words.named("category").map(str::to_owned),
        skills: words.ranges("skills"),
        any_of: words.sets("any"),
        none_of: words.ranges("none"),
        preferred_skills: words.ranges("prefer"),
        preferred_agent: words.named("agent").map(str::to_owned),
        customer: None,
    };
    Command::Update { contact: words.text(1), update: Box::new(update) }
}

fn gateway(words: &Words<'_>) -> Command {
    let gateway = words.text(1);
    match words.get(2) {
        "open" => Command::GatewayAlive { gateway, lease_ms: 0 },
        "lost" => Command::GatewayStreamLost { gateway },
        lease => Command::GatewayAlive { gateway, lease_ms: parse_ms(lease).expect("a duration") },
    }
}

fn connection(words: &Words<'_>, scribe: &Scribe, result: Connection) -> Command {
    let contact = words.text(1);
    let (offer, epoch) = words.offer(&contact, scribe);
    Command::ReportConnection { contact, offer, epoch, result }
}

fn agent_command(words: &Words<'_>, scribe: &Scribe) -> Command {
    let agent = words.text(1);
    let (session, offer) = (words.session(), |at| words.offer(words.get(at), scribe));
    match words.get(0) {
        "signin" => {
            let ready = words.plain.get(2).map(|word| *word == "ready");
            Command::SignIn { agent, session, ready }
        }
        "away" => Command::AgentStreamLost { agent, session },
        "alive" => Command::AgentAlive { agent, session },
        "signout" => Command::SignOut { agent, session, return_contacts: words.has("return") },
        "ready" => Command::SetAvailability { agent, ready: true, reason: String::new() },
        "notready" => Command::SetAvailability { agent, ready: false, reason: words.text(2) },
        "accept" => {
            let (offer, epoch) = offer(2);
            Command::Accept { agent, offer, epoch }
        }
        "decline" => {
            let (offer, epoch) = offer(2);
            Command::Decline { agent, offer, epoch }
        }
        "finish" => Command::FinishWrapUp { agent, contact: words.text(2) },
        _ => panic!("unknown command `{}`", words.line),
    }
}
