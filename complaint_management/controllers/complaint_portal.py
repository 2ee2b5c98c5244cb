from urllib.parse import urlencode

from werkzeug.utils import redirect

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..tools.public_text import clean_line
from .complaint_case import ComplaintCase, Visit
from .complaint_feedback import READ, SEND

#: Words that somebody searches by; longer ones are cut.
SEARCH_LENGTH = 80
CLOSED = Domain("is_closed", "=", True)


class ComplaintPortal(CustomerPortal):
    """The complaints of who is logged in, among their other documents."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            cases = self._get_own_complaints()
            values["complaint_count"] = cases.search_count(self._get_own_domain())
        return values

    def _get_own_complaints(self):
        # sudo: complaint.complaint - only those of one's own are searched, and only
        # what their pages tell is shown
        return request.env["complaint.complaint"].sudo()

    def _get_own_domain(self):
        cases = self._get_own_complaints()
        return Domain(cases._get_portal_domain(request.env.user))

    def _get_complaint_sortings(self) -> dict:
        env = request.env
        newest = "received_at desc, id desc"
        return {
            "date": {"label": env._("Newest"), "order": newest},
            "oldest": {"label": env._("Oldest"), "order": "received_at, id"},
            "name": {"label": env._("Number"), "order": "name desc, id desc"},
            "stage": {"label": env._("Where It Stands"), "order": f"phase, {newest}"},
        }

    def _get_complaint_filters(self) -> dict:
        env = request.env
        return {
            "all": {"label": env._("All"), "domain": Domain.TRUE},
            "open": {"label": env._("Open"), "domain": ~CLOSED},
            "closed": {"label": env._("Closed"), "domain": CLOSED},
        }

    def _get_complaint_groups(self) -> dict:
        env = request.env
        return {
            "none": {"label": env._("None"), "field": None},
            "stage": {"label": env._("Where It Stands"), "field": "phase"},
            "kind": {"label": env._("Kind"), "field": "kind_id"},
        }

    @http.route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaints(self, page=1, **params):
        """List the complaints of who is logged in."""
        bars = {
            "sortby": self._get_complaint_sortings(),
            "filterby": self._get_complaint_filters(),
            "groupby": self._get_complaint_groups(),
        }
        # What the address says counts where it is one of those offered.
        chosen = {
            name: params[name] if params.get(name) in options else next(iter(options))
            for name, options in bars.items()
        }
        words = clean_line(params.get("search"), SEARCH_LENGTH)
        values = self._find_complaints(bars, chosen, words, page)
        values |= {
            **self._prepare_portal_layout_values(),
            **chosen,
            "page_name": "complaint",
            "default_url": "/my/complaints",
            "searchbar_sortings": bars["sortby"],
            "searchbar_filters": bars["filterby"],
            "searchbar_groupby": bars["groupby"],
            "search": words,
            "search_in": "all",
            "searchbar_inputs": {
                "all": {"input": "all", "label": request.env._("Number or subject")}
            },
        }
        return request.render("complaint_management.portal_my_complaints", values)

    def _find_complaints(self, bars, chosen, words, page) -> dict:
        """Return one page of the list, and what leads to the others."""
        cases, domain = self._get_own_complaints(), self._get_own_domain()
        domain &= Domain(bars["filterby"][chosen["filterby"]]["domain"])
        if words:
            named = Domain("name", "ilike", words) | Domain("subject", "ilike", words)
            domain &= named
        paging = pager(
            url="/my/complaints",
            url_args={**chosen, "search": words or None},
            total=cases.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        group = bars["groupby"][chosen["groupby"]]["field"]
        order = bars["sortby"][chosen["sortby"]]["order"]
        found = cases.search(
            domain,
            order=f"{group}, {order}" if group else order,
            limit=self._items_per_page,
            offset=paging["offset"],
        )
        return {"pager": paging, "groups": self._prepare_groups(found, group)}

    def _prepare_groups(self, cases, field) -> list[tuple]:
        """Return ``(heading, cases)``: what the list shows, in plain words."""
        stages = request.env["complaint.case.page"]._get_stages()
        rows = {case: self._prepare_row(case, stages) for case in cases}
        if not field:
            return [(None, list(rows.values()))]
        return [
            (
                stages[key] if field == "phase" else key.name,
                [rows[case] for case in members],
            )
            for key, members in cases.grouped(field).items()
        ]

    def _prepare_row(self, case, stages) -> dict:
        return {
            "number": case.name,
            "subject": case.subject,
            "url": f"/my/complaints/{case.id}",
            "received_at": case.received_at,
            "stage": stages[(case.master_id or case).phase],
            "closed": case.is_closed,
        }


class ComplaintPortalCase(ComplaintCase):
    """The page of one's own case in the portal: the same as by a token.

    Here is a session that another site could abuse, so that Odoo's own check of forms
    is on.
    """

    @http.route("/my/complaints/<int:case_id>", **{**READ, "readonly": False})
    def portal_case(self, case_id, access_token=None, **_params):
        """Show one's own case; a token leads to its page, a stranger to the login."""
        if access_token:
            return self._redirect_token(case_id, access_token)
        if request.env.user._is_public():
            place = urlencode({"redirect": f"/my/complaints/{case_id}"})
            return redirect(f"/web/login?{place}", 303)
        visit = self._get_portal_visit(case_id)
        return self._show(visit) if visit else self._render_unknown(self._get_env())

    @http.route(
        "/my/complaints/<int:case_id>",
        **{**SEND, "auth": "user", "csrf": True},
    )
    def portal_case_act(self, case_id, **_params):
        """Take what somebody who is logged in does on their case."""
        visit = self._get_portal_visit(case_id)
        return (
            self._take_effect(visit) if visit else self._render_unknown(self._get_env())
        )

    @http.route(
        "/my/complaints/<int:case_id>/seen",
        **{**SEND, "auth": "user", "max_content_length": 1024},
    )
    def portal_case_seen(self, case_id, **_params):
        """Note that the page is open."""
        visit = self._get_portal_visit(case_id)
        if visit and self._is_same_origin(visit.case.env):
            accesses = visit.case.env["complaint.public.access"]
            accesses._mark_portal_seen(visit.case, visit.party)
        return request.make_response("", status=204)

    @http.route(
        "/my/complaints/<int:case_id>/file/<int:file_id>", **{**READ, "auth": "user"}
    )
    def portal_case_file(self, case_id, file_id, **_params):
        """Hand out a file of one's own case."""
        visit = self._get_portal_visit(case_id)
        if not visit:
            return self._render_unknown(self._get_env())
        return self._send_file(visit, file_id)

    def _redirect_token(self, case_id, token):
        env = self._get_env()
        case = env["complaint.public.access"]._find(token)
        if case.id != case_id:
            return self._render_unknown(env)
        return self._see(env, f"/c/s/{token}")

    def _get_portal_visit(self, case_id):
        """Return the visit of who is logged in to their own case, or nothing."""
        user = request.env.user
        env = self._get_env()
        if "lang" not in request.httprequest.args and user.lang:
            env = env(context={**env.context, "lang": user.lang})
        cases = env["complaint.complaint"]
        domain = [("id", "=", case_id), *cases._get_portal_domain(user)]
        case = cases.search(domain, limit=1)
        if not case:
            return None
        return Visit(
            case=case,
            party=case._get_portal_party(user),
            base=f"/my/complaints/{case.id}",
            secret=f"portal,{case.id},{user.id}",
            via="portal",
            csrf=request.csrf_token(),
        )
