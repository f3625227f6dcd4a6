"""Paused writers that wake up as zombies."""
# labels: slow release-only long
# timeout: 7200

import kafka
from support import rounds
from zombies import Zombies


class ManyZombies(Zombies):
    def test_what_a_zombie_sends_is_void_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(rounds(5, 100))


if __name__ == "__main__":
    kafka.main(__file__)
