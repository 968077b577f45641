//! Attachments 附件: files that prove something, such as a signed consent.

crate::state_enum! {
    AttachmentState of Attachment {
        Kept = "kept", "已保存";
        /// The row stays, name and content do not.
        Removed = "removed", "已删除";
    }
}

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 10 << 20;
/// Files of one object.
pub const MAX_FILES: i64 = 20;
/// Bytes that one account adds in a day.
pub const DAILY_BYTES: i64 = 200 << 20;
