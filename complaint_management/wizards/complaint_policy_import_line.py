from odoo import api, fields, models


class ComplaintPolicyImportLine(models.TransientModel):
    """One thing that importing a policy file tells or asks."""

    _name = "complaint.policy.import.line"
    _description = "Policy File Import Line"
    _order = "id"

    import_id = fields.Many2one(
        "complaint.policy.import", required=True, index=True, ondelete="cascade"
    )
    type = fields.Selection(
        [
            ("error", "Error"),
            ("link", "Link"),
            ("change", "Change"),
            ("finding", "Finding"),
        ],
        required=True,
    )
    place = fields.Char()
    text = fields.Text()
    # links
    path = fields.Json(help="Place of the row in the file, and the field.")
    key = fields.Char(help="Field of a line of the rota.")
    model = fields.Char()
    target_ref = fields.Reference(
        selection="_get_target_models",
        string="Here",
        help="Empty: left empty, and its name kept for the next export.",
    )
    # changes
    number = fields.Integer()
    change = fields.Char()
    old_value = fields.Text(string="Now")
    new_value = fields.Text(string="In the File")
    apply = fields.Boolean(default=True)

    @api.model
    def _get_target_models(self):
        """Return the models to which the rows of a policy file link."""
        files = self.env["complaint.policy.file"]
        names = set()
        pending = ["complaint.policy", *files._get_sections().values()]
        while pending:
            model = pending.pop()
            for name, kind in files._get_spec(model).values():
                comodel = self.env[model]._fields[name].comodel_name
                if kind in ("hint", "hints"):
                    names.add(comodel)
                elif kind in ("rows", "lines"):
                    pending.append(comodel)
        # sudo: ir.model - the names of models are no secret
        models_ = self.env["ir.model"].sudo()
        return [(name, models_._get(name).name) for name in sorted(names)]
