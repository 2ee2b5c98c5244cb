from . import test_sale_documents, test_sale_remedy
