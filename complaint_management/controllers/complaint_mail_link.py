from odoo import http
from odoo.http import request

from .complaint_feedback import READ, SEND
from .complaint_public_page import ComplaintPublicPage

#: Some words and a few choices.
MAX_REQUEST = 64 * 1024


class ComplaintMailLink(ComplaintPublicPage):
    """The pages behind links of mails, which programs open before people do.

    So a GET shows what would be done, and a POST does it: once. All run as the system,
    on what the token opens.
    """

    @http.route("/c/link/<string:scope>", **READ)
    def mail_link_unfilled(self, scope, **_params):
        """Answer a link that was read elsewhere than in the mail to the complainant."""
        return self._render_unknown(self._get_env())

    @http.route("/c/m/<string:token>", **READ)
    def mail_link(self, token, **_params):
        """Show what the link asks, or that it is over."""
        env = self._get_env()
        link = env["complaint.public.access"]._find_link(token)
        if not link:
            return self._render_unknown(env)
        if not link._is_pending():
            return self._render_done(link, "over")
        if "leave" in request.httprequest.args:
            return self._render_done(link, "left")
        return self._render_question(link)

    @http.route("/c/m/<string:token>", **{**SEND, "max_content_length": MAX_REQUEST})
    def mail_link_answer(self, token, **_params):
        """Take the answer, once."""
        env = self._get_env()
        link = env["complaint.public.access"]._find_link(token)
        if not link:
            return self._render_unknown(env)
        if not self._is_same_origin(env):
            words = env["complaint.feedback.page"]._get_words()
            return self._render_message(env, words["foreign"], 403)
        post = request.httprequest.form.to_dict()
        said, wrong = env["complaint.mail.page"]._take(link, post)
        if wrong:
            return self._render_question(link, post, wrong)
        return self._render_done(link, said)

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def _render_question(self, link, post=None, wrong=()):
        env = link.env
        pages, frames = env["complaint.mail.page"], env["complaint.feedback.page"]
        company = link.complaint_id.company_id
        title = pages._get_title(link)
        values = {
            "page": frames._prepare_frame(title, company, **self._get_place()),
            "ask": pages._prepare(link, post, wrong),
            "leave": f"{request.httprequest.path}?leave=1&lang={env.lang}",
        }
        return self._respond(env, "mail_link_page", values, 422 if wrong else 200)

    def _render_done(self, link, said):
        env = link.env
        pages, frames = env["complaint.mail.page"], env["complaint.feedback.page"]
        words, company = pages._get_words(), link.complaint_id.company_id
        title = words["done_title"]
        if said in ("over", "changed", "left"):
            title = pages._get_title(link)
        page = frames._prepare_frame(title, company, **self._get_place())
        values = {"page": page, "message": words[said]}
        return self._respond(env, "feedback_message", values)
