"""From the settings of one part of the stack to the arguments of its component."""
