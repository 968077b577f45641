//! One's own account: who one is here, the password, the devices signed in; and the display settings of any reader.

use super::record::{RecordSection, record_section};
use crate::components::{
    ActPanel, ActPanelView, Button, Choice, Decision, DecisionButton, Fact, Facts, Field, FieldView, FormButton, Head,
    Hidden, PageHead, Section,
};
use crate::paths;
use crate::shell::{Elder, Theme};
use domain::form::people::display;
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct AccountModel {
    pub head: Head,
    pub facts: Vec<Fact>,
    /// Devices signed in, the members of the organization.
    pub sections: Vec<RecordSection>,
    /// Changing the password; signing out everywhere.
    pub panels: Vec<ActPanel>,
    pub sign_out: Option<Decision>,
}

pub fn account_page(model: AccountModel) -> AnyView {
    let sections = model.sections.into_iter().map(record_section).collect_view();
    let panels = model.panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            <div class="split">
                <div class="flow sections">
                    <Section id="who" title="我是谁">
                        <Facts facts=model.facts/>
                        {model.sign_out.map(|decision| view! { <DecisionButton decision/> })}
                    </Section>
                    {sections}
                </div>
                <div class="flow sections">{panels}</div>
            </div>
        </div>
    }
    .into_any()
}

/// Text size, theme and contrast, kept in a cookie.
#[derive(Clone, Debug, Default)]
pub struct DisplayModel {
    pub elder: Elder,
    pub theme: Theme,
    pub contrast_more: bool,
    /// Where to go afterwards.
    pub back: String,
}

pub fn display_page(model: DisplayModel) -> AnyView {
    let elder = [
        (Elder::Off, "标准，16像素"),
        (Elder::On, "长者模式，20像素"),
        (Elder::Large, "更大，24像素"),
        (Elder::Max, "最大，30像素"),
    ]
    .map(|(value, label)| Choice::new(value.as_str(), label));
    let theme = [(Theme::System, "跟随系统"), (Theme::Light, "浅色"), (Theme::Dark, "深色")]
        .map(|(value, label)| Choice::new(value.as_str(), label));
    let contrast = [("", "标准"), ("more", "更强")].map(|(value, label)| Choice::new(value, label));
    let fields = [
        Field::of(display::SIZE).choices(elder).value(model.elder.as_str()),
        Field::of(display::THEME).choices(theme).value(model.theme.as_str()),
        Field::of(display::CONTRAST).choices(contrast).value(if model.contrast_more { "more" } else { "" }),
    ]
    .map(|field| view! { <FieldView field/> })
    .collect_view();
    view! {
        <div class="page flow narrow">
            <PageHead head=Head::new("显示设置").lead("只影响这台设备上的显示，内容和功能都一样。")/>
            <form class="flow" method="post" action=paths::DISPLAY>
                <Hidden name="back" value=model.back/>
                {fields}
                <p><FormButton button=Button::new("保存显示设置")/></p>
            </form>
        </div>
    }
    .into_any()
}
