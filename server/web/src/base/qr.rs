//! Codes that a phone's camera reads.

use app::pages::door::Qr;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// A QR code of medium correction with its quiet zone. `label`: what it is for, for who does not see it.
pub(crate) fn qr(text: &str, label: String) -> Option<Qr> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    Some(Qr { size: width + 2 * QUIET, path, label })
}
