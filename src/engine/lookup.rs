//! A hash map that can't be iterated. Owns the one use of hashing in the engine: hash order must never
//! steer a decision, and what can't be iterated can't.

use std::{borrow::Borrow, collections::HashMap, hash::Hash};

use foldhash::fast::FixedState;
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

/// What a long id is known by where a million of them are remembered: 128 bits of XXH3, which is the same
/// on every machine and in every version. Two ids that meet by accident are not to be expected (below
/// 10⁻²⁶ among a million); a client that makes two meet finds only its own contact taken.
#[must_use]
pub fn id_hash(id: &str) -> u128 {
    xxh3_128(id.as_bytes())
}
