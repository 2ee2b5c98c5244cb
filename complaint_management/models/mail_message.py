from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Messages of cases are found by who sees the case, by nobody else."""
        query = super()._search(domain, offset, limit, order, **kwargs)
        if self.env.su or kwargs.get("bypass_access"):
            return query
        messages = self.browse(query.get_result_ids())
        hidden = self.env["complaint.discretion"]._filter_hidden(messages)
        return (messages - hidden)._as_query(order) if hidden else query

    def _get_forbidden_access(self, operation: str):
        """Neither authors nor recipients read on when a case is hidden from them."""
        forbidden = super()._get_forbidden_access(operation)
        rest = self - forbidden
        if operation == "create":
            # What the system notes after somebody gave a case away is no comment.
            rest = rest.filtered(lambda message: message.message_type == "comment")
        posting = operation == "create"
        discretion = self.env["complaint.discretion"]
        return forbidden + discretion._filter_hidden(rest, posting=posting)
