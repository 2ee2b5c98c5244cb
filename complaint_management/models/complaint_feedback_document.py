from odoo import api, fields, models, tools

from ..tools.qr import fit_size

SIZE = 22.0


class ComplaintFeedbackDocument(models.Model):
    """What one kind of document prints in one company: a code or not, and beside it."""

    _name = "complaint.feedback.document"
    _description = "Document with a QR Code"
    _inherit = ["complaint.cached.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        "ir.model", string="Document", required=True, ondelete="cascade"
    )
    res_model = fields.Char(related="model_id.model", store=True, precompute=True)
    name = fields.Char(related="model_id.name")
    company_id = fields.Many2one(
        "res.company", help="Empty: all companies without a row of their own."
    )
    printed = fields.Boolean(string="QR Code", default=True)
    policy_id = fields.Many2one(
        "complaint.policy",
        check_company=True,
        ondelete="restrict",
        help="Runs what comes in. Empty: the company's first policy.",
    )
    department_leads = fields.Boolean(
        string="Its Department Leads",
        help="The document's department or shop handles the case, whatever the "
        "category says.",
    )
    text = fields.Char(
        translate=True,
        default="Not content? Scan and tell us.",
        help="Stands beside the code.",
    )
    size = fields.Float(
        string="Size (mm)",
        default=SIZE,
        help="Printed a little smaller or larger, so that the dots of a thermal "
        "printer fit.",
    )

    _model_company_uniq = models.UniqueIndex(
        "(model_id, COALESCE(company_id, 0))",
        "This kind of document is set for the company already.",
    )
    _size_range = models.Constraint(
        "CHECK(size BETWEEN 15 AND 80)", "A code is 15 to 80 mm wide."
    )

    @api.model
    def _get_for(self, model: str, company):
        """Return what is set for documents of ``model``, an empty record if nothing."""
        # sudo: complaint.feedback.document - whoever prints needn't know settings
        return self.sudo().browse(self._get_id_for(model, company.id))

    @api.model
    @tools.ormcache("model", "company_id")
    def _get_id_for(self, model: str, company_id: int) -> tuple:
        # sudo: complaint.feedback.document - as above
        rows = self.sudo().search(
            [("res_model", "=", model), ("company_id", "in", (company_id, False))]
        )
        # The company's own row goes before the one of all companies.
        return tuple(rows.sorted(lambda row: not row.company_id)[:1].ids)

    def _is_printed(self) -> bool:
        """Tell whether the code is printed: yes, unless somebody said no."""
        return self.printed or not self

    def _get_text(self) -> str:
        """Return what stands beside the code, in the language of the document."""
        return self.text or self.env._("Not content? Scan and tell us.")

    def _get_size(self, url: str) -> float:
        """Return the size in millimetres at which a thermal printer draws it well."""
        return fit_size(url, self.size or SIZE)
