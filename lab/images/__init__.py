"""The images that the lab's nodes run, made without a container daemon."""
