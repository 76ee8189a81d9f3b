//! The kinds of generated programs, and their names.

use crate::ir::Method;
use crate::ir::generate;
use crate::types::VarType;

/// A kind of program.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Everything that is compiled, without vectors.
    Scalars,
    /// The same, with vectors of one type.
    Vectors(VarType),
    /// The mix of operations of ordinary programs, in larger methods.
    Realistic,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] = [
        Kind::Scalars,
        Kind::Vectors(VarType::V64),
        Kind::Vectors(VarType::V96),
        Kind::Vectors(VarType::V128),
        Kind::Vectors(VarType::V256),
        Kind::Vectors(VarType::V512),
        Kind::Realistic,
    ];

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.name() == name)
    }

    /// Its name on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Scalars => "scalars",
            Kind::Realistic => "realistic",
            Kind::Vectors(VarType::V64) => "v64",
            Kind::Vectors(VarType::V96) => "v96",
            Kind::Vectors(VarType::V128) => "v128",
            Kind::Vectors(VarType::V256) => "v256",
            Kind::Vectors(_) => "v512",
        }
    }

    /// The program of this kind that `seed` fixes.
    pub fn make(self, seed: u64) -> Vec<Method> {
        match self {
            Kind::Scalars => generate::random(seed, 40),
            Kind::Vectors(ty) => generate::random_vectors(seed, 60, ty),
            Kind::Realistic => generate::realistic(seed, 8, 20..200),
        }
    }
}
