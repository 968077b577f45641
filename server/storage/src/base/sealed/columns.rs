//! Every column that holds sealed values. Whoever seals a new one adds it here:
//! rotation and `duijie key status` go through this list.

/// A column of sealed values. Its rows have a UUID as key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub table: &'static str,
    /// The column that identifies the row, part of what a value is bound to.
    pub key: &'static str,
    pub column: &'static str,
    /// A text column holds `sealed:` and base64.
    pub is_text: bool,
}

const fn bytes(table: &'static str, key: &'static str, column: &'static str) -> Column {
    Column { table, key, column, is_text: false }
}

const fn text(table: &'static str, key: &'static str, column: &'static str) -> Column {
    Column { table, key, column, is_text: true }
}

pub const COLUMNS: &[Column] = &[
    bytes("need_files", "need_id", "payload"),
    bytes("file_versions", "id", "payload"),
    bytes("drafts", "id", "fields"),
    text("drafts", "id", "mistakes"),
    bytes("imports", "id", "file"),
    bytes("imports", "id", "report"),
    text("imports", "id", "file_name"),
    text("consents", "id", "evidence"),
    bytes("second_factors", "account_id", "secret"),
    bytes("second_factors", "account_id", "pending"),
    text("attachments", "id", "name"),
    bytes("attachments", "id", "content"),
    bytes("rights_requests", "id", "words"),
    bytes("organization_profiles", "organization_id", "private"),
    bytes("volunteers", "id", "payload"),
    bytes("incidents", "id", "words"),
    bytes("help_requests", "id", "payload"),
    bytes("help_voices", "id", "words"),
];

/// Whether a table's values are another person's than the reader's: drafts and second factors are the account's own.
pub(super) fn is_of_others(table: &str) -> bool {
    !matches!(table, "drafts" | "second_factors")
}
