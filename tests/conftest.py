"""What holds for all tests."""

import signal

# A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that: the tests that interrupt a
# run would wait for ever. With a handler of ours, children start with the default again.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
