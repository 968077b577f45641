//! The little of XML that every part of a workbook's package asks for.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::super::LedgerError;

pub(super) fn broken(error: quick_xml::Error) -> LedgerError {
    match error {
        quick_xml::Error::Io(io) if io.kind() == std::io::ErrorKind::FileTooLarge => LedgerError::TooLarge,
        _ => LedgerError::Broken,
    }
}

pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Explicit1_0).ok()?.into_owned())
}

pub(super) fn each(xml: &[u8], mut take: impl FnMut(&BytesStart<'_>)) -> Result<(), LedgerError> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => take(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
