//! Reads back what Chromium prints: the text of a PDF, in the order in which it is drawn.
//!
//! Knows what Chromium's printer (Skia) writes and nothing else: PDF 1.4 with plain objects, streams deflated or not,
//! fonts with a `ToUnicode` map, glyphs as hexadecimal strings.

use anyhow::{Context as _, Result};
use std::{collections::HashMap, io::Read as _};

/// The text of every page, lines and words without anything between them.
pub fn text(bytes: &[u8]) -> Result<String> {
    let objects = objects(bytes);
    let mut pages: Vec<_> = objects.iter().filter(|(_, object)| is_page(object)).collect();
    pages.sort_by_key(|(number, _)| **number);
    let mut text = String::new();
    for (_, page) in pages {
        let head = String::from_utf8_lossy(page).into_owned();
        let mut fonts = HashMap::new();
        for (name, number) in references(&head, "/F") {
            fonts.insert(name, glyphs(&objects, number).unwrap_or_default());
        }
        let content = number_after(&head, "/Contents ").context("a page without content")?;
        draw(&String::from_utf8_lossy(&stream(&objects, content)?), &fonts, &mut text);
    }
    Ok(text)
}

/// How many sheets of paper it takes.
pub fn pages(bytes: &[u8]) -> usize {
    objects(bytes).values().filter(|object| is_page(object)).count()
}

fn is_page(object: &[u8]) -> bool {
    find(object, b"/Type /Page\n").is_some()
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// Objects by number, each from after `obj` to `endobj`.
fn objects(bytes: &[u8]) -> HashMap<u32, &[u8]> {
    let mut all = HashMap::new();
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], b" 0 obj\n") {
        let begin = at + found;
        let digits = bytes[..begin].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let number = std::str::from_utf8(&bytes[begin - digits..begin]).ok().and_then(|n| n.parse().ok());
        let body = begin + b" 0 obj\n".len();
        let Some(end) = find(&bytes[body..], b"endobj") else { break };
        if let Some(number) = number {
            all.insert(number, &bytes[body..body + end]);
        }
        at = body + end;
    }
    all
}

fn number_after(text: &str, word: &str) -> Option<u32> {
    let rest = &text[text.find(word)? + word.len()..];
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// `/F4 12 0 R`: the name without its slash, and the object.
fn references(text: &str, prefix: &str) -> Vec<(String, u32)> {
    let words: Vec<&str> = text.split(['\n', ' ', '<', '>']).filter(|word| !word.is_empty()).collect();
    words
        .windows(4)
        .filter(|w| w[0].starts_with(prefix) && w[2] == "0" && w[3].starts_with('R'))
        .filter_map(|w| Some((w[0][1..].to_owned(), w[1].parse().ok()?)))
        .collect()
}

fn stream(objects: &HashMap<u32, &[u8]>, number: u32) -> Result<Vec<u8>> {
    let object = objects.get(&number).context("no such object")?;
    let begin = find(object, b"stream\n").context("no stream")?;
    let head = String::from_utf8_lossy(&object[..begin]).into_owned();
    let length = number_after(&head, "/Length ").context("no length")? as usize;
    let data = object.get(begin + 7..begin + 7 + length).context("a stream that is cut off")?;
    if !head.contains("FlateDecode") {
        return Ok(data.to_vec());
    }
    let mut plain = Vec::new();
    flate2::read::ZlibDecoder::new(data).read_to_end(&mut plain)?;
    Ok(plain)
}

/// What the codes of a font mean, and how many hexadecimal digits one has.
#[derive(Default)]
struct Glyphs {
    digits: usize,
    means: HashMap<u32, String>,
}

fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

/// UTF-16 as hexadecimal digits.
fn utf16(text: &str) -> String {
    let units: Vec<u16> = text
        .as_bytes()
        .chunks(4)
        .filter_map(|chunk| u16::from_str_radix(std::str::from_utf8(chunk).ok()?, 16).ok())
        .collect();
    String::from_utf16_lossy(&units)
}

fn glyphs(objects: &HashMap<u32, &[u8]>, font: u32) -> Option<Glyphs> {
    let head = String::from_utf8_lossy(objects.get(&font)?).into_owned();
    let map = stream(objects, number_after(&head, "/ToUnicode ")?).ok()?;
    let map = String::from_utf8_lossy(&map).into_owned();
    let mut glyphs = Glyphs::default();
    let mut ranges = false;
    for line in map.lines() {
        let codes: Vec<&str> = line.split(['<', '>', ' ']).filter(|part| !part.is_empty()).collect();
        match line {
            _ if line.ends_with("beginbfchar") => ranges = false,
            _ if line.ends_with("beginbfrange") => ranges = true,
            _ if !line.starts_with('<') || line.starts_with("<<") => {}
            _ if glyphs.digits == 0 => glyphs.digits = codes.first()?.len(),
            _ if ranges && codes.len() == 3 => {
                let (from, to, first) = (hex(codes[0])?, hex(codes[1])?, hex(codes[2])?);
                for code in from..=to {
                    let c = char::from_u32(first + code - from)?;
                    glyphs.means.insert(code, c.to_string());
                }
            }
            _ if codes.len() == 2 => {
                glyphs.means.insert(hex(codes[0])?, utf16(codes[1]));
            }
            _ => {}
        }
    }
    Some(glyphs)
}

/// Follows the fonts chosen and the strings drawn.
fn draw(content: &str, fonts: &HashMap<String, Glyphs>, out: &mut String) {
    let mut font = None;
    for line in content.lines() {
        if line.ends_with(" Tf") {
            font = line.trim_start_matches('/').split(' ').next().and_then(|name| fonts.get(name));
        }
        let Some(glyphs) = font.filter(|_| line.ends_with("Tj") || line.ends_with("TJ")) else { continue };
        for part in line.split('<').skip(1) {
            let codes = part.split('>').next().unwrap_or_default();
            for at in (0..codes.len()).step_by(glyphs.digits.max(1)) {
                let code = codes.get(at..at + glyphs.digits).and_then(hex);
                if let Some(meaning) = code.and_then(|code| glyphs.means.get(&code)) {
                    out.push_str(meaning);
                }
            }
        }
    }
}
