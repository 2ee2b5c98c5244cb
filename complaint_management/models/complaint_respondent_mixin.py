from odoo import models


class ComplaintRespondentMixin(models.AbstractModel):
    """Who is complained about: rules ask them, and the case is kept from them."""

    _name = "complaint.respondent.mixin"
    _description = "Respondent"

    def _get_respondents(self):
        """Return those of self who are complained about."""
        return self.filtered(lambda party: party.type == "respondent")

    def _get_respondents_meant(self):
        """Return whom of self a rule means: those just added where it is about them."""
        added = self.env.context.get("complaint_added_party_ids")
        respondents = self._get_respondents()
        return respondents.filtered(lambda row: not added or row.id in added)

    def _get_outside_respondents(self):
        """Return whom of self a rule means who don't work here."""
        # sudo: res.users - who works here is no secret from rules
        return self._get_respondents_meant().filtered(
            lambda party: (
                not party.employee_id
                and not (party.department_id and not party.partner_id)
                and all(party.partner_id.sudo().user_ids.mapped("share"))
            )
        )

    def _get_excluded_users(self):
        """Return the users whom a complaint about these parties is kept from."""
        respondents = self._get_respondents()
        # sudo: hr.employee - whom a rule excludes doesn't depend on who looks
        respondents = respondents.sudo().with_context(active_test=False)
        employees = respondents.employee_id
        partners = respondents.partner_id | employees.work_contact_id
        # The same person may be employed by several companies.
        employees |= partners.employee_ids
        return employees.user_id | partners.user_ids

    def _tell_added(self):
        """Tell the engine of respondents who were added to cases under way."""
        # sudo: complaint.complaint - rules work for whoever adds them
        added = self._get_respondents().sudo()
        # A case without lead is being registered: the rules will see all of them.
        added = added.filtered(
            lambda party: (
                party.complaint_id.lead_assignment_id
                and not party.complaint_id.is_closed
            )
        )
        if added:
            cases = added.complaint_id.with_context(complaint_added_party_ids=added.ids)
            cases._complaint_event("respondent_added", added)
