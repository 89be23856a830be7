"""`python -m renode_wifi.emulation`: the command line from a checkout without install."""

import sys

from renode_wifi.emulation.frontends.cli import main

sys.exit(main())
