from . import (
    test_access_http,
    test_access_matrix,
    test_access_resolution,
    test_complaint_scale,
    test_discretion,
    test_feedback_document,
    test_journey_car,
    test_journey_food,
    test_journey_hospital,
    test_journey_tourism,
    test_oracle,
    test_remedy_document,
)
