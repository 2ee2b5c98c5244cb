import logging
from contextlib import suppress
from itertools import chain

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCommon

_logger = logging.getLogger(__name__)

#: Who may do what: R read, W write, C create, D delete; a dot: nothing at all.
#: ``R`` is asserted by read, search, search_count, read_group, export and name_search;
#: what a cell doesn't name is asserted to be refused. C of a case: register another one
#: under its policy. ``accepted``: the actor's assignment is over, so nobody writes it.
MATRIX = """
role      at          case pty  scrt asgm rnd chg link reg msg word fol act  file note call said chan wdr try  ltr sltr ans  chk pnt
registrar own         RWC  R    .    RW   R   R   R    .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  R    .    R    R    RWCD
registrar asked       RC   R    .    RW   R   R   R    .   RC  RWC  R   RC   R    C    R    R    R    R   R  R    .    R    R    R
registrar calls       RC   R    .    R    R   R   R    .   RC  RWC  R   RC   R    C    R    R    R    R   R  R    .    R    R    R
registrar department  C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
registrar child       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
registrar other       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
registrar company     .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
registrar registered  RWC  RWC  RWC  RW   R   R   R    R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  R    .    R    R    RWCD
registrar accepted    C    .    .    .    .   .   .    R   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
registrar about       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
registrar recused     C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
handler   own         RWC  RWCD C    RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
handler   asked       RC   R    .    RW   R   R   R    .   RC  RWC  R   RC   R    C    R    R    R    R   R  R    .    R    R    R
handler   calls       RC   R    .    R    R   R   R    .   RC  RWC  R   RC   R    C    R    R    R    R   R  R    .    R    R    R
handler   department  RWC  RWCD C    RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
handler   child       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
handler   other       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
handler   company     .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
handler   registered  RWC  RWCD RWCD RW   R   R   R    R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  R    .    R    R    RWCD
handler   accepted    C    .    .    .    .   .   .    R   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
handler   about       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
handler   recused     C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
manager   own         RWC  RWCD C    RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
manager   asked       RC   R    .    RW   R   R   R    .   RC  RWC  R   RC   R    C    R    R    R    R   R  R    .    R    R    R
manager   department  RWC  RWCD C    RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
manager   child       RWC  RWCD C    RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
manager   other       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
manager   company     .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
manager   registered  RWC  RWCD RWCD RW   R   R   R    R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  R    .    R    R    RWCD
manager   accepted    C    .    .    .    .   .   .    R   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
manager   about       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
manager   recused     C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
office    own         RWC  RWCD RWCD RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    asked       RWC  RWCD RWCD RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    department  RWC  RWCD RWCD RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    child       RWC  RWCD RWCD RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    other       RWC  RWCD RWCD RWC  R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    company     .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
office    registered  RWC  RWCD RWCD RWC  R   R   RWCD R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    accepted    RWC  RWCD RWCD RC   R   R   RWCD R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   RW   RWC  RW   RWCD
office    about       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
office    recused     C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
admin     own         RWCD RWCD C    RWCD R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     asked       RWCD RWCD C    RWCD R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     department  RWCD RWCD C    RWCD R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     child       RWCD RWCD C    RWCD R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     other       RWCD RWCD C    RWCD R   R   RWCD .   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     company     .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
admin     registered  RWCD RWCD RWCD RWCD R   R   RWCD R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     accepted    RWCD RWCD C    RCD  R   R   RWCD R   RWC RWCD R   RWCD RWCD C    R    R    R    R   R  RW   .    RWC  RW   RWCD
admin     about       C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
admin     recused     C    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
portal    complainant R    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
portal    stranger    .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
public    stranger    .    .    .    .    .   .   .    .   .   .    .   .    .    .    .    .    .    .   .  .    .    .    .    .
"""
#: What the columns are: a case, a party whom all may know, a confidential complainant,
#: an assignment (the actor's, if there is one), somebody else's message, the actor's
#: own words that they were notified of, somebody else's notification, a follow-up by
#: nobody in particular, an answer to it and an attempt, a request for a change, a
#: withdrawal.
COLUMNS = {
    "case": "complaint",
    "pty": "party",
    "scrt": "secret",
    "asgm": "assignment",
    "rnd": "round",
    "chg": "change",
    "link": "link",
    "reg": "registration",
    "msg": "message",
    "word": "words",
    "fol": "follower",
    "act": "activity",
    "file": "attachment",
    "note": "notice",
    "call": "follow_up",
    "said": "answer",
    "try": "attempt",
    "chan": "request",
    "wdr": "withdrawal",
    "ltr": "letter",
    "sltr": "secret_letter",
    "ans": "reply",
    "chk": "check",
    "pnt": "point",
}
READS = ("read", "search", "search_count", "read_group", "export", "name_search")
MESSAGES = ("message", "words")
NAMED = ("complaint", "party", "secret", "assignment")
#: A column of the model behind each column, and what an attempt writes there.
VALUES = {
    "complaint": ("subject", "Changed"),
    "party": ("phone", "1"),
    "secret": ("phone", "1"),
    "assignment": ("opinion", "<p>Changed</p>"),
    "round": ("note", "Changed"),
    "change": ("note", "Changed"),
    "link": ("type", "part"),
    "registration": ("name", "Changed"),
    "message": ("body", "<p>Changed</p>"),
    "words": ("body", "<p>Changed</p>"),
    "follower": ("partner_id", False),
    "activity": ("summary", "Changed"),
    "attachment": ("name", "changed.txt"),
    "notice": ("is_read", True),
    "follow_up": ("note", "Changed"),
    "answer": ("value", "1"),
    "attempt": ("note", "Changed"),
    "request": ("reason", "Changed"),
    "withdrawal": ("note", "Changed"),
    "letter": ("subject", "Changed"),
    "secret_letter": ("subject", "Changed"),
    "reply": ("text", "<p>Changed</p>"),
    "check": ("ticked", True),
    "point": ("name", "Changed"),
}
REFUSALS = (AccessError, MissingError, UserError)
REFUSAL_LOGS = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
CONFIGURATION = (
    "answer.requirement",
    "approval.rule",
    "assignment.template",
    "calendar.exception",
    "category",
    "deadline.rule",
    "escalation.rule",
    "follow.up.question",
    "follow.up.rule",
    "letter.template",
    "reason",
    "role",
    "role.duty",
    "round.rule",
    "severity.rule",
    "stage.requirement",
)
GROUPS = {
    "portal": "base.group_portal",
    **{
        role: f"complaint_management.group_complaint_{role}"
        for role in ("registrar", "handler", "manager", "office", "admin")
    },
}


class Undo(Exception):
    """Ends an attempt whose outcome was seen."""


class AccessMatrixCommon(AccessCommon):
    """Tries out every cell of MATRIX."""

    # ------------------------------------------------------------
    # THE TABLE
    # ------------------------------------------------------------

    @classmethod
    def _read_matrix(cls, role):
        """Return ``{situation: {column: letters}}`` of ``role``."""
        lines = [line.split() for line in MATRIX.strip().splitlines()]
        head = [COLUMNS[short] for short in lines[0][2:]]
        return {
            line[1]: dict(zip(head, line[2:], strict=True))
            for line in lines[1:]
            if line[0] == role
        }

    def _explore(self, role):
        """Yield ``(situation, column, operation, allowed, expected)``."""
        actor = self.actors[role]
        for situation, cells in self._read_matrix(role).items():
            rows = self._make_rows(situation, actor)
            for column, expected in cells.items():
                for operation, allowed in self._try_all(rows, column, actor).items():
                    letter, name = operation
                    yield situation, column, name, allowed, letter in expected

    def _explore_registering(self):
        """Yield whether somebody registers in a colleague's name."""
        cases = self.env["complaint.complaint"].with_user(self.actors["registrar"])
        values = {
            "policy_id": self.policy.id,
            "subject": "Anonymous, so that no rule of parties refuses it",
            "registered_by_id": self.colleague.id,
        }
        allowed = False
        with suppress(Undo, *REFUSALS), self.env.cr.savepoint():
            cases.create(values)
            allowed = True
            raise Undo
        yield "other", "complaint", "create in another's name", allowed, False

    def _explore_configuration(self):
        """Yield the same of configuration of a company that the user isn't in."""
        for row in self._make_configuration():
            row = row.with_env(self.env(user=self.actors["admin"], su=False))
            row = row.with_context(allowed_company_ids=self.company.ids)
            for name in ("read", "search", "search_count"):
                row.invalidate_recordset()
                try:
                    seen = getattr(self, f"_try_{name}")(row, None)
                except REFUSALS:
                    seen = False
                yield "company", row._name, name, bool(seen), False

    def _make_configuration(self):
        """Return one row of each model of configuration, of the branch's policy."""
        policy = self.branch_policy
        of_policy = {"policy_id": policy.id, "name": "Of the branch"}
        create = {
            model: self.env[f"complaint.{model}"].create for model in CONFIGURATION
        }
        role = create["role"]({**of_policy, "user_ids": self.office.ids})
        return [
            policy,
            policy.kind_ids[0],
            policy.stage_ids[0],
            policy.severity_ids[0],
            role,
            create["role.duty"]({"role_id": role.id, "user_id": self.office.id}),
            create["category"](of_policy),
            create["severity.rule"](
                {"name": "Many", "severity_id": policy.severity_ids[-1].id}
            ),
            create["stage.requirement"](
                {"stage_id": policy.stage_ids[0].id, "message": "Something is missing"}
            ),
            create["assignment.template"]({**of_policy, "role_id": role.id}),
            create["approval.rule"]({**of_policy, "role_id": role.id}),
            create["reason"]({**of_policy, "code": "branch"}),
            create["round.rule"](of_policy),
            create["follow.up.question"](of_policy),
            create["answer.requirement"](of_policy),
            create["letter.template"](of_policy),
            create["deadline.rule"]({**of_policy, "delay": 1}),
            create["escalation.rule"](
                {**of_policy, "trigger": "manual", "role_ids": role.ids}
            ),
            create["calendar.exception"](
                {
                    "name": "Make-up day",
                    "calendar_id": policy.calendar_id.id,
                    "date": "2026-12-05",
                    "kind": "work",
                }
            ),
            create["follow.up.rule"]({**of_policy, "role_id": role.id}),
        ]

    def _make_rows(self, situation, actor):
        """Return one row per column of the table, all of one case."""
        env = self.env
        complaint = self._make_case(situation, actor)
        twin = self._make_case(situation, actor)
        of_case = {"res_model": complaint._name, "res_id": complaint.id}
        assignment = env["complaint.assignment"].create(
            {"complaint_id": complaint.id, "user_id": self.child_handler.id}
        )
        own = complaint.assignment_ids.filtered(lambda row: row.user_id == actor)
        message = complaint.message_post(
            body="Said by somebody",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.follower.id,
        )
        words = complaint.message_post(
            body="Said by me",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=actor.partner_id.id,
        )
        notices = env["mail.notification"].create(
            [
                {
                    "mail_message_id": notified.id,
                    "res_partner_id": partner.id,
                    "notification_type": "inbox",
                }
                for notified, partner in (
                    (message, self.follower),
                    (words, actor.partner_id),
                )
            ]
        )
        complaint.sudo()._message_subscribe(self.follower.ids)
        todo = env.ref("mail.mail_activity_data_todo")
        party = {"type": "witness", "name": "Zhao Min"}
        if situation == "calls":
            # Of those who don't handle the case, only who calls back may know them.
            party = {"name": "Zhao Min", "identity_access": "handler"}
        follow_up = env["complaint.follow.up"].create(
            {"complaint_id": complaint.id, "name": "Call-back"}
        )
        secret = self._make_party(complaint, name="Qian Bao", confidential=True)
        return {
            **self._make_letters(complaint, secret),
            "complaint": complaint,
            "party": self._make_party(complaint, **party),
            "secret": secret,
            "assignment": own[-1:] or assignment,
            "round": complaint.round_id,
            "request": env["complaint.change.request"].create(
                {"complaint_id": complaint.id, "subject": "stage", "reason": "Ready"}
            ),
            "withdrawal": env["complaint.withdrawal"].create(
                {"complaint_id": complaint.id}
            ),
            "change": env["complaint.severity.change"].create(
                {"complaint_id": complaint.id, "to_id": complaint.severity_id.id}
            ),
            "link": env["complaint.link"].create(
                {"complaint_id": complaint.id, "linked_id": twin.id}
            ),
            "registration": env["complaint.registration"].browse(complaint.id),
            "message": message,
            "words": words,
            "follower": env["mail.followers"].search(
                [
                    ("res_model", "=", complaint._name),
                    ("res_id", "=", complaint.id),
                    ("partner_id", "=", self.follower.id),
                ]
            ),
            "activity": env["mail.activity"].create(
                {
                    "res_model_id": env["ir.model"]._get_id(complaint._name),
                    "res_id": complaint.id,
                    "user_id": self.env.ref("base.user_root").id,
                    "activity_type_id": todo.id,
                    "summary": "Ring back",
                }
            ),
            "attachment": env["ir.attachment"].create(
                {"name": "letter.txt", "raw": b"secret", **of_case}
            ),
            "notice": notices[0],
            "follow_up": follow_up,
            "attempt": env["complaint.follow.up.attempt"].create(
                {"follow_up_id": follow_up.id}
            ),
            "answer": env["complaint.follow.up.answer"].create(
                {
                    "follow_up_id": follow_up.id,
                    "question_id": env["complaint.follow.up.question"]
                    .create({"policy_id": complaint.policy_id.id, "name": "Happy?"})
                    .id,
                    "name": "Happy?",
                    "kind": "text",
                }
            ),
        }

    def _make_letters(self, complaint, secret) -> dict:
        """Return a draft letter, one to ``secret``, and a draft answer."""
        env, policy = self.env, complaint.policy_id
        requirement = env["complaint.answer.requirement"].create(
            {"policy_id": policy.id, "name": "Thanks", "code": f"c{complaint.id}"}
        )
        reply = env["complaint.answer"].create({"complaint_id": complaint.id})
        letters = env["complaint.letter"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "name": f"L{complaint.id}-{number}",
                    "purpose": "other",
                    "subject": "A letter",
                    "party_id": party.id,
                }
                for number, party in enumerate((complaint.party_ids[:0], secret))
            ]
        )
        return {
            "letter": letters[0],
            "secret_letter": letters[1],
            "reply": reply,
            "check": reply.check_ids.filtered(
                lambda row: row.requirement_id == requirement
            ),
            "point": env["complaint.point"].create(
                {"complaint_id": complaint.id, "name": "It squeals"}
            ),
        }

    def _make_party(self, complaint, **values):
        return self.env["complaint.party"].create(
            {"complaint_id": complaint.id, "type": "complainant", **values}
        )

    # ------------------------------------------------------------
    # ATTEMPTS
    # ------------------------------------------------------------

    def _try_all(self, rows, column, actor):
        """Return ``{(letter, operation): whether it went through}``."""
        record = rows[column].with_env(self.env(user=actor, su=False))
        record = record.with_context(allowed_company_ids=actor.company_ids.ids)
        return {
            **self._try_reads(record, column),
            **self._try_changes(record, column, rows),
        }

    def _try_reads(self, record, column):
        found = {}
        for name in READS:
            if name == "name_search" and column not in NAMED:
                continue
            if name == "export" and (column in MESSAGES or record.env.user.share):
                continue  # nobody but a system administrator, no portal user
            record.invalidate_recordset()
            try:
                seen = getattr(self, f"_try_{name}")(record, column)
            except REFUSALS:
                seen = False
            found["R", name] = bool(seen)
        return found

    def _try_changes(self, record, column, rows):
        found = {}
        for letter, name in (("W", "write"), ("C", "create"), ("D", "unlink")):
            found[letter, name] = False
            with suppress(Undo, *REFUSALS), self.env.cr.savepoint():
                getattr(self, f"_try_{name}")(record, column, rows)
                self.env.flush_all()
                found[letter, name] = True
                raise Undo
        return found

    def _try_read(self, record, column):
        return record.read([self._get_readable(column) if column else "create_date"])

    def _try_search(self, record, _column):
        return record.search([("id", "=", record.id)])

    def _try_search_count(self, record, _column):
        return record.search_count([("id", "=", record.id)])

    def _try_read_group(self, record, _column):
        [group] = record.formatted_read_group([("id", "=", record.id)], [], ["__count"])
        return group["__count"]

    def _try_export(self, record, column):
        return record.export_data([self._get_readable(column)])["datas"]

    def _get_readable(self, column):
        return "date" if column in MESSAGES else VALUES[column][0]

    def _try_name_search(self, record, column):
        found = record.name_search(record.sudo()[record._rec_name], limit=None)
        return record.id in [id_ for id_, _name in found]

    def _try_write(self, record, column, _rows):
        field, value = VALUES[column]
        record.write({field: value})

    def _try_unlink(self, record, _column, _rows):
        record.unlink()

    def _try_create(self, record, column, rows):
        record.browse().create(self._prepare(column, rows, record.env))

    def _prepare(self, column, rows, env) -> dict:
        """Return the values of one more row like that of ``column``."""
        complaint = rows["complaint"]
        of_case = {"complaint_id": complaint.id}
        said = {"model": complaint._name, "res_id": complaint.id, "body": "More"}
        return {
            "complaint": {"policy_id": complaint.policy_id.id, "subject": "Another"},
            "party": {**of_case, "type": "witness", "name": "Sun Wei"},
            "secret": {**of_case, "name": "Li Si", "confidential": True},
            "assignment": {**of_case, "user_id": env.uid},
            "round": {**of_case, "number": 9},
            "request": {**of_case, "subject": "stage", "reason": "Ready"},
            "withdrawal": of_case,
            "letter": {**of_case, "name": "L", "purpose": "other"},
            "secret_letter": {
                **of_case,
                "name": "L",
                "purpose": "other",
                "party_id": rows["secret"].id,
            },
            "reply": of_case,
            "check": {
                "answer_id": rows["reply"].id,
                "requirement_id": rows["check"].requirement_id.id,
            },
            "point": {**of_case, "name": "More"},
            "change": {**of_case, "to_id": complaint.severity_id.id},
            "follow_up": {**of_case, "name": "Call-back"},
            "attempt": {"follow_up_id": rows["follow_up"].id},
            "answer": {
                "follow_up_id": rows["follow_up"].id,
                "question_id": rows["answer"].question_id.id,
                "name": "Happy?",
                "kind": "text",
            },
            "link": {**of_case, "linked_id": rows["link"].linked_id.id, "type": "part"},
            "registration": {"name": "Another"},
            "message": {**said, "message_type": "comment"},
            "words": {**said, "message_type": "comment"},
            "follower": {
                "res_model": complaint._name,
                "res_id": complaint.id,
                "partner_id": env.user.partner_id.id,
            },
            "activity": {
                "res_model_id": self.env["ir.model"]._get_id(complaint._name),
                "res_id": complaint.id,
                "user_id": env.uid,
            },
            "attachment": {
                "name": "more.txt",
                "raw": b"more",
                "res_model": complaint._name,
                "res_id": complaint.id,
            },
            "notice": {
                "mail_message_id": rows["message"].id,
                "res_partner_id": env.user.partner_id.id,
            },
        }[column]


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixCommon):
    """Every cell of MATRIX, the refusals included."""

    def test_registrar(self):
        self._check_role("registrar")

    def test_handler(self):
        self._check_role("handler")

    def test_manager(self):
        self._check_role("manager")

    def test_office(self):
        self._check_role("office")

    def test_admin(self):
        self._check_role("admin")

    def test_portal(self):
        self._check_role("portal")

    def test_public(self):
        self._check_role("public")

    @mute_logger(*REFUSAL_LOGS)
    def test_configuration(self):
        self._check(self._explore_configuration(), role="admin")

    @mute_logger(*REFUSAL_LOGS)
    def test_registering(self):
        self._check(self._explore_registering(), role="registrar")

    @mute_logger(*REFUSAL_LOGS)
    def _check_role(self, role):
        self._check(self._explore(role), role=role)

    def _check(self, outcomes, role):
        for situation, column, operation, allowed, expected in outcomes:
            with self.subTest(role=role, at=situation, of=column, operation=operation):
                self.assertEqual(allowed, expected)


@tagged("post_install", "-at_install", "-standard", "complaint_rules")
class TestEveryRuleIsNeeded(AccessMatrixCommon):
    """The matrix notices each rule that is taken away. Slow: run it after a change."""

    @mute_logger(*REFUSAL_LOGS)
    def test_every_rule_is_needed(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "complaint_management"), ("model", "=", "ir.rule")]
        )
        for rule in self.env["ir.rule"].browse(data.mapped("res_id")):
            with self.subTest(rule.name), suppress(Undo), self.env.cr.savepoint():
                rule.active = False
                self.assertTrue(self._find_difference(rule), rule.name)
                raise Undo
            self.env.registry.clear_cache()

    def _find_difference(self, rule):
        """Return the first cell that is otherwise without ``rule``."""
        outcomes = [self._explore(role) for role in self._get_roles(rule)]
        outcomes += [self._explore_registering()]
        for outcome in chain(self._explore_configuration(), *outcomes):
            if outcome[3] != outcome[4]:
                _logger.info("Without “%s”: %s", rule.name, outcome)
                return outcome
        return None

    def _get_roles(self, rule):
        """Return the roles to try, likely ones first."""
        for role, group in GROUPS.items():
            if rule.groups & self.env.ref(group):
                return [role]
        return ["admin", "handler"]
