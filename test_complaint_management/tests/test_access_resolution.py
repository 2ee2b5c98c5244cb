from contextlib import suppress

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_access_matrix import REFUSALS, AccessMatrixCommon


@tagged("post_install", "-at_install")
class TestAccessResolution(AccessMatrixCommon):
    """Clocks, rungs, approvals, decisions, findings and remedies are read with the
    rounds of a case.

    Nobody writes, adds or deletes one: they are evidence.
    """

    def test_registrar(self):
        self._check_rows("registrar")

    def test_handler(self):
        self._check_rows("handler")

    def test_manager(self):
        self._check_rows("manager")

    def test_office(self):
        self._check_rows("office")

    def test_admin(self):
        self._check_rows("admin")

    def test_portal(self):
        self._check_rows("portal")

    def _check_rows(self, role):
        actor = self.actors[role]
        for situation, cells in self._read_matrix(role).items():
            case = self._make_case(situation, actor)
            for row in self._make_resolution(case):
                row = row.with_env(self.env(user=actor, su=False))
                row = row.with_context(allowed_company_ids=actor.company_ids.ids)
                with self.subTest(role=role, situation=situation, model=row._name):
                    allowed = "R" in cells["round"]
                    self.assertEqual(self._is_seen(row), allowed)
                    for change in (
                        lambda row: row.write({"complaint_id": row.complaint_id.id}),
                        lambda row: row.unlink(),
                        lambda row: row.copy(),
                    ):
                        self._check_refused(row, change)

    def _is_seen(self, row) -> bool:
        try:
            found = row.search([("id", "=", row.id)])
            return bool(found and row.read(["create_date"]))
        except AccessError:
            return False

    def _check_refused(self, row, change):
        row.invalidate_recordset()
        with suppress(*REFUSALS), self.env.cr.savepoint():
            change(row)
            self.env.flush_all()
            self.fail(f"{row._name} was changed")

    def _make_resolution(self, case):
        """Return one row of each kind, of ``case``."""
        create = {
            name: self.env[f"complaint.{name}"].create
            for name in ("acceptance", "finding", "liability", "remedy", "remedy.type")
        }
        of_case = {"complaint_id": case.id}
        reason = self.env.ref("complaint_management.complaint_reason_finding_founded")
        finding = create["finding"](
            {
                **of_case,
                "conclusion_id": reason.id,
                "conclusion": "founded",
                "reasons": "Seen",
            }
        )
        liable = create["liability"]({"finding_id": finding.id, "type": "complainant"})
        types = case.policy_id.remedy_type_ids
        type_ = types[:1] or create["remedy.type"](
            {"policy_id": case.policy_id.id, "name": "Refund", "nature": "refund"}
        )
        return [
            create["acceptance"]({**of_case, "decision": "accept"}),
            finding,
            liable,
            create["remedy"]({**of_case, "type_id": type_.id, "nature": "refund"}),
            *self._make_engine_rows(case),
        ]

    def _make_engine_rows(self, case):
        """Return a clock, its history, a rung and a question to an approver."""
        now = fields.Datetime.now()
        of_case = {"complaint_id": case.id, "policy_id": case.policy_id.id}
        clock = self.env["complaint.deadline"].create(
            {
                **of_case,
                "name": "Answer",
                "kind": "due",
                "end_event": "answered",
                "delay_unit": "days",
                "started_at": now,
                "due_at": now,
            }
        )
        log = self.env["complaint.deadline.log"].create(
            {"deadline_id": clock.id, "complaint_id": case.id, "type": "started"}
        )
        rung = self.env["complaint.escalation"].create(
            {
                **of_case,
                "name": "Late",
                "occasion": "test",
                "planned_at": now,
                "fired_at": now,
                "fire_key": f"test {case.id}",
            }
        )
        approval = self.env["complaint.approval"].create(
            {
                **of_case,
                "subject": "stage",
                "res_model": case._name,
                "res_id": case.id,
                "reason": "Close it?",
            }
        )
        return [clock, log, rung, approval]
