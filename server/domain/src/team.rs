//! Teams 志愿服务队: of a verified organization, or independent under the village committee or street that supervises
//! them (志愿服务条例 article 42, 民政部令第67号 article 26).

crate::state_enum! {
    TeamState of Team {
        Applied = "applied", "待同意";
        Active = "active", "招募中";
        Refused = "refused", "未同意";
        Ended = "ended", "已解散";
    }
}

crate::state_enum! {
    MemberState of Member {
        Invited = "invited", "等本人同意";
        Applied = "applied", "等待答复";
        Active = "active", "队员";
        Declined = "declined", "未接收";
        Left = "left", "已退出";
        Removed = "removed", "已移出";
        Lapsed = "lapsed", "邀请过期";
    }
}

/// Working days in which a supervising office answers a team.
pub const ANSWER_WORKING_DAYS: u32 = 5;

/// Days for which an invitation from a list stands; who has not agreed by then is taken out again.
pub const INVITATION_DAYS: i64 = 90;
