//! What the importer asks about IL's tokens, and the answers: plain data that no runtime's binary interface shows through.
//!
//! A shell that has IL implements [`Metadata`]. Answers carry handles as opaque numbers that become constants of the code.

use super::ImportError;
use crate::ee::{Helper, Lookup};
use crate::ir::{Cond, Opcode, VecOp};
use crate::types::{ClassLayout, VarType};

/// A type of IL, as far as code cares.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct IlType {
    /// The type in memory; small integers included.
    pub ty: VarType,
    /// The runtime's class for structs (to ask its layout), 0 otherwise.
    pub class: u64,
}

impl IlType {
    /// A type that is not a struct.
    pub const fn scalar(ty: VarType) -> IlType {
        IlType { ty, class: 0 }
    }
    /// No value.
    pub const VOID: IlType = IlType::scalar(VarType::Void);
}

/// One local variable.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct IlLocal {
    /// Its type.
    pub ty: IlType,
    /// What it points to must not move.
    pub pinned: bool,
}

/// Kind of an exception clause in IL.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum IlClauseKind {
    /// Catches the class of this token.
    Catch(u32),
    /// Catches a class that is found at run time: a helper of class and exception says whether.
    CatchFound(HelperCall),
    /// A filter that begins at this offset and ends where the handler begins.
    Filter(u32),
    /// Finally.
    Finally,
    /// Fault.
    Fault,
}

/// One exception clause in IL; ranges are start and end offsets.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct IlClause {
    /// Kind.
    pub kind: IlClauseKind,
    /// Protected range.
    pub try_range: (u32, u32),
    /// Handler.
    pub handler_range: (u32, u32),
}

/// The method to import.
#[derive(Clone, Debug, Default)]
pub struct IlMethod<'a> {
    /// Name for dumps.
    pub name: String,
    /// The runtime's handle.
    pub handle: u64,
    /// The bytes.
    pub il: &'a [u8],
    /// Parameters, `this` first.
    pub params: Vec<IlType>,
    /// Is the first parameter `this`?
    pub has_this: bool,
    /// Result.
    pub ret: IlType,
    /// Locals.
    pub locals: Vec<IlLocal>,
    /// Locals begin as zero.
    pub init_locals: bool,
    /// Clauses in the order of the metadata.
    pub clauses: Vec<IlClause>,
    /// A call to make first thing: the class constructor's trigger.
    pub prolog_call: Option<PrologCall>,
    /// Where shared generic code finds out what it is exactly.
    pub context: ContextSource,
    /// The runtime wants to find the context at any time.
    pub keep_context: bool,
    /// The monitor that the method holds while it runs.
    pub lock: Option<Lock>,
    /// Calls of the method itself in front of `ret` are tail calls: what optimised code does.
    pub loops_back: bool,
}

/// What a synchronized method locks, and with what.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// The monitor; none: `this`.
    pub object: Option<Handle>,
    /// The helper that makes the monitor of the handle `object`, if that is only a class.
    pub of_class: Option<Helper>,
    /// The helper that enters, of the monitor and the address of a byte that it sets to 1.
    pub enter: Helper,
    /// The helper that exits if that byte is 1, and makes it 0.
    pub exit: Helper,
}

/// Where shared generic code finds its exact types.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum ContextSource {
    /// The code is not shared.
    #[default]
    None,
    /// The method table of `this`.
    This,
    /// A hidden parameter behind `this`: a method table.
    Class,
    /// A hidden parameter behind `this`: a method's description.
    Method,
}

impl ContextSource {
    /// Has the method a hidden parameter?
    pub fn is_parameter(self) -> bool {
        matches!(self, ContextSource::Class | ContextSource::Method)
    }
}

/// The trigger of a class constructor in a prolog.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum PrologCall {
    /// A helper of a class.
    Class(HelperCall),
    /// A helper of null and the context, a method's description.
    OfMethod(Helper),
}

/// A number that code needs: a handle, an address.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Handle {
    /// Known now.
    Known(u64),
    /// Stands at this address.
    Cell(u64),
    /// The context itself; the method table, where it is `this`.
    Context,
    /// Found at run time.
    Lookup(RuntimeLookup),
}

/// How shared generic code finds a handle: loads from its context, and a helper for what is not there yet.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct RuntimeLookup {
    /// The helper: of the context and `signature`.
    pub helper: Helper,
    /// Its second argument.
    pub signature: u64,
    /// Number of loads; none: always the helper.
    pub loads: Option<u8>,
    /// Offset of each load.
    pub offsets: [u32; 4],
    /// A zero goes to the helper.
    pub test_null: bool,
    /// Where the last table keeps its size: a last offset that is not below it goes to the helper.
    pub size_offset: Option<u16>,
}

/// A call of a helper with a handle in front of the other arguments.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct HelperCall {
    /// The helper.
    pub helper: Helper,
    /// Its (first) argument: a class handle.
    pub arg: Handle,
}

/// The instruction that a call site is for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum CallOp {
    /// `call`.
    Call,
    /// `callvirt`.
    Callvirt,
    /// `newobj`.
    Newobj,
}

/// Prefixes of a call.
#[derive(Copy, Clone, Default, Debug)]
pub struct CallPrefixes {
    /// Token of a `constrained.`.
    pub constrained: Option<u32>,
    /// Is there a `readonly.`?
    pub readonly: bool,
    /// Is there a `tail.`?
    pub tail: bool,
    /// No `tail.`, but a `ret` behind a call that may be of the method itself.
    pub implicit_tail: bool,
}

/// How a call finds its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallTo {
    /// A known method.
    Method {
        /// The runtime's handle.
        handle: u64,
        /// Name for listings.
        name: String,
    },
    /// Through the method table of `this`: offset of the first load, if there are two, and of the last.
    VirtualTable {
        /// Offset of the chunk's pointer in the method table.
        chunk: Option<u32>,
        /// Offset of the code pointer.
        slot: u32,
    },
    /// Through an interface dispatch cell at this address.
    StubCell(Handle),
    /// Code at this address.
    Code(Handle),
    /// Code at an address that a helper finds: of `this`, the class and the method.
    Found(VirtualPointer),
    /// What the delegate `this` is for: both are fields of the delegate.
    Delegate {
        /// Offset of the object that is `this` for the callee.
        instance: u32,
        /// Offset of the code pointer.
        target: u32,
    },
}

/// How the code of a virtual method is found: a helper of the object and two handles.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct VirtualPointer {
    /// The helper.
    pub helper: Helper,
    /// The class that declares the method.
    pub class: Handle,
    /// The method.
    pub method: Handle,
}

/// What `ldvirtftn` gives.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FunctionPointer {
    /// This address, whatever the object is.
    Known(Handle),
    /// By the object.
    Virtual(VirtualPointer),
}

/// What to do with `this` of a constrained call.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ThisTransform {
    /// Nothing.
    None,
    /// Load the reference it points to.
    Dereference,
    /// Box the value it points to, of the class of this token.
    Box(u32),
}

/// A call site, resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallSite {
    /// Whom.
    pub to: CallTo,
    /// Parameters as on the stack, `this` first where there is one.
    pub params: Vec<IlType>,
    /// Has a `this`?
    pub has_this: bool,
    /// Result.
    pub ret: IlType,
    /// `this` must be checked for null.
    pub null_check: bool,
    /// Constrained calls.
    pub this_transform: ThisTransform,
    /// The hidden generic argument.
    pub context: Option<Handle>,
    /// The runtime lets the call leave the caller's frame first.
    pub may_tail: bool,
    /// `newobj`: what is made.
    pub new: NewKind,
    /// The callee is known.
    pub intrinsic: Option<Intrinsic>,
}

/// What `newobj` makes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NewKind {
    /// Not a `newobj`.
    None,
    /// An object from this helper.
    Object(HelperCall),
    /// A value of this class, in a temporary.
    Value(IlType),
    /// The constructor makes and returns it (strings).
    ByConstructor,
    /// An array of several dimensions: a helper of class, number of arguments and their address.
    Array(HelperCall),
}

/// A method whose meaning is known.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Intrinsic {
    /// A number; arguments are not looked at.
    Number(i64),
    /// A node of the result's type over the arguments.
    Operator(Opcode),
    /// A node of the argument's type; its result fits an `i32`.
    Count(Opcode),
    /// The same bits as another type.
    Bitcast,
    /// The argument as it is.
    Same,
    /// Nothing; the arguments are dropped.
    Ignore,
    /// Length of a string.
    StringLength,
    /// Character of a string.
    StringChar,
    /// Length of a span.
    SpanLength,
    /// Address of a span's element, of this size.
    SpanElement(u32),
    /// Address of an array's first element.
    ArrayData,
    /// An address, moved by a number of things of this size.
    AddScaled(u32),
    /// The second address minus the first.
    Distance,
    /// Two addresses compared, or one with null.
    Compare(Cond),
    /// An atomic operation of address and values.
    Atomic(Opcode),
    /// Orders memory accesses.
    Fence,
    /// A load from an address that may not be aligned.
    ReadUnaligned,
    /// A store to one.
    WriteUnaligned,
    /// A method of a vector class.
    Vector(VectorMethod),
}

/// A method of a vector class.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct VectorMethod {
    /// What it does.
    pub op: VectorOp,
    /// The vectors that it works on.
    pub vector: VarType,
    /// Their lanes; unsigned small ones where a lane becomes a scalar.
    pub element: VarType,
}

/// What a method of a vector class does.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum VectorOp {
    /// A `vunary` node.
    Unary(VecOp),
    /// A `vbinary` node.
    Binary(VecOp),
    /// A `vbinary` node of a vector and a scalar that stands in every lane.
    ByScalar {
        /// The operation.
        op: VecOp,
        /// The scalar is the second argument.
        second: bool,
    },
    /// The bits of the second argument where the first has ones, else of the third.
    Select,
    /// A `vshift` node.
    Shift(VecOp),
    /// A `vcmp` node.
    Compare(Cond),
    /// Does the condition hold for all lanes?
    CompareAll(Cond),
    /// Is there a lane for which it does not?
    CompareNotAll(Cond),
    /// Does it hold for any?
    CompareAny(Cond),
    /// A scalar in every lane.
    Splat,
    /// A scalar in lane 0, zeros above.
    First,
    /// A scalar for each lane.
    Lanes,
    /// Every byte is this.
    Filled(u8),
    /// The highest bits of the lanes.
    Mask,
    /// A lane, the first or that of the second argument.
    Extract {
        /// Is there a second argument?
        indexed: bool,
    },
    /// Another value in a lane.
    Insert,
    /// The same bytes.
    Reinterpret,
    /// Half of a vector; `vector` is the half.
    Half {
        /// The upper one.
        upper: bool,
    },
    /// Two halves; `vector` is a half.
    Join,
    /// A vector from an address, or that and a number of lanes.
    Load {
        /// Is there a number of lanes?
        indexed: bool,
    },
    /// A vector to one.
    Store {
        /// Is there a number of lanes?
        indexed: bool,
    },
}

/// What a field is accessed for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FieldAccess {
    /// Read.
    Get,
    /// Write.
    Set,
    /// Address.
    Address,
}

/// Where a field is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FieldPlace {
    /// In the object or value, at this offset from its start: the method table's word of an object is counted.
    Instance(u32),
    /// At this address.
    StaticAddress(u64),
    /// Boxed: the address of the cell that holds the box.
    StaticBoxed(u64),
    /// This many bytes behind the address that a helper returns.
    StaticBase(HelperCall, u32),
    /// Boxed: the reference to the box is this many bytes behind the address that a helper returns.
    StaticBaseBoxed(HelperCall, u32),
    /// Always zero.
    Zero,
    /// Always this number.
    Number(i32),
    /// Always the object that is found so.
    Object(Lookup),
}

/// A field, resolved.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct FieldSite {
    /// Its type.
    pub ty: IlType,
    /// Where it is.
    pub place: FieldPlace,
    /// A call to make before the access: the class constructor's trigger.
    pub init: Option<HelperCall>,
}

/// A class token, resolved.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct ClassSite {
    /// Its values: [`VarType::Ref`] for reference types.
    pub ty: IlType,
    /// Bytes of a value.
    pub size: u32,
}

/// A `box`, resolved.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum BoxSite {
    /// A reference type: nothing to do.
    Reference,
    /// Allocate by the helper, copy the value behind the method table.
    Allocate(HelperCall),
    /// Call the helper with the class and the address of the value.
    Call(HelperCall),
}

/// An `unbox`, resolved.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum UnboxSite {
    /// A reference type: a cast.
    Cast(HelperCall),
    /// The helper checks and returns the address of the payload: class, object.
    Address(HelperCall),
    /// The helper fills a temporary: its address, class, object.
    Fill(HelperCall),
}

/// Helpers that the importer calls by what they do.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ImportHelper {
    /// `stelem.ref`: array, index (native int), value.
    StoreElementRef,
    /// `ldelema` of references: array, index (native int), element class.
    ElementAddressRef,
}

/// Questions about IL.
pub trait Metadata {
    /// The layout of a struct.
    fn layout(&mut self, class: u64) -> Result<ClassLayout, ImportError>;
    /// The vector that a struct is to code; `Void` for other structs.
    fn vector(&mut self, class: u64) -> VarType;
    /// A call site.
    fn call(
        &mut self,
        token: u32,
        op: CallOp,
        prefixes: CallPrefixes,
    ) -> Result<CallSite, ImportError>;
    /// A field.
    fn field(&mut self, token: u32, access: FieldAccess) -> Result<FieldSite, ImportError>;
    /// A class.
    fn class(&mut self, token: u32) -> Result<ClassSite, ImportError>;
    /// The handle of a class, as a constant of the code.
    fn class_handle(&mut self, token: u32) -> Result<Handle, ImportError>;
    /// The allocation of an array with elements of this class: helper of class and length.
    fn new_array(&mut self, token: u32) -> Result<HelperCall, ImportError>;
    /// A cast: helper of class and object.
    fn cast(&mut self, token: u32, throwing: bool) -> Result<HelperCall, ImportError>;
    /// A `box`.
    fn boxing(&mut self, token: u32) -> Result<BoxSite, ImportError>;
    /// An `unbox` or `unbox.any`.
    fn unboxing(&mut self, token: u32) -> Result<UnboxSite, ImportError>;
    /// `ldtoken`: helper of the handle, and the struct that it returns.
    fn token(&mut self, token: u32) -> Result<(HelperCall, IlType), ImportError>;
    /// The type of typed references.
    fn typed_reference(&mut self) -> Result<IlType, ImportError>;
    /// `refanyval`: helper of the class and the typed reference.
    fn typed_reference_value(&mut self, token: u32) -> Result<HelperCall, ImportError>;
    /// `refanytype`: helper of the class's handle, and the struct that it returns.
    fn typed_reference_type(&mut self) -> Result<(Helper, IlType), ImportError>;
    /// The code address of a method, for `ldftn`.
    fn function_pointer(
        &mut self,
        token: u32,
        constrained: Option<u32>,
    ) -> Result<Handle, ImportError>;
    /// The code address of a method, for `ldvirtftn`.
    fn virtual_pointer(&mut self, token: u32) -> Result<FunctionPointer, ImportError>;
    /// The signature of a `calli`, as a call site whose target is not looked at.
    fn indirect_call(&mut self, token: u32) -> Result<CallSite, ImportError>;
    /// A string literal.
    fn string(&mut self, token: u32) -> Result<Lookup, ImportError>;
    /// A helper by what it does.
    fn helper(&mut self, helper: ImportHelper) -> Result<Helper, ImportError>;
}
