//! The `ftpscope` program.

fn main() -> std::process::ExitCode {
    ftpscope::cli::main()
}
