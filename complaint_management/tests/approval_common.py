from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command

from .engine_common import EngineCommon


class ApprovalCommon(EngineCommon):
    """A case of the handler's, roles that approve, and something to ask about.

    What is asked is an extension: it is the simplest row that needs approval. Roles:
    ``boss`` (the manager), ``top`` (the office), ``board`` (manager, office, admin).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule("answer", 30, extensions=99, pausable=False)
        cls.role_top = cls._create_role(
            "top", resolution="users", user_ids=[Command.set(cls.office.ids)]
        )
        board = cls.manager | cls.office | cls.admin
        cls.role_board = cls._create_role(
            "board", resolution="users", user_ids=[Command.set(board.ids)]
        )
        cls.requests = cls.env["complaint.change.request"]

    def setUp(self):
        super().setUp()
        self.case = self._create_accepted()

    @classmethod
    def _create_approval_rule(cls, code, role=None, **values):
        """Return an approval rule about extensions, asking the boss."""
        return cls._create_item(
            "complaint.approval.rule",
            code,
            **{"subject": "extension", "role_id": (role or cls.role_boss).id, **values},
        )

    def _request(self, case=None, user=None, create_as=None, **values):
        """Ask for an extension as ``user`` (the handler)."""
        clock = self._clock(case or self.case, self.rule)
        user = user or self.handler
        row = self.requests.with_user(create_as or user).sudo()
        row = row.create(
            {
                "complaint_id": clock.complaint_id.id,
                "subject": "extension",
                "deadline_id": clock.id,
                "due_at": clock.due_at.replace(year=clock.due_at.year + 1),
                "reason": "Parts are late",
                **values,
            }
        )
        row.with_user(user)._request_approval()
        return row.with_env(self.env)

    def _questions(self, row):
        """Return the questions about ``row``, oldest first."""
        return self.env["complaint.approval"].search(
            [("res_model", "=", row._name), ("res_id", "=", row.id)], order="id"
        )

    def _pending(self, row):
        return self._questions(row).filtered(lambda q: q.state == "pending")

    @staticmethod
    def _approve(questions, user):
        return questions.with_user(user).action_approve()

    def _refuse(self, questions, user, reason="No"):
        wizard = self.env["complaint.approval.refuse"].with_user(user)
        return wizard.create(
            {"approval_ids": [Command.set(questions.ids)], "reason": reason}
        ).action_refuse()

    @contextmanager
    def _figures(self, **figures):
        """Let what is asked have these figures."""
        with patch.object(
            type(self.requests), "_get_approval_figures", lambda row: figures
        ):
            yield

    @contextmanager
    def _scope(self, **scope):
        """Let what is asked be about these records."""
        with patch.object(
            type(self.requests), "_get_approval_scope", lambda row: scope
        ):
            yield
