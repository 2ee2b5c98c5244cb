from odoo import fields, models
from odoo.fields import Domain


class ComplaintPolicy(models.Model):
    """The policy as a whole: copied, as a file out and in, and what can't work."""

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

    # ------------------------------------------------------------
    # COPY
    # ------------------------------------------------------------

    def copy(self, default=None):
        """Copy with all rows, which then refer to each other's copies."""
        # Archived rows too: rows in use may point at them.
        sources = self.with_context(active_test=False, complaint_policy_copying=True)
        copies = super(ComplaintPolicy, sources).copy(default)
        for source, policy in zip(sources, copies, strict=True):
            source._get_own_reasons().copy({"policy_id": policy.id})
            policy._remap_items(source)
            policy._copy_texts(source)
        return copies.with_env(self.env)

    def _remap_items(self, source):
        """Point the copied rows at the copies of what they pointed at in ``source``."""
        items = self.env["complaint.policy.item.mixin"]
        for rows in self._get_rows():
            for row in rows:
                items._remap_row(row, source, self)
        if self.company_id != source.company_id:
            # Other companies' working hours are none of this one's.
            self.deadline_rule_ids.calendar_id = False
        for rows in self._get_rows():
            rows.with_context(complaint_policy_copying=False)._check_same_policy()

    def _get_rows(self) -> list:
        """Return this policy and its rows, those inside rows too, model by model."""
        return [
            self,
            *(self[name] for name in self._get_item_fields()),
            self.stage_ids.requirement_ids,
            self.severity_ids.rule_ids,
            self.remedy_type_ids.scale_ids,
            self._get_own_reasons(),
        ]

    def _get_own_reasons(self):
        """Return the reasons that this policy alone has, archived ones too."""
        reasons = self.env["complaint.reason"].with_context(active_test=False)
        return reasons.search([("policy_id", "=", self.id)])

    def _copy_texts(self, source):
        """Copy the texts in languages that aren't active, which the ORM leaves out."""
        for old_rows, rows in zip(source._get_rows(), self._get_rows(), strict=True):
            keys = {row._get_copy_key(source): row.id for row in old_rows}
            pairs = [(keys.get(row._get_copy_key(self)), row.id) for row in rows]
            rows._add_missing_texts([pair for pair in pairs if pair[0]])

    # ------------------------------------------------------------
    # FILE
    # ------------------------------------------------------------

    def _get_own_policy(self):
        return self

    def _get_copy_key(self, policy) -> tuple:
        return ()

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
