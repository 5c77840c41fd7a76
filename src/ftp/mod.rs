//! FTP (placeholder).
