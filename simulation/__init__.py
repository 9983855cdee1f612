"""A day in the field: reference clients live through an offline morning against a running server, over real HTTP.

Nothing here imports the server's code. What the phones know of it is the protocol; what the office knows is REST.
"""
