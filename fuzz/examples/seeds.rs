//! Writes what the targets begin with into `corpus/TARGET/`, and their words into `words.dict`.

use std::path::Path;
use std::{fs, io};

use ftpscope_fuzz::{TARGETS, dictionary};

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in TARGETS {
        let folder = here.join("corpus").join(target.name);
        fs::create_dir_all(&folder)?;
        let seeds = (target.seeds)(&here.join("../captures"));
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:04}")), seed)?;
        }
        println!("{}: {} seeds", target.name, seeds.len());
    }
    fs::write(here.join("corpus/words.dict"), dictionary::text())
}
