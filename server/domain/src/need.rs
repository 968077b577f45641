//! need
