"""Security Token Service: keys for a while, for those whom a role trusts."""
