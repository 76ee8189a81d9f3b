//! The convenience interface for vectors: an instruction, an arrangement and operands become a descriptor of the right form.
//!
//! As in [`asm`](super::asm) nothing is refused here; what has no form becomes a descriptor that `finish` refuses by name.

use super::asm::Asm;
use super::instr_desc::{WIDE, pack};
use super::shape::Arr;
use super::table::{Class, Ins, form};
use crate::target::RegNum;

const NONE: RegNum = RegNum(0);

impl Asm<'_> {
    /// Any form whose operands are a list (see [`shape`](super::shape)): registers in the places d, n, m, a; `imm` and `disp` the
    /// first and second constant; integer operands of the form's width are 64-bit if `wide`.
    pub fn listed(
        &mut self,
        (ins, class, arr): (Ins, Class, Arr),
        r: [RegNum; 4],
        imm: i32,
        disp: i32,
        wide: bool,
    ) {
        // Of a class that no instruction has, so that a request without a form is refused.
        let mut d = pack(ins, Class::Bad, wide as u8 * WIDE, [r[0], r[1], r[2]]);
        match form(ins, class, arr) {
            0 => {}
            form => d.form = form,
        }
        let old = matches!(class, Class::V2) && d.form == form(ins, Class::V2Half, Arr::B8);
        d.extra = if old { 0 } else { arr as u8 };
        d.r[3] = r[3];
        d.imm = imm;
        d.disp = disp;
        self.0.push(d);
    }

    /// `ins d.T, n.T`.
    pub fn v2(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum) {
        self.listed((ins, Class::V2, arr), [d, n, NONE, NONE], 0, 0, false);
    }

    /// `ins d.T, n.T, m.T`.
    pub fn v3(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum, m: RegNum) {
        self.listed((ins, Class::V3, arr), [d, n, m, NONE], 0, 0, false);
    }

    /// `ins d.T, n.T, m.T[lane]`.
    pub fn v3_lane(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum, m: RegNum, lane: u8) {
        let r = [d, n, m, NONE];
        self.listed((ins, Class::VLane, arr), r, lane as i32, 0, false);
    }

    /// `ins d.T, n.T, #amount`: `VShl`, `VSshr`, `VUshr` and their like.
    pub fn v_shift(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum, amount: u32) {
        let class = match form(ins, Class::VShr, arr) {
            0 => Class::VShl,
            _ => Class::VShr,
        };
        let r = [d, n, NONE, NONE];
        self.listed((ins, class, arr), r, amount as i32, 0, false);
    }

    /// `xtn d.T, n.W` and its like: `arr` is the narrow arrangement, the full one writes the upper half.
    pub fn v_narrow(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum) {
        self.listed((ins, Class::VNarrow2, arr), [d, n, NONE, NONE], 0, 0, false);
    }

    /// `sxtl`, `uxtl d.W, n.T`: elements widened; the full arrangement reads the upper half.
    pub fn v_widen(&mut self, signed: bool, arr: Arr, d: RegNum, n: RegNum) {
        let ins = if signed { Ins::VSshll } else { Ins::VUshll };
        self.listed((ins, Class::VLongShl, arr), [d, n, NONE, NONE], 0, 0, false);
    }

    /// `ins d.W, n.T, m.T`: long products and sums.
    pub fn v3_long(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum, m: RegNum) {
        self.listed((ins, Class::VLong3, arr), [d, n, m, NONE], 0, 0, false);
    }

    /// `ins d, n.T`: all lanes to a scalar.
    pub fn v_across(&mut self, ins: Ins, arr: Arr, d: RegNum, n: RegNum) {
        self.listed((ins, Class::VAcross, arr), [d, n, NONE, NONE], 0, 0, false);
    }

    /// `dup d.T, n`: every lane from an integer register.
    pub fn dup_int(&mut self, arr: Arr, d: RegNum, n: RegNum) {
        let r = [d, n, NONE, NONE];
        self.listed((Ins::VDup, Class::VDupGen, arr), r, 0, 0, false);
    }

    /// `dup d.T, n.T[lane]`.
    pub fn dup_lane(&mut self, arr: Arr, d: RegNum, n: RegNum, lane: u8) {
        let r = [d, n, NONE, NONE];
        self.listed((Ins::VDup, Class::VDupLane, arr), r, lane as i32, 0, false);
    }

    /// `umov d, n.T[lane]`: a lane of `1 << size` bytes to an integer register, zero-extended.
    pub fn lane_to_int(&mut self, size: u32, d: RegNum, n: RegNum, lane: u8) {
        let shape = (Ins::VUmov, Class::VLaneToG, Arr::new(size, true));
        self.listed(shape, [d, n, NONE, NONE], lane as i32, 0, false);
    }

    /// `ins d.T[lane], n`: a lane of `1 << size` bytes from an integer register.
    pub fn int_to_lane(&mut self, size: u32, d: RegNum, lane: u8, n: RegNum) {
        let shape = (Ins::VIns, Class::VInsGen, Arr::new(size, true));
        self.listed(shape, [d, n, NONE, NONE], lane as i32, 0, false);
    }

    /// `ins d.T[to], n.T[from]`.
    pub fn lane_to_lane(&mut self, size: u32, d: RegNum, to: u8, n: RegNum, from: u8) {
        let shape = (Ins::VIns, Class::VInsLane, Arr::new(size, true));
        self.listed(shape, [d, n, NONE, NONE], to as i32, from as i32, false);
    }

    /// `ext d.T, n.T, m.T, #index`: bytes from `index` on of `n`, then those of `m`.
    pub fn v_ext(&mut self, arr: Arr, d: RegNum, n: RegNum, m: RegNum, index: u8) {
        let r = [d, n, m, NONE];
        self.listed((Ins::VExt, Class::VExt, arr), r, index as i32, 0, false);
    }

    /// `movi d.T, #imm, lsl #shift`: of bytes the shift is 0.
    pub fn movi(&mut self, arr: Arr, d: RegNum, imm: u8, shift: u8) {
        let class = match arr.size_log2() {
            0 if shift == 0 => Class::VImm,
            _ => Class::VImmShift,
        };
        let r = [d, NONE, NONE, NONE];
        self.listed((Ins::Movi, class, arr), r, imm as i32, shift as i32, false);
    }

    /// `ins {t.T, ...}, [base]`: `count` registers from `t` on, for `VLd1` to `VLd4`, `VLd1r` to `VLd4r`, `VSt1` to `VSt4`.
    pub fn v_list(&mut self, ins: Ins, arr: Arr, t: RegNum, count: u8, base: RegNum) {
        let class = match count {
            1 => Class::List1,
            2 => Class::List2,
            3 => Class::List3,
            4 => Class::List4,
            _ => Class::Bad,
        };
        self.listed((ins, class, arr), [t, base, NONE, NONE], 0, 0, false);
    }
}
