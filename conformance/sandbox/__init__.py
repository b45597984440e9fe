"""The sandbox: a real Nova in a process of its own on this machine.

`process` starts and stops it; `guest` is the code that runs inside.
"""
