from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("owner", "Nobody Responsible"),
    ("handler", "Handler Has Left"),
    ("manager", "No Manager Found"),
    ("failed", "Scheduler Can't Go On"),
    ("untold", "Nobody Could Be Told"),
    ("figure", "Date to Be Agreed"),
    ("calendar", "No Working Hours"),
    ("year", "Next Year's Days Off Missing"),
    ("mail", "Mail Not Delivered"),
    ("letter", "Letter Not Delivered"),
    ("cron", "Scheduler Late"),
]


class ComplaintStuck(models.Model):
    """What can't go on by itself: the board whose promise is zero rows."""

    _name = "complaint.stuck"
    _description = "Stuck"
    _auto = False
    _order = "kind, id"

    kind = fields.Selection(KINDS, readonly=True)
    name = fields.Char(string="What", readonly=True)
    complaint_id = fields.Many2one("complaint.complaint", readonly=True)
    policy_id = fields.Many2one("complaint.policy", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    def action_open(self):
        """Open what is stuck."""
        self.ensure_one()
        record = self.complaint_id
        if self.kind in ("calendar", "year", "cron"):
            record = self.env[self.res_model].browse(self.res_id)
        return record._get_records_action()

    def action_retry(self):
        """Let the scheduler try again what it had left out."""
        for row in self.filtered(lambda row: row.kind == "failed"):
            row.complaint_id.check_access("read")
            self.env[row.res_model].browse(row.res_id).action_retry()
        return True

    @api.model
    def _search(self, domain, *args, **kwargs):
        # The board is made of many models; what was just written counts.
        self.env.flush_all()
        return super()._search(domain, *args, **kwargs)

    @property
    def _table_query(self) -> SQL:
        """Return one SELECT a kind; the number of the kind keeps ids apart."""
        selects = []
        for number, (kind, _label) in enumerate(KINDS):
            for model, select in getattr(self, f"_select_{kind}")().items():
                selects.append(
                    SQL(
                        """SELECT x.res_id::bigint * 1024 + %(number)s AS id,
                                  %(kind)s AS kind, x.name, x.complaint_id,
                                  x.policy_id, p.company_id,
                                  %(model)s AS res_model, x.res_id
                             FROM (%(select)s) AS x
                             LEFT JOIN complaint_policy p ON p.id = x.policy_id""",
                        number=number + len(KINDS) * self._get_part(kind, model),
                        kind=kind,
                        model=model,
                        select=select,
                    )
                )
        return SQL(" UNION ALL ").join(selects)

    @api.model
    def _get_part(self, kind, model) -> int:
        return list(getattr(self, f"_select_{kind}")()).index(model)

    # ------------------------------------------------------------
    # KINDS: {model: columns res_id, name, complaint_id, policy_id}
    # ------------------------------------------------------------

    def _select_owner(self) -> dict:
        """Return open cases for which neither a person nor a department answers."""
        return {
            "complaint.complaint": SQL(
                """SELECT c.id AS res_id, c.name, c.id AS complaint_id, c.policy_id
                     FROM complaint_complaint c
                     LEFT JOIN res_users u ON u.id = c.responsible_id
                     LEFT JOIN res_users h ON h.id = c.handler_id
                     LEFT JOIN complaint_access s ON s.department_id = c.department_id
                    WHERE c.is_closed IS NOT TRUE AND c.active
                      AND NOT COALESCE(u.active AND NOT u.share AND u.id != 1, FALSE)
                      AND NOT COALESCE(h.active, FALSE)
                      AND NOT EXISTS (
                          SELECT 1 FROM complaint_assignment a
                            JOIN complaint_assignment_candidate_rel r
                              ON r.complaint_assignment_id = a.id
                            JOIN res_users k ON k.id = r.res_users_id AND k.active
                           WHERE a.id = c.lead_assignment_id AND a.state = 'pending')
                      AND NOT EXISTS (
                          SELECT 1 FROM complaint_access_res_users_rel r
                            JOIN res_users m ON m.id = r.res_users_id AND m.active
                           WHERE r.complaint_access_id = s.id)"""
            )
        }

    def _select_handler(self) -> dict:
        """Return open cases whose handler works here no more."""
        return {
            "complaint.complaint": SQL(
                """SELECT c.id AS res_id, c.name || ' · ' || h.login AS name,
                          c.id AS complaint_id, c.policy_id
                     FROM complaint_complaint c
                     JOIN res_users h ON h.id = c.handler_id AND h.active IS NOT TRUE
                    WHERE c.is_closed IS NOT TRUE AND c.active"""
            )
        }

    def _select_manager(self) -> dict:
        """Return open cases where a role asks for a manager whom nobody has named."""
        return {
            "complaint.complaint": SQL(
                """SELECT c.id AS res_id,
                          c.name || ' · ' || string_agg(
                              COALESCE(r.name->>%(lang)s, r.name->>'en_US'), ', '
                          ) AS name,
                          c.id AS complaint_id, c.policy_id
                     FROM complaint_complaint c
                     JOIN complaint_role r ON r.policy_id = c.policy_id
                      AND r.active AND r.resolution = 'manager'
                     JOIN hr_department d ON d.id = c.department_id
                     JOIN hr_department m ON m.id = (
                          string_to_array(trim(trailing '/' FROM d.parent_path), '/')
                          )[GREATEST(1, cardinality(string_to_array(
                              trim(trailing '/' FROM d.parent_path), '/'))
                              - COALESCE(r.levels, 0))]::int
                     LEFT JOIN hr_employee e ON e.id = m.manager_id
                     LEFT JOIN res_users u ON u.id = e.user_id
                    WHERE c.is_closed IS NOT TRUE AND c.active
                      AND u.active IS NOT TRUE
                    GROUP BY c.id""",
                lang=self.env.lang or "en_US",
            )
        }

    def _select_failed(self) -> dict:
        """Return the rows that the scheduler has left out."""
        of_case = "(SELECT c.policy_id FROM complaint_complaint c WHERE c.id = %s)"
        selects = {}
        for model in self.env["complaint.runner"]._get_models():
            case = self._get_column(model, "complaint_id", SQL("NULL::int"))
            selects[model] = SQL(
                """SELECT t.id AS res_id, %s AS name, %s AS complaint_id,
                          %s AS policy_id
                     FROM %s t WHERE t.failure_count >= 3""",
                self._get_column(model, self.env[model]._stuck_column, SQL("''")),
                case,
                self._get_column(model, "policy_id", SQL(of_case, case)),
                SQL.identifier(self.env[model]._table),
            )
        return selects

    @api.model
    def _get_column(self, model, name, other) -> SQL:
        """Return a column of the rows ``t``; not all that is scheduled has a case."""
        field = self.env[model]._fields.get(name)
        return SQL.identifier("t", name) if field and field.store else other

    def _select_untold(self) -> dict:
        """Return escalations that have reached nobody."""
        return {
            "complaint.escalation": SQL(
                """SELECT t.id AS res_id, t.name, t.complaint_id, t.policy_id
                     FROM complaint_escalation t
                     JOIN complaint_complaint c ON c.id = t.complaint_id
                    WHERE t.notice_at IS NULL AND t.notified_at IS NULL
                      AND c.is_closed IS NOT TRUE"""
            )
        }

    def _select_figure(self) -> dict:
        """Return clocks whose date nobody has agreed yet."""
        return {
            "complaint.deadline": SQL(
                """SELECT t.id AS res_id, t.name, t.complaint_id, t.policy_id
                     FROM complaint_deadline t
                    WHERE t.figure_missing
                      AND t.state IN ('running', 'paused', 'missed')"""
            )
        }

    def _select_calendar(self) -> dict:
        """Return policies whose deadlines fall back on calendar time."""
        return {
            "complaint.policy": SQL(
                """SELECT t.id AS res_id, t.code AS name, NULL::int AS complaint_id,
                          t.id AS policy_id
                     FROM complaint_policy t
                     LEFT JOIN resource_calendar k ON k.id = t.calendar_id
                    WHERE t.active AND (k.active IS NOT TRUE OR k.flexible_hours
                      OR NOT EXISTS (SELECT 1 FROM resource_calendar_attendance a
                                      WHERE a.calendar_id = k.id))"""
            )
        }

    def _select_year(self) -> dict:
        """Return policies whose calendar doesn't know next year's days yet.

        From November on: the days off and make-up days of a year are published then.
        """
        today = fields.Date.context_today(self)
        year = today.year + 1 if today.month >= 11 else today.year
        return {
            "complaint.policy": SQL(
                """SELECT t.id AS res_id, k.name || ' · ' || %(year)s AS name,
                          NULL::int AS complaint_id, t.id AS policy_id
                     FROM complaint_policy t
                     JOIN resource_calendar k ON k.id = t.calendar_id AND k.active
                    WHERE t.active AND (
                      NOT EXISTS (
                          SELECT 1 FROM resource_calendar_leaves l
                           WHERE l.resource_id IS NULL
                             AND (l.calendar_id IS NULL OR l.calendar_id = k.id)
                             AND (l.company_id IS NULL OR l.company_id = t.company_id)
                             AND extract(year FROM l.date_to) >= %(number)s)
                      OR (EXISTS (SELECT 1 FROM complaint_calendar_exception x
                                   WHERE x.calendar_id = k.id AND x.kind = 'work')
                          AND NOT EXISTS (
                              SELECT 1 FROM complaint_calendar_exception x
                               WHERE x.calendar_id = k.id AND x.kind = 'work'
                                 AND extract(year FROM x.date) >= %(number)s)))""",
                year=str(year),
                number=year,
            )
        }

    def _select_mail(self) -> dict:
        """Return mails to people of a case that failed or came back."""
        return {
            "mail.notification": SQL(
                """SELECT n.id AS res_id, COALESCE(m.subject, '') AS name,
                          c.id AS complaint_id, c.policy_id
                     FROM mail_notification n
                     JOIN mail_message m ON m.id = n.mail_message_id
                     LEFT JOIN complaint_party y
                       ON m.model = 'complaint.party' AND y.id = m.res_id
                     JOIN complaint_complaint c ON c.id = y.complaint_id
                       OR (m.model = 'complaint.complaint' AND c.id = m.res_id)
                    WHERE n.notification_status IN ('bounce', 'exception')
                      AND c.is_closed IS NOT TRUE"""
            ),
            "mail.mail": SQL(
                """SELECT e.id AS res_id, COALESCE(m.subject, '') AS name,
                          c.id AS complaint_id, c.policy_id
                     FROM mail_mail e
                     JOIN mail_message m ON m.id = e.mail_message_id
                     LEFT JOIN complaint_party y
                       ON m.model = 'complaint.party' AND y.id = m.res_id
                     JOIN complaint_complaint c ON c.id = y.complaint_id
                       OR (m.model = 'complaint.complaint' AND c.id = m.res_id)
                    WHERE e.state = 'exception'
                      AND NOT EXISTS (SELECT 1 FROM mail_notification n
                                       WHERE n.mail_mail_id = e.id)"""
            ),
        }

    def _select_letter(self) -> dict:
        """Return letters that came back, or that could not go out."""
        return {
            "complaint.letter": SQL(
                """SELECT t.id AS res_id, t.name, t.complaint_id, t.policy_id
                     FROM complaint_letter t
                     JOIN complaint_complaint c ON c.id = t.complaint_id
                    WHERE c.is_closed IS NOT TRUE AND t.replaced_by_id IS NULL
                      AND (t.state = 'undeliverable'
                       OR (t.state = 'ready' AND t.failure IS NOT NULL))"""
            )
        }

    def _select_cron(self) -> dict:
        """Return the schedulers that are off, late or failing."""
        late = fields.Datetime.subtract(fields.Datetime.now(), minutes=30)
        crons = [
            self.env.ref(f"complaint_management.ir_cron_complaint_{name}").id
            for name in ("runner", "duties", "letters")
        ]
        return {
            "ir.cron": SQL(
                """SELECT t.id AS res_id,
                          COALESCE(a.name->>%(lang)s, a.name->>'en_US') AS name,
                          NULL::int AS complaint_id, NULL::int AS policy_id
                     FROM ir_cron t
                     JOIN ir_act_server a ON a.id = t.ir_actions_server_id
                    WHERE t.id = ANY(%(crons)s)
                      AND (t.active IS NOT TRUE OR t.failure_count > 0
                           OR t.nextcall < %(late)s)""",
                crons=crons,
                late=late,
                lang=self.env.lang or "en_US",
            )
        }
