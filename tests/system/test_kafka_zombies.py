"""A few rounds of paused writers that wake up as zombies."""
# labels: slow release-only
# timeout: 900

import kafka
from zombies import Zombies


class AFewRounds(Zombies):
    def test_what_a_zombie_sends_is_void_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(5)


if __name__ == "__main__":
    kafka.main(__file__)
