//! 个人信息保护 and 无障碍声明: fixed texts that describe what the site really does.

use crate::components::{Crumb, Head, PageHead, Section};
use crate::paths;
use leptos::prelude::*;

/// A titled list of sentences.
type Part = (&'static str, &'static [&'static str]);

const PRIVACY: [Part; 6] = [
    (
        "分四层，各看各的",
        &[
            "所有人：编号、所在区、对象的大类、服务项、时间和状态。家庭的需求从不公开到区以下。",
            "登录的社会组织：街镇（同类的家庭太少时只写到区）、年龄段、服务需要时的性别，以及检查过的情况说明。",
            "结对的组织：在本人同意有效期间，指定的人员可以看这一户的姓名、电话和住址。每次要选原因，离开那一页就遮住。",
            "所属的街道和区：全部档案。每次查看也都记录。",
        ],
    ),
    (
        "收集什么，为什么",
        &[
            "登记需求时收集姓名、证件号、联系方式、住址和困难情况，只用于核实情况和提供帮扶。",
            "账号只收集工作需要的名称、单位和联系方式。",
            "不收集人脸、指纹、行踪，不做画像，不用于商业。",
        ],
    ),
    (
        "公开之前的检查",
        &[
            "公开的文字由系统检查，有姓名、证件号、电话或住址的不能公开；审核的人再看一遍，银行卡号、车牌、微信和QQ号、儿童的学校也不写。",
            "登记的人不能自己审核公开。",
        ],
    ),
    (
        "您的权利",
        &[
            "可以要求查看、更正自己的信息，可以随时撤回同意。撤回后，组织马上看不到联系方式。",
            "可以要求说明谁在什么时间、为什么看过自己的信息。",
            "向所在街道提出，或者打政务服务便民热线12345。",
        ],
    ),
    ("未成年人", &["14岁以下由监护人同意。联系只通过街道安排，不公开学校，不拍照。"]),
    (
        "Cookie",
        &[
            "只用两种：登录后保持会话，和保存您选的字号、颜色。没有统计和广告Cookie，不加载站外的任何内容。",
            "平台不收取、不经手任何款项，也不会向您要验证码和密码。",
        ],
    ),
];

const ACCESSIBILITY: [Part; 4] = [
    (
        "做到了什么",
        &[
            "按WCAG 2.2 AA级设计。全部功能可以只用键盘完成，焦点看得见。",
            "不开脚本也能办完每一件事。",
            "200%放大、320像素宽的屏幕上不用左右拖动；宽的表格自己滚动或变成卡片。",
            "颜色之外总有图标和文字。图都配有表格或同样的文字。",
        ],
    ),
    (
        "长者模式",
        &[
            "点页面右上角的“长者模式”：字变大，还可以再大，最大30像素；按钮变大，对比更强，内容更少。",
            "浏览器支持时，可以点“朗读本页”。",
            "在“显示设置”里可以单独选字号、颜色和对比度，只影响这台设备。",
        ],
    ),
    (
        "还有哪些不足",
        &[
            "上传的Excel和打印的文件，不保证读屏软件都能顺畅读出。",
            "很老的浏览器上，页面会显示成白底黑字的简单样子，但都能用。",
        ],
    ),
    (
        "告诉我们",
        &["用着不方便，请打政务服务便民热线12345，说明是哪一页、用的什么设备。不方便上网的，工作人员可以代办。"],
    ),
];

/// `operator` answers for the data; `more` are its own sentences from the configuration.
pub fn privacy_page(operator: &str, more: &[String]) -> AnyView {
    let lead = if operator.is_empty() {
        "公开需求，不公开人。".to_owned()
    } else {
        format!("公开需求，不公开人。个人信息由{operator}负责。")
    };
    fixed_page("个人信息保护", &lead, &PRIVACY, more)
}

pub fn accessibility_page(more: &[String]) -> AnyView {
    fixed_page("无障碍声明", "让每个人都能用，包括看不清、听不清、手不方便的人。", &ACCESSIBILITY, more)
}

fn fixed_page(title: &str, lead: &str, parts: &'static [Part], more: &[String]) -> AnyView {
    let head = Head::new(title).lead(lead).crumbs(vec![Crumb::link("首页", paths::HOME), Crumb::here(title)]);
    let sections = parts.iter().enumerate().map(|(i, (title, sentences))| {
        let sentences = sentences.iter().map(|sentence| view! { <li>{*sentence}</li> }).collect_view();
        view! { <Section id=format!("p{i}") title=*title><ul class="points">{sentences}</ul></Section> }
    });
    let more = more.iter().map(|text| view! { <p>{text.clone()}</p> }).collect_view();
    view! { <div class="page sections"><PageHead head/>{sections.collect_view()}{more}</div> }.into_any()
}
