//! Keys in order, made for lines of people: new ones mostly come in at the end, and leave mostly from the
//! front, which takes a few steps whatever their count. Also tells how many are ahead of a key. Owns its
//! layout (chunks of a sorted deque); must not know what its keys mean.

use std::collections::VecDeque;

/// Keys of one chunk.
const CHUNK: usize = 256;

/// A sorted set.
#[derive(Debug, Clone)]
pub struct Line<K> {
    /// None of them empty, unless it is the only one.
    chunks: VecDeque<VecDeque<K>>,
    len: usize,
}

impl<K> Default for Line<K> {
    fn default() -> Self {
        Self { chunks: VecDeque::new(), len: 0 }
    }
}

impl<K: Ord + Copy> Line<K> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first one.
    #[must_use]
    pub fn first(&self) -> Option<K> {
        self.chunks.front()?.front().copied()
    }

    /// The first one that is wanted. Mostly that is the first of all, so it is looked at apart.
    pub fn find(&self, mut wanted: impl FnMut(&K) -> bool) -> Option<K> {
        let first = self.first()?;
        if wanted(&first) { Some(first) } else { self.iter().skip(1).find(wanted) }
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = K> + '_ {
        self.chunks.iter().flatten().copied()
    }

    /// Those beyond `key`, in order.
    pub fn after(&self, key: K) -> impl Iterator<Item = K> + '_ {
        let first = if self.chunks.is_empty() { 0 } else { self.chunk_of(&key) };
        self.chunks.iter().skip(first).flatten().copied().skip_while(move |other| *other <= key)
    }

    /// The chunk in which the key is, or would be.
    fn chunk_of(&self, key: &K) -> usize {
        let last = self.chunks.len().saturating_sub(1);
        let starts = |at: usize| self.chunks[at].front().is_some_and(|first| first <= key);
        if self.chunks.is_empty() || starts(last) {
            return last;
        }
        if last == 0 || !starts(1) {
            return 0;
        }
        self.chunks.partition_point(|chunk| chunk.front().is_some_and(|first| first <= key)) - 1
    }

    /// Puts a key in; false if it was there.
    pub fn insert(&mut self, key: K) -> bool {
        let at = self.chunk_of(&key);
        let last = at + 1 >= self.chunks.len();
        if self.chunks.is_empty() {
            self.chunks.push_back(VecDeque::new());
        }
        let chunk = &mut self.chunks[at];
        let place = if chunk.back().is_none_or(|back| *back < key) {
            chunk.len()
        } else {
            match chunk.binary_search(&key) {
                Ok(_) => return false,
                Err(place) => place,
            }
        };
        self.len += 1;
        if chunk.len() < CHUNK {
            chunk.insert(place, key);
        } else if last && place == chunk.len() {
            self.chunks.push_back(VecDeque::from([key]));
        } else {
            let mut rest = chunk.split_off(CHUNK / 2);
            if place > CHUNK / 2 {
                rest.insert(place - CHUNK / 2, key);
            } else {
                chunk.insert(place, key);
            }
            self.chunks.insert(at + 1, rest);
        }
        true
    }

    /// Takes a key out; false if it was not there.
    pub fn remove(&mut self, key: &K) -> bool {
        if self.chunks.is_empty() {
            return false;
        }
        let at = self.chunk_of(key);
        let chunk = &mut self.chunks[at];
        if chunk.front() == Some(key) {
            chunk.pop_front();
        } else {
            let Ok(place) = chunk.binary_search(key) else {
                return false;
            };
            chunk.remove(place);
        }
        self.len -= 1;
        if chunk.is_empty() && self.chunks.len() > 1 {
            self.chunks.remove(at);
        }
        true
    }

    /// How many are before the key.
    #[must_use]
    pub fn rank(&self, key: &K) -> usize {
        if self.chunks.is_empty() {
            return 0;
        }
        let at = self.chunk_of(key);
        let before: usize = self.chunks.iter().take(at).map(VecDeque::len).sum();
        before + self.chunks[at].partition_point(|other| other < key)
    }

    /// How many from the front on `holds` holds for, if it holds for none after the first for which it
    /// doesn't.
    #[must_use]
    pub fn partition_point(&self, holds: impl Fn(&K) -> bool) -> usize {
        let starts = |chunk: &VecDeque<K>| chunk.front().is_some_and(&holds);
        let Some(last) = self.chunks.partition_point(starts).checked_sub(1) else {
            return 0;
        };
        let before: usize = self.chunks.iter().take(last).map(VecDeque::len).sum();
        before + self.chunks[last].partition_point(holds)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Line;

    proptest! {
        #[test]
        fn does_what_a_set_does(ops in proptest::collection::vec((0..900u32, 0..4u8), 0..4_000)) {
            let mut line = Line::default();
            let mut set = BTreeSet::new();
            for (at, (key, what)) in ops.into_iter().enumerate() {
                // Mostly rising, as arrivals are.
                let key = key + u32::try_from(at).unwrap();
                if what == 0 {
                    let front = set.first().copied().unwrap_or(key);
                    prop_assert_eq!(line.remove(&front), set.remove(&front));
                    prop_assert_eq!(line.remove(&key), set.remove(&key));
                } else {
                    prop_assert_eq!(line.insert(key), set.insert(key));
                }
                prop_assert_eq!(line.first(), set.first().copied());
                prop_assert_eq!(line.len(), set.len());
            }
            prop_assert!(line.iter().eq(set.iter().copied()));
            for key in [0, 500, 1_000, 2_000, 9_000] {
                prop_assert_eq!(line.rank(&key), set.range(..key).count());
                prop_assert_eq!(line.partition_point(|other| *other < key), set.range(..key).count());
                prop_assert!(line.after(key).eq(set.range(key + 1..).copied()));
            }
        }
    }
}
