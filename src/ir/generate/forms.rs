//! The forms of operations: which types, source types and conditions an opcode has a meaning for.
//!
//! The interpreter, being untyped inside, would also run some forms that are none, so this is said here once, for the tests that
//! go through all forms and for the generator of random programs.

use crate::ir::{AuxKind, Cond, Effects, Opcode, ResultKind, SubKind};
use crate::types::VarType;
use std::sync::LazyLock;

/// The types of values and of memory accesses, vectors and structs left out.
pub const SCALARS: [VarType; 10] = {
    use VarType::*;
    [I8, U8, I16, U16, I32, I64, F32, F64, Ref, Byref]
};

/// One form of one opcode: what stands in the node beside its operands.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Form {
    /// The opcode.
    pub op: Opcode,
    /// The node's type.
    pub ty: VarType,
    /// Its `sub`: source type, condition, scale or barrier.
    pub sub: u8,
    /// Its `aux`, where that is a type; else a number that fits.
    pub aux: u32,
}

impl Form {
    /// Is it an operation of the IR?
    pub fn makes_sense(&self) -> bool {
        use Opcode::*;
        use VarType::*;
        let of = |i: usize| VarType::ALL[i % VarType::ALL.len()];
        let (ty, src) = (self.ty, of(self.sub.into()));
        let compared = of(self.aux as usize);
        let int = |t: VarType| matches!(t, I32 | I64);
        let full = |t: VarType| int(t) || t.is_gc();
        match self.op {
            Add | Sub => int(ty) || ty.is_float() || ty == Byref,
            Neg | Mul | Min | Max | Abs => int(ty) || ty.is_float(),
            FDiv | FRem | Sqrt | Floor | Ceil | RoundEven | TruncFloat | CopySign | Fma
            | CkFinite => ty.is_float(),
            Not | And | Or | Xor | Shl | Shr | Sar | Rol | Ror | MulHi | UMulHi | Div | UDiv
            | Rem | URem | AddOvf | AddOvfUn | SubOvf | SubOvfUn | MulOvf | MulOvfUn | UMin
            | UMax | Clz | Ctz | Popcnt | Bswap | BitReverse => int(ty),
            Const | Select => full(ty) || ty.is_float(),
            Sext | Zext => int(ty) && (src.is_small() || src == I32 && ty == I64),
            Trunc => ty == I32 && src == I64,
            IntToFloat | UIntToFloat => ty.is_float() && int(src),
            FloatToInt | FloatToUInt | FloatToIntOld | FloatToUIntOld => int(ty) && src.is_float(),
            FloatToFloat => ty.is_float() && src.is_float(),
            CastOvfToUn => int(ty) && (int(src) || src.is_float()),
            CastOvf => (int(ty) || ty.is_small()) && (int(src) || src.is_float()),
            CastOvfUn => (int(ty) || ty.is_small()) && int(src),
            Bitcast => (full(ty) || ty.is_float()) && (full(src) || src.is_float()),
            Cmp | CmpBranch => match Cond::from_bits(self.sub) {
                Cond::TestZ | Cond::TestNz => full(compared),
                _ => full(compared) || compared.is_float(),
            },
            BoundsCheck => int(compared),
            Lea | IndexAddr => matches!(ty, I64 | Byref),
            ArrLen => ty == I32,
            Store => ty == Ref || self.sub == 0,
            LocAlloc => ty == I64,
            AtomicXchg | AtomicCmpXchg if ty == Ref => true,
            AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => {
                int(ty) || ty.is_small()
            }
            _ => true,
        }
    }

    /// The form as text: opcode, type, and what `sub` and `aux` add.
    pub fn name(&self) -> String {
        let info = self.op.info();
        let ty = if info.aux == AuxKind::Type {
            VarType::ALL[self.aux as usize % VarType::ALL.len()]
        } else {
            self.ty
        };
        let mut s = format!("{}.{}", self.op.name(), ty.name());
        match info.sub {
            SubKind::Type => s = format!("{s} {}", VarType::ALL[self.sub as usize].name()),
            SubKind::Cond => s = format!("{s} {}", Cond::from_bits(self.sub).name()),
            SubKind::None => {}
            _ => s = format!("{s} {}", self.sub),
        }
        s
    }

    /// All combinations of the columns of an opcode's row, sensible or not.
    pub fn all(op: Opcode) -> Vec<Form> {
        let info = op.info();
        let compared = info.aux == AuxKind::Type;
        let untyped = compared || info.result == ResultKind::None && op != Opcode::Store;
        let own: &[VarType] = if untyped { &[VarType::I32] } else { &SCALARS };
        let auxes: Vec<u32> = match info.aux {
            AuxKind::Type => SCALARS.iter().map(|&t| t as u32).collect(),
            AuxKind::Imm => vec![8],
            _ => vec![0],
        };
        let subs: Vec<u8> = match info.sub {
            SubKind::Type => SCALARS.iter().map(|&t| t as u8).collect(),
            SubKind::Cond => Cond::ALL.iter().map(|&c| c as u8).collect(),
            SubKind::Scale => vec![0, 1, 2, 3],
            SubKind::Barrier => vec![0, 1, 2],
            _ => vec![0],
        };
        let mut forms = Vec::new();
        for &ty in own {
            for &sub in &subs {
                for &aux in &auxes {
                    forms.push(Form { op, ty, sub, aux });
                }
            }
        }
        forms
    }
}

/// The sensible forms of the opcodes that compute a value from values alone; they may raise.
pub(super) fn computing() -> &'static [Form] {
    // Thousands, the same for every program.
    static ALL: LazyLock<Vec<Form>> = LazyLock::new(find_computing);
    &ALL
}

fn find_computing() -> Vec<Form> {
    let plain = |op: Opcode| {
        let info = op.info();
        let free = (info.effects - Effects::THROWS - Effects::COMMUTES).is_empty();
        let fields = matches!(info.aux, AuxKind::None | AuxKind::Type);
        free && fields && info.result != ResultKind::None && !info.operands.is_empty()
    };
    let ops = Opcode::ALL.iter().copied().filter(|&op| {
        plain(op) && !op.name().starts_with('v') && !matches!(op, Opcode::Result | Opcode::ArrLen)
    });
    ops.flat_map(Form::all)
        .filter(Form::makes_sense)
        .filter(|f| {
            // A reinterpretation keeps its size.
            f.op != Opcode::Bitcast || VarType::ALL[f.sub as usize].size() == f.ty.size()
        })
        .collect()
}
