//! Accounts: how far a sign-in has come, and invitations.

use crate::role::Role;

crate::text_enum! {
    /// How far a session has come. Only a full one reaches anything but the next step.
    Stage {
        Full = "full", "已登录";
        /// The password was right; the code is still asked.
        Code = "code", "等待动态码";
        /// A second factor must be set up first.
        Enrol = "enrol", "等待绑定动态码";
        /// The password must be changed first.
        Renew = "renew", "等待修改密码";
    }
}

crate::text_enum! {
    /// What one person did with another one's account.
    Hand {
        Made = "made", "开通过账号";
        Link = "link", "发过重设密码的链接";
        Factor = "factor", "重置过动态码";
    }
}

crate::state_enum! {
    InvitationState of Invitation {
        Open = "open", "等待接受";
        Used = "used", "已接受";
        Revoked = "revoked", "已收回";
    }
}

/// Whose accounts a role manages. Nobody manages an administrator's but whoever runs the installation, so that no
/// administrator makes another one of himself.
pub fn managed_by(manager: Role) -> Vec<Role> {
    let all = Role::ALL.iter().copied();
    match manager {
        Role::System => all.filter(|role| *role != Role::System).collect(),
        Role::SystemAdmin | Role::SecurityAdmin => {
            all.filter(|role| *role != Role::System && !role.is_administrator()).collect()
        }
        Role::District => vec![Role::VillageWorker, Role::Street, Role::OrgAdmin],
        Role::OrgAdmin => vec![Role::OrgAdmin, Role::OrgWorker],
        _ => Vec::new(),
    }
}

/// Whether an account of one kind may become the other by a change of post: within the offices, or within an
/// organization. The three administrators stay what they are and nobody becomes one: they never held case data.
pub fn may_become(from: Role, to: Role) -> bool {
    (from.is_staff() && to.is_staff()) || (from.is_organization() && to.is_organization())
}

/// Who must give a second proof at sign-in: whoever can open contact data or a file (tiers L2, L3), and the
/// administrators (GB/T 22239-2019, 8.1.4.1 d: two means of authentication).
pub fn wants_second_factor(role: Role) -> bool {
    role.is_staff() || role.is_organization() || role.is_administrator()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_administrators_are_apart() {
        for role in Role::ALL {
            for admin in [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin] {
                assert!(!may_become(*role, admin) && !may_become(admin, *role), "{role} {admin}");
            }
            if *role != Role::System {
                assert!(managed_by(*role).iter().all(|managed| !managed.is_administrator()), "{role}");
            }
        }
    }

    #[test]
    fn an_organization_never_becomes_an_office() {
        assert!(!may_become(Role::OrgAdmin, Role::Street) && !may_become(Role::City, Role::OrgWorker));
        assert!(may_become(Role::Street, Role::District) && may_become(Role::OrgWorker, Role::OrgAdmin));
    }
}
