//! The pipeline: an immutable method in, a [`CompiledMethod`] out. The one choice of target is here.
//!
//! | phase | MinOpts | FullOpts |
//! |---|---|---|
//! | copy the body into the context | yes | yes |
//! | verify | if asked, and behind each phase | if asked, and behind each phase |
//! | fold, remove dead code | | yes |
//! | split wide vectors, expand late nodes | yes | yes |
//! | lower | block by block, fused | whole body |
//! | allocate | greedy, fused | linear scan; checked if asked |
//! | generate | fused | whole body |
//! | finish | yes | yes |

use super::error::CompileError;
use super::{CompileOptions, CompiledMethod, OptLevel, StressAreas};
use crate::codegen::finish::{FinishOptions, Finisher};
use crate::codegen::minopts::MinOpts;
use crate::codegen::minopts::parts::{self, Parts};
use crate::codegen::{Gen, GenCx, GenState, fullopts};
use crate::ee::Runtime;
use crate::emit::{Emitter, SetAside};
use crate::flow::{LayoutScratch, layout_all_blocks};
use crate::ir::{Bail, BlockId, Body, LocalId, Method, NodeKinds, Opcode, OpcodeSet};
use crate::lower::calls::add_ret_buffer;
use crate::lower::expand::{expand_late, has_wide_places, look};
use crate::lower::jumps::expand_jumps;
use crate::lower::split_vectors::split_vectors;
use crate::lower::tail_loops::{enters_again, loop_self_tail_calls};
use crate::lower::verify::verify_lowered;
use crate::lower::wide_signatures::wide_as_structs;
use crate::lower::{LowerCx, lower_block};
use crate::lsra::{Allocation, Lsra, LsraError, LsraOptions, StressRegs, check_allocation};
use crate::opt::Optimizer;
use crate::opt::stress::{extend_lifetimes, stress_body};
use crate::target::{Arch, TargetDesc};
use crate::types::VarType;

/// Bytes of the largest struct with references. .NET's own are smaller.
const LARGEST_WITH_REFERENCES: u32 = 1 << 20;

/// A compiling context: everything that compiles need, reused from method to method. One a thread.
#[derive(Default)]
pub struct Compiler {
    body: Body,
    emitter: Emitter,
    state: GenState,
    minopts: MinOpts,
    optimizer: Optimizer,
    lsra: Lsra,
    allocation: Allocation,
    finisher: Finisher,
    index_of: Vec<u32>,
    layout: LayoutScratch,
}

impl Compiler {
    /// A new context.
    pub fn new() -> Compiler {
        Compiler::default()
    }

    /// Compiles `method` for `target`; `out` is cleared first.
    pub fn compile(
        &mut self,
        method: &Method,
        target: &'static TargetDesc,
        rt: &mut dyn Runtime,
        opts: &CompileOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), CompileError> {
        out.clear();
        match target.arch {
            Arch::X64 => self.compile_for::<crate::target::x64::X64>(method, target, rt, opts, out),
            Arch::Arm64 => {
                self.compile_for::<crate::target::arm64::Arm64>(method, target, rt, opts, out)
            }
        }
    }

    fn compile_for<G: Gen>(
        &mut self,
        method: &Method,
        target: &'static TargetDesc,
        rt: &mut dyn Runtime,
        opts: &CompileOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), CompileError> {
        let node_il = &method.body.node_il;
        let done = self.phases::<G>(method, target, rt, opts, out);
        done.map_err(|e| match e {
            Bail::Unsupported { what, node } => CompileError::Unsupported {
                reason: what.to_owned(),
                at: node_il.get(node.0 as usize).copied().unwrap_or(node.0),
            },
            Bail::Limit(what) => CompileError::Limit { what },
            Bail::Internal(what) => CompileError::Internal {
                phase: "code generation",
                what,
            },
            Bail::Runtime(e) => CompileError::Runtime(e),
        })
    }

    fn phases<G: Gen>(
        &mut self,
        method: &Method,
        target: &'static TargetDesc,
        rt: &mut dyn Runtime,
        opts: &CompileOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        if opts.verify {
            crate::ir::verify(method)
                .map_err(|e| Bail::Internal(format!("the method is not valid: {e}")))?;
        }
        let abi = rt.abi().clone();
        let full = opts.opt == OptLevel::FullOpts;
        // Nobody looks at the body again when the code is generated, unless to verify or to show it.
        let is_large = method.body.nodes.len() + method.body.call_args.len() >= parts::LARGE;
        let stressed = opts.stress.contains(StressAreas::EMITTER);
        let set_aside = if opts.verify || opts.dump || opts.disasm || !(is_large || stressed) {
            SetAside::No
        } else if stressed || method.body.call_args.len() > method.body.nodes.len() {
            SetAside::Packed
        } else {
            SetAside::Whole
        };
        let in_parts = !full && is_large && !opts.verify && !opts.dump;
        let parts = match in_parts {
            false => Parts::None,
            true if stays_as_it_is(method, opts) => Parts::OfInput,
            true => Parts::OfBody,
        };
        let kinds = match parts {
            Parts::None => {
                let more = method.body.nodes_to_come();
                self.body.copy_from(&method.body, more)
            }
            Parts::OfBody => self.body.copy_from(&method.body, parts::ROOM),
            Parts::OfInput => {
                self.body.copy_head_from(&method.body);
                NodeKinds::of(&method.body)
            }
        };
        if self.body.blocks.is_empty() {
            return Err(Bail::Limit("a method without blocks"));
        }
        // Structs with references are copied word by word.
        let mut layouts = method.layouts.iter();
        if layouts.any(|l| l.size > LARGEST_WITH_REFERENCES && l.has_gc()) {
            return Err(Bail::Limit("a struct with references of more than 1 MiB"));
        }
        dump(opts, out, "input", method, &self.body);
        if kinds.has_tail_calls() {
            expand_jumps(&mut self.body, method);
        }
        loop_self_tail_calls(&mut self.body, method, kinds.has_tail_calls());
        self.stress(method, opts, out)?;
        let mut ret_buffer = add_ret_buffer(&mut self.body, method, target);
        if full && !opts.stress.contains(StressAreas::FOLD) {
            self.optimizer
                .run(&mut self.body, method.num_params, |pass, body| {
                    dump(opts, out, pass, method, body);
                    check(opts, pass, || crate::ir::verify_neutral(method, body))
                })?;
        }
        // What was copied is what there is, as long as nothing has added to it: the optimiser only takes away.
        let as_copied = opts.stress.is_empty() && !extends_lifetimes(opts);
        let (late, wide) = if as_copied {
            (
                kinds.has_late(),
                kinds.has_wide_vectors() || has_wide_places(&self.body, method),
            )
        } else {
            look(&self.body, method)
        };
        let with_structs;
        let mut method = method;
        if wide {
            let widest = G::widest_vector(opts.features);
            if let Some(head) = wide_as_structs(&mut self.body, method, widest) {
                with_structs = head;
                method = &with_structs;
                if ret_buffer.is_none() {
                    ret_buffer = add_ret_buffer(&mut self.body, method, target);
                }
            }
            self.split_vectors(method, widest)?;
        }
        if late {
            expand_late(&mut self.body, method, rt)?;
        }
        if late || wide {
            dump(opts, out, "expand", method, &self.body);
            let body = &self.body;
            check(opts, "expand", || crate::ir::verify_neutral(method, body))?;
        }
        self.state.suspends = kinds.may_suspend();
        if full {
            self.lower_and_allocate::<G>(method, target, &abi, opts, ret_buffer, set_aside, out)?;
            self.lsra.release();
            if set_aside != SetAside::No {
                // Kept for the next method, they would stand beside this one's code.
                self.lsra = Lsra::default();
            }
        }
        self.emitter.clear();
        self.emitter.long_jumps = stressed;
        self.emitter.small_chunks = stressed;
        self.emitter.set_aside = set_aside;
        let input = (parts == Parts::OfInput).then_some(&method.body);
        self.emitter
            .reserve(input.unwrap_or(&self.body).nodes.len());
        self.state.reset(&self.body);
        let blocks = self.body.blocks.len();
        self.emitter.labels.raw().reserve_exact(blocks + 16);
        self.state.labels.raw().reserve_exact(blocks);
        for _ in 0..blocks {
            let l = self.emitter.new_label();
            self.state.labels.push(l);
        }
        self.state.ret_buffer = ret_buffer;
        self.state.start_label = self.emitter.new_label();
        if full {
            self.state
                .order
                .extend_from_slice(&self.allocation.block_order);
        } else {
            layout_all_blocks(&self.body, &mut self.layout, &mut self.state.order);
            self.layout.release();
        }
        if set_aside != SetAside::No {
            self.layout = LayoutScratch::default();
        }
        let interruptible = !self.body.clauses.is_empty()
            || opts.stress.contains(StressAreas::FULLY_INT)
            || self.has_call_free_loop(input);
        let kinds = as_copied.then_some(kinds);
        let watched = interruptible && has_pointers(method, &self.body, kinds);
        let mut cx = GenCx {
            body: &mut self.body,
            method,
            desc: target,
            abi: &abi,
            features: opts.features,
            rt,
            em: &mut self.emitter,
            st: &mut self.state,
            block: BlockId::NONE,
            next_block: BlockId::NONE,
            func: 0,
            full,
            interruptible,
            watched,
            all_positions: opts.debug_info || opts.disasm,
            last_il: u32::MAX,
            after_call: 0,
            after_jump_back: 0,
        };
        if abi.psp_sym && !cx.body.clauses.is_empty() {
            cx.psp_slot();
        }
        if full {
            std::mem::swap(&mut cx.st.regs, &mut self.allocation.regs);
            fullopts::run::<G>(&mut cx, &self.allocation)?;
            self.allocation.release();
        } else {
            self.minopts.run::<G>(&mut cx, parts)?;
            self.minopts.release_nodes();
            dump(opts, out, "lower and generate", method, cx.body);
            check(opts, "lower and generate", || {
                verify_lowered(method, cx.body)
            })?;
        }
        cx.body.release_nodes();
        cx.st.release_nodes();
        let options = FinishOptions {
            verify: opts.verify,
            disasm: opts.disasm,
            diffable: opts.diffable,
            disasm_gc: opts.disasm_gc,
        };
        self.finisher.run::<G>(&mut cx, options, out)
    }

    /// Vectors of more bytes than `widest` become several.
    fn split_vectors(&mut self, method: &Method, widest: VarType) -> Result<(), Bail> {
        for (wide, half) in [
            (VarType::V512, VarType::V256),
            (VarType::V256, VarType::V128),
        ] {
            if wide.size() > widest.size() {
                split_vectors(&mut self.body, method, wide, half)?;
            }
        }
        Ok(())
    }

    /// Changes the body as the stress areas say.
    fn stress(
        &mut self,
        method: &Method,
        opts: &CompileOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        let extend = extends_lifetimes(opts);
        if opts.stress.is_empty() && !extend {
            return Ok(());
        }
        stress_body(&mut self.body, opts.stress, opts.stress_seed);
        if extend {
            extend_lifetimes(&mut self.body);
        }
        if opts.dump {
            let names = opts.stress.area_names();
            out.dump.push_str(&format!("; stress: {names}\n"));
        }
        dump(opts, out, "stress", method, &self.body);
        let body = &self.body;
        check(opts, "stress", || crate::ir::verify_neutral(method, body))
    }

    fn lower_and_allocate<G: Gen>(
        &mut self,
        method: &Method,
        target: &'static TargetDesc,
        abi: &crate::target::RuntimeAbi,
        opts: &CompileOptions,
        ret_buffer: LocalId,
        set_aside: SetAside,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        let mut lx = LowerCx {
            body: &mut self.body,
            method,
            desc: target,
            abi,
            features: opts.features,
            full: true,
            block: BlockId(0),
            ret_buffer,
            suspends: self.state.suspends,
        };
        for b in lx.body.blocks.ids() {
            lower_block::<G>(&mut lx, b)?;
        }
        lx.lower_params::<G>(BlockId(0))?;
        dump(opts, out, "lower", method, &self.body);
        check(opts, "lower", || verify_lowered(method, &self.body))?;
        if set_aside != SetAside::No {
            self.body.drop_args();
        }
        self.allocation.clear();
        let options = LsraOptions {
            stress_regs: opts.stress_regs
                | (u32::from(opts.stress.contains(StressAreas::SPILL)) * StressRegs::SPILL_SOME),
            features: opts.features,
        };
        self.lsra
            .allocate::<G>(&mut self.body, target, abi, &options, &mut self.allocation)
            .map_err(|e| match e {
                LsraError::Unsupported { node } => Bail::Unsupported {
                    what: self.body.nodes[node].op.name(),
                    node,
                },
                e => Bail::Internal(format!("allocation: {e}")),
            })?;
        check(opts, "lsra", || verify_lowered(method, &self.body))?;
        if opts.dumps("lsra") {
            out.dump.push_str("; after lsra\n");
            out.dump.push_str(&crate::lsra::dump_allocation(
                &self.body,
                target,
                &self.allocation,
            ));
        }
        if opts.verify {
            check_allocation::<G>(&self.body, target, abi, opts.features, &self.allocation)
                .map_err(|e| Bail::Internal(e.to_string()))?;
        }
        Ok(())
    }

    /// Is there a backward jump over blocks without a call that the collector could stop at? Such a loop must be interruptible.
    /// A call on the way round may be skipped: only one in a block that runs on every turn counts, the loop's head or its end.
    /// `input`: what the nodes are read from, if not the body.
    fn has_call_free_loop(&mut self, input: Option<&Body>) -> bool {
        let (body, order) = (input.unwrap_or(&self.body), &self.state.order);
        let in_order = order.iter().zip(0..).all(|(b, i)| b.0 == i);
        if !in_order {
            self.index_of.clear();
            self.index_of.resize(body.blocks.len(), u32::MAX);
            for (b, i) in order.iter().zip(0..) {
                self.index_of[b.0 as usize] = i;
            }
        }
        let index_of = &self.index_of;
        let place = |b: BlockId| {
            if in_order {
                b.0
            } else {
                index_of[b.0 as usize]
            }
        };
        order.iter().zip(0..).any(|(&b, i)| {
            let mut to = u32::MAX;
            body.for_each_succ(b, |s| to = to.min(place(s)));
            to <= i && !has_safe_point(body, order[to as usize]) && !has_safe_point(body, b)
        })
    }
}

/// Does no phase before lowering change the body? Then it can be lowered from the input, part by part.
fn stays_as_it_is(method: &Method, opts: &CompileOptions) -> bool {
    let body = &method.body;
    let kinds = NodeKinds::of(body);
    let changed = kinds.has_late()
        || kinds.has_wide_vectors()
        || kinds.has_tail_calls()
        || kinds.may_suspend();
    !changed
        && opts.stress.is_empty()
        && !has_wide_places(body, method)
        && !enters_again(body)
        && body.blocks_are_ranges()
}

/// Does stress keep locals alive to the end of their blocks? Only the allocator of FullOpts sees a difference.
fn extends_lifetimes(opts: &CompileOptions) -> bool {
    opts.stress_regs & StressRegs::EXTEND_LIFETIMES != 0 && opts.opt == OptLevel::FullOpts
}

/// May a value of the method be or hold a pointer that the collector wants to know of? `kinds` spares a look at all nodes.
fn has_pointers(method: &Method, body: &Body, kinds: Option<NodeKinds>) -> bool {
    static BLOCKS: OpcodeSet =
        OpcodeSet::of(&[Opcode::CopyBlk, Opcode::StoreStruct, Opcode::LoadStruct]);
    let holds = |ty: VarType, layout| match ty {
        VarType::Struct => method
            .layout(layout)
            .is_none_or(crate::types::ClassLayout::has_gc),
        t => t.is_gc(),
    };
    let node = |n: &crate::ir::Node| {
        matches!(n.ty, VarType::Ref | VarType::Byref | VarType::Struct) || BLOCKS.contains(n.op)
    };
    body.locals.iter().any(|l| holds(l.ty, l.layout))
        || (kinds.is_none_or(NodeKinds::may_have_pointers) && body.nodes.iter().any(node))
}

/// Is there a call in block `b` at which the collector can stop?
fn has_safe_point(body: &Body, b: BlockId) -> bool {
    body.block_nodes(b).any(|n| {
        let node = &body.nodes[n];
        node.op == Opcode::Call
            && !body.calls[crate::ir::CallId(node.aux)]
                .flags
                .contains(crate::ir::CallFlags::NO_GC)
    })
}

/// Verifies the state behind a phase, if asked.
fn check(
    opts: &CompileOptions,
    phase: &str,
    verify: impl FnOnce() -> Result<(), crate::ir::VerifyError>,
) -> Result<(), Bail> {
    if !opts.verify {
        return Ok(());
    }
    verify().map_err(|e| Bail::Internal(format!("not valid behind {phase}: {e}")))
}

/// Appends the state behind a phase to the dump, as text that the parser reads.
fn dump(
    opts: &CompileOptions,
    out: &mut CompiledMethod,
    phase: &str,
    method: &Method,
    body: &Body,
) {
    if opts.dumps(phase) {
        out.dump.push_str("; after ");
        out.dump.push_str(phase);
        out.dump.push('\n');
        crate::ir::print::print_state(method, body, &mut out.dump);
    }
}
