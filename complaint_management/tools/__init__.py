from . import code, contact, delay, events, policy_diff, working_time
