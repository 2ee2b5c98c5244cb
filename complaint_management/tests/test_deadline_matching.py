"""Which rules apply when a case or the rules change."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .engine_common import EngineCommon


@tagged("post_install", "-at_install")
class TestDeadlineMatching(EngineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ordinary = cls._create_rule(
            "ordinary",
            5,
            severity_ids=[
                Command.set((cls.severity_minor | cls.severity_ordinary).ids)
            ],
        )
        cls.urgent = cls._create_rule(
            "urgent", 24, "hours", severity_ids=[Command.set(cls.severity_serious.ids)]
        )

    def _raise(self, case, severity=None):
        case.with_user(self.office).severity_id = severity or self.severity_serious

    def test_another_rule_takes_over(self):
        case = self._create_accepted()
        clock = self._clock(case)
        self.assertEqual(clock.rule_id, self.ordinary)
        with freeze_time(self._local(2026, 11, 16, 15)):
            self._raise(case)
        self.assertEqual(self._clock(case), clock)
        self.assertEqual((clock.rule_id, clock.name), (self.urgent, "Urgent"))
        self.assertEqual(clock.started_at, self.now)
        self.assertDue(clock, 2026, 11, 17, 10)
        log = self._logged(clock, "changed")
        self.assertEqual(log.old_due_at, self._local(2026, 11, 23, 17))
        self.assertEqual(log.due_at, clock.due_at)
        self.assertEqual(log.note, "Ordinary → Urgent")

    def test_pauses_are_kept(self):
        case = self._create_accepted()
        clock = self._clock(case)
        with freeze_time(self._local(2026, 11, 16, 12)):
            self._move_to(case, self.stage_waiting)
        with freeze_time(self._local(2026, 11, 17, 12)):
            self._move_to(case, self.stage_handling)
            self._raise(case)
        # 24 hours, of which two were used before a pause of a day.
        self.assertDue(clock, 2026, 11, 18, 10)

    def test_paused_clock_stays_paused(self):
        case = self._create_accepted()
        clock = self._clock(case)
        with freeze_time(self._local(2026, 11, 16, 12)):
            self._move_to(case, self.stage_waiting)
        with freeze_time(self._local(2026, 11, 18, 12)):
            self._raise(case)
            self.assertEqual(clock.state, "paused")
            self._move_to(case, self.stage_handling)
        self.assertDue(clock, 2026, 11, 19, 10)

    def test_extensions_are_kept(self):
        self.ordinary.extensions = 1
        case = self._create_accepted()
        clock = self._clock(case)
        self._extend(clock, self._local(2026, 11, 25, 17))
        self.assertDue(clock, 2026, 11, 25, 17)
        self._raise(case)
        # The old rule's date had moved by two days.
        self.assertDue(clock, 2026, 11, 19, 10)
        self.assertEqual(clock.extension_count, 1)

    def test_missed_clock_runs_again_when_it_has_time(self):
        case = self._create_accepted(severity_id=self.severity_serious.id)
        clock = self._clock(case)
        with self._at(self._local(2026, 11, 17, 11)):
            self.assertEqual(clock.state, "missed")
            self._raise(case, self.severity_minor)
            self.assertEqual((clock.state, clock.missed_at), ("running", False))
        self.assertTrue(self._logged(clock, "missed"))
        with self._at(self._local(2026, 11, 24, 11)):
            self.assertEqual(clock.state, "missed")
        self.assertEqual(len(self._logged(clock, "missed")), 2)

    def test_no_rule_calls_the_clock_off(self):
        self.urgent.active = False
        case = self._create_accepted()
        clock = self._clock(case)
        self._raise(case)
        self.assertEqual(clock.state, "cancelled")
        self.assertEqual(
            self._logged(clock, "cancelled").note, "No rule applies any more."
        )

    def test_new_rule_starts_from_the_receipt(self):
        rule = self._create_rule(
            "report",
            4,
            "days",
            end_event="assignment_done",
            severity_ids=[Command.set(self.severity_serious.ids)],
        )
        case = self._create_accepted()
        self.assertFalse(self._clock(case, rule))
        with freeze_time(self._local(2026, 11, 17, 15)):
            self._raise(case)
        self.assertDue(self._clock(case, rule), 2026, 11, 20, 10)
        with freeze_time(self._local(2026, 11, 17, 16)):
            self._raise(case, self.severity_minor)
        self.assertEqual(self._clock(case, rule).state, "cancelled")
        with freeze_time(self._local(2026, 11, 17, 17)):
            self._raise(case)
        self.assertEqual(
            self._clock(case, rule).sorted("id").mapped("state"),
            ["cancelled", "running"],
        )

    def test_done_duty_is_done_under_all_rules(self):
        for rule in (self.ordinary, self.urgent):
            rule.write(
                {"end_event": "stage_entered", "end_stage_id": self.stage_handling.id}
            )
        case = self._create_accepted()
        self._move_to(case, self.stage_handling)
        self._raise(case)
        self.assertEqual(self._clock(case).mapped("state"), ["met"])

    def test_category_raises_the_severity_that_the_rule_looks_at(self):
        self.price.severity_id = self.severity_serious
        case = self._create_accepted()
        case.with_user(self.office).category_id = self.price
        self.assertEqual(self._clock(case).rule_id, self.urgent)

    def test_people_raise_what_a_domain_looks_at(self):
        rule = self._create_rule(
            "group", 2, "days", end_event="merged", domain="[('people_count', '>=', 2)]"
        )
        case = self._create_accepted()
        self.env["complaint.party"].create({"complaint_id": case.id, "name": "Li Lei"})
        self.assertTrue(self._clock(case, rule))

    def test_channel_kind_and_track(self):
        channel = self.env["complaint.channel"].search([], limit=1)
        looks = {
            "channel": {"channel_ids": [Command.set(channel.ids)]},
            "kind": {"kind_ids": [Command.set(self.kind_suggestion.ids)]},
            "track": {"track": "spot"},
        }
        rules = {
            code: self._create_rule(code, end_event="merged", **values)
            for code, values in looks.items()
        }
        case = self._create_accepted()
        case.with_user(self.office).write({"channel_id": channel.id})
        case.with_user(self.office).write({"kind_id": self.kind_suggestion.id})
        case.with_user(self.office).write({"track": "spot"})
        for code, rule in rules.items():
            with self.subTest(code=code):
                self.assertTrue(self._clock(case, rule))

    def test_later_receipt_moves_the_start(self):
        case = self._create_accepted(severity_id=self.severity_serious.id)
        clock = self._clock(case)
        case.with_user(self.office).received_at = self._local(2026, 11, 16, 9)
        self.assertEqual(clock.started_at, self._local(2026, 11, 16, 9))
        self.assertDue(clock, 2026, 11, 17, 9)

    def test_each_assignment_keeps_its_clock(self):
        values = {
            "event": "assigned",
            "event_assignment_type": "opinion",
            "end_event": "assignment_done",
        }
        slow = self._create_rule(
            "slow",
            3,
            "days",
            severity_ids=[Command.set(self.severity_minor.ids)],
            **values,
        )
        fast = self._create_rule(
            "fast",
            1,
            "days",
            severity_ids=[Command.set(self.severity_serious.ids)],
            **values,
        )
        for role in (self.role_sales, self.role_service):
            self._create_template(
                f"ask_{role.code}", role, type="opinion", event="received"
            )
        case = self._create_complaint(severity_id=self.severity_minor.id)
        clocks = self._clock(case, slow)
        self.assertEqual(len(clocks), 2)
        self._raise(case)
        self.assertEqual(self._clock(case, fast), clocks)

    def test_closed_case_is_left_alone(self):
        case = self._create_accepted()
        self._close(case)
        before = case.deadline_ids.mapped("state")
        self._raise(case)
        self.assertEqual(case.deadline_ids.mapped("state"), before)

    def test_the_next_round_starts_nothing_from_the_receipt(self):
        report = self._create_rule(
            "report",
            4,
            "days",
            end_event="assignment_done",
            severity_ids=[Command.set(self.severity_serious.ids)],
        )
        case = self._create_accepted()
        self._close(case)
        self._reopen(case)
        self._raise(case)
        self.assertFalse(self._clock(case, report))

    def test_what_does_not_change_costs_nothing(self):
        case = self._create_accepted()
        case.severity_id = self.severity_ordinary
        self.env.flush_all()
        self.env.invalidate_all()
        case.fetch(["severity_id", "stage_id"])
        self.env["complaint.deadline.matching"]._get_watched_fields()
        snapshot = self.env["complaint.deadline.matching"]._get_snapshot(
            case, {"severity_id": case.severity_id.id}
        )
        with self.assertQueryCount(0):
            self.env["complaint.deadline.matching"]._rematch_changed(snapshot)
            self.assertFalse(
                self.env["complaint.deadline.matching"]._get_snapshot(
                    case, {"place": "Hall"}
                )
            )

    def test_a_batch_costs_as_much_as_one(self):
        cases = [self._create_complaint() for _number in range(12)]
        matching = self.env["complaint.deadline.matching"]
        counts = []
        for some in (cases[:2], cases[2:]):
            batch = self.env["complaint.complaint"].concat(*some)
            self.env.cr.execute(
                "UPDATE complaint_complaint SET severity_id = %s WHERE id = ANY(%s)",
                [self.severity_serious.id, batch.ids],
            )
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            matching._rematch(batch)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(batch.deadline_ids.rule_id, self.urgent)
        self.assertLessEqual(counts[1], counts[0] + 2)

    # apply to open cases

    def _wizard(self, **values):
        wizards = self.env["complaint.deadline.apply"].with_user(self.admin)
        return wizards.create({"policy_id": self.policy.id, **values})

    def _lines(self, wizard):
        return {
            (line.rule_id, line.type): (line.count, line.old_due_at, line.new_due_at)
            for line in wizard.line_ids
        }

    def test_apply_shows_and_then_does(self):
        cases = [self._create_complaint() for _number in range(3)]
        self._close(cases.pop())
        self.ordinary.delay = 2
        report = self._create_rule("report", 4, "days", end_event="assignment_done")
        wizard = self._wizard()
        due = self._local(2026, 11, 20, 10)
        self.assertEqual(
            self._lines(wizard),
            {
                (self.ordinary, "move"): (
                    2,
                    self._local(2026, 11, 23, 17),
                    self._local(2026, 11, 18, 17),
                ),
                (report, "start"): (2, False, due),
            },
        )
        for case in cases:
            self.assertDue(self._clock(case), 2026, 11, 23, 17)
        wizard.action_apply()
        for case in cases:
            clock = self._clock(case, self.ordinary)
            self.assertDue(clock, 2026, 11, 18, 17)
            self.assertTrue(self._logged(clock, "applied"))
            self.assertDue(self._clock(case, report), 2026, 11, 20, 10)
        self.assertFalse(self._wizard().line_ids)

    def test_apply_starts_nothing_that_is_over(self):
        case = self._create_accepted()
        # As commits do: where it was is written down then.
        self.cr.flush()
        for stage in (self.stage_handling, self.stage_answered):
            self._move_to(case, stage)
            self.cr.flush()
        started = {
            self._create_rule(
                code, 4, "days", **{"end_event": "stage_entered", **values}
            ): begins
            for code, begins, values in (
                ("answer", False, {"end_phase": "answer"}),
                ("stage", False, {"end_stage_id": self.stage_handling.id}),
                ("later", False, {"end_phase": "handling", "end_stage_or_later": True}),
                ("close", True, {"end_event": "closed"}),
                ("wait", True, {"end_stage_id": self.stage_waiting.id}),
                ("left", False, {"end_event": "stage_left", "end_phase": "received"}),
                ("stays", True, {"end_event": "stage_left", "end_phase": "answer"}),
                ("taken", False, {"end_event": "handover_accepted"}),
                ("report", True, {"end_event": "assignment_done"}),
                ("finding", True, {"end_event": "finding_made"}),
                ("letter", True, {"end_event": "letter_sent"}),
            )
        }
        self._wizard().action_apply()
        for rule, begins in started.items():
            with self.subTest(rule=rule.code):
                self.assertEqual(bool(self._clock(case, rule)), begins)

    def test_every_trace_names_fields(self):
        """What has happened is looked for in columns that exist, on all events."""
        past = self.env["complaint.deadline.past"]
        case = self._create_accepted()
        for event in past._get_traces():
            with self.subTest(event=event):
                past._get_rows(case, event)
                rows, field, wanted = past._get_traces()[event]
                self.assertLessEqual({field, *wanted}, set(case[rows]._fields))

    def test_apply_some_rules_only(self):
        case = self._create_complaint()
        self.ordinary.delay = 2
        self._create_rule("report", 4, "days", end_event="assignment_done")
        self._wizard(rule_ids=[Command.set(self.ordinary.ids)]).action_apply()
        self.assertEqual(case.deadline_ids.rule_id, self.ordinary)
        self.assertDue(self._clock(case), 2026, 11, 18, 17)

    def test_apply_follows_a_new_holiday(self):
        case = self._create_complaint()
        self.calendar.complaint_exception_ids = [
            Command.create({"name": "Off", "date": "2026-11-18", "kind": "off"})
        ]
        self.assertDue(self._clock(case), 2026, 11, 23, 17)
        self._wizard().action_apply()
        self.assertDue(self._clock(case), 2026, 11, 24, 17)

    def test_apply_leaves_agreed_dates(self):
        self.ordinary.per_case = True
        case = self._create_accepted()
        self._extend(self._clock(case), self._local(2026, 12, 1, 12))
        self.ordinary.delay = 2
        self._wizard().action_apply()
        self.assertDue(self._clock(case), 2026, 12, 1, 12)

    def test_apply_is_for_administrators(self):
        wizards = self.env["complaint.deadline.apply"]
        self.assertFalse(wizards.with_user(self.office).has_access("create"))

    def test_another_language_moves_nothing(self):
        """What rules write on cases is in the language of the company."""
        self.env["res.lang"]._activate_lang("zh_CN")
        rule = self._create_rule("duty", 3)
        rule.with_context(lang="zh_CN").name = "答复"
        self._create_complaint()
        case = self._create_complaint()
        self.assertEqual(self._clock(case, rule).name, rule.name)
        matching = self.env["complaint.deadline.matching"].with_context(lang="zh_CN")
        self.assertFalse(matching._get_changes(case, anew=True))
