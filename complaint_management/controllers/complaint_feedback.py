from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from ..models.complaint_feedback_guard import KEY_AGE, MINIMUM_AGE
from ..tools.token import hash_token
from ..tools.upload import MAX_FILES, MAX_SIZE, Rejected, check_upload
from .complaint_public_page import HEADERS, ComplaintPublicPage

#: All files and some kilobytes of text.
MAX_REQUEST = MAX_FILES * MAX_SIZE + 512 * 1024
CAPTCHA = "complaint_feedback"
STARS = ("1", "2", "3", "4", "5")
READ = {
    "type": "http",
    "auth": "public",
    "methods": ["GET"],
    "readonly": True,
    "save_session": False,
    "sitemap": False,
}
SEND = {
    "type": "http",
    "auth": "public",
    "methods": ["POST"],
    # Odoo's own check would refuse a page that WeChat has kept, or whose cookie it has
    # dropped. There is no session to abuse: the key of a form belongs to its code, and
    # a page of another site can't send it.
    "csrf": False,
    "save_session": False,
    "max_content_length": MAX_REQUEST,
}


class ComplaintFeedback(ComplaintPublicPage):
    """The page behind a printed code: nothing to log in to, nothing to download.

    A GET changes nothing. A POST is known by the key of its form, so that sending it
    twice makes one case. All run as the system, on what the token opens.
    """

    # ------------------------------------------------------------
    # ROUTES
    # ------------------------------------------------------------

    @http.route("/c/<string:token>", **READ)
    def feedback_form(self, token, **_params):
        """Show the form, or the stars that come before it."""
        env = self._get_env()
        link = env["complaint.feedback.link"]._find(token)
        if not link:
            return self._render_unknown(env)
        if link._get_policy().public_stars and "form" not in request.httprequest.args:
            return self._render_stars(link)
        return self._render_form(link)

    @http.route("/c/<string:token>", **SEND)
    def feedback_submit(self, token, **_params):
        """Take a form or stars, once."""
        env = self._get_env()
        link = env["complaint.feedback.link"]._find(token)
        if not link:
            return self._render_unknown(env)
        if not self._is_same_origin(env):
            words = env["complaint.feedback.page"]._get_words()
            return self._render_message(env, words["foreign"], 403)
        if "stars" in request.httprequest.form:
            return self._take_stars(link)
        return self._take_form(link)

    @http.route("/c/<string:token>/seen", **{**SEND, "max_content_length": 1024})
    def feedback_seen(self, token, **_params):
        """Count a scan.

        Sent by the page itself, so that neither previews nor scanners of mails count.
        """
        env = self._get_env()
        link = env["complaint.feedback.link"]._find(token)
        if link and self._is_same_origin(env):
            address_key = self._get_address_key(env)
            code, guard = link._get_counted(), env["complaint.feedback.guard"]
            if not guard._get_scan_wait(code, address_key):
                env["complaint.feedback.hit"]._add("scan", code, address_key)
        return request.make_response("", headers=list(HEADERS.items()), status=204)

    @http.route("/c/<string:token>/thanks", **READ)
    def feedback_thanks(self, token, **_params):
        """Thank for the stars."""
        env = self._get_env()
        link = env["complaint.feedback.link"]._find(token)
        if not link:
            return self._render_unknown(env)
        words = env["complaint.feedback.page"]._get_words()
        text = link._get_policy().public_thanks or words["stars"]
        return self._render_message(link.env, text, title=words["thanks"])

    # ------------------------------------------------------------
    # TAKING
    # ------------------------------------------------------------

    def _take_stars(self, link):
        """Note the stars; thank for many, ask what happened for few."""
        env, form = link.env, request.httprequest.form
        guard = env["complaint.feedback.guard"]
        key, stars = form.get("form_key", ""), form.get("stars")
        if guard._get_key_age(link, key) is None or stars not in STARS:
            return self._render_stars(link, 422)
        address_key = self._get_address_key(env)
        if wait := self._get_wait(link, address_key, "rating"):
            return self._render_wait(link, wait)
        link = link._keep()
        env["complaint.feedback.submission"]._claim(
            link, hash_token(key), address_key, kind="rating", stars=int(stars)
        )
        if int(stars) >= int(link._get_policy().public_stars_happy):
            return self._see(env, f"/c/{link.token}/thanks")
        return self._see(env, f"/c/{link.token}", form=1)

    def _take_form(self, link):
        """Make one case of a form, however often it is sent."""
        env, form = link.env, request.httprequest.form
        key, address_key = form.get("form_key", ""), self._get_address_key(env)
        age = env["complaint.feedback.guard"]._get_key_age(link, key)
        token = ""
        if age is not None:
            token = env["complaint.public.access"]._make_case_token(key)
            # Sent again, before anything that could refuse it: it is in already.
            if env["complaint.feedback.submission"]._find(hash_token(key)):
                return self._see(env, f"/c/s/{token}")
        if wait := self._get_wait(link, address_key, "attempt"):
            return self._render_wait(link, wait)
        code = link._get_counted()
        env["complaint.feedback.hit"]._add("attempt", code, address_key)
        if notice := self._get_refusal(env, form, age):
            return self._render_form(link, notice=notice)
        return self._take_answers(link, key, token, address_key)

    def _get_refusal(self, env, form, age):
        """Return why a form isn't even read, in words, or nothing.

        Whoever is a person after all sends it once more: all that was typed is there.
        """
        words = env["complaint.feedback.page"]._get_words()
        if age is None or age > KEY_AGE:
            return words["old"]
        if form.get("website") or age < MINIMUM_AGE:
            return words["again"]
        return None if self._is_person() else words["captcha"]

    def _is_person(self) -> bool:
        """Ask Odoo's captcha add-on, where it is in use."""
        environ = request.httprequest.environ
        # Asked once: after a conflict the whole request runs again, and what the
        # phone has sent for it is good for one time only.
        if "complaint.person" not in environ:
            try:
                request.env["ir.http"]._verify_request_recaptcha_token(CAPTCHA)
                environ["complaint.person"] = True
            except (UserError, ValidationError):
                environ["complaint.person"] = False
        return environ["complaint.person"]

    def _take_answers(self, link, key, token, address_key):
        """Read and take the answers, or show what is wrong with them."""
        env = link.env
        # Before the photos, which take the most work.
        if wait := self._get_wait(link, address_key, "case"):
            return self._render_wait(link, wait)
        questions = env["complaint.feedback.form"]._get_questions(link)
        answers, errors = env["complaint.feedback.answer"]._read(
            link, questions, request.httprequest.form
        )
        uploads = self._read_uploads(env, questions, errors)
        if errors:
            return self._render_form(link, questions, errors)
        try:
            with env.cr.savepoint():
                kept = link._keep()
                if env["complaint.feedback.submission"]._claim(
                    kept, hash_token(key), address_key
                ):
                    intake = env["complaint.feedback.intake"]
                    intake._take(kept, answers, uploads, token)
        except (UserError, ValidationError):
            notice = env["complaint.feedback.page"]._get_words()["refused"]
            return self._render_form(link, questions, notice=notice)
        return self._see(env, f"/c/s/{token}")

    def _read_uploads(self, env, questions, errors) -> list:
        """Return the checked files; write into ``errors`` what is wrong with them."""
        asked = [question for question in questions if question["type"] == "files"]
        if not asked:
            return []
        words, uploads = env["complaint.feedback.page"]._get_words(), []
        files = self._get_files()
        if len(files) > MAX_FILES:
            errors["photos"] = words["count"]
            return []
        try:
            for file in files:
                # A second attempt after a conflict finds the stream at its end.
                file.stream.seek(0)
                if data := file.stream.read(MAX_SIZE + 1):
                    uploads.append(check_upload(data))
        except Rejected as error:
            errors["photos"] = words[error.reason]
            return []
        if asked[0]["required"] and not uploads:
            errors["photos"] = words["photos"]
        return uploads

    def _get_files(self) -> list:
        """Return the files that were sent with the form."""
        return [file for file in request.httprequest.files.getlist("photos") if file]

    def _get_wait(self, link, address_key, kind) -> int:
        """Return the seconds until one more of ``kind`` is taken; 0: now."""
        guard = link.env["complaint.feedback.guard"]
        if guard._is_exempt(request.httprequest.remote_addr):
            return 0
        if kind == "attempt":
            return guard._get_attempt_wait(address_key)
        code = link._get_counted()
        return guard._get_submission_wait(code, address_key, kind)

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def _render_form(self, link, questions=None, errors=None, notice=None):
        """Show the form, with what was typed when it comes back."""
        env, post = link.env, request.httprequest.form
        forms = env["complaint.feedback.form"]
        questions = questions or forms._get_questions(link)
        pages = env["complaint.feedback.page"]
        values = {
            "page": pages._prepare_form(link, typed=bool(post), **self._get_place()),
            "notice": notice,
            "errors": errors or {},
            "labels": {q["name"]: q["label"] for q in questions},
            "key": self._get_key(link, post.get("form_key", "")),
            "matter": [q for q in questions if q["section"] == "matter"],
            "contact": [q for q in questions if q["section"] == "contact"],
            "typed": post and forms._get_typed(questions, post),
            "lost": bool(self._get_files()),
        }
        status = 422 if errors or notice else 200
        return self._respond(env, "feedback_form", values, status)

    def _get_key(self, link, key) -> str:
        """Return the key of a form that is shown again: the same while it holds."""
        guard = link.env["complaint.feedback.guard"]
        age = guard._get_key_age(link, key)
        return key if age is not None and age < KEY_AGE else guard._make_key(link)

    def _render_stars(self, link, status=200):
        env = link.env
        values = {
            "page": env["complaint.feedback.page"]._prepare_stars(
                link, **self._get_place()
            ),
            "key": env["complaint.feedback.guard"]._make_key(link),
        }
        return self._respond(env, "feedback_stars", values, status)

    def _render_wait(self, link, wait):
        notice = link.env["complaint.feedback.page"]._get_words()["wait"]
        response = self._render_form(link, notice=notice)
        response.status_code = 429
        response.headers["Retry-After"] = str(wait)
        return response
