//! Sheets to print: looking at one changes nothing.

use crate::components::{Crumb, Crumbs, Notice, Sheet, SheetView};
use leptos::prelude::*;

#[derive(Clone, Debug)]
pub struct SheetModel {
    pub crumbs: Vec<Crumb>,
    pub sheet: Sheet,
}

pub fn sheet_page(model: SheetModel) -> AnyView {
    view! {
        <div class="page flow">
            <div class="no-print flow"><Crumbs crumbs=model.crumbs/><Notice text="用浏览器的打印功能（Ctrl+P）打印这一页，A4纸。"/></div>
            <SheetView sheet=model.sheet/>
        </div>
    }
    .into_any()
}
