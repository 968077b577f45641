//! Pieces that the pages around accounts share: choosing a password, setting up an app, what is shown once.

use crate::base::frame::Page;
use crate::base::qr::qr;
use app::components::{Button, Fact, Field, Head, Link};
use app::pages::door::{DoorModel, door_page};
use domain::form::people::password;
use services::people::factor::Shown;

/// Two fields for a new password.
pub(crate) fn new_password_fields(least: usize) -> Vec<Field> {
    let hint = format!(
        "{least}到{}个字符，可以用几个不相干的词连成一句，中文、空格、标点都行；不含账号名、姓名、单位和地名。",
        services::people::password::MAX_CHARS
    );
    vec![Field::of(password::NEW).hint(hint), Field::of(password::AGAIN)]
}

/// The page that sets up an app, as far as a secret waits.
pub(crate) fn enrol_model(waiting: Option<&Shown>) -> DoorModel {
    DoorModel {
        steps: vec![
            "在手机上装一个验证器（支持TOTP的都行，例如Microsoft Authenticator、FreeOTP、Aegis）。".into(),
            "用验证器扫这个码；不能扫，就把密钥输入进去。".into(),
            "填验证器上显示的6位数字。".into(),
        ],
        qr: waiting.and_then(|shown| qr(&shown.uri, "绑定动态码的二维码，下面有同样内容的密钥".into())),
        facts: waiting.map(|shown| vec![Fact::new("密钥", shown.key.clone())]).unwrap_or_default(),
        fields: vec![Field::of(password::CODE)],
        button: waiting.map(|_| Button::new("绑定")),
        next: "绑定以后给10个恢复码，手机不在时可以用，请抄下来。".into(),
        ..DoorModel::default()
    }
}

/// Recovery codes, shown this once.
pub(crate) fn codes_page(codes: Vec<String>, on: Link) -> Page {
    let model = DoorModel {
        head: Head::new("请记下恢复码").lead("动态码已绑定。手机丢了或换了，用恢复码登录，每个只能用一次。"),
        notice: Some("只显示这一次。抄在纸上，放在只有您拿得到的地方，不要存在手机里。".into()),
        codes,
        links: vec![on.primary()],
        ..DoorModel::default()
    };
    Page::new("请记下恢复码", move || door_page(model))
}

/// A link that opens once, shown this once.
pub(crate) fn link_page(title: &'static str, lead: String, url: String, steps: Vec<String>, back: Link) -> Page {
    let model = DoorModel {
        head: Head::new(title).lead(lead),
        notice: Some("链接只显示这一次，离开这一页就看不到了。".into()),
        steps,
        copy: Some(("链接（全选后复制）".into(), url)),
        links: vec![back],
        ..DoorModel::default()
    };
    Page::new(title, move || door_page(model))
}
