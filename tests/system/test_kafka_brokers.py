"""A few rounds of brokers that are killed or stand still."""
# labels: slow release-only
# timeout: 900

import kafka
from brokers import NODES, Brokers


class AFewRounds(Brokers):
    def test_every_request_is_answered_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(5)


if __name__ == "__main__":
    kafka.main(__file__, NODES)
