//! The end: waits until what is under way has settled, and compares the gateways' books with what the
//! daemon says over gRPC.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;

use super::{
    balance::{Tally, Told, callback_problem, callbacks, problems, promise_problem, promises, told},
    book::{Key, SharedBook},
};
use crate::proto::v1::{
    CallbackCounts, ListContactsRequest, ListQueuesRequest, PromiseCounts,
    contact_service_client::ContactServiceClient, supervisor_service_client::SupervisorServiceClient,
};

/// Calls under way and changes on their way get so long to arrive.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(8);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const PAGE_SIZE: u32 = 1_000;

/// How it ended.
pub struct Settled {
    /// The books in one.
    pub tally: Tally,
    /// What the daemon says of promises.
    pub promises: PromiseCounts,
    /// What it says of callbacks.
    pub callbacks: CallbackCounts,
    /// What does not add up when all should have settled.
    pub problems: Vec<String>,
}

/// Waits until all adds up, or should.
pub async fn settle(books: &[SharedBook], channel: &Channel) -> anyhow::Result<Settled> {
    let deadline = Instant::now() + SETTLE_TIMEOUT;
    loop {
        let (told, promises, callbacks) =
            ask(channel).await.context("cannot ask the daemon for its counts")?;
        let tally = merged(books);
        let mut problems = problems(&tally, &told);
        problems.extend(promise_problem(&promises));
        problems.extend(callback_problem(&callbacks));
        let unheard: usize = books.iter().map(|book| book.open().unheard()).sum();
        if unheard > 0 {
            problems.push(format!("{unheard} contacts were brought in without an answer"));
        }
        if problems.is_empty() || Instant::now() > deadline {
            return Ok(Settled { tally, promises, callbacks, problems });
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// Each gateway has a channel of its own, so their keys differ.
fn merged(books: &[SharedBook]) -> Tally {
    books.iter().flat_map(|book| book.open().tally()).collect()
}

async fn ask(channel: &Channel) -> anyhow::Result<(BTreeMap<Key, Told>, PromiseCounts, CallbackCounts)> {
    let mut supervisor = SupervisorServiceClient::new(channel.clone());
    let mut queues = Vec::new();
    let mut request = ListQueuesRequest { page_size: PAGE_SIZE, page_token: String::new() };
    loop {
        let page = supervisor.list_queues(request.clone()).await.context("ListQueues")?.into_inner();
        queues.extend(page.queues);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let mut contacts = ContactServiceClient::new(channel.clone());
    let mut live = Vec::new();
    let mut request = ListContactsRequest { page_size: PAGE_SIZE, ..ListContactsRequest::default() };
    loop {
        let page = contacts.list_contacts(request.clone()).await.context("ListContacts")?.into_inner();
        live.extend(page.contacts);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    Ok((told(&queues, &live), promises(&queues), callbacks(&queues)))
}
