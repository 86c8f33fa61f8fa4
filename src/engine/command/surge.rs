//! Commands about surge levels.

/// What a supervisor says of a queue's surge level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurgeLevel {
    /// Exactly this level.
    pub level: u32,
    /// Wall seconds.
    pub until_s: i64,
}
