//! The bridge: nodes with registers to instruction descriptors; frames, prologs, epilogs.
