"""What uninstalling needs beside data files."""


def uninstall_hook(env):
    """Delete what says how receipts are printed; cases and their codes stay."""
    # sudo: complaint.feedback.document - uninstalling isn't a matter of companies
    rows = env["complaint.feedback.document"].sudo()
    rows.search([("res_model", "=", "pos.order")]).unlink()
