from odoo import api, fields, models

SURVEY_LINK = "/c/link/survey"


class ComplaintPolicyCheckMailMixin(models.AbstractModel):
    """What can't work in the address of a policy, and in its surveys by mail."""

    _name = "complaint.policy.check.mail.mixin"
    _description = "Policy Check: Mail"

    @api.model
    def _check_mail_address(self, policy):
        """An address at which nothing arrives, or of which nothing becomes."""
        if not policy.alias_name:
            return
        if not policy.alias_domain:
            text = self.env._(
                "Mails to “%s” don't arrive: the company has no alias domain.",
                policy.alias_name,
            )
            yield self._make_finding(policy, text, "error")
        if not policy._is_valid_on(fields.Date.context_today(policy)):
            text = self.env._(
                "Mails to “%s” are sent back: the policy takes no cases today.",
                policy.alias_name,
            )
            yield self._make_finding(policy, text)
        channel = self.env["complaint.mail.intake"]._get_channel()
        if policy.channel_ids and channel not in policy.channel_ids:
            text = self.env._(
                "Mails to “%(address)s” become cases, and “%(channel)s” is none of the "
                "channels taken.",
                address=policy.alias_name,
                channel=channel.name,
            )
            yield self._make_finding(policy, text)

    @api.model
    def _check_closed_reply(self, policy):
        """Replies that would reopen what may not go on."""
        if policy.closed_reply == "reopen" and policy.max_rounds == 1:
            text = self.env._(
                "A reply is to reopen a closed case, and the policy knows one round "
                "only: staff is asked."
            )
            yield self._make_finding(policy, text)

    @api.model
    def _get_follow_up_lacks(self, rule, phases) -> list[tuple]:
        lacks = super()._get_follow_up_lacks(rule, phases)
        if rule.via != "mail":
            return lacks
        # Without questions the page asks whether somebody is satisfied.
        asks_none = self.env._("“%s” asks no question.", rule.name)
        lacks = [lack for lack in lacks if lack[0] != asks_none]
        return lacks + self._get_survey_lacks(rule)

    @api.model
    def _get_survey_lacks(self, rule) -> list[tuple]:
        """Return text and severity of what can't work in one survey."""
        lacks = []
        if not rule.mail_template_id:
            text = self.env._("“%s” asks by mail, and has no mail.", rule.name)
            lacks.append((text, "error"))
        for template in rule.mail_template_id | rule.reminder_template_id:
            if SURVEY_LINK not in (template.body_html or ""):
                text = self.env._(
                    "“%(rule)s”: the mail “%(mail)s” lacks the link %(link)s.",
                    rule=rule.name,
                    mail=template.name,
                    link=SURVEY_LINK,
                )
                lacks.append((text, "error"))
        now = fields.Datetime.now()
        end = rule._get_delay_end(now, rule.policy_id)
        if rule.max_attempts > 1 and end and rule._get_retry(now) >= end:
            text = self.env._(
                "“%s” reminds only when its link doesn't work any more.", rule.name
            )
            lacks.append((text, "warning"))
        if rule.event in ("withdrawn", "merged"):
            text = self.env._(
                "“%s” asks by mail what is never asked by mail.", rule.name
            )
            lacks.append((text, "error"))
        return lacks
