//! The altjit that stock .NET loads: exports, vtables and the runtime behind them.
