//! The figures of `tatsu dotnet-coverage`, from logs to text and JSON.

use crate::dotnet_log::{Compiled, Log};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// A process that died.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crash {
    /// Whose compilations it was about.
    pub compiler: &'static str,
    /// The signal.
    pub signal: i32,
    /// The method that was being compiled, if one was.
    pub method: Option<String>,
}

/// A reason for leaving methods to RyuJIT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// Its kind and text.
    pub text: String,
    /// Number of methods.
    pub count: usize,
    /// Bytes of IL in them.
    pub il: u64,
    /// One of them.
    pub example: String,
}

/// One compiler's figures over the methods that both compile.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Cost {
    /// Bytes of code.
    pub native: u64,
    /// Nanoseconds.
    pub ns: u64,
    /// Median nanoseconds of a method.
    pub median_ns: u64,
}

/// Both compilers' figures over the methods that both compile.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Both {
    /// Number of methods.
    pub methods: usize,
    /// Bytes of IL.
    pub il: u64,
    /// Tatsu's.
    pub ours: Cost,
    /// RyuJIT's.
    pub stock: Cost,
    /// Median of the ratios of single methods: time.
    pub median_time_ratio: f64,
    /// Median of the ratios of single methods: code size.
    pub median_size_ratio: f64,
}

/// The figures of a level.
#[derive(Clone, PartialEq, Debug)]
pub struct Level {
    name: String,
    offered: usize,
    compiled: usize,
    il: u64,
    native: u64,
    ns: u64,
    median_ns: u64,
    start_ns: u64,
    declined: Vec<Reason>,
    internal: Vec<(String, String)>,
    crashes: Vec<Crash>,
    both: Both,
    gc_info: BTreeMap<String, usize>,
}

impl Level {
    /// The figures from Tatsu's log and RyuJIT's.
    pub fn new(name: &str, ours: &Log, stock: &Log, crashes: Vec<Crash>) -> Level {
        let mut reasons: HashMap<String, Reason> = HashMap::new();
        let mut internal = Vec::new();
        for method in &ours.left {
            if method.outcome == "internal error" {
                internal.push((method.name.clone(), method.reason.clone()));
                continue;
            }
            let text = format!("{}: {}", method.outcome, method.reason);
            let reason = reasons.entry(text.clone()).or_insert_with(|| Reason {
                text,
                count: 0,
                il: 0,
                example: method.name.clone(),
            });
            reason.count += 1;
            reason.il += u64::from(method.il);
        }
        let mut declined: Vec<_> = reasons.into_values().collect();
        declined.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        let mut gc_info = BTreeMap::new();
        for (_, verdict) in &stock.gc {
            *gc_info.entry(verdict.clone()).or_default() += 1;
        }
        let sum = |f: fn(&Compiled) -> u64| ours.compiled.iter().map(f).sum();
        Level {
            name: name.to_owned(),
            offered: ours.compiled.len() + ours.left.len() + ours.unfinished.len(),
            compiled: ours.compiled.len(),
            il: sum(|m| u64::from(m.il)),
            native: sum(|m| u64::from(m.native)),
            ns: sum(|m| m.ns),
            median_ns: median(ours.compiled.iter().map(|m| m.ns).collect()),
            start_ns: ours.start_ns.unwrap_or_default(),
            declined,
            internal,
            crashes,
            both: both(&ours.compiled, &stock.stock),
            gc_info,
        }
    }

    fn is_clean(&self) -> bool {
        self.internal.is_empty() && self.crashes.is_empty()
    }

    fn json(&self) -> Value {
        let b = &self.both;
        let cost =
            |c: &Cost| json!({"native_bytes": c.native, "ns": c.ns, "median_ns": c.median_ns});
        let declined: serde_json::Map<String, Value> = self
            .declined
            .iter()
            .map(|r| {
                let about = json!({"methods": r.count, "il_bytes": r.il, "example": r.example});
                (r.text.clone(), about)
            })
            .collect();
        let internal: Vec<_> = self
            .internal
            .iter()
            .map(|(method, what)| json!({"method": method, "what": what}))
            .collect();
        let crashes: Vec<_> = self
            .crashes
            .iter()
            .map(|c| json!({"compiler": c.compiler, "signal": c.signal, "method": c.method}))
            .collect();
        json!({
            "offered": self.offered,
            "compiled": self.compiled,
            "il_bytes": self.il,
            "native_bytes": self.native,
            "ns": self.ns,
            "median_ns": self.median_ns,
            "start_ns": self.start_ns,
            "internal_errors": internal,
            "crashes": crashes,
            "declined": declined,
            "both": {
                "methods": b.methods,
                "il_bytes": b.il,
                "tatsu": cost(&b.ours),
                "ryujit": cost(&b.stock),
                "time_ratio": ratio(b.ours.ns, b.stock.ns),
                "size_ratio": ratio(b.ours.native, b.stock.native),
                "median_time_ratio": b.median_time_ratio,
                "median_size_ratio": b.median_size_ratio,
            },
            "ryujit_gc_info": self.gc_info,
        })
    }
}

/// Pairs the methods that both compile by name and size of IL: names leave out what a byref points to, so several
/// overloads can have one name; those pair up in their order.
fn both(ours: &[Compiled], stock: &[Compiled]) -> Both {
    let mut of_stock: HashMap<(&str, u32), Vec<&Compiled>> = HashMap::new();
    for method in stock.iter().rev() {
        of_stock
            .entry((&method.name, method.il))
            .or_default()
            .push(method);
    }
    let pairs: Vec<_> = ours
        .iter()
        .filter_map(|m| Some((m, of_stock.get_mut(&(m.name.as_str(), m.il))?.pop()?)))
        .collect();
    let cost = |of: &dyn Fn(&(&Compiled, &Compiled)) -> (u32, u64)| {
        let each: Vec<_> = pairs.iter().map(of).collect();
        Cost {
            native: each.iter().map(|(native, _)| u64::from(*native)).sum(),
            ns: each.iter().map(|(_, ns)| ns).sum(),
            median_ns: median(each.iter().map(|(_, ns)| *ns).collect()),
        }
    };
    let middle = |of: &dyn Fn(&(&Compiled, &Compiled)) -> f64| {
        let mut each: Vec<_> = pairs.iter().map(of).collect();
        each.sort_by(f64::total_cmp);
        each.get(each.len() / 2).copied().unwrap_or_default()
    };
    Both {
        methods: pairs.len(),
        il: pairs.iter().map(|(m, _)| u64::from(m.il)).sum(),
        ours: cost(&|(m, _)| (m.native, m.ns)),
        stock: cost(&|(_, m)| (m.native, m.ns)),
        median_time_ratio: middle(&|(a, b)| ratio(a.ns, b.ns)),
        median_size_ratio: middle(&|(a, b)| ratio(u64::from(a.native), u64::from(b.native))),
    }
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn ratio(a: u64, b: u64) -> f64 {
    if b == 0 { 0.0 } else { a as f64 / b as f64 }
}

/// All figures.
pub struct Report {
    /// Where the runtime is.
    pub runtime: String,
    /// How many assemblies.
    pub assemblies: usize,
    /// The levels.
    pub levels: Vec<Level>,
}

impl Report {
    /// No crash and no internal error?
    pub fn is_clean(&self) -> bool {
        self.levels.iter().all(Level::is_clean)
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let levels: serde_json::Map<String, Value> = self
            .levels
            .iter()
            .map(|level| (level.name.clone(), level.json()))
            .collect();
        json!({"runtime": self.runtime, "assemblies": self.assemblies, "levels": levels})
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} assemblies on {}", self.assemblies, self.runtime)?;
        for level in &self.levels {
            writeln!(f, "\n{level}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = 100.0 * ratio(self.compiled as u64, self.offered as u64);
        writeln!(f, "{}", self.name)?;
        writeln!(f, "  offered          {:>10}", self.offered)?;
        writeln!(f, "  compiled         {:>10}  {share:.1} %", self.compiled)?;
        let declined: usize = self.declined.iter().map(|r| r.count).sum();
        writeln!(f, "  declined         {declined:>10}")?;
        writeln!(f, "  internal errors  {:>10}", self.internal.len())?;
        writeln!(f, "  crashes          {:>10}", self.crashes.len())?;
        writeln!(
            f,
            "  IL bytes         {:>10}  native bytes {}",
            self.il, self.native
        )?;
        let (total, middle) = (self.ns as f64 / 1e9, self.median_ns as f64 / 1e3);
        writeln!(
            f,
            "  time           {total:>10.2} s  median {middle:.1} µs a method"
        )?;
        writeln!(f, "  start-up      {:>10.2} ms", self.start_ns as f64 / 1e6)?;
        for r in &self.declined {
            writeln!(f, "{:>10}  {}  [{}]", r.count, r.text, r.example)?;
        }
        for (method, what) in &self.internal {
            writeln!(f, "  internal error in {method}: {what}")?;
        }
        for c in &self.crashes {
            let method = c.method.as_deref().unwrap_or("no method");
            writeln!(
                f,
                "  {} died by signal {} while compiling {method}",
                c.compiler, c.signal
            )?;
        }
        let b = &self.both;
        if b.methods == 0 {
            return Ok(());
        }
        writeln!(
            f,
            "  both compile {} methods of {} bytes of IL",
            b.methods, b.il
        )?;
        writeln!(
            f,
            "  {:<22} {:>12} {:>12} {:>7}",
            "", "Tatsu", "RyuJIT", "ratio"
        )?;
        let mut row = |what: &str, a: f64, b: f64, digits: usize| {
            let r = if b == 0.0 { 0.0 } else { a / b };
            writeln!(f, "  {what:<22} {a:>12.digits$} {b:>12.digits$} {r:>7.2}")
        };
        row(
            "native bytes",
            b.ours.native as f64,
            b.stock.native as f64,
            0,
        )?;
        row(
            "time, s",
            b.ours.ns as f64 / 1e9,
            b.stock.ns as f64 / 1e9,
            2,
        )?;
        let per_il = |ns: u64| ratio(ns, b.il);
        row("ns a byte of IL", per_il(b.ours.ns), per_il(b.stock.ns), 0)?;
        let us = |ns: u64| ns as f64 / 1e3;
        row(
            "median µs a method",
            us(b.ours.median_ns),
            us(b.stock.median_ns),
            1,
        )?;
        writeln!(
            f,
            "  median of the methods' ratios: time {:.2}, size {:.2}",
            b.median_time_ratio, b.median_size_ratio
        )?;
        if self.name == "FullOpts" {
            writeln!(f, "  (RyuJIT inlines at this level, Tatsu does not)")?;
        }
        let same = self.gc_info.get("same").copied().unwrap_or_default();
        let blobs: usize = self.gc_info.values().sum();
        writeln!(
            f,
            "  RyuJIT's GC info, read and written again: {same} of {blobs} bit for bit"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "! 1500000\n> A:B()\n+ 0 FullOpts 10 40 1000 A:B()\n> A:C()\n+ 1 FullOpts 20 60 3000 A:C()\n\
        > A:D()\n- unsupported 5 9 A:D()\tcalli\n> A:E()\n- internal_error 5 9 A:E()\tlsra: lost\n> A:F()\n\
        - unsupported 5 9 A:F()\tcalli\n";
    const STOCK: &str =
        "= 10 20 2000 same A:B()\n= 20 60 4000 same A:C()\n= 5 9 100 different A:D()\n";

    #[test]
    fn figures_from_logs() {
        let level = Level::new(
            "FullOpts",
            &Log::parse(OURS),
            &Log::parse(STOCK),
            Vec::new(),
        );
        assert_eq!((level.offered, level.compiled), (5, 2));
        assert_eq!(
            level.internal,
            [("A:E()".to_owned(), "lsra: lost".to_owned())]
        );
        assert_eq!(level.declined.len(), 1);
        assert_eq!((level.declined[0].count, level.declined[0].il), (2, 10));
        let b = &level.both;
        assert_eq!((b.methods, b.il), (2, 30));
        assert_eq!((b.ours.ns, b.stock.ns), (4000, 6000));
        assert_eq!((b.ours.native, b.stock.native), (100, 80));
        let report = Report {
            runtime: "r".to_owned(),
            assemblies: 1,
            levels: vec![level],
        };
        assert!(!report.is_clean());
        let json = report.json();
        let json = &json["levels"]["FullOpts"];
        assert_eq!(json["offered"], 5);
        assert_eq!(json["declined"]["unsupported: calli"]["methods"], 2);
        assert_eq!(json["internal_errors"][0]["method"], "A:E()");
        assert_eq!(json["both"]["size_ratio"], 1.25);
        let text = report.to_string();
        assert!(
            text.contains("internal error in A:E(): lsra: lost"),
            "{text}"
        );
        assert!(text.contains("2 of 3 bit for bit"), "{text}");
    }

    #[test]
    fn overloads_with_one_name_pair_in_order() {
        let of = |ns: u64| Compiled {
            hash: 0,
            il: 4,
            native: 1,
            ns,
            name: "A:B(byref)".to_owned(),
        };
        let b = both(&[of(1), of(2)], &[of(10), of(20), of(30)]);
        assert_eq!((b.methods, b.ours.ns, b.stock.ns), (2, 3, 30));
    }
}
