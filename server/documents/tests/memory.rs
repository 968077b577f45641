//! The largest picture that is taken, and one that is too large, in bounded memory. By itself in its process, so that the
//! kernel's account of it is of nothing else.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::Cursor;

use documents::upload::{UploadError, check};
use image::{ImageFormat, RgbImage};

/// Most memory that the process has held so far, in MiB, as the kernel tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, image::Rgb([200, 200, 200])).write_to(&mut out, ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

#[test]
fn pictures_take_bounded_memory() {
    // Made small in memory: the header alone says how large it would be.
    let mut large = jpeg(1_000, 700);
    let at = large.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    large[at + 5..at + 9].copy_from_slice(&[0x1b, 0x58, 0x2e, 0xe0]);
    assert_eq!(check("a.jpg", &large), Err(UploadError::Dimensions));
    let Some(before) = peak() else { return };
    assert!(before < 120, "{before} MiB for a picture that is refused");
    let most = jpeg(8_000, 5_000);
    let Some(before) = peak() else { return };
    assert!(check("a.jpg", &most).is_ok());
    let after = peak().unwrap();
    assert!(after - before < 256, "{} MiB more for a picture of 40 megapixels", after - before);
}
