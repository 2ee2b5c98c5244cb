from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _complaint_file(self, row):
        """Return these as files of ``row``, in sudo mode: fresh ones, copies of others.

        What belongs to something else already stays there.
        """
        # sudo: ir.attachment - filed with the evidence by whoever may read them
        files = self.sudo()
        fresh = files.filtered(lambda file: not file.res_id)
        values = {"res_model": row._name, "res_id": row.id}
        fresh.write(values)
        return fresh | (files - fresh).copy(values)

    def _check_access(self, operation):
        """Complainants get files from their case page only, never by their ids.

        They may read the case, and Odoo lets who reads a record read its files: here
        these are the staff's, proofs and statements.
        """
        result = super()._check_access(operation)
        discretion = self.env["complaint.discretion"]
        if not self or not discretion._is_outsider():
            return result
        guarded = discretion._get_guarded_models()
        # sudo: ir.attachment - to which record a file belongs decides who reads it
        hidden = self.sudo().filtered(lambda file: file.res_model in guarded)
        if not hidden:
            return result
        forbidden = result[0] if result else self.browse()
        message = self.env._("Sorry, you are not allowed to access this document.")
        return forbidden | self.browse(hidden.ids), lambda: AccessError(message)

    def _search(self, domain, *args, **kwargs):
        """Find no file of a case for who isn't of the staff."""
        discretion = self.env["complaint.discretion"]
        if not kwargs.get("bypass_access") and discretion._is_outsider():
            guarded = discretion._get_guarded_models()
            hidden = Domain("res_model", "in", guarded)
            domain = Domain(domain) & (Domain("res_model", "=", False) | ~hidden)
        return super()._search(domain, *args, **kwargs)
