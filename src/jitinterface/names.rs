//! The names of methods and classes, in the form that .NET's own JIT prints them.
//!
//! `Namespace.Class[args]:Method[args](types):return`; primitives by the JIT's own words (a `char` is a `ushort`), managed
//! pointers as `byref`, other pointers as `ulong`. Names are for people and patterns only: where the runtime cannot
//! answer there is a `?`.

use std::borrow::Cow;
use std::ffi::CStr;

use super::enums::cor_type;
use super::structs::{ClassHandle, MethodHandle, SigInfo};
use super::vtable::{EeError, EeInterface};
use crate::compile::method_set::MethodNames;

/// Deepest nesting of generic arguments and array ranks that a name spells out.
const MAX_DEPTH: u32 = 8;
/// What stands for a part that the runtime cannot name.
const UNKNOWN: &str = "?";

/// A method, as [`MethodNames`] and as text. The runtime is asked only for the parts that are wanted.
pub(super) struct MethodName<'a> {
    ee: &'a EeInterface,
    method: MethodHandle,
}

impl<'a> MethodName<'a> {
    /// The names of `method`.
    pub(super) fn new(ee: &'a EeInterface, method: MethodHandle) -> Self {
        MethodName { ee, method }
    }

    /// `Namespace.Class[args]:Method[args](types)`, with `:return` if `with_return`.
    pub(super) fn full(&self, with_return: bool) -> String {
        let mut out = String::new();
        out += &self.class();
        out += &self.class_instantiation();
        out.push(':');
        out += &self.method();
        out += &self.method_instantiation();
        out += &self.signature();
        if with_return && let Ok(sig) = self.sig() {
            if sig.ret_type() != cor_type::VOID {
                out.push(':');
                out += &type_name(self.ee, sig.ret_type(), sig.ret_type_sig_class, 0);
            }
            if sig.has_this() {
                out += ":this";
            }
        }
        out
    }

    /// The simple name of the assembly that the method's class is in.
    pub(super) fn assembly(&self) -> String {
        let name = self
            .ee
            .method_class(self.method)
            .and_then(|class| self.ee.class_assembly_name(class));
        match name {
            Ok(address) if address != 0 => text_at(address),
            _ => UNKNOWN.to_owned(),
        }
    }

    fn sig(&self) -> Result<SigInfo, EeError> {
        let mut sig = SigInfo::default();
        self.ee
            .method_sig(self.method, &mut sig, ClassHandle::NULL)?;
        Ok(sig)
    }

    /// The class's name with its instantiation, as the runtime has it.
    fn full_class(&self) -> String {
        self.ee
            .method_class(self.method)
            .map_or_else(|_| UNKNOWN.to_owned(), |c| class_name(self.ee, c))
    }
}

impl MethodNames for MethodName<'_> {
    fn method(&self) -> Cow<'_, str> {
        let (mut class, mut namespace, mut enclosing) = (0, 0, [0; 4]);
        let from_metadata = self.ee.method_name_from_metadata(
            self.method,
            &mut class,
            &mut namespace,
            &mut enclosing,
            0,
        );
        match from_metadata {
            Ok(name) if name != 0 => text_at(name).into(),
            // Stubs have no metadata.
            _ => printed(|buffer, size, required| {
                self.ee
                    .print_method_name(self.method, buffer, size, required)
            })
            .into(),
        }
    }

    fn class(&self) -> Cow<'_, str> {
        let mut name = self.full_class();
        if let Some(at) = name.find('[') {
            name.truncate(at);
        }
        name.into()
    }

    fn class_instantiation(&self) -> Cow<'_, str> {
        let name = self.full_class();
        match name.find('[') {
            Some(at) => name[at..].to_owned().into(),
            None => "".into(),
        }
    }

    fn method_instantiation(&self) -> Cow<'_, str> {
        let Ok(sig) = self.sig() else {
            return UNKNOWN.into();
        };
        if sig.meth_inst_count == 0 || sig.meth_inst == 0 {
            return "".into();
        }
        // SAFETY: the runtime says that this many class handles stand there, valid during the compilation.
        let classes = unsafe {
            std::slice::from_raw_parts(
                std::ptr::with_exposed_provenance::<ClassHandle>(sig.meth_inst),
                sig.meth_inst_count as usize,
            )
        };
        let mut out = String::from("[");
        for (i, &class) in classes.iter().enumerate() {
            if i != 0 {
                out.push(',');
            }
            out += &type_argument_name(self.ee, class, 0);
        }
        out.push(']');
        out.into()
    }

    fn signature(&self) -> Cow<'_, str> {
        let Ok(sig) = self.sig() else {
            return "(?)".into();
        };
        let mut out = String::from("(");
        let mut arg = sig.args;
        for i in 0..sig.num_args() {
            if i != 0 {
                out.push(',');
            }
            out += &argument_name(self.ee, &sig, arg).unwrap_or_else(|_| UNKNOWN.to_owned());
            match self.ee.arg_next(arg) {
                Ok(next) => arg = next,
                Err(_) => break,
            }
        }
        out.push(')');
        out.into()
    }
}

fn argument_name(
    ee: &EeInterface,
    sig: &SigInfo,
    arg: super::structs::ArgListHandle,
) -> Result<String, EeError> {
    let mut class = ClassHandle::NULL;
    let ty = ee.arg_type(sig, arg, &mut class)? & cor_type::TYPE_MASK;
    if ty == cor_type::CLASS {
        class = ee.arg_class(sig, arg)?;
    }
    Ok(type_name(ee, ty, class, 0))
}

/// The name of a type as a signature has it.
fn type_name(ee: &EeInterface, ty: u32, class: ClassHandle, depth: u32) -> String {
    match primitive_name(ty) {
        Some(name) => name.to_owned(),
        None if class.is_null() => UNKNOWN.to_owned(),
        None => class_name_at(ee, class, depth),
    }
}

/// The JIT's word for a primitive type; `None` for classes and structs.
fn primitive_name(ty: u32) -> Option<&'static str> {
    use cor_type::*;
    Some(match ty {
        VOID => "void",
        BOOL | UBYTE => "ubyte",
        CHAR | USHORT => "ushort",
        BYTE => "byte",
        SHORT => "short",
        INT => "int",
        UINT => "uint",
        LONG | NATIVEINT => "long",
        ULONG | NATIVEUINT | PTR => "ulong",
        FLOAT => "float",
        DOUBLE => "double",
        BYREF => "byref",
        _ => return None,
    })
}

/// A class used as a type argument: a primitive by the JIT's word.
fn type_argument_name(ee: &EeInterface, class: ClassHandle, depth: u32) -> String {
    match ee.as_cor_type(class) {
        Ok(ty) => type_name(ee, ty, class, depth),
        Err(_) => UNKNOWN.to_owned(),
    }
}

/// A class with namespace, enclosing classes and instantiation.
pub(super) fn class_name(ee: &EeInterface, class: ClassHandle) -> String {
    class_name_at(ee, class, 0)
}

fn class_name_at(ee: &EeInterface, class: ClassHandle, depth: u32) -> String {
    if depth >= MAX_DEPTH {
        return UNKNOWN.to_owned();
    }
    if let Ok(rank @ 1..) = ee.array_rank(class) {
        let mut element = ClassHandle::NULL;
        let Ok(ty) = ee.child_type(class, &mut element) else {
            return UNKNOWN.to_owned();
        };
        let commas = ",".repeat(rank as usize - 1);
        return format!("{}[{commas}]", type_name(ee, ty, element, depth + 1));
    }
    let mut name =
        printed(|buffer, size, required| ee.print_class_name(class, buffer, size, required));
    // The runtime's text may carry an instantiation in its own form; ours is spelled with the JIT's words.
    if let Some(at) = name.find('[') {
        name.truncate(at);
    }
    let mut separator = '[';
    for index in 0.. {
        match ee.type_instantiation_argument(class, index) {
            Ok(argument) if !argument.is_null() => {
                name.push(separator);
                name += &type_argument_name(ee, argument, depth + 1);
                separator = ',';
            }
            _ => break,
        }
    }
    if separator == ',' {
        name.push(']');
    }
    name
}

/// The text that one of the runtime's print functions writes.
fn printed(
    print: impl Fn(*mut std::ffi::c_char, usize, &mut usize) -> Result<usize, EeError>,
) -> String {
    let mut buffer = vec![0u8; 512];
    for _ in 0..2 {
        let mut required = 0;
        let Ok(written) = print(buffer.as_mut_ptr().cast(), buffer.len(), &mut required) else {
            return UNKNOWN.to_owned();
        };
        if required <= buffer.len() {
            buffer.truncate(written.min(buffer.len()));
            break;
        }
        buffer.resize(required.min(1 << 16), 0);
    }
    let end = buffer.iter().position(|&b| b == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(&buffer[..end]).into_owned()
}

/// Namespace, class (behind the class around it, if there is one) and name of a method; empty where there are none.
pub(super) fn metadata_names(ee: &EeInterface, method: MethodHandle) -> (String, String, String) {
    let (mut class, mut namespace, mut enclosing) = (0, 0, [0; 4]);
    let name = ee.method_name_from_metadata(method, &mut class, &mut namespace, &mut enclosing, 1);
    let Ok(name @ 1..) = name else {
        return Default::default();
    };
    let text = |address| match address {
        0 => String::new(),
        address => text_at(address),
    };
    let mut class = text(class);
    if enclosing[0] != 0 {
        class = format!("{}.{class}", text_at(enclosing[0]));
    }
    (text(namespace), class, text_at(name))
}

/// Namespace and bare name of a class; empty where the runtime has none.
pub(super) fn class_name_of(ee: &EeInterface, class: ClassHandle) -> (String, String) {
    let mut namespace = 0;
    let name = ee.class_name_from_metadata(class, &mut namespace);
    let text = |address| match address {
        0 => String::new(),
        address => text_at(address),
    };
    (text(namespace), text(name.unwrap_or_default()))
}

/// The terminated text at an address that the runtime returned.
fn text_at(address: usize) -> String {
    // SAFETY: the runtime returns addresses of terminated metadata strings, valid during the compilation.
    unsafe { CStr::from_ptr(std::ptr::with_exposed_provenance(address)) }
        .to_string_lossy()
        .into_owned()
}
