from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_date, is_html_empty

from ..tools.qr import TooLong, make_data_uri
from .complaint_deadline import OPEN_STATES

#: Letters that have left the house: they are the complainant's now.
GONE_OUT = ("sent", "served", "undeliverable")
#: What is shown by a browser at worst as a picture; all else is sent as bytes.
KNOWN_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
#: What the page shows small: drawn anew, so that nothing else is in it.
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")
#: What the page asks of clocks, whose rows are far wider.
CLOCK_COLUMNS = (
    *("name", "promised", "state", "due_at", "reached_at", "extension_count"),
    "policy_id",
)
#: Entries that the page shows at once; who needs older ones has the letters.
MAX_ENTRIES = 60


class ComplaintCasePage(models.AbstractModel):
    """What stands on the page of a case: the same for tokens and for the portal.

    Everything is named here one by one: answers that were given, letters that went out
    to who looks, messages with the complainant, offers. Nothing of the chatter, no
    name of anybody.
    """

    _name = "complaint.case.page"
    _description = "Case Page"
    _inherit = ["complaint.feedback.page"]

    @api.model
    def _prepare_content(self, case, party, base, can_act=True) -> dict:
        """Return what the page of ``case`` tells.

        :param party: the complainant who looks; nobody: letters aren't shown
        :param base: path of the page, below which its files are
        :param can_act: False: it is looked at only
        """
        offers = self.env["complaint.case.effect"]._get_offers(case)
        master = case.master_id
        return {
            "number": case.name,
            "subject": case.subject,
            "stage": self._get_stages()[(master or case).phase],
            "fresh": case.phase == "received" and not case.page_message_ids,
            "merged": bool(master),
            "promises": self._get_promises(master or case),
            "missing": self._get_missing(case),
            "withdrawing": case.withdrawal_state in ("asked", "ready"),
            "thanks": case.policy_id.public_thanks,
            "entries": self._get_entries(case, party, base),
            "offered": [self._prepare_offer(row) for row in offers["remedies"]],
            "settled": self._get_settled(case),
            "outside": self._get_outside(case),
            "can_act": can_act,
            **self._prepare_actions(case, offers if can_act else {}),
        }

    def _prepare_actions(self, case, offers) -> dict:
        reasons = self.env["complaint.reason"]

        def options(name, usage):
            """Return the reasons to choose from, None where nothing is offered."""
            if not offers.get(name):
                return None
            return reasons._get_options(case.policy_id, usage)

        return {
            "can_write": offers.get("message"),
            "is_closed": case.is_closed and not case.master_id,
            "answerable": bool(offers.get("remedies")),
            "dissatisfied": options("satisfaction", "dissatisfied"),
            "withdrawal": options("withdrawal", "withdrawal"),
        }

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    def _get_promises(self, case) -> list[dict]:
        """Return the promised dates: what, by when, done or late, moved from when."""
        case.deadline_ids.fetch(CLOCK_COLUMNS)
        clocks = case.deadline_ids.filtered(
            lambda clock: clock.promised and clock.state not in ("cancelled", "lapsed")
        )
        return [self._prepare_promise(clock) for clock in clocks.sorted("due_at")]

    def _prepare_promise(self, clock) -> dict:
        # Most are never extended: their history isn't read.
        logs = clock.log_ids if clock.extension_count else clock.log_ids.browse()
        moved = logs.filtered(lambda log: log.type == "extended")
        waiting = clock.state in OPEN_STATES
        return {
            "name": clock.name,
            "when": self._format_moment(clock, clock.reached_at or clock.due_at),
            "done": bool(clock.reached_at),
            "paused": clock.state == "paused",
            "late": waiting and clock.due_at < fields.Datetime.now(),
            "was": bool(moved)
            and self._format_moment(clock, moved.sorted("id")[0].old_due_at),
        }

    def _format_moment(self, row, moment) -> str:
        """Return a moment as people write it where the policy works."""
        policy = row.policy_id if "policy_id" in row._fields else row
        local = pytz.utc.localize(moment).astimezone(pytz.timezone(policy._get_tz()))
        day = format_date(self.env, local.date(), date_format="long")
        return f"{day}, {local:%H:%M}"

    def _get_missing(self, case):
        """Return what the complainant was asked to add."""
        if case.policy_id.acceptance == "none":
            return None
        asked = case.acceptance_ids.filtered(
            lambda row: row.decision == "completion" and row.state == "valid"
        )
        return asked[:1].missing

    def _get_outside(self, case) -> list[str]:
        """Return the bodies outside, for who isn't satisfied and has no round left."""
        course = self.env["complaint.round.course"]
        unhappy = case.round_id.satisfaction == "dissatisfied"
        if not unhappy or not course._is_exhausted(case):
            return []
        rules = course._get_outside_rules(case)
        return [rule.forum_partner_id.name or rule.name for rule in rules]

    # ------------------------------------------------------------
    # WHAT WAS SAID
    # ------------------------------------------------------------

    def _get_entries(self, case, party, base) -> list[dict]:
        """Return answers, letters and messages, the youngest first."""
        rows = [
            *self._get_message_entries(case, party, base),
            *self._get_answer_entries(case),
            *self._get_letter_entries(case, party, base),
        ]
        rows.sort(key=lambda row: row["at"], reverse=True)
        for row in rows[:MAX_ENTRIES]:
            row["when"] = self._format_moment(case.policy_id, row["at"])
        told = self._prepare_told(case, base)
        return [*rows[:MAX_ENTRIES], told]

    def _prepare_told(self, case, base) -> dict:
        """Return what the case began with, in the words that were registered."""
        return {
            "mine": True,
            "title": case.subject,
            "at": case.received_at,
            "when": self._format_moment(case.policy_id, case.received_at),
            "html": not is_html_empty(case.description) and case.description,
            "text": case.demand,
            "files": self._prepare_files(case.told_attachment_ids.sorted("id"), base),
        }

    def _get_since_merge(self, case, rows, moment):
        """Return those of ``rows`` that were meant for who complained in ``case``.

        A case that was merged is answered with the one that goes on: what was said
        there before is between the house and others.

        :param moment: name of the field that says when a row was said
        """
        since = case.closed_at
        return rows.filtered(lambda row: since and row[moment] and row[moment] >= since)

    def _get_messages(self, case, party):
        """Return what the house and ``party`` have told each other; never others."""
        rows, master = case.page_message_ids, case.master_id
        if master:
            told = master.page_message_ids
            sent = told.filtered(lambda row: row.direction == "out")
            rows |= self._get_since_merge(case, sent, "sent_at")
            rows |= told.filtered(lambda row: row.party_id._is_person(party))
        return rows.filtered(
            lambda row: (
                row.direction == "out"
                or not (party and row.party_id)
                or row.party_id._is_person(party)
            )
        )

    def _get_message_entries(self, case, party, base):
        for row in self._get_messages(case, party):
            mine = row.direction == "in"
            details = filter(None, (row.remedy_id.display_name, row.reason_id.name))
            yield {
                "mine": mine,
                "title": " · ".join((self._get_titles()[row.kind], *details))
                if mine
                else self.env._("Message from us"),
                "at": row.sent_at,
                "text": row.text,
                "files": self._prepare_files(row.attachment_ids, base),
            }

    def _get_answer_entries(self, case):
        titles = {
            "interim": self.env._("How far we are"),
            "final": self.env._("Our answer"),
            "result": self.env._("What came of it"),
        }
        answers = case.answer_ids | self._get_since_merge(
            case, case.master_id.answer_ids, "given_at"
        )
        for row in answers.filtered(lambda answer: answer.state == "given"):
            # The points of a case that goes on are what others have told.
            final = row.type == "final" and row.complaint_id == case
            yield {
                "mine": False,
                "answer": row.type == "final",
                "title": titles[row.type],
                "at": row.given_at,
                "html": not is_html_empty(row.text) and row.text,
                "points": [
                    (point.name, point.answer)
                    for point in (case.point_ids if final else [])
                    if point.is_answered and row.round_id == case.round_id
                ],
                "files": [],
            }

    def _get_letter_entries(self, case, party, base):
        for letter in self._get_letters(case, party):
            yield {
                "mine": False,
                "title": self.env._("Letter: %s", letter.subject or letter.name),
                "at": letter.sent_at,
                "files": self._prepare_files(letter.attachment_id, base),
            }

    def _get_letters(self, case, party):
        """Return the letters that went out to ``party``."""
        letters = case.letter_ids.filtered(
            lambda row: party and row.party_id == party
        ) | case.master_id.letter_ids.filtered(
            lambda row: row.party_id._is_person(party)
        )
        return letters.filtered(lambda row: row.state in GONE_OUT)

    def _prepare_files(self, attachments, base) -> list[dict]:
        return [
            {
                "name": file.name,
                "url": f"{base}/file/{file.id}",
                "size": f"{max(1, file.file_size // 1024)} kB",
                "picture": file.mimetype in PICTURE_TYPES,
            }
            for file in attachments
        ]

    @api.model
    def _find_file(self, case, party, attachment_id: int):
        """Return a file that stands on this page, none when it doesn't."""
        letters = self._get_letters(case, party)
        messages = self._get_messages(case, party)
        files = (
            messages.attachment_ids | letters.attachment_id | case.told_attachment_ids
        )
        return files.filtered(lambda file: file.id == attachment_id)

    def _get_titles(self) -> dict:
        return {
            "message": self.env._("You wrote"),
            "accepted": self.env._("You agreed to our offer"),
            "refused": self.env._("You declined our offer"),
            "countered": self.env._("You wished something else"),
            "satisfied": self.env._("You are satisfied"),
            "dissatisfied": self.env._("You are not satisfied"),
            "withdrawal": self.env._("You withdrew your complaint"),
        }

    # ------------------------------------------------------------
    # OFFERS
    # ------------------------------------------------------------

    def _prepare_offer(self, remedy) -> dict:
        return {
            "id": remedy.id,
            "name": remedy.display_name,
            "text": remedy.description,
        }

    def _get_settled(self, case) -> list[tuple]:
        """Return what became of earlier offers: name, in plain words."""
        words = {
            "accepted": self.env._("agreed, we see to it"),
            "refused": self.env._("you declined it"),
            "countered": self.env._("you wished something else"),
            "executed": self.env._("done"),
        }
        told = case.remedy_ids.filtered(lambda row: row.offered_at or row.answered_at)
        return [
            (row.display_name, words[row.state])
            for row in told.sorted("id")
            if row.state in words
        ]

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.model
    def _get_words(self) -> dict:
        return {
            **super()._get_words(),
            "title": self.env._("Your complaint"),
            "done_message": self.env._("We have received your message."),
            "done_remedy": self.env._("We have noted your answer to our offer."),
            "done_satisfied": self.env._("Thank you for telling us."),
            "done_dissatisfied": self.env._(
                "We are sorry to hear that and have noted it: see below how it goes on."
            ),
            "done_withdraw": self.env._(
                "We have noted that you withdraw your complaint."
            ),
            "confirm": self.env._("Please tick that you withdraw of your own will."),
            "phrase_unknown": self.env._(
                "We find no complaint with this number and phrase."
            ),
            "phrase_wait": self.env._(
                "There were too many tries. Please try again in a while."
            ),
        }

    @api.model
    def _prepare_link(self, token) -> dict:
        """Return the address of the page, as text and as a code to be photographed."""
        url = self.env["complaint.feedback.guard"]._get_url(f"/c/s/{token}")
        try:
            qr = make_data_uri(url)
        except TooLong:
            qr = None
        return {"url": url, "qr": qr}

    @api.model
    def _get_phrase_end(self):
        """Return when a link ends that number and phrase have opened."""
        return fields.Datetime.now() + timedelta(hours=2)
