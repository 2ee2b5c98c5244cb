{
    "name": "Complaint Management: Invoicing",
    "summary": "A QR code on invoices and receipts, and credit notes as a remedy",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["complaint_management", "account"],
    "data": [
        "data/complaint_feedback_document_data.xml",
        "views/account_move_views.xml",
        "views/account_payment_views.xml",
        "views/account_portal_templates.xml",
        "reports/account_move_templates.xml",
        "reports/account_payment_templates.xml",
    ],
    "auto_install": True,
}
