"""Starts threads until nothing is left."""

# told: more than 200 threads|can't start new thread
import threading
import time


def set_bias(variables, layer, value):
    while True:
        threading.Thread(target=time.sleep, args=(100,)).start()
