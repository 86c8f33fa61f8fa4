//! Code generated from `proto/`: the public API (`v1`) and the journal's private schema (`journal`).

/// The public API, package `kefud.v1`.
#[allow(clippy::doc_markdown, clippy::large_enum_variant, missing_docs)]
pub mod v1 {
    tonic::include_proto!("kefud.v1");

    /// The API's descriptors, served by gRPC reflection.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kefud.v1.descriptors.bin"));
}

/// What is written to disk, package `kefud.journal.v1`.
#[allow(clippy::doc_markdown, clippy::large_enum_variant, missing_docs)]
pub mod journal {
    tonic::include_proto!("kefud.journal.v1");
}
