//! The forms of accounts: signing in, being invited, passwords, the second factor, posts.

use super::FieldDef;

forms! {
    /// Who somebody is on the platform.
    account {
        /// To sign in with.
        NAME = FieldDef::coded("account", "账号").autocomplete("username");
        /// As it is chosen.
        CHOSEN = FieldDef::coded("account", "给自己起一个账号").autocomplete("username");
        ROLE = FieldDef::select("role", "身份");
        DISPLAY_NAME = FieldDef::line("display_name", "岗位或姓名", 40).hint("同事看到的名字，例如民政科2号岗。");
        SCOPE = FieldDef::coded("scope", "管辖范围").hint("区划代码：市12，区6位，街镇9位，村居12位。");
        ORGANIZATION = FieldDef::coded("organization", "统一社会信用代码").hint("只有社会组织的账号要填。").optional();
        DEACTIVATE = FieldDef::line("reason", "原因", 200).hint("例如调离、离职。只有管理员和审计看得到。");
    }

    /// Passwords and codes: what proves who it is.
    password {
        PRESENT = FieldDef::password("password", "密码", "current-password");
        CURRENT = FieldDef::password("current_password", "现在的密码", "current-password");
        NEW = FieldDef::password("new_password", "新密码", "new-password");
        AGAIN = FieldDef::password("again", "再输入一次新密码", "new-password");
        CODE = FieldDef::coded("code", "6位动态码").autocomplete("one-time-code").secret();
        PROOF = FieldDef::password("proof", "密码或动态码", "current-password").hint("填登录密码，或手机上的6位动态码。");
    }

    /// How the site looks on this device.
    display {
        SIZE = FieldDef::radios("elder", "字号");
        THEME = FieldDef::radios("theme", "颜色");
        CONTRAST = FieldDef::radios("contrast", "对比度");
    }
}
