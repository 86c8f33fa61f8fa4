//! Who comes in when: customers of one channel as a Poisson process with a seed, or those of a trace. Owns
//! what a customer brings along (matter, patience, how long the talk takes); must not know the daemon.

use std::time::Duration;

use super::{cast::Cast, chance::Chance};
use crate::plan::model::{ChannelKind, Plan};

/// Chats are ended by customers rather often, calls too: they just hang up.
const CUSTOMER_ENDS: f64 = 0.35;
const TALK_SPREAD: f64 = 0.6;
/// The mean of a lognormal time is longer than its median by this factor.
const MEAN_PER_MEDIAN: f64 = 1.2;
/// Nobody talks less.
pub const TALK_MIN: Duration = Duration::from_secs(1);

/// A customer who comes in. Times are the demo's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Since the start.
    pub at: Duration,
    /// Id of the category.
    pub category: String,
    /// Opaque; empty when unknown.
    pub customer: String,
    /// 0 to 10.
    pub priority: i32,
    /// Leaves when not answered within this time; none waits for ever.
    pub patience: Option<Duration>,
    /// How long the talk takes once it begins.
    pub talk: Duration,
    /// Whether the customer ends the talk, not the agent.
    pub customer_ends: bool,
}

/// Customers in the order in which they come.
pub type Arrivals = Box<dyn Iterator<Item = Arrival> + Send>;

/// What customers of a kind of channel are like.
struct Manners {
    talk_median: Duration,
    patience_mean: Option<Duration>,
    /// Its share of the work, against the other channels'.
    share: f64,
}

fn manners(kind: ChannelKind) -> Manners {
    let seconds = Duration::from_secs;
    match kind {
        ChannelKind::Realtime => {
            Manners { talk_median: seconds(150), patience_mean: Some(seconds(120)), share: 3.0 }
        }
        ChannelKind::Messaging => {
            Manners { talk_median: seconds(260), patience_mean: Some(seconds(240)), share: 1.0 }
        }
        ChannelKind::Deferred => Manners { talk_median: seconds(300), patience_mean: None, share: 0.2 },
    }
}

/// The customers of one channel; none if nobody can serve any. `load` is the work that they all bring, as
/// a share of what the agents can do.
pub fn poisson(plan: &Plan, cast: &Cast, channel: &str, load: f64, seed: u64) -> Option<Arrivals> {
    let mix = cast.mix(plan, channel);
    let of_channel = plan.channels.get(channel)?;
    let Manners { talk_median, patience_mean, share } = manners(of_channel.kind);
    let served = plan.channels.iter().filter(|(id, _)| !cast.mix(plan, id).is_empty());
    let shares: f64 = served.map(|(_, channel)| manners(channel.kind).share).sum();
    if mix.is_empty() || load <= 0.0 {
        return None;
    }
    let hold = talk_median.as_secs_f64() * MEAN_PER_MEDIAN + wrap_up_seconds(of_channel.wrap_up_ms);
    let work = hold * f64::from(of_channel.units);
    let rate = load * share / shares * cast.capacity_units(plan) / work;
    let gap_mean = Duration::try_from_secs_f64(1.0 / rate).ok()?;

    let (categories, weights): (Vec<String>, Vec<f64>) = mix.into_iter().unzip();
    let mut chance = Chance::new(seed, &format!("customers by {channel}"));
    let mut at = Duration::ZERO;
    Some(Box::new(std::iter::from_fn(move || {
        at = at.checked_add(chance.exponential(gap_mean))?;
        let category = categories.get(chance.weighted(&weights)?)?.clone();
        Some(Arrival {
            at,
            category,
            customer: format!("cust-{:08x}", chance.reference()),
            priority: 0,
            patience: patience_mean.map(|mean| chance.exponential(mean)),
            talk: chance.lognormal(talk_median, TALK_SPREAD).max(TALK_MIN),
            customer_ends: chance.happens(CUSTOMER_ENDS),
        })
    })))
}

/// What agents take of the wrap-up time on average.
fn wrap_up_seconds(wrap_up_ms: u64) -> f64 {
    Duration::from_millis(wrap_up_ms).as_secs_f64() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    fn sample() -> (Plan, Cast) {
        let plan = plan::parse(plan::SAMPLE).unwrap();
        let cast = Cast::of(&plan, None);
        (plan, cast)
    }

    fn first(channel: &str, load: f64, seed: u64, count: usize) -> Vec<Arrival> {
        let (plan, cast) = sample();
        poisson(&plan, &cast, channel, load, seed).unwrap().take(count).collect()
    }

    #[test]
    fn a_seed_brings_the_same_customers() {
        assert_eq!(first("phone", 0.7, 1, 500), first("phone", 0.7, 1, 500));
        assert_ne!(first("phone", 0.7, 1, 5), first("phone", 0.7, 2, 5));
        assert_ne!(first("wechat", 0.7, 1, 5)[0].customer, first("qq", 0.7, 1, 5)[0].customer);
    }

    #[test]
    fn customers_come_in_order_with_what_the_channel_takes() {
        let (plan, _) = sample();
        for channel in plan.channels.keys() {
            let arrivals = first(channel, 0.7, 7, 300);
            assert!(arrivals.is_sorted_by_key(|arrival| arrival.at), "{channel}");
            for arrival in &arrivals {
                let queue = &plan.categories[&arrival.category].queue;
                assert!(plan.queues[queue].channels.contains(channel), "{channel}: {arrival:?}");
                assert!(arrival.talk >= TALK_MIN);
            }
            let waits_for_ever = plan.channels[channel].kind == ChannelKind::Deferred;
            assert_eq!(arrivals[0].patience.is_none(), waits_for_ever, "{channel}");
        }
    }

    #[test]
    fn twice_the_load_comes_twice_as_fast() {
        let last = |load| first("phone", load, 3, 2_000).pop().unwrap().at.as_secs_f64();
        let ratio = last(0.4) / last(0.8);
        assert!((ratio - 2.0).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn a_channel_that_nobody_serves_brings_nobody() {
        let (plan, cast) = sample();
        assert!(poisson(&plan, &cast, "telex", 0.7, 1).is_none());
        assert!(poisson(&plan, &Cast::of(&plan, Some(0)), "phone", 0.7, 1).is_none());
        assert!(poisson(&plan, &cast, "phone", 0.0, 1).is_none());
    }
}
