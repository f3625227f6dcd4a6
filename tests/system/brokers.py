"""Rounds of brokers that are killed (SIGKILL) or stand still (SIGSTOP), one or several at once."""

import os
import pathlib
import signal

import kafka
from faults import Faults


class Brokers(Faults):
    nodes = 3
    stand_still = (0.5, 7)  # Seconds, from and to.
    # How many are killed and stopped. Mostly one; sometimes so many that nobody can write.
    kinds = ((1, 0), (0, 1), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2), (1, 2))

    def disturb(self, server):
        killing, stopping = self.next_kind()
        victims = self.random.sample(range(1, self.nodes + 1), killing + stopping)
        killed, stopped = victims[:killing], victims[killing:]
        try:
            for broker in stopped:
                self.signal(broker, signal.SIGSTOP)
            for broker in killed:
                kafka.run("kill", str(broker))
            self.ended.wait(self.random.uniform(*self.stand_still))
        finally:
            for broker in stopped:
                self.signal(broker, signal.SIGCONT)
            if killed:
                kafka.run("start")
        return f"killed {killed}, stopped {stopped}"

    @staticmethod
    def signal(broker, number):
        pid = pathlib.Path(os.environ["KAFKA_DIR"]) / f"node-{broker}" / "pid"
        os.kill(int(pid.read_text()), number)
