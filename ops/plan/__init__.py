"""What a change of the program or of a stack file does to a stack, told to reviewers."""
