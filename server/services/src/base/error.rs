//! What a use case may answer other than success.

use domain::calendar::Time;
use domain::field::FieldError;
use domain::machine::{IllegalTransition, Object};
use domain::permission::Refusal;

/// Display texts are for logs and hold no names, phones or ID numbers; what
/// people read comes from [`Error::sentence`] and the field errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not found")]
    NotFound,
    #[error("not signed in")]
    SignedOut,
    #[error("refused: {0:?}")]
    Forbidden(Refusal),
    /// The person in front must prove who they are once more.
    #[error("identity to be confirmed again")]
    Unconfirmed,
    /// Too many attempts, or too much at once.
    #[error("too many attempts, wait {seconds} s")]
    TooMany { seconds: i64 },
    /// Mistakes in what was typed.
    #[error("{} mistakes in the form", .0.len())]
    Invalid(Vec<FieldError>),
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// The form was sent before; `result` is what the first submit gave.
    #[error("form already used")]
    AlreadyDone { result: String },
    /// What has to be on record could not be recorded, so it is not shown.
    #[error("the trail cannot be written")]
    Unrecorded,
    #[error(transparent)]
    Storage(storage::Error),
    #[error("search index: {0}")]
    Search(String),
    #[error("internal: {0}")]
    Internal(&'static str),
    /// Parts of a job by their names; each has been logged by itself.
    #[error("failed: {}", .0.join(", "))]
    Failing(Vec<&'static str>),
}

/// Somebody or something was first.
#[derive(Debug, Clone)]
pub enum Conflict {
    /// Not in the transition table.
    Illegal(IllegalTransition),
    /// Fewer units are open than were asked.
    Taken { service: String, asked: i64, remaining: i64, unit: String, at: Option<Time> },
    /// Another person changed the record since the page was loaded.
    Stale(Object),
    /// A rule of the loop, in a sentence for the reader.
    Rule(String),
}

impl Conflict {
    pub fn sentence(&self, now: Time) -> String {
        match self {
            Self::Illegal(illegal) => format!(
                "现在的状态是“{}”，不能{}。可能有同事刚刚办过，请刷新后再看",
                illegal.words,
                illegal.command.label()
            ),
            Self::Taken { service, asked, remaining, unit, at } => {
                let when = at.map(|at| format!("，最近一次在{}被认领", at.words_near(now))).unwrap_or_default();
                if *remaining == 0 {
                    format!("{service}已经全部被认领{when}")
                } else {
                    format!("{service}只剩{remaining}{unit}，您填了{asked}{unit}{when}")
                }
            }
            Self::Stale(object) => format!("这条{}在您打开之后被别人改过，请核对最新内容后再提交", object.label()),
            Self::Rule(sentence) => sentence.clone(),
        }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        Self::Storage(error)
    }
}

impl From<crate::base::jobs::Panicked> for Error {
    fn from(_: crate::base::jobs::Panicked) -> Self {
        Self::Internal("a panic")
    }
}

impl From<Vec<FieldError>> for Error {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}

impl From<IllegalTransition> for Error {
    fn from(illegal: IllegalTransition) -> Self {
        Self::Conflict(Conflict::Illegal(illegal))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        // What lies outside the actor's reach does not exist for the actor.
        if refusal == Refusal::Outside { Self::NotFound } else { Self::Forbidden(refusal) }
    }
}

impl Error {
    pub fn rule(sentence: impl Into<String>) -> Self {
        Self::Conflict(Conflict::Rule(sentence.into()))
    }

    /// One mistake of a form.
    pub fn wrong(field: impl Into<domain::form::FieldAt>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field.into().name, message)])
    }

    /// The same mistakes, of no field: the form in front does not hold what they are of.
    #[must_use]
    pub fn of_no_field(self) -> Self {
        match self {
            Self::Invalid(errors) => {
                Self::Invalid(errors.into_iter().map(|error| FieldError { field: String::new(), ..error }).collect())
            }
            other => other,
        }
    }

    /// One sentence for the reader.
    pub fn sentence(&self, now: Time) -> String {
        match self {
            Self::NotFound => Refusal::Outside.sentence().to_owned(),
            Self::SignedOut => "请先登录".to_owned(),
            Self::Forbidden(refusal) => refusal.sentence().to_owned(),
            Self::Unconfirmed => "这一步要先再次确认身份".to_owned(),
            Self::TooMany { seconds } if *seconds > 900 => format!(
                "输错太多次，请等{}再试；用登录过的设备，或请本单位的管理员解除等待，可以马上登录",
                domain::calendar::span_words((seconds + 59) / 60)
            ),
            Self::TooMany { seconds } => {
                format!("试的次数太多，请等{}再试", domain::calendar::span_words((seconds + 59) / 60))
            }
            Self::Invalid(errors) => errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("；"),
            Self::Conflict(conflict) => conflict.sentence(now),
            Self::AlreadyDone { .. } => "这张表已经提交过了".to_owned(),
            Self::Unrecorded => "查阅记录暂时存不进去，所以没有打开，请稍后再试".to_owned(),
            Self::Storage(error) if error.is_unavailable() => "系统暂时存不进去，请稍后再试，您填的内容还在".to_owned(),
            Self::Storage(_) | Self::Search(_) | Self::Internal(_) | Self::Failing(_) => {
                "系统出了问题，请稍后再试".to_owned()
            }
        }
    }
}
