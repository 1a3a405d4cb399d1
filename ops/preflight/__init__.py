"""Whether an account can hold a stack, asked before `pulumi up`.

The calls are Alibaba Cloud's documented ones; so far only the emulated account has answered them.
"""
