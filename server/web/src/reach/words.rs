//! What the pages of asking for help share: their addresses, and the numbers to ring.

use crate::base::frame::Site;
use app::pages::reach::Call;

/// Where anybody asks.
pub(super) const ASK: &str = "/help/ask";

/// Where anybody hears how far it is.
pub(super) const PROGRESS: &str = "/progress";

/// The address of a slip's progress.
pub(super) fn progress_of(slip: &str) -> String {
    format!("{PROGRESS}?slip={slip}")
}

/// What is said at once where somebody may be about to harm themselves.
pub(super) const DESPAIR: &str = "您说的我们看到了。请现在就打12356，24小时有人听您说话；马上有危险打110。替别人求助的，也请先打，别让人一个人待着。";

/// The numbers that come before everything else; in despair the one for it first.
pub(super) fn calls(site: &Site, despair: bool) -> Vec<Call> {
    let heart = Call::new("12356", "心里撑不住了，有人听您说");
    let mut all = vec![
        Call::new("120", "急病、受伤").urgent(),
        Call::new("110", "有人伤害、走失").urgent(),
        heart.clone(),
        Call::new(site.settings.hotline.clone(), "打电话说，别人替您填"),
    ];
    all.retain(|call| !call.number.is_empty());
    if despair {
        all.retain(|call| call.number != heart.number);
        all.insert(0, heart.urgent());
    }
    all
}
