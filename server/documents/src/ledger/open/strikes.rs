//! What a workbook shows struck out: by the cell's style, or in parts of a text.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};

use quick_xml::events::Event;

use super::super::LedgerError;
use super::xml::{attribute, broken};

/// Styles and shared texts with something struck out.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    /// Numbers of cell styles, as the cells name them.
    pub styles: HashSet<String>,
    /// Number of a shared text to what is left of it.
    pub strings: HashMap<usize, String>,
}

impl Strikes {
    pub fn is_empty(&self) -> bool {
        self.styles.is_empty() && self.strings.is_empty()
    }

    pub fn is_style(&self, number: &str) -> bool {
        self.styles.contains(number)
    }
}

/// The numbers of the cell styles whose font is struck out.
pub(super) fn styles(xml: &[u8]) -> Result<HashSet<String>, LedgerError> {
    let mut found = HashSet::new();
    let mut reader = quick_xml::Reader::from_reader(xml);
    let mut buffer = Vec::new();
    let mut fonts: Vec<bool> = Vec::new();
    let (mut in_fonts, mut in_cells, mut number) = (false, false, 0usize);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "fonts" => in_fonts = true,
                "cellXfs" => in_cells = true,
                "font" if in_fonts => fonts.push(false),
                "strike" if in_fonts => {
                    let on = attribute(&element, "val").is_none_or(|val| !matches!(val.as_str(), "0" | "false"));
                    if let Some(font) = fonts.last_mut() {
                        *font = on;
                    }
                }
                "xf" if in_cells => {
                    let font = attribute(&element, "fontId").and_then(|id| id.parse::<usize>().ok());
                    if font.and_then(|font| fonts.get(font)).is_some_and(|strike| *strike) {
                        found.insert(number.to_string());
                    }
                    number += 1;
                }
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "fonts" => in_fonts = false,
                "cellXfs" => in_cells = false,
                _ => {}
            },
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// Shared texts of which a part is struck out, with what is left.
pub(super) fn strings(part: &mut impl Read) -> Result<HashMap<usize, String>, LedgerError> {
    let mut found = HashMap::new();
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    let (mut number, mut left, mut struck) = (0usize, String::new(), false);
    let (mut run_struck, mut in_text) = (false, false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "si" => {
                    left.clear();
                    struck = false;
                    run_struck = false;
                }
                "r" => run_struck = false,
                "strike" => {
                    run_struck = attribute(&element, "val").is_none_or(|val| !matches!(val.as_str(), "0" | "false"));
                    struck |= run_struck;
                }
                "t" => in_text = true,
                // Readings beside the characters are no text of the cell.
                "rPh" => run_struck = true,
                _ => {}
            },
            Event::Text(text) if in_text && !run_struck => left.push_str(&text),
            Event::GeneralRef(name) if in_text && !run_struck => {
                left.push(match &*name {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => ' ',
                });
            }
            Event::End(element) => match element.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => run_struck = false,
                "si" => {
                    if struck {
                        found.insert(number, left.clone());
                    }
                    number += 1;
                }
                _ => {}
            },
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_text() {
        let xml =
            b"<sst><si><t>a</t></si><si><r><rPr><strike/></rPr><t>old</t></r><r><t>new &amp; x</t></r></si></sst>";
        let found = strings(&mut &xml[..]).unwrap();
        assert_eq!(found, HashMap::from([(1, "new & x".to_owned())]));
    }

    #[test]
    fn fonts() {
        let xml = b"<styleSheet><fonts><font/><font><strike/></font><font><strike val=\"0\"/></font></fonts>\
            <cellStyleXfs><xf fontId=\"1\"/></cellStyleXfs><cellXfs><xf fontId=\"0\"/><xf fontId=\"1\"/><xf fontId=\"2\"/></cellXfs></styleSheet>";
        assert_eq!(styles(xml).unwrap(), HashSet::from(["1".to_owned()]));
    }
}
