{
    "name": "Complaint Management: Inventory",
    "summary": "A QR code on the delivery slip, and returns as a remedy",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["complaint_management", "stock"],
    "data": [
        "data/complaint_feedback_document_data.xml",
        "views/stock_picking_views.xml",
        "views/stock_warehouse_views.xml",
        "reports/stock_picking_templates.xml",
    ],
    "demo": ["demo/stock_picking_demo.xml"],
    "auto_install": True,
}
