from collections import defaultdict

from markupsafe import Markup

from odoo import models


class ComplaintApprovalNoticeMixin(models.AbstractModel):
    """Telling: messages and activities of those who may answer, or have asked."""

    _name = "complaint.approval.notice.mixin"
    _description = "Notices of Approvals"

    def _note_answers(self):
        """Say on the cases what was answered; one question a case."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        bodies = {}
        for row in self:
            text = self.env._(
                "%(state)s by %(user)s: %(reason)s",
                state=labels[row.state],
                user=row._get_signature(),
                reason=row.reason,
            )
            if row.answer_note:
                text = f"{text} – {row.answer_note}"
            bodies[row.complaint_id.id] = text
        self.complaint_id._message_log_batch(bodies)

    def _get_signature(self) -> str:
        """Return who has answered, and for whom."""
        if not self.answered_for_id:
            return self.answered_by_id.name
        return self.env._(
            "%(delegate)s for %(user)s",
            delegate=self.answered_by_id.name,
            user=self.answered_for_id.name,
        )

    def _notify_asked(self):
        """Tell everybody what waits for their answer: one message a person."""
        per_user = defaultdict(self.browse)
        for approval in self:
            for user in approval._get_asked_users():
                per_user[user] |= approval
        for user, approvals in per_user.items():
            approvals.with_context(lang=user.lang)._notify_user(user)
        self._sync_activities()

    def _notify_user(self, user):
        lines = Markup("").join(
            Markup('<li><a href="/odoo/complaint-approvals/%s">%s</a></li>')
            % (approval.id, f"{approval.complaint_id.name}: {approval.reason}")
            for approval in self
        )
        self.complaint_id[:1].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Your approval is asked"),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("%s asks:", ", ".join(self.requested_by_id.mapped("name"))),
                lines,
            ),
        )

    def _notify_refused(self):
        """Give what was asked back to who asked, with the reason."""
        for row in self:
            user = row.requested_by_id
            complaint = row.complaint_id.with_context(lang=user.lang)
            if not user.active or user in complaint.excluded_user_ids:
                continue
            summary = complaint.env._("Refused: %s", row.reason)
            complaint.message_notify(
                partner_ids=user.partner_id.ids,
                subject=summary,
                body=complaint.env._(
                    "%(user)s has refused “%(reason)s”: %(note)s",
                    user=row._get_signature(),
                    reason=row.reason,
                    note=row.answer_note,
                ),
            )
            complaint.with_context(
                mail_activity_quick_update=True, complaint_no_follow=True
            ).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=row.answer_note,
                user_id=user.id,
            )

    def _sync_activities(self):
        """Let everybody who may answer have one activity on the case, nobody else."""
        requests = self._get_requests()
        rows = self.browse().concat(*requests)
        # sudo: mail.activity - the system plans for everybody who is asked
        activities = self.env["mail.activity"].sudo()
        known = activities.search([("complaint_approval_id", "in", rows.ids)])
        keys = {row: key for key, some in enumerate(requests) for row in some}
        known = known.grouped(lambda a: (keys[a.complaint_approval_id], a.user_id))
        wanted = {
            (keys[row], user): row
            for row in rows.filtered(lambda row: row.state == "pending").sorted("id")
            for user in row._get_asked_users()
        }
        over = activities.concat(
            *(found for key, found in known.items() if key not in wanted)
        )
        answered = over.filtered(
            lambda a: (
                a.user_id in requests[keys[a.complaint_approval_id]].answered_by_id
            )
        )
        answered.action_archive()
        (over - answered).unlink()
        activities.with_context(
            mail_activity_quick_update=True, complaint_no_follow=True
        ).create(
            [
                row._prepare_activity(user)
                for (key, user), row in wanted.items()
                if (key, user) not in known
            ]
        )

    def _get_asked_users(self):
        """Return who may answer now."""
        return self.user_ids | self.delegate_ids

    def _prepare_activity(self, user) -> dict:
        model_id = self.env["ir.model"]._get_id("complaint.complaint")
        # Not env.ref(): it asks the database for each activity whether it exists.
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "complaint_management.mail_activity_type_approval"
        )
        return {
            "res_model_id": model_id,
            "res_id": self.complaint_id.id,
            "activity_type_id": type_id,
            "summary": self.reason,
            "user_id": user.id,
            "automated": True,
            "complaint_approval_id": self.id,
        }
