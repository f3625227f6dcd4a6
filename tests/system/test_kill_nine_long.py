# labels: slow
# timeout: 900
"""Two hundred rounds of kill -9."""

from kill_nine import KillNine
from support import main


class ManyRounds(KillNine):
    def test_nothing_acknowledged_is_lost_or_doubled(self):
        self.run_rounds(200)


if __name__ == "__main__":
    main()
