from . import test_account_credit_note, test_account_documents
