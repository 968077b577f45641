//! 站内信.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::decide;
use crate::base::post::Post;
use crate::base::words::address;
use crate::{Access, Route};
use app::components::{Empty, EmptyKind, Head, Pager};
use app::pages::inbox::{InboxModel, Message, inbox_page};
use axum::response::Response;
use services::base::notice;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/inbox", Access::SignedIn, show), Route::post("/inbox/read", Access::SignedIn, read)]
}

const SIZE: i64 = 20;

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let page = get.page();
        let offset = i64::try_from(page - 1).unwrap_or_default() * SIZE;
        // One more than is shown tells whether there is a next page.
        let mut notices = notice::list(ctx, offset, SIZE + 1).await?;
        let more = notices.len() > usize::try_from(SIZE).unwrap_or(20);
        notices.truncate(usize::try_from(SIZE).unwrap_or(20));
        let unread = notice::count_unread(ctx).await?;
        let to = |page: usize| address("/inbox", &[], &[("page", page.to_string())]);
        let model = InboxModel {
            head: Head {
                beside: vec![if unread == 0 { "没有未读".to_owned() } else { format!("{unread}条未读") }],
                ..Head::new("站内信")
            },
            empty: notices
                .is_empty()
                .then(|| Empty::new(EmptyKind::Nothing, "没有站内信", "认领、结对、核验有变化时，会在这里通知。")),
            messages: notices
                .into_iter()
                .map(|notice| Message {
                    title: notice.title,
                    href: notice.href,
                    text: notice.body,
                    when: notice.at.words_near(now),
                    at: notice.at.iso(),
                    unread: notice.read_at.is_none(),
                })
                .collect(),
            pager: (page > 1 || more).then(|| Pager {
                summary: format!("第{page}页"),
                previous: (page > 1).then(|| to(page - 1)),
                next: more.then(|| to(page + 1)),
            }),
            read_all: (unread > 0).then(|| decide(&get, "全部标为已读", "", "/inbox/read")),
            ..InboxModel::default()
        };
        Ok(Page::new("站内信", move || inbox_page(model)))
    })
    .await
}

async fn read(post: Post) -> Response {
    post.run(
        "已全部标为已读",
        |_| "/inbox".to_owned(),
        async |_, ctx| {
            notice::mark_read(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}
