from typing import Any, NamedTuple

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.complaint_case_page import KNOWN_TYPES
from ..models.complaint_feedback_form import TEXT_LENGTH
from ..models.complaint_feedback_guard import KEY_AGE
from ..tools.public_text import clean_line, clean_text
from ..tools.token import hash_token
from ..tools.upload import (
    ACCEPT,
    MAX_FILES,
    MAX_SIZE,
    Rejected,
    check_upload,
    draw_small,
)
from .complaint_feedback import READ, SEND
from .complaint_public_page import HEADERS, ComplaintPublicPage

LINE_LENGTH = 200
#: Pixels of a photo as the page shows it.
SMALL_SIDE = 320
ACTIONS = ("message", "remedy", "satisfied", "dissatisfied", "withdraw")


class Visit(NamedTuple):
    """Who has which case open, by what right."""

    case: Any
    party: Any
    base: str  #: path of the page
    secret: str  #: what keys of its forms belong to
    via: str
    access: Any = None
    token: str = ""
    csrf: str = ""

    @property
    def can_act(self) -> bool:
        """Tell whether it isn't a preview of the staff."""
        return not self.access or self.access.scope == "case"


class ComplaintCase(ComplaintPublicPage):
    """The page of a case: what is shown, and what the complainant does there.

    A GET changes nothing; an effect is a POST, known by the key of its page, so that
    sending it twice does it once. All run as the system on the one case of the visit.
    """

    # ------------------------------------------------------------
    # ROUTES
    # ------------------------------------------------------------

    @http.route("/c/s/<string:token>", **READ)
    def case_page(self, token, **_params):
        """Show the case that the token opens."""
        visit = self._get_token_visit(token)
        return self._show(visit) if visit else self._render_unknown(self._get_env())

    @http.route("/c/s/<string:token>", **SEND)
    def case_act(self, token, **_params):
        """Take what the complainant does, once."""
        visit = self._get_token_visit(token)
        if not visit:
            return self._render_unknown(self._get_env())
        return self._take_effect(visit)

    @http.route("/c/s/<string:token>/seen", **{**SEND, "max_content_length": 1024})
    def case_seen(self, token, **_params):
        """Note that the page is open: the page says so, not who previews its link."""
        visit = self._get_token_visit(token)
        if visit and visit.can_act and self._is_same_origin(visit.case.env):
            visit.access._mark_seen()
        return request.make_response("", headers=list(HEADERS.items()), status=204)

    @http.route("/c/s/<string:token>/file/<int:file_id>", **READ)
    def case_file(self, token, file_id, **_params):
        """Hand out a file that stands on the page."""
        visit = self._get_token_visit(token)
        if not visit:
            return self._render_unknown(self._get_env())
        return self._send_file(visit, file_id)

    @http.route("/c/s", **READ)
    def case_phrase(self, **_params):
        """Ask for number and secret phrase."""
        return self._render_phrase(self._get_env())

    @http.route("/c/s", **{**SEND, "max_content_length": 8192})
    def case_open(self, **_params):
        """Open the page by number and secret phrase, for a while."""
        env, form = self._get_env(), request.httprequest.form
        words = env["complaint.case.page"]._get_words()
        if not self._is_same_origin(env):
            return self._render_message(env, words["foreign"], 403)
        number = clean_line(form.get("number"), LINE_LENGTH)
        guard, address_key = env["complaint.case.guard"], self._get_address_key(env)
        if wait := guard._get_phrase_wait(number, address_key):
            response = self._render_phrase(env, words["phrase_wait"], 429)
            response.headers["Retry-After"] = str(wait)
            return response
        number_key = guard._get_number_key(number)
        env["complaint.case.attempt"]._add(address_key, number_key)
        phrase = clean_line(form.get("phrase"), LINE_LENGTH)
        accesses = env["complaint.public.access"]
        case = accesses._find_by_phrase(number, phrase)
        if not case:
            return self._render_phrase(env, words["phrase_unknown"], 422)
        end = env["complaint.case.page"]._get_phrase_end()
        token = accesses._issue(case[:1], expires_at=end)
        return self._see(env, f"/c/s/{token}")

    # ------------------------------------------------------------
    # WHO VISITS
    # ------------------------------------------------------------

    def _get_token_visit(self, token):
        """Return the visit that a token gives the right to, or nothing."""
        accesses = self._get_env()["complaint.public.access"]
        access = accesses._find_access(token, "case", "preview")
        if not access:
            return None
        case = access.complaint_id
        return Visit(
            # What happens here happens in its company, whatever the system's own is.
            case=case.with_company(case.company_id),
            party=access.party_id,
            base=f"/c/s/{token}",
            secret=token,
            via="page",
            access=access,
            token=token,
        )

    # ------------------------------------------------------------
    # TAKING
    # ------------------------------------------------------------

    def _take_effect(self, visit):
        """Do what a form of the page asks for, or say why not."""
        env, form = visit.case.env, request.httprequest.form
        words = env["complaint.case.page"]._get_words()
        if not self._is_same_origin(env):
            return self._render_message(env, words["foreign"], 403)
        action, key = form.get("action"), form.get("form_key", "")
        age = env["complaint.case.guard"]._get_key_age(visit.secret, key)
        if action not in ACTIONS or not visit.can_act or age is None or age > KEY_AGE:
            return self._show(visit, words["old"], 422)
        origin = self._get_origin(visit, key)
        if env["complaint.message"]._find_sent(origin["key_hash"]):
            return self._see(env, visit.base, done=action)
        if wait := self._get_visit_wait(visit, origin["address_key"]):
            response = self._show(visit, words["wait"], 429)
            response.headers["Retry-After"] = str(wait)
            return response
        try:
            with env.cr.savepoint():
                getattr(self, f"_take_{action}")(visit, form, origin)
        except (UserError, Rejected) as error:
            env.invalidate_all()
            reason = getattr(error, "reason", None)
            return self._show(visit, words[reason] if reason else str(error), 422)
        return self._see(env, visit.base, done=action)

    def _get_visit_wait(self, visit, address_key) -> int:
        guard = visit.case.env["complaint.case.guard"]
        if guard._is_exempt(request.httprequest.remote_addr):
            return 0
        return guard._get_message_wait(visit.case, address_key)

    def _get_origin(self, visit, key) -> dict:
        """Return where an effect comes from, and what makes it the same one again.

        Who goes back in the browser and writes something else has said something else.
        """
        form, files = request.httprequest.form, request.httprequest.files
        said = [form.get(name, "") for name in ("action", "remedy", "answer", "text")]
        names = [file.filename or "" for file in files.getlist("photos")]
        return {
            "via": visit.via,
            "party_id": visit.party.id,
            "link_by_id": visit.access and visit.access.issued_by_id.id,
            "key_hash": hash_token("|".join([key, *said, *names])),
            "address_key": self._get_address_key(visit.case.env),
        }

    def _take_message(self, visit, form, origin):
        uploads = self._read_photos()
        text = clean_text(form.get("text"), TEXT_LENGTH)
        effects = visit.case.env["complaint.case.effect"]
        effects._write(visit.case, text, uploads, **origin)

    def _take_remedy(self, visit, form, origin):
        wanted = form.get("remedy", "")
        remedy = visit.case.remedy_ids.filtered(lambda row: str(row.id) == wanted)
        effects = visit.case.env["complaint.case.effect"]
        text = clean_text(form.get("text"), TEXT_LENGTH)
        effects._answer_remedy(remedy, form.get("answer"), text, **origin)

    def _take_satisfied(self, visit, form, origin):
        effects = visit.case.env["complaint.case.effect"]
        text = clean_text(form.get("text"), TEXT_LENGTH)
        effects._state_satisfaction(visit.case, True, text=text, **origin)

    def _take_dissatisfied(self, visit, form, origin):
        effects = visit.case.env["complaint.case.effect"]
        reason = self._read_reason(visit, form, "dissatisfied")
        text = clean_text(form.get("text"), TEXT_LENGTH)
        effects._state_satisfaction(visit.case, False, reason, text, **origin)

    def _take_withdraw(self, visit, form, origin):
        env = visit.case.env
        if not form.get("confirm"):
            raise UserError(env["complaint.case.page"]._get_words()["confirm"])
        reason = self._read_reason(visit, form, "withdrawal")
        text = clean_text(form.get("text"), TEXT_LENGTH)
        env["complaint.case.effect"]._withdraw(visit.case, reason, text, **origin)

    def _read_reason(self, visit, form, usage):
        effects, wanted = visit.case.env["complaint.case.effect"], form.get("reason")
        reasons = effects._get_reasons(visit.case, usage)
        return reasons.filtered(lambda row: str(row.id) == wanted)

    def _read_photos(self) -> list:
        """Return the checked files.

        :raise Rejected: one of them isn't taken
        """
        files = [file for file in request.httprequest.files.getlist("photos") if file]
        if len(files) > MAX_FILES:
            raise Rejected("count")
        uploads = []
        for file in files:
            # A second attempt after a conflict finds the stream at its end.
            file.stream.seek(0)
            if data := file.stream.read(MAX_SIZE + 1):
                uploads.append(check_upload(data))
        return uploads

    # ------------------------------------------------------------
    # SHOWING
    # ------------------------------------------------------------

    def _show(self, visit, notice=None, status=200):
        """Show the page; with a notice, and what was typed, when something is wrong."""
        env, form = visit.case.env, request.httprequest.form
        pages, place = env["complaint.case.page"], self._get_place()
        done = place["args"].pop("done", None)
        words = pages._get_words()
        page = pages._prepare_frame(words["title"], visit.case.company_id, **place)
        content = pages._prepare_content(
            visit.case, visit.party, visit.base, visit.can_act
        )
        if visit.can_act:
            count = len(visit.case.page_message_ids)
            page["seen"] = f"{visit.base}/seen?{count}"
            page["done"] = f"draft:{visit.case.origin_link_id.token}"
        values = {
            "page": page,
            "case": content,
            "action": f"{visit.base}?lang={env.lang}",
            "key": env["complaint.case.guard"]._make_key(visit.secret),
            "csrf": visit.csrf,
            "accept": ACCEPT,
            "files_wrong": f"{words['count']} {words['size']}",
            "notice": notice,
            "status": words.get(f"done_{done}") if done in ACTIONS else None,
            "typed": form if notice else {},
            "link": visit.can_act and visit.token and pages._prepare_link(visit.token),
            "portal": visit.via == "portal",
        }
        return self._respond(env, "case_page", values, status)

    def _render_phrase(self, env, notice=None, status=200):
        pages = env["complaint.case.page"]
        title = pages._get_words()["title"]
        page = pages._prepare_frame(title, env.company, **self._get_place())
        number = clean_line(request.httprequest.form.get("number"), LINE_LENGTH)
        values = {"page": page, "notice": notice, "number": number}
        values["action"] = f"/c/s?lang={env.lang}"
        return self._respond(env, "case_phrase", values, status)

    def _send_file(self, visit, file_id):
        """Answer with a file of the page: always to be stored, never shown."""
        pages = visit.case.env["complaint.case.page"]
        file = pages._find_file(visit.case, visit.party, file_id)
        if not file:
            return self._render_unknown(visit.case.env)
        if "small" in request.httprequest.args:
            return self._send_small(visit, file)
        known = file.mimetype in KNOWN_TYPES
        headers = {
            **HEADERS,
            "Content-Type": file.mimetype if known else "application/octet-stream",
            "Content-Disposition": content_disposition(file.name),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return request.make_response(file.raw or b"", headers=list(headers.items()))

    def _send_small(self, visit, file):
        """Answer with a small picture of a photo, drawn anew."""
        try:
            picture = draw_small(file.raw or b"", SMALL_SIDE)
        except Rejected:
            return self._render_unknown(visit.case.env)
        headers = {
            **HEADERS,
            "Cache-Control": "private, max-age=86400",
            "Content-Type": picture.mimetype,
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return request.make_response(picture.data, headers=list(headers.items()))
