"""A few rounds of kill -9; test_kill_nine_long.py has many."""

from kill_nine import KillNine
from support import main


class AFewRounds(KillNine):
    def test_nothing_acknowledged_is_lost_or_doubled(self):
        self.run_rounds(8)


if __name__ == "__main__":
    main()
