// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the service says of an image, checked before anything is asked for or written.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::FirmwareRequest;
use super::part::ENDINGS;
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::http::manage::Firmware;

/// What a segment of a path holds as it is (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest segment of a path, in bytes: file systems take 255, and a part's name is longer than its image's.
const LONGEST: usize = 240;

/// An MD5 digest.
pub(super) type Digest = [u8; 16];

/// An image that can be fetched.
#[derive(Debug)]
pub(super) struct Image {
    /// The firmware's number.
    pub(super) id: i64,
    /// The file's name: one segment.
    pub(super) name: String,
    /// The path on the host.
    pub(super) address: String,
    /// How many bytes it has, if that is announced.
    pub(super) size: Option<u64>,
    /// The most bytes that it may have.
    pub(super) most: u64,
    pub(super) digest: Option<Digest>,
}

impl Image {
    pub(super) fn new(firmware: &Firmware, request: &FirmwareRequest<'_>) -> Result<Image> {
        let path = firmware.image.as_deref().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        let name = segments.last().copied().unwrap_or_default().to_owned();
        if !segments.iter().all(|segment| is_plain(segment)) || ENDINGS.iter().any(|end| name.ends_with(end))
        {
            return Err(invalid(firmware, "has an image path that leads elsewhere, or none"));
        }
        let encoded: Vec<String> =
            segments.iter().map(|segment| utf8_percent_encode(segment, ENCODED).to_string()).collect();
        let address = format!("{}{}", request.media_prefix, encoded.join("/"));
        let (size, most) = (firmware.filesize, request.max_size);
        check_size(firmware, most)?;
        let digest = digest(firmware, request.allow_unchecked)?;
        Ok(Image { id: firmware.id, name, address, size, most, digest })
    }

    /// Whether a file of this length and digest is the image. Without a digest nothing is.
    pub(super) fn is(&self, length: u64, digest: Digest) -> bool {
        self.size.is_none_or(|size| size == length) && self.digest == Some(digest)
    }
}

/// Whether a segment names something in the folder before it, on the server as in the file system.
fn is_plain(segment: &str) -> bool {
    let stays = !matches!(segment, "" | "." | "..");
    stays
        && segment.len() <= LONGEST
        && !segment.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
}

fn check_size(firmware: &Firmware, most: u64) -> Result<()> {
    match firmware.filesize {
        Some(0) => Err(invalid(firmware, "has an image without a byte")),
        Some(size) if size > most => {
            let message = format!(
                "firmware {} has an image of {size} bytes, and the limit is {most}: raise it if that is right",
                firmware.id
            );
            Err(Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Decode))
        }
        _ => Ok(()),
    }
}

fn digest(firmware: &Firmware, allow_unchecked: bool) -> Result<Option<Digest>> {
    let text = firmware.md5_digest.as_deref().map(str::trim).unwrap_or_default();
    match from_hex(text) {
        Some(digest) => Ok(Some(digest)),
        None if text.is_empty() && allow_unchecked => Ok(None),
        None if text.is_empty() => Err(invalid(
            firmware,
            "has no digest, so its image cannot be checked: allow that, or upload it again",
        )),
        None => Err(invalid(firmware, "has a digest that is no MD5 digest")),
    }
}

fn from_hex(text: &str) -> Option<Digest> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

fn invalid(firmware: &Firmware, what: &str) -> Error {
    let message = format!("firmware {} {what}", firmware.id);
    Error::new(ErrorCode::InvalidAnswer, message).in_phase(Phase::Decode)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn image(image: &str, size: &str, digest: &str) -> Result<Image> {
        let firmware = serde_json::json!({"id": "7", "image": image, "filesize": size, "md5_digest": digest});
        let request = FirmwareRequest::new("n", "d", Path::new("/"));
        Image::new(&serde_json::from_value(firmware).unwrap(), &request)
    }

    const MD5: &str = "D41D8CD98F00B204E9800998ECF8427E";

    #[test]
    fn a_path_becomes_an_address_and_a_name() {
        let cases = [
            ("fw.bin", "/media/fw.bin", "fw.bin"),
            ("firmware/3/new fw+1.bin", "/media/firmware/3/new%20fw%2B1.bin", "new fw+1.bin"),
            ("%2e%2e/\u{e9}?#", "/media/%252e%252e/%C3%A9%3F%23", "\u{e9}?#"),
            (".../x", "/media/.../x", "x"),
        ];
        for (path, address, name) in cases {
            let image = image(path, "9", MD5).unwrap();
            assert_eq!((image.address.as_str(), image.name.as_str()), (address, name));
            assert_eq!((image.size, image.digest.unwrap()[0]), (Some(9), 0xd4));
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        let paths = [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../x",
            "a/./x",
            "a//x",
            "a/",
            "a/..",
            "a\\..\\x",
            "C:x",
            "a\nx",
            "x\0",
            "http://evil.invalid/x",
            "x.part",
            "x.part.json",
        ];
        for path in paths.into_iter().chain([&*"x".repeat(241)]) {
            assert_eq!(image(path, "9", MD5).unwrap_err().code(), ErrorCode::InvalidAnswer, "{path:?}");
        }
    }

    #[test]
    fn sizes_and_digests_that_make_no_sense_are_refused() {
        let code = |size, digest| image("x", size, digest).map_err(|error| error.code()).err();
        assert_eq!(code("1073741824", MD5), None);
        assert_eq!(code("None", MD5), None);
        assert_eq!(code("1073741825", MD5), Some(ErrorCode::AnswerTooLarge));
        assert_eq!(code("0", MD5), Some(ErrorCode::InvalidAnswer));
        for digest in
            ["None", "", "d41d", "+41d8cd98f00b204e9800998ecf8427e", &"0".repeat(64), &"\u{e9}".repeat(16)]
        {
            assert_eq!(code("9", digest), Some(ErrorCode::InvalidAnswer), "{digest}");
        }
    }
}
