//! What the engine answers.

/// What the engine answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Done, nothing to tell.
    Done,
    /// The request id has been answered before; the state tells how things are now.
    Repeat,
    /// About this contact.
    Contact(u64),
    /// The contact is in; `created` unless it was before.
    Enqueued {
        /// Its number.
        contact: u64,
        /// By this command.
        created: bool,
    },
    /// The offer was taken.
    Accepted {
        /// Its number.
        contact: u64,
        /// The assignment.
        offer: u64,
    },
    /// About this promise.
    Promise(u64),
    /// About this callback.
    Callback {
        /// Its number among promises.
        promise: u64,
        /// It was there, and the request has been merged into it.
        merged: bool,
    },
    /// About a consult.
    Consult {
        /// Its own contact.
        consult: u64,
        /// The contact that it is about.
        contact: u64,
    },
    /// About this agent.
    Agent(u32),
    /// About this queue.
    Queue(u32),
    /// Signed in.
    SignedIn {
        /// Its number.
        agent: u32,
        /// The session.
        session: u64,
        /// An earlier session goes on.
        resumed: bool,
    },
    /// The gateway's lease.
    Gateway {
        /// When it ends; 0: with its stream.
        deadline_ms: u64,
    },
    /// A part of a plan or of an import was set aside; the parts after it and the commit must name this.
    Staged(u64),
    /// The plan was applied or checked.
    Plan {
        /// In force now.
        revision: u64,
        /// Entries added.
        added: u32,
        /// Entries changed.
        changed: u32,
        /// Entries removed.
        removed: u32,
        /// Dated shifts that go with agents who are removed.
        shifts_removed: u32,
    },
}
