//! Trains the model: multinomial logistic regression by stochastic gradient (AdaGrad), with a part of the n-grams left
//! out of every step so that none of them carries a topic alone. The same bank gives the same model.

use std::collections::HashMap;

use super::Topic;
use super::model::{Row, grams, value};

/// One example: what is said, and its topics with their shares, the likeliest first.
pub struct Example {
    pub features: Vec<u32>,
    pub topics: Vec<(usize, f32)>,
    pub weight: f32,
}

impl Example {
    /// Of one topic.
    pub fn of(text: &str, topic: usize) -> Self {
        Self { features: features(text), topics: vec![(topic, 1.0)], weight: 1.0 }
    }
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub rounds: usize,
    pub rate: f32,
    /// Pull of every weight towards nothing.
    pub decay: f32,
    /// Share of the n-grams left out of a step.
    pub left_out: f32,
    /// Part of the truth given to all topics alike.
    pub smoothing: f32,
    /// What the sum of squares begins with: the first steps are the smaller for it.
    pub start: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rounds: 15, rate: 0.3, decay: 1e-4, left_out: 0.3, smoothing: 0.05, start: 0.01 }
    }
}

/// Weights of a topic at most so many for each n-gram; the others tell next to nothing.
const KEPT: usize = 24;
/// One weight of so many may be larger than what the file can say.
const OUTLIERS: usize = 20_000;
/// Weights smaller than this share of the largest are dropped.
const DROPPED: f32 = 0.015;

/// SplitMix64: the order of the examples and what is left out.
struct Order(u64);

impl Order {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[expect(clippy::cast_precision_loss, reason = "24 bits")]
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// The n-grams of a text, cut into clauses as queries are.
pub fn features(text: &str) -> Vec<u32> {
    let folded = crate::analysis::fold(text);
    grams(super::clauses(&folded).map(|clause| clause.iter().map(|f| f.ch)))
}

/// Weights while they are learned: for each n-gram one for each topic.
pub struct Learned {
    topics: usize,
    places: HashMap<u32, usize>,
    weights: Vec<f32>,
    squares: Vec<f32>,
}

impl Learned {
    pub fn from(examples: &[Example], topics: usize, settings: Settings) -> Self {
        let mut places = HashMap::new();
        for feature in examples.iter().flat_map(|e| &e.features) {
            let next = places.len();
            places.entry(*feature).or_insert(next);
        }
        let size = places.len() * topics;
        let mut learned = Self { topics, places, weights: vec![0.0; size], squares: vec![settings.start; size] };
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut random = Order(20_261_201);
        for _ in 0..settings.rounds {
            for at in (1..order.len()).rev() {
                let other = usize::try_from(random.next() % (at as u64 + 1)).unwrap_or(0);
                order.swap(at, other);
            }
            for at in &order {
                learned.step(&examples[*at], settings, &mut random);
            }
        }
        learned
    }

    #[expect(clippy::cast_precision_loss, reason = "some hundred topics")]
    fn step(&mut self, example: &Example, settings: Settings, random: &mut Order) {
        let mut kept: Vec<usize> = Vec::with_capacity(example.features.len());
        for feature in &example.features {
            if random.share() >= settings.left_out {
                kept.extend(self.places.get(feature));
            }
        }
        if kept.is_empty() {
            return;
        }
        let value = value(kept.len());
        let mut errors = self.shares(&kept, value, 1.0);
        // What the known topics leave over, and a little of them, belongs to all alike.
        let known: f32 = example.topics.iter().map(|(_, share)| share).sum();
        let rest = (1.0 - known * (1.0 - settings.smoothing)).max(0.0) / self.topics as f32;
        for error in &mut errors {
            *error -= rest;
        }
        for (topic, share) in &example.topics {
            errors[*topic] -= share * (1.0 - settings.smoothing);
        }
        for error in &mut errors {
            *error *= example.weight;
        }
        for place in kept {
            let row = place * self.topics..(place + 1) * self.topics;
            let (weights, squares) = (&mut self.weights[row.clone()], &mut self.squares[row]);
            for ((weight, square), error) in weights.iter_mut().zip(squares).zip(&errors) {
                let slope = error * value + settings.decay * *weight;
                *square += slope * slope;
                *weight -= settings.rate * slope / square.sqrt();
            }
        }
    }

    fn shares(&self, places: &[usize], value: f32, sharpness: f32) -> Vec<f32> {
        let mut shares = vec![0.0_f32; self.topics];
        for place in places {
            let row = &self.weights[place * self.topics..(place + 1) * self.topics];
            for (sum, weight) in shares.iter_mut().zip(row) {
                *sum += weight;
            }
        }
        let most = shares.iter().copied().fold(f32::MIN, f32::max);
        let mut all = 0.0;
        for share in &mut shares {
            *share = ((*share - most) * value * sharpness).exp();
            all += *share;
        }
        for share in &mut shares {
            *share /= all;
        }
        shares
    }

    /// The shares of the topics in an example that may hold n-grams never seen.
    pub fn read(&self, features: &[u32], sharpness: f32) -> Vec<f32> {
        let places: Vec<usize> = features.iter().filter_map(|f| self.places.get(f).copied()).collect();
        self.shares(&places, value(features.len()), sharpness)
    }

    /// Rows for the file, each with its strongest weights, in steps of the second value; `sharpness` is worked in.
    pub fn rows(&self, sharpness: f32) -> (Vec<(u32, Row)>, f32) {
        // A softmax does not change when every topic of a row is moved alike: what most topics have becomes nothing.
        let mut moved = self.weights.clone();
        for row in moved.chunks_exact_mut(self.topics) {
            let mut sorted = row.to_vec();
            sorted.sort_by(f32::total_cmp);
            let middle = sorted[sorted.len() / 2];
            for weight in row {
                *weight -= middle;
            }
        }
        let mut sizes: Vec<f32> = moved.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
        sizes.sort_by(f32::total_cmp);
        let largest = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / OUTLIERS)).copied().unwrap_or(1.0);
        let step = largest / 127.0;
        let mut rows: Vec<(u32, Row)> = self
            .places
            .iter()
            .map(|(hash, place)| {
                let row = &moved[place * self.topics..(place + 1) * self.topics];
                let mut strong: Vec<(usize, f32)> =
                    row.iter().copied().enumerate().filter(|(_, w)| w.abs() >= largest * DROPPED).collect();
                strong.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
                strong.truncate(KEPT);
                strong.sort_by_key(|(topic, _)| *topic);
                #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
                let pairs = strong
                    .into_iter()
                    .map(|(topic, w)| {
                        (u8::try_from(topic).unwrap_or(u8::MAX), (w / step).round().clamp(-127.0, 127.0) as i8)
                    })
                    .collect();
                (*hash, pairs)
            })
            .filter(|(_, row): &(u32, Row)| !row.is_empty())
            .collect();
        rows.sort_by_key(|(hash, _)| *hash);
        (rows, step * sharpness)
    }
}

/// How well examples are read that were not trained on: shares of those whose topic, whose service is read first, whose
/// service is among the first three, and the mean logarithm of the share of their topic.
#[expect(clippy::cast_precision_loss, reason = "some thousand examples")]
pub fn measure(learned: &Learned, held: &[Example], topics: &[Topic], sharpness: f32) -> [f32; 4] {
    let mut sums = [0.0_f32; 4];
    for example in held {
        let shares = learned.read(&example.features, sharpness);
        let mut best: Vec<usize> = (0..shares.len()).collect();
        best.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
        let Some((right, _)) = example.topics.first() else { continue };
        let same = |topic: usize| {
            let (a, b) = (&topics[topic], &topics[*right]);
            a.services == b.services && a.group == b.group
        };
        sums[0] += f32::from(u8::from(best[0] == *right));
        sums[1] += f32::from(u8::from(same(best[0])));
        sums[2] += f32::from(u8::from(best.iter().take(3).any(|topic| same(*topic))));
        sums[3] += shares[*right].max(1e-9).ln();
    }
    sums.map(|sum| sum / held.len().max(1) as f32)
}
