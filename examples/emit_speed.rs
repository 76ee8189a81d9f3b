//! How fast the emitter turns descriptors into bytes, alone: `emit_speed [instructions] [repeats] [jump percent] [period]`.
//! With a period the random choices repeat after so many instructions, which a branch predictor learns: what is slower without one is
//! not memory's fault.
//!
//! Prints instructions a second (of the thread's own time) of `finish` over one method of a realistic mix. Under
//! `valgrind --tool=callgrind --toggle-collect='*finish*'` the instructions retired per descriptor come out free of set-up.

use tatsu::emit::x64::{Asm, Cc, Ins, Mem, W};
use tatsu::emit::{Code, Emitter, FinishScratch, FrameAccess, GroupFlags, SlotId, finish};
use tatsu::host::clock::thread_time;
use tatsu::target::RegNum;
use tatsu::target::x64::{RBP, X64};

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .map(|a| a.parse().unwrap_or(0usize));
    let count = args.next().unwrap_or(1_000_000);
    let repeats = args.next().unwrap_or(20);
    let jumps = args.next().unwrap_or(15) as u32;
    let period = args.next().unwrap_or(0);
    let mut em = Emitter::default();
    em.clear();
    em.new_group(GroupFlags::FUNC_START);
    fill(&mut em, count, jumps, period);
    let offsets: Vec<i32> = (0..64).map(|i| -8 - 8 * i).collect();
    let frame = FrameAccess {
        base: RBP,
        offsets: &offsets,
    };
    let mut scratch = FinishScratch::default();
    let mut code = Code::default();
    let mut best = f64::MAX;
    for _ in 0..repeats {
        let start = thread_time();
        if let Err(e) = finish::<X64>(&mut em, frame, &mut scratch, &mut code) {
            eprintln!("{e}");
            std::process::exit(1);
        }
        best = best.min((thread_time() - start).as_secs_f64());
    }
    println!("instructions: {count}");
    println!("code_bytes: {}", code.bytes.len());
    println!("million_per_s: {:.1}", count as f64 / best / 1e6);
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) as u32) % n
    }
}

/// Moves, arithmetic, frame accesses, loads, stores, compares; `jumps` percent of jumps, mostly near.
fn fill(em: &mut Emitter, count: usize, jumps: u32, period: usize) {
    let mut rng = Rng(42);
    let ops = [Ins::Add, Ins::Sub, Ins::And, Ins::Or, Ins::Xor, Ins::Cmp];
    // A label every so often; jumps go to one of the last few or to one of the next few.
    let groups = count / 6 + 8;
    let labels: Vec<_> = (0..groups).map(|_| em.new_label()).collect();
    let mut bound = 0;
    for i in 0..count {
        if period != 0 && i % period == 0 {
            rng = Rng(42);
        }
        if bound * 6 <= i && bound < groups {
            em.bind(labels[bound]);
            bound += 1;
        }
        let r =
            |rng: &mut Rng| RegNum::int([0, 1, 2, 3, 6, 7, 8, 9, 10, 12][rng.below(10) as usize]);
        let (a, b) = (r(&mut rng), r(&mut rng));
        let w = if rng.below(2) == 0 { W::B4 } else { W::B8 };
        let op = ops[rng.below(6) as usize];
        let slot = Mem::slot(SlotId(rng.below(64)), 0);
        let pick = rng.below(100);
        let mut asm = Asm(em);
        if pick < jumps {
            let far = if rng.below(20) == 0 { 60 } else { 6 };
            let to = (bound + rng.below(far) as usize).saturating_sub(far as usize / 2);
            let to = labels[to.min(groups - 1)];
            if rng.below(3) == 0 {
                asm.jmp(to);
            } else {
                asm.jcc(Cc::from_bits(rng.below(16) as u8), to);
            }
            continue;
        }
        match rng.below(10) {
            0 | 1 => asm.rr(Ins::Mov, w, a, b),
            2 | 3 => asm.rr(op, w, a, b),
            4 => asm.ri(op, w, a, rng.below(300) as i32),
            5 => asm.rm(Ins::Mov, w, a, &slot),
            6 => asm.mr(Ins::Mov, w, &slot, a),
            7 => asm.rm(Ins::Mov, w, a, &Mem::base(b, rng.below(200) as i32)),
            8 => asm.rm(op, w, a, &slot),
            _ => asm.lea(a, &Mem::index(b, a, 4, 16)),
        }
    }
    while bound < groups {
        em.bind(labels[bound]);
        bound += 1;
    }
    Asm(em).ret();
}
