from werkzeug.utils import redirect

from odoo import SUPERUSER_ID, http
from odoo.http import request


class BenchForm(http.Controller):
    """The simplest public form that makes a record: what Odoo itself costs."""

    @http.route("/bench/form", type="http", auth="public", website=True)
    def bench_form(self):
        """Show the form in the layout of the portal."""
        env = request.env(user=SUPERUSER_ID, su=True)
        values = {"stages": env["bench.stage"].search([])}
        return request.render("complaint_bench_bare.bench_form", values)

    @http.route("/bench/send", type="http", auth="public", methods=["POST"])
    def bench_send(self, **post):
        """Make a record of what was typed."""
        env = request.env(user=SUPERUSER_ID, su=True)
        record = env["bench.bare"].create(
            {
                "name": "N",
                "subject": post["subject"],
                "description": post["description"],
                "contact": post["name"],
                "phone": post["phone"],
                "stage_id": int(post["stage"]),
            }
        )
        return redirect(f"/bench/form?sent={record.id}", 303)
