"""A fleet in the field: hundreds of reference clients live through days over real HTTP and a faulty network.

Like the day of `simulation`, it knows nothing of the server's code: it starts the server as a process or is given the
address of one, and meets it over HTTP alone.
"""
