"""Policy texts become policies: where every value stands, and what is wrong with it."""
