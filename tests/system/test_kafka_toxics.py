"""A bad network between the node and its brokers: late, slow, in pieces, reset, cut, swallowed."""
# labels: slow release-only long
# timeout: 3000

import kafka
import toxics
from support import rounds


class BadNetwork(toxics.Toxics):
    lasting = rounds((0.5, 4), (1, 20))

    def test_every_request_is_answered_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(rounds(7, 42))


if __name__ == "__main__":
    kafka.main(__file__, 3, "--proxied")
