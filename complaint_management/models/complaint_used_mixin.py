from odoo import api, models
from odoo.exceptions import UserError


class ComplaintUsedMixin(models.AbstractModel):
    """A row of configuration that can't be deleted while something uses it."""

    _name = "complaint.used.mixin"
    _description = "Complaint Configuration in Use"
    _complaint_used_by = ()
    """``(model, field)`` pairs that make deleting a used row a refusal in words."""

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for model, field in self._complaint_used_by:
            # sudo: any model - a row in use elsewhere is in use, visible or not
            records = self.env[model].sudo().with_context(active_test=False)
            domain = [(field, "in", self.ids)]
            if model == self._name:
                domain.append(("id", "not in", self.ids))
            used = records.search(domain, limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "“%(name)s” is in use and can't be deleted. "
                        "Archive it instead: old cases keep it, new ones can't "
                        "choose it.",
                        name=(used[field] & self)[:1].display_name,
                    )
                )
