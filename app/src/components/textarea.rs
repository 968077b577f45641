//! The only place that writes markup as text: leptos does not escape the child of `<textarea>` on the server.

use leptos::prelude::*;

/// A text area whose content is always escaped.
#[component]
pub fn TextArea(
    id: String,
    name: String,
    value: String,
    rows: u32,
    invalid: Option<&'static str>,
    described_by: Option<String>,
) -> impl IntoView {
    // A leading line break is dropped by the parser, so one more is written in front of it.
    let mut text = String::with_capacity(value.len() + 1);
    if value.starts_with('\n') {
        text.push('\n');
    }
    text.push_str(&html_escape::encode_text(&value));
    view! {
        <textarea id=id name=name rows=rows.to_string() aria-invalid=invalid aria-describedby=described_by inner_html=text></textarea>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_the_area() {
        let html = view! {
            <TextArea id="t".into() name="t".into() value="\n</textarea><script>x</script>".into() rows=3 invalid=None described_by=None/>
        }
        .to_html();
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains(">\n\n&lt;/textarea&gt;"), "{html}");
    }
}
