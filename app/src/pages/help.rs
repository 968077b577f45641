//! 帮助: for each role, how the loop goes with the words of the real screens.

use super::help_text::TOPICS;
pub use super::help_topic::{Chapter, HelpTopic};
use crate::components::{Crumb, Head, Line, Lines, Mark, Notice, PageHead, Section};
use crate::paths;
use leptos::prelude::*;

/// All topics: street, organization, village, district, city, accounts, administrators, volunteer, public.
pub fn topics() -> &'static [HelpTopic] {
    TOPICS
}

/// The topic of an address.
pub fn topic(slug: &str) -> Option<&'static HelpTopic> {
    TOPICS.iter().find(|topic| topic.slug == slug)
}

pub fn help_index_page() -> AnyView {
    let lines = TOPICS
        .iter()
        .map(|topic| Line {
            title: topic.title.to_owned(),
            href: format!("{}/{}", paths::HELP, topic.slug),
            mark: Mark::None,
            note: topic.summary.to_owned(),
        })
        .collect();
    let clocks = Line {
        title: "各种期限".to_owned(),
        href: format!("{}/clocks", paths::HELP),
        mark: Mark::None,
        note: "每件事多久内办，谁来办，什么时候提醒，过期报到哪里。".to_owned(),
    };
    let words = WORDS.map(|(term, text)| view! { <div><dt>{term}</dt><dd>{text}</dd></div> }).collect_view();
    view! {
        <div class="page sections">
            <PageHead head=Head::new("帮助").lead("先选您的身份，看怎样办事。")/>
            <Section id="roles" title="您是谁"><Lines lines/></Section>
            <Section id="clocks" title="多久算逾期"><Lines lines=vec![clocks]/></Section>
            <Section id="words" title="常见的词"><dl class="facts">{words}</dl></Section>
        </div>
    }
    .into_any()
}

const WORDS: [(&str, &str); 9] = [
    ("需求", "一户、一人或一个村要帮的事，由街镇登记，区里审核后公开。一个需求可以有几项服务。"),
    ("认领", "社会组织按项、按数量接下需求的一部分或全部。提交后数量先保留，等街道答复。"),
    ("结对", "街道同意认领后形成，组织和帮扶对象从这里开始联系、上门、记录。"),
    ("服务记录", "每次上门记一条，没见到人也记。由社区确认，有异议可以提出。"),
    ("核验", "服务做完后，由组织以外的人核实帮到了没有。报告的人、核实的人、批准的人是三个账号。"),
    ("急难", "24小时内没有人接，就会影响基本生活或安全。只有这类用红色。"),
    ("密封档案", "姓名、证件号、电话、住址和需要保密的情况，和公开的部分分开存放。每次查看要选原因，都会记录。"),
    ("同意书", "本人或监护人同意把联系方式告诉结对的组织。可以随时撤回，撤回后马上看不到。"),
    ("未满足", "期满没有人认领、没有组织能做，或者核验没有帮到。都公开计数，不会悄悄消失。"),
];

pub fn help_topic_page(topic: &HelpTopic) -> AnyView {
    let head = Head::new(format!("帮助：{}", topic.title))
        .lead(topic.summary)
        .crumbs(vec![Crumb::link("帮助", paths::HELP), Crumb::here(topic.title)]);
    let contents = topic.chapters.iter().enumerate().map(|(i, chapter)| {
        view! { <li><a class="more" href=format!("#c{i}")>{chapter.title}</a></li> }
    });
    let chapters = topic.chapters.iter().enumerate().map(|(i, chapter)| {
        let steps = chapter.steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view();
        view! {
            <Section id=format!("c{i}") title=chapter.title>
                <ol class="points numbered">{steps}</ol>
                {(!chapter.mind.is_empty()).then(|| view! { <Notice text=chapter.mind/> })}
            </Section>
        }
    });
    view! {
        <div class="page sections">
            <PageHead head/>
            <nav class="no-print" aria-label="本页目录"><ul class="row">{contents.collect_view()}</ul></nav>
            {chapters.collect_view()}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_found_and_has_steps() {
        for topic in topics() {
            assert!(super::topic(topic.slug).is_some());
            assert!(topic.chapters.iter().all(|chapter| !chapter.steps.is_empty()), "{}", topic.slug);
        }
        assert!(topic("nobody").is_none());
    }
}
