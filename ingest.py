"""Bring the library up to date: python ingest.py [PATH…] = advisor ingest [PATH…]."""

import sys

from advisor.surfaces.cli import main

if __name__ == "__main__":
    main(["ingest", *sys.argv[1:]])
