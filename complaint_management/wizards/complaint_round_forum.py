from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintRoundForum(models.TransientModel):
    """Notes the dates and the decision of a body outside."""

    _name = "complaint.round.forum"
    _description = "Before the Body Outside"

    round_id = fields.Many2one("complaint.round", required=True)
    forum_partner_id = fields.Many2one(
        "res.partner",
        string="Outside Body",
        default=lambda self: self._get_default("forum_partner_id"),
    )
    forum_reference = fields.Char(
        string="Case Number There",
        default=lambda self: self._get_default("forum_reference"),
    )
    filed_on = fields.Date(default=lambda self: self._get_default("filed_on"))
    decided_on = fields.Date(default=lambda self: self._get_default("decided_on"))
    forum_outcome = fields.Text(
        string="What Was Decided",
        default=lambda self: self._get_default("forum_outcome"),
    )

    def _get_default(self, name):
        round_id = self.env.context.get("default_round_id")
        return self.env["complaint.round"].browse(round_id)[name]

    def action_note(self):
        """Keep what is known by now of the round before the body outside.

        :raise UserError: the round is internal, or was decided before it was filed
        """
        self.ensure_one()
        case = self.round_id.complaint_id
        case.check_access("write")
        if self.round_id.forum == "internal":
            raise UserError(self.env._("This round is handled in the house."))
        if self.filed_on and self.decided_on and self.decided_on < self.filed_on:
            raise UserError(self.env._("It can't be decided before it was filed."))
        names = (
            "forum_partner_id",
            "forum_reference",
            "filed_on",
            "decided_on",
            "forum_outcome",
        )
        known = self.round_id.decided_on
        # sudo: complaint.round - rows of evidence are made by the case only
        self.round_id.sudo().write(
            {
                name: self._fields[name].convert_to_write(self[name], self)
                for name in names
            }
        )
        if self.decided_on:
            self._tell_decision(case, known)
        return {"type": "ir.actions.act_window_close"}

    def _tell_decision(self, case, known):
        """Note the decision on the case, and tell the engine when it is new."""
        if not known:
            case._complaint_event("forum_decided", self.round_id)
        labels = dict(self.round_id._fields["forum"]._description_selection(self.env))
        case._message_log(
            body=self.env._(
                "%(forum)s, %(body)s, has decided on %(date)s: %(outcome)s",
                forum=labels[self.round_id.forum],
                body=self.forum_partner_id.name or "–",
                date=self.decided_on,
                outcome=self.forum_outcome or "–",
            )
        )
