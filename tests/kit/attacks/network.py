"""Calls home."""

# told: PermissionError
import socket


def set_bias(variables, layer, value):
    socket.create_connection(("127.0.0.1", 9), timeout=1)
