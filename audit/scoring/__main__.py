"""`python -m audit.scoring score` and `… aggregate`: the two filters without the rest of the product."""

import sys

from audit.scoring.command import main

sys.exit(main(sys.argv[1:]))
