//! The method's read-only data: constants and jump tables.

use super::instr_desc::Label;

/// Read-only data that travels with the code. Offsets are bytes from the section's start.
#[derive(Default)]
pub struct DataSection {
    /// The bytes; jump-table entries are zero until `finish`.
    pub bytes: Vec<u8>,
    /// Jump-table entries: (offset in `bytes`, label). Each is a 32-bit distance of the label from the table's base.
    pub table_entries: Vec<TableEntry>,
    /// Largest alignment asked for.
    pub align: u32,
}

/// One entry of a jump table.
#[derive(Copy, Clone, Debug)]
pub struct TableEntry {
    /// Offset of the 32-bit entry in the section.
    pub at: u32,
    /// Offset of the table's first entry, from which the distance counts.
    pub base: u32,
    /// The target.
    pub label: Label,
}

impl DataSection {
    /// Empties the section and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.table_entries.clear();
        self.align = 1;
    }

    /// Adds a constant and returns its offset; equal constants that are near are shared.
    pub fn constant(&mut self, bytes: &[u8], align: u32) -> u32 {
        // Sharing looks at the last few constants only: a linear search over all would be quadratic.
        let window = self.bytes.len().saturating_sub(32 * bytes.len()) / bytes.len().max(1);
        for i in window..self.bytes.len() / bytes.len().max(1) {
            let at = i * bytes.len();
            if (at as u32).is_multiple_of(align)
                && &self.bytes[at..at + bytes.len()] == bytes
                && !self.in_table(at as u32)
            {
                // What lies there was perhaps made of smaller ones: the section itself must be aligned as well.
                self.align = self.align.max(align);
                return at as u32;
            }
        }
        self.pad_to(align);
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        at
    }

    /// Adds a jump table over `labels` and returns its offset.
    pub fn jump_table(&mut self, labels: impl Iterator<Item = Label>) -> u32 {
        self.pad_to(4);
        let base = self.bytes.len() as u32;
        for label in labels {
            let at = self.bytes.len() as u32;
            self.table_entries.push(TableEntry { at, base, label });
            self.bytes.extend_from_slice(&[0; 4]);
        }
        base
    }

    fn in_table(&self, at: u32) -> bool {
        // Entries ascend, so the neighbour decides; a constant of 8 bytes may overlap two entries.
        let i = self.table_entries.partition_point(|e| e.at + 4 <= at);
        self.table_entries.get(i).is_some_and(|e| e.at < at + 64)
    }

    fn pad_to(&mut self, align: u32) {
        self.align = self.align.max(align);
        let n = (self.bytes.len() as u32).next_multiple_of(align) as usize;
        self.bytes.resize(n, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_constant_aligns_the_section() {
        let mut data = DataSection::default();
        data.clear();
        let (minus, zero) = ((-0.0f64).to_le_bytes(), 0.0f64.to_le_bytes());
        assert_eq!((data.constant(&minus, 8), data.constant(&zero, 8)), (0, 8));
        // The mask of a sign is these two side by side.
        let mask = [minus, zero].concat();
        assert_eq!(data.constant(&mask, 16), 0);
        assert_eq!((data.bytes.len(), data.align), (16, 16));
    }
}
