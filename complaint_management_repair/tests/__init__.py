from . import test_repair_order, test_repair_remedy
