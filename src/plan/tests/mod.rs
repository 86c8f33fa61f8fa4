//! Tests of the plan module as a whole: documents in, problems or plans out.

mod documents;
mod generated;
mod large;
mod sample;
