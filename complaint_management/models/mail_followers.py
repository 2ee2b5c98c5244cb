from odoo import models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Who follows a case is known to who sees the case."""
        query = super()._search(domain, offset, limit, order, **kwargs)
        if self.env.su or kwargs.get("bypass_access"):
            return query
        followers = self.browse(query.get_result_ids())
        hidden = self._get_complaint_hidden(followers)
        return (followers - hidden)._as_query(order) if hidden else query

    def _check_access(self, operation: str):
        result = super()._check_access(operation)
        if self.env.su or not self:
            return result
        forbidden, make_error = result or (self.browse(), None)
        hidden = self._get_complaint_hidden(self - forbidden)
        if not hidden:
            return result
        make_error = make_error or (
            lambda: self.env["ir.rule"]._make_access_error(operation, hidden)
        )
        return forbidden + hidden, make_error

    def _get_complaint_hidden(self, followers):
        return self.env["complaint.discretion"]._filter_hidden(followers, "res_model")
