//! Work that takes a while, on threads that serve nobody else, and not more of it at once than the machine bears. What
//! nobody waits for any more can't be stopped: it counts until it is done, so that callers who give up and come
//! again don't pile it up.

use tokio::sync::Semaphore;

use crate::engine::refusal::Refusal;

/// So many pieces of each sort at once.
const AT_ONCE: usize = 2;

/// Documents of shifts: read, expanded and compared.
pub static IMPORTS: Aside = Aside::new(AT_ONCE);
/// Plans and charts, which don't wait for imports.
pub static PLANS: Aside = Aside::new(AT_ONCE);

/// A sort of work.
pub struct Aside {
    permits: Semaphore,
}

impl Aside {
    const fn new(at_once: usize) -> Self {
        Self { permits: Semaphore::const_new(at_once) }
    }

    /// Runs it once there is room; who waits for that does so within its own deadline.
    pub async fn run<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        // Nobody closes it.
        let permit = self.permits.acquire().await.ok();
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(|_| Refusal::field("document", "could not be read"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_counts_until_it_is_done() {
        let aside: &'static Aside = Box::leak(Box::new(Aside::new(1)));
        let (go, gone) = mpsc::sync_channel::<()>(1);
        let (begin, begun) = tokio::sync::oneshot::channel();
        let abandoned = tokio::spawn(aside.run(move || {
            begin.send(()).unwrap();
            gone.recv().is_ok()
        }));
        begun.await.unwrap();
        abandoned.abort();
        assert!(abandoned.await.unwrap_err().is_cancelled());
        assert_eq!(aside.permits.available_permits(), 0);
        let mut next = Box::pin(aside.run(|| 7));
        assert!((&mut next).now_or_never().is_none());
        go.send(()).unwrap();
        assert_eq!(next.await, Ok(7));
        // Work that fails gives its place back too.
        assert!(aside.run(|| panic!("work fails")).await.is_err());
        assert_eq!(aside.run(|| 8).await, Ok(8));
    }
}
