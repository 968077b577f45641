//! The site's routes. Every endpoint stands in the table made by [`routes`]:
//! who may reach it at all is part of its line, so that none can be forgotten.

mod address;
mod cache;
mod download;
mod finder;
mod form_fields;
mod frame;
mod get;
mod guard;
mod parts;
mod post;
mod rights;
mod security;
mod words;

mod account;
mod account_forms;
mod accounts;
mod ask;
mod audit;
mod batch;
mod calendar;
mod certificate;
mod claim;
mod delivery;
mod desk;
mod directory;
mod disclosure;
mod display;
mod evaluation;
mod hall;
mod hall_query;
mod hall_words;
mod help;
mod holidays;
mod home;
mod import;
mod inbox;
mod incident;
mod invitation;
mod joint;
mod kept;
mod lists;
mod matching;
mod member;
mod member_import;
mod my;
mod need;
mod need_check;
mod need_commands;
mod need_fields;
mod need_form;
mod need_office;
mod need_words;
mod opening;
mod opening_form;
mod organization;
mod pairing;
mod pairing_forms;
mod pairing_panels;
mod project;
mod project_form;
mod queue;
mod registration;
mod retention;
mod saved;
mod session;
mod shift;
mod team;
mod team_form;
mod thesaurus;
mod training;
mod transfer;
mod verification;
mod visit;
mod visit_plan;
mod volunteer;
mod volunteer_record;

pub use address::networks;
pub use frame::Site;

use axum::Router;
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use domain::machine::Command;
use domain::permission::may_ever;
use domain::role::Role;
use get::Get;
use post::Post;
use serde::de::DeserializeOwned;
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
            (Self::Commands(commands), Some(role)) => commands.iter().any(|command| may_ever(role, *command)),
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
        Err(_) => Err(guard::missing(site, parts).await),
    }
}

/// Every endpoint of the site.
pub fn routes() -> Vec<Route> {
    let mut all = Vec::new();
    for module in [
        home::routes,
        hall::routes,
        need::routes,
        need_form::routes,
        claim::routes,
        joint::routes,
        pairing::routes,
        delivery::routes,
        verification::routes,
        transfer::routes,
        disclosure::routes,
        rights::routes,
        directory::routes,
        organization::routes,
        registration::routes,
        project::routes,
        matching::routes,
        ask::routes,
        batch::routes,
        desk::routes,
        queue::routes,
        volunteer::routes,
        my::routes,
        kept::routes,
        calendar::routes,
        volunteer_record::routes,
        team::routes,
        team_form::routes,
        member::routes,
        member_import::routes,
        training::routes,
        opening::routes,
        opening_form::routes,
        shift::routes,
        certificate::routes,
        incident::routes,
        evaluation::routes,
        lists::routes,
        saved::routes,
        thesaurus::routes,
        holidays::routes,
        import::routes,
        inbox::routes,
        account::routes,
        accounts::routes,
        invitation::routes,
        audit::routes,
        retention::routes,
        session::routes,
        display::routes,
        help::routes,
    ] {
        all.extend(module());
    }
    all
}

/// The site as a service.
pub fn router(site: Arc<Site>) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let access = route.access;
        let door = axum::middleware::from_fn_with_state(Arc::clone(&site), move |state, request, next| {
            guard::door(access, state, request, next)
        });
        let answer = move |State(site): State<Arc<Site>>, request: Request| (route.handler)(request, site);
        let endpoint = if route.method == "GET" { axum::routing::get(answer) } else { axum::routing::post(answer) };
        router = router.route(route.path, endpoint.layer(door));
    }
    let router = router
        .route("/assets/{file}", axum::routing::get(crate::assets::serve_asset))
        .route("/healthz", axum::routing::get(|| async { "ok" }))
        .route("/readyz", axum::routing::get(guard::ready))
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::not_allowed);
    security::layers(router, &site).with_state(site)
}
