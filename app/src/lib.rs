//! The site: the frame of a document, the parts, the pages (server), and the islands (browser and server).
//!
//! A page is a plain function from a view model to markup. The server crate checks permission, fills the model and
//! sends the document; nothing in here reads data, so nothing in here can leak it.

pub mod islands;

#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod paths;
#[cfg(feature = "ssr")]
pub mod shell;

/// Called once by the boot script, before it wakes the islands of the page one by one.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
