from odoo import models
from odoo.http import Stream

#: What a browser may show by itself: pixels, whatever is inside.
SHOWN_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class DownloadStream(Stream):
    """A file that the browser saves, however it is asked for."""

    def get_response(self, as_attachment=None, **options):
        """Return the file, never as a page."""
        return super().get_response(as_attachment=True, **options)


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _get_stream_from(self, record, *args, **kwargs):
        """Let nothing that a stranger has sent open in our own address.

        Viewers in the page, which read the file and draw it themselves, go on.
        """
        stream = super()._get_stream_from(record, *args, **kwargs)
        of_case = record._name == "ir.attachment" and (
            record.res_model or ""
        ).startswith("complaint.")
        if of_case and stream.type != "url" and stream.mimetype not in SHOWN_TYPES:
            return DownloadStream(**vars(stream))
        return stream
