//! The importer on IL written here, with a metadata source of fixed answers; and on random bytes.

use super::metadata::*;
use super::{ImportError, import};
use crate::ee::{Helper, Lookup};
use crate::ir::{Body, LocalId, Method, NodeId, Opcode, Operand, OperandRef, ResultKind};
use crate::types::{ClassLayout, GcKind, LayoutField, VarType};

const PAIR: IlType = IlType {
    ty: VarType::Struct,
    class: 0x500,
};
const INT: IlType = IlType::scalar(VarType::I32);
const LONG: IlType = IlType::scalar(VarType::I64);
const OBJECT: IlType = IlType::scalar(VarType::Ref);

/// Tokens say what they are: the low byte picks an answer.
struct Fixed;

impl Metadata for Fixed {
    fn vector(&mut self, _class: u64) -> VarType {
        VarType::Void
    }

    fn layout(&mut self, _class: u64) -> Result<ClassLayout, ImportError> {
        Ok(ClassLayout {
            size: 16,
            align: 8,
            gc: vec![GcKind::Ref, GcKind::None],
            fields: vec![
                LayoutField {
                    offset: 0,
                    ty: VarType::Ref,
                },
                LayoutField {
                    offset: 8,
                    ty: VarType::I64,
                },
            ],
            in_memory: false,
            name: String::new(),
        })
    }

    fn call(
        &mut self,
        token: u32,
        op: CallOp,
        prefixes: CallPrefixes,
    ) -> Result<CallSite, ImportError> {
        let constrained = prefixes.constrained;
        let method = CallTo::Method {
            handle: u64::from(token),
            name: "F".to_owned(),
        };
        let virtual_table = CallTo::VirtualTable {
            chunk: Some(0x40),
            slot: 0x20,
        };
        let site = CallSite {
            to: method,
            params: vec![],
            has_this: false,
            ret: IlType::VOID,
            null_check: false,
            this_transform: ThisTransform::None,
            context: None,
            may_tail: prefixes.tail && token & 0x400 == 0,
            new: NewKind::None,
            intrinsic: None,
        };
        if op == CallOp::Newobj {
            let alloc = HelperCall {
                helper: Helper::NewFast,
                arg: handle(token),
            };
            let new = match token & 3 {
                0 => NewKind::Object(alloc),
                1 => NewKind::Value(PAIR),
                2 => NewKind::ByConstructor,
                _ => NewKind::Value(LONG),
            };
            return Ok(CallSite {
                params: vec![IlType::scalar(VarType::Ref), INT],
                has_this: true,
                new,
                ..site
            });
        }
        if constrained.is_some() {
            return Ok(CallSite {
                params: vec![IlType::scalar(VarType::Byref)],
                has_this: true,
                this_transform: if token & 1 == 0 {
                    ThisTransform::Dereference
                } else {
                    ThisTransform::Box(token)
                },
                to: virtual_table,
                ret: INT,
                ..site
            });
        }
        Ok(match token & 7 {
            0 => site,
            1 => CallSite {
                params: vec![INT, INT],
                ret: INT,
                ..site
            },
            2 => CallSite {
                params: vec![PAIR],
                ret: PAIR,
                ..site
            },
            3 => CallSite {
                params: vec![OBJECT, LONG],
                has_this: true,
                to: virtual_table,
                ret: OBJECT,
                ..site
            },
            4 => CallSite {
                params: vec![OBJECT],
                has_this: true,
                null_check: true,
                ret: IlType::scalar(VarType::U8),
                ..site
            },
            5 => CallSite {
                params: vec![INT],
                context: Some(handle(token)),
                ..site
            },
            6 => CallSite {
                params: vec![IlType::scalar(VarType::Byref)],
                ..site
            },
            _ => return Err(ImportError::unsupported("that call")),
        })
    }

    fn field(&mut self, token: u32, _access: FieldAccess) -> Result<FieldSite, ImportError> {
        let call = HelperCall {
            helper: Helper::Other(94),
            arg: handle(token),
        };
        let (ty, place) = match token & 7 {
            0 => (INT, FieldPlace::Instance(0)),
            1 => (OBJECT, FieldPlace::Instance(8)),
            2 => (PAIR, FieldPlace::Instance(16)),
            3 => (OBJECT, FieldPlace::StaticAddress(0x1234_5678_9000)),
            4 => (PAIR, FieldPlace::StaticBoxed(0x1234_5678_9008)),
            5 => (LONG, FieldPlace::StaticBase(call, 24)),
            6 => (IlType::scalar(VarType::U8), FieldPlace::Instance(0x4000)),
            _ => (INT, FieldPlace::Zero),
        };
        Ok(FieldSite {
            ty,
            place,
            init: (token & 8 != 0).then_some(call),
        })
    }

    fn class(&mut self, token: u32) -> Result<ClassSite, ImportError> {
        let (ty, size) = match token & 3 {
            0 => (INT, 4),
            1 => (PAIR, 16),
            2 => (OBJECT, 8),
            _ => (IlType::scalar(VarType::F64), 8),
        };
        Ok(ClassSite { ty, size })
    }

    fn class_handle(&mut self, token: u32) -> Result<Handle, ImportError> {
        Ok(handle(token))
    }

    fn new_array(&mut self, token: u32) -> Result<HelperCall, ImportError> {
        Ok(HelperCall {
            helper: Helper::NewArray,
            arg: handle(token),
        })
    }

    fn cast(&mut self, token: u32, _throwing: bool) -> Result<HelperCall, ImportError> {
        self.new_array(token)
    }

    fn boxing(&mut self, token: u32) -> Result<BoxSite, ImportError> {
        let call = self.new_array(token)?;
        Ok(match token & 3 {
            2 => BoxSite::Reference,
            3 => BoxSite::Call(call),
            _ => BoxSite::Allocate(call),
        })
    }

    fn unboxing(&mut self, token: u32) -> Result<UnboxSite, ImportError> {
        let call = self.new_array(token)?;
        Ok(match token & 3 {
            2 => UnboxSite::Cast(call),
            3 => UnboxSite::Fill(call),
            _ => UnboxSite::Address(call),
        })
    }

    fn token(&mut self, token: u32) -> Result<(HelperCall, IlType), ImportError> {
        Ok((self.new_array(token)?, PAIR))
    }

    fn typed_reference(&mut self) -> Result<IlType, ImportError> {
        Ok(PAIR)
    }

    fn typed_reference_value(&mut self, token: u32) -> Result<HelperCall, ImportError> {
        Ok(HelperCall {
            helper: Helper::Other(59),
            arg: handle(token),
        })
    }

    fn typed_reference_type(&mut self) -> Result<(Helper, IlType), ImportError> {
        Ok((Helper::Other(138), OBJECT))
    }

    fn function_pointer(&mut self, token: u32, _: Option<u32>) -> Result<Handle, ImportError> {
        Ok(handle(token))
    }

    fn virtual_pointer(&mut self, token: u32) -> Result<FunctionPointer, ImportError> {
        Ok(if token & 1 == 0 {
            FunctionPointer::Known(handle(token))
        } else {
            FunctionPointer::Virtual(VirtualPointer {
                helper: Helper::Other(139),
                class: handle(token),
                method: handle(token ^ 0x10),
            })
        })
    }

    fn indirect_call(&mut self, token: u32) -> Result<CallSite, ImportError> {
        self.call(token & !2, CallOp::Call, CallPrefixes::default())
    }

    fn string(&mut self, token: u32) -> Result<Lookup, ImportError> {
        Ok(Lookup::Indirect(u64::from(token)))
    }

    fn helper(&mut self, _helper: ImportHelper) -> Result<Helper, ImportError> {
        Ok(Helper::Other(60))
    }
}

/// Some tokens are known, some are looked up in one way or another.
fn handle(token: u32) -> Handle {
    let lookup = RuntimeLookup {
        helper: Helper::Other(131),
        signature: 0x1234_5678_0000 | u64::from(token),
        loads: Some((token >> 6 & 3) as u8),
        offsets: [0x30, 0, 0x18, 0x10],
        test_null: token & 0x100 != 0,
        size_offset: (token & 0x200 != 0).then_some(8),
    };
    match token >> 4 & 3 {
        0 => Handle::Known(u64::from(token)),
        1 => Handle::Lookup(lookup),
        2 => Handle::Lookup(RuntimeLookup {
            loads: None,
            ..lookup
        }),
        _ if token & 0x40 != 0 => Handle::Cell(u64::from(token)),
        _ => Handle::Context,
    }
}

/// A method with parameters (object, int, long, pair, byref, double) and locals (int, pair, object, byte, pinned byref).
fn method(il: &[u8], ret: IlType, clauses: Vec<IlClause>) -> IlMethod<'_> {
    let local = |ty| IlLocal { ty, pinned: false };
    IlMethod {
        name: "M".to_owned(),
        handle: 1,
        il,
        params: vec![
            OBJECT,
            INT,
            LONG,
            PAIR,
            IlType::scalar(VarType::Byref),
            IlType::scalar(VarType::F64),
        ],
        has_this: true,
        loops_back: false,
        ret,
        locals: vec![
            local(INT),
            local(PAIR),
            local(OBJECT),
            local(IlType::scalar(VarType::U8)),
            IlLocal {
                ty: IlType::scalar(VarType::Byref),
                pinned: true,
            },
        ],
        init_locals: true,
        clauses,
        prolog_call: None,
        context: ContextSource::This,
        keep_context: false,
        lock: None,
    }
}

fn imported(il: &[u8], ret: IlType) -> Method {
    let m = import(&method(il, ret, vec![]), &mut Fixed).unwrap();
    check(&m);
    m
}

/// Holds the named invariants of the IR.
fn check(m: &Method) {
    let body = &m.body;
    assert_eq!(body.node_il.len(), body.nodes.len());
    let mut used = vec![false; body.nodes.len()];
    for b in body.blocks.ids() {
        let block = &body.blocks[b];
        assert!(block.last.is_some(), "{b} is empty");
        let mut seen = Vec::new();
        for n in body.block_nodes(b) {
            let node = &body.nodes[n];
            let is_last = n == block.last;
            assert_eq!(node.op.is_terminator(), is_last, "{n} {:?}", node.op);
            body.for_each_operand(n, |o| match o.get() {
                OperandRef::Node(d) => {
                    assert!(seen.contains(&d), "{n} uses {d} of another block or later");
                    assert!(
                        !std::mem::replace(&mut used[d.0 as usize], true),
                        "{d} is used twice"
                    );
                    assert_eq!(body.nodes[d].user, n);
                    let r = body.nodes[d].op.info().result;
                    assert_ne!(r, ResultKind::None, "{n} uses {d}, which has no value");
                }
                OperandRef::Local(l) => assert!((l.0 as usize) < body.locals.len()),
                _ => {}
            });
            check_types(m, n);
            seen.push(n);
        }
        let mut count = 0;
        body.for_each_succ(b, |s| {
            assert!((s.0 as usize) < body.blocks.len());
            count += 1;
        });
        let expected = match body.nodes[block.last].op {
            Opcode::Branch | Opcode::CmpBranch | Opcode::CallFinally => 2,
            Opcode::Jump | Opcode::CatchRet => 1,
            Opcode::Switch => count.max(1),
            _ => 0,
        };
        assert_eq!(count, expected, "successors of {b}");
    }
}

/// Operands are of the types that their positions ask for.
fn check_types(m: &Method, n: NodeId) {
    use crate::ir::OperandKind::*;
    let body = &m.body;
    let node = &body.nodes[n];
    for (k, kind) in node.op.info().operands.iter().enumerate() {
        if node.opnd[k].is_none() || node.opnd[k].is_const() {
            continue;
        }
        let have = body.operand_type(n, k);
        let ok = match kind {
            I32 => have == VarType::I32,
            I64 => have == VarType::I64,
            Addr => have.is_wide_int(),
            Ref => have == VarType::Ref,
            T => have == node.ty.actual(),
            Src => have == node.source_type().actual(),
            Cmp => have == node.compare_type().actual(),
            Lcl => have == body.locals[LocalId(node.aux)].ty.actual(),
            RetT => have == m.ret.actual(),
            Int => have.is_int(),
            Const => false,
            Call | Any => true,
        };
        assert!(ok, "operand {k} of {n} {:?}: {have}", node.op);
    }
}

fn ops(body: &Body) -> Vec<Opcode> {
    body.blocks
        .ids()
        .flat_map(|b| {
            body.block_nodes(b)
                .map(|n| body.nodes[n].op)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn an_addition_reads_its_parameters_where_it_stands() {
    // ldarg.1; ldarg.1; add; ret
    let m = imported(&[0x03, 0x03, 0x58, 0x2A], INT);
    assert_eq!(ops(&m.body), [Opcode::Jump, Opcode::Add, Opcode::Ret]);
}

#[test]
fn a_pending_read_is_copied_before_its_local_is_stored() {
    // ldloc.0; ldc 5; stloc.0; ldloc.0; add; ret
    let m = imported(&[0x06, 0x1B, 0x0A, 0x06, 0x58, 0x2A], INT);
    use Opcode::*;
    assert_eq!(ops(&m.body), [Jump, StoreLcl, StoreLcl, Add, Ret]);
    let first = m.body.block_nodes(crate::ir::BlockId(1)).next().unwrap();
    assert_eq!(m.body.nodes[first].opnd[0], Operand::local(LocalId(6)));
    assert_ne!(m.body.nodes[first].aux, 6);
}

#[test]
fn a_conditional_value_goes_through_one_temporary() {
    // 0: ldarg.1; 1: brtrue.s 6; 3: ldc 1; 4: br.s 7; 6: ldc 2; 7: ret
    let m = imported(&[0x03, 0x2D, 3, 0x17, 0x2B, 1, 0x18, 0x2A], INT);
    let stored: Vec<u32> = m
        .body
        .nodes
        .iter()
        .filter(|n| n.op == Opcode::StoreLcl)
        .map(|n| n.aux)
        .collect();
    assert_eq!(stored.len(), 2);
    assert_eq!(stored[0], stored[1]);
}

#[test]
fn struct_references_are_stored_with_barriers() {
    // ldarg.0; ldarg.3; stfld 2; ret
    let m = imported(&[0x02, 0x05, 0x7D, 2, 0, 0, 0, 0x2A], IlType::VOID);
    let stores: Vec<_> = m
        .body
        .nodes
        .iter()
        .filter(|n| n.op == Opcode::Store)
        .map(|n| (n.ty, n.barrier()))
        .collect();
    use crate::ir::Barrier;
    assert_eq!(
        stores,
        [
            (VarType::Ref, Barrier::Unchecked),
            (VarType::I64, Barrier::None)
        ]
    );
}

#[test]
fn a_far_field_is_checked_for_null_first() {
    // ldarg.0; ldfld 6; ret
    let m = imported(&[0x02, 0x7B, 6, 0, 0, 0, 0x2A], INT);
    assert!(ops(&m.body).contains(&Opcode::NullCheck));
}

#[test]
fn leaving_a_try_calls_its_finally() {
    // 0: nop; 1: leave.s 4; 3: endfinally; 4: ret
    let il = [0x00, 0xDE, 1, 0xDC, 0x2A];
    let clause = IlClause {
        kind: IlClauseKind::Finally,
        try_range: (0, 3),
        handler_range: (3, 4),
    };
    let m = import(&method(&il, IlType::VOID, vec![clause]), &mut Fixed).unwrap();
    check(&m);
    let call = m
        .body
        .blocks
        .iter()
        .find(|b| m.body.nodes[b.last].op == Opcode::CallFinally)
        .unwrap();
    assert!(call.region.is_none());
    assert_eq!(
        call.succ[1],
        m.body.clauses.iter().next().unwrap().handler_entry
    );
    assert!(
        m.body.blocks[call.succ[0]]
            .flags
            .contains(crate::ir::BlockFlags::FINALLY_RETURN)
    );
}

#[test]
fn a_caught_exception_is_on_the_stack() {
    // 0: newobj... not needed; 0: nop; 1: leave.s 7; 3: stloc.2; 4: leave.s 7; 6: nop; 7: ret
    let il = [0x00, 0xDE, 4, 0x0C, 0xDE, 1, 0x00, 0x2A];
    let clause = IlClause {
        kind: IlClauseKind::Catch(0x0100_0001),
        try_range: (0, 3),
        handler_range: (3, 6),
    };
    let m = import(&method(&il, IlType::VOID, vec![clause]), &mut Fixed).unwrap();
    check(&m);
    assert!(ops(&m.body).contains(&Opcode::CatchArg));
    assert!(ops(&m.body).contains(&Opcode::CatchRet));
}

#[test]
fn wrong_il_is_bad_code() {
    for il in [
        &[0x58, 0x2A][..],                  // add of nothing
        &[0x2A],                            // ret without a value
        &[0x16, 0x16, 0x2A],                // too many values
        &[0x03, 0x05, 0x58, 0x2A],          // int + struct
        &[0x03, 0x2D, 1, 0x16, 0x16, 0x2A], // two depths meet
        &[0xFE, 0x09, 0xFF, 0, 0x2A],       // no such argument
        &[0x05, 0x2D, 0, 0x16, 0x2A],       // branch on a struct
    ] {
        let got = import(&method(il, INT, vec![]), &mut Fixed);
        assert!(
            matches!(got, Err(ImportError::BadCode { .. })),
            "{il:x?}: {got:?}"
        );
    }
}

#[test]
fn random_il_is_imported_or_refused_but_never_panics() {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % n
    };
    use super::il_opcodes::{Il, Inline};
    let mut good = 0;
    for _ in 0..30_000 {
        // Instructions with small operands; jumps go a little way in either direction.
        let mut il = Vec::new();
        for _ in 0..1 + random(24) {
            // Pushing more often than not keeps the stack from being empty at once.
            let op = if random(2) == 0 {
                [
                    Il::Ldarg0,
                    Il::Ldarg1,
                    Il::Ldarg2,
                    Il::Ldarg3,
                    Il::Ldloc0,
                    Il::Ldloc1,
                    Il::LdcI41,
                    Il::LdlocaS,
                    Il::LdargaS,
                    Il::Ldloc2,
                ][random(10)]
            } else {
                Il::ALL[random(Il::ALL.len())]
            };
            let code = op as u16;
            if code >= 0xFE00 {
                il.push(0xFE);
            }
            il.push(code as u8);
            match op.inline() {
                Inline::None => {}
                Inline::U8 | Inline::I8 => il.push(random(6) as u8),
                Inline::Branch8 => il.push((random(12) as i8 - 4) as u8),
                Inline::U16 => il.extend([random(6) as u8, 0]),
                Inline::I32 | Inline::F32 | Inline::Token => il.extend([random(16) as u8, 0, 0, 0]),
                Inline::Branch32 => il.extend((random(12) as i32 - 4).to_le_bytes()),
                Inline::I64 | Inline::F64 => il.extend([random(16) as u8, 0, 0, 0, 0, 0, 0, 0]),
                Inline::Switch => {
                    il.extend([1, 0, 0, 0]);
                    il.extend((random(12) as i32 - 4).to_le_bytes());
                }
            }
        }
        il.extend([0x02, 0x7A]);
        let n = il.len() as u32;
        let at = |r: usize| r as u32 % n;
        let clauses = if random(4) == 0 {
            let (a, b, c) = (at(random(64)), at(random(64)), at(random(64)));
            vec![IlClause {
                kind: [
                    IlClauseKind::Catch(1),
                    IlClauseKind::Finally,
                    IlClauseKind::Fault,
                    IlClauseKind::Filter(b),
                ][random(4)],
                try_range: (a.min(b), a.max(b)),
                handler_range: (b.max(c), n),
            }]
        } else {
            vec![]
        };
        let ret = [IlType::VOID, INT, PAIR][random(3)];
        let imported = import(&method(&il, ret, clauses), &mut Fixed);
        if let Ok(m) = imported {
            good += 1;
            check(&m);
        }
    }
    assert!(good > 500, "only {good} were valid");
}
