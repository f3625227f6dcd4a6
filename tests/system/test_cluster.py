"""Three nodes on three brokers, each node killed and restarted in turn."""
# labels: slow release-only long
# timeout: 3000

import cluster
import kafka
from support import rounds


class ThreeNodes(cluster.Cluster):
    def test_the_views_of_all_nodes_are_the_same_and_nothing_acknowledged_is_lost(self):
        self.run_rounds(rounds(4, 24))


if __name__ == "__main__":
    kafka.main(__file__, 3)
