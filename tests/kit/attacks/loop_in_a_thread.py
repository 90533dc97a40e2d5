"""Waits for a thread that never ends."""

# told: did not come back within the time limit
import threading


def forever():
    while True:
        pass


def set_bias(variables, layer, value):
    threads = [threading.Thread(target=forever) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
