//! Files that people send: known by their content, pictures drawn anew without what a camera adds.

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// A checked file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// MIME type by content.
    pub kind: &'static str,
    /// Ending that fits it, without a dot.
    pub ending: &'static str,
    pub bytes: Vec<u8>,
}

/// Why a file is not taken; the display is for the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    #[error("文件是空的，请重新选择")]
    Empty,
    #[error("只能上传照片（JPEG、PNG、WebP）或PDF，这个文件的内容不是其中一种")]
    Kind,
    #[error("文件的内容和文件名的后缀不一致，请用原来的后缀保存后再传")]
    Ending,
    #[error("照片的尺寸太大，最多{}万像素，请缩小后再传", MAX_PIXELS / 10_000)]
    Dimensions,
    #[error("照片打不开，可能没有传完整，请重新拍照或另存后再传")]
    Broken,
    #[error("PDF里带有脚本、附件或打开时的动作，请打印成普通PDF后再传")]
    ActivePdf,
}

/// Longest side of a picture that is read, in pixels.
const MAX_SIDE: u32 = 12_000;
/// Most pixels of one, as its header tells them.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Longest side of a picture that is kept, in pixels.
const KEPT_SIDE: u32 = 2_400;
/// Memory for one picture while it is read, in bytes.
const MAX_MEMORY: u64 = 256 << 20;
const QUALITY: u8 = 85;

/// Names in a PDF that make it do something, send something or hold another file (ISO 32000-1, 12.6 and 7.11.4).
const ACTIVE: [&[u8]; 16] = [
    b"JavaScript",
    b"JS",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"OpenAction",
    b"AA",
    b"RichMedia",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
    b"GoToR",
    b"GoToE",
    b"Rendition",
    b"Movie",
    b"Encrypt",
];
/// Most bytes of a PDF's compressed objects that are looked into.
const MAX_OBJECTS: u64 = 32 << 20;

/// Checks a file by content against its name and makes it harmless. Costs time
/// and memory: not for the event loop.
///
/// # Errors
/// See [`UploadError`].
pub fn check(name: &str, bytes: &[u8]) -> Result<Checked, UploadError> {
    if bytes.is_empty() {
        return Err(UploadError::Empty);
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let fits = |endings: &[&str]| if endings.contains(&ending.as_str()) { Ok(()) } else { Err(UploadError::Ending) };
    if bytes.starts_with(b"%PDF-") {
        fits(&["pdf"])?;
        if is_active(bytes) {
            return Err(UploadError::ActivePdf);
        }
        return Ok(Checked { kind: "application/pdf", ending: "pdf", bytes: bytes.to_vec() });
    }
    let Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) = image::guess_format(bytes) else {
        return Err(UploadError::Kind);
    };
    fits(match format {
        ImageFormat::Jpeg => &["jpg", "jpeg"],
        ImageFormat::Png => &["png"],
        _ => &["webp"],
    })?;
    let drawn = redraw(bytes, format)?;
    Ok(Checked { kind: "image/jpeg", ending: "jpg", bytes: drawn })
}

/// Whether a PDF does more than show pages. What cannot be looked into is taken for active.
fn is_active(bytes: &[u8]) -> bool {
    names_active(bytes) || compressed_objects(bytes).is_none_or(|objects| objects.iter().any(|text| names_active(text)))
}

/// Whether one of the names stands in a text of PDF objects, also written with `#` and two digits (7.3.5).
fn names_active(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut name = Vec::new();
    while let Some(at) = rest.iter().position(|byte| *byte == b'/') {
        rest = &rest[at + 1..];
        name.clear();
        let mut at = 0;
        while let Some(byte) = rest.get(at).copied().filter(|byte| is_regular(*byte)) {
            let escaped = (byte == b'#').then(|| std::str::from_utf8(rest.get(at + 1..at + 3)?).ok()).flatten();
            match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(byte) => {
                    name.push(byte);
                    at += 3;
                }
                None => {
                    name.push(byte);
                    at += 1;
                }
            }
            if name.len() > 40 {
                break;
            }
        }
        if ACTIVE.contains(&name.as_slice()) {
            return true;
        }
    }
    false
}

/// Whether a byte may stand in a name: neither white space nor a delimiter (7.2.2).
fn is_regular(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && byte != 0 && !b"()<>[]{}/%".contains(&byte)
}

/// The objects that a PDF keeps in compressed streams (7.5.7); none where they do not unpack or are too much.
fn compressed_objects(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    use std::io::Read;
    let mut found = Vec::new();
    let mut left = MAX_OBJECTS;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"ObjStm") {
        rest = &rest[at + 6..];
        let start = find(rest, b"stream")? + 6;
        let head = &rest[..start];
        let body = rest.get(start..)?;
        let body = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n")).unwrap_or(body);
        let end = find(body, b"endstream")?;
        let mut text = Vec::new();
        if find(head, b"FlateDecode").is_some() || body.first() == Some(&0x78) {
            let mut unpacked = flate2::read::ZlibDecoder::new(&body[..end]).take(left + 1);
            // A stream may end early and still say much.
            let _ = unpacked.read_to_end(&mut text);
            if text.is_empty() {
                return None;
            }
        } else {
            text.extend_from_slice(&body[..end]);
        }
        left = left.checked_sub(text.len() as u64)?;
        found.push(text);
        rest = &body[end..];
    }
    Some(found)
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|found| found == word)
}

/// The picture itself and nothing beside it: no place, no time, no camera, no
/// thumbnail, no text. Turned as the camera was held.
fn redraw(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, UploadError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return Err(UploadError::Dimensions);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    // Made small first: what comes after has little to copy.
    if picture.width() > KEPT_SIDE || picture.height() > KEPT_SIDE {
        picture = picture.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    picture.apply_orientation(orientation);
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, QUALITY);
    picture.into_rgb8().write_with_encoder(encoder).map_err(|_| UploadError::Broken)?;
    Ok(out)
}

fn refused(error: image::ImageError) -> UploadError {
    match error {
        image::ImageError::Limits(_) => UploadError::Dimensions,
        _ => UploadError::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = image::RgbImage::from_fn(64, 48, |x, y| {
            image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 9])
        });
        DynamicImage::ImageRgb8(picture).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// An APP1 segment as cameras write it, with a place in it.
    fn with_place(jpeg: &[u8]) -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0GPSLatitude 39.125 117.190 XIAOMI".to_vec();
        exif.extend([0; 8]);
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let mut out = jpeg[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(length);
        out.extend(exif);
        out.extend(&jpeg[2..]);
        out
    }

    #[test]
    fn pictures_lose_what_a_camera_adds() {
        let sent = with_place(&picture(ImageFormat::Jpeg));
        let kept = check("a.JPG", &sent).unwrap();
        assert_eq!((kept.kind, kept.ending), ("image/jpeg", "jpg"));
        let text = String::from_utf8_lossy(&kept.bytes);
        assert!(!text.contains("GPS") && !text.contains("XIAOMI") && !text.contains("Exif"));
        let again = image::load_from_memory(&kept.bytes).unwrap();
        assert_eq!((again.width(), again.height()), (64, 48));
        assert_eq!(check("a.png", &picture(ImageFormat::Png)).unwrap().kind, "image/jpeg");
    }

    #[test]
    fn a_type_is_known_by_content() {
        assert_eq!(check("a.png", &picture(ImageFormat::Jpeg)), Err(UploadError::Ending));
        assert_eq!(check("a.jpg.exe", &picture(ImageFormat::Jpeg)), Err(UploadError::Ending));
        for (name, bytes) in [
            ("a.svg", &b"<svg onload=alert(1)>"[..]),
            ("a.html", b"<html>"),
            ("a.jpg", b"GIF89a"),
            ("a.exe", b"MZ\x90"),
            ("a.docx", b"PK\x03\x04"),
        ] {
            assert_eq!(check(name, bytes), Err(UploadError::Kind), "{name}");
        }
        assert_eq!(check("a.jpg", b""), Err(UploadError::Empty));
        assert_eq!(check("a.jpg", &picture(ImageFormat::Jpeg)[..200]), Err(UploadError::Broken));
        assert_eq!(check("a.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>").unwrap().kind, "application/pdf");
        assert_eq!(check("a.pdf", b"%PDF-1.7\n<</OpenAction 2 0 R>>"), Err(UploadError::ActivePdf));
        assert!(check("a.pdf", b"%PDF-1.7\n<</JSize 2>>").is_ok());
        for active in [
            "<</S/Java#53cript>>",
            "<</S/#4a#53 (x)>>",
            "<</AA<</O 3 0 R>>>>",
            "<</S/SubmitForm/F(http://x)>>",
            "<</Names<</EmbeddedFiles 1 0 R>>>>",
            "trailer<</Encrypt 5 0 R>>",
        ] {
            let pdf = format!("%PDF-1.7\n1 0 obj{active}endobj");
            assert_eq!(check("a.pdf", pdf.as_bytes()), Err(UploadError::ActivePdf), "{active}");
        }
        for quiet in ["<</Type/Page/AAA 1>>", "<</Title(a/AAb)>>", "<</Type/Font/Name/F#23>>"] {
            let pdf = format!("%PDF-1.7\n1 0 obj{quiet}endobj");
            assert!(check("a.pdf", pdf.as_bytes()).is_ok(), "{quiet}");
        }
    }

    /// Objects in a compressed stream are looked into; a stream that does not unpack hides something.
    #[test]
    fn compressed_objects_hide_nothing() {
        use std::io::Write;
        let packed = |objects: &[u8]| {
            let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(objects).unwrap();
            let mut pdf = b"%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n".to_vec();
            pdf.extend(packer.finish().unwrap());
            pdf.extend(b"\nendstream endobj");
            pdf
        };
        assert!(check("a.pdf", &packed(b"1 0 <</Type/Page>>")).is_ok());
        assert_eq!(check("a.pdf", &packed(b"1 0 <</S/JavaScript/JS(x)>>")), Err(UploadError::ActivePdf));
        let mut torn = packed(b"1 0 <</Type/Page>>");
        let at = find(&torn, b"stream\n").unwrap() + 7;
        torn[at] = 0;
        assert_eq!(check("a.pdf", &torn), Err(UploadError::ActivePdf));
        // Ten thousand times larger than it looks.
        assert_eq!(check("a.pdf", &packed(&vec![b' '; 40 << 20])), Err(UploadError::ActivePdf));
    }

    /// A head that promises too many pixels is refused before anything is drawn.
    #[test]
    fn a_bomb_is_refused_before_it_is_drawn() {
        for (width, height) in [(30_000_u32, 30_000_u32), (12_000, 7_000), (6_400, 6_400)] {
            let mut png = picture(ImageFormat::Png);
            png[16..20].copy_from_slice(&width.to_be_bytes());
            png[20..24].copy_from_slice(&height.to_be_bytes());
            let sum = crc(&png[12..29]).to_be_bytes();
            png[29..33].copy_from_slice(&sum);
            assert_eq!(check("a.png", &png), Err(UploadError::Dimensions), "{width} x {height}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 2_000, ..Default::default() })]

        /// Whatever is sent is taken or refused.
        #[test]
        fn any_file_is_taken_or_refused(
            head in proptest::sample::select(vec![&b"%PDF-1.7\n"[..], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b""]),
            rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600),
            name in proptest::sample::select(vec!["a.pdf", "a.png", "a.jpg", "a.webp"]),
        ) {
            let _ = check(name, &[head, &rest].concat());
        }

        /// A picture in which bytes were changed, too.
        #[test]
        fn a_changed_picture_is_taken_or_refused(
            format in proptest::sample::select(vec![ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP]),
            changes in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), proptest::prelude::any::<u8>()), 1..8),
        ) {
            let mut bytes = picture(format);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            for name in ["a.png", "a.jpg", "a.webp"] {
                let _ = check(name, &bytes);
            }
        }

        /// Words of PDF in any order.
        #[test]
        fn any_pdf_is_taken_or_refused(words in proptest::collection::vec(proptest::sample::select(vec![
            "obj", "<<", ">>", "stream\n", "endstream", "/ObjStm", "/FlateDecode", "/#4", "/#4a", "#", "/", "(", ")", "x\u{9c}", "%",
        ]), 0..60)) {
            let _ = check("a.pdf", format!("%PDF-1.7 {}", words.concat()).as_bytes());
        }
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |mut crc, byte| {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
            crc
        })
    }
}
