//! What holds in a lowered body, checked.
//!
//! All that the IR's own verifier knows ([`verify_body`]), and:
//!
//! 1. **lowered-away**: `phi`, `branch`, `ret` and late-expanded nodes are gone: lowering has put others in their place.
//! 2. **contained-once**: a contained node has one user, behind it in its block; it has a value; it does nothing besides computing
//!    it (no writes, calls, terminators).
//! 3. **contained-moves-the-read**: a contained node is evaluated where the first user that is not contained itself stands. Between
//!    the two nothing stores to a local that it reads; if it reads memory, or an exposed local, nothing writes memory; if it can
//!    throw, nothing else that throws comes first.
//! 4. **registers-once**: the `put_arg_reg` nodes of one call name different registers, and their user is the call.
//! 5. **params-first**: `param_reg` and `param_stack` stand in the entry block.
//!
//! One walk, linear in the body: of stores only the last to each local is remembered. What a machine can contain in which of its
//! nodes is left to code generation, which refuses what it does not know.

use crate::ir::{
    BlockId, Body, CallId, Effects, LocalFlags, LocalId, Method, NodeId, Opcode, OperandRef,
    VerifyError, verify_body,
};

/// Checks a lowered body.
pub fn verify_lowered(m: &Method, body: &Body) -> Result<(), VerifyError> {
    verify_body(m, body)?;
    let mut v = Verifier {
        body,
        place: vec![0; body.nodes.len()],
        stored: vec![0; body.locals.len()],
        written: 0,
        thrown: 0,
        work: Vec::new(),
        block: BlockId::NONE,
    };
    let mut place = 0;
    for b in body.blocks.ids() {
        v.block = b;
        for n in body.block_nodes(b) {
            place += 1;
            v.place[n.0 as usize] = place;
            v.node(n)?;
        }
    }
    Ok(())
}

struct Verifier<'a> {
    body: &'a Body,
    /// Places of the nodes seen, from 1.
    place: Vec<u32>,
    /// Place of the last store to each local.
    stored: Vec<u32>,
    /// Places of the last node that writes memory, and of the last that throws.
    written: u32,
    thrown: u32,
    work: Vec<NodeId>,
    block: BlockId,
}

impl Verifier<'_> {
    #[cold]
    fn fail(&self, node: NodeId, what: impl Into<String>) -> Result<(), VerifyError> {
        Err(VerifyError {
            node,
            block: self.block,
            what: what.into(),
        })
    }

    fn node(&mut self, n: NodeId) -> Result<(), VerifyError> {
        let body = self.body;
        let node = &body.nodes[n];
        let effects = node.op.effects();
        let name = node.op.name();
        if matches!(node.op, Opcode::Phi | Opcode::Branch | Opcode::Ret)
            || effects.contains(Effects::LATE)
        {
            return self.fail(n, format!("`{name}` stands behind lowering"));
        }
        if node.is_contained() {
            return self.contained(n);
        }
        match node.op {
            Opcode::PutArgReg if !self.is_call(node.user) => {
                return self.fail(n, "an argument's register is used by no call");
            }
            Opcode::ParamReg | Opcode::ParamStack if self.block != BlockId(0) => {
                return self.fail(n, format!("`{name}` outside the entry block"));
            }
            Opcode::Call | Opcode::TailCall => self.registers(n)?,
            _ => {}
        }
        self.moved(n)?;
        let place = self.place[n.0 as usize];
        if effects.contains(Effects::WRITES_LCL) {
            self.stored[node.aux as usize] = place;
        }
        if effects.contains(Effects::WRITES) {
            self.written = place;
        }
        if effects.contains(Effects::THROWS) {
            self.thrown = place;
        }
        Ok(())
    }

    fn is_call(&self, n: NodeId) -> bool {
        let user = self.body.nodes.get(n);
        user.is_some_and(|u| matches!(u.op, Opcode::Call | Opcode::TailCall | Opcode::RetRegs))
    }

    fn contained(&self, n: NodeId) -> Result<(), VerifyError> {
        let node = &self.body.nodes[n];
        let acts = Effects::WRITES | Effects::WRITES_LCL | Effects::SAFE_POINT | Effects::TERM;
        if node.op.effects().intersects(acts) {
            return self.fail(n, format!("`{}` is contained", node.op.name()));
        }
        // That the user uses it, behind it and once, is known by now.
        if node.user.is_none() {
            return self.fail(n, "a contained node without user");
        }
        Ok(())
    }

    /// The contained nodes that are evaluated at `user`.
    fn moved(&mut self, user: NodeId) -> Result<(), VerifyError> {
        self.push_contained(user);
        while let Some(n) = self.work.pop() {
            let body = self.body;
            let node = &body.nodes[n];
            let place = self.place[n.0 as usize];
            let effects = node.op.effects();
            let mut local = Ok(());
            let mut read = |l: LocalId| {
                let exposed = body.locals[l].flags.contains(LocalFlags::ADDRESS_EXPOSED);
                if self.stored[l.0 as usize] > place || exposed && self.written > place {
                    local = self.fail(n, format!("{l} is stored to before {user} reads it"));
                }
            };
            if effects.contains(Effects::READS_LCL) {
                read(LocalId(node.aux));
            }
            for o in node.opnd {
                if let OperandRef::Local(l) = o.get() {
                    read(l);
                }
            }
            local?;
            if effects.contains(Effects::READS) && self.written > place {
                return self.fail(n, format!("memory is written before {user} reads it"));
            }
            if effects.contains(Effects::THROWS) && self.thrown > place {
                return self.fail(n, format!("another exception comes before it at {user}"));
            }
            self.push_contained(n);
        }
        Ok(())
    }

    fn push_contained(&mut self, n: NodeId) {
        let work = &mut self.work;
        self.body.for_each_operand(n, |o| {
            if let Some(d) = o.as_node()
                && self.body.nodes[d].is_contained()
            {
                work.push(d);
            }
        });
    }

    /// The registers of a call's arguments.
    fn registers(&self, n: NodeId) -> Result<(), VerifyError> {
        let mut used = [0u64; 4];
        let mut twice = false;
        let call = CallId(self.body.nodes[n].aux);
        for a in self.body.args(call) {
            if let Some(d) = a.opnd.as_node() {
                let d = &self.body.nodes[d];
                if d.op == Opcode::PutArgReg {
                    let (word, bit) = (usize::from(d.sub / 64), 1u64 << (d.sub % 64));
                    twice |= used[word] & bit != 0;
                    used[word] |= bit;
                }
            }
        }
        if twice {
            return self.fail(n, "two arguments of one call in one register");
        }
        let indirect = self.body.calls[call].target.has_address();
        if indirect && self.body.nodes[n].opnd[0].is_none() {
            return self.fail(n, "an indirect call without address");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::verify_lowered;
    use crate::ir::parse_module;

    fn check(params: &str, body: &str) -> Result<(), String> {
        let text = format!("func @F({params}) {{\nbb0:\n  {body}\n  ret_regs\n}}\n");
        let module = parse_module(&text).unwrap_or_else(|e| panic!("{}", e.render(&text, "test")));
        let m = &module.methods[0];
        verify_lowered(m, &m.body).map_err(|e| e.what)
    }

    #[test]
    fn what_lowering_must_not_leave_is_named() {
        let two = "v0: i64, v1: i64";
        let cases = [
            (
                two,
                "t0 = lea.i64 v0, disp 8 [contained]\n  t1 = load.i64 t0\n  store.i64 v1, t1",
                "",
            ),
            (
                two,
                "t0 = lea.i64 v0, disp 8 [contained]\n  store_lcl v0, v1\n  t1 = load.i64 t0\n  store.i64 v1, t1",
                "v0 is stored to before t2 reads it",
            ),
            (
                "v0: i64 [exposed no_enreg], v1: i64",
                "t0 = lea.i64 v0, disp 8 [contained]\n  store.i64 v1, v1\n  t1 = load.i64 t0\n  store.i64 v1, t1",
                "v0 is stored to before t2 reads it",
            ),
            (
                two,
                "t0 = load.i64 v0 [contained]\n  store.i64 v1, v1\n  t1 = add.i64 v1, t0\n  keep_alive t1",
                "memory is written before t2 reads it",
            ),
            (
                two,
                "t0 = load.i64 v0 [contained]\n  null_check v1\n  t1 = add.i64 v1, t0\n  keep_alive t1",
                "another exception comes before it at t2",
            ),
            (
                two,
                "t0 = neg.i64 v0 [contained]",
                "a contained node without user",
            ),
            (
                two,
                "t0 = call.i64 @G() [contained]\n  keep_alive t0",
                "`call` is contained",
            ),
            (
                two,
                "t0 = put_arg_reg.i64 v0, reg 7\n  t1 = put_arg_reg.i64 v1, reg 7\n  call.void @G(i64 t0, i64 t1)",
                "two arguments of one call in one register",
            ),
            (
                two,
                "t0 = put_arg_reg.i64 v0, reg 7\n  keep_alive t0",
                "an argument's register is used by no call",
            ),
            (
                two,
                "jump bb1\nbb1:\n  t0 = param_reg.i64 reg 7\n  store_lcl v0, t0",
                "`param_reg` outside the entry block",
            ),
            (
                two,
                "t0 = tls_base.i64 value 1\n  keep_alive t0",
                "`tls_base` stands behind lowering",
            ),
            (
                two,
                "branch v0, bb0, bb1\nbb1:",
                "`branch` stands behind lowering",
            ),
        ];
        for (params, body, what) in cases {
            let params = params.replace(
                "v0: i64,",
                if body.starts_with("branch") {
                    "v0: i32,"
                } else {
                    "v0: i64,"
                },
            );
            let got = check(&params, body);
            match what {
                "" => assert_eq!(got, Ok(()), "{body}"),
                _ => assert_eq!(got, Err(what.to_owned()), "{body}"),
            }
        }
    }
}
