from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, email_normalize


class ComplaintDiscretion(models.AbstractModel):
    """What is told about a case reaches nobody who may not see the case.

    Record rules hide the case and its rows. This keeps the roads beside them closed:
    messages, followers, notifications, activities and requests of persons complained
    about or recused, and the names of confidential complainants.
    """

    _name = "complaint.discretion"
    _description = "Complaint Discretion"

    @api.model
    def _get_guarded_models(self) -> list[str]:
        """Return the models whose messages are read only by who reads the record.

        Elsewhere Odoo lets authors and recipients read on. An add-on whose rows of a
        case write messages or mails extends it.
        """
        return ["complaint.complaint", "complaint.party", "complaint.assignment"]

    @api.model
    def _filter_hidden(self, rows, model_column="model", posting=False):
        """Return those of ``rows`` that belong to a guarded record out of sight.

        For complainants that is all: what they may know stands on the case page, the
        rest is between members of the staff.

        :param rows: records with a document model and ``res_id``
        :param model_column: the column that holds the document model
        :param posting: whoever reads the record may add to it
        """
        outside = not posting and self._is_outsider()
        documents = self.env.execute_query(
            SQL(
                "SELECT id, %(model)s, res_id FROM %(table)s"
                " WHERE id = ANY(%(ids)s) AND %(model)s = ANY(%(guarded)s)",
                model=SQL.identifier(model_column),
                table=SQL.identifier(rows._table),
                ids=rows.ids,
                guarded=self._get_guarded_models(),
            )
        )
        readable = {}
        for model in {model for _id, model, _res_id in documents}:
            ids = {res_id for _id, name, res_id in documents if name == model}
            records = self.env[model].browse(filter(None, ids)).exists()
            seen = records.browse() if outside else records._filtered_access("read")
            readable[model] = set(seen.ids)
        return rows.browse(
            id_ for id_, model, res_id in documents if res_id not in readable[model]
        )

    @api.model
    def _is_outsider(self) -> bool:
        """Tell whether the user is none of the staff: a portal user, or nobody."""
        return not self.env.su and self.env.user.share

    @api.model
    def _check_request(self, assignments, vals):
        """Refuse to let others in by an assignment: who holds one sees its case.

        Whoever may change the case may ask anybody. Others hand what they hold to
        colleagues of the department that it was given to, or take it themselves.

        :raise AccessError: the values would open the case to somebody else
        """
        fixed = {"complaint_id", "policy_id", "parent_id"} & vals.keys()
        named = {
            "department_id",
            "user_id",
            "partner_id",
            "candidate_ids",
        } & vals.keys()
        for row in assignments if fixed or named else ():
            moved = any(row[name].id != vals[name] for name in fixed)
            given = {
                name
                for name in named
                if row[name].ids != ([vals[name]] if vals[name] else [])
            }
            if moved or (given and not self._may_give(row, given, vals)):
                raise AccessError(
                    self.env._(
                        "“%s” can only be handed to a colleague of its department. Ask "
                        "who leads the case for anything else.",
                        row.display_name,
                    )
                )

    def _may_give(self, assignment, given: set, vals: dict) -> bool:
        complaint, policy = assignment.complaint_id, assignment.policy_id
        steers = self.env.user in policy.office_user_ids or self.env.user.has_group(
            "complaint_management.group_complaint_admin"
        )
        if steers or (complaint and complaint.has_access("write")):
            return True
        # sudo: complaint.access - nobody reads whole seats, asking for one is fine
        seat = assignment.department_id.sudo().complaint_access_ids
        colleagues = seat.user_ids.ids + [False, self.env.uid]
        return given == {"user_id"} and vals["user_id"] in colleagues

    # ------------------------------------------------------------
    # PERSONS COMPLAINED ABOUT AND RECUSED
    # ------------------------------------------------------------

    @api.model
    def _drop_excluded(self, complaints):
        """Take away what persons who are excluded by now still hold of ``complaints``.

        Followers are unsubscribed, unread notices vanish, activities and requests go
        to somebody else. Safe to repeat: it does what is left to do.
        """
        routing = self.env["complaint.routing"]
        # sudo: complaint.complaint - whoever names a person need not hold the rest
        for complaint in complaints.sudo().filtered("excluded_user_ids"):
            users = complaint.excluded_user_ids
            self._unsubscribe(complaint, users.partner_id)
            self._delete_notifications(complaint, users.partner_id)
            self._reassign_activities(complaint, users)
            routing._replace_unavailable(complaint.assignment_ids)
            self.env["complaint.approval"]._replace_unfit(users, complaint)
            complaint.follow_up_ids._replace_unavailable()

    @api.model
    def _unsubscribe(self, complaint, partners):
        if complaint.message_partner_ids & partners:
            complaint.message_unsubscribe(partners.ids)

    def _delete_notifications(self, complaint, partners):
        """Empty the inboxes; a note keeps how many messages had arrived before."""
        notifications = self.env["mail.notification"].search(
            [
                ("res_partner_id", "in", partners.ids),
                ("mail_message_id.model", "=", complaint._name),
                ("mail_message_id.res_id", "=", complaint.id),
            ]
        )
        for partner, rows in notifications.grouped("res_partner_id").items():
            complaint._message_log(
                body=self.env._(
                    "Hidden from %(name)s, who had received %(count)s messages of it.",
                    name=partner.name,
                    count=len(rows),
                )
            )
        notifications.unlink()

    def _reassign_activities(self, complaint, users):
        activities = complaint.with_context(active_test=True).activity_ids
        activities = activities.filtered(lambda activity: activity.user_id in users)
        if activities:
            stand_in = self._get_stand_in(complaint)
            activities.write({"user_id": stand_in.id})
            complaint._message_log(
                body=self.env._(
                    "Activities of persons who may not see this case went to %s.",
                    stand_in.name,
                )
            )

    @api.model
    def _get_stand_in(self, complaint):
        """Return one user who may be told of ``complaint``."""
        excluded = complaint.excluded_user_ids
        for users in (complaint.handler_id, complaint.responsible_id):
            if users and users not in excluded:
                return users
        return (
            self.env["complaint.routing"]
            ._get_stand_in(complaint, complaint.policy_id)
            .users[:1]
        )

    # ------------------------------------------------------------
    # FOLLOWERS AND RECIPIENTS
    # ------------------------------------------------------------

    @api.model
    def _get_unwelcome_partners(self, complaint):
        """Return the partners who never follow ``complaint``.

        Persons complained about and recused must not learn of it, and a follower's
        name would tell who complained in confidence.
        """
        # sudo: complaint.party - whoever is hidden is hidden from the caller too
        complaint = complaint.sudo()
        named = complaint._get_all_parties()[complaint].filtered(
            lambda party: (
                party.type == "respondent"
                or (party.type == "complainant" and party.identity_access != "case")
            )
        )
        return complaint.excluded_user_ids.partner_id | named.partner_id

    @api.model
    def _drop_unwelcome_followers(self, complaints):
        # sudo: mail.followers - as above
        for complaint in complaints.sudo():
            self._unsubscribe(complaint, self._get_unwelcome_partners(complaint))

    @api.model
    def _drop_blind_followers(self, complaints):
        """Unsubscribe colleagues who have lost sight of ``complaints``."""
        # sudo: res.users - who follows is no secret from the rule that drops them
        for complaint in complaints.sudo():
            users = complaint.message_partner_ids.user_ids
            blind = users.filtered(lambda user, case=complaint: _is_blind(case, user))
            self._unsubscribe(complaint, blind.partner_id)

    @api.model
    def _filter_recipients(self, complaint, recipients: list) -> list:
        """Return those of ``recipients`` who may be told of ``complaint``.

        :param recipients: as ``mail.thread._notify_get_recipients`` returns them
        """
        unwelcome = self._get_unwelcome_partners(complaint).ids
        users = self.env["res.users"].browse(
            row["uid"] for row in recipients if row.get("uid")
        )
        blind = users.filtered(lambda user: _is_blind(complaint, user)).ids
        return [
            row
            for row in recipients
            if row.get("uid") not in blind
            and not (row.get("is_follower") and row["id"] in unwelcome)
        ]

    # ------------------------------------------------------------
    # CONFIDENTIAL COMPLAINANTS
    # ------------------------------------------------------------

    @api.model
    def _is_confidential_author(self, complaint, partner, email=None) -> bool:
        """Tell whether ``partner``, or who has ``email``, complained in confidence."""
        parties = complaint._get_all_parties()[complaint].filtered(
            lambda party: (
                party.type == "complainant" and party.identity_access != "case"
            )
        )
        emails = set(parties.mapped("email_key")) - {False}
        known = {partner.email_normalized, email_normalize(email or "")}
        return bool(partner & parties.partner_id or known & emails)

    @api.model
    def _get_neutral_author(self, complaint) -> dict:
        """Return the author that stands on the words of a confidential complainant."""
        # sudo: res.company - complainants on the portal can't read the company
        company = complaint.sudo().company_id
        address = email_normalize(company.catchall_email or company.email or "")
        name = self.env._("Complainant")
        return {
            "author_id": False,
            "email_from": f'"{name}" <{address}>' if address else name,
        }

    @api.model
    def _on_complaint_event(self, complaints, event, source=None, at=None):
        """Listen to ``complaint.complaint._complaint_event``: who may still follow."""
        if event == "handover_accepted":
            self._drop_blind_followers(complaints)


def _is_blind(complaint, user) -> bool:
    return not complaint.with_user(user).has_access("read")
