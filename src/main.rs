//! The kefud program.

fn main() {}
