"""Open the chat: python app.py = advisor serve."""

import sys

from advisor.surfaces.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
