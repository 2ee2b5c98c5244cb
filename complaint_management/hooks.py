"""What installing and uninstalling need beside data files."""


def post_init_hook(env):
    """Let the default policy have an office, and every other company one like it."""
    default = env.ref("complaint_management.complaint_policy_default")
    default.office_user_ids |= env.ref("base.user_admin")
    others = env["res.company"].search([]) - default.company_id
    for company in others:
        default.copy(
            {
                "name": default.name,
                "code": default.code,
                "company_id": company.id,
                "calendar_id": company.resource_calendar_id.id,
            }
        )


def uninstall_hook(env):
    """Drop the numbering of the policies, which no external id ties to the add-on."""
    policies = env["complaint.policy"].with_context(active_test=False).search([])
    sequences = policies.sequence_id
    policies.sequence_id = False
    sequences.unlink()
