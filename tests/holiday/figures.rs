//! What is counted of a day: by half hour, and of each customer what became of it.

use std::{collections::BTreeMap, ops::AddAssign};

use crate::customers::HALF_HOUR_MS;

/// Of half an hour, or a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Who came for the first time.
    pub customers: u64,
    /// Most customers in line, and the highest level.
    pub waiting: u64,
    pub level: u32,
    /// On the line, and how long these had waited since they came.
    pub answered: u64,
    pub wait_ms: u64,
    pub abandoned: u64,
    pub refused: u64,
    /// Settled by the bot.
    pub by_bot: u64,
    /// Callbacks that were made for them, and customers who were reached by one.
    pub callbacks: u64,
    pub called_back: u64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.customers += other.customers;
        self.waiting = self.waiting.max(other.waiting);
        self.level = self.level.max(other.level);
        self.answered += other.answered;
        self.wait_ms += other.wait_ms;
        self.abandoned += other.abandoned;
        self.refused += other.refused;
        self.by_bot += other.by_bot;
        self.callbacks += other.callbacks;
        self.called_back += other.called_back;
    }
}

/// What became of a customer in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// On the line.
    Answered,
    CalledBack,
    ByBot,
    Abandoned,
    /// There was no room for it.
    Refused,
    /// It was called in vain.
    Unreached,
}

impl Outcome {
    /// Somebody, or the bot, has dealt with its matter.
    pub fn served(self) -> bool {
        matches!(self, Self::Answered | Self::CalledBack | Self::ByBot)
    }
}

/// A day's figures by half hour.
#[derive(Debug, Default)]
pub struct Book(BTreeMap<u64, Figures>);

impl Book {
    /// Of the half hour in which an instant after midnight is.
    pub fn at(&mut self, after_ms: u64) -> &mut Figures {
        self.0.entry(after_ms / HALF_HOUR_MS).or_default()
    }

    /// Of one half hour after another from midnight on.
    pub fn of(&self, half_hour: u64) -> Figures {
        self.0.get(&half_hour).copied().unwrap_or_default()
    }

    pub fn all(&self) -> Figures {
        let mut all = Figures::default();
        self.0.values().for_each(|figures| all += *figures);
        all
    }
}
