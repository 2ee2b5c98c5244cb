from . import test_oracle
from . import test_oracle_hospitals
from . import test_oracle_vanke
