import logging
from datetime import timedelta

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: Withdrawals that are being decided.
WITHDRAWING = ("asked", "ready")
ANSWERS = ("accepted", "refused", "countered")


class ComplaintCaseEffect(models.AbstractModel):
    """What complainants do on their page, or by a link of a mail: one way for all.

    Whatever they say is kept, noted on the case, told to the rules and put before who
    answers for the case. Where the house's own rules get in the way of the step that
    follows, the words stay and a person takes the step. Runs as the system: whoever
    calls it has made sure who speaks.
    """

    _name = "complaint.case.effect"
    _description = "Effects of the Case Page"

    # ------------------------------------------------------------
    # WHAT IS OFFERED
    # ------------------------------------------------------------

    @api.model
    def _get_offers(self, case) -> dict:
        """Return what the complainant may do now.

        :return: ``message``, ``satisfaction`` and ``withdrawal``, whether they are
            offered; ``remedies``, those that wait for an answer
        """
        policy, taking = case.policy_id, self._is_taking(case.master_id or case)
        return {
            "message": taking and policy.page_messages,
            "satisfaction": (
                taking and policy.page_satisfaction and self._is_asked(case)
            ),
            "withdrawal": (
                policy.page_withdrawal
                and not (case.is_closed or case.master_id)
                and case.withdrawal_state not in WITHDRAWING
            ),
            "remedies": case.remedy_ids.filtered(
                lambda row: taking and policy.page_remedies and row.state == "offered"
            ),
        }

    @api.model
    def _is_taking(self, case) -> bool:
        """Tell whether the page takes anything: not long after the end."""
        if not case.is_closed or not case.closed_at:
            return True
        end = case.closed_at + timedelta(days=case.policy_id.page_days)
        return end > fields.Datetime.now()

    @api.model
    def _is_asked(self, case) -> bool:
        """Tell whether the complainant is asked to be satisfied, and hasn't said."""
        return (
            self.env["complaint.round.course"]._is_answered(case)
            and case.round_id.satisfaction in ("unknown", "no_answer")
            and case.result != "withdrawn"
            and case.withdrawal_state not in WITHDRAWING
        )

    @api.model
    def _get_reasons(self, case, usage):
        """Return the reasons that the policy knows for ``usage``."""
        return self.env["complaint.reason"].search_fetch(
            [("usage", "=", usage), ("policy_id", "in", (case.policy_id.id, False))],
            ["name"],
        )

    # ------------------------------------------------------------
    # EFFECTS
    # ------------------------------------------------------------

    @api.model
    def _write(self, case, text, uploads=(), **origin):
        """Take a message, with files.

        :param origin: via, key_hash, address_key, party_id of ``complaint.message``
        :raise UserError: nothing was written, or nothing is taken any more
        :return: the ``complaint.message``, the earlier one when it was sent before
        """
        if row := self._find_sent(origin):
            return row
        self._check_offered(case, "message")
        if not text and not uploads:
            raise UserError(self.env._("Please write something, or add a photo."))
        return self._take(case, "message", text, uploads, **origin)

    @api.model
    def _answer_remedy(self, remedy, state, text=None, **origin):
        """Let the complainant accept, decline or counter an offer.

        :param state: accepted, refused or countered
        :raise UserError: it isn't offered any more, or the counter-demand is missing
        """
        if row := self._find_sent(origin):
            return row
        case = remedy.complaint_id
        if state not in ANSWERS or remedy not in self._get_offers(case)["remedies"]:
            raise UserError(
                self.env._("This offer was answered already, or is not open any more.")
            )
        if state == "countered" and not text:
            raise UserError(self.env._("Please write what you wish instead."))
        row = self._take(case, state, text, remedy_id=remedy.id, **origin)
        self._in_company_lang(remedy)._answer(state, text)
        return row

    @api.model
    def _state_satisfaction(self, case, satisfied, reason=None, text=None, **origin):
        """Let the complainant say whether the answer satisfies.

        If not, the next round begins; when the policy has none any more, it is noted,
        and the page names the bodies outside.

        :param reason: ``complaint.reason``, why not
        :raise UserError: it was said already, or the reason is missing
        """
        if row := self._find_sent(origin):
            return row
        self._check_offered(case, "satisfaction")
        reasons = self._get_reasons(case, "dissatisfied")
        if not satisfied and not (reason and reason in reasons):
            raise UserError(self.env._("Please choose why you aren't satisfied."))
        kind = "satisfied" if satisfied else "dissatisfied"
        reason_id = not satisfied and reason.id
        row = self._take(case, kind, text, reason_id=reason_id, **origin)
        course = self._in_company_lang(self.env["complaint.round.course"], case)
        case = case.with_env(course.env)
        course._note(
            case,
            kind,
            satisfaction_via="page",
            satisfaction_note=text or False,
            satisfaction_by_id=False,
            dissatisfaction_id=reason_id,
        )
        if not satisfied and not course._is_exhausted(case):
            self._try(case, course._go_on, case, reason, text)
        return row

    @api.model
    def _withdraw(self, case, reason=None, text=None, **origin):
        """Let the complainant withdraw; it is verified as the policy says.

        :param reason: ``complaint.reason`` of a withdrawal
        :raise UserError: it is withdrawn already or closed, or the reason is missing
        """
        if row := self._find_sent(origin):
            return row
        self._check_offered(case, "withdrawal")
        if not reason or reason not in self._get_reasons(case, "withdrawal"):
            raise UserError(self.env._("Please choose why you withdraw."))
        row = self._take(case, "withdrawal", text, reason_id=reason.id, **origin)
        case = self._in_company_lang(case)
        self._try(
            case,
            case.env["complaint.withdrawal"]._note,
            case,
            reason_id=reason.id,
            note=text or False,
            noted_by_id=False,
        )
        return row

    def _try(self, case, step, *args, **kwargs):
        """Take a step that the house's rules may refuse: then a person takes it."""
        try:
            with self.env.cr.savepoint():
                step(*args, **kwargs)
        except UserError as error:
            _logger.info("Case page, %s: %s", case.name, error)
            case.invalidate_recordset()
            case._message_log(
                body=case.env._(
                    "What the complainant asked for couldn't be done by itself: %s",
                    str(error),
                )
            )

    # ------------------------------------------------------------
    # KEPT, NOTED, TOLD
    # ------------------------------------------------------------

    def _find_sent(self, origin):
        return self.env["complaint.message"]._find_sent(origin.get("key_hash"))

    def _check_offered(self, case, name):
        """Refuse what the page doesn't offer (any more).

        :raise UserError: in words for the complainant
        """
        if self._get_offers(case)[name]:
            return
        texts = {
            "message": self.env._(
                "This page takes no messages any more. Please call or write to us."
            ),
            "satisfaction": self.env._(
                "You have told us already, or there is no answer yet."
            ),
            "withdrawal": self.env._("It is withdrawn already, or closed."),
        }
        raise UserError(texts[name])

    def _take(self, case, kind, text=None, uploads=(), **values):
        values = {"via": "page", **values}
        messages = self.env["complaint.message"]
        row = messages._take(case, kind, text, uploads, **values)
        self._log(self._in_company_lang(row))
        case._complaint_event("complainant_wrote", row)
        if kind == "message" and case.is_closed and not case.master_id:
            follow = self.env["complaint.mail.intake"]._follow_closed
            self._try(case, follow, self._in_company_lang(case), row.text or "")
        else:
            self._plan_activity(row)
        return row

    @api.model
    def _in_company_lang(self, rows, case=None):
        """Return ``rows`` in the language of the company: for texts kept on cases."""
        case = case or (rows if rows._name == "complaint.complaint" else None)
        company = (case or rows.complaint_id).company_id
        return rows.with_context(lang=company.partner_id.lang or self.env.lang)

    def _log(self, row):
        """Note on the case what was said, by whom as far as everybody may know it."""
        case = row.complaint_id
        lines = (row.text or "").split("\n")
        said = [
            self._get_said(row),
            row.reason_id.name,
            row.remedy_id.display_name,
        ]
        body = Markup("<p><b>%s</b></p>") % " · ".join(filter(None, said))
        if row.text:
            body += Markup("<p>%s</p>") % Markup("<br>").join(map(escape, lines))
        for place in case | case.master_id:
            place._message_log(
                body=body,
                message_type="comment",
                attachment_ids=row.attachment_ids.ids,
                **self._get_author(row),
            )

    @api.model
    def _get_said(self, row) -> str:
        """Return in few words what the complainant did."""
        texts = {
            "message": row.env._("The complainant writes"),
            "accepted": row.env._("The complainant agrees to the offer"),
            "refused": row.env._("The complainant declines the offer"),
            "countered": row.env._("The complainant wishes something else"),
            "satisfied": row.env._("The complainant is satisfied"),
            "dissatisfied": row.env._("The complainant is not satisfied"),
            "withdrawal": row.env._("The complainant withdraws"),
        }
        return texts[row.kind]

    def _get_author(self, row) -> dict:
        """Return who stands on the words: a name only when everybody may know it."""
        neutral = row.env["complaint.discretion"]._get_neutral_author(row.complaint_id)
        party = row.party_id
        if not party or party.identity_access != "case" or not party.partner_id:
            return neutral
        return {"author_id": party.partner_id.id}

    def _plan_activity(self, row):
        """Put what was said before who answers for the case, once until it is done."""
        case = row.complaint_id.master_id or row.complaint_id
        user = self.env["complaint.discretion"]._get_stand_in(case)
        if not user:
            return
        row, case = (rows.with_context(lang=user.lang) for rows in (row, case))
        summary = self._get_said(row)
        waiting = case.activity_ids.filtered(
            lambda activity: activity.user_id == user and activity.summary == summary
        )
        if not waiting:
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.context_today(case),
                summary=summary,
                user_id=user.id,
            )
