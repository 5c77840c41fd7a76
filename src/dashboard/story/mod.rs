//! One session as a story, made from its [`Dossier`](super::model::Dossier).
