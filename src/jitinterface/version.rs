//! The releases whose interface we know, one record each, and finding out which one loaded us.
//!
//! A plug-in must answer the exact interface GUID or the runtime ends the process, so the record has to be right before
//! the first question. The runtime's image contains the 16 bytes of the GUID that it expects, in a read-only segment:
//! [`detect`] finds the image that holds the host object's functions and looks for each known GUID there. The GUID is
//! what decides the interface, so this is stronger than reading a version text.

use super::helpers::{HELPERS_9, HELPERS_10, HelperTable};
use super::slots::{SLOTS_9, SLOTS_10, SlotTable};
use super::structs::EeInfoLayout;
use crate::target::{Arch, CpuFeatures};

/// Everything that differs between releases on the binary interface.
pub struct RuntimeVersion {
    /// Name in reports.
    pub name: &'static str,
    /// Interface GUID as it stands in memory.
    pub guid: [u8; 16],
    /// Where each question stands.
    pub slots: &'static SlotTable,
    /// Helper numbers.
    pub helpers: &'static HelperTable,
    /// Configuration strings are UTF-16 (else UTF-8).
    pub utf16_config: bool,
    /// `getHelperFtn` fills a lookup (else it returns the address or fills a cell pointer).
    pub helper_by_lookup: bool,
    /// Layout of `CORINFO_EE_INFO`.
    pub ee_info: EeInfoLayout,
    /// JIT flag 14 means a runtime-async body.
    pub async_flag: bool,
    /// Instruction-set flags of AVX2 and AVX512F on x64.
    pub wide_flags: [u32; 2],
    /// What code may use on x64, by the instruction-set flags (a mask) that it takes. Without AVX2: nothing cleans the upper halves of
    /// registers, so vectors of 32 bytes are in pieces.
    pub x64_features: &'static [(u64, CpuFeatures)],
}

/// The same on arm64, in every release.
const ARM64_FEATURES: [(u64, CpuFeatures); 1] = [(1 << 9, CpuFeatures::LSE)];

impl RuntimeVersion {
    /// What code may use on `arch`, by the first word of instruction-set flags.
    pub fn features(&self, arch: Arch, flags: u64) -> CpuFeatures {
        let table = match arch {
            Arch::X64 => self.x64_features,
            Arch::Arm64 => &ARM64_FEATURES,
        };
        let there = table.iter().filter(|(mask, _)| flags & mask == *mask);
        there.fold(CpuFeatures::empty(), |all, (_, f)| all | *f)
    }
}

/// .NET 9.0.
pub static NET_9: RuntimeVersion = RuntimeVersion {
    name: "net9",
    guid: [
        0x78, 0x8A, 0x21, 0xD6, 0x34, 0x9A, 0x6F, 0x4C, 0x8D, 0xB5, 0x07, 0x7A, 0x06, 0x02, 0x2F,
        0xAE,
    ],
    slots: &SLOTS_9,
    helpers: &HELPERS_9,
    utf16_config: true,
    helper_by_lookup: false,
    ee_info: EeInfoLayout {
        delegate_instance: 52,
        page_size: 72,
    },
    async_flag: false,
    wide_flags: [9, 24],
    x64_features: &[
        (1 << 7 | 1 << 16, CpuFeatures::SSE42),
        (1 << 8, CpuFeatures::AVX),
        (1 << 11 | 1 << 12, CpuFeatures::BMI),
        (1 << 13, CpuFeatures::FMA),
        (1 << 14, CpuFeatures::LZCNT),
    ],
};

/// .NET 10.0.
pub static NET_10: RuntimeVersion = RuntimeVersion {
    name: "net10",
    guid: [
        0x56, 0xBC, 0x8C, 0x7A, 0x19, 0x9E, 0x21, 0x43, 0x80, 0xB9, 0xA0, 0xD2, 0xC5, 0x78, 0xC9,
        0x45,
    ],
    slots: &SLOTS_10,
    helpers: &HELPERS_10,
    utf16_config: false,
    helper_by_lookup: true,
    ee_info: EeInfoLayout {
        delegate_instance: 44,
        page_size: 64,
    },
    async_flag: true,
    wide_flags: [4, 5],
    x64_features: &[
        (1 << 2, CpuFeatures::SSE42),
        (1 << 3, CpuFeatures::AVX),
        (
            1 << 4,
            CpuFeatures::BMI
                .union(CpuFeatures::FMA)
                .union(CpuFeatures::LZCNT),
        ),
    ],
};

/// Every known release, newest first.
pub static VERSIONS: [&RuntimeVersion; 2] = [&NET_10, &NET_9];

/// The release whose runtime contains the function at `code_address`; `None` if its image cannot be found or holds no
/// known GUID.
pub fn detect(code_address: usize) -> Option<&'static RuntimeVersion> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let segments = image_segments(&maps, code_address);
    segments.into_iter().find_map(|(start, end)| {
        // SAFETY: the range is a readable mapping of an image that is loaded for the life of the process (it holds the
        // code that called us), and plain integers are read from it.
        let words = unsafe {
            std::slice::from_raw_parts(
                std::ptr::with_exposed_provenance::<[u8; 4]>(start),
                (end - start) / 4,
            )
        };
        find_guid(words)
    })
}

/// The file of the image that holds the function at `code_address`.
pub(super) fn image_path(code_address: usize) -> Option<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let mut lines = maps.lines().filter_map(parse_line);
    let line = lines.find(|l| l.start <= code_address && code_address < l.end)?;
    (!line.path.is_empty()).then(|| line.path.to_owned())
}

/// The release whose GUID stands in `words`, four bytes each, at a multiple of four as a GUID is aligned.
fn find_guid(words: &[[u8; 4]]) -> Option<&'static RuntimeVersion> {
    for (i, first) in words.iter().enumerate() {
        for v in VERSIONS {
            if first[..] == v.guid[..4]
                && words
                    .get(i..i + 4)
                    .is_some_and(|w| w.as_flattened() == v.guid)
            {
                return Some(v);
            }
        }
    }
    None
}

/// The read-only, never-written ranges of the file that is mapped at `address`, from the text of `/proc/self/maps`.
fn image_segments(maps: &str, address: usize) -> Vec<(usize, usize)> {
    let lines: Vec<_> = maps.lines().filter_map(parse_line).collect();
    let Some(image) = lines
        .iter()
        .find(|l| l.start <= address && address < l.end && !l.path.is_empty())
    else {
        return Vec::new();
    };
    lines
        .iter()
        .filter(|l| l.path == image.path && l.perms.starts_with("r-"))
        .map(|l| (l.start, l.end))
        .collect()
}

struct MapLine<'a> {
    start: usize,
    end: usize,
    perms: &'a str,
    path: &'a str,
}

fn parse_line(line: &str) -> Option<MapLine<'_>> {
    let mut words = line.split_ascii_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let perms = words.next()?;
    let path = line.find('/').map_or("", |at| &line[at..]);
    Some(MapLine {
        start: usize::from_str_radix(start, 16).ok()?,
        end: usize::from_str_radix(end, 16).ok()?,
        perms,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_image_around_an_address() {
        let maps = "\
1000-2000 r--p 00000000 08:01 7   /x/libcoreclr.so
2000-3000 r-xp 00001000 08:01 7   /x/libcoreclr.so
3000-4000 rw-p 00002000 08:01 7   /x/libcoreclr.so
4000-5000 r--p 00000000 08:01 8   /x/other.so
6000-7000 rw-p 00000000 00:00 0
";
        assert_eq!(
            image_segments(maps, 0x2345),
            [(0x1000, 0x2000), (0x2000, 0x3000)]
        );
        assert!(image_segments(maps, 0x6500).is_empty());
    }

    #[test]
    fn finds_a_guid() {
        let mut image = vec![[0u8; 4]; 64];
        assert!(find_guid(&image).is_none());
        for (i, w) in NET_9.guid.chunks(4).enumerate() {
            image[60 + i].copy_from_slice(w);
        }
        assert_eq!(find_guid(&image).map(|v| v.name), Some("net9"));
        image[63][3] ^= 1;
        assert!(find_guid(&image).is_none());
        assert!(find_guid(&image[..61]).is_none());
    }
}
