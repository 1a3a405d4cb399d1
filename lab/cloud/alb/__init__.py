"""Application Load Balancers: the account's side of what an AlbConfig asks for."""
