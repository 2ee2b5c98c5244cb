import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class ComplaintRemedyExecutionMixin(models.AbstractModel):
    """A remedy that a document of another app carries out.

    An add-on that can make one adds its kind to ``document_kind`` of the remedy type,
    names its model in ``_get_document_models`` there, and makes it by a method
    ``_make_document_<kind>`` of the remedy. The document's model inherits
    ``complaint.remedy.document.mixin``. It is made, and brought to its end, with the
    rights that its user has in that app; the remedy only follows.
    """

    _name = "complaint.remedy.execution.mixin"
    _description = "Remedy Carried Out by a Document"

    document_name = fields.Char(
        string="Made Document", compute="_compute_document_name"
    )
    can_make_document = fields.Boolean(compute="_compute_can_make_document")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for remedy in self:
            # sudo: any model - which document it is, not what stands in it
            document = remedy.sudo()._get_document()
            remedy.document_name = document.display_name if document else False

    @api.depends("state", "type_id", "res_id", "assignment_id")
    @api.depends_context("uid")
    def _compute_can_make_document(self):
        for remedy in self:
            due = remedy.document_kind and not remedy.res_id and remedy._is_executable()
            remedy.can_make_document = bool(
                due and (remedy.can_edit or remedy.assignment_id.has_access("write"))
            )

    def _get_document(self):
        """Return the document that carries this out, an empty record if none."""
        model = self.res_model
        if not model or model not in self.env or not self.res_id:
            return self.browse()
        return self.env[model].browse(self.res_id).exists()

    def _has_final_document(self) -> bool:
        """Tell whether there is a document, and it proves something: not a draft."""
        # sudo: any model - how far the document is, for whoever executes the remedy
        document = self.sudo()._get_document()
        if not hasattr(document, "_complaint_get_remedy_state"):
            return bool(document)
        return document._complaint_get_remedy_state() == "done"

    # ------------------------------------------------------------
    # MAKING
    # ------------------------------------------------------------

    def action_make_document(self):
        """Make the document with the user's own rights, once, and open it.

        :raise UserError: it isn't agreed yet, or no document carries it out
        """
        self.ensure_one()
        # Two impatient clicks make one document.
        # sudo: complaint.remedy - evidence, locked by whoever may take the step
        remedy = self.sudo()
        remedy.lock_for_update()
        if remedy._get_document():
            return self.action_view_document()
        self._check_document_step()
        made = getattr(self, f"_make_document_{self.document_kind}")()
        if isinstance(made, dict):
            return made
        self._link_document(made)
        return self.action_view_document()

    def action_view_document(self):
        """Open the document, with the user's own rights on it."""
        self.ensure_one()
        document = self._get_document()
        if not document:
            raise UserError(self.env._("No document was made yet."))
        document.check_access("read")
        return document._get_records_action(name=document.display_name)

    def _check_document_step(self):
        """Refuse to make a document for what isn't due, or isn't the user's task.

        :raise UserError: in words
        """
        self._check_consent()
        self._check_step(self._get_executable_states(), self.env._("carried out"))
        if not self.document_kind:
            raise UserError(
                self.env._(
                    "No document of another app carries out “%s”: note yourself how "
                    "it was done.",
                    self.display_name,
                )
            )

    def _get_origin_of(self, model: str):
        """Return the case's document if it is one of ``model``, with own rights.

        :raise AccessError: the user may not read it
        """
        document = self.complaint_id._get_origin_document()
        if document._name != model:
            return self.env[model]
        document.check_access("read")
        return document

    def _get_document_partner(self):
        """Return whom the document is made for: the complainant, as far as known.

        :raise UserError: no contact of the complainant is known to the user
        """
        case = self.complaint_id
        origin = case._get_origin_document()
        if origin and hasattr(origin, "_complaint_get_partner"):
            partner = origin._complaint_get_partner()
        else:
            complainants = case.party_ids.filtered(
                lambda row: row.type == "complainant"
            )
            partner = complainants.partner_id[:1]
        if not partner:
            raise UserError(
                self.env._(
                    "No contact of the complainant is known to you. Make the document "
                    "in its app, and note its number here as the proof."
                )
            )
        return partner

    def _get_document_title(self) -> str:
        """Return why the document is made, in words that the customer may read.

        It says nothing of the complaint: others see the document.
        """
        return self.type_id.name

    def _with_document_context(self) -> dict:
        """Return the context of a window of another app that makes the document.

        What the window makes is linked by ``_get_from_document_context``.
        """
        return {"complaint_remedy_id": self.id}

    @api.model
    def _get_from_document_context(self):
        """Return the remedy for which a window of another app was opened, if any."""
        id_ = self.env.context.get("complaint_remedy_id")
        return self.browse(id_ if isinstance(id_, int) else None).exists()

    def _link_document(self, document):
        """Let ``document`` be what carries this out, and note it on the case.

        :raise UserError: this isn't due, or isn't the user's task
        """
        self.ensure_one()
        self._check_document_step()
        document.check_access("read")
        # sudo: complaint.remedy - evidence, changed by its methods only
        remedy = self.sudo()
        remedy.write({"res_model": document._name, "res_id": document.id})
        remedy._log_document(
            self.env._(
                "%(document)s is made to carry out “%(remedy)s”.",
                document=self._name_document(document),
                remedy=self.display_name,
            )
        )
        # Who makes the document has taken the request over.
        asked = self.assignment_id
        if asked.state == "pending" and asked.has_access("write"):
            asked.action_accept()
        document._complaint_remedy_changed()

    @api.model
    def _name_document(self, document) -> str:
        """Return the kind of a document with its number."""
        # sudo: ir.model - what a model is called is no secret
        model = self.env["ir.model"].sudo()._get(document._name).name
        return f"{model} {document._complaint_get_remedy_reference()}"

    def _log_document(self, text):
        for remedy in self:
            remedy.complaint_id._message_log(body=text)

    # ------------------------------------------------------------
    # FOLLOWING
    # ------------------------------------------------------------

    @api.model
    def _complaint_remedy_document_changed(self, documents, deleted=False):
        """Let remedies follow the documents that carry them out, whatever their state.

        A document that is done executes its remedy, as its proof; one that isn't any
        more, or is cancelled, brings the remedy back to be carried out.

        :param deleted: the documents are about to be deleted
        """
        # sudo: complaint.remedy - whoever finishes a document needn't see the case
        remedies = self.sudo().search(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)]
        )
        if not remedies:
            return
        # sudo: any model - the remedy follows, whoever may read the document
        by_id = {document.id: document for document in documents.sudo()}
        for remedy in remedies:
            document = by_id[remedy.res_id]
            gone = deleted or document._complaint_get_remedy_state() == "cancelled"
            state = "cancelled" if gone else document._complaint_get_remedy_state()
            getattr(remedy, f"_on_document_{state}")(document)

    def _on_document_done(self, document):
        """Note the remedy as carried out, with the document as its proof."""
        if self.state == "executed":
            return
        reason = self._try_execution(document)
        if reason:
            self._log_document(
                self.env._(
                    "%(document)s is done, and “%(remedy)s” isn't noted as carried "
                    "out: %(reason)s",
                    document=self._name_document(document),
                    remedy=self.display_name,
                    reason=reason,
                )
            )

    def _try_execution(self, document):
        """Execute, or return in words why not: that must not stop the document."""
        if not self._is_executable():
            labels = dict(self._fields["state"]._description_selection(self.env))
            return labels[self.state]
        try:
            with self.env.cr.savepoint():
                self._execute(
                    proof_reference=document._complaint_get_remedy_reference()
                )
        except UserError as error:
            _logger.info("%s isn't noted as carried out: %s", self, error)
            return str(error)
        return None

    def _on_document_open(self, document):
        """Take back what counted as carried out: the document is a draft again."""
        if self.state == "executed":
            self._return(
                {},
                self.env._(
                    "%(document)s is open again: “%(remedy)s” is to be carried out.",
                    document=self._name_document(document),
                    remedy=self.display_name,
                ),
            )

    def _on_document_cancelled(self, document):
        """Let another document be made."""
        self._return(
            {"res_model": False, "res_id": False},
            self.env._(
                "%(document)s was cancelled: it doesn't carry out “%(remedy)s” any "
                "more.",
                document=self._name_document(document),
                remedy=self.display_name,
            ),
        )

    def _return(self, values, text):
        """Bring what was executed back to where it was agreed, and ask again."""
        executed = self.state == "executed"
        if executed:
            values = {
                **values,
                "state": self._get_agreed_state(),
                "executed_at": False,
                "executed_by_id": False,
                "proof_reference": False,
                "assignment_id": False,
            }
        self.write(values)
        self._log_document(text)
        if executed:
            self._ask_execution()

    def _get_agreed_state(self) -> str:
        """Return the state from which this was executed."""
        if self.answered_at or self.type_id._needs_consent():
            return "accepted"
        return "offered" if self.offered_at else "approved"
