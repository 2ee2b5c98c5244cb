from odoo import api, fields, models

from odoo.addons.complaint_management.models.complaint_feedback_document import SIZE
from odoo.addons.complaint_management.tools.qr import TooLong, get_modules

from ..tools.receipt_token import SEPARATOR, join, make_order_token, make_till_code


class PosConfig(models.Model):
    """A till has a code of its own: with it, a receipt opens the form at once, also
    when the order is still in a till that is offline.
    """

    _name = "pos.config"
    _inherit = ["pos.config", "complaint.feedback.mixin"]

    complaint_printed = fields.Boolean(
        string="QR Code for Complaints",
        default=True,
        help="Receipts carry a code; who scans it tells us what was wrong, without "
        "typing what stands on the receipt.",
    )
    complaint_department_id = fields.Many2one(
        "hr.department",
        string="Shop",
        check_company=True,
        index="btree_not_null",
        help="The department that this till belongs to: the one concerned when "
        "somebody complains.",
    )
    complaint_policy_id = fields.Many2one(
        "complaint.policy",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="Runs what comes in by receipts of this till. Empty: as for all tills.",
    )
    complaint_text = fields.Char(
        translate=True, help="Stands beside the code. Empty: as for all tills."
    )
    complaint_size = fields.Float(
        string="Complaint Code (mm)", help="0: as for all tills."
    )

    _complaint_size_range = models.Constraint(
        "CHECK(COALESCE(complaint_size, 0) = 0 OR complaint_size BETWEEN 15 AND 60)",
        "A code is 15 to 60 mm wide.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        by_till = dict.fromkeys(self.ids, 0)
        cases = self.env["complaint.complaint"]
        seen = cases._search(self._get_complaint_domain())
        # sudo: complaint.complaint - those that the user sees
        counts = cases.sudo()._read_group(
            [("id", "in", seen)], ["origin_link_id"], ["__count"]
        )
        for link, count in counts:
            by_till[link.pos_config_id.id] += count
        for till in self:
            till.complaint_count = by_till.get(till._origin.id, 0)

    def _get_complaint_domain(self):
        # sudo: complaint.complaint - at which till it was, not which receipt; cases are
        # looked for with the user's own rights
        cases = self.env["complaint.complaint"].sudo()
        told = cases.search([("origin_link_id.pos_config_id", "in", self.ids)])
        return [("id", "in", told.ids)]

    def write(self, vals):
        """Tell open tills what they print from now on."""
        result = super().write(vals)
        if any(name.startswith("complaint_") for name in vals):
            self._tell_complaint_code()
        return result

    # ------------------------------------------------------------
    # WHAT A CASE TAKES OVER
    # ------------------------------------------------------------

    def _complaint_get_partner(self):
        return self.env["res.partner"]

    def _complaint_get_department(self):
        return self.complaint_department_id

    def _complaint_get_policy(self):
        # sudo: complaint.policy - whoever prints needn't know the policies
        return self.sudo().complaint_policy_id or super()._complaint_get_policy()

    def _complaint_prepare_values(self):
        return {**super()._complaint_prepare_values(), "place": self.name}

    def _get_complaint_feedback_settings(self):
        settings = self.env["complaint.feedback.document"]
        return settings._get_for("pos.order", self._complaint_get_company())

    # ------------------------------------------------------------
    # THE PRINTED CODE
    # ------------------------------------------------------------

    def _is_complaint_code_printed(self):
        printed = self.complaint_printed and super()._is_complaint_code_printed()
        # A code that opens nothing isn't printed.
        return printed and self.active and self._takes_complaints()

    def _takes_complaints(self, policy=None) -> bool:
        """Tell whether a policy that is in force takes what comes in by receipts.

        :param policy: instead of the one of this till
        """
        # sudo: complaint.policy - whoever prints needn't know the policies
        policy = (policy or self._complaint_get_policy()).sudo()
        today = policy and policy._get_local_day(fields.Datetime.now())
        return bool(policy and policy._is_valid_on(today))

    def _is_complaint_address_short(self) -> bool:
        """Tell whether the address leaves room for a code that phones can read."""
        guard = self.env["complaint.feedback.guard"]
        token = join(make_till_code(), make_order_token())
        try:
            # Three letters more than we need: as the till's own library counts.
            get_modules(guard._get_url(f"/c/{token}___"))
        except TooLong:
            return False
        return True

    def _prepare_complaint_receipt(self) -> dict:
        """Return what the till needs to print the code of any order, also offline.

        ``url`` goes on with the token of the order.
        """
        self.ensure_one()
        if not self._is_complaint_code_printed():
            return {}
        guard, settings = (
            self.env["complaint.feedback.guard"],
            self._get_complaint_feedback_settings(),
        )
        guard._freeze_base_url()
        code = self.env["complaint.feedback.link"]._get_for_tills(self)[self].token
        return {
            "url": guard._get_url(f"/c/{code}{SEPARATOR}"),
            "text": self.complaint_text or settings._get_text(),
            "size": self.complaint_size or settings.size or SIZE,
        }

    @api.model
    def _load_pos_data_read(self, records, config):
        read_records = super()._load_pos_data_read(records, config)
        if read_records:
            read_records[0].update(records[:1]._get_complaint_receipt())
        return read_records

    def get_complaint_receipt(self) -> dict:
        """Tell a till that is open what it prints from now on."""
        self.check_access("read")
        return self._get_complaint_receipt()

    def _get_complaint_receipt(self) -> dict:
        """Return what the till keeps in mind to print codes: nothing, or all of it."""
        receipt = self._prepare_complaint_receipt()
        return {
            f"_complaint_{name}": receipt.get(name, False)
            for name in ("url", "text", "size")
        }

    def action_complaint_replace_code(self):
        """Let the tills print new codes from now on."""
        self.check_access("write")
        codes = self.env["complaint.feedback.link"]._get_for_tills(self)
        for link in codes.values():
            link._replace_till_codes()
        self._tell_complaint_code()
        return True

    def _tell_complaint_code(self):
        """Let tills that are open ask for what they print."""
        # sudo: pos.config - who revokes a code needn't be a manager of tills
        for till in self.sudo():
            till._notify("COMPLAINT_CODE", {})
