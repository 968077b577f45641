//! resident_id
