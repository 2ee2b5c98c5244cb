from . import test_pos_receipt, test_pos_sync, test_pos_till_code, test_pos_tour
