//! The program; everything is in the library.

use std::process::ExitCode;

/// Chosen because it counts what it gives out, at no cost (`kefud bench` tells), and keeps a daemon that
/// runs for months from growing by fragments.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    kefud::cli::main()
}
