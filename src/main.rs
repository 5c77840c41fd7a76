//! The command line of ftpscope.
fn main() {}
