//! Likeness of two texts by the pairs of characters they share.

/// The distinct character pairs of a text, sorted; Han letters and digits only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<u64>);

/// Pairs that stand in nearly every text and say nothing.
const COMMON: &[&str] = &["服务", "帮扶", "社会", "组织", "需要", "提供", "家庭", "天津", "街道", "人员"];

impl Words {
    pub fn of(text: &str) -> Self {
        let plain: Vec<char> = domain::text::nfkc(text).to_lowercase().chars().collect();
        let mut pairs: Vec<u64> = plain
            .windows(2)
            .filter(|pair| pair.iter().all(|c| c.is_alphanumeric()))
            .filter(|pair| !COMMON.iter().any(|common| common.chars().eq(pair.iter().copied())))
            .map(|pair| (u64::from(u32::from(pair[0])) << 32) | u64::from(u32::from(pair[1])))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        Self(pairs)
    }

    /// How much of the shorter text stands in the other, 0 to 100.
    pub fn likeness(&self, other: &Self) -> u32 {
        let shorter = self.0.len().min(other.0.len());
        if shorter == 0 {
            return 0;
        }
        let (mut a, mut b, mut shared) = (0, 0, 0_usize);
        while let (Some(x), Some(y)) = (self.0.get(a), other.0.get(b)) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    a += 1;
                    b += 1;
                }
            }
        }
        // Short texts are alike by chance: at least eight pairs are the measure.
        u32::try_from(shared * 100 / shorter.max(8)).unwrap_or(100).min(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_counts_shared_pairs() {
        let need = Words::of("独居老人每天中午送一顿热饭，软烂少盐");
        let kitchen = Words::of("社区食堂为独居老人送热饭，软烂少盐，可送上门");
        let lawyer = Words::of("为劳动者提供法律咨询和代理");
        assert!(need.likeness(&kitchen) >= 40, "{}", need.likeness(&kitchen));
        assert_eq!(need.likeness(&lawyer), 0);
        assert_eq!(need.likeness(&need), 100);
        assert_eq!(need.likeness(&Words::default()), 0);
        assert_eq!(need.likeness(&kitchen), kitchen.likeness(&need));
    }
}
