//! Importing a ledger: choose the file, read the dry run row by row, take the good rows.

use super::form::{FormModel, form_page};
use super::record::{RecordSection, record_section};
use crate::components::{
    ActPanel, ActPanelView, DataTable, Empty, EmptyState, Head, Line, Lines, Notice, PageHead, PageTurner, Pager,
    Section, Stat, Stats, Tab, Table, Tabs,
};
use leptos::prelude::*;

/// Choosing the file, with what a file may look like and what was imported before.
#[derive(Clone, Debug, Default)]
pub struct ImportModel {
    /// One file field; `target.multipart`.
    pub form: FormModel,
    /// The columns that are understood, the files of before.
    pub sections: Vec<RecordSection>,
}

pub fn import_page(model: ImportModel) -> AnyView {
    let sections = model.sections.into_iter().map(record_section).collect_view();
    view! { {form_page(model.form)}<div class="page sections after">{sections}</div> }.into_any()
}

/// The result of a dry run, or of the import itself; it stays under its address.
#[derive(Clone, Debug, Default)]
pub struct ImportReportModel {
    /// Title is the name of the file.
    pub head: Head,
    pub notice: Option<String>,
    /// Urgent needs of the file that are not public yet, before everything else.
    pub urgent: Vec<Line>,
    /// Rows that are ok, with a warning, an error, a duplicate.
    pub stats: Vec<Stat>,
    /// Shows a progress bar while the job runs: done and all rows.
    pub progress: Option<(u64, u64)>,
    pub tabs: Vec<Tab>,
    /// Row, cell, what is wrong, how to mend it.
    pub table: Table,
    pub pager: Option<Pager>,
    pub empty: Option<Empty>,
    /// Taking the good rows.
    pub apply: Option<ActPanel>,
    /// What each column was taken for.
    pub columns: Option<Table>,
    /// Saying otherwise.
    pub map: Option<ActPanel>,
}

pub fn import_report_page(model: ImportReportModel) -> AnyView {
    let progress = model.progress.map(|(done, all)| {
        view! {
            <p class="flow"><progress max=all.to_string() value=done.to_string()></progress><br/>{format!("已处理{done}行，共{all}行。这一页可以关掉，结果会留着。")}</p>
        }
    });
    let urgent = (!model.urgent.is_empty()).then(|| {
        view! { <Section id="urgent" title="急难，先补全送审"><Lines lines=model.urgent/></Section> }
    });
    let rows = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! { <DataTable table=model.table/> }.into_any(),
    };
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            {model.notice.map(|text| view! { <Notice text/> })}
            {urgent}
            {progress}
            <Stats stats=model.stats/>
            {model.apply.map(|panel| view! { <ActPanelView panel/> })}
            <Tabs label="按结果" tabs=model.tabs/>
            {rows}
            {model.pager.map(|pager| view! { <PageTurner pager/> })}
            {model.columns.map(|table| view! { <DataTable table/> })}
            {model.map.map(|panel| view! { <ActPanelView panel/> })}
        </div>
    }
    .into_any()
}
