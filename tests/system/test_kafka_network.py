"""A network that loses packets between the node and its brokers: one way, the other, both."""
# labels: slow release-only long
# timeout: 3000

import kafka
import network
from support import rounds


class LossyNetwork(network.Network):
    lasting = rounds((0.5, 7), (1, 30))

    def test_every_request_is_answered_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(rounds(4, 30))


if __name__ == "__main__":
    kafka.main(__file__, 3, "--host", network.BROKERS, around=network.AROUND)
