//! Small cells: counts of fewer than `k` households may point at one of them.
//!
//! A hidden cell must not come back as total minus the others, so hiding one
//! cell hides a second one where a total is shown (secondary suppression).

/// Smallest count that is shown, unless configured otherwise (product contract, "Publish without exposing").
pub const DEFAULT_K: i64 = 5;

/// A count as a reader outside the office may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Shown {
    Count(i64),
    /// Between 1 and k − 1, or hidden to protect another cell.
    Few,
}

impl Shown {
    /// A count that stands alone: no total and no sister cells beside it.
    pub fn alone(count: i64, k: i64) -> Self {
        if (1..k).contains(&count) { Self::Few } else { Self::Count(count) }
    }

    /// `12`, or `少于5`.
    pub fn words(self, k: i64) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Few => format!("少于{k}"),
        }
    }

    pub fn count(self) -> Option<i64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Few => None,
        }
    }
}

/// Cells that add up to a shown total. Hides every cell of 1 to k − 1; where
/// the hidden ones could be worked out from the total, hides the smallest
/// others until at least two are hidden and together they hold k or more.
/// Zero stays: it is of nobody.
pub fn cells(counts: &[i64], k: i64) -> Vec<Shown> {
    let mut hidden: Vec<bool> = counts.iter().map(|count| (1..k).contains(count)).collect();
    let mut order: Vec<usize> = (0..counts.len()).filter(|at| !hidden[*at] && counts[*at] > 0).collect();
    order.sort_by_key(|at| counts[*at]);
    let mut order = order.into_iter();
    loop {
        let number = hidden.iter().filter(|hidden| **hidden).count();
        let held: i64 = counts.iter().zip(&hidden).filter(|(_, hidden)| **hidden).map(|(count, _)| *count).sum();
        if number == 0 || (number >= 2 && held >= k) {
            break;
        }
        match order.next() {
            Some(next) => hidden[next] = true,
            // Nothing left to hide behind: zeros have to help.
            None => {
                hidden.fill(true);
                break;
            }
        }
    }
    counts.iter().zip(hidden).map(|(count, hidden)| if hidden { Shown::Few } else { Shown::Count(*count) }).collect()
}

/// The total over [`cells`]: hidden when it is small itself, or when its cells
/// are all hidden and it would name them.
pub fn total(counts: &[i64], k: i64) -> Shown {
    Shown::alone(counts.iter().sum(), k)
}

/// Whether a card is shown at district level only: fewer than `k` households
/// share street, category group and service (product contract, small-cell rule).
pub fn coarsens(sharing: i64, k: i64) -> bool {
    sharing < k
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_lonely_small_cell_takes_a_second_one_along() {
        use Shown::{Count, Few};
        assert_eq!(cells(&[12, 3, 9], 5), [Count(12), Few, Few]);
        assert_eq!(cells(&[12, 3, 4], 5), [Count(12), Few, Few]);
        assert_eq!(cells(&[12, 1, 1], 5), [Few, Few, Few]);
        assert_eq!(cells(&[12, 0, 9], 5), [Count(12), Count(0), Count(9)]);
        assert_eq!(cells(&[3], 5), [Few]);
        assert_eq!(cells(&[3, 0], 5), [Few, Few]);
        assert_eq!(cells(&[], 5), []);
    }

    proptest! {
        /// From the total and everything shown, no small cell can be worked out:
        /// another filling of the hidden cells adds up to the same, and no cell
        /// under k is shown.
        #[test]
        fn no_small_cell_can_be_worked_out(counts in prop::collection::vec(0_i64..40, 1..12), k in 2_i64..8) {
            let shown = cells(&counts, k);
            let hidden: Vec<usize> = (0..counts.len()).filter(|at| shown[*at] == Shown::Few).collect();
            for (count, shown) in counts.iter().zip(&shown) {
                if let Shown::Count(value) = shown {
                    prop_assert_eq!(value, count);
                    prop_assert!(*value == 0 || *value >= k);
                }
            }
            if hidden.iter().any(|at| counts[*at] > 0) {
                let sum: i64 = counts.iter().sum();
                let seen: i64 = shown.iter().filter_map(|shown| shown.count()).sum();
                let rest = sum - seen;
                let total = total(&counts, k);
                // Either the total is hidden too, or the rest is spread over two cells and at least k.
                prop_assert!(total == Shown::Few || (hidden.len() >= 2 && rest >= k) || hidden.len() == counts.len());
            }
        }
    }
}
