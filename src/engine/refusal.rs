//! Why the engine refuses a command: a class (which becomes the gRPC code), a stable reason, a message
//! that says what to do. A refused command has changed nothing.

/// The class of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The request is wrong whatever the state.
    Invalid,
    /// What it is about doesn't exist.
    NotFound,
    /// The name is taken by something else.
    AlreadyExists,
    /// The state doesn't allow it.
    Precondition,
    /// A limit is reached; waiting helps.
    Exhausted,
    /// Somebody else was faster; read again and retry.
    Aborted,
}

/// A command refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its class.
    pub class: Class,
    /// Stable reason in `UPPER_SNAKE_CASE`.
    pub reason: &'static str,
    /// For people.
    pub message: String,
    /// Fields at fault with what is wrong, for class `Invalid`.
    pub fields: Vec<(String, String)>,
    /// When trying again makes sense.
    pub retry_after_ms: Option<u64>,
    /// Stable keys with values, for programs.
    pub metadata: Vec<(&'static str, String)>,
}

impl Refusal {
    fn new(class: Class, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            class,
            reason,
            message: message.into(),
            fields: Vec::new(),
            retry_after_ms: None,
            metadata: Vec::new(),
        }
    }

    /// Fields are wrong.
    #[must_use]
    pub fn invalid(fields: Vec<(String, String)>) -> Self {
        // Clients that can't read details still see what is wrong.
        let mut told: Vec<String> =
            fields.iter().take(5).map(|(field, problem)| format!("{field}: {problem}")).collect();
        if fields.len() > told.len() {
            told.push(format!("and {} more", fields.len() - told.len()));
        }
        let message = told.join("; ");
        Self { fields, ..Self::new(Class::Invalid, "INVALID_FIELDS", message) }
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(field: &str, problem: impl Into<String>) -> Self {
        Self::invalid(vec![(field.to_owned(), problem.into())])
    }

    /// It doesn't exist.
    #[must_use]
    pub fn not_found(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::NotFound, reason, message)
    }

    /// The name is taken.
    #[must_use]
    pub fn exists(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::AlreadyExists, reason, message)
    }

    /// The state doesn't allow it.
    #[must_use]
    pub fn precondition(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Precondition, reason, message)
    }

    /// A limit is reached.
    #[must_use]
    pub fn exhausted(reason: &'static str, message: impl Into<String>, retry_after_ms: u64) -> Self {
        Self { retry_after_ms: Some(retry_after_ms), ..Self::new(Class::Exhausted, reason, message) }
    }

    /// Somebody else was faster.
    #[must_use]
    pub fn aborted(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Aborted, reason, message)
    }
}
