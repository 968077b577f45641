//! A small sense of meaning of its own: reads a sentence into the services it asks for and the people it is about,
//! where no word of it need be the word of the index (锅都揭不开了 → meals).
//!
//! A linear model over character n-grams: every n-gram of one to four characters that the bank of utterances
//! (`data/utterances`) has adds its weights to the topics, a softmax makes shares of them. A topic is finer than a
//! service (漏雨修房 beside 防滑扶手), so that it orders within a service too. The model is trained by
//! `cargo xtask train` and ships as `data/intent.bin`; reading a query takes some microseconds and no allocation
//! beyond its answer. Needs are read when they are indexed: their topics are terms of the index.

pub mod bank;
pub mod model;
pub mod train;

use std::sync::LazyLock;

pub use model::{Model, Topic};

use crate::analysis::{Class, FoldedChar, fold};

/// The model that ships.
static SHIPPED: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_bytes!("../data/intent.bin")).unwrap_or_default());
/// A topic below this share of a sentence is none.
const LEAST: f32 = 0.12;
/// What a part of a query counts beside the whole of it.
const PART: f32 = 0.8;
/// From this share on a need is clearly about a topic.
const CLEAR: f32 = 0.55;
/// From this share on it may be.
const MAYBE: f32 = 0.25;
/// Topics that a text has at most.
const MOST: usize = 12;

/// A topic with its share of a text: 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub topic: usize,
    pub share: f32,
}

/// How surely a need is about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Clear,
    Maybe,
}

impl Level {
    /// The term of the index for a topic (its key) at this level.
    pub fn of(self, key: &str) -> String {
        match self {
            Self::Clear => key.to_owned(),
            Self::Maybe => format!("{key}?"),
        }
    }
}

/// The model that ships.
pub fn shipped() -> &'static Model {
    &SHIPPED
}

impl Model {
    /// What a query asks for: its topics, the likeliest first.
    pub fn asked(&self, text: &str) -> Vec<Share> {
        let folded = fold(text);
        let clauses: Vec<&[FoldedChar]> = clauses(&folded).collect();
        let mut best = vec![0.0_f32; self.topics.len()];
        self.shares(&clauses, &mut best, 1.0);
        if clauses.len() > 1 {
            for clause in &clauses {
                self.shares(std::slice::from_ref(clause), &mut best, PART);
            }
        }
        self.listed(&best, LEAST)
    }

    /// What a need is about that asks for some services: every sentence is read by itself. Which topic of a service it
    /// is that was asked for shows in a text that alone would not be clear.
    pub fn about<'a>(&self, texts: impl Iterator<Item = &'a str>, services: &[String]) -> Vec<(usize, Level)> {
        let mut best = vec![0.0_f32; self.topics.len()];
        let mut sums = vec![0.0_f32; self.topics.len()];
        for text in texts {
            let folded = fold(text);
            for clause in clauses(&folded) {
                let Some(shares) = self.softmax([clause.iter().map(|f| f.ch)].into_iter()) else { continue };
                for ((best, sum), share) in best.iter_mut().zip(&mut sums).zip(shares) {
                    *best = best.max(share);
                    *sum += share;
                }
            }
        }
        for service in services {
            let of_service = |topic: &Topic| topic.services.first() == Some(service);
            let topics = || self.topics.iter().enumerate().filter(|(_, topic)| of_service(topic));
            let all: f32 = topics().map(|(at, _)| sums[at]).sum();
            for (at, _) in topics().filter(|_| all > LEAST) {
                best[at] = best[at].max(sums[at] / all);
            }
        }
        let listed = self.listed(&best, MAYBE);
        listed.into_iter().map(|s| (s.topic, if s.share >= CLEAR { Level::Clear } else { Level::Maybe })).collect()
    }

    /// Raises `best` to the shares that the topics have of some clauses taken together.
    fn shares(&self, clauses: &[&[FoldedChar]], best: &mut [f32], weight: f32) {
        let Some(shares) = self.softmax(clauses.iter().map(|clause| clause.iter().map(|f| f.ch))) else { return };
        for (best, share) in best.iter_mut().zip(shares) {
            *best = best.max(share * weight);
        }
    }

    fn listed(&self, best: &[f32], least: f32) -> Vec<Share> {
        let mut listed: Vec<Share> = best
            .iter()
            .enumerate()
            .filter(|(topic, share)| **share >= least && !self.topics[*topic].says_nothing())
            .map(|(topic, share)| Share { topic, share: *share })
            .collect();
        listed.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.topic.cmp(&b.topic)));
        listed.truncate(MOST);
        listed
    }
}

/// The stretches between punctuation and white space that hold Han characters or words.
fn clauses(folded: &[FoldedChar]) -> impl Iterator<Item = &[FoldedChar]> {
    folded.split(|f| matches!(f.class, Class::Gap | Class::Space)).filter(|clause| !clause.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services(text: &str) -> Vec<String> {
        let model = shipped();
        model.asked(text).iter().flat_map(|s| model.topics[s.topic].services.clone()).collect()
    }

    #[test]
    fn everyday_words_are_read_into_services() {
        for (text, service) in
            [("一天三顿都是凑合着吃凉的", "B01"), ("夜里身边没人看着", "A01"), ("天花板往下滴水", "B07")]
        {
            assert_eq!(services(text).first().map(String::as_str), Some(service), "{text}");
        }
    }

    #[test]
    fn what_says_nothing_is_read_as_nothing() {
        for text in ["", "？！", "XQ120101-26-000001", "股东会决议", "qwerty"] {
            assert_eq!(services(text), Vec::<String>::new(), "{text}");
        }
    }
}
