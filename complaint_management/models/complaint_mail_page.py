from odoo import api, models
from odoo.exceptions import UserError

from ..tools.public_text import clean_text

TEXT_LENGTH = 2000
SCORES = ("1", "2", "3", "4", "5")
YES_NO = ("yes", "no")


class ComplaintMailPage(models.AbstractModel):
    """The pages behind links of mails: what they ask, and what an answer does.

    ``_prepare_<scope>`` says what is asked, ``_take_<scope>`` does what was answered;
    ``link`` is the elevated row of ``complaint.public.access``.
    """

    _name = "complaint.mail.page"
    _description = "Page behind a Link of a Mail"

    @api.model
    def _get_words(self) -> dict:
        """Return what these pages say beside their questions."""
        return {
            "done_title": self.env._("Thank you"),
            "over": self.env._(
                "There is nothing left to answer here: you have answered already, or "
                "it is over. If something is open, please write or call us."
            ),
            "satisfied": self.env._("Thank you for your answer."),
            "dissatisfied": self.env._(
                "Thank you for telling us. We look at it once more and come back to "
                "you."
            ),
            "refused": self.env._("We don't ask you about it again."),
            "accepted": self.env._("You have accepted our offer. Thank you."),
            "declined": self.env._("You have declined our offer. We come back to you."),
            "left": self.env._(
                "Nothing was done: everything stays as it is. The link in our mail "
                "goes on working, should you wish to answer later."
            ),
            "nothing": self.env._("Please answer before you send it."),
            "reason": self.env._("Please tell us why, so that we can put it right."),
            "changed": self.env._(
                "This can't be done any more: something has happened meanwhile. Please "
                "write or call us."
            ),
        }

    @api.model
    def _get_title(self, link) -> str:
        """Return what the page is about."""
        titles = {
            "survey": self.env._("How did we do?"),
            "satisfaction": self.env._("Are you satisfied with our answer?"),
            "remedy": self.env._("Our offer to you"),
        }
        return titles[link.scope]

    @api.model
    def _get_way_out(self, link) -> str:
        """Return what somebody says who doesn't want to do it, or not now."""
        ways = {
            "survey": self.env._("Not now: send nothing"),
            "satisfaction": self.env._("Leave it as it is: I say nothing"),
            "remedy": self.env._("Decide later: the offer stays as it is"),
        }
        return ways[link.scope]

    @api.model
    def _prepare(self, link, post=None, wrong=()) -> dict:
        """Return what the page shows: what is asked, with what was typed."""
        prepare = getattr(self, f"_prepare_{link.scope}")
        case = link.complaint_id
        return {
            "number": case.name,
            "subject": case.subject,
            "typed": post or {},
            "wrong": [self._get_words()[name] for name in wrong],
            "ask_reason": "reason" in wrong,
            "way_out": self._get_way_out(link),
            **prepare(link),
        }

    @api.model
    def _take(self, link, post) -> tuple[str | None, list]:
        """Do what was answered, once.

        :param post: the fields of the form
        :return: key of ``_get_words`` of what to say, and of what is wrong with it
        """
        if not link._is_pending():
            return "over", []
        values, wrong = getattr(self, f"_read_{link.scope}")(link, post)
        if wrong:
            return None, wrong
        try:
            with self.env.cr.savepoint():
                if not link._use():
                    return "over", []
                return getattr(self, f"_take_{link.scope}")(link, values), []
        except UserError:
            link.invalidate_recordset()
            return "changed", []

    # ------------------------------------------------------------
    # SATISFIED OR NOT
    # ------------------------------------------------------------

    def _get_reasons(self, link):
        """Return the reasons why somebody isn't satisfied."""
        effects = self.env["complaint.case.effect"]
        return effects._get_reasons(link.complaint_id, "dissatisfied")

    def _prepare_reasons(self, link) -> list[tuple]:
        reasons = self._get_reasons(link)
        return [(str(reason.id), reason.name) for reason in reasons]

    def _read_reason(self, link, post):
        """Return the reason that was chosen, of those that there are."""
        reasons = self._get_reasons(link)
        return reasons.filtered(lambda row: str(row.id) == post.get("reason"))

    def _prepare_satisfaction(self, link) -> dict:
        return {
            "satisfaction": True,
            "questions": [],
            "note": True,
            "reasons": self._prepare_reasons(link),
            "refusable": False,
        }

    def _read_satisfaction(self, link, post):
        said, reason = post.get("satisfaction"), self._read_reason(link, post)
        wrong = [] if said in ("satisfied", "dissatisfied") else ["nothing"]
        if said == "dissatisfied" and not reason:
            wrong.append("reason")
        note = clean_text(post.get("note"), TEXT_LENGTH)
        return {"said": said, "reason": reason, "note": note}, wrong

    def _take_satisfaction(self, link, values) -> str:
        effects = self.env["complaint.case.effect"]
        effects._state_satisfaction(
            link.complaint_id,
            values["said"] == "satisfied",
            values["reason"],
            values["note"],
            via="link",
            party_id=link.party_id.id,
        )
        return values["said"]

    # ------------------------------------------------------------
    # OFFER
    # ------------------------------------------------------------

    def _prepare_remedy(self, link) -> dict:
        remedy = link.remedy_id
        return {
            "satisfaction": False,
            "questions": [],
            "note": True,
            "reasons": [],
            "refusable": False,
            "offer": remedy.display_name,
        }

    def _read_remedy(self, link, post):
        said = post.get("answer")
        wrong = [] if said in ("accepted", "refused") else ["nothing"]
        note = clean_text(post.get("note"), TEXT_LENGTH)
        return {"said": said, "note": note}, wrong

    def _take_remedy(self, link, values) -> str:
        effects = self.env["complaint.case.effect"]
        said = values["said"]
        origin = {"via": "link", "party_id": link.party_id.id}
        effects._answer_remedy(link.remedy_id, said, values["note"], **origin)
        return "accepted" if said == "accepted" else "declined"

    # ------------------------------------------------------------
    # SURVEY
    # ------------------------------------------------------------

    def _prepare_survey(self, link) -> dict:
        rule = link.follow_up_id.rule_id
        questions = rule.question_ids.sorted("sequence")
        return {
            "satisfaction": rule._asks_satisfaction(),
            "questions": [
                {"name": f"q{row.id}", "label": row.name, "kind": row.kind}
                for row in questions
            ],
            "note": not questions,
            "reasons": self._prepare_reasons(link),
            "refusable": True,
        }

    def _read_survey(self, link, post):
        if post.get("refuse"):
            return {"refuse": True}, []
        rule = link.follow_up_id.rule_id
        answers = self._read_answers(rule, post)
        said, reason = self._read_said(link, post, answers), None
        wrong = [] if said or answers else ["nothing"]
        if said == "dissatisfied":
            reason = self._read_reason(link, post)
            wrong += [] if reason else ["reason"]
        note = clean_text(post.get("note"), TEXT_LENGTH)
        return {
            "answers": answers,
            "satisfaction": said,
            "reason_id": reason.id if reason else False,
            "note": note or self._get_words_of(rule, answers) or False,
            "via": "mail",
        }, wrong

    def _read_said(self, link, post, answers):
        """Return satisfied or dissatisfied, as far as the answers tell."""
        said = post.get("satisfaction")
        if not link.follow_up_id.rule_id._asks_satisfaction():
            said = link.follow_up_id._judge_survey(answers)
        return said if said in ("satisfied", "dissatisfied") else None

    def _read_answers(self, rule, post) -> dict:
        """Return what was answered to the questions, by their ids."""
        answers = {
            row.id: self._read_answer(row.kind, post.get(f"q{row.id}"))
            for row in rule.question_ids
        }
        return {id_: value for id_, value in answers.items() if value}

    def _read_answer(self, kind, value):
        """Return an answer of this kind, None when it is none."""
        if kind == "text":
            return clean_text(value, TEXT_LENGTH) or None
        return value if value in (SCORES if kind == "score" else YES_NO) else None

    def _get_words_of(self, rule, answers) -> str:
        """Return what was answered in words: it says why."""
        words = rule.question_ids.filtered(lambda row: row.kind == "text")
        return "\n".join(answers[row.id] for row in words if row.id in answers)

    def _take_survey(self, link, values) -> str:
        follow_up = link.follow_up_id
        if values.get("refuse"):
            follow_up._note_attempt("refused")
            return "refused"
        company = follow_up.company_id
        follow_up.with_context(lang=company.partner_id.lang)._record_answers(values)
        return values["satisfaction"] or "satisfied"
