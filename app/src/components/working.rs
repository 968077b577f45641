//! What stands around the table of a working list: filters above it, chosen columns, rows of a page, and the bar for what
//! was ticked. Filters and columns are GET forms, so the address holds them.

use super::{Button, Chip, Field, FieldView, FormButton, FormTarget, Glyph, Hidden, Icon, Link, LinkButton, PostForm};
use leptos::prelude::*;

/// Filters above a list.
#[derive(Clone, Debug, Default)]
pub struct FilterBar {
    pub action: String,
    /// What the form keeps of the address: words, state, order, columns.
    pub keep: Vec<(String, String)>,
    pub fields: Vec<Field>,
    /// Behind a fold.
    pub more: Vec<Field>,
    /// Whether something behind the fold is chosen.
    pub open: bool,
    pub chips: Vec<Chip>,
    pub clear: String,
}

#[component]
pub fn FilterBarView(bar: FilterBar) -> impl IntoView {
    let fields = bar.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let more = (!bar.more.is_empty()).then(|| {
        let fields = bar.more.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
        view! { <details open=bar.open><summary class="option">"更多条件"<Icon glyph=Glyph::Down/></summary><div class="bar-form">{fields}</div></details> }
    });
    view! {
        <form class="filters fold flow no-print" id="filters" popover="auto" aria-label="筛选" action=bar.action>
            {bar.keep.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
            <div class="bar-form">{fields}<button class="button secondary">"应用筛选"</button></div>
            {more}
        </form>
    }
    .into_any()
}

/// Which columns are shown.
#[derive(Clone, Debug, Default)]
pub struct ColumnMenu {
    pub action: String,
    pub keep: Vec<(String, String)>,
    /// Name, label, whether it is shown.
    pub columns: Vec<(String, String, bool)>,
    /// Remembers what the address holds for the next visit; none for a list as it comes.
    pub remember: Option<FormTarget>,
    /// Forgets what was remembered.
    pub forget: Option<FormTarget>,
}

/// How many rows a page has: label and address, none for the present choice.
#[derive(Clone, Debug, Default)]
pub struct SizeMenu {
    pub sizes: Vec<(String, Option<String>)>,
}

#[component]
pub fn WorkingTools(columns: ColumnMenu, sizes: SizeMenu, export: Option<(String, String)>) -> impl IntoView {
    let boxes = columns.columns.into_iter().map(|(name, label, shown)| {
        view! { <label class="option"><input type="checkbox" name="column" value=name checked=shown/>{label}</label> }
    });
    let sizes = sizes.sizes.into_iter().map(|(label, href)| match href {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => view! { <b aria-current="true">{label}</b> }.into_any(),
    });
    let keeping =
        [(columns.remember, "下次也这样看"), (columns.forget, "恢复原样")].into_iter().filter_map(|(target, label)| {
            let button = Button::new(label).quiet();
            target.map(|target| view! { <PostForm target><FormButton button/></PostForm> })
        });
    let export = export.map(|(label, href)| {
        let link = Link::new(label, href).glyph(Glyph::Download);
        view! { <LinkButton link/> }
    });
    view! {
        <div class="row no-print">
            <p class="row">"每页"{sizes.collect_view()}</p>
            <details class="drop">
                <summary class="button quiet">"选列"<Icon glyph=Glyph::Down/></summary>
                <div>
                    <form action=columns.action>
                        {columns.keep.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
                        {boxes.collect_view()}
                        <button class="button secondary wide">"应用"</button>
                    </form>
                </div>
            </details>
            {keeping.collect_view()}
            {export}
        </div>
    }
    .into_any()
}

/// What is done with the ticked rows. The boxes stand in the table and name this form.
#[derive(Clone, Debug)]
pub struct Together {
    pub target: FormTarget,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
}

#[component]
pub fn TogetherBar(together: Together) -> impl IntoView {
    let Together { target, fields, buttons } = together;
    let hidden = target.hidden.clone().into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view();
    let fields = fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let buttons = buttons.into_iter().map(|button| view! { <FormButton button=button.secondary()/> }).collect_view();
    view! {
        <form id="together" class="act bottom no-print" method="post" action=target.action aria-label="对选中的一起办">
            {hidden}
            <b>"选中的"</b>
            {fields}
            <span class="row">{buttons}<button type="reset" class="button quiet">"取消选择"</button></span>
        </form>
    }
    .into_any()
}
