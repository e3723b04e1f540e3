"""How large and how quick the HTML report is, and what other plotting libraries would cost."""
