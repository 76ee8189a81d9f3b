//! The shim: a private copy of .NET's own JIT compiles the selected methods, and we watch (`DOTNET_TatsuShim=1`).
//!
//! For measuring RyuJIT under the same conditions as ourselves, and for seeing what it hands over. The copy is loaded
//! from memory under another name, so that its globals are not those of the runtime's JIT, and is started with the same host.
//!
//! What it hands over is seen through the interface object: for the time of one compilation the object's first word
//! points to a table of ours, a copy of the runtime's with a few entries replaced. The replaced ones note what they are
//! given and go on to the originals. The object itself stays the runtime's, so nothing else is between the two. Where the
//! record of a compilation is stands in front of its table: nested and concurrent compilations do not meet.
//!
//! Where the JIT is linked into the runtime's own file there is nothing to copy. Then the table is left in the object, the
//! method is declined, and the runtime's JIT compiles it with the same object; its last call takes the table away.
//!
//! GC info is held against our own reader and writer at once: what the reader found in the blob, the writer must write
//! again bit for bit.

use std::ffi::{CString, c_char, c_int, c_void};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use super::enums::result;
use super::error_trap::run_trapped;
use super::log::thread_time;
use super::slots::Slot;
use super::startup::shell;
use super::structs::{EhClause, MethodHandle, MethodInfo};
use super::vtable::EeInterface;
use crate::gcinfo::{GC_ARM64, GC_X64, GcInfoEncoder, GcInfoVersion, GcIsa, decode};

type CompileMethod = unsafe extern "C-unwind" fn(
    *mut c_void,
    *mut c_void,
    *const MethodInfo,
    u32,
    *mut usize,
    *mut u32,
) -> u32;

/// .NET's own JIT: a copy, or the one that is linked into the runtime.
pub(super) struct StockJit {
    /// The copy's `ICorJitCompiler`, as an address; 0 if there is no copy.
    object: usize,
    /// Where blobs are written, if anywhere.
    blobs: Option<File>,
}

/// What a compilation handed to the runtime.
#[derive(Default)]
struct Record {
    slots: Originals,
    gc: (usize, usize),
    unwind: Vec<(u32, u32, u32, Vec<u8>)>,
    clauses: Vec<EhClause>,
    /// What is known of a method that was left to the runtime.
    left: Option<Left>,
}

/// A method that the runtime's JIT compiles after we have declined it.
struct Left {
    name: String,
    il: u32,
    start: u64,
    table: Watched,
}

/// The replaced entries.
#[derive(Default, Copy, Clone)]
struct Originals {
    alloc_gc_info: usize,
    alloc_unwind_info: usize,
    set_eh_info: usize,
    complete: usize,
}

/// What came of a compilation.
pub(super) struct Stocked {
    /// The answer to the runtime.
    pub(super) code: u32,
    /// Nanoseconds inside the copy.
    pub(super) ns: u64,
    /// Our reading of its GC info, in a word.
    pub(super) gc: &'static str,
}

impl StockJit {
    /// Loads a copy of the JIT that lies beside the runtime whose code is at `code_address`, and starts it with `host`.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub(super) fn load(host: *mut c_void, code_address: usize) -> Result<StockJit, String> {
        let runtime = super::version::image_path(code_address)
            .ok_or("the runtime's own file cannot be found")?;
        let file = Path::new(&runtime).with_file_name("libclrjit.so");
        let bytes = std::fs::read(&file)
            .map_err(|e| format!("cannot read .NET's own JIT {}: {e}", file.display()))?;
        let handle = load_copy(&bytes)?;
        let start = symbol(handle, c"jitStartup".as_ptr())?;
        let get = symbol(handle, c"getJit".as_ptr())?;
        // SAFETY: these are the two exports of a JIT, with these signatures; the host is the runtime's.
        let object = unsafe {
            std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn(*mut c_void)>(start)(
                host,
            );
            std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn() -> *mut c_void>(get)()
        };
        if object.is_null() {
            return Err(".NET's own JIT has no compiler object".to_owned());
        }
        Ok(StockJit {
            object: object.expose_provenance(),
            blobs: None,
        })
    }

    /// The copy, or the JIT that is linked into the runtime's own file; what they hand over goes to the file `blobs`.
    ///
    /// # Errors
    /// As of `load`, and a file that cannot be opened.
    pub(super) fn find(
        host: *mut c_void,
        code_address: usize,
        blobs: Option<&str>,
    ) -> Result<StockJit, String> {
        let blobs = match blobs {
            Some(path) => Some(
                File::options()
                    .create(true)
                    .append(true)
                    .open(path)
                    .map_err(|e| format!("TatsuBlobs cannot be opened: {e}"))?,
            ),
            None => None,
        };
        let runtime = super::version::image_path(code_address);
        let single = runtime.is_some_and(|file| Path::new(&file).extension().is_none());
        let object = match single {
            true => 0,
            false => StockJit::load(host, code_address)?.object,
        };
        Ok(StockJit { object, blobs })
    }

    /// Passes the system on that code is for.
    pub(super) fn set_target_os(&self, os: u32) {
        if self.object == 0 {
            return;
        }
        type SetTargetOs = unsafe extern "C-unwind" fn(*mut c_void, u32);
        let object = std::ptr::with_exposed_provenance_mut::<c_void>(self.object);
        // SAFETY: the fourth entry of a compiler object's table is this method.
        unsafe {
            let table = *object.cast::<*const *const c_void>();
            std::mem::transmute::<*const c_void, SetTargetOs>(*table.add(3))(object, os);
        }
    }

    /// The interface GUID that the copy answers with.
    pub(super) fn guid(&self) -> [u8; 16] {
        type GetVersion = unsafe extern "C-unwind" fn(*mut c_void, *mut [u8; 16]);
        let object = std::ptr::with_exposed_provenance_mut::<c_void>(self.object);
        let mut guid = [0; 16];
        // SAFETY: the third entry of a compiler object's table is this method; it fills 16 bytes.
        unsafe {
            let table = *object.cast::<*const *const c_void>();
            let entry = std::mem::transmute::<*const c_void, GetVersion>(*table.add(2));
            entry(object, &raw mut guid);
        }
        guid
    }

    /// Is there a copy that compiles? If not, methods are left to the runtime and watched.
    pub(super) fn is_copy(&self) -> bool {
        self.object != 0
    }

    /// Has the coming compilation by the runtime's own JIT watched, with this object; it is logged at its end.
    pub(super) fn watch(&self, ee: &EeInterface, il: u32, name: String) {
        let record = Box::into_raw(Box::<Record>::default());
        let Some(mut table) = Watched::new(ee, record, true) else {
            // SAFETY: it was just made, and nothing else knows it.
            drop(unsafe { Box::from_raw(record) });
            return;
        };
        table.begin(ee);
        let start = thread_time();
        // SAFETY: the record is this compilation's own until its last call.
        unsafe {
            (*record).left = Some(Left {
                name,
                il,
                start,
                table,
            });
        }
    }

    /// Writes down what was handed over.
    fn keep(&self, name: &str, gc: &[u8], record: &Record) {
        if let Some(mut file) = self.blobs.as_ref() {
            // As with the log: nobody to tell.
            let _ = file.write_all(blob_line(name, gc, record).as_bytes());
        }
    }

    /// Compiles a method with the copy.
    ///
    /// # Safety
    /// The arguments are those of the runtime's `compileMethod`.
    pub(super) unsafe fn compile(
        &self,
        ee: &EeInterface,
        info: *const MethodInfo,
        entry: *mut usize,
        size: *mut u32,
        name: &str,
    ) -> Stocked {
        let mut record = Record::default();
        let object = std::ptr::with_exposed_provenance_mut::<c_void>(self.object);
        let mut watched = match Watched::new(ee, &raw mut record, false) {
            Some(watched) => watched,
            None => return Stocked::failed(),
        };
        watched.begin(ee);
        // SAFETY: a compiler object's first entry is `compileMethod`.
        let compile = unsafe {
            std::mem::transmute::<*const c_void, CompileMethod>(
                **object.cast::<*const *const c_void>(),
            )
        };
        let (this, comp) = (object, ee.object());
        let start = thread_time();
        // SAFETY: the arguments are the runtime's own.
        let answer = run_trapped(ee, move || unsafe {
            compile(this, comp, info, u32::MAX, entry, size)
        });
        let ns = thread_time() - start;
        watched.end(ee);
        let code = answer.ok().flatten().unwrap_or(result::SKIPPED);
        if code != result::OK {
            return Stocked::failed();
        }
        // SAFETY: the copy has written it.
        let gc = unsafe { record.gc_info() };
        self.keep(name, gc, &record);
        Stocked {
            code,
            ns,
            gc: reproduced(gc, ee),
        }
    }
}

impl Stocked {
    fn failed() -> Stocked {
        Stocked {
            code: result::SKIPPED,
            ns: 0,
            gc: "none",
        }
    }
}

impl Record {
    /// The GC info that was handed over.
    ///
    /// # Safety
    /// It has been written, and the method has not been thrown away.
    unsafe fn gc_info(&self) -> &[u8] {
        let (address, len) = self.gc;
        if len == 0 {
            return &[];
        }
        // SAFETY: the runtime gave this many bytes for it; the rest is the caller's promise.
        unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance::<u8>(address), len) }
    }
}

/// Reads a blob of the runtime's and writes it again.
fn reproduced(blob: &[u8], ee: &EeInterface) -> &'static str {
    let (version, isa) = formats(ee);
    written_again(blob, version, isa)
}

fn written_again(blob: &[u8], version: GcInfoVersion, isa: &'static GcIsa) -> &'static str {
    let Ok(info) = decode(blob, version, isa) else {
        return "unreadable";
    };
    let events = info.events();
    let mut again = Vec::with_capacity(blob.len());
    match GcInfoEncoder::new().encode(&info.as_input(&events), &mut again) {
        Err(_) => "unwritable",
        Ok(()) if again == blob => "same",
        Ok(()) if info.is_indirect => "shared-otherwise",
        Ok(()) => "different",
    }
}

fn formats(ee: &EeInterface) -> (GcInfoVersion, &'static GcIsa) {
    let isa = if cfg!(target_arch = "x86_64") {
        &GC_X64
    } else {
        &GC_ARM64
    };
    let version = if ee.version().guid == super::version::NET_9.guid {
        GcInfoVersion::V3
    } else {
        GcInfoVersion::V4
    };
    (version, isa)
}

/// Name, GC info, unwind blocks (kind, start, end, bytes) and EH clauses, separated by tabs; bytes in hexadecimal.
fn blob_line(name: &str, gc: &[u8], record: &Record) -> String {
    let hex = |out: &mut String, bytes: &[u8]| {
        for byte in bytes {
            let _ = write!(out, "{byte:02x}");
        }
    };
    let mut line = format!("{name}\t");
    hex(&mut line, gc);
    line.push('\t');
    for (kind, start, end, bytes) in &record.unwind {
        let _ = write!(line, "{kind}:{start:x}-{end:x}:");
        hex(&mut line, bytes);
        line.push(' ');
    }
    line.push('\t');
    for c in &record.clauses {
        let (a, b, c, d, e, f) = (
            c.flags,
            c.try_offset,
            c.try_length,
            c.handler_offset,
            c.handler_length,
            c.class_token_or_filter,
        );
        let _ = write!(line, "{a:x}:{b:x}-{c:x}:{d:x}-{e:x}:{f:x} ");
    }
    line.push('\n');
    line
}

/// Words in front of the table: the record, and the two that a C++ table has there.
const FRONT: usize = 3;
/// Entries beyond those of the interface that the runtime's own class has.
const BEHIND: usize = 16;

/// A table with replaced entries, for one compilation.
struct Watched {
    words: Vec<usize>,
    original: usize,
}

impl Watched {
    /// A copy of the object's table, the last call also replaced if it is wanted; `None` if this release lacks an entry that is to be replaced.
    fn new(ee: &EeInterface, record: *mut Record, last: bool) -> Option<Watched> {
        let slots = ee.version().slots;
        let number = |slot| slots.number(slot);
        let (gc, unwind, eh) = (
            number(Slot::AllocGCInfo)?,
            number(Slot::AllocUnwindInfo)?,
            number(Slot::SetEHinfo)?,
        );
        let complete = number(Slot::MethodCompileComplete)?;
        let count = slots.count as usize + BEHIND;
        let mut words = vec![0; FRONT + count];
        // SAFETY: the object's first word is its table; two words stand in front of a C++ table, and it has this many entries.
        let original = unsafe {
            let table = *ee.object().cast::<*const usize>();
            words[1..].copy_from_slice(std::slice::from_raw_parts(table.sub(2), count + 2));
            table
        };
        let originals = Originals {
            alloc_gc_info: words[FRONT + gc],
            alloc_unwind_info: words[FRONT + unwind],
            set_eh_info: words[FRONT + eh],
            complete: words[FRONT + complete],
        };
        words[0] = record.expose_provenance();
        words[FRONT + gc] = alloc_gc_info as *const () as usize;
        words[FRONT + unwind] = alloc_unwind_info as *const () as usize;
        words[FRONT + eh] = set_eh_info as *const () as usize;
        if last {
            words[FRONT + complete] = method_compile_complete as *const () as usize;
        }
        // SAFETY: the caller's record, which outlives the compilation.
        unsafe { (*record).slots = originals };
        Some(Watched {
            words,
            original: original.expose_provenance(),
        })
    }

    fn begin(&mut self, ee: &EeInterface) {
        // SAFETY: the object is writable memory of the runtime's, used by this thread alone; its first word is its table.
        unsafe { *ee.object().cast::<*const usize>() = self.words[FRONT..].as_ptr() };
    }

    fn end(&self, ee: &EeInterface) {
        // SAFETY: as in `begin`.
        unsafe {
            *ee.object().cast::<*const usize>() = std::ptr::with_exposed_provenance(self.original);
        }
    }
}

/// The record of the compilation whose object this is.
///
/// # Safety
/// `this` is an object whose table is one of [`Watched`]'s.
unsafe fn record_of<'a>(this: *mut c_void) -> &'a mut Record {
    // SAFETY: the caller's promise; the word in front of the table's is the record, which is the compilation's own.
    unsafe {
        let table = *this.cast::<*const usize>();
        &mut *std::ptr::with_exposed_provenance_mut::<Record>(*table.sub(FRONT))
    }
}

unsafe extern "C-unwind" fn alloc_gc_info(this: *mut c_void, size: usize) -> usize {
    type F = unsafe extern "C-unwind" fn(*mut c_void, usize) -> usize;
    // SAFETY: the runtime's JIT calls this through the table; the original has this signature.
    unsafe {
        let original = record_of(this).slots.alloc_gc_info;
        let original: F = std::mem::transmute::<usize, F>(original);
        let address = original(this, size);
        record_of(this).gc = (address, size);
        address
    }
}

unsafe extern "C-unwind" fn alloc_unwind_info(
    this: *mut c_void,
    hot: usize,
    cold: usize,
    start: u32,
    end: u32,
    size: u32,
    block: *const u8,
    kind: u32,
) {
    type F = unsafe extern "C-unwind" fn(*mut c_void, usize, usize, u32, u32, u32, *const u8, u32);
    // SAFETY: as in `alloc_gc_info`; the block has `size` bytes.
    unsafe {
        let original = record_of(this).slots.alloc_unwind_info;
        let original: F = std::mem::transmute::<usize, F>(original);
        original(this, hot, cold, start, end, size, block, kind);
        let bytes = std::slice::from_raw_parts(block, size as usize).to_vec();
        record_of(this).unwind.push((kind, start, end, bytes));
    }
}

unsafe extern "C-unwind" fn set_eh_info(this: *mut c_void, index: u32, clause: *const EhClause) {
    type F = unsafe extern "C-unwind" fn(*mut c_void, u32, *const EhClause);
    // SAFETY: as in `alloc_gc_info`.
    unsafe {
        let original = record_of(this).slots.set_eh_info;
        let original: F = std::mem::transmute::<usize, F>(original);
        original(this, index, clause);
        record_of(this).clauses.push(*clause);
    }
}

/// The last call of a compilation: the object is as it was, and what was handed over is complete.
unsafe extern "C-unwind" fn method_compile_complete(this: *mut c_void, method: MethodHandle) {
    type F = unsafe extern "C-unwind" fn(*mut c_void, MethodHandle);
    // SAFETY: as in `alloc_gc_info`; the record was made by `StockJit::watch` and no table names it any more.
    let (record, original) = unsafe {
        let record: *mut Record = record_of(this);
        let original: F = std::mem::transmute::<usize, F>((*record).slots.complete);
        (Box::from_raw(record), original)
    };
    if let (Some(left), Some(shell)) = (&record.left, shell()) {
        // SAFETY: the object is the runtime's, its release is the shell's.
        let ee = unsafe { EeInterface::new(this, shell.version) };
        left.table.end(&ee);
        let ns = thread_time() - left.start;
        // SAFETY: the JIT has written it.
        let gc = unsafe { record.gc_info() };
        let verdict = std::panic::catch_unwind(|| reproduced(gc, &ee)).unwrap_or("unreadable");
        let ends = record.unwind.iter().map(|(_, _, end, _)| *end);
        let native = ends.max().unwrap_or_default();
        shell.log.stock(left.il, native, ns, verdict, &left.name);
        if let Some(stock) = &shell.shim {
            stock.keep(&left.name, gc, &record);
        }
    }
    // What the runtime raises passes through here, behind what is ours.
    drop(record);
    // SAFETY: the original entry, with its arguments.
    unsafe { original(this, method) };
}

/// Loads a shared library from bytes: a file in memory has a name and an identity of its own.
fn load_copy(bytes: &[u8]) -> Result<*mut c_void, String> {
    let system = |what: &str| format!("{what}: {}", std::io::Error::last_os_error());
    // SAFETY: the name is terminated; the result is a new descriptor or -1.
    let fd = unsafe { libc::memfd_create(c"tatsu-stock-jit".as_ptr(), libc::MFD_CLOEXEC) };
    if fd < 0 {
        return Err(system("cannot make a file in memory"));
    }
    // SAFETY: the descriptor is new and nobody else's.
    let mut file = unsafe { <File as std::os::fd::FromRawFd>::from_raw_fd(fd) };
    file.write_all(bytes)
        .map_err(|e| format!("cannot copy .NET's own JIT: {e}"))?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let path = CString::new(path.into_os_string().into_encoded_bytes()).unwrap_or_default();
    // SAFETY: the library is a JIT, whose initialisers expect nothing of the process.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW as c_int) };
    if handle.is_null() {
        return Err("the copy of .NET's own JIT cannot be loaded".to_owned());
    }
    Ok(handle)
}

fn symbol(handle: *mut c_void, name: *const c_char) -> Result<*mut c_void, String> {
    // SAFETY: the handle is a loaded library's, the name is terminated.
    let found = unsafe { libc::dlsym(handle, name) };
    if found.is_null() {
        return Err(".NET's own JIT lacks an export".to_owned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcinfo::GcInfoInput;

    #[test]
    fn verdicts_on_blobs() {
        let mut blob = Vec::new();
        let input = GcInfoInput::new(GcInfoVersion::V3, &GC_X64, 40);
        GcInfoEncoder::new().encode(&input, &mut blob).unwrap();
        assert_eq!(written_again(&blob, GcInfoVersion::V3, &GC_X64), "same");
        blob.push(1);
        assert_eq!(
            written_again(&blob, GcInfoVersion::V3, &GC_X64),
            "unreadable"
        );
    }

    #[test]
    fn a_line_of_blobs() {
        let record = Record {
            unwind: vec![(0, 0, 32, vec![1, 0xff])],
            clauses: vec![EhClause::default()],
            ..Record::default()
        };
        assert_eq!(
            blob_line("A:B()", &[0xab], &record),
            "A:B()\tab\t0:0-20:01ff \t0:0-0:0-0:0 \n"
        );
    }
}
