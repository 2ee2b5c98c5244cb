from markupsafe import Markup, escape

from odoo import SUPERUSER_ID, api, fields, models

from ..tools.public_text import shorten

SUBJECT_LENGTH = 80


class ComplaintFeedbackIntake(models.AbstractModel):
    """Makes a case of an answered form: the one place where strangers' words come in.

    What the code tells goes before what was answered, and nothing else gets in.
    """

    _name = "complaint.feedback.intake"
    _description = "Intake of the Public Form"

    @api.model
    def _take(self, link, answers: dict, uploads: list, token: str):
        """Return the new case, seen with elevated rights.

        :param answers: as ``complaint.feedback.answer`` read them
        :param uploads: ``tools.upload.Upload`` of each file
        :param token: what opens the case from outside
        :raise UserError: the policy doesn't take it
        """
        # sudo: complaint.complaint - strangers have no rights; the system registers
        # for them, so that no person counts as the first receiver
        system = self.with_user(SUPERUSER_ID).with_company(link.company_id)
        system = system.with_context(
            allowed_company_ids=link.company_id.ids,
            mail_create_nosubscribe=True,
            # Nobody has made the case: its code and its channel say how it came.
            mail_create_nolog=True,
            tz=link._get_policy()._get_tz(),
        )
        values = system._prepare_values(link.with_env(system.env), answers)
        case = system.env["complaint.complaint"].create(values)
        access = system.env["complaint.public.access"]
        access._issue(case.with_context(complaint_fresh=case.ids), token=token)
        if answers.get("phrase"):
            access._set_phrase(case, answers["phrase"])
        if uploads:
            system._attach(case, uploads)
        return case

    @api.model
    def _prepare_values(self, link, answers) -> dict:
        """Return the values of the case; add-ons extend it."""
        told, policy = link._get_told(), link._get_policy()
        lines = [int(line) for line in answers.get("lines", [])]
        if lines:
            # Kept on the case: in the language of those who work on it.
            lang = link.company_id.partner_id.lang or self.env.lang
            document = link._get_document().with_context(lang=lang)
            items = dict(document._complaint_get_lines())
            told = {
                **told,
                "origin_item_keys": lines,
                "origin_item_text": "\n".join(items[line] for line in lines),
                **document._complaint_prepare_line_values(lines),
            }
        properties = {**self._prepare_properties(answers), **told.pop("properties", {})}
        if "channel_id" not in told:
            channel = self.env.ref("complaint_management.complaint_channel_qr")
            told = {"channel_id": channel.id, **told}
        return {
            **self._prepare_answers(answers),
            **told,
            "policy_id": policy.id,
            "subject": self._get_subject(link, answers),
            "form": "written",
            "registered_by_id": False,
            "received_at": fields.Datetime.now(),
            "origin_link_id": link.id,
            "feedback_point_id": link.point_id.id,
            "origin_res_model": link.res_model,
            "origin_res_id": link.res_id,
            "properties": properties,
            "party_ids": [
                *told.get("party_ids", []),
                *self._prepare_complainant(link, answers),
            ],
        }

    def _prepare_answers(self, answers) -> dict:
        values = {
            "kind_id": int(answers.get("kind") or 0),
            "category_id": int(answers.get("category") or 0),
            "description": self._make_html(answers.get("description")),
            "demand": answers.get("demand"),
            "occurred_at": answers.get("occurred_at"),
            "place": answers.get("place"),
        }
        return {name: value for name, value in values.items() if value}

    def _prepare_properties(self, answers) -> dict:
        prefix = "property_"
        return {
            name.removeprefix(prefix): value
            for name, value in answers.items()
            if name.startswith(prefix) and value not in (None, "")
        }

    def _prepare_complainant(self, link, answers) -> list:
        """Return the command of the complainant's row; none for who stays unnamed."""
        if answers["anonymous"]:
            return []
        values = {
            "partner_id": link._get_partner().id,
            **{name: answers.get(name) for name in ("name", "phone", "email")},
            "confidential": answers.get("confidential"),
        }
        values = {name: value for name, value in values.items() if value}
        if not values.keys() - {"confidential"}:
            return []
        # In whose language the form was filled in, the answer is written.
        return [fields.Command.create({**values, "lang": self.env.lang or "en_US"})]

    def _make_html(self, text):
        """Return plain text as HTML in which nothing is a tag."""
        lines = (text or "").split("\n")
        return text and Markup("<p>%s</p>") % Markup("<br>").join(map(escape, lines))

    def _get_subject(self, link, answers) -> str:
        text = answers.get("description") or answers.get("demand") or ""
        if short := shorten(text, SUBJECT_LENGTH):
            return short
        # Which document it was isn't for everybody who sees the subject.
        lang = link.company_id.partner_id.lang or self.env.lang
        where = link.point_id.with_context(lang=lang).name
        return (
            self.env._("Told at %s", where) if where else self.env._("Told by a code")
        )

    def _attach(self, case, uploads):
        """Store the files: named by us, never shown as pages by the browser."""
        attachments = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        number = case.name.replace("/", "-")
        case.told_attachment_ids = attachments.create(
            [
                {
                    "name": f"{number}-{index}.{upload.extension}",
                    "raw": upload.data,
                    "mimetype": upload.mimetype,
                    "res_model": case._name,
                    "res_id": case.id,
                }
                for index, upload in enumerate(uploads, start=1)
            ]
        )
