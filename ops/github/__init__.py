"""What workflows say on GitHub: one comment on a pull request, one issue on drift, each found again and rewritten."""
