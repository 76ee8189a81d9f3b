//! The IL instruction set: one row an opcode, and reading instructions from bytes.
//!
//! Columns: name here, encoding (two-byte opcodes have the prefix `FE` in the high byte), name in ECMA-335 III, kind of
//! the inline operand. What an opcode does is in the importer; this file only finds where instructions begin and end.

/// Kind of the inline operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Inline {
    /// Nothing.
    None,
    /// A byte.
    U8,
    /// A signed byte.
    I8,
    /// Two bytes.
    U16,
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A single.
    F32,
    /// A double.
    F64,
    /// A distance to another instruction in one byte, from the next instruction.
    Branch8,
    /// The same in four bytes.
    Branch32,
    /// A count, then so many 32-bit distances from the next instruction.
    Switch,
    /// A metadata token.
    Token,
}

macro_rules! il_opcodes {
    ($($name:ident $code:literal $text:literal $inline:ident;)*) => {
        /// An IL opcode.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Il {
            $(#[doc = concat!("`", $text, "`")] $name = $code,)*
        }

        impl Il {
            /// Every opcode.
            pub const ALL: &'static [Il] = &[$(Il::$name,)*];

            /// The name in ECMA-335.
            pub fn name(self) -> &'static str {
                match self {
                    $(Il::$name => $text,)*
                }
            }

            /// Kind of the inline operand.
            pub fn inline(self) -> Inline {
                match self {
                    $(Il::$name => Inline::$inline,)*
                }
            }

            fn decode(code: u16) -> Option<Il> {
                match code {
                    $($code => Some(Il::$name),)*
                    _ => None,
                }
            }
        }
    };
}

#[rustfmt::skip]
il_opcodes! {
    Nop            0x00    "nop"              None;
    Break          0x01    "break"            None;
    Ldarg0         0x02    "ldarg.0"          None;
    Ldarg1         0x03    "ldarg.1"          None;
    Ldarg2         0x04    "ldarg.2"          None;
    Ldarg3         0x05    "ldarg.3"          None;
    Ldloc0         0x06    "ldloc.0"          None;
    Ldloc1         0x07    "ldloc.1"          None;
    Ldloc2         0x08    "ldloc.2"          None;
    Ldloc3         0x09    "ldloc.3"          None;
    Stloc0         0x0A    "stloc.0"          None;
    Stloc1         0x0B    "stloc.1"          None;
    Stloc2         0x0C    "stloc.2"          None;
    Stloc3         0x0D    "stloc.3"          None;
    LdargS         0x0E    "ldarg.s"          U8;
    LdargaS        0x0F    "ldarga.s"         U8;
    StargS         0x10    "starg.s"          U8;
    LdlocS         0x11    "ldloc.s"          U8;
    LdlocaS        0x12    "ldloca.s"         U8;
    StlocS         0x13    "stloc.s"          U8;
    Ldnull         0x14    "ldnull"           None;
    LdcI4M1        0x15    "ldc.i4.m1"        None;
    LdcI40         0x16    "ldc.i4.0"         None;
    LdcI41         0x17    "ldc.i4.1"         None;
    LdcI42         0x18    "ldc.i4.2"         None;
    LdcI43         0x19    "ldc.i4.3"         None;
    LdcI44         0x1A    "ldc.i4.4"         None;
    LdcI45         0x1B    "ldc.i4.5"         None;
    LdcI46         0x1C    "ldc.i4.6"         None;
    LdcI47         0x1D    "ldc.i4.7"         None;
    LdcI48         0x1E    "ldc.i4.8"         None;
    LdcI4S         0x1F    "ldc.i4.s"         I8;
    LdcI4          0x20    "ldc.i4"           I32;
    LdcI8          0x21    "ldc.i8"           I64;
    LdcR4          0x22    "ldc.r4"           F32;
    LdcR8          0x23    "ldc.r8"           F64;
    Dup            0x25    "dup"              None;
    Pop            0x26    "pop"              None;
    Jmp            0x27    "jmp"              Token;
    Call           0x28    "call"             Token;
    Calli          0x29    "calli"            Token;
    Ret            0x2A    "ret"              None;
    BrS            0x2B    "br.s"             Branch8;
    BrfalseS       0x2C    "brfalse.s"        Branch8;
    BrtrueS        0x2D    "brtrue.s"         Branch8;
    BeqS           0x2E    "beq.s"            Branch8;
    BgeS           0x2F    "bge.s"            Branch8;
    BgtS           0x30    "bgt.s"            Branch8;
    BleS           0x31    "ble.s"            Branch8;
    BltS           0x32    "blt.s"            Branch8;
    BneUnS         0x33    "bne.un.s"         Branch8;
    BgeUnS         0x34    "bge.un.s"         Branch8;
    BgtUnS         0x35    "bgt.un.s"         Branch8;
    BleUnS         0x36    "ble.un.s"         Branch8;
    BltUnS         0x37    "blt.un.s"         Branch8;
    Br             0x38    "br"               Branch32;
    Brfalse        0x39    "brfalse"          Branch32;
    Brtrue         0x3A    "brtrue"           Branch32;
    Beq            0x3B    "beq"              Branch32;
    Bge            0x3C    "bge"              Branch32;
    Bgt            0x3D    "bgt"              Branch32;
    Ble            0x3E    "ble"              Branch32;
    Blt            0x3F    "blt"              Branch32;
    BneUn          0x40    "bne.un"           Branch32;
    BgeUn          0x41    "bge.un"           Branch32;
    BgtUn          0x42    "bgt.un"           Branch32;
    BleUn          0x43    "ble.un"           Branch32;
    BltUn          0x44    "blt.un"           Branch32;
    Switch         0x45    "switch"           Switch;
    LdindI1        0x46    "ldind.i1"         None;
    LdindU1        0x47    "ldind.u1"         None;
    LdindI2        0x48    "ldind.i2"         None;
    LdindU2        0x49    "ldind.u2"         None;
    LdindI4        0x4A    "ldind.i4"         None;
    LdindU4        0x4B    "ldind.u4"         None;
    LdindI8        0x4C    "ldind.i8"         None;
    LdindI         0x4D    "ldind.i"          None;
    LdindR4        0x4E    "ldind.r4"         None;
    LdindR8        0x4F    "ldind.r8"         None;
    LdindRef       0x50    "ldind.ref"        None;
    StindRef       0x51    "stind.ref"        None;
    StindI1        0x52    "stind.i1"         None;
    StindI2        0x53    "stind.i2"         None;
    StindI4        0x54    "stind.i4"         None;
    StindI8        0x55    "stind.i8"         None;
    StindR4        0x56    "stind.r4"         None;
    StindR8        0x57    "stind.r8"         None;
    Add            0x58    "add"              None;
    Sub            0x59    "sub"              None;
    Mul            0x5A    "mul"              None;
    Div            0x5B    "div"              None;
    DivUn          0x5C    "div.un"           None;
    Rem            0x5D    "rem"              None;
    RemUn          0x5E    "rem.un"           None;
    And            0x5F    "and"              None;
    Or             0x60    "or"               None;
    Xor            0x61    "xor"              None;
    Shl            0x62    "shl"              None;
    Shr            0x63    "shr"              None;
    ShrUn          0x64    "shr.un"           None;
    Neg            0x65    "neg"              None;
    Not            0x66    "not"              None;
    ConvI1         0x67    "conv.i1"          None;
    ConvI2         0x68    "conv.i2"          None;
    ConvI4         0x69    "conv.i4"          None;
    ConvI8         0x6A    "conv.i8"          None;
    ConvR4         0x6B    "conv.r4"          None;
    ConvR8         0x6C    "conv.r8"          None;
    ConvU4         0x6D    "conv.u4"          None;
    ConvU8         0x6E    "conv.u8"          None;
    Callvirt       0x6F    "callvirt"         Token;
    Cpobj          0x70    "cpobj"            Token;
    Ldobj          0x71    "ldobj"            Token;
    Ldstr          0x72    "ldstr"            Token;
    Newobj         0x73    "newobj"           Token;
    Castclass      0x74    "castclass"        Token;
    Isinst         0x75    "isinst"           Token;
    ConvRUn        0x76    "conv.r.un"        None;
    Unbox          0x79    "unbox"            Token;
    Throw          0x7A    "throw"            None;
    Ldfld          0x7B    "ldfld"            Token;
    Ldflda         0x7C    "ldflda"           Token;
    Stfld          0x7D    "stfld"            Token;
    Ldsfld         0x7E    "ldsfld"           Token;
    Ldsflda        0x7F    "ldsflda"          Token;
    Stsfld         0x80    "stsfld"           Token;
    Stobj          0x81    "stobj"            Token;
    ConvOvfI1Un    0x82    "conv.ovf.i1.un"   None;
    ConvOvfI2Un    0x83    "conv.ovf.i2.un"   None;
    ConvOvfI4Un    0x84    "conv.ovf.i4.un"   None;
    ConvOvfI8Un    0x85    "conv.ovf.i8.un"   None;
    ConvOvfU1Un    0x86    "conv.ovf.u1.un"   None;
    ConvOvfU2Un    0x87    "conv.ovf.u2.un"   None;
    ConvOvfU4Un    0x88    "conv.ovf.u4.un"   None;
    ConvOvfU8Un    0x89    "conv.ovf.u8.un"   None;
    ConvOvfIUn     0x8A    "conv.ovf.i.un"    None;
    ConvOvfUUn     0x8B    "conv.ovf.u.un"    None;
    Box            0x8C    "box"              Token;
    Newarr         0x8D    "newarr"           Token;
    Ldlen          0x8E    "ldlen"            None;
    Ldelema        0x8F    "ldelema"          Token;
    LdelemI1       0x90    "ldelem.i1"        None;
    LdelemU1       0x91    "ldelem.u1"        None;
    LdelemI2       0x92    "ldelem.i2"        None;
    LdelemU2       0x93    "ldelem.u2"        None;
    LdelemI4       0x94    "ldelem.i4"        None;
    LdelemU4       0x95    "ldelem.u4"        None;
    LdelemI8       0x96    "ldelem.i8"        None;
    LdelemI        0x97    "ldelem.i"         None;
    LdelemR4       0x98    "ldelem.r4"        None;
    LdelemR8       0x99    "ldelem.r8"        None;
    LdelemRef      0x9A    "ldelem.ref"       None;
    StelemI        0x9B    "stelem.i"         None;
    StelemI1       0x9C    "stelem.i1"        None;
    StelemI2       0x9D    "stelem.i2"        None;
    StelemI4       0x9E    "stelem.i4"        None;
    StelemI8       0x9F    "stelem.i8"        None;
    StelemR4       0xA0    "stelem.r4"        None;
    StelemR8       0xA1    "stelem.r8"        None;
    StelemRef      0xA2    "stelem.ref"       None;
    Ldelem         0xA3    "ldelem"           Token;
    Stelem         0xA4    "stelem"           Token;
    UnboxAny       0xA5    "unbox.any"        Token;
    ConvOvfI1      0xB3    "conv.ovf.i1"      None;
    ConvOvfU1      0xB4    "conv.ovf.u1"      None;
    ConvOvfI2      0xB5    "conv.ovf.i2"      None;
    ConvOvfU2      0xB6    "conv.ovf.u2"      None;
    ConvOvfI4      0xB7    "conv.ovf.i4"      None;
    ConvOvfU4      0xB8    "conv.ovf.u4"      None;
    ConvOvfI8      0xB9    "conv.ovf.i8"      None;
    ConvOvfU8      0xBA    "conv.ovf.u8"      None;
    Refanyval      0xC2    "refanyval"        Token;
    Ckfinite       0xC3    "ckfinite"         None;
    Mkrefany       0xC6    "mkrefany"         Token;
    Ldtoken        0xD0    "ldtoken"          Token;
    ConvU2         0xD1    "conv.u2"          None;
    ConvU1         0xD2    "conv.u1"          None;
    ConvI          0xD3    "conv.i"           None;
    ConvOvfI       0xD4    "conv.ovf.i"       None;
    ConvOvfU       0xD5    "conv.ovf.u"       None;
    AddOvf         0xD6    "add.ovf"          None;
    AddOvfUn       0xD7    "add.ovf.un"       None;
    MulOvf         0xD8    "mul.ovf"          None;
    MulOvfUn       0xD9    "mul.ovf.un"       None;
    SubOvf         0xDA    "sub.ovf"          None;
    SubOvfUn       0xDB    "sub.ovf.un"       None;
    Endfinally     0xDC    "endfinally"       None;
    Leave          0xDD    "leave"            Branch32;
    LeaveS         0xDE    "leave.s"          Branch8;
    StindI         0xDF    "stind.i"          None;
    ConvU          0xE0    "conv.u"           None;
    Arglist        0xFE00  "arglist"          None;
    Ceq            0xFE01  "ceq"              None;
    Cgt            0xFE02  "cgt"              None;
    CgtUn          0xFE03  "cgt.un"           None;
    Clt            0xFE04  "clt"              None;
    CltUn          0xFE05  "clt.un"           None;
    Ldftn          0xFE06  "ldftn"            Token;
    Ldvirtftn      0xFE07  "ldvirtftn"        Token;
    Ldarg          0xFE09  "ldarg"            U16;
    Ldarga         0xFE0A  "ldarga"           U16;
    Starg          0xFE0B  "starg"            U16;
    Ldloc          0xFE0C  "ldloc"            U16;
    Ldloca         0xFE0D  "ldloca"           U16;
    Stloc          0xFE0E  "stloc"            U16;
    Localloc       0xFE0F  "localloc"         None;
    Endfilter      0xFE11  "endfilter"        None;
    Unaligned      0xFE12  "unaligned."       U8;
    Volatile       0xFE13  "volatile."        None;
    Tail           0xFE14  "tail."            None;
    Initobj        0xFE15  "initobj"          Token;
    Constrained    0xFE16  "constrained."     Token;
    Cpblk          0xFE17  "cpblk"            None;
    Initblk        0xFE18  "initblk"          None;
    No             0xFE19  "no."              U8;
    Rethrow        0xFE1A  "rethrow"          None;
    Sizeof         0xFE1C  "sizeof"           Token;
    Refanytype     0xFE1D  "refanytype"       None;
    Readonly       0xFE1E  "readonly."        None;
}

/// One instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Instr {
    /// What it does.
    pub op: Il,
    /// Its inline operand: sign-extended integers, bits of floats, absolute IL offsets of branch targets, the count of a
    /// switch.
    pub operand: u64,
    /// IL offset of its first byte.
    pub at: u32,
    /// IL offset of the next instruction.
    pub next: u32,
}

/// The bytes at an offset are no instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct NoInstr;

/// Reads the instruction at offset `at`.
///
/// # Errors
/// [`NoInstr`], if the bytes are no opcode or end within the instruction. Branch targets are not checked.
pub fn read(il: &[u8], at: u32) -> Result<Instr, NoInstr> {
    let mut bytes = il.get(at as usize..).ok_or(NoInstr)?.iter().copied();
    let first = bytes.next().ok_or(NoInstr)?;
    let code = match first {
        0xFE => 0xFE00 | u16::from(bytes.next().ok_or(NoInstr)?),
        b => u16::from(b),
    };
    let op = Il::decode(code).ok_or(NoInstr)?;
    let mut take = |n: u32| -> Result<u64, NoInstr> {
        let mut value = 0;
        for i in 0..n {
            value |= u64::from(bytes.next().ok_or(NoInstr)?) << (8 * i);
        }
        Ok(value)
    };
    let head = at + if first == 0xFE { 2 } else { 1 };
    let (operand, size) = match op.inline() {
        Inline::None => (0, 0),
        Inline::U8 => (take(1)?, 1),
        Inline::I8 => (take(1)? as i8 as i64 as u64, 1),
        Inline::U16 => (take(2)?, 2),
        Inline::I32 => (take(4)? as i32 as i64 as u64, 4),
        Inline::F32 | Inline::Token => (take(4)?, 4),
        Inline::I64 | Inline::F64 => (take(8)?, 8),
        Inline::Branch8 => (take(1)? as i8 as i64 as u64, 1),
        Inline::Branch32 => (take(4)? as i32 as i64 as u64, 4),
        Inline::Switch => {
            let count = take(4)?;
            let bytes = count.checked_mul(4).and_then(|n| n.checked_add(4));
            let bytes = bytes.filter(|&n| n <= il.len() as u64).ok_or(NoInstr)?;
            (count, bytes as u32)
        }
    };
    let next = head.checked_add(size).ok_or(NoInstr)?;
    if next as usize > il.len() {
        return Err(NoInstr);
    }
    let operand = match op.inline() {
        Inline::Branch8 | Inline::Branch32 => u64::from(next.wrapping_add(operand as u32)),
        _ => operand,
    };
    Ok(Instr {
        op,
        operand,
        at,
        next,
    })
}

/// The absolute targets of a `switch` instruction, in order; the default is the next instruction.
pub fn switch_targets(il: &[u8], switch: &Instr) -> impl Iterator<Item = u32> {
    let first = switch.next as usize - 4 * switch.operand as usize;
    let next = switch.next;
    il[first..switch.next as usize]
        .chunks_exact(4)
        .map(move |b| next.wrapping_add_signed(i32::from_le_bytes([b[0], b[1], b[2], b[3]])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_decodes_to_itself() {
        for &op in Il::ALL {
            let code = op as u16;
            let mut bytes = if code >= 0xFE00 {
                vec![0xFE, code as u8]
            } else {
                vec![code as u8]
            };
            bytes.extend([0; 8]);
            let i = read(&bytes, 0).unwrap();
            assert_eq!(i.op, op, "{}", op.name());
        }
    }

    #[test]
    fn operands() {
        assert_eq!(read(&[0x1F, 0xFF], 0).unwrap().operand as i64, -1);
        assert_eq!(read(&[0x0E, 0xFF], 0).unwrap().operand, 255);
        assert_eq!(read(&[0x00, 0x2B, 0xFE], 1).unwrap().operand, 1);
        assert_eq!(
            read(&[0x20, 1, 0, 0, 0x80], 0).unwrap().operand as i64,
            -0x7FFF_FFFF
        );
        assert_eq!(read(&[0x20, 1, 0, 0], 0), Err(NoInstr));
        assert_eq!(read(&[0x24], 0), Err(NoInstr));
        assert_eq!(read(&[0xFE], 0), Err(NoInstr));
        assert_eq!(read(&[], 0), Err(NoInstr));
        assert_eq!(read(&[0], 7), Err(NoInstr));
    }

    #[test]
    fn switches() {
        let il = [0x45, 2, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x2A];
        let i = read(&il, 0).unwrap();
        assert_eq!((i.operand, i.next), (2, 13));
        assert_eq!(switch_targets(&il, &i).collect::<Vec<_>>(), [14, 12]);
        assert_eq!(read(&[0x45, 0xFF, 0xFF, 0xFF, 0xFF], 0), Err(NoInstr));
        assert_eq!(read(&[0x45, 0xFF, 0xFF, 0xFF, 0x3F], 0), Err(NoInstr));
        assert_eq!(read(&[0x45, 2, 0, 0, 0, 1, 0, 0, 0], 0), Err(NoInstr));
    }
}
