//! IL-to-native maps, variable homes and EH clause tables.
