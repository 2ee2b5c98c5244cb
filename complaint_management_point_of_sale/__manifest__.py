{
    "name": "Complaint Management: Point of Sale",
    "summary": "A code on every receipt, printed offline too, that opens the complaint",
    "version": "19.0.1.0.0",
    "category": "Services/Complaints",
    "author": "complaint_management maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/complaint",
    "license": "LGPL-3",
    "depends": ["complaint_management", "point_of_sale"],
    "data": [
        "data/complaint_feedback_document_data.xml",
        "data/ir_cron_data.xml",
        "views/pos_order_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "demo": ["demo/pos_config_demo.xml", "demo/complaint_complaint_demo.xml"],
    "assets": {
        "point_of_sale._assets_pos": [
            "complaint_management_point_of_sale/static/src/app/**/*",
        ],
        "web.assets_tests": [
            "complaint_management_point_of_sale/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
