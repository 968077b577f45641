//! Who somebody is: role, and the scope a role is held in.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::text_enum! {
    /// The roles of the loop. The public has no account and no role.
    Role {
        OrgAdmin = "org_admin", "社会组织负责人";
        OrgWorker = "org_worker", "社会组织工作人员";
        VillageWorker = "village_worker", "村居工作人员";
        Volunteer = "volunteer", "志愿者";
        Street = "street", "街镇工作人员";
        District = "district", "区民政局工作人员";
        City = "city", "市民政局工作人员";
        SystemAdmin = "system_admin", "系统管理员";
        SecurityAdmin = "security_admin", "安全管理员";
        AuditAdmin = "audit_admin", "审计管理员";
        /// The clocks and jobs of the program itself; nobody signs in as it.
        System = "system", "平台";
    }
}

impl Role {
    pub fn is_organization(self) -> bool {
        matches!(self, Self::OrgAdmin | Self::OrgWorker)
    }

    /// Civil-affairs staff, from the village to the city.
    pub fn is_staff(self) -> bool {
        matches!(self, Self::VillageWorker | Self::Street | Self::District | Self::City)
    }

    /// The offices that keep the files of households (tier L3); the city asks for a single one.
    pub fn keeps_files(self) -> bool {
        matches!(self, Self::VillageWorker | Self::Street | Self::District)
    }

    /// The three administrators 三员 (GB/T 22239-2019, 8.1.5): accounts, policy, audit trail. One person holds
    /// one of them; none sees case data.
    pub fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdmin | Self::SecurityAdmin | Self::AuditAdmin)
    }

    /// Digits of the division code that this role's scope must have.
    pub fn scope_digits(self) -> Option<usize> {
        match self {
            Self::VillageWorker => Some(12),
            Self::Street => Some(9),
            Self::District => Some(6),
            Self::City => Some(2),
            _ => None,
        }
    }
}

/// Somebody acting: an account with its role, scope and organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub account_id: Option<Uuid>,
    pub role: Role,
    /// Prefix of the 12-digit division code: city `12`, district 6, street 9,
    /// village 12 digits. Empty for organizations.
    pub scope: String,
    pub organization_id: Option<Uuid>,
}

impl Actor {
    /// The program itself.
    pub fn system() -> Self {
        Self { account_id: None, role: Role::System, scope: String::new(), organization_id: None }
    }

    /// Whether the files of a division are the actor's office's own.
    pub fn keeps(&self, division_code: &str) -> bool {
        self.role.keeps_files() && self.covers(division_code)
    }

    /// Whether a division lies in this actor's scope.
    pub fn covers(&self, division_code: &str) -> bool {
        self.role == Role::System
            || (self.role.is_staff() && !self.scope.is_empty() && division_code.starts_with(&self.scope))
    }
}
