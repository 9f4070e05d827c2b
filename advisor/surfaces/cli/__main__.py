"""The `advisor` command: python -m advisor.surfaces.cli."""

from advisor.surfaces.cli import main

if __name__ == "__main__":
    main()
