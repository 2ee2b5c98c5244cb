from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

from odoo.addons.mail.tools.alias_error import AliasError


class ComplaintPolicyMailMixin(models.AbstractModel):
    """What a policy says about mail that comes in: its address, and what becomes of it.

    The address belongs to the alias domain of the policy's company.
    """

    _name = "complaint.policy.mail.mixin"
    _description = "Complaint Policy: Mail"
    _inherit = ["mail.alias.mixin.optional"]

    mail_kind_id = fields.Many2one(
        "complaint.kind",
        string="Mails Are",
        domain="[('policy_id', '=', id)]",
        help="What a mail to this address is taken for. Empty: the first kind.",
    )
    closed_reply = fields.Selection(
        [
            ("keep", "Is Kept"),
            ("notify", "Is Shown to Who Handled It"),
            ("ask", "Lets Staff Decide whether to Reopen"),
            ("reopen", "Reopens the Case"),
        ],
        string="A Message on a Closed Case",
        required=True,
        default="ask",
        help="From the complainant. What somebody else replies never reopens a case.",
    )

    survey_count = fields.Integer(compute="_compute_follow_up_rate")
    survey_rate = fields.Integer(
        string="Surveys Answered (%)", compute="_compute_follow_up_rate"
    )
    survey_satisfied_rate = fields.Integer(
        string="Satisfied by Survey (%)", compute="_compute_follow_up_rate"
    )

    # ------------------------------------------------------------
    # ALIAS
    # ------------------------------------------------------------

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("complaint.complaint")
        if self.id:
            values["alias_defaults"] = repr({"policy_id": self.id})
            values["alias_domain_id"] = self.company_id.alias_domain_id.id
        return values

    def _alias_get_error(self, message, message_dict, alias):
        """Refuse mails, politely, that could never become a case of this policy."""
        error = super()._alias_get_error(message, message_dict, alias)
        if error or not self:
            return error
        today = self._get_local_day(fields.Datetime.now())
        if not self._is_valid_on(today):
            return AliasError(
                "error_complaint_policy_over",
                self.env._("this address takes no complaints any more"),
            )
        sender = email_normalize(message_dict.get("email_from") or "")
        if not sender and not self.anonymous_allowed:
            return AliasError(
                "error_complaint_anonymous", self.env._("the sender isn't known")
            )
        try:
            self._check_ready()
        except UserError as reason:
            return AliasError("config_complaint_policy", str(reason), True)
        return False

    @api.model
    def _get_policy_file_fields(self) -> list[str]:
        # Stored with the alias: no column of this table.
        return [*super()._get_policy_file_fields(), "alias_name"]

    @api.model
    def _drop_taken_alias(self, values: dict, policy, company) -> dict:
        """Return ``values`` without a local part that is somebody else's already.

        A file that comes from elsewhere can be taken nevertheless.
        """
        name = values.get("alias_name")
        if not name:
            return values
        # sudo: mail.alias - an address that somebody can't see is taken too
        aliases = self.env["mail.alias"].sudo()
        taken = aliases.search_count(
            [
                ("alias_name", "=", aliases._sanitize_alias_name(name)),
                ("alias_domain_id", "in", (company.alias_domain_id.id, False)),
                ("id", "!=", policy.alias_id.id),
            ],
            limit=1,
        )
        if taken:
            return {key: value for key, value in values.items() if key != "alias_name"}
        return values

    # ------------------------------------------------------------
    # OUR ADDRESS
    # ------------------------------------------------------------

    def _get_reply_to(self) -> str | None:
        """Return the address to which replies to mails about cases come back.

        :return: None as long as the policy has no address that works
        """
        # sudo: complaint.policy - whoever writes need not see the configuration
        policy = self.sudo()
        if not policy.alias_email:
            return None
        return formataddr((policy.company_id.name, policy.alias_email))
