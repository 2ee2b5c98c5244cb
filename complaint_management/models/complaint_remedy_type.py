from odoo import api, fields, models

NATURES = [
    ("apology", "Apology"),
    ("explanation", "Explanation"),
    ("repair", "Repair"),
    ("exchange", "Exchange"),
    ("return", "Return"),
    ("refund", "Refund"),
    ("retest", "Re-test"),
    ("gift", "Gift"),
    ("compensation", "Compensation"),
    ("staff", "Staff Change"),
    ("suspension", "Suspension"),
    ("recall", "Recall"),
    ("other", "Other"),
]


class ComplaintRemedyType(models.Model):
    """What a policy may offer a complainant, to which cases, and up to which figure."""

    _name = "complaint.remedy.type"
    _description = "Remedy Type"
    _inherit = ["complaint.policy.item.mixin", "complaint.filter.mixin"]
    _complaint_used_by = [
        ("complaint.remedy", "type_id"),
        ("complaint.approval.rule", "remedy_type_ids"),
        ("complaint.deadline", "end_remedy_type_id"),
        ("complaint.deadline.rule", "event_remedy_type_id"),
        ("complaint.deadline.rule", "end_remedy_type_id"),
        ("complaint.escalation.rule", "event_remedy_type_id"),
        ("complaint.escalation.rule", "remedy_type_id"),
        ("complaint.follow.up.rule", "event_remedy_type_id"),
    ]
    _policy_file_section = "remedy_types"
    _policy_file_by_addons = ("document_kind",)

    nature = fields.Selection(NATURES, required=True, default="compensation")
    preferred = fields.Boolean(
        help="Whoever proposes something that stands further down is reminded of it."
    )
    description = fields.Text(
        translate=True, help="What is offered, in the words told to the complainant."
    )
    # figures
    measure = fields.Selection(
        [
            ("none", "None"),
            ("amount", "Amount"),
            ("ratio", "Multiple of a Quantity"),
        ],
        required=True,
        default="none",
    )
    base_label = fields.Char(
        string="Quantity Is",
        translate=True,
        help="What is multiplied: packs bought, fee of the treatment.",
    )
    scale_ids = fields.One2many("complaint.remedy.scale", "type_id", copy=True)
    over_maximum = fields.Selection(
        [("refuse", "Not Allowed"), ("approval", "Allowed with Approval")],
        string="Above the Maximum",
        required=True,
        default="refuse",
    )
    # how
    with_apology = fields.Boolean(
        string="Asks Who Apologises", help="And how: by a visit, a call, a letter."
    )
    consent = fields.Selection(
        [
            ("policy", "As the Policy Says"),
            ("yes", "Needed before It Is Carried Out"),
            ("no", "Not Needed"),
        ],
        string="Consent of the Complainant",
        required=True,
        default="policy",
    )
    needs_proof = fields.Boolean(
        string="Proof Needed",
        help="Carried out only with a file or the number of a document.",
    )
    execution_role_id = fields.Many2one(
        "complaint.role",
        string="Carried Out By",
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
        help="Is asked as soon as it is agreed. Empty: whoever leads the case.",
    )
    document_kind = fields.Selection(
        [],
        string="Made As",
        help="The document that carries it out. It is made by whoever is asked, with "
        "their own rights, and followed: when it is done, so is the remedy. Empty: "
        "somebody notes that it was carried out.",
    )
    has_document_kinds = fields.Boolean(compute="_compute_has_document_kinds")

    def _compute_has_document_kinds(self):
        self.has_document_kinds = bool(self._get_document_models())

    @api.model
    def _get_document_models(self) -> dict[str, str]:
        """Return the model of the document of each ``document_kind``.

        Add a kind by ``selection_add``, here, and by ``_make_document_<kind>`` of
        ``complaint.remedy``, which returns the new document, or the action of a window
        that makes it.
        """
        return {}

    def _needs_consent(self) -> bool:
        """Tell whether the complainant has to accept before anything is done."""
        if self.consent == "policy":
            return self.policy_id.remedy_consent
        return self.consent == "yes"

    def _get_scale(self, complaint):
        """Return the first line of the scale that is about ``complaint``, maybe none.

        A class without line has no figure: any is above the maximum.
        """
        for line in self.scale_ids.sorted("sequence"):
            if line._filter_complaints(complaint):
                return line
        return self.scale_ids.browse()

    @api.model
    def _get_available(self, complaint):
        """Return what the policy may offer in ``complaint``, preferred ones first."""
        types = complaint.policy_id.remedy_type_ids.sorted("sequence")
        return types.filtered(lambda type_: type_._filter_complaints(complaint))
