//! Worked examples, random frames through every writer and unwinder, and an independent reader for DWARF.

use super::dwarf_cfi::{CodePointers, DWARF_ARM64, DWARF_X64, DwarfIsa, EhFrameWriter};
use super::simulate::*;
use super::win_arm64::WinArm64Writer;
use super::*;
use gimli::UnwindSection;
use proptest::prelude::*;

const RBX: u8 = 3;
const RBP: u8 = 5;
const FP: u8 = 29;
const LR: u8 = 30;

fn step(offset: u32, op: UnwindOp) -> UnwindStep {
    UnwindStep { offset, op }
}

fn prolog_only(prolog: &[UnwindStep]) -> UnwindInfoInput<'_> {
    let prolog_end = prolog.last().map_or(0, |step| step.offset);
    UnwindInfoInput {
        start: 0,
        end: prolog_end + 64,
        prolog_end,
        prolog,
        epilogs: &[],
        epilog_steps: &[],
    }
}

#[test]
fn x64_worked_example() {
    // push rbp; push r15; push rbx; sub rsp, 0x30
    let prolog = [
        step(1, UnwindOp::PushReg(RBP)),
        step(3, UnwindOp::PushReg(15)),
        step(4, UnwindOp::PushReg(RBX)),
        step(8, UnwindOp::AllocStack(0x30)),
    ];
    let mut out = Vec::new();
    win_x64::write(&prolog_only(&prolog), true, &mut out).unwrap();
    assert_eq!(
        out,
        [
            0x01, 8, 4, 0, 0x08, 0x52, 0x04, 0x30, 0x03, 0xF0, 0x01, 0x50
        ]
    );
}

#[test]
fn x64_large_frame_offset_example() {
    // Six pushes, an allocation of 248, rbp = rsp + 288.
    let mut prolog: Vec<UnwindStep> = [(1, RBP), (3, 15), (5, 14), (7, 13), (9, 12), (10, RBX)]
        .map(|(at, reg)| step(at, UnwindOp::PushReg(reg)))
        .into();
    prolog.push(step(17, UnwindOp::AllocStack(248)));
    prolog.push(step(
        28,
        UnwindOp::SetFrameReg {
            reg: RBP,
            offset: 288,
        },
    ));
    let mut out = Vec::new();
    win_x64::write(&prolog_only(&prolog), true, &mut out).unwrap();
    let expected = [
        0x01, 0x1c, 0x0b, 0xf5, 0x1c, 0x0b, 0x12, 0, 0, 0, 0x11, 0x01, 0x1f, 0x00, 0x0a, 0x30,
        0x09, 0xc0, 0x07, 0xd0, 0x05, 0xe0, 0x03, 0xf0, 0x01, 0x50,
    ];
    assert_eq!(out, expected);
    // Windows has no code for this.
    let mut out = vec![7];
    let result = win_x64::write(&prolog_only(&prolog), false, &mut out);
    assert_eq!(result, Err(UnwindError::NotEncodable(prolog[7].op)));
    assert_eq!(out, [7]);
}

#[test]
fn x64_refuses_what_the_format_cannot_say() {
    let refuse = |prolog: &[UnwindStep]| {
        win_x64::write(&prolog_only(prolog), true, &mut Vec::new()).unwrap_err()
    };
    assert_eq!(
        refuse(&[step(256, UnwindOp::PushReg(3))]),
        UnwindError::PrologTooLong(256)
    );
    let odd = UnwindOp::AllocStack(12);
    assert_eq!(refuse(&[step(4, odd)]), UnwindError::NotEncodable(odd));
    let save = UnwindOp::SaveReg { reg: 3, offset: 8 };
    assert_eq!(
        refuse(&[step(4, save), step(8, UnwindOp::AllocStack(16))]),
        UnwindError::SaveBeforeAllocation(save)
    );
    assert_eq!(
        refuse(&[step(4, UnwindOp::PushReg(3)), step(4, UnwindOp::PushReg(5))]),
        UnwindError::Order(4)
    );
    let pair = UnwindOp::SaveRegPair {
        first: 19,
        second: 20,
        offset: 0,
    };
    assert_eq!(refuse(&[step(4, pair)]), UnwindError::NotEncodable(pair));
}

#[test]
fn arm64_usual_frame_shares_its_codes() {
    // stp fp,lr,[sp,-64]!; stp x19,x20,[sp,16]; stp x21,x22,[sp,32]; mov fp,sp ... and the reverse, but for the mov.
    let pair = |first, offset| UnwindOp::SaveRegPair {
        first,
        second: first + 1,
        offset,
    };
    let push = UnwindOp::SaveRegPairPreIndexed {
        first: FP,
        second: LR,
        size: 64,
    };
    let prolog = [
        step(4, push),
        step(8, pair(19, 16)),
        step(12, pair(21, 32)),
        step(16, UnwindOp::SetFrameReg { reg: FP, offset: 0 }),
    ];
    let epilog_steps = [
        step(84, pair(21, 32)),
        step(88, pair(19, 16)),
        step(92, push),
    ];
    let epilogs = [EpilogScope {
        start: 80,
        end: 96,
        first_step: 0,
        step_count: 3,
    }];
    let input = UnwindInfoInput {
        start: 0,
        end: 96,
        prolog_end: 16,
        prolog: &prolog,
        epilogs: &epilogs,
        epilog_steps: &epilog_steps,
    };
    let mut out = Vec::new();
    WinArm64Writer::new().write(&input, &mut out).unwrap();
    // Length 24 words, E, the epilog begins at code 1, two code words: set_fp, save_next, save_regp x19, save_fplr_x, end.
    assert_eq!(
        out[..4],
        (24u32 | 1 << 21 | 1 << 22 | 2 << 27).to_le_bytes()
    );
    assert_eq!(out[4..], [0xE1, 0xE6, 0xC8, 0x02, 0x87, 0xE4, 0xE4, 0xE4]);
    // Not at the function's end, it gets a scope word.
    let input = UnwindInfoInput { end: 100, ..input };
    out.clear();
    WinArm64Writer::new().write(&input, &mut out).unwrap();
    assert_eq!(out[..4], (25u32 | 1 << 22 | 2 << 27).to_le_bytes());
    assert_eq!(out[4..8], (20u32 | 1 << 22).to_le_bytes());
}

#[test]
fn arm64_refuses_what_the_format_cannot_say() {
    let refuse = |op: UnwindOp| {
        let prolog = [step(4, op)];
        WinArm64Writer::new().write(&prolog_only(&prolog), &mut Vec::new())
    };
    for op in [
        UnwindOp::PushReg(19),
        UnwindOp::AllocStack(8),
        UnwindOp::AllocStack(1 << 28),
        UnwindOp::SaveRegPair {
            first: 19,
            second: 20,
            offset: 512,
        },
        UnwindOp::SaveRegPair {
            first: 19,
            second: 21,
            offset: 0,
        },
        UnwindOp::SaveReg { reg: 8, offset: 0 },
        UnwindOp::SaveFloat { reg: 7, offset: 0 },
        UnwindOp::SaveFloatPair {
            first: 15,
            offset: 0,
        },
        UnwindOp::SaveRegPairPreIndexed {
            first: FP,
            second: LR,
            size: 528,
        },
        UnwindOp::SetFrameReg {
            reg: FP,
            offset: 2048,
        },
        UnwindOp::SetFrameReg { reg: 28, offset: 0 },
    ] {
        assert_eq!(refuse(op), Err(UnwindError::NotEncodable(op)));
    }
    let prolog = [step(6, UnwindOp::AllocStack(16))];
    let input = UnwindInfoInput {
        end: 64,
        ..prolog_only(&prolog)
    };
    assert_eq!(
        WinArm64Writer::new().write(&input, &mut Vec::new()),
        Err(UnwindError::Misaligned(6))
    );
}

#[test]
fn many_epilogs_take_the_extended_header() {
    let push = UnwindOp::SaveRegPairPreIndexed {
        first: FP,
        second: LR,
        size: 32,
    };
    let prolog = [
        step(4, push),
        step(8, UnwindOp::SetFrameReg { reg: FP, offset: 0 }),
    ];
    let epilogs: Vec<EpilogScope> = (0..61u32)
        .map(|k| EpilogScope {
            start: 16 + 16 * k,
            end: 24 + 16 * k,
            first_step: k,
            step_count: 1,
        })
        .collect();
    let epilog_steps: Vec<UnwindStep> = epilogs
        .iter()
        .map(|epilog| step(epilog.start + 4, push))
        .collect();
    let input = UnwindInfoInput {
        start: 0,
        end: 1000,
        prolog_end: 8,
        prolog: &prolog,
        epilogs: &epilogs,
        epilog_steps: &epilog_steps,
    };
    let mut out = Vec::new();
    WinArm64Writer::new().write(&input, &mut out).unwrap();
    assert_eq!(
        out[..8],
        [(250u32).to_le_bytes(), (61u32 | 1 << 16).to_le_bytes()].concat()
    );
    assert_eq!(out.len(), 8 + 61 * 4 + 4);
    let check = FrameCheck {
        isa: &UNWIND_ARM64,
        input: &input,
        prolog: &prolog,
        sp_moves_in_body: false,
        code: &[],
        data: UnwindData::WinArm64(&out),
    };
    assert!(check_prolog_epilog(&check).unwrap() > 61);
}

/// A usual frame of `words` instructions with epilogs of three from each of `epilogs` on.
fn long_frame(words: u32, epilogs: &[u32]) -> (Vec<UnwindStep>, Vec<EpilogScope>, Vec<UnwindStep>) {
    let save = UnwindOp::SaveRegPairPreIndexed {
        first: FP,
        second: LR,
        size: 32,
    };
    let pair = UnwindOp::SaveRegPair {
        first: 19,
        second: 20,
        offset: 16,
    };
    let fp = UnwindOp::SetFrameReg { reg: FP, offset: 0 };
    let prolog = vec![step(4, save), step(8, pair), step(12, fp)];
    let mut scopes = Vec::new();
    let mut steps = Vec::new();
    for &at in epilogs {
        assert!(at + 3 <= words);
        scopes.push(EpilogScope {
            start: at * 4,
            end: at * 4 + 12,
            first_step: steps.len() as u32,
            step_count: 2,
        });
        steps.extend([step(at * 4 + 4, pair), step(at * 4 + 8, save)]);
    }
    (prolog, scopes, steps)
}

#[test]
fn long_arm64_functions_are_described_in_pieces() {
    const LONGEST: u32 = (1 << 18) - 1;
    let many: Vec<u32> = (0..70_000).map(|i| 3 + 3 * i).collect();
    // Instructions, epilogs, and the pieces' ends.
    let cases: [(u32, &[u32], &[u32]); 6] = [
        (LONGEST, &[LONGEST - 3], &[LONGEST]),
        (LONGEST + 1, &[LONGEST - 2], &[LONGEST - 2, LONGEST + 1]),
        (LONGEST + 1, &[LONGEST - 3], &[LONGEST, LONGEST + 1]),
        (
            3 * LONGEST,
            &[100, LONGEST - 1, 2 * LONGEST],
            &[LONGEST - 1, 2 * LONGEST - 1, 3 * LONGEST - 1, 3 * LONGEST],
        ),
        (10_000_000, &[9_999_997], &[]),
        (250_000, &many, &[3 + 3 * 0xFFFF, 250_000]),
    ];
    let mut writer = WinArm64Writer::new();
    for (words, epilogs, ends) in cases {
        let (prolog, scopes, steps) = long_frame(words, epilogs);
        let input = UnwindInfoInput {
            start: 0,
            end: words * 4,
            prolog_end: 12,
            prolog: &prolog,
            epilogs: &scopes,
            epilog_steps: &steps,
        };
        let (mut data, mut pieces) = (vec![], vec![]);
        writer.write_pieces(&input, &mut data, &mut pieces).unwrap();
        let found: Vec<u32> = pieces.iter().map(|p| p.0.end / 4).collect();
        if ends.is_empty() {
            assert_eq!(found.len(), words.div_ceil(LONGEST) as usize);
        } else {
            assert_eq!(found, ends);
        }
        assert!(pieces.windows(2).all(|p| p[0].0.end == p[1].0.start));
        check_prolog_epilog(&FrameCheck {
            isa: &UNWIND_ARM64,
            input: &input,
            prolog: &prolog,
            sp_moves_in_body: false,
            code: &[],
            data: UnwindData::WinArm64Pieces(&data, &pieces),
        })
        .unwrap();
    }
}

#[test]
fn further_pieces_begin_with_the_end_of_their_empty_prolog() {
    let (prolog, scopes, steps) = long_frame(1 << 18, &[(1 << 18) - 3]);
    let input = UnwindInfoInput {
        start: 0,
        end: 1 << 20,
        prolog_end: 12,
        prolog: &prolog,
        epilogs: &scopes,
        epilog_steps: &steps,
    };
    let (mut data, mut pieces) = (vec![], vec![]);
    WinArm64Writer::new()
        .write_pieces(&input, &mut data, &mut pieces)
        .unwrap();
    let [host, end] = &pieces[..] else {
        panic!("{pieces:?}");
    };
    // set_fp, save_regp x19 #16, save_fplr_x -32, end.
    assert_eq!(
        data[4..host.1],
        [0xE1, 0xC8, 0x02, 0x83, 0xE4, 0xE4, 0xE4, 0xE4]
    );
    assert_eq!(end.0, (1 << 20) - 12..1 << 20);
    // One epilog at the end, its codes those of the prolog from the third byte on.
    let word = 3 | 1 << 21 | 2 << 22 | 2 << 27;
    assert_eq!(data[host.1..host.1 + 4], u32::to_le_bytes(word));
    assert_eq!(
        data[host.1 + 4..],
        [0xE5, 0xE1, 0xC8, 0x02, 0x83, 0xE4, 0xE4, 0xE4]
    );
}

#[test]
fn the_simulator_notices_wrong_data() {
    // The data say rbx was pushed, but it was r15.
    let really = [
        step(1, UnwindOp::PushReg(RBP)),
        step(2, UnwindOp::PushReg(15)),
        step(6, UnwindOp::AllocStack(16)),
    ];
    let said = [
        step(1, UnwindOp::PushReg(RBP)),
        step(2, UnwindOp::PushReg(RBX)),
        step(6, UnwindOp::AllocStack(16)),
    ];
    let small = [
        step(1, UnwindOp::PushReg(RBP)),
        step(2, UnwindOp::PushReg(15)),
        step(6, UnwindOp::AllocStack(8)),
    ];
    let late = [
        step(1, UnwindOp::PushReg(RBP)),
        step(3, UnwindOp::PushReg(15)),
        step(6, UnwindOp::AllocStack(16)),
    ];
    for (prolog, place) in [
        (&really, None),
        (&said, Some(2)),
        (&small, Some(6)),
        (&late, Some(2)),
    ] {
        let mut info = Vec::new();
        win_x64::write(&prolog_only(prolog), true, &mut info).unwrap();
        let input = prolog_only(&really);
        let check = FrameCheck {
            isa: &UNWIND_X64,
            input: &input,
            prolog: &really,
            sp_moves_in_body: false,
            code: &[0x90; 100],
            data: UnwindData::WinX64(&info),
        };
        match (check_prolog_epilog(&check), place) {
            (Ok(_), None) => {}
            (
                Err(SimulateError::Wrong { offset, .. } | SimulateError::At(offset, _)),
                Some(place),
            ) => {
                assert_eq!(offset, place);
            }
            (result, place) => panic!("{result:?}, not at {place:?}"),
        }
    }
}

#[test]
fn a_tail_jump_through_a_register_needs_rex_w() {
    let prolog = [step(1, UnwindOp::PushReg(RBX))];
    let steps = [step(11, UnwindOp::PushReg(RBX))];
    for (jump, is_epilog) in [
        (&[0x48, 0xFF, 0xE0][..], true),
        (&[0xFF, 0xE0], false),
        (&[0xFF, 0x25, 0, 0, 0, 0], true),
    ] {
        let mut code = vec![0x53];
        code.resize(10, 0x90);
        code.push(0x5B);
        code.extend_from_slice(jump);
        let end = code.len() as u32;
        let epilogs = [EpilogScope {
            start: 10,
            end,
            first_step: 0,
            step_count: 1,
        }];
        let input = UnwindInfoInput {
            start: 0,
            end,
            prolog_end: 1,
            prolog: &prolog,
            epilogs: &epilogs,
            epilog_steps: &steps,
        };
        let mut info = Vec::new();
        win_x64::write(&input, true, &mut info).unwrap();
        let check = FrameCheck {
            isa: &UNWIND_X64,
            input: &input,
            prolog: &prolog,
            sp_moves_in_body: false,
            code: &code,
            data: UnwindData::WinX64(&info),
        };
        assert_eq!(check_prolog_epilog(&check).is_ok(), is_epilog, "{jump:x?}");
    }
}

/// A frame built by a random recipe: what the writers get, what really happens, and the code.
#[derive(Debug, Default)]
struct Frame {
    start: u32,
    code: Vec<u8>,
    prolog: Vec<UnwindStep>,
    effects: Vec<UnwindStep>,
    prolog_end: u32,
    epilogs: Vec<EpilogScope>,
    epilog_steps: Vec<UnwindStep>,
    sp_moves: bool,
}

impl Frame {
    fn here(&self) -> u32 {
        self.start + self.code.len() as u32
    }

    fn input(&self) -> UnwindInfoInput<'_> {
        UnwindInfoInput {
            start: self.start,
            end: self.here(),
            prolog_end: self.prolog_end,
            prolog: &self.prolog,
            epilogs: &self.epilogs,
            epilog_steps: &self.epilog_steps,
        }
    }

    fn prolog_step(&mut self, code: &[u8], op: UnwindOp) {
        self.code.extend_from_slice(code);
        self.prolog.push(step(self.here(), op));
        self.effects.push(step(self.here(), op));
    }

    fn epilog_step(&mut self, code: &[u8], op: UnwindOp) {
        self.code.extend_from_slice(code);
        self.epilog_steps.push(step(self.here(), op));
    }

    fn epilog(&mut self, steps: impl FnOnce(&mut Frame), return_code: &[u8]) {
        let (start, first_step) = (self.here(), self.epilog_steps.len() as u32);
        steps(self);
        self.code.extend_from_slice(return_code);
        let step_count = self.epilog_steps.len() as u32 - first_step;
        self.epilogs.push(EpilogScope {
            start,
            end: self.here(),
            first_step,
            step_count,
        });
    }

    /// Checks all formats; returns the DWARF section.
    fn check(
        &self,
        isa: &'static UnwindIsa,
        dwarf: &'static DwarfIsa,
        windows: UnwindData<'_>,
    ) -> Vec<u8> {
        let input = self.input();
        let main_address = 0x7F00_1234_0000;
        let mut section = Vec::new();
        let mut writer = EhFrameWriter::new(dwarf, CodePointers::Absolute, &mut section);
        // Another function first, so that a reader has to find ours.
        writer
            .fde(main_address + 0x100_0000, &prolog_only(&[]))
            .unwrap();
        writer.fde(main_address, &input).unwrap();
        writer.finish();
        let dwarf_data = UnwindData::Dwarf {
            isa: dwarf,
            section: &section,
            main_address,
        };
        for data in [windows, dwarf_data] {
            let check = FrameCheck {
                isa,
                input: &input,
                prolog: &self.effects,
                sp_moves_in_body: self.sp_moves,
                code: &self.code,
                data,
            };
            let places = check_prolog_epilog(&check)
                .unwrap_or_else(|error| panic!("{error}\n{data:x?}\n{self:#x?}"));
            assert!(places as usize >= self.prolog.len() + self.epilog_steps.len());
        }
        compare_with_gimli(
            &section,
            main_address + u64::from(input.start),
            input.end - input.start,
        );
        section
    }
}

/// Holds our reading of a section against gimli's, at every byte of a function.
fn compare_with_gimli(section: &[u8], address: u64, length: u32) {
    let eh_frame = gimli::EhFrame::new(section, gimli::LittleEndian);
    let bases = gimli::BaseAddresses::default();
    let mut context = gimli::UnwindContext::new();
    for pc in address..address + u64::from(length) {
        let row = eh_frame
            .unwind_info_for_address(&bases, &mut context, pc, gimli::EhFrame::cie_from_offset)
            .unwrap();
        let (ours, _) = simulate::cfi_row(section, pc).unwrap();
        let gimli::CfaRule::RegisterAndOffset { register, offset } = row.cfa() else {
            panic!("{row:?}")
        };
        assert_eq!(
            ours.cfa,
            (u64::from(register.0), *offset as u64),
            "CFA at {pc:#x}"
        );
        let mut theirs: Vec<(u64, u64)> = row
            .registers()
            .map(|(register, rule)| match rule {
                gimli::RegisterRule::Offset(offset) => (u64::from(register.0), -offset as u64),
                other => panic!("{other:?}"),
            })
            .collect();
        theirs.sort_unstable();
        assert_eq!(
            ours.saved.into_iter().collect::<Vec<_>>(),
            theirs,
            "registers at {pc:#x}"
        );
    }
}

/// How a random x64 frame uses rbp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rbp {
    No,
    /// Set up as frame pointer, but unwinding goes by SP.
    Chain,
    /// SP moves; unwinding goes by rbp.
    Localloc,
}

fn x64_frame(
    (start, push_bits, alloc_words, rbp, frame_units): (u32, u8, u32, Rbp, u32),
    xmm_count: u8,
    (epilog_count, tail): (usize, usize),
) -> Frame {
    let mut frame = Frame {
        start,
        sp_moves: rbp == Rbp::Localloc,
        ..Frame::default()
    };
    let mut pushed = Vec::new();
    for (k, reg) in [RBP, 15, 14, 13, 12, RBX].into_iter().enumerate() {
        if push_bits >> k & 1 != 0 || (reg == RBP && rbp != Rbp::No) {
            let code = if reg < 8 {
                vec![0x50 + reg]
            } else {
                vec![0x41, 0x50 + reg - 8]
            };
            frame.prolog_step(&code, UnwindOp::PushReg(reg));
            pushed.push(reg);
        }
    }
    // Saves need room, and SP has to be aligned for none of this.
    let xmm_count = if rbp == Rbp::Localloc { 0 } else { xmm_count };
    let alloc = alloc_words * 8 + u32::from(xmm_count) * 16;
    let stack_code = |small: u8, modrm: u8, size: u32| match i8::try_from(size) {
        Ok(size) => vec![0x48, small, modrm, size as u8],
        Err(_) => [&[0x48, 0x81, modrm][..], &size.to_le_bytes()].concat(),
    };
    if alloc != 0 {
        frame.prolog_step(&stack_code(0x83, 0xEC, alloc), UnwindOp::AllocStack(alloc));
    }
    let distance = (frame_units * 16).min(alloc / 16 * 16) as i32;
    let set_frame = UnwindOp::SetFrameReg {
        reg: RBP,
        offset: distance,
    };
    let lea = [&[0x48, 0x8D, 0xAC, 0x24][..], &distance.to_le_bytes()].concat();
    match rbp {
        Rbp::No => {}
        Rbp::Chain => {
            frame.code.extend_from_slice(&lea);
            frame.effects.push(step(frame.here(), set_frame));
        }
        Rbp::Localloc => frame.prolog_step(&lea, set_frame),
    }
    let xmm_saves: Vec<UnwindOp> = (0..xmm_count)
        .map(|k| UnwindOp::SaveFloat {
            reg: 6 + k,
            offset: u32::from(k) * 16,
        })
        .collect();
    for &save in &xmm_saves {
        frame.prolog_step(&[0x0F, 0x29, 0x74, 0x24, 0x10], save);
    }
    frame.prolog_end = frame.here();
    for k in 0..epilog_count {
        frame.code.extend_from_slice(&[0x90; 3]);
        let return_code: &[u8] = match (k + tail) % 5 {
            0 => &[0xC3],
            1 => &[0xF3, 0xC3],
            2 => &[0x49, 0xFF, 0xE3],
            3 => &[0xE9, 0, 0, 0, 0x40],
            _ => &[0xFF, 0x25, 1, 2, 3, 4],
        };
        let build = |frame: &mut Frame| {
            for &save in &xmm_saves {
                frame.epilog_step(&[0x0F, 0x28, 0x74, 0x24, 0x10], save);
            }
            if rbp == Rbp::Localloc {
                let up = alloc as i32 - distance;
                let code = match i8::try_from(up) {
                    Ok(up) => vec![0x48, 0x8D, 0x65, up as u8],
                    Err(_) => [&[0x48, 0x8D, 0xA5][..], &up.to_le_bytes()].concat(),
                };
                frame.epilog_step(
                    &code,
                    UnwindOp::SetFrameReg {
                        reg: RBP,
                        offset: -up,
                    },
                );
            } else if alloc != 0 {
                frame.epilog_step(&stack_code(0x83, 0xC4, alloc), UnwindOp::AllocStack(alloc));
            }
            for &reg in pushed.iter().rev() {
                let code = if reg < 8 {
                    vec![0x58 + reg]
                } else {
                    vec![0x41, 0x58 + reg - 8]
                };
                frame.epilog_step(&code, UnwindOp::PushReg(reg));
            }
        };
        frame.epilog(build, return_code);
    }
    if tail & 1 != 0 {
        frame.code.extend_from_slice(&[0xCC; 70]);
    }
    frame
}

/// Shapes of random arm64 frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `stp fp,lr,[sp,-N]!` first.
    PreIndexed,
    /// `sub sp` first, fp and lr at the top.
    Top,
    /// `stp x19,x20,[sp,-S]!` first, then `sub sp`, fp and lr at the bottom.
    Large,
}

fn arm64_frame(
    (start_words, shape, int_count, float_count): (u32, Shape, u32, u32),
    (locals, localloc, gaps): (u32, bool, u32),
    (epilog_count, tail): (usize, usize),
) -> Frame {
    let mut frame = Frame {
        start: start_words * 4,
        sp_moves: localloc,
        ..Frame::default()
    };
    let nop = 0xD503_201Fu32.to_le_bytes();
    let mut ops = Vec::new();
    // Callee-saved registers from `at` on, in pairs as far as they go.
    let saves = |ops: &mut Vec<UnwindOp>,
                 mut at: u32,
                 ints: std::ops::Range<u32>,
                 floats: std::ops::Range<u32>| {
        let mut reg = ints.start;
        while reg < ints.end {
            let (first, second) = (19 + reg as u8, 20 + reg as u8);
            let is_pair = reg + 1 < ints.end;
            ops.push(if is_pair {
                UnwindOp::SaveRegPair {
                    first,
                    second,
                    offset: at,
                }
            } else {
                UnwindOp::SaveReg {
                    reg: first,
                    offset: at,
                }
            });
            at += if is_pair { 16 } else { 8 };
            reg += 2;
        }
        let mut reg = floats.start;
        while reg < floats.end {
            let first = 8 + reg as u8;
            let is_pair = reg + 1 < floats.end;
            ops.push(if is_pair {
                UnwindOp::SaveFloatPair { first, offset: at }
            } else {
                UnwindOp::SaveFloat {
                    reg: first,
                    offset: at,
                }
            });
            at += if is_pair { 16 } else { 8 };
            reg += 2;
        }
    };
    let save_area = (int_count + float_count).div_ceil(2) * 16;
    match shape {
        Shape::PreIndexed => {
            let size = 16 + save_area + locals % 18 * 16;
            ops.push(UnwindOp::SaveRegPairPreIndexed {
                first: FP,
                second: LR,
                size,
            });
            saves(&mut ops, size - save_area, 0..int_count, 0..float_count);
            ops.push(UnwindOp::SetFrameReg { reg: FP, offset: 0 });
        }
        Shape::Top => {
            let fp_at = save_area + locals % 20 * 16;
            ops.push(UnwindOp::AllocStack(fp_at + 16));
            saves(&mut ops, fp_at - save_area, 0..int_count, 0..float_count);
            ops.push(UnwindOp::SaveRegPair {
                first: FP,
                second: LR,
                offset: fp_at,
            });
            ops.push(UnwindOp::SetFrameReg {
                reg: FP,
                offset: fp_at as i32,
            });
        }
        Shape::Large => {
            if int_count >= 2 {
                ops.push(UnwindOp::SaveRegPairPreIndexed {
                    first: 19,
                    second: 20,
                    size: save_area,
                });
                saves(&mut ops, 16, 2..int_count, 0..float_count);
            } else if float_count >= 2 {
                ops.push(UnwindOp::SaveFloatPairPreIndexed {
                    first: 8,
                    size: save_area,
                });
                saves(&mut ops, 16, 0..int_count, 2..float_count);
            } else if int_count == 1 {
                ops.push(UnwindOp::SaveRegPreIndexed {
                    reg: 19,
                    size: save_area,
                });
                saves(&mut ops, 8, 0..0, 0..float_count);
            } else if float_count == 1 {
                ops.push(UnwindOp::SaveFloatPreIndexed {
                    reg: 8,
                    size: save_area,
                });
            }
            ops.push(UnwindOp::AllocStack(16 + locals * 16));
            ops.push(UnwindOp::SaveRegPair {
                first: FP,
                second: LR,
                offset: 0,
            });
            ops.push(UnwindOp::SetFrameReg { reg: FP, offset: 0 });
        }
    }
    for (k, &op) in ops.iter().enumerate() {
        if gaps >> k & 3 == 3 {
            frame.code.extend_from_slice(&nop);
        }
        frame.prolog_step(&nop, op);
    }
    if gaps & 1 != 0 {
        frame.code.extend_from_slice(&nop);
    }
    frame.prolog_end = frame.here();
    for k in 0..epilog_count {
        frame.code.extend_from_slice(&nop);
        let build = |frame: &mut Frame| {
            for &op in ops.iter().rev() {
                if matches!(op, UnwindOp::SetFrameReg { .. }) && !localloc && k != 1 {
                    continue;
                }
                if gaps >> (k + 20) & 7 == 7 {
                    frame.code.extend_from_slice(&nop);
                }
                frame.epilog_step(&nop, op);
            }
        };
        frame.epilog(build, &nop);
    }
    for _ in 0..tail {
        frame.code.extend_from_slice(&nop);
    }
    frame
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_x64_frames_unwind_from_everywhere(
        shape in (
            prop_oneof![Just(0u32), 1u32..5000],
            any::<u8>(),
            prop_oneof![0u32..40, 0u32..200_000],
            prop::sample::select(vec![Rbp::No, Rbp::Chain, Rbp::Localloc]),
            0u32..40,
        ),
        xmm_count in 0u8..4,
        ends in (0usize..4, 0usize..8),
    ) {
        let frame = x64_frame(shape, xmm_count, ends);
        let mut info = Vec::new();
        win_x64::write(&frame.input(), true, &mut info).unwrap();
        frame.check(&UNWIND_X64, &DWARF_X64, UnwindData::WinX64(&info));
    }

    #[test]
    fn random_arm64_frames_unwind_from_everywhere(
        shape in (
            prop_oneof![Just(0u32), 1u32..5000],
            prop::sample::select(vec![Shape::PreIndexed, Shape::Top, Shape::Large]),
            0u32..=10,
            0u32..=8,
        ),
        body in (prop_oneof![0u32..100, 0u32..100_000], any::<bool>(), any::<u32>()),
        ends in (0usize..4, 0usize..3),
    ) {
        let frame = arm64_frame(shape, body, ends);
        let mut info = Vec::new();
        WinArm64Writer::new().write(&frame.input(), &mut info).unwrap();
        frame.check(&UNWIND_ARM64, &DWARF_ARM64, UnwindData::WinArm64(&info));
    }

    #[test]
    fn arbitrary_unwind_bytes_do_not_panic(info in prop::collection::vec(any::<u8>(), 0..60), pc in 0u32..200) {
        let machine = Machine { regs: [0x1000; 32], floats: [[0; 2]; 32], memory: (0..100).map(|k| (0x1000 + k * 8, k)).collect() };
        let results = [
            unwind_win_x64(&info, &info, 100, pc, &machine),
            unwind_win_arm64(&info, pc, &machine),
            unwind_dwarf(&DWARF_X64, &info, u64::from(pc), &machine),
        ];
        prop_assert!(results.iter().all(|result| result.as_ref().is_ok_and(|caller| caller.return_address < u64::MAX) || result.is_err()));
    }
}

#[test]
fn pc_relative_sections_say_the_same() {
    let prolog = [
        step(1, UnwindOp::PushReg(RBP)),
        step(8, UnwindOp::AllocStack(64)),
    ];
    let input = prolog_only(&prolog);
    let (section_address, main_address) = (0x5000_0000u64, 0x4FFF_0000u64);
    let mut section = Vec::new();
    let mut writer = EhFrameWriter::new(
        &DWARF_X64,
        CodePointers::PcRelative { section_address },
        &mut section,
    );
    writer.fde(main_address, &input).unwrap();
    let far = writer.fde(section_address + (1 << 33), &input);
    assert_eq!(far, Err(UnwindError::TooFar(section_address + (1 << 33))));
    writer.finish();
    let eh_frame = gimli::EhFrame::new(&section, gimli::LittleEndian);
    let bases = gimli::BaseAddresses::default().set_eh_frame(section_address);
    let mut context = gimli::UnwindContext::new();
    let row = eh_frame
        .unwind_info_for_address(
            &bases,
            &mut context,
            main_address + 8,
            gimli::EhFrame::cie_from_offset,
        )
        .unwrap();
    assert_eq!(
        *row.cfa(),
        gimli::CfaRule::RegisterAndOffset {
            register: gimli::X86_64::RSP,
            offset: 80
        }
    );
    assert_eq!(
        row.register(gimli::X86_64::RBP),
        gimli::RegisterRule::Offset(-16)
    );
    assert_eq!(
        row.register(gimli::X86_64::RA),
        gimli::RegisterRule::Offset(-8)
    );
}
