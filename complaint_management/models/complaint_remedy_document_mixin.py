from odoo import models


class ComplaintRemedyDocumentMixin(models.AbstractModel):
    """A document of an app that may carry out a remedy: a credit note, a return.

    The host says by ``_complaint_get_remedy_state`` how far a document is, and calls
    ``_complaint_remedy_changed`` when that may have changed.
    """

    _name = "complaint.remedy.document.mixin"
    _description = "Document that Carries Out a Remedy"

    def _complaint_get_remedy_state(self) -> str:
        """Return how far this document is: ``open``, ``done`` or ``cancelled``.

        ``done`` is what can be shown as a proof: posted, repaired, returned.
        """
        self.ensure_one()
        return "open"

    def _complaint_get_remedy_reference(self) -> str:
        """Return the number by which this document is known, the proof."""
        self.ensure_one()
        return self.display_name

    def _complaint_remedy_changed(self):
        """Let the remedies that these documents carry out follow them.

        Batched, and one query where no remedy is concerned. Nothing that is wrong with
        a case stops the document.
        """
        self.env["complaint.remedy"]._complaint_remedy_document_changed(self)

    def unlink(self):
        self.env["complaint.remedy"]._complaint_remedy_document_changed(
            self, deleted=True
        )
        return super().unlink()
