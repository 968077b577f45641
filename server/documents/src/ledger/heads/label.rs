//! The words next to the data, cut into the head itself, what stands in brackets and its list of codes.

use super::inside::{self, cut_year};

/// A head cut into its words and what stands in brackets.
pub(super) struct Label {
    pub plain: String,
    pub brackets: Vec<String>,
}

impl Label {
    pub fn of(squeezed: &str) -> Self {
        let mut label = Self { plain: String::new(), brackets: Vec::new() };
        let mut inside = String::new();
        let mut depth = 0u32;
        for c in squeezed.chars() {
            match c {
                '(' | '[' | '【' | '〔' | '{' => depth += 1,
                ')' | ']' | '】' | '〕' | '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && !inside.is_empty() {
                        label.brackets.push(std::mem::take(&mut inside));
                    }
                }
                '*' | '★' | ':' | '※' | '#' | '□' | '√' if depth == 0 => {}
                c if depth > 0 => inside.push(c),
                c => label.plain.push(c),
            }
        }
        if !inside.is_empty() {
            label.brackets.push(inside);
        }
        // 除救助金外还需要什么服务: what is left aside is not asked for.
        if let Some(rest) =
            label.plain.strip_prefix('除').and_then(|rest| rest.split_once('外')).map(|(_, rest)| rest.to_owned())
        {
            label.plain = rest.trim_start_matches(['还', ',', '，', '仍']).to_owned();
        }
        // 哪一类1低保2特困3低边: the codes and what they mean are no words of the head.
        if let Some(at) = inside::first_code(&label.plain).filter(|at| *at > 0) {
            let codes = label.plain.split_off(at);
            label.brackets.push(codes);
        }
        let numbered =
            label.plain.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '①'..='⑳'));
        if !numbered.is_empty() && !numbered.starts_with(['岁', '年', '月', '+', '-', '以', '及', '周', '个']) {
            label.plain = numbered.to_owned();
        }
        label
    }

    /// The head itself, without a year, without an ordinal, and without the half of a question: 急不急 asks for 急.
    pub fn forms(&self) -> Vec<String> {
        let mut forms = vec![self.plain.clone()];
        if self.plain.is_ascii() {
            forms.push(self.plain.to_ascii_lowercase());
        }
        if let Some((_, rest)) = cut_year(&self.plain) {
            forms.push(rest.trim_start_matches('度').to_owned());
            forms.push(rest);
        }
        for ordinal in ["第一", "第二", "第三", "第四", "首要", "次要", "主要", "其他"] {
            if let Some(rest) = self.plain.strip_prefix(ordinal) {
                forms.push(rest.to_owned());
            }
        }
        if let Some((before, after)) = self.plain.split_once('不')
            && !before.is_empty()
            && before.chars().next_back() == after.chars().next()
        {
            forms.push(after.to_owned());
        }
        // 姓名1, 联系电话2
        let unnumbered = self.plain.trim_end_matches(|c: char| c.is_ascii_digit() || "一二三①②③".contains(c));
        if unnumbered.len() < self.plain.len() {
            forms.push(unnumbered.to_owned());
        }
        forms.retain(|form| !form.is_empty());
        forms
    }
}
