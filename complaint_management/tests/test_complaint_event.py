from odoo.tests import tagged

from ..tools.events import EVENTS
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintEvent(ComplaintCommon):
    def setUp(self):
        super().setUp()
        self.heard = []
        # A test's listener, in the place of an add-on's.
        listener = self.registry["complaint.tag"]
        complaints = self.registry["complaint.complaint"]
        heard = self.heard

        def listen(_self, cases, event, source=None, at=None):
            heard.append((event, cases, source))

        listeners = complaints._get_event_listeners

        def get_listeners(model):
            return [*listeners(model), "complaint.tag"]

        self.assertFalse(hasattr(listener, "_on_complaint_event"))
        listener._on_complaint_event = listen
        self.addCleanup(delattr, listener, "_on_complaint_event")
        self.patch(complaints, "_get_event_listeners", get_listeners)

    def _listen(self):
        self.heard.clear()

    def _names(self):
        return [event for event, _cases, _source in self.heard]

    def _source(self, name):
        sources = [source for event, _cases, source in self.heard if event == name]
        self.assertEqual(len(sources), 1, f"{name} once")
        return sources[0]

    def test_registering(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        self.assertEqual(
            self._names(),
            ["assigned", "assigned", "stage_entered", "received", "severity_reached"],
        )
        types = [source.type for event, _c, source in self.heard if event == "assigned"]
        self.assertEqual(types, ["reception", "lead"])
        self.assertEqual(self._source("stage_entered"), self.stage_received)
        self.assertEqual({cases for _e, cases, _s in self.heard}, {complaint})

    def test_a_batch_is_one_event(self):
        complaints = self.env["complaint.complaint"].create(
            [self._prepare_complaint() for _index in range(3)]
        )
        self.assertEqual(self._names().count("received"), 1)
        self.assertEqual(self.heard[-1][1], complaints)
        self._listen()
        complaints.stage_id = self.stage_handling
        self.assertEqual(self._names(), ["stage_left", "stage_entered"])
        self.assertEqual(self._source("stage_left"), self.stage_received)
        self.assertEqual(self._source("stage_entered"), self.stage_handling)

    def test_nothing_happens_when_nothing_changes(self):
        complaint = self._create_complaint()
        self._listen()
        complaint.write(
            {
                "stage_id": complaint.stage_id.id,
                "severity_id": complaint.severity_id.id,
                "subject": "Other words",
            }
        )
        self.assertFalse(self.heard)

    def test_hand_over(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        lead = complaint.lead_assignment_id
        self._listen()
        complaint.with_user(self.handler).action_accept()
        self.assertEqual(self._names(), ["assignment_accepted", "handover_accepted"])
        self.assertEqual(self._source("handover_accepted"), lead)

    def test_taking_is_accepting(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        self._listen()
        complaint.with_user(self.handler).action_take()
        lead = complaint.lead_assignment_id
        self.assertEqual(
            self._names(), ["assigned", "assignment_accepted", "handover_accepted"]
        )
        self.assertEqual(self._source("handover_accepted"), lead)

    def test_refusal(self):
        complaint = self._create_complaint(category_id=self.quality.id)
        lead = complaint.lead_assignment_id
        self._listen()
        lead.with_user(self.handler)._refuse(self._reason("not_ours"))
        self.assertEqual(self._names(), ["assigned", "assignment_refused"])
        self.assertEqual(self._source("assignment_refused"), lead)

    def test_last_assignment_of_a_type(self):
        complaint = self._create_accepted()
        rows = self.env["complaint.assignment"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "type": type_,
                    "department_id": self.sales.id,
                    "opinion": "<p>Fine</p>",
                }
                for type_ in ("opinion", "opinion", "task")
            ]
        )
        self._listen()
        rows[0].action_accept()
        self.assertEqual(self._names(), ["assignment_accepted"])
        rows[0].action_done()
        self.assertEqual(self._names()[1:], ["assignment_done"])
        self._listen()
        rows[1].action_done()
        self.assertEqual(
            self._names(),
            ["assignment_accepted", "assignment_done", "last_assignment_done"],
        )
        self.assertEqual(self._source("last_assignment_done"), rows[1])

    def test_severity(self):
        complaint = self._create_complaint()
        self._listen()
        complaint.severity_id = self.severity_serious
        raised = ["severity_raised", "severity_reached"]
        self.assertEqual(self._names(), raised)
        complaint.severity_id = self.severity_minor
        self.assertEqual(self._names(), raised, "lowering is none")

    def test_severity_raised_at_intake_is_reached_once(self):
        self.env["complaint.severity.rule"].create(
            {
                "severity_id": self.severity_serious.id,
                "name": "Five people",
                "code": "people",
                "min_people": 5,
            }
        )
        self._create_complaint(people_count=5)
        self.assertEqual(self._names().count("severity_raised"), 1)
        self.assertEqual(self._names().count("severity_reached"), 1)
        self.assertEqual(self._names()[-1], "severity_reached")

    def test_closing_reopening_and_merging(self):
        master, merged = self._create_accepted(), self._create_accepted()
        self._listen()
        self._close(master)
        self.assertEqual(self._names(), ["stage_left", "closed", "stage_entered"])
        self._listen()
        self._reopen(master)
        self.assertEqual(
            self._names(), ["stage_left", "stage_entered", "assigned", "round_started"]
        )
        self.assertEqual(self._source("round_started"), master.round_id)
        self._listen()
        self.env["complaint.merge"].create(
            {"complaint_ids": (master | merged).ids, "master_id": master.id}
        ).action_merge()
        self.assertEqual(self._source("merged"), master)
        self.assertEqual(self._names().count("closed"), 1)

    def test_every_event_is_told_by_these_tests(self):
        """An event that is added to the vocabulary needs somebody who tells it."""
        told = {
            "received",
            "stage_entered",
            "stage_left",
            "severity_raised",
            "severity_reached",
            "assigned",
            "handover_accepted",
            "assignment_accepted",
            "assignment_refused",
            "assignment_done",
            "last_assignment_done",
            "round_started",
            "merged",
            "closed",
        }
        self.assertEqual({name for name, _label in EVENTS}, told)
