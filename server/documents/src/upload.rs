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
    #[error("照片的尺寸太大，长和宽都不要超过{MAX_SIDE}像素")]
    Dimensions,
    #[error("照片打不开，可能没有传完整，请重新拍照或另存后再传")]
    Broken,
    #[error("PDF里带有脚本、附件或打开时的动作，请打印成普通PDF后再传")]
    ActivePdf,
}

/// Longest side of a picture that is read, in pixels.
pub const MAX_SIDE: u32 = 12_000;
/// Longest side of a picture that is kept, in pixels.
const KEPT_SIDE: u32 = 2_400;
/// Memory for one picture while it is read, in bytes.
const MAX_MEMORY: u64 = 256 << 20;
const QUALITY: u8 = 85;

/// Names in a PDF that make it do something when it is opened (ISO 32000-1, 12.6).
const ACTIVE: [&[u8]; 7] =
    [b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/RichMedia", b"/XFA"];

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
        if ACTIVE.iter().any(|word| contains_name(bytes, word)) {
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

/// A name ends where a letter or digit does not follow: `/JS` is not in `/JSize`.
fn contains_name(bytes: &[u8], name: &[u8]) -> bool {
    bytes
        .windows(name.len())
        .enumerate()
        .any(|(at, found)| found == name && !bytes.get(at + name.len()).is_some_and(u8::is_ascii_alphanumeric))
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
    if width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_MEMORY {
        return Err(UploadError::Dimensions);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    if picture.width() > KEPT_SIDE || picture.height() > KEPT_SIDE {
        picture = picture.resize(KEPT_SIDE, KEPT_SIDE, image::imageops::FilterType::Triangle);
    }
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|_| UploadError::Broken)?;
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
    }

    /// A head that promises 30,000 x 30,000 pixels is refused before anything is drawn.
    #[test]
    fn a_bomb_is_refused_before_it_is_drawn() {
        let mut png = picture(ImageFormat::Png);
        png[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
        let sum = crc(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&sum);
        assert_eq!(check("a.png", &png), Err(UploadError::Dimensions));
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
