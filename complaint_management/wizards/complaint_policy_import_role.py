from odoo import fields, models

from .complaint_policy_import import ROLE_LINKS, get_role_hints


class ComplaintPolicyImportRole(models.TransientModel):
    """Whom a role of a policy file means here."""

    _name = "complaint.policy.import.role"
    _description = "Policy File Import Role"
    _order = "id"

    import_id = fields.Many2one(
        "complaint.policy.import", required=True, index=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Role", readonly=True)
    hint = fields.Char(string="In the File", readonly=True)
    resolution = fields.Selection(
        selection=lambda self: (
            self.env["complaint.role"]
            ._fields["resolution"]
            ._description_selection(self.env)
        ),
        string="Means",
        required=True,
    )
    user_ids = fields.Many2many(
        "res.users", string="Users", domain="[('share', '=', False)]"
    )
    department_id = fields.Many2one("hr.department")
    group_id = fields.Many2one("res.groups", string="User Group")
    partner_id = fields.Many2one("res.partner")

    def _get_links(self, row: dict, record) -> dict:
        """Return the links of the role that differ from those it has.

        :param row: the role in the file
        :param record: the ``complaint.role`` that it updates, or None
        """
        self.ensure_one()
        links = {}
        for field in ROLE_LINKS:
            hints = get_role_hints(row, field)
            chosen = self[field]
            if record and record[field] == chosen and (chosen or not hints):
                continue
            # What found nobody is kept by name until somebody is chosen.
            pairs = [(None, id_) for id_ in chosen.ids]
            links["roles", self.code, field] = pairs or [(h, None) for h in hints]
        return links
