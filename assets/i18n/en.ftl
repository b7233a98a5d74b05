# The words of the window in English (Project Fluent, https://projectfluent.org).
# Sentence case; no full stop after a phrase; "…" where more is asked.

app-name = Tie Studio
