"""Never comes back, and ignores the signals that would end it."""

# told: did not come back within the time limit
import signal

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)


def set_bias(variables, layer, value):
    while True:
        signal.alarm(0)
