//! Lists in pages. A page is bounded in what it holds and in what it looks at, so that a filter that
//! matches little can't hold the writer up.

use std::str::FromStr;

use super::Check;

/// Entries that one page looks at.
const SCAN_MAX: usize = 10_000;

/// Where a page begins: after this number or id.
pub fn after<T: FromStr + Default>(check: &mut Check, token: &str) -> T {
    if token.is_empty() {
        return T::default();
    }
    token.parse().unwrap_or_else(|_| {
        check.problem("page_token", "is not one that this method gave");
        T::default()
    })
}

/// What `make` makes of the first `size` entries that it makes anything of, and the token of the next page:
/// empty when all entries were looked at.
pub fn page<K: ToString, E, T>(
    entries: impl Iterator<Item = (K, E)>,
    size: usize,
    make: impl Fn(E) -> Option<T>,
) -> (Vec<T>, String) {
    let mut page = Vec::new();
    let mut last = None;
    for (scanned, (key, entry)) in entries.enumerate() {
        if page.len() == size || scanned == SCAN_MAX {
            return (page, last.map(|key: K| key.to_string()).unwrap_or_default());
        }
        page.extend(make(entry));
        last = Some(key);
    }
    (page, String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_bounded_in_what_they_hold_and_look_at() {
        let of = |count: usize, size, keep: fn(usize) -> bool| {
            let (page, token) = page((1..=count).map(|n| (n, n)), size, |n| keep(n).then_some(n));
            (page.len(), token)
        };
        let every = |_| true;
        assert_eq!(of(0, 2, every), (0, String::new()));
        assert_eq!(of(2, 2, every), (2, String::new()));
        assert_eq!(of(3, 2, every), (2, "2".to_owned()));
        assert_eq!(of(9, 2, |n| n % 3 == 0), (2, "6".to_owned()));
        assert_eq!(of(SCAN_MAX + 1, 2, |_| false), (0, SCAN_MAX.to_string()));
        assert_eq!(of(SCAN_MAX, 2, |_| false), (0, String::new()));
    }
}
