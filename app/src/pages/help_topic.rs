//! What a topic of the help is made of.

/// The help of one role.
#[derive(Clone, Copy, Debug)]
pub struct HelpTopic {
    /// Last part of the address: `/help/street`.
    pub slug: &'static str,
    pub title: &'static str,
    /// One sentence in the index.
    pub summary: &'static str,
    pub chapters: &'static [Chapter],
}

/// A thing to do, step by step.
#[derive(Clone, Copy, Debug)]
pub struct Chapter {
    pub title: &'static str,
    pub steps: &'static [&'static str],
    /// What to mind; empty when there is nothing.
    pub mind: &'static str,
}
