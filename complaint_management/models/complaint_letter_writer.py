from contextlib import ExitStack

from odoo import api, fields, models


class ComplaintLetterWriter(models.AbstractModel):
    """Turns templates into letters: to whom, under which number, in which words.

    Placeholders are filled by superuser, for a letter may name a person whom the writer
    may not know; the letter itself is readable by who may know them. What is filled in
    is text: it is never read as a template again.
    """

    _name = "complaint.letter.writer"
    _description = "Writer of Letters"

    @api.model
    def _write_by_rule(self, template, complaints, event):
        """Write ``template`` for the cases to which ``event`` has happened."""
        letters = self._write(template, complaints, cause=event)
        if template.automatic:
            letters._finish()
        else:
            letters._ask_review()
        return letters

    @api.model
    def _write(self, template, complaints, recipients=None, **values):
        """Return new letters of ``template``, drafts, one a recipient.

        :param recipients: per case, as of ``_get_recipients``; the template's own when
            None
        :param values: of the letters, such as ``answer_id`` and ``delivery``
        """
        # sudo: complaint.letter - evidence, written by the case only
        letters = self.env["complaint.letter"].sudo()
        if recipients is None:
            memo = {}
            recipients = {
                case: self._get_recipients(template, case, memo) for case in complaints
            }
        vals_list = []
        for case in complaints:
            for recipient in recipients[case]:
                vals = {
                    **self._prepare_letter(template, case),
                    **recipient,
                    **values,
                }
                if vals["delivery"] != "mail" or vals["email"]:
                    vals_list.append(vals)
        if not vals_list:
            return letters
        day = fields.Date.context_today(complaints)
        numbers = template._draw_numbers(len(vals_list), day)
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        letters = letters.create(vals_list)
        self._fill_in(template, letters)
        return letters

    @api.model
    def _prepare_letter(self, template, complaint) -> dict:
        return {
            "complaint_id": complaint.id,
            "template_id": template.id,
            "purpose": template.purpose,
            "delivery": template.delivery,
            "copies": template.copies,
            "signatures": template.signatures,
            "created_by_id": self.env["complaint.approval"]._get_author().id,
        }

    @api.model
    def _fill_in(self, template, letters):
        """Give ``letters`` their words, each in the language of its recipient."""
        for lang, rows in letters.grouped("lang").items():
            # sudo: complaint.letter.template - see the class
            source = template.sudo().with_context(lang=lang, tz=rows[0].tz)
            # sudo: complaint.party - as above
            parties = self.env["complaint.party"].sudo()
            with ExitStack() as stack:
                for row in rows.filtered("party_id"):
                    party = parties.browse(row.party_id.id)
                    stack.enter_context(party._quoting_own_cases(row))
                subjects = source._render_field("subject", rows.ids)
                bodies = source._render_field("body_html", rows.ids)
            for row in rows:
                subject = " ".join((subjects[row.id] or "").split())
                row.write(
                    {
                        "subject": subject or template.name,
                        "body": bodies[row.id],
                    }
                )

    # ------------------------------------------------------------
    # RECIPIENTS
    # ------------------------------------------------------------

    @api.model
    def _get_recipients(self, template, complaint, memo: dict) -> list[dict]:
        """Return the values of the letters' recipients on ``complaint``.

        :param memo: kept by the caller for a batch, see ``complaint.routing``
        """
        # sudo: complaint.party - letters go to people whom staff may not know
        parties = complaint.sudo().party_ids
        chosen = parties.browse()
        if template.to_complainants == "main":
            chosen |= parties._get_main()
        if template.to_respondents:
            chosen |= parties._get_respondents_meant()
        for name, type_ in (
            ("to_complainants", "complainant"),
            ("to_forwarders", "forwarder"),
        ):
            if template[name] and template[name] != "main":
                chosen |= parties.filtered(lambda p, type_=type_: p.type == type_)
        found = [self._prepare_party(party) for party in chosen]
        for role in template.role_ids:
            found += self._get_role_recipients(role, complaint, memo)
        return found

    @api.model
    def _get_role_recipients(self, role, complaint, memo: dict) -> list[dict]:
        """Return whom ``role`` means: the outside partner, or colleagues."""
        target = self.env["complaint.routing"]._resolve(role, complaint, memo)
        users = target.users or target.department.complaint_manager_ids
        partners = target.partner or users.partner_id
        return [self._prepare_partner(partner) for partner in partners]

    @api.model
    def _prepare_party(self, party) -> dict:
        """Return what a letter keeps of the party it goes to."""
        # sudo: hr.employee - the address of a colleague is on their letters
        partner = party.partner_id or party.employee_id.sudo().work_contact_id
        return {
            "party_id": party.id,
            "partner_id": partner.id,
            "addressee": party.name,
            "address": partner._display_address(without_company=True).strip(),
            "email": party.email_key,
            "lang": self._get_lang(party.lang, party.company_id),
        }

    @api.model
    def _prepare_partner(self, partner) -> dict:
        """Return what a letter keeps of the outside body or colleague it goes to."""
        partner = partner.sudo()  # sudo: res.partner - a role names them
        return {
            "party_id": False,
            "partner_id": partner.id,
            "addressee": partner.name,
            "address": partner._display_address(without_company=True).strip(),
            "email": partner.email_normalized,
            "lang": self._get_lang(partner.lang, partner.company_id),
        }

    @api.model
    def _get_lang(self, lang, company) -> str:
        """Return a language that this database speaks."""
        known = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = (lang, (company or self.env.company).partner_id.lang, "en_US")
        return next((code for code in wanted if code in known), known[0])
