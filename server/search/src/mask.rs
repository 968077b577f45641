//! Sets of document numbers within one segment: dense bit masks, and compact value sets for facets.
//!
//! Everything a reader may see, every filter and every facet value is such a set; a facet count is the
//! size of an intersection. That is exact, needs no walk over the documents, and costs about as much as
//! reading the masks from memory.

/// A set of documents `0..len` of one segment, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    words: Vec<u64>,
    len: u32,
}

impl Mask {
    /// No document.
    pub fn empty(len: u32) -> Self {
        Self { words: vec![0; (len as usize).div_ceil(64)], len }
    }

    /// Every document.
    pub fn full(len: u32) -> Self {
        let mut words = vec![u64::MAX; (len as usize).div_ceil(64)];
        if let (Some(last), true) = (words.last_mut(), !len.is_multiple_of(64)) {
            *last = (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// How many documents the segment has (not how many are in the set).
    pub fn segment_len(&self) -> u32 {
        self.len
    }

    #[inline]
    pub fn set(&mut self, doc: u32) {
        self.words[(doc >> 6) as usize] |= 1 << (doc & 63);
    }

    pub fn set_all(&mut self, docs: &[u32]) {
        for doc in docs {
            self.set(*doc);
        }
    }

    pub fn unset_all(&mut self, docs: &[u32]) {
        for doc in docs {
            self.words[(doc >> 6) as usize] &= !(1 << (doc & 63));
        }
    }

    #[inline]
    pub fn contains(&self, doc: u32) -> bool {
        self.words[(doc >> 6) as usize] >> (doc & 63) & 1 == 1
    }

    pub fn and(&mut self, other: &Self) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a &= b;
        }
    }

    pub fn or(&mut self, other: &Self) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a |= b;
        }
    }

    pub fn and_not(&mut self, other: &Self) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a &= !b;
        }
    }

    /// How many documents are in the set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|w| u64::from(w.count_ones())).sum()
    }

    /// How many documents are in both sets.
    pub fn count_and(&self, other: &Self) -> u64 {
        self.words.iter().zip(&other.words).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// The documents of the set, rising.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).step_by(64).zip(&self.words).flat_map(|(base, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(base + bit)
            })
        })
    }
}

/// The documents that carry one facet value: a mask where they are many, a list where they are few.
#[derive(Debug, Clone)]
pub enum ValueSet {
    Dense(Mask),
    Sparse(Vec<u32>),
}

impl ValueSet {
    /// From rising document numbers of a segment with `len` documents.
    pub fn new(docs: Vec<u32>, len: u32) -> Self {
        // A list entry takes 32 bits, a mask one bit for each document of the segment.
        if docs.len() as u64 * 32 < u64::from(len) {
            return Self::Sparse(docs);
        }
        let mut mask = Mask::empty(len);
        for doc in docs {
            mask.set(doc);
        }
        Self::Dense(mask)
    }

    pub fn count_in(&self, mask: &Mask) -> u64 {
        match self {
            Self::Dense(dense) => dense.count_and(mask),
            Self::Sparse(docs) => docs.iter().map(|d| u64::from(mask.contains(*d))).sum(),
        }
    }

    pub fn add_to(&self, mask: &mut Mask) {
        match self {
            Self::Dense(dense) => mask.or(dense),
            Self::Sparse(docs) => mask.set_all(docs),
        }
    }

    #[inline]
    pub fn contains(&self, doc: u32) -> bool {
        match self {
            Self::Dense(dense) => dense.contains(doc),
            Self::Sparse(docs) => docs.binary_search(&doc).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_has_no_bit_beyond_its_end() {
        for len in [0, 1, 63, 64, 65, 128, 130] {
            assert_eq!(Mask::full(len).count(), u64::from(len));
        }
    }

    proptest! {
        #[test]
        fn masks_are_sets(a in proptest::collection::btree_set(0_u32..300, 0..80),
                          b in proptest::collection::btree_set(0_u32..300, 0..80)) {
            let mask = |set: &std::collections::BTreeSet<u32>| {
                let mut mask = Mask::empty(300);
                for d in set {
                    mask.set(*d);
                }
                mask
            };
            let (ma, mb) = (mask(&a), mask(&b));
            prop_assert_eq!(ma.iter().collect::<Vec<_>>(), a.iter().copied().collect::<Vec<_>>());
            let both = a.intersection(&b).count() as u64;
            prop_assert_eq!(ma.count_and(&mb), both);
            let values = ValueSet::new(b.iter().copied().collect(), 300);
            prop_assert_eq!(values.count_in(&ma), both);
            let mut less = ma.clone();
            less.and_not(&mb);
            prop_assert_eq!(less.count(), a.difference(&b).count() as u64);
            let mut more = ma.clone();
            values.add_to(&mut more);
            prop_assert_eq!(more.count(), a.union(&b).count() as u64);
            for doc in 0..300 { prop_assert_eq!(values.contains(doc), b.contains(&doc)); }
        }
    }
}
