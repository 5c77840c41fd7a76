//! TLS on control connections: where its records end and clear text begins again.

mod record;

pub use record::{Record, RecordSkipper, begins_record};
