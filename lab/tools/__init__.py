"""Every tool that the lab runs: found, downloaded or built, and kept in the user's cache folder."""
