//! The site's routes. Every endpoint stands in the table made by [`routes`]:
//! who may reach it at all is part of its line, so that none can be forgotten.

mod aid;
mod base;
mod finding;
mod front;
mod needs;
mod office;
mod people;
mod reach;
mod record;
mod supply;
mod volunteers;

pub use base::address::networks;
pub use base::frame::Site;
pub use base::settings::Settings;

use axum::Router;
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::MethodRouter;
use base::get::Get;
use base::post::Post;
use domain::machine::Command;
use domain::role::Role;
use serde::de::DeserializeOwned;
use services::base::offers::ever;
use std::pin::Pin;
use std::sync::Arc;

/// Who may reach an endpoint at all. What they may do there is decided by the
/// services; this is the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Anyone,
    SignedIn,
    /// Street, district, city, village.
    Staff,
    /// Workers of an organization.
    Organization,
    /// Whoever may ever give one of these commands.
    Commands(&'static [Command]),
}

impl Access {
    /// Whether a role (none: the public) passes the door.
    pub fn admits(self, role: Option<Role>) -> bool {
        match (self, role) {
            (Self::Anyone, _) | (Self::SignedIn, Some(_)) => true,
            (Self::Staff, Some(role)) => role.is_staff(),
            (Self::Organization, Some(role)) => role.is_organization(),
            (Self::Commands(commands), Some(role)) => commands.iter().any(|command| ever(role, *command)),
            (_, None) => false,
        }
    }
}

/// An endpoint's answer on its way.
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// One endpoint.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    handler: Arc<dyn Fn(Request, Arc<Site>) -> Answering + Send + Sync>,
}

/// Handlers are boxed, one after the other, by functions. As axum's own handlers each of the layers around them would make
/// the compiler prove anew that everything a handler ever awaits may change threads: four fifths of the time it took.
impl Route {
    fn new(
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: impl Fn(Request, Arc<Site>) -> Answering + Send + Sync + 'static,
    ) -> Self {
        Self { method, path, access, handler: Arc::new(handler) }
    }

    /// A page.
    fn get<F>(path: &'static str, access: Access, handler: impl Fn(Get) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        Self::new("GET", path, access, move |request, site| {
            let (parts, _) = request.into_parts();
            Box::pin(handler(Get::of(&parts, &site)))
        })
    }

    /// A page of the record that its address names.
    fn get_at<P, F>(
        path: &'static str,
        access: Access,
        handler: impl Fn(Get, Path<P>) -> F + Copy + Send + Sync + 'static,
    ) -> Self
    where
        P: DeserializeOwned + Send,
        F: Future<Output = Response> + Send + 'static,
    {
        Self::new("GET", path, access, move |request, site| {
            Box::pin(async move {
                let (mut parts, _) = request.into_parts();
                match record(&mut parts, &site).await {
                    Ok(record) => handler(Get::of(&parts, &site), record).await,
                    Err(missing) => missing,
                }
            })
        })
    }

    /// A sent form.
    fn post<F>(path: &'static str, access: Access, handler: impl Fn(Post) -> F + Copy + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        Self::new("POST", path, access, move |request, site| {
            Box::pin(async move {
                match Post::read(request, &site).await {
                    Ok(post) => handler(post).await,
                    Err(refused) => refused,
                }
            })
        })
    }

    /// A form sent to the record that its address names.
    fn post_at<P, F>(
        path: &'static str,
        access: Access,
        handler: impl Fn(Path<P>, Post) -> F + Copy + Send + Sync + 'static,
    ) -> Self
    where
        P: DeserializeOwned + Send,
        F: Future<Output = Response> + Send + 'static,
    {
        Self::new("POST", path, access, move |request, site| {
            Box::pin(async move {
                let (mut parts, body) = request.into_parts();
                let record = match record(&mut parts, &site).await {
                    Ok(record) => record,
                    Err(missing) => return missing,
                };
                match Post::read(Request::from_parts(parts, body), &site).await {
                    Ok(post) => handler(record, post).await,
                    Err(refused) => refused,
                }
            })
        })
    }
}

/// The record that an address names; nothing is there where it names none.
async fn record<P: DeserializeOwned + Send>(parts: &mut Parts, site: &Arc<Site>) -> Result<Path<P>, Response> {
    match Path::from_request_parts(parts, site).await {
        Ok(record) => Ok(record),
        Err(_) => Err(base::refusal::missing(site, parts).await),
    }
}

/// Every endpoint of the site.
pub fn routes() -> Vec<Route> {
    let mut all = Vec::new();
    for module in [
        front::home::routes,
        finding::hall::routes,
        needs::need::routes,
        needs::need_commands::routes,
        needs::need_form::routes,
        needs::need_file::routes,
        aid::claim::routes,
        aid::joint::routes,
        aid::rounds::routes,
        aid::rounds_week::routes,
        aid::rounds_sheet::routes,
        aid::pairing::routes,
        aid::pairing_forms::routes,
        aid::visit::routes,
        aid::visit_plan::routes,
        aid::report::routes,
        aid::give_back::routes,
        aid::delivery::routes,
        aid::verification::routes,
        aid::transfer::routes,
        aid::disclosure::routes,
        record::rights::routes,
        supply::directory::routes,
        supply::organization::routes,
        supply::registration::routes,
        supply::project::routes,
        aid::matching::routes,
        aid::ask::routes,
        aid::batch::routes,
        office::desk::routes,
        aid::queue::routes,
        volunteers::volunteer::routes,
        volunteers::my::routes,
        volunteers::kept::routes,
        volunteers::calendar::routes,
        volunteers::volunteer_record::routes,
        volunteers::team::routes,
        volunteers::team_form::routes,
        volunteers::member::routes,
        volunteers::member_import::routes,
        volunteers::training::routes,
        volunteers::opening::routes,
        volunteers::opening_form::routes,
        volunteers::shift::routes,
        volunteers::certificate::routes,
        volunteers::incident::routes,
        volunteers::evaluation::routes,
        office::lists::routes,
        office::list_acts::routes,
        office::persons::routes,
        finding::saved::routes,
        finding::thesaurus::routes,
        office::holidays::routes,
        needs::import::routes,
        office::inbox::routes,
        people::account::routes,
        people::accounts::routes,
        people::invitation::routes,
        reach::ask::routes,
        reach::progress::routes,
        reach::help::routes,
        reach::poster::routes,
        record::audit::routes,
        record::retention::routes,
        people::session::routes,
        front::display::routes,
        front::help::routes,
    ] {
        all.extend(module());
    }
    all
}

/// The site as a service; `files` answers for style sheet, scripts and pictures.
pub fn router(site: Arc<Site>, files: MethodRouter<Arc<Site>>) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let access = route.access;
        let door = axum::middleware::from_fn_with_state(Arc::clone(&site), move |state, request, next| {
            base::guard::door(access, state, request, next)
        });
        let answer = move |State(site): State<Arc<Site>>, request: Request| (route.handler)(request, site);
        let endpoint = if route.method == "GET" { axum::routing::get(answer) } else { axum::routing::post(answer) };
        router = router.route(route.path, endpoint.layer(door));
    }
    let router = router
        .route("/assets/{file}", files)
        .route("/healthz", axum::routing::get(|| async { "ok" }))
        .route("/readyz", axum::routing::get(base::guard::ready))
        .fallback(base::guard::not_found)
        .method_not_allowed_fallback(base::guard::not_allowed);
    base::security::layers(router, &site).with_state(site)
}
