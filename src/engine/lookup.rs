//! A hash map that can't be iterated. Owns the one use of hashing in the engine: hash order must never
//! steer a decision, and what can't be iterated can't.

use std::{borrow::Borrow, collections::HashMap, hash::Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_128;

/// Values by key, without an order.
#[derive(Debug, Clone)]
pub struct Lookup<K, V>(HashMap<K, V, FixedState>);

impl<K, V> Default for Lookup<K, V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash, V> Lookup<K, V> {
    /// The value of `key`.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// The value of `key`, to change.
    pub fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut(key)
    }

    /// Sets the value of `key` and returns the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert(key, value)
    }

    /// Takes the value of `key` out.
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key)
    }
}

/// Numbers by the id of what they stand for, without the ids: whoever asks knows the thing of a number, and
/// so its id. A million of them take less room than their ids would, and making more room reads none.
#[derive(Debug, Clone, Default)]
pub struct Ids(HashTable<(u64, u64)>);

impl Ids {
    /// What `same` makes of the first number that was put in for an id of this hash and that it wants.
    pub fn find<T>(&self, hash: u128, mut same: impl FnMut(u64) -> Option<T>) -> Option<T> {
        let (hash, mut found) = (low(hash), None);
        self.0.find(hash, |(other, number)| {
            if *other == hash {
                found = same(*number);
            }
            found.is_some()
        });
        found
    }

    /// Puts a number in for an id of this hash.
    pub fn insert(&mut self, hash: u128, number: u64) {
        self.0.insert_unique(low(hash), (low(hash), number), |(hash, _)| *hash);
    }

    /// Takes a number out that is in for an id of this hash.
    pub fn remove(&mut self, hash: u128, number: u64) {
        if let Ok(entry) = self.0.find_entry(low(hash), |entry| *entry == (low(hash), number)) {
            entry.remove();
        }
    }
}

/// Half of a hash is enough where the id itself decides.
fn low(hash: u128) -> u64 {
    u64::try_from(hash & u128::from(u64::MAX)).unwrap_or_default()
}

/// What a long id is known by where a million of them are remembered: 128 bits of XXH3, which is the same
/// on every machine and in every version. Two ids that meet by accident are not to be expected (below
/// 10⁻²⁶ among a million); a client that makes two meet finds only its own contact taken.
#[must_use]
pub fn id_hash(id: &str) -> u128 {
    xxh3_128(id.as_bytes())
}
