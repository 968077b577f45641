//! The ciphers behind sealing: one small trait, two suites to choose from.
//!
//! International: XChaCha20-Poly1305 with HMAC-SHA-256. National: SM4-GCM
//! (GB/T 32907-2016 in the mode of RFC 8998) with HMAC-SM3 (GB/T 32905-2016).

use aead::{Aead, KeyInit, Payload};
use chacha20poly1305::XChaCha20Poly1305;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;

/// One authenticated cipher with the keyed hash that goes with it.
pub trait Suite: Send + Sync {
    /// Bytes of a key.
    fn key_len(&self) -> usize;
    /// Bytes of a nonce, which is used once with its key.
    fn nonce_len(&self) -> usize;
    /// Ciphertext and tag; `None` when key or nonce have another length.
    fn seal(&self, key: &[u8], nonce: &[u8], bound: &[u8], plain: &[u8]) -> Option<Vec<u8>>;
    /// The plain text; `None` when anything was changed.
    fn open(&self, key: &[u8], nonce: &[u8], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>>;
    /// Keyed hash of 32 bytes over the parts, one after another.
    fn mac(&self, key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32];
}

/// Which suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SuiteKind {
    /// XChaCha20-Poly1305 and HMAC-SHA-256.
    #[default]
    International,
    /// SM4-GCM and HMAC-SM3.
    National,
}

impl SuiteKind {
    pub const ALL: &'static [Self] = &[Self::International, Self::National];

    /// As in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::International => "xchacha20-poly1305",
            Self::National => "sm4-gcm",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// First byte of a sealed value; 0 is a value that is not sealed.
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::International => 1,
            Self::National => 2,
        }
    }

    pub(super) fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.byte() == byte)
    }

    pub fn suite(self) -> &'static dyn Suite {
        match self {
            Self::International => &International,
            Self::National => &National,
        }
    }
}

struct International;
struct National;

fn seal_with<C: KeyInit + Aead>(key: &[u8], nonce: &[u8], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let nonce = aead::Nonce::<C>::try_from(nonce).ok()?;
    cipher.encrypt(&nonce, Payload { msg, aad }).ok()
}

fn open_with<C: KeyInit + Aead>(key: &[u8], nonce: &[u8], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let nonce = aead::Nonce::<C>::try_from(nonce).ok()?;
    cipher.decrypt(&nonce, Payload { msg, aad }).ok()
}

impl Suite for International {
    fn key_len(&self) -> usize {
        32
    }

    fn nonce_len(&self) -> usize {
        24
    }

    fn seal(&self, key: &[u8], nonce: &[u8], bound: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        seal_with::<XChaCha20Poly1305>(key, nonce, bound, plain)
    }

    fn open(&self, key: &[u8], nonce: &[u8], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        open_with::<XChaCha20Poly1305>(key, nonce, bound, sealed)
    }

    fn mac(&self, key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
        // A key of 32 bytes is shorter than a block, so this is the HMAC of RFC 2104.
        let mut mac = Hmac::<Sha256>::new(&hmac::digest::Key::<Hmac<Sha256>>::from(block(key)));
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// GCM is written for any cipher of 128-bit blocks; RFC 8998 puts SM4 into it.
type Sm4Gcm = aes_gcm::AesGcm<Sm4, aead::consts::U12>;

impl Suite for National {
    fn key_len(&self) -> usize {
        16
    }

    fn nonce_len(&self) -> usize {
        12
    }

    fn seal(&self, key: &[u8], nonce: &[u8], bound: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        seal_with::<Sm4Gcm>(key, nonce, bound, plain)
    }

    fn open(&self, key: &[u8], nonce: &[u8], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        open_with::<Sm4Gcm>(key, nonce, bound, sealed)
    }

    fn mac(&self, key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sm3>::new(&hmac::digest::Key::<Hmac<Sm3>>::from(block(key)));
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// HMAC fills a short key up with zeros to the block of 64 bytes that both hashes have.
fn block(key: &[u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use sm3::Digest;
    use sm4::cipher::{Block, BlockCipherEncrypt};

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// GB/T 32905-2016, appendix A.
    #[test]
    fn sm3_is_the_standards() {
        assert_eq!(
            Sm3::digest(b"abc").to_vec(),
            hex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        );
        assert_eq!(
            Sm3::digest(b"abcd".repeat(16)).to_vec(),
            hex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
        );
    }

    /// GB/T 32907-2016, appendix A: once, and a million times.
    #[test]
    fn sm4_is_the_standards() {
        let key = hex("0123456789abcdeffedcba9876543210");
        let cipher = Sm4::new_from_slice(&key).unwrap();
        let mut block = Block::<Sm4>::try_from(&key[..]).unwrap();
        cipher.encrypt_block(&mut block);
        assert_eq!(block.to_vec(), hex("681edf34d206965e86b3e94f536e4246"));
        for _ in 1..1_000_000 {
            cipher.encrypt_block(&mut block);
        }
        assert_eq!(block.to_vec(), hex("595298c7c6fd271f0402f804c33d3f66"));
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_is_the_rfcs() {
        let key = hex("0123456789ABCDEFFEDCBA9876543210");
        let nonce = hex("00001234567800000000ABCD");
        let bound = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let plain = hex(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let sealed = hex(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735 D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D 83DE3541E4C2B58177E065A9BF7B62EC",
        );
        assert_eq!(National.seal(&key, &nonce, &bound, &plain).unwrap(), sealed);
        assert_eq!(National.open(&key, &nonce, &bound, &sealed).unwrap(), plain);
    }

    /// draft-irtf-cfrg-xchacha, appendix A.3.1.
    #[test]
    fn xchacha20_poly1305_is_the_drafts() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let nonce: Vec<u8> = (0x40..=0x57).collect();
        let bound = hex("50515253c0c1c2c3c4c5c6c7");
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = International.seal(&key, &nonce, &bound, plain).unwrap();
        assert_eq!(sealed[..16], hex("bd6d179d3e83d43b9576579493c0e939"));
        assert_eq!(sealed[sealed.len() - 16..], hex("c0875924c1c7987947deafd8780acf49"));
        assert_eq!(International.open(&key, &nonce, &bound, &sealed).unwrap(), plain);
    }

    /// RFC 4231 case 2 has a key shorter than 32 bytes, which padding to 32 does not change.
    #[test]
    fn marks_are_hmacs() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            International.mac(&key, &[b"what do ya want ", b"for nothing?"]).to_vec(),
            hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        );
        assert_ne!(National.mac(&key, &[b"x"]), International.mac(&key, &[b"x"]));
    }

    #[test]
    fn a_changed_bit_does_not_open() {
        for kind in SuiteKind::ALL {
            let suite = kind.suite();
            let (key, nonce) = (vec![1; suite.key_len()], vec![2; suite.nonce_len()]);
            let sealed = suite.seal(&key, &nonce, b"here", b"value").unwrap();
            assert_eq!(suite.open(&key, &nonce, b"here", &sealed).as_deref(), Some(&b"value"[..]));
            assert_eq!(suite.open(&key, &nonce, b"there", &sealed), None);
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert_eq!(suite.open(&key, &nonce, b"here", &changed), None);
            }
            assert_eq!(suite.seal(&key[1..], &nonce, b"", b""), None);
            assert_eq!(suite.seal(&key, &nonce[1..], b"", b""), None);
        }
    }
}
