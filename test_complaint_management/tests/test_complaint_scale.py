import logging
import re
import time
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import AccessCommon

_logger = logging.getLogger(__name__)

COUNT = 100_000
DEPARTMENTS = 50
LIST = {name: {} for name in ("name", "subject", "received_at", "phase", "severity_id")}
#: As the web client asks for the first page of a list.
PAGE = {"limit": 80, "count_limit": 10_001}
#: As the list and the columns of the kanban view are sorted.
ORDER = "next_due_at, received_at desc, id desc"


@tagged("post_install", "-at_install", "-standard", "complaint_scale")
class TestComplaintScale(AccessCommon):
    """What people open all day reads no table of 100,000 complaints from end to end."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.departments = cls.service | cls.env["hr.department"].create(
            [
                {"name": f"Department {number}", "company_id": cls.company.id}
                for number in range(DEPARTMENTS - 1)
            ]
        )
        cls.env.flush_all()
        cls._fill()

    @classmethod
    def _fill(cls):
        """Insert the complaints with parties and seats, spread over the departments."""
        seats = cls.env["complaint.access"]
        values = {
            "count": COUNT,
            "policy": cls.policy.id,
            "company": cls.company.id,
            "kind": cls.kind_complaint.id,
            "stages": cls.policy.stage_ids.ids,
            "phases": cls.policy.stage_ids.mapped("phase"),
            "severities": cls.policy.severity_ids.ids,
            "levels": cls.policy.severity_ids.mapped("sequence"),
            "departments": cls.departments.ids,
            "seats": [seats._get_seats(row).id for row in cls.departments],
            "office": seats._get_seats(cls.policy).id,
            "handler": cls.actors["handler"].id,
        }
        for statement in FILL:
            cls.env.cr.execute(statement, values)
        cls.env.invalidate_all()

    # ------------------------------------------------------------
    # AS A HANDLER
    # ------------------------------------------------------------

    def test_handler(self):
        cases = self._as("handler")
        seen = cases.search_count([])
        self.assertGreater(seen, COUNT // DEPARTMENTS / 2)
        self.assertLess(seen, COUNT // DEPARTMENTS * 2)
        opened = [("is_closed", "=", False)]
        for label, call in {
            "kanban by stage": lambda: self._open_kanban(cases, opened, "stage_id"),
            "kanban by phase": lambda: self._open_kanban(cases, opened, "phase"),
            "list": lambda: cases.web_search_read(opened, LIST, **PAGE, order=ORDER),
            **self._get_searches(cases),
        }.items():
            with self.subTest(label):
                plans = self._explain(f"handler: {label}", call)
                self.assertTrue(plans)
                self.assertNotRegex(plans, SEQ_SCAN)

    def test_handler_with_what_is_closed(self):
        """The page follows the index; its total may count the whole table."""
        cases = self._as("handler")
        plans = self._explain(
            "handler: list of all",
            lambda: cases.web_search_read([], LIST, **PAGE, order=ORDER),
        )
        self.assertIn("complaint_complaint_due_idx", plans)

    # ------------------------------------------------------------
    # AS WHO SEES EVERYTHING
    # ------------------------------------------------------------

    def test_lists_of_office_and_administrator(self):
        for role in ("office", "admin"):
            cases = self._as(role)
            self.assertEqual(cases.search_count([]), COUNT)
            for label, domain in {
                "list": [],
                "open list": [("is_closed", "=", False)],
            }.items():
                with self.subTest(role=role, label=label):
                    plans = self._explain(
                        f"{role}: {label}",
                        lambda c=cases, d=domain: c.web_search_read(
                            d, LIST, **PAGE, order=ORDER
                        ),
                    )
                    self.assertRegex(plans, "complaint_complaint_(open_)?due_idx")
            for label, domain in {
                "kanban": [],
                "open kanban": [("is_closed", "=", False)],
            }.items():
                self._explain(
                    f"{role}: {label}",
                    lambda c=cases, d=domain: self._open_kanban(c, d, "stage_id"),
                )

    def test_searches_of_office_and_administrator(self):
        for role in ("office", "admin"):
            for label, call in self._get_searches(self._as(role)).items():
                with self.subTest(role=role, label=label):
                    plans = self._explain(f"{role}: {label}", call)
                    self.assertNotRegex(plans, SEQ_SCAN)
                    self.assertRegex(plans, r"Index Scan on complaint_\w+__\w+_index")

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    def _as(self, role):
        return self.env["complaint.complaint"].with_user(self.actors[role])

    def _get_searches(self, cases) -> dict:
        """Return what the search view asks, in Latin letters and in Chinese."""

        def text(words):
            domain = ["|", "|"]
            domain += [(field, "ilike", words) for field in TEXTS]
            return lambda: cases.web_search_read(domain, LIST, **PAGE)

        def find(*leaf):
            return lambda: cases.web_search_read([leaf], LIST, **PAGE)

        return {
            "number": text("DM/2026/04711"),
            "words": text("invoice 4711"),
            "Chinese words": text("退款申请单4711"),
            "phone": find("contact_phone", "ilike", "1390004711"),
            "complainant": find("complainant_name", "ilike", "Customer 4711"),
            "name search": lambda: cases.name_search("invoice 4711"),
        }

    def _open_kanban(self, cases, domain, group):
        return cases.web_read_group(
            domain,
            [group],
            ["__count"],
            order=ORDER,
            auto_unfold=True,
            unfold_read_specification=LIST,
            unfold_read_default_limit=40,
        )

    def _explain(self, label, call) -> str:
        """Return the plans of the queries on complaints that ``call`` sends.

        Its time, cold cache of Odoo and warm one of PostgreSQL, goes to the log.
        """
        call()
        queries = []
        execute = Cursor.execute

        def record(cursor, query, params=None, log_exceptions=True):
            result = execute(cursor, query, params, log_exceptions)
            text = cursor._obj.query.decode()
            if re.match(r"\s*\(?(SELECT|WITH)", text) and "complaint_complaint" in text:
                queries.append(text)
            return result

        self.env.invalidate_all()
        with patch.object(Cursor, "execute", record):
            begin = time.perf_counter()
            call()
            spent = 1000 * (time.perf_counter() - begin)
        plans = []
        for query in queries:
            self.env.cr._obj.execute(f"EXPLAIN {query}")
            plans.append("\n".join(row[0] for row in self.env.cr._obj.fetchall()))
        _logger.info("%s: %.0f ms, %d queries", label, spent, len(queries))
        _logger.debug("%s:\n%s", label, "\n".join(queries + plans))
        return "\n".join(plans)


SEQ_SCAN = r"Seq Scan on complaint_complaint(\s|$)"
TEXTS = ("name", "subject", "description")
FILL = (
    """
    INSERT INTO complaint_complaint (
        policy_id, company_id, kind_id, nature, stage_id, phase, is_closed,
        severity_id, severity_level, department_id, handler_id, name, subject,
        description, track, form, active, received_at, date_last_stage_update,
        people_count, complainant_name, identity, create_date, next_due_at
    )
    SELECT %(policy)s, %(company)s, %(kind)s, 'complaint',
           (%(stages)s)[stage], (%(phases)s)[stage],
           (%(phases)s)[stage] IN ('closed', 'refused'),
           (%(severities)s)[severity], (%(levels)s)[severity],
           (%(departments)s)[1 + n %% array_length(%(departments)s, 1)],
           CASE WHEN n %% 500 = 0 THEN %(handler)s END,
           'DM/2026/' || lpad(n::text, 6, '0'),
           'The invoice ' || n || ' is too high ' || md5(n::text),
           '<p>退款申请单' || n || ' ' || repeat(md5((-n)::text) || ' ', 8) || '</p>',
           'formal', 'oral', TRUE,
           now() - n * interval '7 minutes', now(), 1, 'Customer ' || n, 'named', now(),
           CASE WHEN n <= 5000 THEN now() + (14400 - n * 7) * interval '1 minute' END
      FROM generate_series(1, %(count)s) AS n
      -- most old cases are closed
      CROSS JOIN LATERAL (
          SELECT CASE WHEN n <= 5000 THEN 1 + n %% 3 ELSE 4 + (n %% 20 = 0)::int END
                     AS stage,
                 CASE WHEN n %% 30 = 0 THEN 3 WHEN n %% 3 = 0 THEN 2 ELSE 1 END
                     AS severity
      ) AS shape
    """,
    """
    INSERT INTO complaint_party (
        complaint_id, company_id, type, is_main, name, phone, phone_key,
        identity_access, create_date
    )
    SELECT id, company_id, 'complainant', TRUE, complainant_name,
           '139' || right(name, 6) || '0', '139' || right(name, 6) || '0', 'case', now()
      FROM complaint_complaint
     WHERE policy_id = %(policy)s
    """,
    """
    INSERT INTO complaint_access_complaint_complaint_rel (
        complaint_complaint_id, complaint_access_id
    )
    SELECT complaint.id, seat
      FROM complaint_complaint AS complaint
      JOIN unnest(%(departments)s, %(seats)s) AS place (department, seat)
           ON place.department = complaint.department_id
     WHERE complaint.policy_id = %(policy)s
     UNION ALL
    SELECT id, %(office)s FROM complaint_complaint WHERE policy_id = %(policy)s
    """,
    """
    ANALYZE complaint_complaint, complaint_party,
            complaint_access_complaint_complaint_rel, complaint_access_res_users_rel,
            complaint_access, complaint_complaint_excluded_rel
    """,
)
