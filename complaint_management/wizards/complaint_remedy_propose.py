from odoo import api, fields, models

from ..models.complaint_remedy import APOLOGY_BY, APOLOGY_FORMS, PAYERS

#: What begins as it is in the remedy that is changed or countered.
KEPT = (
    "type_id",
    "base_quantity",
    "unit_value",
    "payer",
    "payer_department_id",
    "payer_employee_id",
    "payer_partner_id",
    "apology_by",
    "apology_employee_id",
    "apology_form",
)
#: What the window and the remedy have in common.
COPIED = (*KEPT, "description", "ratio", "amount")
#: How the fields of ``KEPT`` begin.
FROM_REMEDY = {
    "compute": "_compute_from_remedy",
    "compute_sudo": False,
    "store": True,
    "readonly": False,
    "precompute": True,
}


class ComplaintRemedyPropose(models.TransientModel):
    """Asks what is to be offered; the policy's scale proposes how much."""

    _name = "complaint.remedy.propose"
    _description = "Propose a Remedy"

    complaint_id = fields.Many2one(
        "complaint.complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    remedy_id = fields.Many2one("complaint.remedy", string="Changed")
    countered_id = fields.Many2one("complaint.remedy")
    refusal = fields.Char(related="remedy_id.approval_note", related_sudo=False)
    currency_id = fields.Many2one(related="complaint_id.currency_id")
    available_type_ids = fields.Many2many(
        "complaint.remedy.type", compute="_compute_available_type_ids"
    )
    type_id = fields.Many2one(
        "complaint.remedy.type",
        string="Remedy",
        required=True,
        domain="[('id', 'in', available_type_ids)]",
        **FROM_REMEDY,
    )
    preferred_text = fields.Char(compute="_compute_preferred_text")
    measure = fields.Selection(related="type_id.measure")
    base_label = fields.Char(related="type_id.base_label")
    with_apology = fields.Boolean(related="type_id.with_apology")
    limit_text = fields.Char(string="At the Most", compute="_compute_limit_text")
    description = fields.Text(compute="_compute_from_type", store=True, readonly=False)
    ratio = fields.Float(
        string="Multiple", compute="_compute_from_type", store=True, readonly=False
    )
    base_quantity = fields.Float(string="Of Quantity", **FROM_REMEDY)
    unit_value = fields.Monetary(string="Value of One", **FROM_REMEDY)
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    payer = fields.Selection(PAYERS, required=True, **FROM_REMEDY)
    payer_department_id = fields.Many2one("hr.department", **FROM_REMEDY)
    payer_employee_id = fields.Many2one("hr.employee", **FROM_REMEDY)
    payer_partner_id = fields.Many2one("res.partner", **FROM_REMEDY)
    apology_by = fields.Selection(APOLOGY_BY, string="Who Apologises", **FROM_REMEDY)
    apology_employee_id = fields.Many2one("hr.employee", **FROM_REMEDY)
    apology_form = fields.Selection(APOLOGY_FORMS, string="Apology By", **FROM_REMEDY)
    note = fields.Text(
        string="What the Complainant Demands",
        related="countered_id.answer_note",
        related_sudo=False,
    )

    @api.depends("complaint_id")
    def _compute_available_type_ids(self):
        types = self.env["complaint.remedy.type"]
        for wizard in self:
            wizard.available_type_ids = types._get_available(wizard.complaint_id)

    @api.depends("remedy_id", "countered_id")
    def _compute_from_remedy(self):
        (self.remedy_id | self.countered_id).check_access("read")
        for wizard in self:
            source = wizard.remedy_id or wizard.countered_id
            for name in KEPT:
                wizard[name] = source[name]
            wizard.payer = source.payer or "company"

    @api.depends("type_id")
    def _compute_from_type(self):
        for wizard in self:
            source = wizard.remedy_id
            type_ = wizard.type_id
            if source.type_id == type_:
                wizard.description, wizard.ratio = source.description, source.ratio
                continue
            line = type_._get_scale(wizard.complaint_id)
            wizard.description = type_.description
            wizard.ratio = type_.measure == "ratio" and line.default_ratio

    @api.depends("type_id", "ratio", "base_quantity", "unit_value")
    def _compute_amount(self):
        for wizard in self:
            source = wizard.remedy_id
            if wizard.measure == "ratio":
                amount = wizard.ratio * wizard.base_quantity * wizard.unit_value
                wizard.amount = amount
            elif wizard.measure != "amount":
                wizard.amount = 0
            elif source.type_id == wizard.type_id:
                wizard.amount = wizard.amount or source.amount
            else:
                line = wizard.type_id._get_scale(wizard.complaint_id)
                wizard.amount = wizard.amount or line.default_amount

    @api.depends("type_id", "available_type_ids")
    def _compute_preferred_text(self):
        """Say what the policy prefers to what is chosen."""
        for wizard in self:
            chosen = wizard.type_id
            better = wizard.available_type_ids.filtered(
                lambda type_, chosen=chosen: (
                    type_.preferred and type_.sequence < chosen.sequence
                )
            )
            text = self.env._(
                "The policy prefers: %s.", ", ".join(better.mapped("name"))
            )
            wizard.preferred_text = bool(better) and text

    @api.depends("type_id")
    def _compute_limit_text(self):
        for wizard in self:
            line = wizard.type_id._get_scale(wizard.complaint_id)
            limit = line._get_limit_text() if line else ""
            wizard.limit_text = limit and f"{limit} ({line.name})"

    def action_propose(self):
        """Propose it, and ask for the approval that the policy wants."""
        self.ensure_one()
        values = {}
        for name in COPIED:
            value = self[name]
            values[name] = value.id if self._fields[name].relational else value
        remedies = self.env["complaint.remedy"]
        remedies._check_same_case(self.complaint_id, self.countered_id)
        remedy = remedies._propose(self.complaint_id, self.remedy_id, **values)
        if self.countered_id:
            # sudo: complaint.remedy - evidence, changed by its methods only
            self.countered_id.sudo().successor_id = remedy
        return {"type": "ir.actions.act_window_close"}
