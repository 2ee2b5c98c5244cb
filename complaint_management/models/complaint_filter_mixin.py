from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ComplaintFilterMixin(models.AbstractModel):
    """Which complaints a rule is about: plain columns first, a domain for the rest."""

    _name = "complaint.filter.mixin"
    _description = "Complaint Filter"
    _inherit = ["complaint.cached.mixin"]

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
    form = fields.Selection(
        [("oral", "Oral"), ("written", "Written")], help="Empty: both forms."
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

    @tools.ormcache("self.id")
    def _get_filter(self) -> Domain:
        """Return the domain of this rule, kept until a rule or a category changes."""
        # sudo: any rule - what a rule is about doesn't depend on who asks
        return self.sudo()._get_filter_domain()

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
            # Resolved once for all cases, see _get_filter.
            tree = self.category_ids.with_context(active_test=False)
            found = tree.search([("id", "child_of", tree.ids)])
            domain &= Domain("category_id", "in", found.ids)
        for field in ("track", "form", "arrival"):
            if self[field]:
                domain &= Domain(field, "=", self[field])
        return domain

    def _filter_complaints(self, complaints):
        """Return those of ``complaints`` that this rule is about."""
        domain = self._get_filter()
        return complaints if domain.is_true() else complaints.filtered_domain(domain)
