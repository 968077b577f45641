//! Signing in.

use crate::components::{
    Cell, DataTable, ErrorSummary, Field, FieldGroup, FieldGroupView, FormTarget, Head, Mistake, More, Notice,
    PageHead, PostForm, Section, Table,
};
use domain::form::people::account::NAME;
use domain::form::people::password::PRESENT;
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct LoginModel {
    /// `hidden` carries where to go afterwards.
    pub target: FormTarget,
    /// What was typed as the account; the password never comes back.
    pub account: String,
    /// Said once for both fields, so that nobody learns which accounts exist.
    pub error: Option<String>,
    /// "登录已过期，刚才填的内容还在，登录后接着填".
    pub notice: Option<String>,
    /// Only in demo mode: role, account, password, what to try.
    pub demo: Vec<[String; 4]>,
    /// After the password a code is asked.
    pub second_factor: bool,
}

pub fn login_page(model: LoginModel) -> AnyView {
    let account = Field::of(NAME).value(model.account);
    let fields = vec![account.error(model.error), Field::of(PRESENT)];
    let mistakes = Mistake::of(&fields)
        .into_iter()
        .map(|m| Mistake { text: m.text.replacen(&format!("{}：", NAME.label), "", 1), ..m })
        .collect();
    let demo = (!model.demo.is_empty()).then(|| {
        let caption = if model.second_factor {
            "只在演示站有这些账号，人员和机构都是虚构的。"
        } else {
            "只在演示站有这些账号，人员和机构都是虚构的。演示站登录不要求动态码，可以在“我的账号”里试着绑定。"
        };
        let heads = ["身份", "账号", "密码", "可以试"];
        let table = heads.iter().enumerate().fold(Table::of(caption, model.demo), |table, (i, head)| {
            table.column(*head, |row| Cell::text(row[i].clone()))
        });
        let table = table.caption_shown().done();
        view! { <Section id="demo" title="演示账号"><DataTable table/></Section> }
    });
    view! {
        <div class="page sections narrow">
            <div class="flow">
                <PageHead head=Head::new("登录")/>
                {model.notice.map(|text| view! { <Notice text/> })}
                <PostForm target=model.target class="flow">
                    <ErrorSummary mistakes/>
                    <FieldGroupView group=FieldGroup::new("", fields)/>
                    <p><button class="button">"登录"</button></p>
                </PostForm>
                {model.second_factor.then(|| view! { <p class="muted">"输完密码，还要手机验证器上的6位动态码；第一次登录时绑定。"</p> })}
                <p class="muted">"账号由所在单位的管理员邀请开通。忘记密码，请管理员发一个重设密码的链接。求助的居民不用登录。"</p>
                <p><More label="社会组织第一次来，在这里入驻" href="/register"/></p>
            </div>
            {demo}
        </div>
    }
    .into_any()
}
