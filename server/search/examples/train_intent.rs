//! Trains the sense of meaning from the bank of utterances: `train_intent DATA_FOLDER` reads
//! `DATA_FOLDER/utterances/*.txt` and `DATA_FOLDER/near_words.txt`, says how well a held-back fifth of the bank is read,
//! and writes `DATA_FOLDER/intent.bin`.

use std::path::Path;
use std::process::ExitCode;

use search::intent::bank::{self, Section};
use search::intent::train::{Example, Learned, Settings, features, measure};
use search::intent::{Model, Topic};

/// Every so many utterances one is held back.
const HELD: usize = 5;
/// What an example of what says nothing counts: they are many, and of everything.
const NOTHING: f32 = 0.3;
/// What a word counts of which only the nearness to topics is known.
const NEAR_WORD: f32 = 0.3;
/// Sharpnesses of the shares that are tried.
const SHARPNESS: [f32; 9] = [0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5];

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/data").to_owned());
    match run(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> std::io::Result<()> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("utterances"))?.map(|f| Ok(f?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let mut sections: Vec<Section> = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "txt")) {
        bank::read(&std::fs::read_to_string(file)?, &mut sections);
    }
    let topics: Vec<Topic> = sections.iter().map(|section| section.topic.clone()).collect();
    let (mut kept, mut held) = (Vec::new(), Vec::new());
    let mut number = 0;
    for (topic, section) in sections.iter().enumerate() {
        for utterance in &section.utterances {
            let mut example = Example::of(utterance, topic);
            if section.topic.says_nothing() {
                example.weight = NOTHING;
            }
            number += 1;
            if number % HELD == 0 { held.push(example) } else { kept.push(example) }
        }
    }
    println!("{} topics, {number} utterances, {} of them held back", topics.len(), held.len());
    kept.extend(near_words(&std::fs::read_to_string(folder.join("near_words.txt"))?, &topics));
    let settings = Settings::default();
    let learned = Learned::from(&kept, topics.len(), settings);
    let mut best = (f32::MIN, 1.0);
    for sharpness in SHARPNESS {
        let [topic, service, three, likelihood] = measure(&learned, &held, &topics, sharpness);
        println!(
            "sharpness {sharpness:.2}: topic {topic:.3}, service {service:.3}, in three {three:.3}, log {likelihood:.3}"
        );
        if likelihood > best.0 {
            best = (likelihood, sharpness);
        }
    }
    kept.extend(held);
    let (rows, step) = Learned::from(&kept, topics.len(), settings).rows(best.1);
    let bytes = Model::bytes(&topics, step, &rows);
    std::fs::write(folder.join("intent.bin"), &bytes)?;
    println!("{} n-grams, {} KB", rows.len(), bytes.len() / 1024);
    Ok(())
}

/// Words with the topics they are near.
fn near_words(text: &str, topics: &[Topic]) -> Vec<Example> {
    let place = |name: &str| topics.iter().position(|topic| topic.name == name);
    let read = |line: &str| {
        let mut cells = line.split('\t');
        let word = cells.next()?;
        let near: Vec<(usize, f32)> = cells
            .filter_map(|cell| cell.split_once(' '))
            .filter_map(|(name, share)| Some((place(name)?, share.parse().ok()?)))
            .collect();
        (!near.is_empty()).then(|| Example { features: features(word), topics: near, weight: NEAR_WORD })
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(read).collect()
}
