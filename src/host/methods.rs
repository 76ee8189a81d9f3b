//! The methods in a code heap: what dispatcher, signal handlers and listings must know about each, found by address.

use crate::compile::{CompiledMethod, EhClauseOut, FuncFragment, IlMapping};

/// A method in place.
#[derive(Clone, Debug)]
pub struct LoadedMethod {
    /// Name.
    pub name: String,
    /// Address of the first instruction.
    pub start: u64,
    /// Bytes of code.
    pub len: u32,
    /// The method and its funclets, ascending.
    pub funcs: Vec<FuncFragment>,
    /// Unwind blocks of all fragments.
    pub unwind: Vec<u8>,
    /// EH clauses in search order.
    pub eh: Vec<EhClauseOut>,
    /// Source lines by code offset.
    pub lines: Vec<IlMapping>,
}

impl LoadedMethod {
    /// What the result of a compile means at address `start`.
    pub fn new(name: &str, start: u64, compiled: &CompiledMethod) -> LoadedMethod {
        LoadedMethod {
            name: name.to_owned(),
            start,
            len: compiled.code.len() as u32,
            funcs: compiled.funcs.clone(),
            unwind: compiled.unwind.clone(),
            eh: compiled.eh.clone(),
            lines: compiled.il_map.clone(),
        }
    }

    /// The source line of the instruction at code offset `at`. The debug-info format's special values are no lines.
    pub fn line_at(&self, at: u32) -> Option<u32> {
        let end = self.lines.partition_point(|m| m.native <= at);
        self.lines[..end]
            .iter()
            .rev()
            .map(|m| m.il)
            .find(|&il| is_line(il))
    }

    /// The first source line: what the prolog belongs to.
    pub fn first_line(&self) -> Option<u32> {
        self.lines.iter().map(|m| m.il).find(|&il| is_line(il))
    }

    /// The unwind block of the fragment that code offset `at` lies in; empty if there is none.
    pub fn unwind_at(&self, at: u32) -> &[u8] {
        let end = self.funcs.partition_point(|f| f.start <= at);
        end.checked_sub(1)
            .and_then(|i| {
                let (from, to) = self.funcs[i].unwind;
                self.unwind.get(from as usize..to as usize)
            })
            .unwrap_or(&[])
    }
}

/// Is this a line, and none of the debug-info format's special values?
fn is_line(il: u32) -> bool {
    il < u32::MAX - 2
}

/// All methods of a heap, by ascending address.
#[derive(Debug, Default)]
pub struct CodeMap {
    /// The methods.
    pub methods: Vec<LoadedMethod>,
}

impl CodeMap {
    /// Adds a method; code heaps hand out ascending addresses.
    pub fn push(&mut self, method: LoadedMethod) {
        debug_assert!(self.methods.last().is_none_or(|m| m.start < method.start));
        self.methods.push(method);
    }

    /// The method whose code contains `address`, and its index.
    pub fn at(&self, address: u64) -> Option<(usize, &LoadedMethod)> {
        let index = self
            .methods
            .partition_point(|m| m.start <= address)
            .checked_sub(1)?;
        let method = &self.methods[index];
        (address - method.start < u64::from(method.len)).then_some((index, method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_by_any_of_their_addresses() {
        let mut map = CodeMap::default();
        for (name, start) in [("a", 0x100), ("b", 0x140)] {
            let compiled = CompiledMethod {
                code: vec![0; 0x20],
                il_map: vec![
                    IlMapping {
                        native: 0,
                        il: 7,
                        source: 0,
                    },
                    IlMapping {
                        native: 8,
                        il: u32::MAX,
                        source: 0,
                    },
                    IlMapping {
                        native: 16,
                        il: 9,
                        source: 0,
                    },
                ],
                ..CompiledMethod::default()
            };
            map.push(LoadedMethod::new(name, start, &compiled));
        }
        let name = |a| map.at(a).map(|(i, m)| (i, m.name.as_str()));
        assert_eq!(name(0xFF), None);
        assert_eq!(name(0x100), Some((0, "a")));
        assert_eq!(name(0x11F), Some((0, "a")));
        assert_eq!(name(0x120), None);
        assert_eq!(name(0x15F), Some((1, "b")));
        let lines: Vec<_> = [0, 8, 15, 16, 31]
            .iter()
            .map(|&o| map.methods[0].line_at(o))
            .collect();
        assert_eq!(lines, [Some(7), Some(7), Some(7), Some(9), Some(9)]);
        assert_eq!(map.methods[0].first_line(), Some(7));
    }
}
