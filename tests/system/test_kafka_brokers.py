"""Three brokers that are killed or stand still, one or several at once."""
# labels: slow release-only long
# timeout: 3000

import kafka
from brokers import Brokers
from support import rounds


class ThreeBrokers(Brokers):
    stand_still = rounds((0.5, 6), (5, 20))

    def test_every_request_is_answered_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(rounds(3, 30))


if __name__ == "__main__":
    kafka.main(__file__, ThreeBrokers.nodes)
