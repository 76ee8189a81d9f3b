//! Random programs for comparing executors: everything that the back ends compile, traps and handlers included.
//!
//! A program is a few methods: `g0`, `g1`, … of any signature, structs and references included, called by the later ones; and
//! `f0`, which is called from outside with the buffer's address first and scalars behind it. All of it ends: loops count to small
//! constants and nest at most twice, calls go to earlier methods only, and a method that calls itself counts its turns.
//!
//! Executors may differ in addresses and in a NaN's payload and sign, so neither gets into results: floats in memory stay in the
//! parts of the buffer made for them and are read as integers only when they are numbers, and addresses are compared only with
//! null, with themselves, and within one object. References are null or objects of one class ([`Writer::OBJECT`]) outside
//! handlers, and every byref points to eight bytes of integers, or is what a null object made of it.
//!
//! What a form of an operation means, and which there are, is in [`super::Form`]; the tests ask that all of them come up.

use super::maker::{Maker, Typed};
use super::rng::Rng;
use super::{DOUBLES, Form, SINGLES, TURNS};
use crate::ir::{BlockId, LocalFlags, LocalId, Method, Opcode, Operand};
use crate::types::{ClassLayout, GcKind, LayoutField, LayoutId, VarType};

mod calls;
mod eh;
mod flow;
mod idioms;
mod late;
mod memory;
mod ops;
mod pressure;
mod vectors;

/// How deep statements nest.
const DEPTH: u32 = 4;
/// The types of variables.
const TYPES: [VarType; 6] = {
    use VarType::*;
    [I32, I64, F32, F64, Ref, Byref]
};
/// Class words of arrays by the type of their elements.
const ARRAYS: [(u64, VarType); 3] = [
    (0x14, VarType::I32),
    (0x18, VarType::I64),
    (0x28, VarType::Ref),
];
const NONE: LayoutId = LayoutId::NONE;
/// First of the made-up addresses of cells that hold code; one a method. Who runs the program puts real ones in their place.
pub const CODE_CELLS: u64 = 0x5C00_0000_0000;
/// Methods that a program has at most.
pub const MOST_METHODS: usize = 64;
/// A made-up address of a cell that holds [`DATA`], and of one that holds the first's address.
pub const DATA_CELLS: [u64; 2] = [0x5D00_0000_0000, 0x5D00_0000_0008];
/// What the first data cell holds.
pub const DATA: u64 = 0x0123_4567_89AB_CDEF;

/// The structs: in registers of each kind and number, by reference, in memory, with pointers, with odd sizes.
#[rustfmt::skip]
const STRUCTS: [&[(u32, VarType)]; 20] = {
    use VarType::*;
    [
        &[(0, I64), (8, I64)],
        &[(0, I64), (8, F64)],
        &[(0, F64), (8, F64)],
        &[(0, I64), (8, F64), (16, I64)],
        &[(0, I32)],
        &[(0, F32), (4, F32), (8, F32)],
        &[(0, I8), (2, I16), (4, I32), (8, U8)],
        &[(0, Ref), (8, I64)],
        &[(0, I32), (8, Ref), (16, F32), (24, Ref)],
        &[(0, F64), (8, F64), (16, F64), (24, F64)],
        &[(0, U8), (1, U8), (2, U8)],
        &[(0, I64), (8, I64), (16, I64), (24, I64), (32, I64)],
        &[(0, F32), (4, I32)],
        &[(0, F32)],
        &[(0, Byref), (8, I32)],
        &[(0, I64), (8, I64), (88, U16), (96, I64)],
        &[(0, Ref)],
        // Copied by a helper; word by word because of its references; beyond a page.
        &[(0, I64), (8, I32), (136, I64), (256, I64)],
        &[(0, Ref), (8, I64), (72, Ref), (152, Ref), (160, I64)],
        &[(0, I64), (4100, I32), (8992, I64)],
    ]
};
/// The struct that is larger than a page: the frames that hold it are probed.
const BEYOND_A_PAGE: usize = 19;

/// The struct with a byref, which lives on the stack only.
const STACK_ONLY: usize = 14;

fn layout(i: usize) -> ClassLayout {
    let fields = STRUCTS[i];
    let align = fields.iter().map(|f| f.1.size()).max().unwrap_or(1);
    let end = fields.iter().map(|f| f.0 + f.1.size()).max().unwrap_or(0);
    let size = end.next_multiple_of(align);
    let mut gc = Vec::new();
    if fields.iter().any(|f| f.1.is_gc()) {
        gc.resize(size.div_ceil(8) as usize, GcKind::None);
        for &(offset, ty) in fields {
            match ty {
                VarType::Ref => gc[offset as usize / 8] = GcKind::Ref,
                VarType::Byref => gc[offset as usize / 8] = GcKind::Byref,
                _ => {}
            }
        }
    }
    let field = |&(offset, ty): &(u32, VarType)| LayoutField { offset, ty };
    ClassLayout {
        size,
        align,
        gc,
        fields: fields.iter().map(field).collect(),
        in_memory: false,
        name: format!("S{i}"),
    }
}

struct Signature {
    name: String,
    params: Vec<(VarType, LayoutId)>,
    ret: (VarType, LayoutId),
    /// The first parameter is the object that the method belongs to; the buffer's address is behind it.
    has_this: bool,
}

impl Signature {
    /// Which parameter is the buffer's address?
    fn buffer(&self) -> usize {
        usize::from(self.has_this)
    }
}

/// What all methods of a program share.
struct Program {
    forms: &'static [Form],
    /// The structs in use.
    active: Vec<usize>,
    known: Vec<Signature>,
    /// The type of vectors, if there are any.
    vec_ty: Option<VarType>,
}

/// A program of about `ops` operations in all.
pub fn random(seed: u64, ops: u32) -> Vec<Method> {
    make(seed, ops, None)
}

/// As [`random()`], with vectors of type `ty` among everything else.
pub fn random_vectors(seed: u64, ops: u32, ty: VarType) -> Vec<Method> {
    make(seed, ops, Some(ty))
}

fn make(seed: u64, ops: u32, vec_ty: Option<VarType>) -> Vec<Method> {
    let mut rng = Rng::new(seed);
    let count = 1 + rng.below(4);
    let mut program = Program {
        forms: super::forms::computing(),
        active: (0..1 + rng.below(4))
            .map(|_| match rng.below(STRUCTS.len() as u32) as usize {
                // Costly, and seldom of interest.
                BEYOND_A_PAGE if rng.chance(80) => 0,
                i => i,
            })
            .collect(),
        known: Vec::new(),
        vec_ty,
    };
    let mut methods = Vec::new();
    for i in 0..count {
        let outer = i + 1 == count;
        let name = if outer {
            "f0".to_owned()
        } else {
            format!("g{i}")
        };
        let signature = signature(&mut rng, name, !outer, &program);
        let budget = 5 + rng.below(2 * ops / count);
        methods.push(Writer::new(&mut rng, &signature, &program).write(budget));
        program.known.push(signature);
    }
    methods
}

fn signature(rng: &mut Rng, name: String, inner: bool, program: &Program) -> Signature {
    use VarType::*;
    let any = |rng: &mut Rng| {
        // The widest are no parameters.
        if let Some(ty) = program.vec_ty
            && ty != V512
            && inner
            && rng.chance(30)
        {
            (ty, NONE)
        } else if inner && rng.chance(25) {
            (Struct, LayoutId(rng.pick(&program.active) as u32))
        } else if inner && rng.chance(15) {
            (rng.pick(&[Ref, Byref]), NONE)
        } else {
            let types = [I8, U8, I16, U16, I32, I32, I64, I64, F32, F64, F64];
            (rng.pick(&types), NONE)
        }
    };
    let has_this = inner && rng.chance(25);
    let mut params = vec![(I64, NONE)];
    if has_this {
        params.insert(0, (Ref, NONE));
    }
    let many = rng.chance(20);
    let count = match program.vec_ty {
        // More than there are registers for.
        Some(_) if many => 24,
        None if many => 12,
        _ => 5,
    };
    for _ in 0..rng.below(count) {
        params.push(any(rng));
    }
    let ret = if rng.chance(12) {
        (Void, NONE)
    } else {
        any(rng)
    };
    Signature {
        name,
        params,
        ret,
        has_this,
    }
}

struct Writer<'a> {
    k: Maker,
    rng: &'a mut Rng,
    program: &'a Program,
    own: &'a Signature,
    /// Variables by [`slot`].
    vars: [Vec<LocalId>; 6],
    /// By [`STRUCTS`]; those not in use have none.
    structs: Vec<Vec<LocalId>>,
    /// Structs whose address is taken, by [`STRUCTS`].
    in_memory: Vec<LocalId>,
    arrays: [LocalId; 3],
    /// Locals whose addresses are taken: of type `i64`, `f64`, `ref`, `byref`.
    exposed: [LocalId; 4],
    /// Read and written in parts.
    parts: LocalId,
    buffer: LocalId,
    loops: u32,
    calls: u32,
    /// The statements around, outermost first.
    scopes: Vec<eh::Scope>,
    /// Variables that are vectors, and one whose address is taken.
    vectors: Vec<LocalId>,
    exposed_vector: LocalId,
}

/// The place of a type among [`TYPES`].
fn slot(ty: VarType) -> usize {
    match ty.actual() {
        VarType::I64 => 1,
        VarType::F32 => 2,
        VarType::F64 => 3,
        VarType::Ref => 4,
        VarType::Byref => 5,
        _ => 0,
    }
}

impl<'a> Writer<'a> {
    /// Objects that references lead to: fields `i64`, `f64`, `ref`, `f32`, `i64` behind the class word.
    const OBJECT: u64 = 5 << 8 | 60;

    fn new(rng: &'a mut Rng, s: &'a Signature, program: &'a Program) -> Writer<'a> {
        let mut k = Maker::new(s.name.clone(), s.ret.0);
        k.m.ret_layout = s.ret.1;
        for i in 0..STRUCTS.len() {
            k.m.layouts.push(layout(i));
        }
        let mut vars: [Vec<LocalId>; 6] = Default::default();
        let mut structs: Vec<Vec<LocalId>> = vec![Vec::new(); STRUCTS.len()];
        let mut vectors = Vec::new();
        for (i, &(ty, layout)) in s.params.iter().enumerate() {
            let l = k.param(ty);
            k.m.body.locals[l].layout = layout;
            match ty {
                VarType::Struct => structs[layout.0 as usize].push(l),
                _ if ty.is_vector() => vectors.push(l),
                _ if i != s.buffer() => vars[slot(ty)].push(l),
                _ => {}
            }
        }
        if s.has_this {
            k.m.body.locals[LocalId(0)].flags |= LocalFlags::THIS;
        }
        let exposed = [VarType::I64, VarType::F64, VarType::Ref, VarType::Byref];
        let exposed = exposed.map(|ty| k.local(ty));
        let arrays = [(); 3].map(|()| k.local(VarType::Ref));
        let parts = k.local(VarType::I64);
        let mut w = Writer {
            k,
            rng,
            program,
            own: s,
            vars,
            structs,
            in_memory: vec![LocalId::NONE; STRUCTS.len()],
            arrays,
            exposed,
            parts,
            buffer: LocalId(s.buffer() as u32),
            loops: 0,
            calls: 0,
            scopes: Vec::new(),
            vectors,
            exposed_vector: LocalId::NONE,
        };
        w.set_up();
        if let Some(ty) = program.vec_ty {
            w.set_up_vectors(ty);
        }
        w
    }

    /// Gives every local a value.
    fn set_up(&mut self) {
        let small = [VarType::I8, VarType::U8, VarType::I16, VarType::U16];
        let object = self.new_object();
        let first = self.k.local(VarType::Ref);
        self.k.set(first, object);
        self.vars[4].push(first);
        for (t, own) in TYPES.into_iter().enumerate() {
            for i in 0..1 + self.rng.below(3) {
                let ty = if t == 0 && (i == 2 || self.rng.chance(25)) {
                    self.rng.pick(&small)
                } else {
                    own
                };
                let l = self.k.local(ty);
                let v = match own {
                    VarType::Ref if self.rng.chance(85) => Operand::local(first),
                    VarType::Byref => self.new_byref(),
                    _ => self.constant(own),
                };
                self.k.set(l, v);
                self.vars[t].push(l);
            }
        }
        for (i, ty) in [VarType::I64, VarType::F64, VarType::Ref, VarType::Byref]
            .into_iter()
            .enumerate()
        {
            let v = self.read(ty);
            self.k.set(self.exposed[i], v);
        }
        let v = self.constant(VarType::I64);
        self.k.set(self.parts, v);
        for i in self.program.active.clone() {
            self.set_up_struct(i);
        }
        for (i, (class, _)) in ARRAYS.into_iter().enumerate() {
            let v = if self.rng.chance(15) {
                self.k.int(0)
            } else {
                let length = self.rng.below(12);
                let length = self.k.int(length.into());
                self.k.new_array(class, length)
            };
            self.k.set(self.arrays[i], v);
        }
    }

    fn set_up_struct(&mut self, i: usize) {
        if self.in_memory[i].is_some() {
            return;
        }
        for exposed in [false, true] {
            let l = self.k.struct_local(LayoutId(i as u32));
            if exposed {
                self.in_memory[i] = l;
            } else {
                self.structs[i].push(l);
            }
            // A byref may be null only until it is set.
            if exposed || self.rng.chance(50) {
                let zero = self.k.int(0);
                self.k.set(l, zero);
            }
            for &(offset, ty) in STRUCTS[i] {
                let v = match ty {
                    VarType::Ref | VarType::Byref => self.read(ty),
                    _ => self.constant(ty),
                };
                self.set_field(l, ty, offset, v);
            }
        }
    }

    fn write(mut self, ops: u32) -> Method {
        self.region(ops, 0);
        // What is left in variables is seen through the buffer.
        for (ty, offset) in [
            (VarType::I32, 0),
            (VarType::I64, 8),
            (VarType::F64, DOUBLES),
            (VarType::F32, SINGLES),
        ] {
            let v = self.read(ty);
            let at = self.k.lea(Operand::local(self.buffer), offset);
            self.k.store(ty, at, v);
        }
        if let Some(ty) = self.program.vec_ty {
            let v = self.vector_value();
            let at = self.k.lea(Operand::local(self.buffer), 32);
            self.k.store(ty, at, v);
        }
        self.finish_method();
        self.k.finish()
    }

    /// Ends the method: a return of a value, or a call in its place.
    fn finish_method(&mut self) {
        if self.rng.chance(25) && self.tail_call() {
            return;
        }
        let (ty, layout) = self.own.ret;
        let v = match ty {
            VarType::Void => Operand::NONE,
            VarType::Struct => self.struct_value(layout.0 as usize),
            _ if ty.is_vector() => self.vector_value(),
            _ => self.value(ty.actual()),
        };
        self.k.ret(v);
    }

    fn set_field(&mut self, l: LocalId, ty: VarType, offset: u32, v: Operand) {
        let at = self.k.int(offset.into());
        self.k.push(Opcode::StoreLclFld, ty, 0, l.0, &[v, at]);
    }

    fn variable(&mut self, ty: VarType) -> LocalId {
        self.rng.pick(&self.vars[slot(ty)])
    }

    fn read(&mut self, ty: VarType) -> Operand {
        Operand::local(self.variable(ty))
    }

    /// A fresh local that holds `v`, to be read more than once.
    fn hold(&mut self, ty: VarType, v: Operand) -> Operand {
        let l = self.k.local(ty);
        self.k.set(l, v);
        Operand::local(l)
    }

    /// A local of a struct in use, its place among [`STRUCTS`] too.
    fn any_struct(&mut self) -> (usize, LocalId) {
        let i = self.rng.pick(&self.program.active);
        (i, self.rng.pick(&self.structs[i]))
    }

    fn branch_to(&mut self, b: BlockId) {
        self.k.jump(b);
    }

    /// The buffer's word that counts turns, as an address.
    fn turns(&mut self) -> Operand {
        self.k.lea(Operand::local(self.buffer), TURNS)
    }
}
