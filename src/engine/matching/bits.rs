//! Sets of small numbers, one bit each. Must not know what the numbers mean.

/// A set of small numbers.
#[derive(Debug, Clone, Default)]
pub struct Bits {
    words: Vec<u64>,
    count: usize,
}

impl Bits {
    /// Puts a number in or takes it out.
    pub fn set(&mut self, number: u32, on: bool) {
        let (at, bit) = (number as usize / 64, 1 << (number % 64));
        if at >= self.words.len() {
            if !on {
                return;
            }
            self.words.resize(at + 1, 0);
        }
        let before = self.words[at] & bit != 0;
        if before == on {
            return;
        }
        self.words[at] ^= bit;
        if on {
            self.count += 1;
        } else {
            self.count -= 1;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether both have some number.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(a, b)| a & b != 0)
    }

    /// 64 of them.
    #[must_use]
    pub fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    /// How many words there are.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words.len()
    }
}
