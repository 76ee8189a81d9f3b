//! Machine code: instruction descriptors, groups, encoders. Knows nothing of the IR.
