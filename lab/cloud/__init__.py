"""The emulated Alibaba Cloud account: the API calls that the program's provider makes, acting on the lab's cluster."""
