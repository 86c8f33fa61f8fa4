//! Things by numbers that are given in growing order: contacts, offers. Finding one takes three steps
//! whatever their count, nothing is ever moved as the table grows, and they are walked in the order of
//! their numbers. Must not know what it holds.

use std::collections::VecDeque;

/// Numbers of one page. Small enough that one that lives long holds little beside it.
const PAGE: u64 = 256;
const PAGE_LEN: usize = 256;
/// Things of one block; blocks are never moved, so growing never stops the world.
const BLOCK: usize = 256;

#[derive(Debug)]
struct Page {
    used: u32,
    /// Where the thing is, plus one; 0: there is none.
    places: [u32; PAGE_LEN],
}

/// A sparse table by number.
#[derive(Debug)]
pub struct Table<T> {
    /// Pages from `first` on; those without a thing are dropped.
    pages: VecDeque<Option<Box<Page>>>,
    first: u64,
    blocks: Vec<Box<[Option<T>]>>,
    free: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { pages: VecDeque::new(), first: 0, blocks: Vec::new(), free: Vec::new() }
    }
}

fn offset(number: u64) -> usize {
    usize::try_from(number % PAGE).unwrap_or_default()
}

impl<T> Table<T> {
    #[cfg(test)]
    fn len(&self) -> usize {
        self.iter().count()
    }

    fn page(&self, number: u64) -> Option<usize> {
        usize::try_from((number / PAGE).checked_sub(self.first)?).ok().filter(|at| *at < self.pages.len())
    }

    fn place(&self, number: u64) -> Option<usize> {
        let page = self.pages[self.page(number)?].as_ref()?;
        (page.places[offset(number)] as usize).checked_sub(1)
    }

    /// The thing of this number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&T> {
        let place = self.place(number)?;
        self.blocks[place / BLOCK][place % BLOCK].as_ref()
    }

    /// The same, to change.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let place = self.place(number)?;
        self.blocks[place / BLOCK][place % BLOCK].as_mut()
    }

    /// Whether there is one of this number.
    #[cfg(test)]
    pub fn contains(&self, number: u64) -> bool {
        self.place(number).is_some()
    }

    /// Puts a thing in, instead of the one before.
    pub fn insert(&mut self, number: u64, thing: T) {
        if let Some(place) = self.place(number) {
            self.blocks[place / BLOCK][place % BLOCK] = Some(thing);
            return;
        }
        if self.free.is_empty() {
            self.grow();
        }
        let Some(place) = self.free.pop() else { return };
        self.blocks[place as usize / BLOCK][place as usize % BLOCK] = Some(thing);
        let at = self.make_page(number);
        let page = self.pages[at].get_or_insert_with(|| Box::new(Page { used: 0, places: [0; PAGE_LEN] }));
        page.used += 1;
        page.places[offset(number)] = place + 1;
    }

    fn grow(&mut self) {
        let first = u32::try_from(self.blocks.len() * BLOCK).unwrap_or(u32::MAX);
        let count = u32::try_from(BLOCK).unwrap_or_default();
        self.blocks.push((0..BLOCK).map(|_| None).collect());
        // The lowest is taken first.
        self.free.extend((first..first + count).rev());
    }

    fn make_page(&mut self, number: u64) -> usize {
        let wanted = number / PAGE;
        if self.pages.is_empty() {
            self.first = wanted;
        }
        while wanted < self.first {
            self.pages.push_front(None);
            self.first -= 1;
        }
        let at = usize::try_from(wanted - self.first).unwrap_or(usize::MAX);
        while at >= self.pages.len() {
            self.pages.push_back(None);
        }
        at
    }

    /// Takes a thing out.
    pub fn remove(&mut self, number: u64) -> Option<T> {
        let at = self.page(number)?;
        let page = self.pages[at].as_mut()?;
        let place = std::mem::take(&mut page.places[offset(number)]).checked_sub(1)?;
        page.used -= 1;
        if page.used == 0 {
            self.pages[at] = None;
            while self.pages.front().is_some_and(Option::is_none) {
                self.pages.pop_front();
                self.first += 1;
            }
        }
        self.free.push(place);
        self.blocks[place as usize / BLOCK][place as usize % BLOCK].take()
    }

    /// All of them with larger numbers, by number.
    pub fn after(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        self.from(number.saturating_add(1))
    }

    /// All of them by number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.from(0)
    }

    /// All of them without their numbers, by number.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, thing)| thing)
    }

    fn from(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        let skip = usize::try_from((number / PAGE).saturating_sub(self.first)).unwrap_or(usize::MAX);
        let pages = self.pages.iter().enumerate().skip(skip);
        let pages = pages.filter_map(|(at, page)| Some((self.first + at as u64, page.as_ref()?)));
        let places = pages.flat_map(|(page, entry)| {
            let numbers = page * PAGE..(page + 1) * PAGE;
            numbers.zip(entry.places).filter(|(_, place)| *place > 0)
        });
        places.filter(move |(of, _)| *of >= number).filter_map(|(of, place)| {
            let place = place as usize - 1;
            Some((of, self.blocks[place / BLOCK][place % BLOCK].as_ref()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Table;

    proptest! {
        #[test]
        fn does_what_a_map_does(ops in proptest::collection::vec((0..3_000u64, 0..3u8), 0..600)) {
            let mut table = Table::default();
            let mut map = BTreeMap::new();
            for (number, what) in ops {
                if what == 0 {
                    prop_assert_eq!(table.remove(number), map.remove(&number));
                } else {
                    table.insert(number, u16::from(what));
                    map.insert(number, u16::from(what));
                }
                prop_assert_eq!(table.get(number), map.get(&number));
                prop_assert_eq!(table.contains(number), map.contains_key(&number));
                prop_assert_eq!(table.len(), map.len());
            }
            prop_assert!(table.iter().eq(map.iter().map(|(number, thing)| (*number, thing))));
            prop_assert!(table.after(700).eq(map.range(701..).map(|(number, thing)| (*number, thing))));
        }
    }
}
