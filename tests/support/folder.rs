//! A folder for the files of one test.
#![allow(
    clippy::expect_used,
    reason = "a test that cannot make its files fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of its own for one test, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty folder for the test of this name.
    pub fn new(test: &str) -> Self {
        let (program, process) = (env!("CARGO_CRATE_NAME"), std::process::id());
        let path = std::env::temp_dir().join(format!("ftpscope-{program}-{test}-{process}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder can be made");
        #[cfg(unix)]
        for_nobody(&path);
        Self(path)
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// Where a file of this name is in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The same as an argument of a program.
    pub fn path(&self, name: &str) -> String {
        let path = self.file(name).into_os_string();
        path.into_string().expect("a path in UTF-8")
    }

    /// Makes a file.
    pub fn write(&self, name: &str, content: &[u8]) -> String {
        fs::write(self.file(name), content).expect("a file can be written");
        self.path(name)
    }

    /// The names of all that is in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a folder that can be read");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let names = entries.map(|entry| name(entry).into_string().expect("a name in UTF-8"));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

/// Started as root the program becomes nobody.
#[cfg(unix)]
fn for_nobody(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let all = fs::Permissions::from_mode(0o777);
    fs::set_permissions(path, all).expect("a folder of one's own");
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
