//! `ICorJitHost`: the runtime's configuration.
//!
//! Slots: 0 allocateMemory, 1 freeMemory, 2 getIntConfigValue, 3 getStringConfigValue, 4 freeStringConfigValue,
//! 5 allocateSlab, 6 freeSlab. A knob is named without its `DOTNET_` prefix; integers are hexadecimal. Strings are UTF-16
//! before 10.0 and UTF-8 since.

use std::ffi::c_void;

use super::version::RuntimeVersion;
use crate::compile::options::ConfigSource;

/// The host object, as a source of configuration.
pub struct HostConfig {
    host: *mut c_void,
    version: &'static RuntimeVersion,
}

const GET_INT: usize = 2;
const GET_STRING: usize = 3;
const FREE_STRING: usize = 4;

/// Longest value read, in code units: a wall against a string without an end.
const MAX_VALUE: usize = 1 << 20;

impl HostConfig {
    /// The configuration behind `host`.
    ///
    /// # Safety
    /// `host` is the object that a runtime of this `version` passed to `jitStartup`.
    pub unsafe fn new(host: *mut c_void, version: &'static RuntimeVersion) -> HostConfig {
        HostConfig { host, version }
    }

    /// The address of one of the host's functions, which lies in the runtime's image.
    ///
    /// # Safety
    /// `host` is the object that a runtime passed to `jitStartup`.
    pub unsafe fn code_address(host: *mut c_void) -> usize {
        // SAFETY: the caller's promise; the object's first word is its table.
        unsafe { **host.cast::<*const usize>() }
    }

    fn entry(&self, slot: usize) -> *const c_void {
        // SAFETY: `new`'s promise; the table has seven slots.
        unsafe { *(*self.host.cast::<*const *const c_void>()).add(slot) }
    }

    /// `name` as the runtime wants it, terminated.
    fn encode(&self, name: &str) -> Vec<u16> {
        if self.version.utf16_config {
            name.encode_utf16().chain([0]).collect()
        } else {
            let mut bytes: Vec<u8> = name.bytes().chain([0, 0]).collect();
            bytes.truncate(bytes.len() & !1);
            bytes
                .chunks_exact(2)
                .map(|b| u16::from_ne_bytes([b[0], b[1]]))
                .collect()
        }
    }
}

impl ConfigSource for HostConfig {
    fn text(&self, name: &str) -> Option<String> {
        type Get = unsafe extern "C-unwind" fn(*mut c_void, *const u16) -> *const c_void;
        type Free = unsafe extern "C-unwind" fn(*mut c_void, *const c_void);
        let name = self.encode(name);
        // SAFETY: the entries are the host's methods of these signatures; the name is terminated; the value is a
        // terminated string of the version's width, read before it is given back.
        unsafe {
            let get = std::mem::transmute::<*const c_void, Get>(self.entry(GET_STRING));
            let free = std::mem::transmute::<*const c_void, Free>(self.entry(FREE_STRING));
            let value = get(self.host, name.as_ptr());
            if value.is_null() {
                return None;
            }
            let text = if self.version.utf16_config {
                let p = value.cast::<u16>();
                let len = (0..MAX_VALUE).take_while(|&i| *p.add(i) != 0).count();
                String::from_utf16_lossy(std::slice::from_raw_parts(p, len))
            } else {
                let p = value.cast::<u8>();
                let len = (0..MAX_VALUE).take_while(|&i| *p.add(i) != 0).count();
                String::from_utf8_lossy(std::slice::from_raw_parts(p, len)).into_owned()
            };
            free(self.host, value);
            Some(text)
        }
    }

    fn int(&self, name: &str) -> Option<i32> {
        type Get = unsafe extern "C-unwind" fn(*mut c_void, *const u16, i32) -> i32;
        let name = self.encode(name);
        // An unset knob gives the default back, so two defaults tell set from unset.
        let ask = |default: i32| {
            // SAFETY: the entry is the host's method of this signature; the name is terminated.
            unsafe {
                let get = std::mem::transmute::<*const c_void, Get>(self.entry(GET_INT));
                get(self.host, name.as_ptr(), default)
            }
        };
        let first = ask(i32::MIN);
        (first != i32::MIN || ask(i32::MAX) != i32::MAX).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jitinterface::version::{NET_9, NET_10};

    #[test]
    fn names_in_both_widths() {
        // SAFETY: the object is not looked at by `encode`.
        let (nine, ten) = unsafe {
            (
                HostConfig::new(std::ptr::null_mut(), &NET_9),
                HostConfig::new(std::ptr::null_mut(), &NET_10),
            )
        };
        assert_eq!(nine.encode("Ab"), [0x41, 0x62, 0]);
        let bytes =
            |s: &str| -> Vec<u8> { ten.encode(s).iter().flat_map(|u| u.to_ne_bytes()).collect() };
        assert_eq!(bytes("Ab"), [0x41, 0x62, 0, 0]);
        assert_eq!(bytes("Abc"), [0x41, 0x62, 0x63, 0]);
    }
}
