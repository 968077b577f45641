//! The bank of utterances: what people say when they need something, by topic. See `data/README.md`.

use super::Topic;

/// A topic with what people say for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub topic: Topic,
    pub utterances: Vec<String>,
}

/// Reads a file of the bank: `[B07 漏雨修房]` opens a topic of a service (several: `B02+B04`), `[@children 孤儿]` one of
/// a group of people, `[- 其他]` what says nothing; then an utterance a line; `#` begins a remark. Topics of the same
/// name are one.
pub fn read(text: &str, sections: &mut Vec<Section>) {
    let mut at = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let topic = topic(head, sections.len());
            let known = sections.iter().position(|s| s.topic.name == topic.name);
            at = Some(known.unwrap_or_else(|| {
                sections.push(Section { topic, utterances: Vec::new() });
                sections.len() - 1
            }));
        } else if let Some(section) = at.and_then(|at| sections.get_mut(at)) {
            let known = section.utterances.iter().any(|known| known == line);
            if !known {
                section.utterances.push(line.to_owned());
            }
        }
    }
}

fn topic(head: &str, number: usize) -> Topic {
    let (codes, name) = head.split_once(' ').unwrap_or((head, head));
    let mut topic = Topic { key: format!("t{number}"), name: name.to_owned(), ..Topic::default() };
    if let Some(group) = codes.strip_prefix('@') {
        group.clone_into(&mut topic.group);
    } else if codes != "-" {
        topic.services = codes.split('+').map(str::to_owned).collect();
    }
    topic
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const FILES: [&str; 11] = [
        include_str!("../../data/utterances/a_care.txt"),
        include_str!("../../data/utterances/b_daily.txt"),
        include_str!("../../data/utterances/c_caring.txt"),
        include_str!("../../data/utterances/d_professional.txt"),
        include_str!("../../data/utterances/e_village.txt"),
        include_str!("../../data/utterances/f_support.txt"),
        include_str!("../../data/utterances/groups.txt"),
        include_str!("../../data/utterances/nothing.txt"),
        include_str!("../../data/utterances/more.txt"),
        include_str!("../../data/utterances/sentences.txt"),
        include_str!("../../data/utterances/voices.txt"),
    ];

    #[test]
    fn every_service_and_every_group_has_its_words() {
        let mut sections = Vec::new();
        for text in &FILES {
            read(text, &mut sections);
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for section in &sections {
            for code in section.topic.services.iter().chain([&section.topic.group]) {
                *counts.entry(code.as_str()).or_default() += section.utterances.len();
            }
        }
        for service in domain::vocabulary::service_categories() {
            let count = counts.get(service.code).copied().unwrap_or_default();
            assert!(count >= 80, "{} {}: {count}", service.code, service.name);
        }
        for group in domain::vocabulary::BeneficiaryGroup::ALL {
            let count = counts.get(group.code()).copied().unwrap_or_default();
            assert!(count >= 20, "{}: {count}", group.code());
        }
    }
}
