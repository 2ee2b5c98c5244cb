from odoo import models

#: Assignments that somebody still has to accept or to finish.
OPEN_STATES = ("pending", "accepted")


class ComplaintAssignmentEventMixin(models.AbstractModel):
    """What the engine is told of assignments, and how its rules name them."""

    _name = "complaint.assignment.event.mixin"
    _description = "Events of Complaint Assignments"

    def _emit(self, event):
        """Tell the engine what happened to the cases of self."""
        concerned = self.filtered("complaint_id")
        if concerned:
            concerned.complaint_id._complaint_event(event, concerned)

    def _emit_last(self):
        """Tell the engine where nothing of a type, or of a rule, is open any more.

        What ended may be called off or refused: then the one done last was the last.
        """
        # sudo: complaint.assignment - the others' rows count too
        done = self.sudo().filtered(lambda row: row.state == "done")
        rest = (self - done).filtered("complaint_id")
        if rest:
            earlier = done.search(
                [
                    ("complaint_id", "in", rest.complaint_id.ids),
                    ("round_id", "in", rest.round_id.ids),
                    ("type", "in", list(set(rest.mapped("type")))),
                    ("state", "=", "done"),
                ],
                order="done_at, id",
            )
            for row in rest:
                done |= earlier.filtered(lambda other, row=row: row._kept_open(other))[
                    -1:
                ]
        last = done._get_last("type") | done._get_last("template_id")
        last._emit("last_assignment_done")

    def _kept_open(self, other) -> bool:
        """Tell whether ``other`` was not the last of its type because of this row."""
        return (
            (other.complaint_id, other.type) == (self.complaint_id, self.type)
            and other.done_at
            and other.done_at >= self.requested_at
        )

    def _get_last(self, by: str):
        """Return those of self after which no other like them is open.

        :param by: ``type``, or ``template_id``: asked by the same rule
        """
        # sudo: complaint.assignment - as above
        open_ = set(
            self.sudo()._read_group(
                [
                    ("complaint_id", "in", self.complaint_id.ids),
                    ("state", "in", OPEN_STATES),
                    (by, "!=", False),
                ],
                ["complaint_id", by],
            )
        )
        return self.filtered(
            lambda row: row[by] and (row.complaint_id, row[by]) not in open_
        )

    def _filter_event(self, event: str, type_, template):
        """Return those of self that a rule means to which ``event`` happened.

        :param type_: one of ``tools.events.ASSIGNMENT_TYPES``, empty: any
        :param template: the assignment rule that asked, empty: any, or by hand
        """
        rows = self.filtered(
            lambda row: (
                (not type_ or row.type == type_)
                and (not template or row.template_id == template)
            )
        )
        if event == "last_assignment_done":
            rows = rows._get_last("template_id" if template else "type")
        return rows
