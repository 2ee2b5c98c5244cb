from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What a new poster says, in the two languages of most of our readers.
HEADING = "Tell us"
TEXT = "Not content? A suggestion? Scan the code: it takes a minute, and we answer."
SECOND_HEADING = "扫码告诉我们"
SECOND_TEXT = "不满意？有建议？微信扫一扫，一分钟即可提交，我们一定答复。"


class ComplaintFeedbackPoint(models.Model):
    """A place with a printed code: a counter, a ward, a lift, a shop.

    What is known of the place is asked of nobody. The codes themselves are the links
    of the place: printing a new one lets the old one go on until a chosen date.
    """

    _name = "complaint.feedback.point"
    _description = "QR Code of a Place"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        tracking=True,
        translate=True,
        help="Which place it is. Form and poster say it in the languages in which it "
        "is written here.",
    )
    active = fields.Boolean(
        default=True, tracking=True, help="The code of an archived place opens nothing."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    policy_id = fields.Many2one(
        "complaint.policy",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env["complaint.complaint"]._get_default_policy(),
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    # told, not asked
    place = fields.Char(
        compute="_compute_place",
        store=True,
        readonly=False,
        precompute=True,
        help="What stands on the cases as the place where it happened.",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Department Concerned",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    department_leads = fields.Boolean(
        string="It Leads",
        help="The department handles what comes in here, whatever the category says.",
    )
    kind_id = fields.Many2one(
        "complaint.kind",
        domain="[('policy_id', '=', policy_id)]",
        ondelete="restrict",
        help="Empty: people choose.",
    )
    category_id = fields.Many2one(
        "complaint.category",
        domain="[('policy_id', '=', policy_id)]",
        ondelete="restrict",
        help="Empty: people choose.",
    )
    channel_id = fields.Many2one(
        "complaint.channel",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "complaint_management.complaint_channel_qr", raise_if_not_found=False
        ),
    )
    expires_on = fields.Date(
        string="Until", tracking=True, help="Last day of the code. Empty: no end."
    )
    # poster
    heading = fields.Char(required=True, default=HEADING)
    text = fields.Text(default=TEXT)
    second_heading = fields.Char(default=SECOND_HEADING)
    second_text = fields.Text(
        default=SECOND_TEXT, help="The same in another language. Empty: one language."
    )
    # codes
    link_ids = fields.One2many("complaint.feedback.link", "point_id", string="Codes")
    link_id = fields.Many2one(
        "complaint.feedback.link", string="Current Code", compute="_compute_link_id"
    )
    url = fields.Char("Address", compute="_compute_url")
    is_local_url = fields.Boolean(compute="_compute_url")
    qr_html = fields.Html(
        string="Code",
        compute="_compute_qr_html",
        sanitize=False,
        export_string_translation=False,
    )
    # figures
    scan_count = fields.Integer(string="Scans", compute="_compute_counts")
    complaint_count = fields.Integer(string="Complaints", compute="_compute_counts")
    rating_count = fields.Integer(string="Ratings", compute="_compute_ratings")
    rating_avg = fields.Float(
        string="Stars", compute="_compute_ratings", digits=(2, 1), aggregator=None
    )

    @api.depends("name")
    def _compute_place(self):
        for point in self:
            point.place = point.place or point.name

    @api.depends("link_ids.revoked_at", "link_ids.expires_at")
    def _compute_link_id(self):
        for point in self:
            valid = point.link_ids.filtered(lambda link: link.state == "valid")
            point.link_id = valid.sorted("id")[-1:]

    @api.depends("link_id")
    def _compute_url(self):
        guard = self.env["complaint.feedback.guard"]
        for point in self:
            point.url = point.link_id.url
            point.is_local_url = bool(point.url) and guard._is_local(point.url)

    @api.depends("link_id")
    def _compute_qr_html(self):
        for point in self:
            point.qr_html = self.env["ir.qweb"]._render(
                "complaint_management.feedback_qr_image", {"link": point.link_id}
            )

    @api.depends_context("uid")
    def _compute_counts(self):
        scans = self.env["complaint.feedback.hit"]._count_scans(self.link_ids)
        counts = dict(
            self.env["complaint.complaint"]._read_group(
                [("feedback_point_id", "in", self.ids)],
                ["feedback_point_id"],
                ["__count"],
            )
        )
        for point in self:
            point.scan_count = sum(scans.get(link.id, 0) for link in point.link_ids)
            point.complaint_count = counts.get(point, 0)

    def _compute_ratings(self):
        # sudo: complaint.feedback.submission - figures, for whoever sees the place
        rows = self.env["complaint.feedback.submission"].sudo()
        ratings = {
            point.id: (count, average)
            for point, count, average in rows._read_group(
                [("point_id", "in", self.ids), ("kind", "=", "rating")],
                ["point_id"],
                ["__count", "stars:avg"],
            )
        }
        for point in self:
            point.rating_count, point.rating_avg = ratings.get(point.id, (0, 0))

    @api.constrains("policy_id", "kind_id", "category_id")
    def _check_policy(self):
        for point in self:
            for row in (point.kind_id, point.category_id):
                if row and row.policy_id != point.policy_id:
                    raise ValidationError(
                        self.env._(
                            "“%(row)s” belongs to another policy than “%(point)s”.",
                            row=row.display_name,
                            point=point.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        points = super().create(vals_list)
        points.filtered(lambda point: not point.link_ids)._add_link()
        return points

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for point, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", point.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: complaint.complaint - cases that the user can't see count too
        cases = self.env["complaint.complaint"].sudo().with_context(active_test=False)
        if cases.search_count([("feedback_point_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Complaints came in here. Archive it instead: its code then opens "
                    "nothing."
                )
            )

    def action_rotate(self):
        """Open the window that asks how long the printed code goes on."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_feedback_rotate_action"
        )

    def action_open(self):
        """Show the page that the code opens."""
        self.ensure_one()
        return self.link_id.action_open()

    def action_print(self):
        """Print the posters in the largest size; the others are in the Print menu."""
        return self.env.ref(
            "complaint_management.complaint_feedback_point_report_a4"
        ).report_action(self)

    def action_view_complaints(self):
        """Open the cases that came in here."""
        action = self.link_ids.action_view_complaints()
        action["domain"] = [("feedback_point_id", "in", self.ids)]
        return action

    def action_view_scans(self):
        """Show the scans day by day."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_feedback_hit_action"
        )
        action["domain"] = [("kind", "=", "scan"), ("point_id", "in", self.ids)]
        return action

    def action_view_ratings(self):
        """Show the stars day by day."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_management.complaint_feedback_submission_action"
        )
        action["domain"] = [("kind", "=", "rating"), ("point_id", "in", self.ids)]
        return action

    def _add_link(self, old_until=None):
        """Give each place a new code; the ones before go on until ``old_until``.

        :param old_until: naive UTC; None ends them now
        """
        # sudo: complaint.feedback.link - made with the place, by who may write it
        links = self.sudo().link_ids.filtered(lambda link: link.state == "valid")
        links.write({"expires_at": old_until or fields.Datetime.now()})
        # sudo: complaint.feedback.link - as above
        self.env["complaint.feedback.link"].sudo().create(
            [
                {"point_id": point.id, "company_id": point.company_id.id}
                for point in self
            ]
        )
        self.invalidate_recordset(["link_ids", "link_id", "url", "qr_html"])

    def _get_poster_name(self) -> str:
        """Return what the poster calls the place, in two languages where it has two."""
        own = self.company_id.partner_id.lang
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        codes.sort(key=lambda code: code != own)
        names = [self.with_context(lang=code).name for code in codes]
        return " · ".join([*dict.fromkeys(names)][:2])

    def _is_open(self) -> bool:
        """Tell whether the codes of this place open the form today."""
        today = self.policy_id._get_local_day(fields.Datetime.now())
        return self.active and not (self.expires_on and self.expires_on < today)

    def _prepare_complaint_values(self) -> dict:
        """Return what a case that comes in here is known to be."""
        values = {
            "place": self.place,
            "channel_id": self.channel_id.id,
            "kind_id": self.kind_id.id,
            "category_id": self.category_id.id,
            "origin_department_id": self.department_id.id,
            "department_id": self.department_leads and self.department_id.id,
        }
        return {name: value for name, value in values.items() if value}
