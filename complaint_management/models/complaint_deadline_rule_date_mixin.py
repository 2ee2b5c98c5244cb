from datetime import datetime

import pytz

from odoo import fields, models


class ComplaintDeadlineRuleDateMixin(models.AbstractModel):
    """A date of the case from which a rule counts: a field, or an extra field.

    When it happened, but also the hearing, the discharge, the day the report came.
    """

    _name = "complaint.deadline.rule.date.mixin"
    _description = "Date of a Deadline Rule"

    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Date",
        ondelete="cascade",
        domain="[('model', '=', 'complaint.complaint'),"
        " ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]",
    )
    date_property = fields.Char(
        string="Or an Extra Field",
        help="The label of an extra field of the complaints that is a date, such as "
        "“Day of the Hearing”.",
    )

    def _get_property(self) -> dict:
        """Return the definition of the extra field that this rule names, maybe none."""
        wanted = (self.date_property or "").strip().lower()
        for definition in self.policy_id.complaint_properties_definition or []:
            names = (definition.get("name"), definition.get("string"))
            dated = definition.get("type") in ("date", "datetime")
            if wanted and dated and wanted in [(name or "").lower() for name in names]:
                return definition
        return {}

    def _read_date(self, complaint):
        """Return the date or moment of ``complaint`` that this rule names, if any."""
        # sudo: ir.model.fields - whoever registers can't read the data model
        name = self.sudo().date_field_id.name
        if name:
            return complaint[name]
        definition = self._get_property()
        value = definition and complaint.properties.get(definition["name"])
        if not value:
            return None
        if definition["type"] == "date":
            return fields.Date.to_date(value)
        return fields.Datetime.to_datetime(value)

    def _get_date(self, complaint) -> datetime | None:
        """Return the moment from which this rule counts for ``complaint``, if known."""
        value = self._read_date(complaint)
        if not value or isinstance(value, datetime):
            return value or None
        # A day begins at midnight where the office is.
        policy = self.policy_id._on_calendar(self.calendar_id)
        zone = pytz.timezone(policy._get_tz())
        midnight = zone.localize(datetime.combine(value, datetime.min.time()))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)
