from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintMerge(models.TransientModel):
    """Makes one case of several that are about the same thing."""

    _name = "complaint.merge"
    _description = "Merge Complaints"

    complaint_ids = fields.Many2many(
        "complaint.complaint",
        required=True,
        default=lambda self: self._get_default_complaints(),
    )
    master_id = fields.Many2one(
        "complaint.complaint",
        string="Keep",
        required=True,
        compute="_compute_master_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', complaint_ids)]",
        help="This case goes on; the others are closed and point to it.",
    )

    @api.model
    def _get_default_complaints(self):
        """Return the selected cases; of a single one, with its likely duplicates."""
        complaints = self.env["complaint.complaint"].browse(
            self.env.context.get("active_ids")
        )
        return complaints | complaints[:1].duplicate_ids.filtered(
            lambda case: len(complaints) == 1 and not case.is_closed
        )

    @api.depends("complaint_ids")
    def _compute_master_id(self):
        for wizard in self:
            wizard.master_id = wizard.complaint_ids.sorted("received_at")[:1]

    def action_merge(self):
        """Move everything to the kept case and close the others.

        :raise UserError: fewer than two cases, different policies, or a merged one
        """
        self.ensure_one()
        merged = self.complaint_ids - self.master_id
        if not merged:
            raise UserError(self.env._("Choose at least two complaints to merge."))
        (self.complaint_ids | self.master_id).check_access("write")
        if len(self.complaint_ids.policy_id) > 1:
            raise UserError(
                self.env._(
                    "Cases of different policies can't be merged. Link them instead."
                )
            )
        (self.master_id | merged)._check_open()
        self._move_rows(merged)
        self._close(merged)
        return self.master_id._get_records_action()

    def _move_rows(self, merged):
        """Move parties, messages, files and open requests to the kept case."""
        master = self.master_id
        # sudo: complaint.* - who may merge the cases moves also what others wrote
        merged, master = merged.sudo(), master.sudo()
        known = merged.party_ids.filtered(self._is_known)
        repeated = len(known.filtered(lambda party: party.type == "complainant"))
        people = sum((master | merged).mapped("people_count")) - repeated
        moved = merged.party_ids - known
        for case, parties in moved.grouped("complaint_id").items():
            # Who was moved before stays with the case that they have told.
            parties.filtered(lambda party: not party.told_in_id).told_in_id = case
        moved.write({"complaint_id": master.id, "is_main": False})
        # What was said counts for the kept case; who was asked in vain stays evidence.
        requests = merged.assignment_ids.filtered(
            lambda row: (
                row.type not in ("lead", "reception")
                and row.state in ("pending", "accepted", "done")
            )
        )
        requests.write({"complaint_id": master.id, "round_id": master.round_id.id})
        self.env["complaint.deadline"]._follow_assignments(requests)
        for complaint in merged:
            complaint.message_change_thread(master)
            complaint.activity_ids.write({"res_id": master.id})
        (master | merged).invalidate_recordset(["activity_ids"])
        # sudo: ir.attachment - files move with the case, whoever added them
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", merged._name), ("res_id", "in", merged.ids)]
        ).res_id = master.id
        # sudo: complaint.complaint - a fact that follows from merging
        merged.sudo().merged_ids.master_id = master
        master.write(
            {
                "tag_ids": [Command.link(tag.id) for tag in merged.tag_ids],
                "recused_user_ids": [
                    Command.link(user.id) for user in merged.recused_user_ids
                ],
                "people_count": max(people, master.people_count),
            }
        )

    def _is_known(self, party) -> bool:
        """Tell whether the kept case names this person already in the same part."""
        key = party._get_person_key()
        # sudo: complaint.party - who is confidential on the kept case counts too
        same = self.master_id.sudo().party_ids.filtered(
            lambda own: own.type == party.type and own._get_person_key() == key
        )
        return bool(key and same)

    def _close(self, merged):
        outcome = self.env.ref("complaint_management.complaint_reason_merged")
        note = self.env._("Merged into %s.", self.master_id.display_name)
        # sudo: complaint.complaint - as above
        merged.sudo().master_id = self.master_id
        self.env["complaint.close"].create(
            {
                "complaint_ids": [Command.set(merged.ids)],
                "outcome_id": outcome.id,
                "note": note,
            }
        ).action_close()
        merged._complaint_event("merged", self.master_id)
        names = ", ".join(merged.mapped("display_name"))
        self.master_id.message_post(body=self.env._("Merged from: %s", names))
