//! A test that both machines share: what [`Emit::encode_simple`] takes on, [`Emit::encode`] encodes to the same bytes.

use super::encoder::{CodeBuf, Emit, EncodeCx, FrameAccess, NearSlot, WINDOW};
use super::instr_desc::InstrDesc;
use crate::target::RegNum;

/// Random descriptors of forms `0..forms`, most of them with operands that some form takes; of those that make `sense`.
pub fn check<E: Emit>(forms: u16, base: RegNum, sense: impl Fn(&InstrDesc) -> bool) {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut below = move |n: u32| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as u32 % n
    };
    let offsets = [
        -8, 16, -128, -129, 127, 128, 4096, -4096, 32760, 65536, -3, 0,
    ];
    let cx = EncodeCx {
        frame: FrameAccess {
            base,
            offsets: &offsets,
        },
        frame_refs: &[(crate::emit::SlotId(0), 1 << 20)],
        wide_imms: &[1 << 40],
    };
    let slots: Vec<NearSlot> = offsets
        .iter()
        .map_while(|&at| E::near_slot(base, at))
        .collect();
    let numbers = [
        0, 0, 0, 1, 8, 31, 63, 64, 127, 128, -1, -128, -129, 255, 256, 4095, 4096, 65535,
    ];
    let mut whole = CodeBuf::default();
    let mut simple = [0; WINDOW];
    let mut taken = 0;
    for form in 0..forms {
        for _ in 0..2000 {
            let file = 32 * below(2) as u8;
            let mut reg = || match below(12) {
                0 => RegNum(below(64) as u8),
                1 => RegNum::NONE,
                2 | 3 => RegNum(0),
                4 => RegNum(4),
                5 => RegNum(below(32) as u8 | (32 - file)),
                _ => RegNum(below(32) as u8 | file),
            };
            let r = [reg(), reg(), reg(), reg()];
            let number = numbers[below(numbers.len() as u32) as usize];
            let d = InstrDesc {
                form,
                width: below(4) as u8 | [0, 0, 1, 2, below(8) as u8][below(5) as usize] << 4,
                extra: [0, 0, below(4), below(256)][below(4) as usize] as u8,
                r: if below(3) == 0 {
                    [r[0], r[1], RegNum(4), RegNum(0)]
                } else {
                    r
                },
                disp: match below(4) {
                    0 => number,
                    1 => below(offsets.len() as u32 + 1) as i32,
                    2 => (below(14) | below(300) << 16) as i32,
                    _ => below(1 << 16) as i32 - (1 << 15),
                },
                imm: [0, 0, number, below(1 << 16) as i32][below(4) as usize],
            };
            whole.clear();
            whole.reserve(64);
            let len = E::encode_simple(&d, &slots, &mut simple);
            if let (true, Some(len)) = (sense(&d), len) {
                taken += 1;
                assert_eq!(E::encode(&d, &cx, &mut whole), Ok(()), "{d:?}");
                assert_eq!(&simple[..len], whole.bytes(), "{d:?}");
                assert!(whole.fixups.is_empty() && E::jump_class(&d).is_none());
            }
        }
    }
    assert!(taken > forms as u32 * 20, "{taken} descriptors were simple");
}
