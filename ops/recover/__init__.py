"""What the account holds and a stack's state does not, after an engine that was killed or an answer that was lost."""
