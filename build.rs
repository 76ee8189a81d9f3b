//! Has the linker put the functions that a first compile runs side by side: see `xtask/src/code_order.rs`.

fn main() {
    const LIST: &str = "link/compile-order.ld";
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
    // The list is in the language of GNU's linker and of LLVM's.
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{root}/{LIST}");
        println!("cargo::rustc-link-arg-cdylib=-Wl,-T,{root}/{LIST}");
    }
}
