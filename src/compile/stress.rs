//! Which stress areas are on for a method: the knobs `JitStress`, `JitStressModeNames…` and `JitStressRegs`.
//!
//! | knob | effect |
//! |---|---|
//! | `JitStress` | 0 none; 2 all areas of the [`check`](crate::opt::stress::Area::check) group; else some areas, by a hash of the method |
//! | `JitStressModeNames` | these areas are on as well |
//! | `JitStressModeNamesOnly` | and no others |
//! | `JitStressModeNamesNot` | these are never on |
//! | `JitStressModeNamesAllow` | only these may be on by `JitStress` |
//! | `JitStressOnly` | the methods that all of this is about |

use super::method_set::MethodNames;
use super::options::Options;
use super::{CompileOptions, OptLevel};
use crate::opt::stress::{AREAS, Area, StressAreas};

/// Choices of `JitStressRegs` that the area `REGS` takes.
const REGS: [u32; 13] = [
    1, 2, 3, 4, 8, 0x10, 0x20, 0x60, 0x80, 0x100, 0x200, 0x400, 0x1000,
];

impl Options {
    /// Sets what the stress knobs say about the method in `opts`. Its names are only asked for under stress.
    pub fn apply_stress(&self, names: &dyn MethodNames, opts: &mut CompileOptions) {
        let regs = self.jit_stress_regs.cast_unsigned();
        let named = self.jit_stress_mode_names.is_some();
        if (regs == 0 && self.jit_stress == 0 && !named) || !self.jit_stress_only.matches(names) {
            return;
        }
        opts.stress_regs = regs;
        let hash = hash_of(names);
        opts.stress_seed = hash ^ self.jit_stress.cast_unsigned();
        opts.stress = self.areas(opts.stress_seed);
        if opts.stress.contains(StressAreas::MIN_OPTS) {
            opts.opt = OptLevel::MinOpts;
        }
        if opts.stress.contains(StressAreas::REGS) && regs == 0 {
            opts.stress_regs = REGS[hash as usize % REGS.len()];
        }
    }

    fn areas(&self, seed: u32) -> StressAreas {
        let listed = |list: &Option<String>, area: &Area| {
            let words = list.as_deref().unwrap_or_default();
            words
                .split([' ', ',', ';'])
                .any(|w| w.eq_ignore_ascii_case(area.name))
        };
        let mut on = StressAreas::empty();
        for area in &AREAS {
            let by_number = match self.jit_stress {
                0 => false,
                2 if area.check => true,
                _ => mix(seed ^ area.area.bits()) % 100 < area.weight,
            };
            let allowed = self.jit_stress_mode_names_allow.is_none()
                || listed(&self.jit_stress_mode_names_allow, area);
            let by_number = by_number && allowed && !self.jit_stress_mode_names_only;
            let by_name = listed(&self.jit_stress_mode_names, area);
            if (by_number || by_name) && !listed(&self.jit_stress_mode_names_not, area) {
                on |= area.area;
            }
        }
        on
    }

    /// The words of the lists of areas that name none.
    pub fn unknown_areas(&self) -> Vec<String> {
        let lists = [
            &self.jit_stress_mode_names,
            &self.jit_stress_mode_names_not,
            &self.jit_stress_mode_names_allow,
        ];
        lists
            .into_iter()
            .flatten()
            .flat_map(|l| l.split([' ', ',', ';']))
            .filter(|w| !w.is_empty() && StressAreas::from_area_name(w).is_none())
            .map(str::to_owned)
            .collect()
    }
}

/// A hash of a method's full name (Fowler, Noll, Vo, variant 1a).
pub fn hash_of(names: &dyn MethodNames) -> u32 {
    let mut h = 0x811c_9dc5u32;
    let mut add = |s: &str| {
        for b in s.bytes() {
            h = (h ^ u32::from(b)).wrapping_mul(0x0100_0193);
        }
    };
    add(&names.class());
    add(&names.class_instantiation());
    add(":");
    add(&names.method());
    add(&names.method_instantiation());
    add(&names.signature());
    mix(h)
}

/// Spreads a number over 32 bits.
fn mix(x: u32) -> u32 {
    let x = (x ^ x >> 16).wrapping_mul(0x7feb_352d);
    let x = (x ^ x >> 15).wrapping_mul(0x846c_a68b);
    x ^ x >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::options::{ConfigSource, ProcessEnvironment};
    use std::borrow::Cow;

    struct Name(String);

    impl MethodNames for Name {
        fn method(&self) -> Cow<'_, str> {
            self.0.as_str().into()
        }
        fn class(&self) -> Cow<'_, str> {
            "C".into()
        }
        fn class_instantiation(&self) -> Cow<'_, str> {
            "".into()
        }
        fn method_instantiation(&self) -> Cow<'_, str> {
            "".into()
        }
        fn signature(&self) -> Cow<'_, str> {
            "()".into()
        }
    }

    struct Pairs(&'static [(&'static str, &'static str)]);

    impl ConfigSource for Pairs {
        fn text(&self, name: &str) -> Option<String> {
            let found = self.0.iter().find(|p| p.0 == name);
            found.map(|p| p.1.to_owned())
        }
        fn int(&self, name: &str) -> Option<i32> {
            self.text(name)
                .and_then(|t| i32::from_str_radix(&t, 16).ok())
        }
    }

    fn of(pairs: &'static [(&'static str, &'static str)], method: &str) -> CompileOptions {
        let mut opts = CompileOptions::default();
        let options = Options::read(&Pairs(pairs));
        options.apply_stress(&Name(method.to_owned()), &mut opts);
        opts
    }

    #[test]
    fn areas_are_on_by_number_by_name_and_by_method() {
        assert!(of(&[], "M").stress.is_empty());
        let all = of(&[("JitStress", "2")], "M").stress;
        assert!(all.contains(StressAreas::EMITTER | StressAreas::BLOCK_ORDER));
        let one = of(&[("JitStressModeNames", "emitter FULLY_INT")], "M").stress;
        assert_eq!(one, StressAreas::EMITTER | StressAreas::FULLY_INT);
        let only = of(
            &[
                ("JitStress", "2"),
                ("JitStressModeNames", "EMITTER"),
                ("JitStressModeNamesOnly", "1"),
            ],
            "M",
        );
        assert_eq!(only.stress, StressAreas::EMITTER);
        let not = of(
            &[("JitStress", "2"), ("JitStressModeNamesNot", "EMITTER")],
            "M",
        )
        .stress;
        assert!(!not.contains(StressAreas::EMITTER) && not.contains(StressAreas::FULLY_INT));
        let allow = of(
            &[("JitStress", "2"), ("JitStressModeNamesAllow", "EMITTER")],
            "M",
        );
        assert_eq!(allow.stress, StressAreas::EMITTER);
        let other = of(&[("JitStress", "2"), ("JitStressOnly", "Other")], "M");
        assert!(other.stress.is_empty());
        let min = of(&[("JitStressModeNames", "MIN_OPTS")], "M");
        assert_eq!(min.opt, OptLevel::MinOpts);
        assert_eq!(of(&[("JitStressRegs", "800")], "M").stress_regs, 0x800);
        assert_ne!(of(&[("JitStressModeNames", "REGS")], "M").stress_regs, 0);
    }

    #[test]
    fn a_number_chooses_by_method_about_as_often_as_the_weight_says() {
        for area in &AREAS {
            let on = (0..2000)
                .filter(|i| {
                    let stress = of(&[("JitStress", "7")], &format!("M{i}")).stress;
                    stress.contains(area.area)
                })
                .count() as u32;
            assert!(on.abs_diff(area.weight * 20) < 150, "{}: {on}", area.name);
        }
    }

    #[test]
    fn words_that_name_no_area_are_found() {
        let options = Options::read(&Pairs(&[("JitStressModeNames", "EMITTER,NOPE")]));
        assert_eq!(options.unknown_areas(), ["NOPE"]);
        // The environment has none of it here.
        assert!(
            Options::read(&ProcessEnvironment)
                .jit_stress_only
                .selects_all()
        );
    }
}
