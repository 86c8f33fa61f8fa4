//! Compiles the protocol definitions with protox, a protobuf compiler in Rust, so that building needs
//! no `protoc`.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

const PROTOS: &[&str] = &[
    "kefud/v1/schedule.proto",
    "kefud/v1/surge.proto",
    "kefud/v1/types.proto",
    "kefud/v1/conversation.proto",
    "kefud/v1/explanation.proto",
    "kefud/v1/contact_service.proto",
    "kefud/v1/agent_service.proto",
    "kefud/v1/supervisor_service.proto",
    "kefud/v1/plan_service.proto",
    "kefud/journal/v1/journal.proto",
    "kefud/journal/v1/snapshot.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(PROTOS, ["proto"])?;

    // Reflection serves the public API only; the journal's schema is private.
    let mut public = files.clone();
    public.file.retain(|file| !file.package().starts_with("kefud.journal"));
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    fs::write(out.join("kefud.v1.descriptors.bin"), public.encode_to_vec())?;

    // Ordered maps: a request has one encoding, whose hash tells a repeat from another request.
    // Boxed: what most contacts lack, so that a waiting contact takes less memory.
    tonic_prost_build::configure()
        .btree_map(".")
        .boxed(".kefud.journal.v1.ContactEnqueued.wants")
        .boxed(".kefud.journal.v1.ContactUpdated.wants")
        .boxed(".kefud.journal.v1.ContactRecord.wants")
        .boxed(".kefud.journal.v1.ContactRecord.customer")
        .boxed(".kefud.journal.v1.ContactRecord.closing")
        .boxed(".kefud.journal.v1.ContactRecord.service")
        .boxed(".kefud.journal.v1.ContactEnqueued.origin")
        .boxed(".kefud.journal.v1.ContactEnqueued.window")
        .boxed(".kefud.journal.v1.Service.window")
        .boxed(".kefud.journal.v1.Service.conversation")
        .boxed(".kefud.journal.v1.Conversation.feedback")
        .boxed(".kefud.journal.v1.PromiseMade.promise")
        .boxed(".kefud.journal.v1.PromiseRecord.by")
        .boxed(".kefud.journal.v1.PromiseRecord.window")
        .boxed(".kefud.journal.v1.PromiseRecord.callback")
        .boxed(".kefud.journal.v1.ContactLeftBot.wants")
        .boxed(".kefud.journal.v1.ContactLeftBot.customer")
        .boxed(".kefud.v1.Contact.callback")
        .compile_fds(files)?;
    Ok(())
}
