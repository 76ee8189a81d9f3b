//! Random signatures, and their texts: the method's, the C functions', what of their values is compared.

use anyhow::Result;
use std::fmt::Write;
use tatsu::ir::generate::Rng;

/// A type of a parameter or result.
#[derive(Clone)]
enum Type {
    Scalar(&'static str),
    /// Number of the struct, its fields.
    Struct(usize, Vec<&'static str>),
}

/// A random signature.
pub struct Signature {
    number: u32,
    params: Vec<Type>,
    ret: Option<Type>,
}

impl Signature {
    /// `number` is in the names of its C functions.
    pub fn random(r: &mut Rng, number: u32, structs_of_vectors: bool) -> Signature {
        let many = if r.below(4) == 0 { 20 } else { 7 };
        // Of vectors alone the registers soon are full.
        let vectors = r.below(8) == 0;
        let params = (0..r.below(many))
            .map(|i| {
                if vectors && r.below(4) != 0 {
                    Type::Scalar(r.pick(&["v128", "v256", "v256", "f64"]))
                } else {
                    Type::random(r, i as usize, structs_of_vectors)
                }
            })
            .collect();
        let ret = match r.below(9) {
            0 => None,
            1 => Some(Type::Scalar(r.pick(&["i32", "i64"]))),
            2 => Some(Type::Scalar(r.pick(&["f32", "f64"]))),
            3 => Some(Type::Scalar(
                r.pick(&["v128", "v256", "v512", "i8", "u8", "i16", "u16"]),
            )),
            _ => Some(Type::random_struct(r, 99, structs_of_vectors)),
        };
        Signature {
            number,
            params,
            ret,
        }
    }

    /// For messages.
    pub fn shown(&self) -> String {
        let params: Vec<String> = self.params.iter().map(Type::shown).collect();
        let ret = self.ret.as_ref().map_or("void".to_owned(), Type::shown);
        format!("({}) -> {ret}", params.join(", "))
    }

    /// The method in text IR.
    pub fn text(&self) -> Result<String> {
        let mut t = String::new();
        for ty in self.params.iter().chain(&self.ret) {
            if let Type::Struct(n, fields) = ty {
                let (offsets, size, align) = laid_out(fields);
                let parts: Vec<String> = fields
                    .iter()
                    .zip(offsets)
                    .map(|(f, at)| format!("{f} @{at}"))
                    .collect();
                let parts = parts.join(", ");
                writeln!(t, "layout S{n} size {size} align {align} {{ {parts} }}")?;
            }
        }
        let n = self.params.len();
        let params: String = (1..=n)
            .map(|i| format!(", v{i}: {}", self.params[i - 1].ir_in_method(i - 1)))
            .collect();
        let args: Vec<String> = (1..=n)
            .map(|i| format!("{} v{i}", self.params[i - 1].ir()))
            .collect();
        let args = args.join(", ");
        match &self.ret {
            None => write!(
                t,
                "func @f(v0: i64{params}) -> void {{\nbb0:\n  call.void *v0({args})\n  call.void *v0({args})\n  ret\n}}\n"
            )?,
            Some(ret) => {
                let ret = ret.ir();
                let given = if self.wide_result() { "i32" } else { &ret };
                let (a, b) = (n + 1, n + 2);
                write!(
                    t,
                    "func @f(v0: i64{params}) -> {ret} {{\n  local v{a}: {given}\n  local v{b}: {given}\nbb0:\n  \
                     t0 = call.{given} *v0({args})\n  store_lcl v{a}, t0\n  \
                     t1 = call.{given} *v0({args})\n  store_lcl v{b}, t1\n  ret v{b}\n}}\n"
                )?;
            }
        }
        Ok(t)
    }

    /// Does the method get its small result as an `i32`, which it has to narrow?
    fn wide_result(&self) -> bool {
        self.ret.as_ref().is_some_and(Type::is_small) && self.params.len() % 2 == 1
    }

    /// Where each argument lies among the bytes that are noted.
    fn places(&self) -> impl Iterator<Item = (usize, &Type, u32)> {
        let mut at = 0_u32;
        self.params.iter().enumerate().map(move |(k, ty)| {
            let place = at;
            at = (at + ty.noted_mask().len() as u32).next_multiple_of(64);
            (k, ty, place)
        })
    }

    /// The struct types, the function that is called and the function that calls.
    pub fn c_functions(&self, file: &mut String) -> Result<()> {
        let i = self.number;
        for ty in self.params.iter().chain(&self.ret) {
            if let Type::Struct(n, fields) = ty {
                let parts: String = fields
                    .iter()
                    .enumerate()
                    .map(|(k, f)| format!("{f} m{k}; "))
                    .collect();
                writeln!(file, "typedef struct {{ {parts}}} S{i}_{n};")?;
            }
        }
        let types: Vec<String> = self.params.iter().map(|p| p.c(i)).collect();
        let mut params = String::new();
        for (k, ty) in types.iter().enumerate() {
            let comma = if k == 0 { "" } else { ", " };
            write!(params, "{comma}{ty} a{k}")?;
        }
        let none = if types.is_empty() { "void" } else { "" };
        let ret = self.ret.as_ref().map_or("void".to_owned(), |r| r.c(i));
        let noted = self.ret.as_ref().map_or("void", |ty| ty.noted(&ret));
        let given = if self.wide_result() { noted } else { &ret };
        writeln!(file, "ABI {given} c{i}({params}{none}) {{")?;
        for (k, ty, at) in self.places() {
            let noted = ty.noted(&types[k]);
            writeln!(file, "  AT({noted}, noted_at, {at}) = a{k}; SPOIL(a{k});")?;
        }
        if self.ret.is_some() {
            writeln!(file, "  {given} r = AT({given}, result_at, 0);")?;
            if noted != ret {
                let narrow = format!("AT({ret}, result_at, 0)");
                writeln!(file, "  AT({noted}, result_at, 0) = {narrow};")?;
            }
            file.push_str("  return r;\n");
        }
        write!(file, "}}\nvoid t{i}(void *f) {{\n  ")?;
        if self.ret.is_some() {
            write!(file, "AT({noted}, got, 0) = ")?;
        }
        let (mut params, mut args, mut after) = (String::new(), String::new(), String::new());
        for (k, ty, at) in self.places() {
            let (own, noted) = (&types[k], ty.noted(&types[k]));
            let passed = if ty.wide_in_method(k) { noted } else { own };
            write!(params, ", {passed}")?;
            write!(args, ", AT({passed}, args, {at})")?;
            if noted != own {
                writeln!(after, "  AT({noted}, args, {at}) = AT({own}, args, {at});")?;
            }
        }
        writeln!(
            file,
            "((ABI {ret} (*)(void *{params}))f)(landing{args});\n{after}}}"
        )?;
        Ok(())
    }

    /// Which bits of the arguments' bytes are compared.
    pub fn args_mask(&self) -> Vec<u8> {
        let mut mask = Vec::new();
        for (_, ty, at) in self.places() {
            mask.resize(at as usize, 0);
            mask.extend(ty.noted_mask());
        }
        mask
    }

    /// Which bits of the result's bytes are compared.
    pub fn result_mask(&self) -> Vec<u8> {
        self.ret.as_ref().map_or(Vec::new(), Type::noted_mask)
    }
}

impl Type {
    fn random(r: &mut Rng, number: usize, structs_of_vectors: bool) -> Type {
        match r.below(20) {
            0 | 1 => Type::Scalar(r.pick(&["i8", "u8", "i16", "u16"])),
            2..=5 => Type::Scalar(r.pick(&["i32", "i64"])),
            6..=9 => Type::Scalar(r.pick(&["f32", "f64"])),
            10 => Type::Scalar(r.pick(&["v128", "v128", "v256", "v512"])),
            _ => Type::random_struct(r, number, structs_of_vectors),
        }
    }

    /// Of one kind of floats or vectors, of bytes, or mixed.
    fn random_struct(r: &mut Rng, number: usize, vectors: bool) -> Type {
        let n = 1 + r.below(5);
        let fields = match r.below(20) {
            0..=7 => {
                let f = if vectors && r.below(4) == 0 {
                    "v128"
                } else {
                    r.pick(&["f32", "f64"])
                };
                vec![f; n as usize]
            }
            8 => vec![r.pick(&["u8", "i16"]); 1 + r.below(17) as usize],
            9 if vectors => (0..n).map(|_| r.pick(&["v128", "i32", "f64"])).collect(),
            _ => (0..n)
                .map(|_| r.pick(&["u8", "i16", "i32", "i64", "f32", "f64", "i64", "f64"]))
                .collect(),
        };
        Type::Struct(number, fields)
    }

    fn ir(&self) -> String {
        match self {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Struct(n, _) => format!("struct S{n}"),
        }
    }

    /// As the type of parameter `k` of the method.
    fn ir_in_method(&self, k: usize) -> String {
        if self.wide_in_method(k) {
            "i32".to_owned()
        } else {
            self.ir()
        }
    }

    /// Is it small, and the method gets its argument as an `i32`, which it has to narrow?
    fn wide_in_method(&self, k: usize) -> bool {
        self.is_small() && k % 2 == 1
    }

    fn is_small(&self) -> bool {
        matches!(self, Type::Scalar(name) if size_of_scalar(name) < 4)
    }

    fn c(&self, signature: u32) -> String {
        match self {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Struct(n, _) => format!("S{signature}_{n}"),
        }
    }

    fn shown(&self) -> String {
        match self {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Struct(_, fields) => format!("{{{}}}", fields.join(" ")),
        }
    }

    fn size(&self) -> u32 {
        match self {
            Type::Scalar(name) => size_of_scalar(name),
            Type::Struct(_, fields) => laid_out(fields).1,
        }
    }

    /// The type that a value is noted in, given its own: a small integer as the `i32` that the C compiler makes of it. Where the other
    /// side extends (Apple's convention), that is the register as it arrived.
    fn noted<'a>(&self, own: &'a str) -> &'a str {
        if self.is_small() { "i32" } else { own }
    }

    /// The mask of what is noted.
    fn noted_mask(&self) -> Vec<u8> {
        if self.is_small() {
            vec![0xFF; 4]
        } else {
            self.mask()
        }
    }

    /// All bits of values, none of padding.
    fn mask(&self) -> Vec<u8> {
        let mut mask = vec![0; self.size() as usize];
        match self {
            Type::Scalar(_) => mask.fill(0xFF),
            Type::Struct(_, fields) => {
                for (field, at) in fields.iter().zip(laid_out(fields).0) {
                    let at = at as usize;
                    mask[at..at + size_of_scalar(field) as usize].fill(0xFF);
                }
            }
        }
        mask
    }
}

fn size_of_scalar(name: &str) -> u32 {
    match name {
        "u8" | "i8" => 1,
        "i16" | "u16" => 2,
        "i32" | "f32" => 4,
        "v128" => 16,
        "v256" => 32,
        "v512" => 64,
        _ => 8,
    }
}

/// Offsets of the fields at their natural alignment, size and alignment of the whole.
fn laid_out(fields: &[&str]) -> (Vec<u32>, u32, u32) {
    let (mut at, mut most) = (0_u32, 1);
    let mut offsets = Vec::new();
    for field in fields {
        let size = size_of_scalar(field);
        at = at.next_multiple_of(size);
        offsets.push(at);
        at += size;
        most = most.max(size);
    }
    (offsets, at.next_multiple_of(most), most)
}
