from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from .complaint_remedy_type import NATURES

STATES = [
    ("proposed", "Proposed"),
    ("approved", "Approved"),
    ("offered", "Offered"),
    ("accepted", "Agreed To"),
    ("refused", "Declined"),
    ("countered", "Counter-demand"),
    ("executed", "Carried Out"),
    ("cancelled", "Cancelled"),
]
#: What the case doesn't get.
GONE_STATES = ("refused", "countered", "cancelled")
PAYERS = [
    ("company", "Company"),
    ("department", "Department"),
    ("employee", "Employee"),
    ("partner", "Supplier or Partner"),
    ("deposit", "Guarantee Deposit"),
]
APOLOGY_BY = [
    ("person", "The Person Concerned"),
    ("supervisor", "Their Supervisor"),
    ("head", "Head of the Department"),
    ("management", "Management"),
]
APOLOGY_FORMS = [
    ("visit", "Personal Visit"),
    ("call", "Call"),
    ("letter", "Letter of Apology"),
]
OFFERED_HOW = [
    ("page", "Shown on the Case Page"),
    ("letter", "By Letter"),
    ("call", "By Telephone"),
    ("talk", "In a Talk"),
]


class ComplaintRemedy(models.Model):
    """One thing that is offered to make good, from the proposal to its execution.

    Steps are taken by methods, in order; nothing is told before it is approved and
    nothing done before it is agreed. A counter-demand begins a row of its own.
    """

    _name = "complaint.remedy"
    _description = "Remedy"
    _inherit = [
        "complaint.round.row.mixin",
        "complaint.approvable.mixin",
        "complaint.remedy.execution.mixin",
    ]
    _order = "id desc"
    _complaint_subject = "remedy"

    # what
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    case_department_id = fields.Many2one(
        related="complaint_id.department_id", store=True, string="Lead Department"
    )
    type_id = fields.Many2one(
        "complaint.remedy.type", required=True, index=True, ondelete="restrict"
    )
    nature = fields.Selection(NATURES, required=True)
    description = fields.Text()
    # figures
    measure = fields.Selection(related="type_id.measure")
    ratio = fields.Float(string="Multiple")
    base_quantity = fields.Float(string="Of Quantity")
    unit_value = fields.Monetary(string="Value of One")
    amount = fields.Monetary()
    max_amount = fields.Monetary(string="Highest Amount")
    max_ratio = fields.Float(string="Highest Multiple")
    is_over_maximum = fields.Boolean(string="Above the Maximum")
    # who pays, who apologises
    payer = fields.Selection(PAYERS, required=True, default="company")
    payer_department_id = fields.Many2one("hr.department", index="btree_not_null")
    payer_employee_id = fields.Many2one("hr.employee", index="btree_not_null")
    payer_partner_id = fields.Many2one("res.partner", index="btree_not_null")
    apology_by = fields.Selection(APOLOGY_BY, string="Who Apologises")
    apology_employee_id = fields.Many2one("hr.employee", index="btree_not_null")
    apology_form = fields.Selection(APOLOGY_FORMS, string="Apology By")
    # steps
    state = fields.Selection(STATES, required=True, default="proposed", index=True)
    proposed_by_id = fields.Many2one("res.users", default=lambda self: self.env.uid)
    proposed_at = fields.Datetime(default=fields.Datetime.now, required=True)
    offered_how = fields.Selection(OFFERED_HOW)
    offered_at = fields.Datetime()
    answered_at = fields.Datetime()
    answer_note = fields.Text(string="What the Complainant Says")
    successor_id = fields.Many2one(
        "complaint.remedy", string="Followed By", index="btree_not_null"
    )
    executed_at = fields.Datetime(index="btree_not_null")
    executed_by_id = fields.Many2one("res.users")
    execution_note = fields.Text()
    assignment_id = fields.Many2one(
        "complaint.assignment", string="Asked To Do It", index="btree_not_null"
    )
    # proof
    proof_attachment_ids = fields.Many2many(
        "ir.attachment", "complaint_remedy_proof_rel", string="Proof"
    )
    proof_reference = fields.Char(help="Number of the credit note, delivery, receipt.")
    document_kind = fields.Selection(related="type_id.document_kind")
    res_model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")

    can_edit = fields.Boolean(compute="_compute_can_edit")
    value_text = fields.Char(string="Figure", compute="_compute_value_text")
    wants_consent = fields.Boolean(compute="_compute_wants_consent")

    _figures_positive = models.Constraint(
        "CHECK(amount >= 0 AND ratio >= 0 AND base_quantity >= 0)",
        "The figures of a remedy can't be negative.",
    )
    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _executed_idx = models.Index("(company_id, executed_at) WHERE state = 'executed'")

    @api.depends("type_id", "amount", "ratio")
    def _compute_display_name(self):
        for remedy in self:
            parts = (remedy.type_id.name, remedy.value_text)
            remedy.display_name = " ".join(filter(None, parts))

    @api.depends("measure", "amount", "ratio", "currency_id")
    def _compute_value_text(self):
        for remedy in self:
            parts = [f"1:{remedy.ratio:g}"] if remedy.measure == "ratio" else []
            if remedy.amount:
                currency = remedy.currency_id
                parts.append(formatLang(self.env, remedy.amount, currency_obj=currency))
            remedy.value_text = " · ".join(parts)

    @api.depends("type_id")
    def _compute_wants_consent(self):
        for remedy in self:
            remedy.wants_consent = remedy.type_id._needs_consent()

    @api.depends_context("uid")
    def _compute_can_edit(self):
        editable = self.complaint_id._filtered_access("write")
        for remedy in self:
            remedy.can_edit = remedy.complaint_id in editable

    # ------------------------------------------------------------
    # PROPOSAL AND APPROVAL
    # ------------------------------------------------------------

    @api.model
    def _propose(self, complaint, remedy=None, **values):
        """Propose a remedy, or change one that isn't approved, and ask for approval.

        :param remedy: the one to change, or None
        :param values: fields of the remedy, ``type_id`` among them
        :raise UserError: the case isn't at that point, or a figure is too high
        :return: the remedy
        """
        complaint.check_access("write")
        complaint._check_open()
        complaint._check_accepted()
        self._check_same_case(complaint, remedy)
        type_ = self.env["complaint.remedy.type"].browse(values["type_id"])
        # sudo: complaint.remedy - evidence, made and changed by its methods only
        remedy = (remedy or self.browse()).sudo()
        values = {
            **values,
            "nature": type_.nature,
            "approval_state": False,
            "approval_note": False,
        }
        if remedy:
            remedy._check_state(("proposed",), self.env._("changed"))
            remedy._check_not_asked()
            remedy.write({**values, "proposed_by_id": self.env.uid})
        else:
            remedy = remedy.create({**values, "complaint_id": complaint.id})
        if type_.measure == "ratio" and remedy.unit_value:
            worth = remedy.base_quantity * remedy.unit_value
            remedy.amount = remedy.ratio * worth
        remedy._check_type()
        remedy._check_figures()
        remedy._emit("remedy_proposed")
        remedy._check_approvers()
        remedy._request_approval()
        return remedy

    @api.model
    def _check_same_case(self, complaint, remedy):
        """Refuse to touch the remedy of one case by way of another one.

        :param remedy: a remedy, or none
        """
        if remedy and remedy.sudo().complaint_id != complaint:  # sudo: as below
            raise AccessError(self.env._("This remedy belongs to another case."))

    def _check_approvers(self):
        """Refuse what is above the maximum when no rule would ask anybody.

        :raise UserError: it would be approved by nobody
        """
        over = self.filtered("is_over_maximum")
        found = self.env["complaint.approval.rule"]._get_matching(over)
        for remedy in over.filtered(lambda row: not found[row]):
            raise UserError(
                self.env._(
                    "“%s” is above the maximum and needs approval, and no approval "
                    "rule of the policy asks for it. An administrator of complaints "
                    "can add one.",
                    remedy.display_name,
                )
            )

    def _check_not_asked(self):
        for remedy in self.filtered(lambda row: row.approval_state == "pending"):
            raise UserError(self.env._("“%s” waits for approval.", remedy.display_name))

    def _check_type(self):
        """Refuse what the policy doesn't offer in such a case.

        :raise UserError: naming the type
        """
        for remedy in self:
            type_, case = remedy.type_id, remedy.complaint_id
            if type_ not in type_._get_available(case):
                raise UserError(
                    self.env._(
                        "The policy doesn't offer “%(type)s” in a case such as "
                        "%(case)s.",
                        type=type_.name,
                        case=case.name,
                    )
                )
            if type_.with_apology and not (remedy.apology_by and remedy.apology_form):
                raise UserError(
                    self.env._("Say who apologises, and how: “%s”.", type_.name)
                )

    def _check_figures(self):
        """Refuse missing figures, and those above the maximum unless approved.

        :raise UserError: naming the limit
        """
        for remedy in self:
            type_ = remedy.type_id
            owed = {"amount": ("amount",), "ratio": ("ratio", "base_quantity")}
            for name in owed.get(type_.measure, ()):
                if not remedy[name]:
                    label = self._fields[name]._description_string(self.env)
                    raise UserError(
                        self.env._(
                            "“%(type)s” needs a figure: %(field)s.",
                            type=type_.name,
                            field=label,
                        )
                    )
            line = type_._get_scale(remedy.complaint_id)
            remedy.max_amount, remedy.max_ratio = line.max_amount, line.max_ratio
            remedy.is_over_maximum = remedy._get_excess(line)
            if remedy.is_over_maximum and type_.over_maximum == "refuse":
                remedy._refuse_excess(line)

    def _get_excess(self, line) -> bool:
        """Tell whether a figure is higher than ``line`` of the scale allows."""
        if not line:
            # A class that the scale forgot isn't one without limit.
            return bool(self.type_id.scale_ids) and self.measure != "none"
        return bool(
            (line.max_ratio and self.ratio > line.max_ratio)
            or (line.max_amount and self.amount > line.max_amount)
        )

    def _refuse_excess(self, line):
        if not line:
            raise UserError(
                self.env._(
                    "The scale of “%(type)s” has no line for a case such as %(case)s.",
                    type=self.type_id.name,
                    case=self.complaint_id.name,
                )
            )
        raise UserError(
            self.env._(
                "“%(remedy)s” is more than the policy allows here: %(limit)s at the "
                "most (%(line)s).",
                remedy=self.display_name,
                limit=line._get_limit_text(),
                line=line.name,
            )
        )

    def _on_approved(self):
        """Go on with what may be offered now."""
        for remedy in self:
            if remedy.state != "proposed":
                continue
            remedy.state = "approved"
            remedy._emit("remedy_approved")
            if not remedy.type_id._needs_consent():
                remedy._ask_execution()

    def _get_approval_figures(self) -> dict:
        """Return the figures that approval rules have limits for."""
        return {
            "amount": self.amount,
            "ratio": self.ratio,
            "over_maximum": self.is_over_maximum,
        }

    def _add_up_approval_figures(self, figures: dict, rule) -> dict:
        """Add what the case is offered or has got already, of the types of ``rule``."""
        types = rule.remedy_type_ids
        others = (self.complaint_id.remedy_ids - self).filtered(
            lambda row: (
                row.state not in GONE_STATES and (not types or row.type_id in types)
            )
        )
        return {
            **figures,
            "amount": self.amount + sum(others.mapped("amount")),
            "ratio": self.ratio + sum(others.mapped("ratio")),
        }

    def _get_approval_scope(self) -> dict:
        """Return what approval rules may narrow by."""
        return {"remedy_type_ids": self.type_id}
