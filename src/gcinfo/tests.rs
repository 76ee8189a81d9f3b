//! Captured blobs, and random methods through encoder, decoder and model.

use super::*;
use proptest::prelude::*;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|k| u8::from_str_radix(&hex[k..k + 2], 16).unwrap())
        .collect()
}

/// Decodes a captured blob and checks that it encodes to the same bytes.
fn captured(hex: &str, version: GcInfoVersion, isa: &'static GcIsa) -> DecodedGcInfo {
    let blob = bytes(hex);
    let info = decode(&blob, version, isa).unwrap();
    let events = info.events();
    let mut out = Vec::new();
    GcInfoEncoder::new()
        .encode(&info.as_input(&events), &mut out)
        .unwrap();
    assert_eq!(out, blob, "{info}");
    assert_eq!(verify(&info.as_input(&events), &blob).unwrap(), info);
    info
}

const PLAIN: GcSlotFlags = GcSlotFlags::empty();
const UNTRACKED: GcSlotFlags = GcSlotFlags::UNTRACKED;
const BYREF: GcSlotFlags = GcSlotFlags::INTERIOR;

fn reg(number: u8) -> GcSlot {
    GcSlot::register(number, PLAIN)
}

fn fp(offset: i32, flags: GcSlotFlags) -> GcSlot {
    GcSlot::stack(GcSlotBase::Frame, offset, flags)
}

#[test]
fn slim_without_slots() {
    let info = captured("c20100", GcInfoVersion::V3, &GC_X64);
    assert!(!info.is_fat);
    assert_eq!(
        (info.code_length, info.stack_base_register, info.return_kind),
        (28, Some(5), ReturnKind::SCALAR)
    );
    assert!(info.safe_points.is_empty() && info.slots.is_empty());
}

#[test]
fn v3_safe_points_are_return_addresses_minus_one() {
    let info = captured("4248586c00", GcInfoVersion::V3, &GC_X64);
    assert_eq!(
        (info.code_length, info.safe_points),
        (132, vec![0x59, 0x6d])
    );
}

#[test]
fn v4_context_without_a_frame() {
    let info = captured("41f8400020c40108", GcInfoVersion::V4, &GC_X64);
    assert!(info.is_fat && info.generics_context.is_some());
    assert_eq!((info.code_length, info.stack_base_register), (31, None));
}

#[test]
fn fat_with_cookie() {
    let info = captured("89003f11f40060926bc05100", GcInfoVersion::V3, &GC_X64);
    assert!(info.is_fat);
    assert_eq!(
        (
            info.code_length,
            info.prolog_size,
            info.epilog_size,
            info.gs_cookie
        ),
        (126, 18, 0, Some(-24))
    );
    assert_eq!(info.ranges, [(18, 106), (120, 126)]);
    assert!(info.slots.is_empty());
}

#[test]
fn one_chunk_of_two_ranges() {
    let info = captured("81080d003082c23028401301be03", GcInfoVersion::V3, &GC_X64);
    assert_eq!(
        (info.code_length, info.return_kind),
        (26, ReturnKind::OBJECT)
    );
    assert_eq!(info.ranges, [(4, 15), (21, 25)]);
    assert_eq!(info.slots, [reg(0), reg(6)]);
    // rax becomes live at pseudo offset 14, which is byte 24: rsi is live throughout.
    assert_eq!(
        info.chunks,
        [Some(decode::GcChunk {
            slots: vec![(0, true, vec![14]), (1, true, vec![])]
        })]
    );
    assert_eq!(info.live_at(23), Some(vec![reg(6)]));
    assert_eq!(info.live_at(24), Some(vec![reg(0), reg(6)]));
    assert_eq!(info.live_at(15), None);
}

#[test]
fn generics_context_and_untracked_slots() {
    let info = captured(
        "e10072570f40fc604e68803b0c0a8301",
        GcInfoVersion::V3,
        &GC_X64,
    );
    assert_eq!((info.code_length, info.prolog_size), (228, 24));
    assert_eq!(
        info.generics_context,
        Some(GenericsContext {
            kind: GenericsContextKind::This,
            offset: -24
        })
    );
    assert_eq!(info.safe_points, [64, 153]);
    let mut all = vec![reg(0)];
    all.extend([-40, -32, -16, -8].map(|offset| fp(offset, UNTRACKED)));
    assert_eq!(info.slots, all);
    assert_eq!(info.live_at(64), Some(all.clone()));
    assert_eq!(info.live_at(153), Some(all));
}

#[test]
fn shared_live_vectors() {
    let info = captured(
        "227b40a5cc377e4d4668a6d7aafdb733bdbffcfe1294a9d51100000e",
        GcInfoVersion::V3,
        &GC_X64,
    );
    assert!(info.is_indirect);
    assert_eq!(info.code_length, 946);
    let stored: Vec<u32> = info.safe_points.iter().map(|point| point - 1).collect();
    assert_eq!(stored, [202, 223, 382, 403, 644, 665, 727, 874, 895]);
    let tracked = [-272, -264, -256].map(|offset| fp(offset, BYREF));
    assert_eq!(info.slots[..3], tracked);
    assert_eq!(
        info.slots[3..],
        [
            fp(-184, UNTRACKED | BYREF | GcSlotFlags::PINNED),
            fp(-48, UNTRACKED)
        ]
    );
    assert!(info.safe_point_live.iter().all(|live| live == &[0, 1, 2]));
}

#[test]
fn v4_x64() {
    let info = captured("be6a5474dcfe30ab00387118846403", GcInfoVersion::V4, &GC_X64);
    assert_eq!(
        (info.code_length, info.is_fat, info.stack_base_register),
        (175, false, Some(5))
    );
    assert_eq!(info.safe_points, [42, 58, 110, 127, 152]);
    let slots = [reg(0), reg(13), fp(-64, PLAIN), fp(-56, PLAIN)];
    assert_eq!(info.slots, slots);
    assert_eq!(
        info.safe_point_live,
        [vec![0], vec![1], vec![0, 3], vec![0, 2, 3], vec![]]
    );
}

#[test]
fn v4_arm64() {
    let info = captured("e2a88412ebbb00d8a814", GcInfoVersion::V4, &GC_ARM64);
    assert_eq!(
        (info.code_length, info.stack_base_register),
        (224, Some(29))
    );
    assert_eq!(info.safe_points, [36, 80, 136, 212, 220]);
    assert_eq!(info.slots, [reg(0), reg(21)]);
    assert_eq!(info.safe_point_live, [[0], [0], [0], [1], [1]]);
}

#[test]
fn v4_arm64_ranges() {
    let info = captured(
        "8179000013140284028a2266d1506800",
        GcInfoVersion::V4,
        &GC_ARM64,
    );
    assert!(info.header_bit7);
    assert_eq!(
        (info.code_length, info.ranges.clone()),
        (60, vec![(8, 32), (36, 56)])
    );
    assert_eq!(
        info.slots,
        [GcSlot::register(0, BYREF), GcSlot::register(1, BYREF)]
    );
    let chunk = decode::GcChunk {
        slots: vec![(0, false, vec![5, 6]), (1, false, vec![2, 6])],
    };
    assert_eq!(info.chunks, [Some(chunk)]);
    // Pseudo offset 5 of the first range is byte 8 + 5·4, offset 6 the beginning of the second.
    assert_eq!(info.live_at(24), Some(vec![GcSlot::register(1, BYREF)]));
    assert_eq!(
        info.live_at(28),
        Some(vec![GcSlot::register(0, BYREF), GcSlot::register(1, BYREF)])
    );
    assert_eq!(info.live_at(36), Some(vec![]));
}

/// Encodes and verifies; the encoder is reused, which tests use to run several methods through one.
fn round_trip(encoder: &mut GcInfoEncoder, input: &GcInfoInput<'_>) -> DecodedGcInfo {
    let mut blob = vec![0xEE];
    encoder.encode(input, &mut blob).unwrap();
    assert_eq!(blob[0], 0xEE, "the blob is appended");
    verify(input, &blob[1..]).unwrap_or_else(|error| panic!("{error}\n{input:#?}"))
}

#[test]
fn same_offset_events_cancel() {
    let slots = [reg(0)];
    let event = |offset, live| GcEvent {
        offset,
        slot: 0,
        live,
    };
    // Dies and is born again at 10, in either order of recording; dies at the return address 20, but is live at it.
    for at_ten in [
        [event(10, false), event(10, true)],
        [event(10, true), event(10, false)],
    ] {
        let events = [event(5, true), at_ten[0], at_ten[1], event(20, false)];
        let input = GcInfoInput {
            slots: &slots,
            events: &events,
            safe_points: &[10, 15, 20, 25],
            ..GcInfoInput::new(GcInfoVersion::V4, &GC_X64, 40)
        };
        let info = round_trip(&mut GcInfoEncoder::new(), &input);
        assert_eq!(info.safe_point_live, [vec![0], vec![0], vec![0], vec![]]);
    }
}

#[test]
fn dead_slots_and_empty_safe_points_are_left_out() {
    let slots = [reg(3), fp(-8, UNTRACKED), reg(6)];
    let events = [
        GcEvent {
            offset: 12,
            slot: 2,
            live: true,
        },
        GcEvent {
            offset: 14,
            slot: 2,
            live: false,
        },
    ];
    let input = GcInfoInput {
        stack_base_register: Some(5),
        slots: &slots,
        events: &events,
        safe_points: &[10, 13, 30],
        omit_empty_safe_points: true,
        ..GcInfoInput::new(GcInfoVersion::V3, &GC_X64, 40)
    };
    let info = round_trip(&mut GcInfoEncoder::new(), &input);
    assert_eq!(info.safe_points, [13]);
    assert_eq!(info.slots, [reg(6), fp(-8, UNTRACKED)]);
}

#[test]
fn inputs_without_encoding_are_refused() {
    let base = GcInfoInput::new(GcInfoVersion::V4, &GC_ARM64, 64);
    let event = |offset, slot| {
        [GcEvent {
            offset,
            slot,
            live: true,
        }]
    };
    let (e0, e1, e2) = (event(0, 9), event(2, 0), event(0, 1));
    let fp_slot = [fp(8, PLAIN)];
    let two = [reg(0), GcSlot::stack(GcSlotBase::Sp, 8, UNTRACKED)];
    let twice = [two[1], two[1]];
    let bad_reg = [reg(32)];
    let cases: Vec<(GcInfoInput<'_>, GcEncodeError)> = vec![
        (
            GcInfoInput {
                slots: &fp_slot,
                ..base
            },
            GcEncodeError::NoStackBase,
        ),
        (
            GcInfoInput {
                slots: &twice,
                ..base
            },
            GcEncodeError::DuplicateSlot(two[1]),
        ),
        (
            GcInfoInput {
                slots: &bad_reg,
                ..base
            },
            GcEncodeError::BadRegister(32),
        ),
        (
            GcInfoInput {
                slots: &two,
                events: &e0,
                ..base
            },
            GcEncodeError::BadSlotIndex(9),
        ),
        (
            GcInfoInput {
                slots: &two,
                events: &e1,
                ..base
            },
            GcEncodeError::MisalignedCodeOffset(2),
        ),
        (
            GcInfoInput {
                slots: &two,
                events: &e2,
                ..base
            },
            GcEncodeError::EventOfUntrackedSlot(1),
        ),
        (
            GcInfoInput {
                safe_points: &[8, 8],
                ..base
            },
            GcEncodeError::BadSafePoint(8),
        ),
        (
            GcInfoInput {
                safe_points: &[64],
                ..base
            },
            GcEncodeError::BadSafePoint(64),
        ),
        (
            GcInfoInput {
                interruptible: &[(8, 4)],
                ..base
            },
            GcEncodeError::BadRange(8, 4),
        ),
        (
            GcInfoInput {
                psp_sym: Some(0),
                ..base
            },
            GcEncodeError::PspSymNotSupported,
        ),
        (
            GcInfoInput {
                gs_cookie: Some(-8),
                ..base
            },
            GcEncodeError::BadPrologSize(0),
        ),
        (
            GcInfoInput {
                gs_cookie: Some(-7),
                prolog_size: 8,
                ..base
            },
            GcEncodeError::MisalignedStackOffset(-7),
        ),
    ];
    let mut encoder = GcInfoEncoder::new();
    for (input, error) in cases {
        let mut out = Vec::new();
        assert_eq!(encoder.encode(&input, &mut out), Err(error));
        assert!(out.is_empty());
        // And the encoder is as good as new.
        round_trip(&mut encoder, &base);
    }
}

#[test]
fn verification_notices_a_wrong_state() {
    let slots = [reg(0), reg(3)];
    let events = [GcEvent {
        offset: 4,
        slot: 1,
        live: true,
    }];
    let other = [GcEvent {
        offset: 4,
        slot: 0,
        live: true,
    }];
    let input = GcInfoInput {
        slots: &slots,
        events: &events,
        safe_points: &[8],
        ..GcInfoInput::new(GcInfoVersion::V4, &GC_X64, 40)
    };
    let mut blob = Vec::new();
    GcInfoEncoder::new().encode(&input, &mut blob).unwrap();
    let wrong = GcInfoInput {
        events: &other,
        ..input
    };
    assert!(matches!(
        verify(&wrong, &blob),
        Err(GcVerifyError::Live { offset: 8, .. })
    ));
    let wrong = GcInfoInput {
        safe_points: &[8, 12],
        ..input
    };
    assert_eq!(verify(&wrong, &blob), Err(GcVerifyError::SafePoints));
}

#[test]
fn many_slots_take_run_lengths_and_sharing() {
    // 80 slots; at every second call the first two are live, at the others all but the last two.
    let slots: Vec<GcSlot> = (0..80).map(|k| fp(-8 * (80 - k), PLAIN)).collect();
    let mut events = Vec::new();
    let mut safe_points = Vec::new();
    for call in 0..8u32 {
        let few = call % 2 == 0;
        for slot in 0..80u32 {
            let (now, before) = if few {
                (slot < 2, slot < 78)
            } else {
                (slot < 78, slot < 2)
            };
            if now != before || call == 0 {
                events.push(GcEvent {
                    offset: call * 20,
                    slot,
                    live: now,
                });
            }
        }
        safe_points.push(call * 20 + 10);
    }
    let input = GcInfoInput {
        stack_base_register: Some(5),
        slots: &slots,
        events: &events,
        safe_points: &safe_points,
        ..GcInfoInput::new(GcInfoVersion::V4, &GC_X64, 200)
    };
    let mut encoder = GcInfoEncoder::new();
    let info = round_trip(&mut encoder, &input);
    assert!(info.is_indirect);
    assert_eq!(
        (
            info.tracked,
            info.safe_point_live[0].len(),
            info.safe_point_live[1].len()
        ),
        (78, 2, 78)
    );
    let mut blob = Vec::new();
    encoder.encode(&input, &mut blob).unwrap();
    // {2 live, 76 dead}: form 10, dead 0 in 5 bits, live 2 − 1 in 3, dead 76 − 1 in 10.
    // {78 live}: form 11, dead 0 in 3 bits, live 78 − 1 in 10.
    assert_eq!(blob[blob.len() - 5..], [0x81, 0x6C, 0x32, 0x3A, 0x01]);
}

#[test]
fn quiet_chunks_are_not_written() {
    let slots = [reg(3), fp(-8, PLAIN)];
    let event = |offset, slot, live| GcEvent { offset, slot, live };
    // Live from 10 to 1000 and from 640 to 700, in chunks of 64: the second one's birth is exactly at a chunk's start.
    let events = [
        event(10, 0, true),
        event(1000, 0, false),
        event(640, 1, true),
        event(700, 1, false),
    ];
    let input = GcInfoInput {
        stack_base_register: Some(5),
        slots: &slots,
        events: &events,
        interruptible: &[(0, 1100)],
        ..GcInfoInput::new(GcInfoVersion::V4, &GC_X64, 1100)
    };
    let info = round_trip(&mut GcInfoEncoder::new(), &input);
    let written: Vec<usize> = (0..info.chunks.len())
        .filter(|&chunk| info.chunks[chunk].is_some())
        .collect();
    assert_eq!(written, [0, 10, 15]);
    assert_eq!(
        info.chunks[10],
        Some(decode::GcChunk {
            slots: vec![(0, true, vec![]), (1, false, vec![60])]
        })
    );
    // Nothing ever live: the chunk table has width 0 and no slots are left.
    let none = GcInfoInput {
        events: &[],
        ..input
    };
    assert!(
        round_trip(&mut GcInfoEncoder::new(), &none)
            .slots
            .is_empty()
    );
}

/// Everything of an input that owns memory, and the rest of the header.
#[derive(Debug, Clone)]
struct RandomMethod {
    v3: bool,
    arm64: bool,
    units: u32,
    has_base: bool,
    slots: Vec<GcSlot>,
    events: Vec<(u32, u32, bool)>,
    safe_points: Vec<u32>,
    ranges: Vec<u32>,
    header: (u32, u8, i32),
    omit: bool,
}

fn random_slot() -> impl Strategy<Value = GcSlot> {
    let bases = prop::sample::select(vec![
        GcSlotBase::CallerSp,
        GcSlotBase::Sp,
        GcSlotBase::Frame,
    ]);
    let offsets = prop_oneof![8 => -40i32..40, 1 => -100_000i32..100_000];
    prop_oneof![
        (0u8..16, 0u8..4)
            .prop_map(|(r, f)| GcSlot::register(r, GcSlotFlags::from_bits_truncate(f))),
        (bases, offsets, 0u8..8).prop_map(|(b, o, f)| GcSlot::stack(
            b,
            o * 8,
            GcSlotFlags::from_bits_truncate(f)
        )),
    ]
}

fn random_method() -> impl Strategy<Value = RandomMethod> {
    let slot_counts = prop_oneof![0usize..3, 0usize..12, 60usize..90];
    let slots = slot_counts.prop_flat_map(|n| prop::collection::vec(random_slot(), n));
    let shape = (
        any::<bool>(),
        any::<bool>(),
        prop_oneof![1u32..40, 100u32..700],
        any::<bool>(),
        any::<bool>(),
    );
    (shape, slots, any::<u8>()).prop_flat_map(
        |((v3, arm64, units, has_base, omit), mut slots, mode)| {
            slots.sort();
            slots.dedup();
            slots.retain(|slot| {
                has_base
                    || !matches!(
                        slot.location,
                        GcSlotLocation::Stack {
                            base: GcSlotBase::Frame,
                            ..
                        }
                    )
            });
            let slot_count = slots.len() as u32;
            let events =
                prop::collection::vec((0..=units, 0..slot_count.max(1), any::<bool>()), 0..60);
            // Mostly one kind of interruptibility, sometimes both.
            let (max_points, max_ranges) = match mode % 5 {
                0 | 1 => (20, 1),
                2 | 3 => (1, 8),
                _ => (6, 6),
            };
            let safe_points = prop::collection::vec(1..=units, 0..max_points);
            let ranges = prop::collection::vec(0..=units, 0..max_ranges);
            let header = (any::<u32>(), any::<u8>(), -3000i32..3000);
            (Just(slots), events, safe_points, ranges, header).prop_map(
                move |(slots, events, safe_points, ranges, header)| RandomMethod {
                    v3,
                    arm64,
                    units,
                    has_base,
                    slots,
                    events,
                    safe_points,
                    ranges,
                    header,
                    omit,
                },
            )
        },
    )
}

impl RandomMethod {
    /// Builds the input and hands it to `use_it`.
    fn with_input(&self, use_it: impl FnOnce(&GcInfoInput<'_>)) {
        let isa = if self.arm64 { &GC_ARM64 } else { &GC_X64 };
        let version = if self.v3 {
            GcInfoVersion::V3
        } else {
            GcInfoVersion::V4
        };
        let unit = 1 << isa.code_shift;
        let events: Vec<GcEvent> = self
            .events
            .iter()
            .filter(|event| !self.slots.is_empty() && !self.slots[event.1 as usize].is_untracked())
            .map(|&(offset, slot, live)| GcEvent {
                offset: offset * unit,
                slot,
                live,
            })
            .collect();
        let mut safe_points: Vec<u32> = self.safe_points.iter().map(|point| point * unit).collect();
        safe_points.sort_unstable();
        safe_points.dedup();
        if !self.v3 {
            safe_points.retain(|&point| point < self.units * unit);
        }
        let mut bounds: Vec<u32> = self.ranges.iter().map(|bound| bound * unit).collect();
        bounds.sort_unstable();
        let ranges: Vec<(u32, u32)> = bounds
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect();
        let (bits, number, offset) = self.header;
        let bit = |k: u32| bits >> k & 1 != 0 && bits >> 31 != 0;
        let has_prolog = self.units >= 2;
        let input = GcInfoInput {
            is_varargs: bit(0),
            return_kind: ReturnKind(if self.v3 { number & 15 } else { 0 }),
            stack_base_register: self.has_base.then_some(if bit(1) {
                number & 15
            } else {
                isa.frame_register
            }),
            wants_report_only_leaf: bit(2),
            has_tail_calls: bit(3),
            gs_cookie: (bit(4) && has_prolog).then_some(offset * 8),
            psp_sym: (bit(5) && self.v3).then_some(offset.abs() * 8),
            generics_context: (bit(6) && has_prolog && (self.v3 || self.has_base)).then_some(
                GenericsContext {
                    kind: GenericsContextKind::MethodDesc,
                    offset: -offset * 8,
                },
            ),
            prolog_size: unit * (1 + (bits >> 16) % self.units.saturating_sub(1).max(1)),
            epilog_size: unit * u32::from(number % 3),
            enc_area: bit(7).then_some(EncArea {
                preserved: bits >> 9,
                fixed_frame: u32::from(number),
            }),
            reverse_pinvoke_frame: (bit(8) && self.has_base).then_some(offset * 8),
            outgoing_area_size: if bit(9) { u32::from(number) * 8 } else { 0 },
            slots: &self.slots,
            events: &events,
            safe_points: &safe_points,
            interruptible: &ranges,
            omit_empty_safe_points: self.omit,
            ..GcInfoInput::new(version, isa, self.units * unit)
        };
        use_it(&input);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_methods_decode_to_the_model(methods in prop::collection::vec(random_method(), 1..4)) {
        let mut encoder = GcInfoEncoder::new();
        for method in &methods {
            method.with_input(|input| {
                let info = round_trip(&mut encoder, input);
                // Mixed interruptibility has states at safe points that events cannot be recovered from.
                if info.safe_points.is_empty() || info.ranges.is_empty() {
                    let events = info.events();
                    let again = round_trip(&mut encoder, &info.as_input(&events));
                    assert_eq!(again.slots, info.slots);
                    assert_eq!(again.safe_point_live, info.safe_point_live);
                }
            });
        }
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(blob in prop::collection::vec(any::<u8>(), 0..40), v3: bool, arm64: bool) {
        let version = if v3 { GcInfoVersion::V3 } else { GcInfoVersion::V4 };
        if let Ok(info) = decode(&blob, version, if arm64 { &GC_ARM64 } else { &GC_X64 }) {
            // The listing walks the ranges; a few bytes can claim gigabytes of them.
            if info.code_length < 1 << 16 {
                info.to_string();
            }
            for offset in 0..64 {
                info.live_at(offset);
            }
        }
    }
}

/// Two blobs of RyuJIT 9.0.7: a slot that dies right at a chunk's start is listed in that chunk; a reverse-P/Invoke frame is
/// recorded in a method without stack base register too.
#[test]
fn blobs_of_ryujit_with_rare_contents() {
    let dies_at_chunk_start: &[u8] = &[
        0x91, 0x09, 0x54, 0x00, 0x00, 0xd8, 0x03, 0x1e, 0x88, 0x4c, 0x32, 0x03, 0x20, 0xc1, 0x1e,
        0x18, 0x01, 0x30, 0xb0, 0xf2, 0xef, 0x36, 0xcb, 0xbe, 0x11, 0x1f, 0x7d, 0xb6, 0x63, 0xa5,
        0xd4, 0x6d, 0xec, 0xf1, 0x91, 0x58, 0x56, 0xef, 0x96, 0xe3, 0x3b, 0x08,
    ];
    let reverse_without_base: &[u8] = &[0x01, 0x04, 0x19, 0x00, 0x18, 0x1c, 0x0a, 0x17, 0x40, 0x12];
    for blob in [dies_at_chunk_start, reverse_without_base] {
        let info = decode(blob, GcInfoVersion::V3, &GC_X64).unwrap();
        let events = info.events();
        let mut again = Vec::new();
        GcInfoEncoder::new()
            .encode(&info.as_input(&events), &mut again)
            .unwrap();
        assert_eq!(again, blob, "{info}");
    }
}
