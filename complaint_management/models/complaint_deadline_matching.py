from odoo import api, fields, models, tools

from .complaint_deadline import OPEN_STATES


class ComplaintDeadlineMatching(models.AbstractModel):
    """Which rules apply to which open cases, when a case or the rules change.

    A clock whose rule doesn't match its case any more goes on under the rule of the
    same duty (from the same event to the same event) that does: since the same
    moment, less the same pauses, with the same extensions. Without one it is called
    off. Rules that match now and count from the receipt, or from a date of the case,
    start in the first round.
    """

    _name = "complaint.deadline.matching"
    _description = "Matching of Deadline Rules"

    # ------------------------------------------------------------
    # WHEN A CASE CHANGES
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_watched_fields(self) -> frozenset:
        """Return the fields of cases that a rule looks at, and what those come from."""
        watched = {"received_at"}
        for name in ("complaint.deadline.rule", "complaint.escalation.rule"):
            # sudo: any rule - rules work for whoever edits
            for rule in self.env[name].sudo().search([]):
                watched |= {
                    condition.field_expr.split(".")[0]
                    for condition in rule._get_filter().iter_conditions()
                }
        # sudo: complaint.deadline.rule - as above
        rules = self.env["complaint.deadline.rule"].sudo().search([])
        watched |= set(rules.date_field_id.mapped("name"))
        if any(rules.mapped("date_property")):
            watched.add("properties")
        return frozenset(self._expand(watched))

    def _expand(self, names: set) -> set:
        """Return ``names`` and the fields that the computed ones among them need."""
        fields_ = self.env["complaint.complaint"]._fields
        found, left = set(), [name for name in names if name in fields_]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                depends = self.pool.field_depends[fields_[name]]
                left += [path.split(".")[0] for path in depends]
        return found

    @api.model
    def _get_snapshot(self, complaints, vals) -> dict:
        """Return what rules look at in ``complaints`` and ``vals`` may change."""
        names = self._get_watched_fields() & vals.keys()
        if not names:
            return {}
        # sudo: complaint.complaint - as above
        return {
            case: {name: case[name] for name in names} for case in complaints.sudo()
        }

    @api.model
    def _rematch_changed(self, snapshot: dict):
        """Match the cases again in which something of ``snapshot`` has changed."""
        # sudo: complaint.complaint - as above
        complaints = self.env["complaint.complaint"].sudo()
        changed = [
            case.id
            for case, values in snapshot.items()
            if any(case[name] != value for name, value in values.items())
        ]
        if changed:
            self._rematch(complaints.browse(changed))

    @api.model
    def _rematch_after(self, complaints, names: set):
        """Match ``complaints`` again when a rule looks at what comes from ``names``."""
        if names & self._get_watched_fields():
            self._rematch(complaints)

    @api.model
    def _rematch(self, complaints):
        """Let the rules that match ``complaints`` now take over."""
        changes = self._get_changes(complaints)
        self._apply(changes)
        # sudo: complaint.deadline - as above; rungs may match by now, too
        self._get_clocks(complaints)._plan_live()

    # ------------------------------------------------------------
    # WHAT WOULD CHANGE
    # ------------------------------------------------------------

    @api.model
    def _get_changes(self, complaints, anew=False) -> list[tuple]:
        """Return ``(rule, clock, values)`` triples of what the rules want now.

        No clock: it starts; no rule: it is called off.

        :param anew: also move clocks whose rule is the same but says something else
        """
        # sudo: complaint.complaint - rules work for whoever edits
        cases = complaints.sudo().filtered(
            lambda case: case.round_id and not case.is_closed
        )
        # sudo: complaint.deadline.rule - as above
        rules = self.env["complaint.deadline.rule"].sudo()
        rules = rules.search([("policy_id", "in", cases.policy_id.ids)])
        clocks = self._get_clocks(cases)
        changes = self._get_moves(clocks, rules, anew)
        return changes + self._get_starts(cases, rules, changes)

    def _get_clocks(self, complaints):
        # sudo: complaint.deadline - clocks run for whoever edits
        return (
            self.env["complaint.deadline"]
            .sudo()
            .search(
                [("complaint_id", "in", complaints.ids), ("state", "in", OPEN_STATES)]
            )
        )

    def _get_moves(self, clocks, rules, anew) -> list[tuple]:
        """Return what happens to clocks that run."""
        ruled = clocks.filtered("rule_id")
        cases = ruled.complaint_id
        matched = {
            rule: rule._filter_complaints(cases) for rule in rules | ruled.rule_id
        }
        taken = {(*clock._get_source(), clock.rule_id) for clock in ruled}
        changes = []
        for clock in ruled:
            rule, start = clock.rule_id, clock._get_start()
            if start and clock.complaint_id in matched[rule]:
                if not anew and start == clock.started_at:
                    continue
            else:
                rule = self._get_twin(clock, start, rules, matched, taken)
            values = self._prepare_move(clock, rule, start) if rule else {}
            changes.append((rule, clock, values))
        return [change for change in changes if self._is_change(*change)]

    def _get_twin(self, clock, start, rules, matched, taken):
        """Return the rule of the same duty that ``clock`` goes on under, maybe none."""
        source = clock._get_source()
        key = clock.rule_id._get_twin_key()
        for rule in rules if start else ():
            fits = clock.complaint_id in matched[rule] and rule._get_twin_key() == key
            if fits and rule._is_in_force(start) and (*source, rule) not in taken:
                taken.add((*source, rule))
                return rule
        return rules.browse()

    def _is_change(self, rule, clock, values) -> bool:
        return not rule or any(
            clock._fields[name].convert_to_write(clock[name], clock) != value
            # The name of a rule is another one in each language, it is no date.
            for name, value in values.items()
            if name != "name"
        )

    def _prepare_move(self, clock, rule, start) -> dict:
        """Return the values of ``clock`` under ``rule``, its past kept."""
        values = {**rule._prepare_figures(), "started_at": start}
        if clock.figure_missing or clock.log_ids.filtered(
            lambda log: log.type == "agreed"
        ):
            # A date that people have agreed, or owe, is theirs.
            return {**values, "due_at": clock.due_at, "warn_at": clock.warn_at}
        return {
            **values,
            **clock._replay(rule._get_dates(clock.policy_id, start), rule),
        }

    def _get_starts(self, cases, rules, changes) -> list[tuple]:
        """Return the clocks that begin: of rules that count from what is known."""
        started = rules.filtered(lambda rule: rule.event in ("received", "date"))
        # What is being registered starts its clocks at the end of its intake.
        intake = self.env.context.get("complaint_intake", ())
        first = cases.filtered(
            lambda case: case.round_id.number == 1 and case.id not in intake
        )
        if not started or not first:
            return []
        known = self._get_known(first)
        known |= {(clock.complaint_id, rule) for rule, clock, _values in changes}
        starts = []
        for rule in started:
            own = first.filtered(lambda case, r=rule: case.policy_id == r.policy_id)
            for case in rule._filter_complaints(own):
                if {(case, rule), (case, rule._get_twin_key())} & known:
                    continue
                values = self._prepare_start(rule, case)
                if values:
                    starts.append((rule, None, values))
        return starts

    def _prepare_start(self, rule, case) -> dict | None:
        """Return the values of a clock of ``case`` that begins now, None: it doesn't.

        What is done already needs none.
        """
        start = rule._get_start(case, None)
        if not start or not rule._is_in_force(start):
            return None
        values = rule._prepare_deadline(case, start)
        over = self.env["complaint.deadline.past"]._is_over(case, values)
        return None if over else values

    def _get_known(self, cases) -> set:
        """Return what needs no new clock: cases with the rules that have one there.

        One that was called off because its rule did not match may start again; a duty
        that was done under one rule is done under all.
        """
        # sudo: complaint.deadline - as above
        clocks = (
            self.env["complaint.deadline"]
            .sudo()
            .search([("complaint_id", "in", cases.ids), ("state", "!=", "cancelled")])
        )
        done = clocks.filtered(lambda clock: clock.state not in OPEN_STATES)
        known = {(clock.complaint_id, clock.rule_id) for clock in clocks}
        return known | {(c.complaint_id, c.rule_id._get_twin_key()) for c in done}

    # ------------------------------------------------------------
    # DOING IT
    # ------------------------------------------------------------

    @api.model
    def _apply(self, changes, type_="changed"):
        """Move, call off and start what ``_get_changes`` has found."""
        now = fields.Datetime.now()
        # sudo: complaint.deadline - as above
        deadlines = self.env["complaint.deadline"].sudo()
        gone = deadlines.concat(*(clock for rule, clock, _v in changes if not rule))
        gone._cancel(now, note=self.env._("No rule applies any more."))
        moves = [
            (clock, values, clock.name != rule.name and f"{clock.name} → {rule.name}")
            for rule, clock, values in changes
            if rule and clock
        ]
        if moves:
            deadlines._move(moves, type_)
        deadlines._start([values for _rule, clock, values in changes if not clock])
