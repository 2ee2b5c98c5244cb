from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        # A part of a form without a name, which only broken programs send, can't be
        # an argument of a page: strangers would see an error of the server.
        request.params.pop(None, None)
        return super()._dispatch(endpoint)
