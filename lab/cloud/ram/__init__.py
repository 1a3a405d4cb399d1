"""Resource Access Management: roles, policies and what is attached to whom."""
