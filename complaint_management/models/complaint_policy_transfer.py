from odoo import fields, models
from odoo.fields import Domain


class ComplaintPolicy(models.Model):
    """The policy as a file: what belongs to it, out and in, and what can't work."""

    _inherit = "complaint.policy"

    file_hints = fields.Json(
        copy=False,
        help="Links to people and the like that the imported file names and that "
        "nobody was found for, by their place in the file.",
    )

    def action_export_file(self):
        """Download the policies as files, one after the other."""
        self.ensure_one()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.code}.policy.json",
                "raw": self._export_file().encode(),
                "mimetype": "application/json",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def action_check(self):
        """Open the list of what can't work in this policy."""
        self.ensure_one()
        check = self.env["complaint.policy.check"].create({"policy_id": self.id})
        return check.action_check()

    def _export_file(self) -> str:
        """Return the text of this policy's file."""
        files = self.env["complaint.policy.file"]
        return files._dump(files._export(self))

    def _get_policy_file_defaults(self, company) -> dict:
        return {"calendar_id": company.resource_calendar_id}

    def _find_policy_file_channels(self, rows_by_section: dict):
        """Return the channels that the file holds: those taken or named by rows.

        :param rows_by_section: the other rows of the file, by section
        """
        channels = self.with_context(active_test=False).channel_ids
        for rows in rows_by_section.values():
            for name, field in rows._fields.items():
                if field.comodel_name == channels._name and field.store:
                    channels |= rows.with_context(active_test=False)[name]
        return channels

    def _find_by_file_code(self, code: str, company):
        """Return the policy of ``company`` that a file with ``code`` replaces."""
        domain = Domain("code", "=", code) & Domain("company_id", "=", company.id)
        return self.with_context(active_test=False).search(domain)
