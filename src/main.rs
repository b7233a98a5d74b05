//! Arguments → editor or command line.

fn main() {}
