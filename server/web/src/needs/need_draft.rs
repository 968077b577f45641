//! What stands in the entry form of a need: its draft, or the need as it is stored.

use crate::base::get::form_key;
use domain::field::FieldError;
use domain::form::{FieldDef, value};
use domain::href::href_at;
use domain::machine::{Command, Object, step as allowed};
use services::aid::view;
use services::base::draft::{self, Draft, Fields};
use services::needs::need_form::Step;
use services::{Ctx, Result};
use uuid::Uuid;

/// Which need a form is of.
pub(crate) struct Form {
    /// The need that is edited; none for a new one.
    pub code: Option<String>,
    pub draft: Option<Draft>,
    pub fields: Fields,
    pub mistakes: Vec<FieldError>,
}

fn base(code: Option<&str>) -> String {
    code.map_or_else(|| "/needs/new".to_owned(), |code| href_at(Object::Need, code, "/edit"))
}

impl Form {
    /// Loads the draft named, or the stored need where there is none.
    pub async fn load(ctx: &Ctx, code: Option<String>, id: Option<Uuid>) -> Result<Self> {
        let key = form_key(&base(code.as_deref()), "need");
        let mut form = Self { code, draft: None, fields: Vec::new(), mistakes: Vec::new() };
        if let Some(code) = &form.code {
            let stored = view::editable(ctx, code).await?;
            allowed(stored.state, Command::NeedEdit)?;
            form.fields = stored.fields;
            form.fields.push(("version".into(), stored.version.to_string()));
        }
        if let Some(id) = id
            && let Some(draft) = draft::load(ctx, id, &key).await?
        {
            form.fields.clone_from(&draft.fields);
            form.mistakes.clone_from(&draft.mistakes);
            form.draft = Some(draft);
        }
        Ok(form)
    }

    pub fn base(&self) -> String {
        base(self.code.as_deref())
    }

    pub fn key(&self) -> String {
        form_key(&self.base(), "need")
    }

    pub fn draft_id(&self) -> Option<Uuid> {
        self.draft.as_ref().map(|draft| draft.id)
    }

    /// The draft goes, once what it holds is saved.
    pub async fn forget(&self, ctx: &Ctx) -> Result<()> {
        match self.draft_id() {
            Some(id) => draft::delete(ctx, id).await,
            None => Ok(()),
        }
    }

    /// Address of a step, with its draft.
    pub fn step_href(&self, step: Step) -> String {
        let draft = self.draft_id().map(|id| id.to_string()).unwrap_or_default();
        crate::base::words::address(&format!("{}/{}", self.base(), step.as_str()), &[], &[("draft", draft)])
    }

    pub fn typed(&self, field: FieldDef) -> &str {
        field.value(&self.fields)
    }

    /// What the form carries beside its fields.
    pub fn value(&self, name: &str) -> &str {
        value(&self.fields, name)
    }
}
