//! Where in a document a thing is written, by its path. Owns what counts as its place: the header or key of a
//! section and of an entry, the value of anything within. Must not fail on what isn't there: that is where it
//! would belong.

use toml::de::DeTable;

use super::{problem::Path, values::Value};

/// The byte of the document at which the thing at `path` is.
pub(super) fn offset_of(root: &DeTable<'_>, path: &Path<'_>) -> usize {
    find(root, path).0
}

/// The value at `path`, if it is there.
pub(super) fn value_of<'d>(root: &'d DeTable<'d>, path: &Path<'_>) -> Option<&'d Value<'d>> {
    find(root, path).1
}

fn find<'d>(root: &'d DeTable<'d>, path: &Path<'_>) -> (usize, Option<&'d Value<'d>>) {
    match *path {
        Path::Root => (0, None),
        Path::Key(parent, key) => {
            let (offset, holder) = find(root, parent);
            let table = match parent {
                Path::Root => Some(root),
                _ => holder.and_then(|value| value.get_ref().as_table()),
            };
            let is_entry = matches!(parent, Path::Root | Path::Key(Path::Root, _));
            match table.and_then(|table| table.get_key_value(key)) {
                Some((key, value)) if is_entry => (key.span().start, Some(value)),
                Some((_, value)) => (value.span().start, Some(value)),
                None => (offset, None),
            }
        }
        Path::Item(parent, index) => {
            let (offset, holder) = find(root, parent);
            let item = holder.and_then(|value| value.get_ref().as_array()?.get(index));
            (item.map_or(offset, |item| item.span().start), item)
        }
    }
}
