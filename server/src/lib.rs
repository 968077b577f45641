//! The server: what stands between the web and the services.

pub mod assets;
