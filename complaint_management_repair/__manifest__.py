{
    "name": "Complaint Management: Repairs",
    "summary": "A QR code on the repair order, and repair orders as a remedy",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["complaint_management", "repair"],
    "data": [
        "data/complaint_feedback_document_data.xml",
        "views/repair_order_views.xml",
        "reports/repair_order_templates.xml",
    ],
    "demo": ["demo/repair_order_demo.xml"],
    "auto_install": True,
}
