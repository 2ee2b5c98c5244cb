{
    "name": "Complaint Management: Sales",
    "summary": "A QR code on quotations and orders, and orders as a remedy",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["complaint_management", "sale"],
    "data": [
        "data/complaint_feedback_document_data.xml",
        "views/sale_order_views.xml",
        "views/sale_portal_templates.xml",
        "reports/sale_order_templates.xml",
    ],
    "demo": ["demo/sale_order_demo.xml"],
    "auto_install": True,
}
