"""The vectors of billing periods are what their generator makes of the time zone database here."""

import importlib.util
import unittest

from support import SOURCE, main


@unittest.skipUnless(importlib.util.find_spec("dateutil"), "needs python3-dateutil")
class PeriodVectors(unittest.TestCase):
    def test_are_as_they_are_generated(self):
        path = SOURCE / "tools" / "period_vectors.py"
        spec = importlib.util.spec_from_file_location("period_vectors", path)
        generator = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(generator)
        kept = (SOURCE / "tests" / "infra" / "period_vectors.csv").read_text().splitlines()
        self.assertEqual(list(generator.vectors()), kept)


if __name__ == "__main__":
    main()
