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
    """Delete what runs against each other when Odoo deletes it table by table.

    Cases name their configuration and can't lose it; numbers live in sequences of
    PostgreSQL that no external id ties to the add-on.
    """
    # Rows of a case go with it; without the ORM, for there may be a million.
    env.flush_all()
    env.cr.execute("DELETE FROM complaint_assignment WHERE complaint_id IS NULL")
    env.cr.execute("DELETE FROM complaint_complaint")
    env.cr.execute("DELETE FROM complaint_feedback_point")
    env.cr.execute("DELETE FROM complaint_feedback_document")
    env.invalidate_all()
    env["complaint.policy"].with_context(active_test=False).search([]).unlink()
    # Odoo files what our models inherit under the add-on that it comes from, and
    # leaves those names behind.
    env["ir.model.data"].search(
        [
            ("model", "in", ("ir.model.fields.selection", "ir.model.inherit")),
            ("module", "!=", "complaint_management"),
            ("name", "=like", "%\\_\\_complaint\\_%"),
        ]
    ).unlink()
