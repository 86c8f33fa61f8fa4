//! The tenant's plan: what channels, skills, queues, groups and agents there are.

mod duration;
pub mod model;
