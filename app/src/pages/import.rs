//! Importing a ledger: choose the file, say what its columns are, read what becomes of each row, take the good ones in.

use super::form::{FormModel, form_page};
use super::record::{RecordSection, record_section};
use crate::components::{
    ActPanel, ActPanelView, Badge, Button, Decision, DecisionRow, Empty, EmptyState, FormButton, FormTarget, Head,
    Line, Lines, Link, LinkButton, More, Notice, PageHead, PageTurner, Pager, PostForm, Section, Stat, StateBadge,
    Stats, Step, Steps, Tab, Tabs,
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

/// Work beside the requests, as it stands.
#[derive(Clone, Debug)]
pub struct Progress {
    /// "正在检查".
    pub title: String,
    pub done: u64,
    /// Unknown while the file is being opened.
    pub all: Option<u64>,
    /// How fast, how long, what may be done meanwhile.
    pub says: String,
    /// Stops the page from being fetched again and again, or begins it.
    pub link: Link,
}

/// A row of the file and what becomes of it.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// "第7行", with its sheet below.
    pub row: String,
    pub sheet: String,
    /// Services and place; never a person.
    pub what: String,
    pub badge: Badge,
    pub why: String,
    /// To the draft, or to what is there already: label, address.
    pub link: Option<(String, String)>,
    /// Sent with the form when ticked; none: it cannot be chosen.
    pub pick: Option<String>,
}

/// Acting on chosen rows, or on all of them.
#[derive(Clone, Debug)]
pub struct RowsForm {
    pub target: FormTarget,
    pub buttons: Vec<Button>,
    pub next: String,
}

/// The result of a dry run, or of the import itself; it stays under its address.
#[derive(Clone, Debug, Default)]
pub struct ImportReportModel {
    /// Title is what came out.
    pub head: Head,
    pub steps: Vec<Step>,
    pub notices: Vec<String>,
    /// Urgent needs of the file that are not public yet, before everything else.
    pub urgent: Vec<Line>,
    /// Rows that are ok, to be looked at, a duplicate, in error, left out.
    pub stats: Vec<Stat>,
    pub progress: Option<Progress>,
    pub tabs: Vec<Tab>,
    pub rows: Vec<ImportRow>,
    pub pager: Option<Pager>,
    pub empty: Option<Empty>,
    /// Taking the good rows.
    pub apply: Option<ActPanel>,
    /// Sending drafts for review.
    pub choose: Option<RowsForm>,
}

pub fn import_report_page(model: ImportReportModel) -> AnyView {
    let urgent = (!model.urgent.is_empty()).then(|| {
        view! { <Section id="urgent" title="急难，先补全送审"><Lines lines=model.urgent/></Section> }
    });
    let notices = model.notices.into_iter().map(|text| view! { <Notice text/> }).collect_view();
    let steps = (!model.steps.is_empty()).then(|| view! { <Steps steps=model.steps/> });
    let rows = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => rows_table(model.rows),
    };
    let rows = match model.choose {
        None => rows,
        Some(form) => {
            let buttons =
                form.buttons.into_iter().map(|button| view! { <FormButton button wide=false/> }).collect_view();
            view! {
                <PostForm target=form.target class="flow">
                    {rows}
                    <div class="row">{buttons}</div>
                    <p class="muted">{form.next}</p>
                </PostForm>
            }
            .into_any()
        }
    };
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            {steps}
            {notices}
            {urgent}
            {model.progress.map(progress_panel)}
            <Stats stats=model.stats/>
            {model.apply.map(|panel| view! { <ActPanelView panel/> })}
            <Tabs label="按结果" tabs=model.tabs/>
            {rows}
            {model.pager.map(|pager| view! { <PageTurner pager/> })}
        </div>
    }
    .into_any()
}

fn progress_panel(progress: Progress) -> AnyView {
    let words = match progress.all {
        Some(all) => format!("{}/{all}行", progress.done),
        None => format!("{}行", progress.done),
    };
    let bar = match progress.all {
        Some(all) => view! { <progress max=all.to_string() value=progress.done.to_string() aria-labelledby="job">{words.clone()}</progress> }.into_any(),
        None => view! { <progress aria-labelledby="job">{words.clone()}</progress> }.into_any(),
    };
    view! {
        <section class="panel flow" aria-labelledby="job">
            <div class="row apart"><h2 id="job">{progress.title}</h2><p class="num">{words}</p></div>
            {bar}
            <p class="muted">{progress.says}</p>
            <p><LinkButton link=progress.link/></p>
        </section>
    }
    .into_any()
}

fn rows_table(rows: Vec<ImportRow>) -> AnyView {
    let picks = rows.iter().any(|row| row.pick.is_some());
    let contents = rows.iter().any(|row| !row.what.is_empty());
    let rows = rows.into_iter().map(|row| {
        let named = row.row.clone();
        let pick = picks.then(|| {
            let tick = row.pick.map(|value| {
                let label = format!("选{named}");
                view! { <input type="checkbox" name="row" value=value aria-label=label/> }
            });
            view! { <td data-label="选">{tick}</td> }
        });
        let link = row.link.map(|(label, href)| view! { <More label href/> });
        let sheet = (!row.sheet.is_empty()).then(|| view! { <br/><span class="muted">{row.sheet}</span> });
        view! {
            <tr>
                <th scope="row">{row.row}{sheet}</th>
                {pick}
                {contents.then(|| view! { <td data-label="内容">{row.what}</td> })}
                <td data-label="结果"><StateBadge badge=row.badge/></td>
                <td data-label="为什么">{row.why}</td>
                <td data-label="下一步">{link}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let pick = picks.then(|| view! { <th scope="col">"选"</th> });
    view! {
        <div class="table cards"><table>
            <caption class="visually-hidden">"每一行的结果和原因"</caption>
            <thead><tr>
                <th scope="col">"行"</th>
                {pick}
                {contents.then(|| view! { <th scope="col">"内容"</th> })}
                <th scope="col">"结果"</th>
                <th scope="col">"为什么"</th>
                <th scope="col">"下一步"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

/// A column of the file.
#[derive(Clone, Debug)]
pub struct MapColumn {
    /// Name of the control: `column.12`.
    pub name: String,
    pub head: String,
    /// "K列".
    pub place: String,
    /// As written, in part.
    pub values: Vec<String>,
    pub note: String,
    /// Values, labels, which one it is taken for.
    pub options: Vec<(String, String, bool)>,
    pub sure: Badge,
}

/// Columns under one heading: to be looked at, understood, unused.
#[derive(Clone, Debug)]
pub struct MapGroup {
    pub id: &'static str,
    pub title: String,
    pub caption: &'static str,
    pub columns: Vec<MapColumn>,
}

/// Saying what the columns of a file are.
#[derive(Clone, Debug, Default)]
pub struct MapModel {
    pub head: Head,
    pub steps: Vec<Step>,
    pub notices: Vec<String>,
    /// What is missing, one sentence each, with the way out.
    pub missing: Vec<String>,
    pub target: FormTarget,
    pub groups: Vec<MapGroup>,
    /// Hidden sheets that could be read: name of the control, name of the sheet.
    pub hidden: Vec<(String, String)>,
    pub buttons: Vec<Button>,
    pub next: String,
    /// Forgetting what was said of this layout before, with what is said of it.
    pub forget: Option<(String, Decision)>,
}

pub fn map_page(model: MapModel) -> AnyView {
    let notices = model.notices.into_iter().map(|text| view! { <Notice text/> }).collect_view();
    let missing = (!model.missing.is_empty()).then(|| {
        let all = model.missing.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
        view! { <section class="panel flow" aria-labelledby="missing"><h2 id="missing">"缺的列"</h2><ul class="flow">{all}</ul></section> }
    });
    let forget = model.forget.map(|(words, decision)| {
        view! { <div class="row apart"><p>{words}</p><DecisionRow decisions=vec![decision]/></div> }
    });
    let hidden = (!model.hidden.is_empty()).then(|| {
        let all = model.hidden.into_iter().map(|(name, sheet)| {
            view! { <label><input type="checkbox" name=name value="1"/>{format!("“{sheet}”是隐藏的工作表，也读")}</label> }
        });
        view! { <fieldset class="choices"><legend>"隐藏的工作表"</legend>{all.collect_view()}</fieldset> }
    });
    let groups = model.groups.into_iter().filter(|group| !group.columns.is_empty()).map(map_group).collect_view();
    let buttons = model.buttons.into_iter().map(|button| view! { <FormButton button wide=true/> }).collect_view();
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            <Steps steps=model.steps/>
            {notices}
            {forget}
            <PostForm target=model.target class="flow sections">
                {missing}
                {groups}
                {hidden}
                <div class="act">{buttons}</div>
                <p class="muted">{model.next}</p>
            </PostForm>
        </div>
    }
    .into_any()
}

fn map_group(group: MapGroup) -> AnyView {
    let rows = group.columns.into_iter().map(|column| {
        let values = if column.values.is_empty() {
            view! { <span class="muted">"整列是空的"</span> }.into_any()
        } else {
            let all = column.values.into_iter().map(|value| view! { <li>{value}</li> });
            view! { <ul class="values">{all.collect_view()}</ul> }.into_any()
        };
        let note = (!column.note.is_empty()).then(|| view! { <p class="muted">{column.note}</p> });
        let options = column.options.into_iter().map(|(value, label, chosen)| {
            view! { <option value=value selected=chosen>{label}</option> }
        });
        let label = format!("{}认作", if column.head.is_empty() { &column.place } else { &column.head });
        view! {
            <tr>
                <th scope="row">{column.head}<br/><span class="muted">{column.place}</span></th>
                <td data-label="前三个值"><div>{values}{note}</div></td>
                <td data-label="认作"><select name=column.name aria-label=label>{options.collect_view()}</select></td>
                <td data-label="把握"><StateBadge badge=column.sure/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Section id=group.id title=group.title>
            <div class="table cards map"><table>
                <caption class="visually-hidden">{group.caption}</caption>
                <thead><tr>
                    <th scope="col">"文件里的列"</th>
                    <th scope="col">"前三个值"</th>
                    <th scope="col">"认作"</th>
                    <th scope="col">"把握"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </Section>
    }
    .into_any()
}
