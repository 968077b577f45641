//! One declaration per form: what stands on a page is declared, and a mistake stands at a field of the page it came from.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::form;
use duijie_tests::world::{World, household};
use services::base::draft;
use web::routes;

use crate::base::web::{PEOPLE, Web};

duijie_tests::both_engines!(
    every_field_is_declared_and_every_mistake_stands_at_one,
    a_second_click_that_overtakes_the_first_still_sends_the_need,
    a_form_sent_after_the_session_ran_out_goes_on_with_its_draft,
);

/// A form of a page: where it goes, what travels unseen, and its fields with their labels.
struct Sent {
    action: String,
    hidden: Vec<(String, String)>,
    fields: BTreeMap<String, String>,
    file: bool,
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(unescaped)
}

/// The words of a piece of markup.
fn words(markup: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in markup.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    unescaped(out.trim())
}

/// Every form of a page that changes something.
fn forms_of(page: &str) -> Vec<Sent> {
    let mut all = Vec::new();
    for piece in page.split("<form ").skip(1) {
        let piece = piece.split("</form>").next().unwrap();
        let head = format!(" {}", piece.split('>').next().unwrap());
        if attribute(&head, "method").as_deref() != Some("post") {
            continue;
        }
        let mut sent = Sent {
            action: attribute(&head, "action").unwrap(),
            hidden: Vec::new(),
            fields: BTreeMap::new(),
            file: head.contains("multipart"),
        };
        let mut legend = String::new();
        let mut labels: BTreeMap<String, String> = BTreeMap::new();
        for tag in piece.split('<').skip(1) {
            let (name, body) = tag.split_once('>').unwrap_or((tag, ""));
            let tag = format!(" {name}");
            let kind = name.split(' ').next().unwrap();
            match kind {
                "legend" => legend = unescaped(body),
                "/fieldset" => legend.clear(),
                "label" => {
                    if let Some(of) = attribute(&tag, "for") {
                        labels.insert(of, unescaped(body));
                    }
                }
                "input" | "select" | "textarea" => {
                    let Some(field) = attribute(&tag, "name") else { continue };
                    if attribute(&tag, "type").as_deref() == Some("hidden") {
                        sent.hidden.push((field, attribute(&tag, "value").unwrap_or_default()));
                        continue;
                    }
                    let label = if legend.is_empty() {
                        labels.get(&field).cloned().unwrap_or_default()
                    } else {
                        legend.clone()
                    };
                    sent.fields.insert(field, label);
                }
                _ => {}
            }
        }
        all.push(sent);
    }
    all
}

/// As a page shows it, without what stands around it.
fn plain(label: &str) -> String {
    let label = words(label);
    let label = label.trim_end_matches("（可不填）");
    // The three taps of a visit are numbered.
    label.trim_start_matches(|c: char| c.is_ascii_digit() || c == '\u{3000}').to_owned()
}

async fn every_field_is_declared_and_every_mistake_stands_at_one(world: World) {
    let web = Web::new(world).await;
    let (mut seen, mut sent) = (BTreeSet::new(), 0);
    for route in routes().iter().filter(|route| route.method == "GET" && !route.path.contains("{token}")) {
        let path = web.path(route);
        for (_, name) in PEOPLE.iter().filter(|(role, _)| route.access.admits(Some(*role))) {
            let answer = web.get(&path, Some(&web.session(name).await)).await;
            if answer.status != StatusCode::OK || !answer.text.contains("<form ") {
                continue;
            }
            for form in forms_of(&answer.text) {
                for (field, label) in &form.fields {
                    let declared: Vec<_> = form::fields().filter(|def| def.owns(field)).collect();
                    let label = plain(label);
                    // A field of a record's own row, such as a line or a person, has the row's name for a label.
                    let right = declared.iter().any(|def| def.label == label || def.is_row());
                    assert!(right, "{path}: {field} “{label}” is not declared so: {declared:?}");
                    seen.insert((field.clone(), label));
                }
                if form.fields.is_empty() || form.file {
                    continue;
                }
                // Sent with nothing typed: each mistake is of a field that stands in this form.
                let fields: Vec<(&str, &str)> = form
                    .hidden
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .chain(form.fields.keys().map(|name| (name.as_str(), "")))
                    .collect();
                let answer = web.post(&form.action, Some(&web.session(name).await), &fields).await;
                let id = answer.location.split("draft=").nth(1).and_then(|rest| rest.get(..36)?.parse().ok());
                let key = fields.iter().find(|(name, _)| *name == "form").map_or("", |(_, key)| *key);
                let Some(id) = id else { continue };
                let kept = draft::load(&web.world.by(name), id, key).await.unwrap();
                for mistake in kept.map(|kept| kept.mistakes).unwrap_or_default() {
                    assert!(
                        mistake.field.is_empty() || form.fields.contains_key(&mistake.field),
                        "{path}: “{}” is of {}, which does not stand in {}",
                        mistake.message,
                        mistake.field,
                        form.action
                    );
                    sent += 1;
                }
            }
        }
    }
    assert!(seen.len() > 120 && sent > 60, "{} fields seen, {sent} mistakes", seen.len());
}

/// Creating and sending are two commands, and the second click may come between them: what it shows is sent by then.
async fn a_second_click_that_overtakes_the_first_still_sends_the_need(world: World) {
    let web = Web::new(world).await;
    let (street, session) = (web.world.by("street"), web.session("street").await);
    let draft = draft::save(&street, None, "/needs/new#need", &household(), &[]).await.unwrap().to_string();
    let path = format!("/needs/new/check?draft={draft}");
    let page = web.get(&path, Some(&session)).await;
    let form = forms_of(&page.text).into_iter().find(|form| form.action.contains("/check")).unwrap();
    let mut fields: Vec<(&str, &str)> =
        form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // The first click came as far as the need that it makes.
    fields.push(("finish", "save"));
    let first = web.post(&form.action, Some(&session), &fields).await;
    *fields.last_mut().unwrap() = ("finish", "submit");
    let second = web.post(&form.action, Some(&session), &fields).await;
    assert_eq!(first.location, second.location);
    assert!(first.location.starts_with("/needs/XQ"), "{}", first.location);
    let shown = web.get(&second.location, Some(&session)).await;
    assert!(shown.text.contains("审核中"), "{}", words(&shown.text));
    // A third changes nothing.
    let third = web.post(&form.action, Some(&session), &fields).await;
    assert_eq!(third.location, second.location);
    assert_eq!(web.world.number("SELECT COUNT(*) FROM needs WHERE state = 'in_review'").await, 1);
}

async fn a_form_sent_after_the_session_ran_out_goes_on_with_its_draft(world: World) {
    let web = Web::new(world).await;
    let (street, session) = (web.world.by("street"), web.session("street").await);
    let begun = draft::save(&street, None, "/needs/new#need", &household(), &[]).await.unwrap();
    let text = begun.to_string();
    web.world.set(web.world.now().plus_minutes(125));
    // The second step, with a new title.
    let typed = [
        ("form", "/needs/new#need"),
        ("draft", &*text),
        ("step", "what"),
        ("title", "坐得太久以后交的标题"),
        ("description", "老人独居，每天需要一顿热饭。"),
    ];
    let answer = web.post("/needs/new/what", Some(&session), &typed).await;
    assert!(answer.location.starts_with("/login?") && answer.location.ends_with("ended=kept"), "{}", answer.location);
    assert!(web.get(&answer.location, None).await.text.contains("刚才填的内容还在"));
    // Whoever only opens a page has typed nothing.
    let opened = web.get("/desk", Some(&session)).await.location;
    assert!(opened.ends_with("ended=over") && !web.get(&opened, None).await.text.contains("刚才填的"), "{opened}");
    let draft = draft::load(&web.world.by("street"), begun, "/needs/new#need").await.unwrap().unwrap();
    let value = |name: &str| form::value(&draft.fields, name).to_owned();
    assert_eq!(value("title"), "坐得太久以后交的标题");
    assert_eq!(value("division_code"), form::value(&household(), "division_code"), "the step before stays");
    assert_eq!(web.world.number("SELECT COUNT(*) FROM drafts").await, 1, "no second draft beside it");

    // A form with a file: its words are kept too.
    let body = "--b\r\ncontent-disposition: form-data; name=\"form\"\r\n\r\n/import#file\r\n\
                --b\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\n写在文件旁边的话\r\n\
                --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na,b\r\n--b--\r\n";
    let answer =
        web.send("POST", "/import", Some(&session), crate::base::uploads::MULTIPART, body.as_bytes().to_vec()).await;
    assert!(answer.location.starts_with("/login?"), "{}", answer.location);
    let kept = draft::latest(&web.world.by("street"), "/import#file").await.unwrap().unwrap();
    assert_eq!(form::value(&kept.fields, "note"), "写在文件旁边的话");
}

/// Every declaration has a page that draws it and a reader, but those that a program reads or that travel unseen.
#[test]
fn every_declaration_is_drawn_and_read() {
    /// Drawn and not read by name: they lead to another page or narrow a list.
    const ONLY_DRAWN: &[&str] = &["STREET", "TRY", "SIZE", "THEME", "CONTRAST"];
    /// Sent by a button or a program, with no field of their own; or drawn by the function that reads them.
    const UNSEEN: &[&str] = &["QUERY", "EDITION", "DECLINE", "PART", "GIVE_BACK"];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = |folders: &[&str]| {
        let mut text = String::new();
        let mut open: Vec<_> = folders.iter().map(|folder| root.join(folder)).collect();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                text += &std::fs::read_to_string(path).unwrap_or_default();
            }
        }
        text
    };
    let (pages, readers) =
        (sources(&["server/web/src", "app/src"]), sources(&["server/services/src", "server/web/src"]));
    let declared = sources(&["server/domain/src/form"]);
    // What is sealed stands as one list with the declarations, which the pages draw whole.
    let sealed =
        declared.split_once("SEALED: ").and_then(|(_, rest)| rest.split_once("];")).map_or("", |(list, _)| list);
    assert!(pages.contains("SEALED") && !sealed.is_empty());
    let pages = pages + sealed;
    let constant = |line: &str| {
        let (name, rest) = line.trim().split_once(" =")?;
        let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        (named && (rest.trim().is_empty() || rest.contains("FieldDef::") || rest.contains("super::")))
            .then(|| name.to_owned())
    };
    let names: BTreeSet<String> = declared.lines().filter_map(constant).collect();
    assert!(names.len() > 80, "{names:?}");
    let used = |text: &str, name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_');
            edge(text[..at].chars().next_back()) && edge(text[at + name.len()..].chars().next())
        })
    };
    for name in &names {
        assert!(used(&pages, name) || UNSEEN.contains(&name.as_str()), "no page draws {name}");
        assert!(used(&readers, name) || ONLY_DRAWN.contains(&name.as_str()), "nobody reads {name}");
    }
}
