//! Keys in order, made for lines of people: new ones mostly come in at the end, and leave mostly from the
//! front, which takes a few steps whatever their count. Also tells how many are ahead of a key. Owns its
//! layout (chunks of a sorted deque); must not know what its keys mean.

use std::collections::VecDeque;

/// Keys of one chunk.
const CHUNK: usize = 256;

/// A sorted set. Most hold few keys, so the first chunk is held without a list of chunks.
#[derive(Debug, Clone)]
pub struct Line<K> {
    /// Empty only if there is no other.
    head: VecDeque<K>,
    /// The other chunks, none of them empty.
    rest: VecDeque<VecDeque<K>>,
    len: usize,
}

impl<K> Default for Line<K> {
    fn default() -> Self {
        Self { head: VecDeque::new(), rest: VecDeque::new(), len: 0 }
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
        self.head.front().copied()
    }

    /// The first one that is wanted. Mostly that is the first of all, so it is looked at apart.
    pub fn find(&self, mut wanted: impl FnMut(&K) -> bool) -> Option<K> {
        let first = self.first()?;
        if wanted(&first) { Some(first) } else { self.iter().skip(1).find(wanted) }
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = K> + '_ {
        self.chunks().flatten().copied()
    }

    /// Those beyond `key`, in order.
    pub fn after(&self, key: K) -> impl Iterator<Item = K> + '_ {
        let first = self.chunk_of(&key);
        self.chunks().skip(first).flatten().copied().skip_while(move |other| *other <= key)
    }

    fn chunks(&self) -> impl Iterator<Item = &VecDeque<K>> {
        std::iter::once(&self.head).chain(&self.rest)
    }

    fn chunk(&self, at: usize) -> &VecDeque<K> {
        if at == 0 { &self.head } else { &self.rest[at - 1] }
    }

    fn chunk_mut(&mut self, at: usize) -> &mut VecDeque<K> {
        if at == 0 { &mut self.head } else { &mut self.rest[at - 1] }
    }

    /// The chunk in which the key is, or would be.
    fn chunk_of(&self, key: &K) -> usize {
        let starts = |chunk: &VecDeque<K>| chunk.front().is_some_and(|first| first <= key);
        if self.rest.back().is_some_and(starts) {
            self.rest.len()
        } else if self.rest.front().is_some_and(starts) {
            self.rest.partition_point(starts)
        } else {
            0
        }
    }

    /// Puts a key in; false if it was there.
    pub fn insert(&mut self, key: K) -> bool {
        let at = self.chunk_of(&key);
        let last = at == self.rest.len();
        let chunk = self.chunk_mut(at);
        let place = if chunk.back().is_none_or(|back| *back < key) {
            chunk.len()
        } else {
            match chunk.binary_search(&key) {
                Ok(_) => return false,
                Err(place) => place,
            }
        };
        if chunk.capacity() == 0 {
            // Many lines never hold more than one key.
            chunk.reserve_exact(1);
        }
        if chunk.len() < CHUNK {
            chunk.insert(place, key);
        } else if last && place == chunk.len() {
            self.rest.push_back(VecDeque::from([key]));
        } else {
            let mut second = chunk.split_off(CHUNK / 2);
            if place > CHUNK / 2 {
                second.insert(place - CHUNK / 2, key);
            } else {
                chunk.insert(place, key);
            }
            self.rest.insert(at, second);
        }
        self.len += 1;
        true
    }

    /// Takes a key out; false if it was not there.
    pub fn remove(&mut self, key: &K) -> bool {
        let at = self.chunk_of(key);
        let chunk = self.chunk_mut(at);
        if chunk.front() == Some(key) {
            chunk.pop_front();
        } else {
            let Ok(place) = chunk.binary_search(key) else {
                return false;
            };
            chunk.remove(place);
        }
        self.len -= 1;
        if self.chunk(at).is_empty() {
            if at > 0 {
                self.rest.remove(at - 1);
            } else if let Some(next) = self.rest.pop_front() {
                self.head = next;
            }
        }
        true
    }

    /// How many are before the key.
    #[must_use]
    pub fn rank(&self, key: &K) -> usize {
        let last = self.rest.back().unwrap_or(&self.head).back();
        if last.is_none_or(|last| last < key) {
            // As of whoever has just come.
            return self.len;
        }
        let at = self.chunk_of(key);
        let before: usize = self.chunks().take(at).map(VecDeque::len).sum();
        before + self.chunk(at).partition_point(|other| other < key)
    }

    /// How many from the front on `holds` holds for, if it holds for none after the first for which it
    /// doesn't.
    #[must_use]
    pub fn partition_point(&self, holds: impl Fn(&K) -> bool) -> usize {
        let starts = |chunk: &VecDeque<K>| chunk.front().is_some_and(&holds);
        let last = self.rest.partition_point(starts);
        let before: usize = self.chunks().take(last).map(VecDeque::len).sum();
        before + self.chunk(last).partition_point(holds)
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
