//! The linear model on disk and in memory: topics, and for each n-gram its weights.

use std::fmt::Write as _;

/// Longest n-gram in characters.
pub const LONGEST: usize = 4;
/// First bytes of the file.
const MAGIC: &[u8; 8] = b"intent01";

/// Something that people ask for, or a kind of people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topic {
    /// Term of the index.
    pub key: String,
    /// The word to show.
    pub name: String,
    /// Codes of the services that answer it, the first above all.
    pub services: Vec<String>,
    /// Code of the group of people it names.
    pub group: String,
}

impl Topic {
    /// Whether it is the topic of what is about nothing here.
    pub fn says_nothing(&self) -> bool {
        self.services.is_empty() && self.group.is_empty()
    }
}

/// Weights of one n-gram: topic and weight.
pub type Row = Vec<(u8, i8)>;

/// The model.
#[derive(Debug, Default)]
pub struct Model {
    pub topics: Vec<Topic>,
    /// What one step of a weight is worth.
    step: f32,
    /// Hash → place of its row in `ends`; a power of two, open addressing. `u32::MAX`: empty.
    slots: Vec<(u32, u32)>,
    /// Where the rows end in `weights`.
    ends: Vec<u32>,
    weights: Vec<(u8, i8)>,
}

/// Hash of an n-gram (FNV-1a over the characters).
pub fn hash(gram: &[char]) -> u32 {
    gram.iter().fold(0x811C_9DC5_u32, |hash, ch| {
        u32::from(*ch)
            .to_le_bytes()
            .iter()
            .take(3)
            .fold(hash, |h, byte| (h ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
    })
}

/// Every n-gram of some clauses, each once, by its hash.
pub fn grams<C: Iterator<Item = char>>(clauses: impl Iterator<Item = C>) -> Vec<u32> {
    let mut all = Vec::new();
    for clause in clauses {
        let chars: Vec<char> = clause.collect();
        for start in 0..chars.len() {
            for end in start + 1..=(start + LONGEST).min(chars.len()) {
                all.push(hash(&chars[start..end]));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// What a feature counts where a text has so many.
#[expect(clippy::cast_precision_loss, reason = "some hundred features")]
pub fn value(features: usize) -> f32 {
    1.0 / (features.max(1) as f32).sqrt()
}

impl Model {
    /// Puts a model together; `rows` in rising order of their hashes.
    pub fn new(topics: Vec<Topic>, step: f32, rows: &[(u32, Row)]) -> Self {
        let mut model = Self { topics, step, ..Self::default() };
        let size = (rows.len() * 2).next_power_of_two().max(2);
        model.slots = vec![(0, u32::MAX); size];
        for (number, (hash, row)) in (0_u32..).zip(rows) {
            model.weights.extend(row);
            model.ends.push(u32::try_from(model.weights.len()).unwrap_or(u32::MAX));
            let mut at = *hash as usize & (size - 1);
            while model.slots[at].1 != u32::MAX {
                at = (at + 1) & (size - 1);
            }
            model.slots[at] = (*hash, number);
        }
        model
    }

    /// Reads the file; `None` where it is not one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes.strip_prefix(MAGIC)?);
        let step = f32::from_bits(bytes.u32()?);
        let length = bytes.u32()? as usize;
        let names = std::str::from_utf8(bytes.take(length)?).ok()?;
        let topics: Vec<Topic> = names
            .lines()
            .map(|line| {
                let mut cells = line.split('\t').map(str::to_owned);
                let mut next = || cells.next().unwrap_or_default();
                let (key, name, services, group) = (next(), next(), next(), next());
                let services = services.split(' ').filter(|code| !code.is_empty()).map(str::to_owned).collect();
                Topic { key, name, services, group }
            })
            .collect();
        let count = bytes.u32()?;
        let mut rows = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let (hash, length) = (bytes.u32()?, bytes.take(1)?[0]);
            let pairs = bytes.take(usize::from(length) * 2)?.chunks_exact(2);
            let row: Row = pairs.map(|pair| (pair[0], i8::from_le_bytes([pair[1]]))).collect();
            if row.iter().any(|(topic, _)| usize::from(*topic) >= topics.len()) {
                return None;
            }
            rows.push((hash, row));
        }
        Some(Self::new(topics, step, &rows))
    }

    /// The file of such a model.
    pub fn bytes(topics: &[Topic], step: f32, rows: &[(u32, Row)]) -> Vec<u8> {
        let mut names = String::new();
        for topic in topics {
            let _ = writeln!(names, "{}\t{}\t{}\t{}", topic.key, topic.name, topic.services.join(" "), topic.group);
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(step.to_bits().to_le_bytes());
        bytes.extend(number(names.len()));
        bytes.extend(names.as_bytes());
        bytes.extend(number(rows.len()));
        for (hash, row) in rows {
            let row = &row[..row.len().min(usize::from(u8::MAX))];
            bytes.extend(hash.to_le_bytes());
            bytes.push(u8::try_from(row.len()).unwrap_or(u8::MAX));
            bytes.extend(row.iter().flat_map(|(topic, weight)| [*topic, weight.to_le_bytes()[0]]));
        }
        bytes
    }

    fn row(&self, hash: u32) -> Option<&[(u8, i8)]> {
        let mut at = hash as usize & (self.slots.len().checked_sub(1)?);
        loop {
            let (known, number) = self.slots[at];
            if number == u32::MAX {
                return None;
            }
            if known == hash {
                let number = number as usize;
                let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
                return self.weights.get(start as usize..self.ends[number] as usize);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The share of each topic in some clauses taken together; `None` where nothing of them is known.
    pub fn softmax<C: Iterator<Item = char>>(&self, clauses: impl Iterator<Item = C>) -> Option<Vec<f32>> {
        let grams = grams(clauses);
        let mut sums = vec![0_i32; self.topics.len()];
        let mut known = false;
        for row in grams.iter().filter_map(|hash| self.row(*hash)) {
            known = true;
            for (topic, weight) in row {
                sums[usize::from(*topic)] += i32::from(*weight);
            }
        }
        if !known {
            return None;
        }
        let value = value(grams.len()) * self.step;
        #[expect(clippy::cast_precision_loss, reason = "sums of small weights")]
        let mut shares: Vec<f32> = sums.iter().map(|sum| *sum as f32 * value).collect();
        let most = shares.iter().copied().fold(f32::MIN, f32::max);
        let mut all = 0.0;
        for share in &mut shares {
            *share = (*share - most).exp();
            all += *share;
        }
        for share in &mut shares {
            *share /= all;
        }
        Some(shares)
    }
}

/// Bytes still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let topics = vec![
            Topic { key: "t0".into(), name: "送饭".into(), services: vec!["B01".into()], group: String::new() },
            Topic { key: "t1".into(), name: "其他".into(), ..Topic::default() },
        ];
        let mut rows = vec![(hash(&['饭']), vec![(0, 90), (1, -90)]), (hash(&['股', '东']), vec![(1, 90)])];
        rows.sort_by_key(|(hash, _)| *hash);
        let bytes = Model::bytes(&topics, 0.05, &rows);
        let model = Model::read(&bytes).unwrap();
        assert_eq!(model.topics, topics);
        let shares = model.softmax(["饭".chars()].into_iter()).unwrap();
        assert!(shares[0] > 0.99, "{shares:?}");
        assert!(model.softmax(["云".chars()].into_iter()).is_none());
        assert!(Model::read(&bytes[..bytes.len() - 1]).is_none());
        assert!(Model::read(b"something else").is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Model::read(&[MAGIC.as_slice(), &bytes].concat());
        }
    }
}
