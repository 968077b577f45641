//! 部分退回: which units go back to the need, each line with its account in view.

use crate::aid::pairing_words::{crumbs, title};
use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::base::promise;
use crate::{Access, Route};
use app::components::{Field, Head};
use app::pages::account_form::{AccountCard, AccountFormModel, account_form_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::pairing as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::Frequency;
use services::aid::{pairing, view};

const DOOR: Access = Access::Commands(&[Command::PairingGiveBack]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}/give-back", DOOR, show),
        Route::post_at("/pairings/{code}/give-back", DOOR, give_back),
    ]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        view.must(Command::PairingGiveBack)?;
        let draft = get.draft("give-back").await?;
        let mut cards: Vec<AccountCard> = view
            .promise
            .lines
            .iter()
            .map(|line| {
                let unit = &line.unit;
                let (said, fields) = match (line.returnable, line.per) {
                    (0, _) => ("没有能退回的。".to_owned(), Vec::new()),
                    (of, per) => {
                        let hint = if per == Frequency::Total {
                            format!("还没做的{of}{unit}，最多退这么多。不退的不用填。")
                        } else {
                            format!("{}里退几{unit}，最多{of}{unit}。不退的不用填。", line.amount)
                        };
                        let field = pairing::give_back_field(line.line_id, &line.service, of);
                        (String::new(), vec![Field::of(field).hint(hint).unit(unit.clone())])
                    }
                };
                AccountCard { line: promise::line(line), said, fields }
            })
            .collect();
        let mut rest = vec![Field::of(form::GIVE_BACK_WHY)];
        let all = cards.iter_mut().flat_map(|card| &mut card.fields).chain(&mut rest);
        let mistakes = fill(all, draft.as_ref());
        let model = AccountFormModel {
            head: Head {
                notes: vec![view.organization_name.clone(), view.place.clone(), format!("需求{}", view.need.code)],
                ..Head::new(format!("部分退回：{}", title(&view))).crumbs(crumbs(ctx, &view, "部分退回"))
            },
            notice: "退回的数量从明天起回到需求，重新找组织，排队的先后不变；其余照旧。到今天为止的约定和记录不变。"
                .into(),
            title: "退回哪些".into(),
            cards,
            target: target(&get, "give-back", &href_at(Object::Pairing, &code, "/give-back"), draft.as_ref()),
            mistakes,
            rest: "为什么".into(),
            fields: rest,
            label: "确定退回".into(),
            next: "另一方会收到通知和原因。全部不做的，请终止结对。".into(),
            ..AccountFormModel::default()
        };
        Ok(Page::new("部分退回", move || account_form_page(model)))
    })
    .await
}

async fn give_back(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Pairing, &code);
    post.run(
        "已退回，其余照旧",
        move |_| to.clone(),
        async |post, ctx| {
            let view = view::pairing(&ctx, &code).await?;
            view.must(Command::PairingGiveBack)?;
            let back = pairing::read_give_back(&post.fields, &view.promise)?;
            pairing::give_back(&ctx, &code, &back).await?;
            Ok(String::new())
        },
    )
    .await
}
