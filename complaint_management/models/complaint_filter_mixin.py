from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ComplaintFilterMixin(models.AbstractModel):
    """Which complaints a rule is about: plain columns first, a domain for the rest."""

    _name = "complaint.filter.mixin"
    _description = "Complaint Filter"

    kind_ids = fields.Many2many("complaint.kind", string="Kinds")
    channel_ids = fields.Many2many("complaint.channel", string="Channels")
    category_ids = fields.Many2many(
        "complaint.category",
        string="Categories",
        help="A category stands for its subcategories too.",
    )
    severity_ids = fields.Many2many("complaint.severity", string="Severities")
    track = fields.Selection(
        [("spot", "On the Spot"), ("formal", "Formal")],
        help="Empty: both tracks.",
    )
    arrival = fields.Selection(
        [
            ("working", "In Working Hours"),
            ("after", "After Hours"),
            ("holiday", "On a Day Off"),
        ],
        help="When the complaint arrived, on the policy's calendar. Empty: always.",
    )
    domain = fields.Char(
        string="Condition", default="[]", help="Anything else that a case must meet."
    )

    @api.constrains("domain")
    def _check_domain(self):
        complaints = self.env["complaint.complaint"]
        for rule in self:
            try:
                Domain(literal_eval(rule.domain or "[]")).validate(complaints)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of “%(rule)s” can't be read: %(error)s",
                        rule=rule.display_name,
                        error=error,
                    )
                ) from error

    def _get_filter_domain(self) -> Domain:
        """Return the domain of the complaints that this rule is about.

        Glue add-ons that add a filter column override it and AND their own.
        """
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or "[]"))
        for field in ("kind_ids", "channel_ids", "severity_ids"):
            if self[field]:
                domain &= Domain(field[:-1], "in", self[field].ids)
        if self.category_ids:
            domain &= Domain("category_id", "child_of", self.category_ids.ids)
        for field in ("track", "arrival"):
            if self[field]:
                domain &= Domain(field, "=", self[field])
        return domain

    def _filter_complaints(self, complaints):
        """Return those of ``complaints`` that this rule is about."""
        domain = self._get_filter_domain()
        return complaints if domain.is_true() else complaints.filtered_domain(domain)
