{
    "name": "Complaint Management Tests",
    "summary": "Who sees what of a complaint, flows across add-ons, speed at volume",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["complaint_management", "google_recaptcha"],
    "data": ["security/ir.model.access.csv"],
    "assets": {
        "web.assets_tests": ["test_complaint_management/static/tests/tours/**/*"],
    },
}
