from . import (
    test_access_http,
    test_access_matrix,
    test_complaint_scale,
    test_discretion,
    test_oracle,
)
