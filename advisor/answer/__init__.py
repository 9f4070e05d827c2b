"""Question and hits → answer, or an honest refusal."""
