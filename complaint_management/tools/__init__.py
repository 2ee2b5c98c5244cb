from . import contact, delay, events, working_time
