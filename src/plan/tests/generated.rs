//! Properties of random plans.

use std::collections::BTreeMap;

use proptest::{collection::btree_map, option, prelude::*, sample::subsequence};

use super::{
    apply,
    generated_conversations::{channel, mend_steps, promise_steps},
    generated_schedules::{Dice, schedule},
    generated_surges::surges,
};
use crate::plan::{
    Diff, Plan, diff, limits,
    model::{
        Agent, Category, Channel, Disposition, Entries, Follows, Group, GroupKind, LevelRange, Levels, Queue,
        Requirement, Ring, Settings, Skill, SkillRanges,
    },
    parse, render,
    requirement::impossible,
    words::{AFTER_BOT, AGENT_CHOICES, ALL_DECLINED, TRANSFER_AGES, UNSERVABLE},
};

/// Ids, also such as need quotes in TOML.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z][a-z0-9_-]{0,5}",
        1 => "[a-z.\"'\\\\#=\\[\\]{}客服\u{301}\u{feff}\u{1f600}]{1,5}",
    ]
}

pub(super) fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ a-z\"'\\\\#\u{301}客服\u{2028}]{0,12}"]
}

fn entries<T: std::fmt::Debug>(
    entry: impl Strategy<Value = T>,
    min: usize,
) -> impl Strategy<Value = Entries<T>> {
    btree_map(id(), entry, min..5)
}

fn ids<T>(entries: &Entries<T>) -> Vec<String> {
    entries.keys().cloned().collect()
}

pub(super) fn some_of(ids: &[String], min: usize) -> impl Strategy<Value = Vec<String>> + use<> {
    subsequence(ids.to_vec(), min..=ids.len()).prop_shuffle()
}

fn levels(skills: &[String]) -> impl Strategy<Value = Levels> + use<> {
    some_of(skills, 0).prop_flat_map(|skills| {
        let count = skills.len();
        proptest::collection::vec(1..=10_u8, count)
            .prop_map(move |levels| skills.iter().cloned().zip(levels).collect())
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let durations = (
        limits::EXCLUDE_MS,
        limits::EXCLUDE_MS,
        limits::AGENT_GRACE_MS,
        limits::CORRECTION_WINDOW_MS,
        limits::CLOSED_CONTACTS_KEEP_MS,
    );
    let longer = (limits::PROMISE_HORIZON_MS, limits::FIRST_CONTACT_WINDOW_MS, limits::CASES_KEEP_MS);
    let numbers = (0..=1_000_u32, 0..=1_000_000_u32, 1..=100_u32, 0..=1_000_000_u32);
    prop_oneof![
        Just(Settings::default()),
        (numbers, durations, longer).prop_map(|(numbers, ms, longer)| {
            Settings {
                missed_limit: numbers.0,
                exclude_after_decline_ms: ms.0,
                exclude_after_no_answer_ms: ms.1,
                agent_grace_ms: ms.2,
                correction_window_ms: ms.3,
                closed_contacts_keep_ms: ms.4,
                closed_contacts_max: numbers.1,
                transfers_max: numbers.2,
                promise_horizon_ms: longer.0,
                first_contact_window_ms: longer.1,
                cases_keep_ms: longer.2,
                cases_max: numbers.3,
                ..Settings::default()
            }
        })
    ]
}

fn group() -> impl Strategy<Value = Group> {
    let kinds = vec![GroupKind::Core, GroupKind::Reserve, GroupKind::Temporary, GroupKind::Outsourced];
    (name(), proptest::sample::select(kinds), any::<bool>(), 0..=10_000_u32).prop_map(
        |(name, kind, closed, keep_free)| Group {
            name,
            kind,
            closed,
            keep_free,
            follows: Follows::default(),
        },
    )
}

fn ranges(skills: &[String], min: usize) -> impl Strategy<Value = SkillRanges> + use<> {
    let range = (1..=10_u8, 1..=10_u8).prop_map(|(a, b)| LevelRange { min: a.min(b), max: a.max(b) });
    some_of(skills, min).prop_flat_map(move |skills| {
        let ranges = proptest::collection::vec(range.clone(), skills.len());
        ranges.prop_map(move |ranges| skills.iter().cloned().zip(ranges).collect())
    })
}

fn requirement(skills: &[String]) -> impl Strategy<Value = Requirement> + use<> {
    // A set that is empty is not allowed.
    let sets = if skills.is_empty() { 0..=0 } else { 0..=2_usize };
    let any_of = proptest::collection::vec(ranges(skills, skills.len().min(1)), sets);
    (ranges(skills, 0), any_of, ranges(skills, 0), ranges(skills, 0)).prop_map(
        |(skills, any_of, none_of, preferred_skills)| {
            let mut requirement = Requirement { skills, any_of, none_of, preferred_skills };
            let impossible: Vec<String> =
                impossible(&[&requirement]).into_iter().map(str::to_owned).collect();
            requirement.none_of.retain(|skill, _| !impossible.contains(skill));
            requirement
        },
    )
}

fn rings(skills: &[String], groups: &[String]) -> impl Strategy<Value = Vec<Ring>> + use<> {
    let ring = (limits::RING_AFTER_MS, some_of(skills, 0), levels(skills), some_of(groups, 0))
        .prop_map(|(after_ms, drop, lower, groups)| Ring { after_ms, drop, lower, groups });
    proptest::collection::vec(ring, 0..4)
}

/// Takes out of rings what has no effect.
fn mend(queue: &mut Queue) {
    let mut least: Levels =
        queue.requirement.skills.iter().map(|(skill, range)| (skill.clone(), range.min)).collect();
    let (mut dropped, mut serving) = (Vec::new(), queue.groups.clone());
    for ring in &mut queue.rings {
        ring.drop.retain(|skill| !dropped.contains(skill));
        dropped.extend(ring.drop.iter().cloned());
        ring.lower.retain(|skill, level| {
            !dropped.contains(skill) && least.get(skill).is_none_or(|least| *level < *least)
        });
        least.extend(ring.lower.clone());
        ring.groups.retain(|group| !queue.groups.is_empty() && !serving.contains(group));
        serving.extend(ring.groups.iter().cloned());
    }
    queue.rings.retain(|ring| !(ring.drop.is_empty() && ring.lower.is_empty() && ring.groups.is_empty()));
    let wait_max = queue.rings.first().map_or(u64::MAX, |ring| ring.after_ms);
    queue.preferred_agent_wait_ms = queue.preferred_agent_wait_ms.min(wait_max);
    queue.last_agent_wait_ms = queue.last_agent_wait_ms.min(wait_max);
    queue.promise_agent_wait_ms = queue.promise_agent_wait_ms.map(|ms| ms.min(wait_max));
    mend_steps(queue);
}

fn queue(channels: &[String], skills: &[String], groups: &[String]) -> impl Strategy<Value = Queue> + use<> {
    let work = (name(), some_of(channels, 1), requirement(skills), some_of(groups, 0), rings(skills, groups));
    let waits = (limits::AGENT_WAIT_MS, limits::AGENT_WAIT_MS, limits::OBJECTIVE_MS);
    let rest = (option::of(0..=9_u8), 0..=100_000_u32, 0..=1_000_000_u32, option::of(limits::MAX_WAIT_MS));
    let choices = (
        proptest::sample::select(AGENT_CHOICES.map(|(_, choice)| choice).to_vec()),
        proptest::sample::select(ALL_DECLINED.map(|(_, choice)| choice).to_vec()),
        proptest::sample::select(UNSERVABLE.map(|(_, choice)| choice).to_vec()),
        proptest::sample::select(TRANSFER_AGES.map(|(_, choice)| choice).to_vec()),
        proptest::sample::select(AFTER_BOT.map(|(_, choice)| choice).to_vec()),
    );
    let promises = (option::of(limits::AGENT_WAIT_MS), promise_steps(groups));
    (work, waits, rest, choices, promises).prop_map(
        |((name, channels, requirement, groups, rings), waits, rest, choices, promises)| {
            let mut queue = Queue {
                name,
                channels,
                requirement,
                groups,
                rings,
                preferred_agent_wait_ms: waits.0,
                last_agent_wait_ms: waits.1,
                objective_ms: waits.2,
                band: rest.0,
                boost_permille: rest.1,
                agent_choice: choices.0,
                all_declined: choices.1,
                unservable: choices.2,
                max_waiting: rest.2,
                max_wait_ms: rest.3,
                transfer_age: choices.3,
                after_bot: choices.4,
                promise_agent_wait_ms: promises.0,
                promise_steps: promises.1,
                ..Queue::new(Vec::new(), 0)
            };
            mend(&mut queue);
            queue
        },
    )
}

fn agent(
    channels: &Entries<Channel>,
    skills: &[String],
    groups: &[String],
) -> impl Strategy<Value = Agent> + use<> {
    let units_min = channels.values().map(|channel| channel.units).min().unwrap_or(1);
    let limits = some_of(&ids(channels), 0).prop_flat_map(|channels| {
        let count = channels.len();
        proptest::collection::vec(0..=10_000_u32, count)
            .prop_map(move |limits| channels.iter().cloned().zip(limits).collect::<BTreeMap<_, _>>())
    });
    (name(), some_of(groups, 1), levels(skills), units_min..=10_000, limits).prop_map(
        |(name, groups, skills, capacity, limits)| Agent {
            name,
            groups,
            skills,
            capacity,
            limits,
            follows: Follows::default(),
        },
    )
}

/// Any valid plan (but for large ones).
fn plan() -> impl Strategy<Value = Plan> {
    (without_schedules(), Dice::any()).prop_map(|(mut plan, mut dice)| {
        schedule(&mut plan, &mut dice);
        surges(&mut plan, &mut dice);
        plan
    })
}

fn without_schedules() -> impl Strategy<Value = Plan> {
    let skill = name().prop_map(|name| Skill { name });
    let disposition = name().prop_map(|name| Disposition { name });
    let simple =
        (settings(), entries(channel(), 1), entries(skill, 0), entries(disposition, 0), entries(group(), 1));
    simple.prop_flat_map(|(settings, channels, skills, dispositions, groups)| {
        let (skill_ids, group_ids) = (ids(&skills), ids(&groups));
        let queues = entries(queue(&ids(&channels), &skill_ids, &group_ids), 1);
        let agents = entries(agent(&channels, &skill_ids, &group_ids).prop_map(Into::into), 0);
        (queues, agents).prop_flat_map(move |(queues, agents)| {
            let queue = proptest::sample::select(ids(&queues));
            let of_queues: BTreeMap<String, Requirement> =
                queues.iter().map(|(id, queue)| (id.clone(), queue.requirement.clone())).collect();
            let category = (name(), queue, requirement(&skill_ids), option::of(limits::OBJECTIVE_MS))
                .prop_map(move |(name, queue, mut requirement, objective_ms)| {
                    let both = [&of_queues[&queue], &requirement];
                    let skills: Vec<String> = impossible(&both).into_iter().map(str::to_owned).collect();
                    for skill in skills {
                        requirement.skills.remove(&skill);
                        requirement.none_of.remove(&skill);
                    }
                    Category { name, queue, requirement, objective_ms }
                });
            let plan = Plan {
                settings: settings.clone(),
                channels: channels.clone(),
                skills: skills.clone(),
                categories: Entries::new(),
                dispositions: dispositions.clone(),
                queues,
                groups: groups.clone(),
                agents,
                ..Plan::default()
            };
            entries(category, 0).prop_map(move |categories| Plan { categories, ..plan.clone() })
        })
    })
}

/// A plan that shares some entries with `plan`, has some of another, and lacks some.
fn mixed(plan: &Plan, other: &Plan, keep: u64) -> Plan {
    fn mix<T: Clone>(a: &Entries<T>, b: &Entries<T>, keep: u64) -> Entries<T> {
        let kept = |n: usize| keep.rotate_left(u32::try_from(n).unwrap_or(0)) & 1 == 1;
        let mut mixed: Entries<T> = a
            .iter()
            .enumerate()
            .filter(|(n, _)| kept(*n))
            .map(|(_, (id, e))| (id.clone(), e.clone()))
            .collect();
        // The entries of the other under ids of the first: they change.
        let changed = a.keys().zip(b.values()).enumerate().filter(|(n, _)| kept(*n + 20));
        mixed.extend(changed.map(|(_, (id, e))| (id.clone(), e.clone())));
        let added = b.iter().enumerate().filter(|(n, _)| kept(*n + 40));
        mixed.extend(added.map(|(_, (id, e))| (id.clone(), e.clone())));
        mixed
    }
    Plan {
        surges: mix(&plan.surges, &other.surges, keep),
        settings: if keep & 1 == 1 { plan.settings.clone() } else { other.settings.clone() },
        channels: mix(&plan.channels, &other.channels, keep),
        skills: mix(&plan.skills, &other.skills, keep),
        categories: mix(&plan.categories, &other.categories, keep),
        dispositions: mix(&plan.dispositions, &other.dispositions, keep),
        holidays: mix(&plan.holidays, &other.holidays, keep),
        calendars: mix(&plan.calendars, &other.calendars, keep),
        shifts: mix(&plan.shifts, &other.shifts, keep),
        rotas: mix(&plan.rotas, &other.rotas, keep),
        queues: mix(&plan.queues, &other.queues, keep),
        groups: mix(&plan.groups, &other.groups, keep),
        agents: mix(&plan.agents, &other.agents, keep),
    }
}

proptest! {
    // A failure prints the smallest plans that fail: they are the test to keep.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_form_reads_as_the_same_plan(plan in plan()) {
        let document = render(&plan);
        match parse(&document) {
            Ok(read) => prop_assert_eq!(read, plan),
            Err(errors) => prop_assert!(false, "{:#?}\n{}", errors, document),
        }
    }

    #[test]
    fn entries_as_journaled_make_the_same_plan(plan in plan()) {
        prop_assert_eq!(apply(Plan::default(), &diff(&Plan::default(), &plan)), plan);
    }

    #[test]
    fn difference_makes_the_new_plan_of_the_old(old in plan(), other in plan(), keep in any::<u64>()) {
        let new = mixed(&old, &other, keep);
        let changes = diff(&old, &new);
        prop_assert_eq!(apply(old.clone(), &changes), new.clone());
        prop_assert_eq!(changes.is_empty(), old == new);
        prop_assert!(diff(&new, &new).is_empty());
        // Only what differs, in order, and every entry once.
        let keys: Vec<_> = changes.upserts.iter().map(|upsert| (upsert.kind, &upsert.id)).collect();
        prop_assert!(keys.is_sorted_by(|a, b| a < b));
        let keys: Vec<_> = changes.removals.iter().map(|removal| (removal.kind, &removal.id)).collect();
        prop_assert!(keys.is_sorted_by(|a, b| a < b));
        for upsert in &changes.upserts {
            let mut without = old.clone();
            without.apply_entry(upsert.kind, &upsert.id, &upsert.document).unwrap();
            prop_assert_ne!(&without, &old);
        }
    }

    #[test]
    fn parts_of_a_difference_are_all_of_it_in_order(old in plan(), new in plan(), max in 1..9usize) {
        let whole = diff(&old, &new);
        let parts = whole.clone().into_parts(max);
        prop_assert!(parts.iter().all(|part| (1..=max).contains(&(part.upserts.len() + part.removals.len()))));
        let mut together = Diff::default();
        for part in parts {
            // What goes is told last.
            prop_assert!(part.upserts.is_empty() || together.removals.is_empty());
            together.upserts.extend(part.upserts);
            together.removals.extend(part.removals);
        }
        prop_assert_eq!(together, whole);
    }
}
