from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools.contact import phone_key
from ..tools.public_text import clean_line, clean_text
from .complaint_feedback_form import TEXT_LENGTH
from .complaint_public_access import PHRASE_LENGTH

LINE_LENGTH = 200
#: The largest number that PostgreSQL's integer holds.
MAX_INTEGER = 2**31 - 1


class Wrong(Exception):
    """An answer that can't be taken; the text tells the person why."""


class ComplaintFeedbackAnswer(models.AbstractModel):
    """What was answered on a public form, read by the type of each question.

    Nothing that the browser sends is trusted: an option counts when it was offered.
    """

    _name = "complaint.feedback.answer"
    _description = "Answers of the Public Form"

    @api.model
    def _read(self, link, questions, post) -> tuple[dict, dict]:
        """Return the answers and, in words, what is wrong with them, by input.

        :param post: a werkzeug ``MultiDict``; anything may be in it
        """
        answers, errors = {}, {}
        anonymous = bool(post.get("anonymous")) and link._get_policy().anonymous_allowed
        for question in questions:
            name = question["name"]
            if anonymous and question["section"] == "contact":
                continue
            try:
                answer = getattr(self, f"_read_{question['type']}")(question, post)
                if question["required"] and answer in (None, "", False, []):
                    raise Wrong(self.env._("Please answer this."))
            except Wrong as error:
                errors[name] = str(error)
                continue
            answers[name] = answer
        answers["anonymous"] = anonymous
        self._read_phrase(anonymous, post, answers, errors)
        if not anonymous:
            self._check_reachable(link, questions, answers, errors)
        return answers, errors

    def _read_phrase(self, anonymous, post, answers, errors):
        phrase = clean_line(post.get("phrase"), LINE_LENGTH) if anonymous else ""
        folded = self.env["complaint.public.access"]._fold_phrase(phrase)
        if phrase and len(folded) < PHRASE_LENGTH:
            errors["phrase"] = self.env._(
                "The phrase needs at least %s letters or digits.", PHRASE_LENGTH
            )
        answers["phrase"] = phrase

    def _check_reachable(self, link, questions, answers, errors):
        """Ask once more whoever can't be answered, unless the document tells who."""
        known = link._get_partner()
        anonymous_allowed = link._get_policy().anonymous_allowed
        asked = self._get_contacts(questions, anonymous_allowed or known)
        reachable = known.phone or known.email or any(map(answers.get, asked))
        if asked and not reachable and not errors.keys() & set(asked):
            errors[asked[0]] = (
                self.env._(
                    "How may we reach you? Or tick that you don't want to be named."
                )
                if anonymous_allowed
                else self.env._("How may we reach you?")
            )

    def _get_contacts(self, questions, may_be_unnamed) -> list[str]:
        """Return the questions of which one has to be answered.

        Where neither telephone nor e-mail is asked, a name is enough.
        """
        names = [question["name"] for question in questions]
        asked = [name for name in ("phone", "email") if name in names]
        if not asked and not may_be_unnamed and "name" in names:
            return ["name"]
        return asked

    def _read_choice(self, question, post):
        value = post.get(question["name"]) or None
        if value is not None and value not in dict(question["options"]):
            raise Wrong(self.env._("Please choose one of these."))
        return value

    _read_select = _read_choice

    def _read_choices(self, question, post):
        offered = dict(question["options"])
        return [value for value in post.getlist(question["name"]) if value in offered]

    def _read_text(self, question, post):
        return clean_text(post.get(question["name"]), TEXT_LENGTH)

    def _read_line(self, question, post):
        return clean_line(post.get(question["name"]), LINE_LENGTH)

    def _read_checkbox(self, question, post):
        return bool(post.get(question["name"]))

    def _read_files(self, question, post):
        return True  # read apart, see the controller

    def _read_phone(self, question, post):
        phone = clean_line(post.get(question["name"]), 40)
        if phone and not 5 <= len(phone_key(phone) or "") <= 20:
            raise Wrong(self.env._("This isn't a telephone number."))
        return phone

    def _read_email(self, question, post):
        email = clean_line(post.get(question["name"]), 255)
        if email and (len(email) > 254 or not email_normalize(email)):
            raise Wrong(self.env._("This isn't an e-mail address."))
        return email

    def _read_integer(self, question, post):
        number = self._read_float(question, post)
        if number is not None and not number.is_integer():
            raise Wrong(self.env._("Please write a whole number."))
        return None if number is None else int(number)

    def _read_float(self, question, post):
        text = clean_line(post.get(question["name"]), 40).replace(",", ".")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = None
        if number is None or not -MAX_INTEGER <= number <= MAX_INTEGER:
            raise Wrong(self.env._("Please write a number."))
        return number

    def _read_date(self, question, post):
        moment = self._read_iso(question, post)
        return moment and moment.date().isoformat()

    def _read_moment(self, question, post):
        """Return when it was, in naive UTC; typed in the time of the policy."""
        moment = self._read_iso(question, post)
        if not moment:
            return None
        zone = pytz.timezone(question["tz"])
        moment = zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
        if moment > fields.Datetime.now():
            raise Wrong(self.env._("This is still to come."))
        return moment

    def _read_iso(self, question, post):
        text = clean_line(post.get(question["name"]), 40)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if not moment or moment.tzinfo or not 1900 <= moment.year <= 2100:
            raise Wrong(self.env._("Please write a date."))
        return moment
