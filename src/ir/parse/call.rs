//! Calls and lookups.

use super::*;
use crate::ee::{Dictionary, Helper, Lookup, LookupRequest};

impl<'a> Parser<'a> {
    /// The method's row for a function, by name.
    pub(super) fn func_id(&mut self, name: Cow<'a, str>) -> FuncId {
        let n = self.func_names.intern(name.clone());
        if let Some(id) = self.funcs.get(n) {
            return FuncId(id);
        }
        let id = self.m.funcs.push(FuncRef {
            name: name.into_owned(),
            handle: 0,
        });
        self.funcs.set(n, id.0);
        id
    }

    /// From the target to the closing parenthesis.
    pub(super) fn call(&mut self, node: &mut Node, ret_layout: LayoutId) -> Result<()> {
        let target = self.call_target(node)?;
        self.expect(b'(')?;
        let first_arg = self.body.call_args.len() as u32;
        while !self.lex.eat(b')') {
            let kind = self.arg_kind()?;
            let (ty, layout) = self.ty()?;
            let opnd = self.typed_operand(ty.actual())?;
            self.body.call_args.push(CallArg {
                opnd,
                ty,
                kind,
                layout,
            });
            if !self.lex.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        let row = CallInfo {
            target,
            ret: node.ty,
            ret_layout,
            first_arg,
            num_args: self.body.call_args.len() as u32 - first_arg,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        };
        node.aux = self.body.calls.push(row).0;
        Ok(())
    }

    fn call_target(&mut self, node: &mut Node) -> Result<CallTarget> {
        match self.lex.peek() {
            b'@' => {
                let name = self.at_name()?;
                Ok(CallTarget::Func(self.func_id(name)))
            }
            b'$' => {
                let at = self.lex.pos();
                self.lex.advance(1);
                let name = self.word("a helper's name")?;
                match helper_by_name(name) {
                    Some(h) => Ok(CallTarget::Helper(h)),
                    None => self.fail_at(at, format!("there is no helper {name}")),
                }
            }
            b'*' => {
                self.lex.advance(1);
                node.opnd[0] = self.typed_operand(VarType::I64)?;
                Ok(CallTarget::Indirect)
            }
            _ if self.lex.peek_word() == "cell" => {
                self.lex.advance("cell".len());
                if self.lex.peek() == b'*' {
                    self.lex.advance(1);
                    node.opnd[0] = self.typed_operand(VarType::I64)?;
                    return Ok(CallTarget::IndirectCell);
                }
                let at = self.lex.pos();
                let request = self.lookup()?;
                if !matches!(request, LookupRequest::Known(Lookup::Indirect(_))) {
                    return self.fail_at(at, "a cell is `indirect` and an address".to_owned());
                }
                Ok(CallTarget::StubCell(self.m.lookups.push(request)))
            }
            _ => self.fail("expected @function, $helper, *address or cell"),
        }
    }

    /// `this:` and the like; nothing for arguments of the source program.
    fn arg_kind(&mut self) -> Result<ArgKind> {
        // Only kinds are followed by a colon.
        let word = self.lex.peek_word();
        if VarType::from_name(word).is_some() {
            return Ok(ArgKind::User);
        }
        let kinds = ArgKind::ALL.into_iter();
        let mut named = kinds.filter(|k| *k != ArgKind::User && k.name() == word);
        let Some(kind) = named.next() else {
            return Ok(ArgKind::User);
        };
        self.lex.advance(word.len());
        self.expect(b':')?;
        Ok(kind)
    }

    pub(super) fn lookup(&mut self) -> Result<LookupRequest> {
        let at = self.lex.pos();
        let words =
            "a lookup: value, indirect, indirect2, relative, class, literal, static or dictionary";
        let known = |l: Lookup| LookupRequest::Known(l);
        Ok(match self.word(words)? {
            "value" => known(Lookup::Value(self.address()?)),
            "indirect" => known(Lookup::Indirect(self.address()?)),
            "indirect2" => known(Lookup::IndirectTwice(self.address()?)),
            "relative" => known(Lookup::Relative(self.address()?)),
            "class" => LookupRequest::Class(self.string()?),
            "literal" => LookupRequest::Literal(self.string()?),
            "static" => LookupRequest::StaticAddress(self.string()?),
            "dictionary" => LookupRequest::Dictionary(self.dictionary()?),
            w => return self.fail_at(at, format!("there is no lookup {w}")),
        })
    }

    /// The entry's key, the offsets of the loads in brackets, `checked` if the last may give 0.
    fn dictionary(&mut self) -> Result<Dictionary> {
        let key = self.integer("a key")? as u64;
        self.expect(b'[')?;
        let mut offsets = Vec::new();
        loop {
            let at = self.lex.pos();
            let offset = self.integer("an offset")?;
            if !(0..1 << 16).contains(&offset) || offsets.len() == 4 {
                return self.fail_at(at, "up to four offsets below 65536".to_owned());
            }
            offsets.push(offset as u32);
            if !self.lex.eat(b',') {
                break;
            }
        }
        self.expect(b']')?;
        let may_be_empty = self.lex.peek_word() == "checked";
        if may_be_empty {
            self.lex.advance("checked".len());
        }
        Ok(Dictionary {
            key,
            offsets,
            may_be_empty,
        })
    }

    fn address(&mut self) -> Result<u64> {
        Ok(self.integer("an address")? as u64)
    }

    fn string(&mut self) -> Result<String> {
        if self.lex.peek() != b'"' {
            return self.fail("expected a string");
        }
        match self.lex.string() {
            Some(s) => Ok(s.into_owned()),
            None => self.fail("the string has no end in its line, or an escape that is none"),
        }
    }
}

/// The helper with this text name.
pub fn helper_by_name(name: &str) -> Option<Helper> {
    if let Some(n) = name.strip_prefix("helper").and_then(|n| n.parse().ok()) {
        return Some(Helper::Other(n));
    }
    Helper::NAMED.iter().find(|x| x.1 == name).map(|x| x.0)
}
