//! A small, bounded memory of answers, emptied whenever the index changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries at most; when full, all are dropped: the few hot ones are back at once.
const CAPACITY: usize = 256;

/// Answers of one generation of the index.
pub struct Cache<K, V> {
    inner: Mutex<(u64, HashMap<K, Arc<V>>)>,
}

impl<K: Eq + Hash, V> Cache<K, V> {
    pub fn new() -> Self {
        Self { inner: Mutex::new((0, HashMap::new())) }
    }

    pub fn get(&self, generation: u64, key: &K) -> Option<Arc<V>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        (inner.0 == generation).then(|| inner.1.get(key).cloned())?
    }

    /// Keeps an answer, unless a later generation has been seen meanwhile.
    pub fn put(&self, generation: u64, key: K, value: Arc<V>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.0 > generation {
            return;
        }
        if inner.0 < generation || inner.1.len() >= CAPACITY {
            inner.1.clear();
            inner.0 = generation;
        }
        inner.1.insert(key, value);
    }

    pub fn clear(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.1.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_last_for_one_generation_and_never_grow_without_bound() {
        let cache = Cache::new();
        cache.put(1, "a", Arc::new(1));
        assert_eq!(cache.get(1, &"a").as_deref(), Some(&1));
        assert!(cache.get(2, &"a").is_none());
        cache.put(2, "b", Arc::new(2));
        assert!(cache.get(2, &"a").is_none());
        cache.put(1, "late", Arc::new(3));
        assert!(cache.get(2, &"late").is_none());
        let many = Cache::new();
        for i in 0..10_000 {
            many.put(1, i, Arc::new(i));
        }
        assert!(many.inner.lock().unwrap().1.len() <= CAPACITY);
        many.clear();
        assert!(many.get(1, &9_999).is_none());
    }
}
