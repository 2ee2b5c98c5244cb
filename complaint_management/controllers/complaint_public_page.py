from urllib.parse import urlencode, urlsplit

from werkzeug.utils import redirect

from odoo import SUPERUSER_ID, http
from odoo.http import request

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class ComplaintPublicPage(http.Controller):
    """What the pages for strangers share: who asks, and how they are answered."""

    def _get_env(self):
        """Return the system's environment in the language of who asks."""
        # sudo: all models - strangers have no rights; the token is the right
        env = request.env(user=SUPERUSER_ID, su=True)
        return env(context={"lang": self._get_lang(env)})

    def _get_lang(self, env) -> str:
        """Return the chosen language, else one that the browser asks for, else ours."""
        installed = [code for code, _name in env["res.lang"].get_installed()]
        by_code = {code.lower(): code for code in reversed(installed)}
        by_tongue = {code.split("_")[0]: code for code in reversed(installed)}
        chosen = request.httprequest.args.get("lang")
        if chosen in installed:
            return chosen
        for wanted, _quality in request.httprequest.accept_languages:
            code = wanted.replace("-", "_").lower()
            lang = by_code.get(code) or by_tongue.get(code.split("_")[0])
            if lang:
                return lang
        own = env.company.partner_id.lang
        return own if own in installed else installed[0]

    def _is_same_origin(self, env) -> bool:
        """Tell whether no page of another site has sent this."""
        headers = request.httprequest.headers
        if headers.get("Sec-Fetch-Site") == "cross-site":
            return False
        origin = headers.get("Origin")
        if origin in (None, "", "null"):  # old browsers; some apps hide it
            return True
        base_url = env["complaint.feedback.guard"]._get_base_url()
        known = (request.httprequest.host, urlsplit(base_url).netloc)
        return urlsplit(origin).netloc in known

    def _get_address_key(self, env) -> str:
        address = request.httprequest.remote_addr
        return env["complaint.feedback.guard"]._get_address_key(address)

    def _get_place(self) -> dict:
        """Return where the page is, for its links to other languages."""
        asked = request.httprequest
        return {"path": asked.path, "args": asked.args.to_dict()}

    # ------------------------------------------------------------
    # ANSWERING
    # ------------------------------------------------------------

    def _render_unknown(self, env):
        """Answer unknown, expired and revoked codes the same."""
        words = env["complaint.feedback.page"]._get_words()
        return self._render_message(
            env, words["unknown"], 404, title=words["unknown_title"]
        )

    def _render_message(self, env, text, status=200, title=None):
        pages = env["complaint.feedback.page"]
        title = title or env._("Tell us")
        page = pages._prepare_frame(title, env.company, **self._get_place())
        values = {"page": page, "message": text}
        return self._respond(env, "feedback_message", values, status)

    def _see(self, env, path, **args):
        """Send the browser on to ``path``, by a GET."""
        query = urlencode({**args, "lang": env.lang})
        response = redirect(f"{path}?{query}", 303)
        response.headers.update(HEADERS)
        return response

    def _respond(self, env, template, values, status=200):
        """Render a page with headers that let nothing else in."""
        html = env["ir.qweb"]._render(f"complaint_management.{template}", values)
        response = request.make_response(
            html, headers=list(HEADERS.items()), status=status
        )
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        nonce = f"'nonce-{values['page']['nonce']}'"
        script, frame = nonce, "'none'"
        if values["page"]["captcha"]:
            script += " https://www.recaptcha.net https://www.gstatic.cn"
            frame = "https://www.recaptcha.net"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src {nonce}; script-src {script}; "
            f"img-src 'self' data:; connect-src 'self'; frame-src {frame}; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        return response
