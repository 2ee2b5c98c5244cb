{
    "name": "Complaint Bench: a bare model",
    "summary": "What Odoo itself costs: mail.thread and as many stored fields",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["hr", "mail", "portal"],
    "data": ["security/ir.model.access.csv", "views/bench_form_templates.xml"],
    "installable": True,
}
