//! A function but for its nodes: head, locals, regions, clauses, block headers.

use super::*;
use crate::ir::print::{BLOCK_WORDS, LOCAL_WORDS};

/// A block that the text has mentioned.
pub(super) struct NamedBlock {
    pub block: Block,
    /// Its number in the text, and where that was first read.
    number: u32,
    at: usize,
    /// Its place among the headers: its id in the method.
    pub id: BlockId,
}

/// Bodies of more nodes than this are handed over; smaller ones are copied, to their size, and the memory is used again.
const COPIED: usize = 1 << 14;

impl Parser<'_> {
    pub(super) fn func(&mut self) -> Result<()> {
        self.lex.word();
        let at = self.lex.pos();
        let name = self.at_name()?;
        self.m.name = name.clone().into_owned();
        if !self.defined.insert(name) {
            let what = format!("there are two functions {}", self.m.name);
            return self.fail_at(at, what);
        }
        self.expect(b'(')?;
        while !self.lex.eat(b')') {
            let l = match self.plain_param() {
                Some(l) => l,
                None => self.local_decl()?,
            };
            self.body.locals[l].flags.insert(LocalFlags::PARAM);
            self.m.num_params += 1;
            if !self.lex.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        if self.lex.eat_arrow() {
            (self.m.ret, self.m.ret_layout) = self.ty()?;
        }
        self.expect(b'{')?;
        loop {
            // Words of blocks and nodes begin so too.
            match self.lex.peek() {
                b'l' if self.plain_local().is_some() => {}
                b'l' if self.lex.eat_word("local") => {
                    self.local_decl()?;
                }
                b'r' if self.lex.eat_word("region") => self.region()?,
                b'c' if self.lex.eat_word("clause") => self.clause()?,
                _ => break,
            }
        }
        while !self.lex.eat(b'}') {
            self.line()?;
        }
        self.end_of_function()
    }

    fn end_of_function(&mut self) -> Result<()> {
        if self.open {
            return self.fail("the last block has no terminator");
        }
        if let Some(b) = self.named_blocks.iter().find(|b| b.id.is_none()) {
            let what = format!("block bb{} is named but has no nodes", b.number);
            return self.fail_at(b.at, what);
        }
        if self.order.is_empty() {
            return self.fail("a function has at least one block");
        }
        self.number_blocks();
        let body = &self.body;
        self.nodes.start(body.nodes.len() as u32);
        self.locals.start(body.locals.len() as u32);
        self.blocks.start(self.named_blocks.len() as u32);
        self.layouts.start(self.m.layouts.len() as u32);
        self.funcs.start(self.m.funcs.len() as u32);
        self.named_blocks.clear();
        self.order.clear();
        self.names_blocks = false;
        self.m.body = if body.nodes.len() > COPIED {
            std::mem::take(&mut self.body)
        } else {
            let copy = body.clone();
            self.body.clear();
            copy
        };
        self.module.methods.push(std::mem::take(&mut self.m));
        Ok(())
    }

    /// Gives blocks the numbers of their places in the text.
    fn number_blocks(&mut self) {
        let (named, body) = (&self.named_blocks, &mut self.body);
        let renumber = |b: &mut BlockId| {
            if b.is_some() {
                *b = named[b.0 as usize].id;
            }
        };
        for &i in &self.order {
            let mut block = named[i as usize].block;
            block.succ.iter_mut().for_each(renumber);
            body.blocks.push(block);
        }
        body.switch_targets.iter_mut().for_each(renumber);
        for c in body.clauses.iter_mut() {
            renumber(&mut c.handler_entry);
            renumber(&mut c.filter_entry);
        }
        if self.names_blocks {
            for n in body.nodes.iter_mut().filter(|n| n.op == Opcode::LabelAddr) {
                n.aux = named[n.aux as usize].id.0;
            }
        }
    }

    fn local_decl(&mut self) -> Result<LocalId> {
        let at = self.lex.pos();
        let number = self.numbered(b'v', "a local: v0, v1, ...")?;
        if self.locals.get(number).is_some() {
            return self.fail_at(at, format!("v{number} is declared twice"));
        }
        self.expect(b':')?;
        let (ty, layout) = self.ty()?;
        let mut l = Local {
            ty,
            flags: LocalFlags::empty(),
            layout,
        };
        if self.lex.eat(b'[') {
            while !self.lex.eat(b']') {
                let at = self.lex.pos();
                let w = self.word("an attribute of a local")?;
                match LOCAL_WORDS.iter().find(|x| x.0 == w) {
                    Some(x) => l.flags.insert(x.1),
                    None => return self.fail_at(at, format!("{w} is no attribute of a local")),
                }
            }
        }
        let id = self.body.locals.push(l);
        self.locals.set(number, id.0);
        Ok(id)
    }

    /// A word that is `prefix` and a number.
    fn numbered(&mut self, prefix: u8, what: &str) -> Result<u32> {
        if self.lex.peek() == prefix
            && let Some(n) = self.lex.numbered(1)
        {
            return Ok(n);
        }
        self.fail(format!("expected {what}"))
    }

    fn region(&mut self) -> Result<()> {
        let at = self.lex.pos();
        let id = self.small("a region's number")?;
        if id != self.body.regions.len() as u32 {
            return self.fail_at(at, "regions are numbered from 0 in order");
        }
        let at = self.lex.pos();
        let kind = match self.word("`try`, `handler` or `filter`")? {
            "try" => RegionKind::Try,
            "handler" => RegionKind::Handler,
            "filter" => RegionKind::Filter,
            _ => return self.fail_at(at, "expected `try`, `handler` or `filter`"),
        };
        self.expect_word("clause")?;
        let clause = ClauseId(self.small("a clause's number")?);
        let parent = if self.lex.eat_word("in") {
            RegionId(self.small("a region's number")?)
        } else {
            RegionId::NONE
        };
        self.body.regions.push(Region {
            parent,
            kind,
            clause,
        });
        Ok(())
    }

    fn clause(&mut self) -> Result<()> {
        let at = self.lex.pos();
        let id = self.small("a clause's number")?;
        if id != self.body.clauses.len() as u32 {
            return self.fail_at(at, "clauses are numbered from 0 in order");
        }
        let mut filter_entry = BlockId::NONE;
        let at = self.lex.pos();
        let kind = match self.word("`catch`, `filter`, `finally` or `fault`")? {
            "catch" => ClauseKind::Catch(self.small("a class's number")?),
            "filter" => {
                filter_entry = self.block_ref()?;
                ClauseKind::Filter
            }
            "finally" => ClauseKind::Finally,
            "fault" => ClauseKind::Fault,
            _ => return self.fail_at(at, "expected `catch`, `filter`, `finally` or `fault`"),
        };
        self.expect_word("try")?;
        let try_region = RegionId(self.small("a region's number")?);
        self.expect_word("handler")?;
        let handler_region = RegionId(self.small("a region's number")?);
        self.expect_word("entry")?;
        let handler_entry = self.block_ref()?;
        self.body.clauses.push(Clause {
            kind,
            try_region,
            handler_region,
            handler_entry,
            filter_entry,
        });
        Ok(())
    }

    // ---- blocks

    /// A block's name. Its number among the mentioned blocks stands for its id until the function's end.
    pub(super) fn block_ref(&mut self) -> Result<BlockId> {
        let at = self.lex.pos();
        if self.lex.peek() == b'b'
            && self.lex.ahead(1) == b'b'
            && let Some(number) = self.lex.numbered(2)
        {
            return Ok(self.block_named(number, at));
        }
        self.fail("expected a block: bb0, bb1, ...")
    }

    /// The block `number`, mentioned at byte `at`.
    #[inline]
    pub(super) fn block_named(&mut self, number: u32, at: usize) -> BlockId {
        if let Some(b) = self.blocks.get(number) {
            return BlockId(b);
        }
        let b = self.named_blocks.len() as u32;
        self.named_blocks.push(NamedBlock {
            block: Block::new(),
            number,
            at,
            id: BlockId::NONE,
        });
        self.blocks.set(number, b);
        BlockId(b)
    }

    /// A block header or a node.
    #[inline]
    fn line(&mut self) -> Result<()> {
        if self.lex.peek() == b'b' && self.lex.ahead(1) == b'b' {
            return match self.plain_header() {
                Some(()) => Ok(()),
                None => self.block_header(),
            };
        }
        if !self.open {
            return self.no_block();
        }
        match self.plain_node() {
            Some(()) => Ok(()),
            None => self.node(),
        }
    }

    #[cold]
    fn no_block(&self) -> Result<()> {
        if self.lex.peek_word().is_empty() {
            self.fail("expected a block, a node or `}`")
        } else if self.order.is_empty() {
            self.fail("expected a block: bb0:")
        } else {
            self.fail("a node behind the block's terminator")
        }
    }

    fn block_header(&mut self) -> Result<()> {
        let at = self.lex.pos();
        if self.open {
            return self.fail("the block above has no terminator");
        }
        let b = self.block_ref()?.0;
        if self.named_blocks[b as usize].id.is_some() {
            return self.fail_at(at, "the block stands twice");
        }
        let mut block = Block::new();
        if self.lex.eat(b'[') {
            while !self.lex.eat(b']') {
                let at = self.lex.pos();
                match self.word("an attribute of a block")? {
                    "weight" => block.weight = self.small("a weight")?,
                    "region" => block.region = RegionId(self.small("a region's number")?),
                    w => match BLOCK_WORDS.iter().find(|x| x.0 == w) {
                        Some(x) => block.flags.insert(x.1),
                        None => return self.fail_at(at, format!("{w} is no attribute of a block")),
                    },
                }
            }
        }
        self.expect(b':')?;
        self.begin_block(b, block);
        Ok(())
    }

    /// Nodes go to the block whose header this was.
    #[inline]
    pub(super) fn begin_block(&mut self, b: u32, mut block: Block) {
        block.first = self.body.nodes.next_id();
        let named = &mut self.named_blocks[b as usize];
        named.id = BlockId(self.order.len() as u32);
        named.block = block;
        self.order.push(b);
        self.block = b;
        self.open = true;
        self.empty = true;
    }
}
