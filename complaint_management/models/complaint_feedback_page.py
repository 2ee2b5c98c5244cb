import secrets
from functools import lru_cache
from urllib.parse import urlencode

from markupsafe import Markup

from odoo import api, models
from odoo.tools import str2bool
from odoo.tools.misc import file_open

from ..tools.upload import ACCEPT


class ComplaintFeedbackPage(models.AbstractModel):
    """What stands on the public pages: one document each, style and script inside.

    A controller says where the page is (``path``, ``args``) and what was typed; the
    templates are ``complaint_management.feedback_…``.
    """

    _name = "complaint.feedback.page"
    _description = "Public Page"

    @api.model
    def _get_words(self) -> dict:
        """Return what the pages say when something isn't as it should be."""
        return {
            "unknown_title": self.env._("Nothing here"),
            "unknown": self.env._(
                "This code isn't in use. Please ask our staff, or scan a newer one."
            ),
            "foreign": self.env._(
                "Please open this page by the code, not by another site."
            ),
            "thanks": self.env._("Thank you"),
            "stars": self.env._("We are glad, and pass it on."),
            "old": self.env._(
                "This page was open for a long time. Please look at it once more and "
                "send it again; photos have to be added again."
            ),
            "again": self.env._("Please look at it once more and send it again."),
            "captcha": self.env._(
                "We couldn't make sure that you are a person. Please send it again."
            ),
            "refused": self.env._(
                "We couldn't take this in. Please tell our staff, or send it later: "
                "what you have written stays here."
            ),
            "wait": self.env._(
                "A lot has been sent from here. Please send this again in a while: "
                "what you have written stays here."
            ),
            "photos": self.env._("Please add a photo."),
            "count": self.env._("At most 5 files, please."),
            "size": self.env._("A file is larger than 10 MB."),
            "type": self.env._("Only photos (JPEG, PNG, WebP) and PDF, please."),
            "pixels": self.env._("A photo has too many pixels: take a smaller one."),
            "broken": self.env._("A file is broken. Please take the photo again."),
        }

    @api.model
    def _prepare_frame(self, title, company, path, args) -> dict:
        """Return what every page needs.

        :param path: where the page is, for the links to its other languages
        :param args: what stands behind the question mark
        """
        langs = self.env["res.lang"].get_installed()
        return {
            "title": title,
            "company": company.name,
            "path": f"{path}?{urlencode({**args, 'lang': self.env.lang})}",
            "lang": self.env.lang.replace("_", "-"),
            "direction": self.env["res.lang"]._get_data(code=self.env.lang).direction,
            "nonce": secrets.token_urlsafe(12),
            "css": _get_source("css"),
            "js": _get_source("js"),
            "langs": [
                {
                    "code": code.replace("_", "-"),
                    "name": name.split(" / ")[-1],
                    "current": code == self.env.lang,
                    "url": f"{path}?{urlencode({**args, 'lang': code})}",
                }
                for code, name in langs
            ],
            "captcha": None,
        }

    @api.model
    def _prepare_form(self, link, path, args, typed=False) -> dict:
        """Return what the form needs beside its questions.

        :param typed: whether it comes back with what was typed
        """
        policy, words = link._get_policy(), self._get_words()
        partner = link._get_partner()
        frame = self._prepare_frame(
            self._get_title(policy), link.company_id, path, args
        )
        return {
            **frame,
            "place": link.document_name,
            "intro": policy.public_intro,
            "privacy": policy.public_privacy,
            "action": f"/c/{link.token}?{urlencode({'lang': self.env.lang})}",
            "slot": link.token,
            "seen": None if typed else f"/c/{link.token}/seen",
            "typed": "1" if typed else None,
            "accept": ACCEPT,
            "files_wrong": f"{words['count']} {words['size']}",
            "anonymous": policy.anonymous_allowed,
            "known": bool(partner.phone or partner.email),
            "captcha": self._get_captcha(),
        }

    @api.model
    def _prepare_stars(self, link, path, args) -> dict:
        """Return what the question for stars needs."""
        policy, lang = link._get_policy(), urlencode({"lang": self.env.lang})
        frame = self._prepare_frame(
            self._get_title(policy), link.company_id, path, args
        )
        return {
            **frame,
            "place": link.document_name,
            "intro": policy.public_intro,
            "action": f"/c/{link.token}?{lang}",
            "form_url": f"/c/{link.token}?form=1&{lang}",
            "seen": f"/c/{link.token}/seen",
        }

    @api.model
    def _get_title(self, policy) -> str:
        return policy.public_title or self.env._("Tell us")

    @api.model
    def _get_stages(self) -> dict:
        """Return the phases in the words of somebody who doesn't work here."""
        return {
            "received": self.env._("We have received it"),
            "assessment": self.env._("We are looking at it"),
            "handling": self.env._("We are working on it"),
            "decision": self.env._("We are deciding on it"),
            "answer": self.env._("We have answered it"),
            "follow_up": self.env._("We ask whether it is settled"),
            "closed": self.env._("It is closed"),
            "refused": self.env._("We couldn't take it up"),
        }

    def _get_captcha(self):
        """Return the public key of Odoo's captcha add-on, where it is in use."""
        if "google_recaptcha" not in self.env["ir.module.module"]._installed():
            return None
        # sudo: ir.config_parameter - this key is shown to everybody
        parameters = self.env["ir.config_parameter"].sudo()
        if not str2bool(parameters.get_param("enable_recaptcha", default=True)):
            return None
        return parameters.get_param("recaptcha_public_key") or None


@lru_cache(maxsize=2)
def _get_source(kind: str) -> Markup:
    """Return our style sheet or script, to be written into the page."""
    path = f"complaint_management/static/src/public/feedback_form.{kind}"
    with file_open(path) as file:
        lines = (line.strip() for line in file)
        kept = [line for line in lines if line and not line.startswith("//")]
    return Markup("\n").join(map(Markup, kept))
