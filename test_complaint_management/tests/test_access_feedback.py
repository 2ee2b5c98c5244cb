from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_access_matrix import REFUSAL_LOGS, REFUSALS, AccessMatrixCommon

#: Who may do what with codes and with what comes in by them, letters as in MATRIX.
#: Nobody at all reads what opens a case from outside, or an address.
FEEDBACK_MATRIX = """
role      point link hit  sub  doc  question access key address
registrar .     .    .    .    R    R        .      .   .
handler   R     R    R    R    R    R        .      .   .
manager   R     R    R    R    R    R        .      .   .
office    R     RW   R    R    R    R        .      .   .
admin     RWCD  RWCD R    R    RWCD RWCD     .      .   .
portal    .     .    .    .    .    .        .      .   .
public    .     .    .    .    .    .        .      .   .
"""
#: An attempt to write, and a column to read.
FEEDBACK_VALUES = {
    "point": {"name": "Changed"},
    "link": {"expires_at": "2030-01-01 00:00:00"},
    "hit": {"count": 9},
    "sub": {"stars": 1},
    "doc": {"text": "Changed"},
    "question": {"name": "Changed"},
    "access": {"revoked_at": False},
    "key": {"key_hash": "x"},
    "address": {"address_key": "x"},
}


@tagged("post_install", "-at_install")
class TestAccessFeedback(AccessMatrixCommon):
    """Every cell of FEEDBACK_MATRIX, and nothing at all of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_rows = cls._make_feedback(cls.policy)
        cls.branch_rows = cls._make_feedback(cls.branch_policy)

    @classmethod
    def _make_feedback(cls, policy):
        """Return a row of each kind, of ``policy``."""
        env, company = cls.env, policy.company_id
        point = env["complaint.feedback.point"].create(
            {"name": "Counter", "policy_id": policy.id}
        )
        case = (
            env["complaint.complaint"]
            .with_company(company)
            .create({"policy_id": policy.id, "subject": "Brakes"})
        )
        hash_ = f"hash of {policy.code}"
        submissions = env["complaint.feedback.submission"]
        submissions._claim(point.link_id, hash_, "address", kind="rating", stars=3)
        sent = submissions._find(hash_)
        access = env["complaint.public.access"]
        access._issue(case)
        hits = env["complaint.feedback.hit"]
        hits._add("scan", point.link_id, "address")
        return {
            "point": point,
            "link": point.link_id,
            "hit": hits.search([("link_id", "=", point.link_id.id)]),
            "sub": sent,
            "doc": env["complaint.feedback.document"].create(
                {
                    "model_id": env["ir.model"]._get_id("res.partner"),
                    "company_id": company.id,
                }
            ),
            "question": env["complaint.form.field"].create(
                {"policy_id": policy.id, "name": "What?", "element": "description"}
            ),
            "access": access.search([("complaint_id", "=", case.id)]),
            "key": sent,
            "address": sent,
        }

    def test_registrar(self):
        self._check_feedback("registrar")

    def test_handler(self):
        self._check_feedback("handler")

    def test_manager(self):
        self._check_feedback("manager")

    def test_office(self):
        self._check_feedback("office")

    def test_admin(self):
        self._check_feedback("admin")

    def test_portal(self):
        self._check_feedback("portal")

    def test_public(self):
        self._check_feedback("public")

    @mute_logger(*REFUSAL_LOGS)
    def _check_feedback(self, role):
        lines = [line.split() for line in FEEDBACK_MATRIX.strip().splitlines()]
        [cells] = [line for line in lines if line[0] == role]
        for column, letters in zip(lines[0][1:], cells[1:], strict=True):
            self._check_cell(role, column, self.own_rows[column], letters)
            self._check_cell(role, column, self.branch_rows[column], ".")

    def _check_cell(self, role, column, row, letters):
        actor = self.actors[role]
        row = row.with_env(self.env(user=actor, su=False))
        row = row.with_context(allowed_company_ids=actor.company_ids.ids)
        for letter, attempt in (
            ("R", self._read_feedback),
            ("W", self._write_feedback),
            ("C", self._copy_feedback),
            ("D", self._delete_feedback),
        ):
            with self.subTest(role=role, row=row, column=column, letter=letter):
                self.assertEqual(self._is_done(attempt, row, column), letter in letters)

    def _is_done(self, attempt, row, column) -> bool:
        """Tell whether ``attempt`` goes through; undo it."""
        row.invalidate_recordset()
        savepoint = self.env.cr.savepoint()
        try:
            done = attempt(row, column)
            self.env.flush_all()
            return bool(done)
        except REFUSALS:
            return False
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _read_feedback(self, row, column):
        found = row.search([("id", "=", row.id)])
        return found and row.read(list(FEEDBACK_VALUES[column]))

    def _write_feedback(self, row, column):
        row.write(FEEDBACK_VALUES[column])
        return True

    def _copy_feedback(self, row, column):
        if column in ("question", "doc", "link"):
            return self._create_feedback(row, column)
        return row.copy({"name": "Another"} if column == "point" else None)

    def _create_feedback(self, row, column):
        of = row.sudo()
        values = {
            "question": {"element": "name", "name": "Who?"},
            "doc": {"model_id": self.env["ir.model"]._get_id("res.users")},
            "link": {"res_model": "res.users", "res_id": 1},
        }[column]
        if column == "question":
            values["policy_id"] = of.policy_id.id
        else:
            values["company_id"] = of.company_id.id
        return row.browse().create(values)

    def _delete_feedback(self, row, _column):
        row.unlink()
        return True
