//! Layouts of value classes: size, references, and what decides where a struct travels.
//!
//! Where it travels is the runtime's answer, not ours: code of both JITs runs in one program, and vectors, 128-bit integers and
//! explicit layouts have rules of their own. So the fields of a layout are those that lead our walk to the same registers.

use super::super::enums::cor_type;
use super::super::structs::*;
use super::{CoreClrMetadata, unsupported};
use crate::import::ImportError;
use crate::target::AbiLoc;
use crate::types::{ClassLayout, GcKind, LayoutField, VarType};

/// Classes of eightbytes in the runtime's answer.
mod eightbyte {
    pub const REFERENCE: u8 = 5;
    pub const BYREF: u8 = 6;
    pub const SSE: u8 = 7;
}

/// Kinds of homogeneous aggregates in the runtime's answer.
const HFA_ELEMENTS: [VarType; 5] = [
    VarType::Void,
    VarType::F32,
    VarType::F64,
    VarType::V64,
    VarType::V128,
];

/// Stack arguments stand in words, whatever their type's alignment: .NET has it so on x64 and on arm64 Linux.
const LARGEST_ALIGNMENT: u32 = 8;

impl CoreClrMetadata<'_> {
    /// The layout of a value class.
    pub(super) fn class_layout(&self, class: ClassHandle) -> Result<ClassLayout, ImportError> {
        let size = self.ee.class_size(class)?;
        let words = size.div_ceil(8) as usize;
        let mut kinds = vec![0u8; words];
        let pointers = self.ee.class_gc_layout(class, kinds.as_mut_ptr())?;
        let gc = if pointers == 0 {
            Vec::new()
        } else {
            kinds.iter().map(|&k| gc_kind(k)).collect()
        };
        let align = self.ee.class_alignment(class, 0)?.max(1);
        let mut layout = ClassLayout {
            size,
            align: align.min(LARGEST_ALIGNMENT),
            gc,
            fields: self.scalar_fields(class)?,
            ..ClassLayout::default()
        };
        self.follow_the_runtime(class, &mut layout)?;
        Ok(layout)
    }

    /// The scalar fields of a struct; none if the runtime does not tell them all.
    fn scalar_fields(&self, class: ClassHandle) -> Result<Vec<LayoutField>, ImportError> {
        let mut nodes = [TypeLayoutNode::default(); 64];
        let mut count = nodes.len();
        let told = self.ee.type_layout(class, nodes.as_mut_ptr(), &mut count)?;
        if told != 0 {
            return Ok(Vec::new());
        }
        let mut fields = Vec::new();
        for n in nodes.iter().take(count) {
            if n.num_fields == 0 && n.simd_type != ClassHandle::NULL {
                // What is in a vector is not told.
                let step = if n.size.is_multiple_of(16) { 16 } else { 4 };
                let ty = if step == 16 {
                    VarType::V128
                } else {
                    VarType::F32
                };
                let ends = n.offset.saturating_add(n.size);
                let offsets = (n.offset..ends).step_by(step);
                fields.extend(offsets.map(|offset| LayoutField { offset, ty }));
            }
            if n.num_fields != 0 || n.ty == cor_type::VALUECLASS {
                continue;
            }
            let ty = self.il_type(n.ty, ClassHandle::NULL)?.ty;
            fields.push(LayoutField {
                offset: n.offset,
                ty,
            });
        }
        fields.sort_by_key(|f| f.offset);
        Ok(fields)
    }

    /// Makes our convention and the runtime's agree on where a struct travels.
    fn follow_the_runtime(
        &self,
        class: ClassHandle,
        layout: &mut ClassLayout,
    ) -> Result<(), ImportError> {
        let is = |desc: &crate::target::TargetDesc| std::ptr::eq(self.call_conv, desc.call_conv);
        // Code for another machine than the runtime's is only looked at.
        if cfg!(target_arch = "x86_64") && is(&crate::target::x64::LINUX) {
            self.follow_eightbytes(class, layout)
        } else if cfg!(target_arch = "aarch64") && is(&crate::target::arm64::LINUX) {
            self.follow_aggregate(class, layout)
        } else {
            Ok(())
        }
    }

    fn follow_eightbytes(
        &self,
        class: ClassHandle,
        layout: &mut ClassLayout,
    ) -> Result<(), ImportError> {
        let mut d = SysvStruct::default();
        self.ee.sysv_struct(class, &mut d)?;
        if self.travels_as(layout, &d) {
            return Ok(());
        }
        layout.in_memory = d.in_registers == 0;
        layout.fields.clear();
        if !layout.in_memory {
            for i in 0..usize::from(d.count.min(2)) {
                let ty = match (d.classes[i], d.sizes[i]) {
                    (eightbyte::SSE, size) if size <= 4 => VarType::F32,
                    (eightbyte::SSE, _) => VarType::F64,
                    (eightbyte::REFERENCE, _) => VarType::Ref,
                    (eightbyte::BYREF, _) => VarType::Byref,
                    (_, 0..=1) => VarType::U8,
                    (_, 2..=3) => VarType::U16,
                    (_, 4..=7) => VarType::I32,
                    (_, 8..) => VarType::I64,
                };
                let offset = u32::from(d.offsets[i]);
                layout.fields.push(LayoutField { offset, ty });
            }
        }
        if self.travels_as(layout, &d) {
            Ok(())
        } else {
            unsupported("struct that the runtime classifies in another way")
        }
    }

    /// Does our convention place the struct as the runtime says?
    fn travels_as(&self, layout: &ClassLayout, d: &SysvStruct) -> bool {
        let ours = self
            .call_conv
            .classify_return(VarType::Struct, Some(layout));
        if d.in_registers == 0 {
            return ours.ret_buffer;
        }
        let theirs = (0..usize::from(d.count.min(2)))
            .map(|i| (d.classes[i], u32::from(d.offsets[i]), u32::from(d.sizes[i])));
        ours.segments.len() == usize::from(d.count)
            && ours.segments.iter().zip(theirs).all(|(s, (c, at, size))| {
                let class = match s.ty {
                    VarType::Ref => eightbyte::REFERENCE,
                    VarType::Byref => eightbyte::BYREF,
                    t if t.is_float_reg() => eightbyte::SSE,
                    _ => 4,
                };
                matches!(s.loc, AbiLoc::Reg(_)) && (class, s.offset, s.size) == (c, at, size)
            })
    }

    /// Homogeneous aggregates travel in vector registers; nothing else does.
    fn follow_aggregate(
        &self,
        class: ClassHandle,
        layout: &mut ClassLayout,
    ) -> Result<(), ImportError> {
        let kind = self.ee.hfa_type(class)? as usize;
        let Some(&ty) = HFA_ELEMENTS.get(kind) else {
            return unsupported("homogeneous aggregate of an unknown kind");
        };
        layout.fields.clear();
        if ty != VarType::Void {
            let offsets = (0..layout.size).step_by(ty.size() as usize);
            let fields = offsets.map(|offset| LayoutField { offset, ty });
            layout.fields.extend(fields);
        }
        Ok(())
    }
}

fn gc_kind(k: u8) -> GcKind {
    match k {
        1 => GcKind::Ref,
        2 => GcKind::Byref,
        _ => GcKind::None,
    }
}
