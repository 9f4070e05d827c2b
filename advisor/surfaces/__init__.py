"""The doors of the advisor: each thin, each translates errors once, at its edge."""
