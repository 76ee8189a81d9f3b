//! Typed references: a managed pointer and the handle of what it points to, in one struct.

use super::ImportError;
use super::calls::argument;
use super::importer::{Importer, make};
use super::metadata::IlType;
use super::stack::Entry;
use crate::ee::Helper;
use crate::ir::{CallTarget, Opcode, Operand};
use crate::types::VarType;

/// Bytes from the struct's start to the handle.
const TYPE_AT: i64 = 8;

impl Importer<'_> {
    /// `mkrefany`: the struct of the address on the stack and the class.
    pub(super) fn make_typed_reference(&mut self, token: u32) -> Result<(), ImportError> {
        let ty = self.meta.typed_reference()?;
        let class = self.meta.class_handle(token)?;
        let class = self.handle(class)?;
        let address = self.pop_as(VarType::Byref)?;
        let layout = self.layout_of(ty)?;
        let made = self.temp(VarType::Struct, layout);
        for (value, ty, at) in [(address, VarType::Byref, 0), (class, VarType::I64, TYPE_AT)] {
            let at = self.constant(at);
            let mut store = make(Opcode::StoreLclFld, ty, &[value, at]);
            store.aux = made.0;
            self.emit(store);
        }
        self.push_local(made);
        Ok(())
    }

    /// `refanyval`: a helper compares the class and gives the address.
    pub(super) fn typed_reference_value(&mut self, token: u32) -> Result<(), ImportError> {
        let call = self.meta.typed_reference_value(token)?;
        let class = self.handle(call.arg)?;
        let (reference, ty) = self.pop_typed_reference()?;
        let layout = self.layout_of(ty)?;
        let args = [
            argument(class, VarType::I64, crate::types::LayoutId::NONE),
            argument(reference, VarType::Struct, layout),
        ];
        self.call_of(call.helper, IlType::scalar(VarType::Byref), &args)
    }

    /// `refanytype`: the handle, as the struct that a helper makes of it.
    pub(super) fn typed_reference_type(&mut self) -> Result<(), ImportError> {
        let (helper, ret) = self.meta.typed_reference_type()?;
        let (reference, _) = self.pop_typed_reference()?;
        let Some(local) = reference.as_local() else {
            return Err(self.bad("a struct that is not in a local"));
        };
        let at = self.constant(TYPE_AT);
        let mut read = make(Opcode::LclFld, VarType::I64, &[at]);
        read.aux = local.0;
        let class = Operand::node(self.emit(read));
        let args = [argument(class, VarType::I64, crate::types::LayoutId::NONE)];
        self.call_of(helper, ret, &args)
    }

    fn pop_typed_reference(&mut self) -> Result<(Operand, IlType), ImportError> {
        let ty = self.meta.typed_reference()?;
        let layout = self.layout_of(ty)?;
        let e: Entry = self.pop()?;
        if e.ty != VarType::Struct || e.layout != layout {
            return Err(self.bad("no typed reference where one is expected"));
        }
        Ok((self.operand(e).0, ty))
    }

    fn call_of(
        &mut self,
        helper: Helper,
        ret: IlType,
        args: &[crate::ir::CallArg],
    ) -> Result<(), ImportError> {
        let call = self.call_node(CallTarget::Helper(helper), Operand::NONE, ret, args)?;
        self.push_result(call, ret)
    }
}
