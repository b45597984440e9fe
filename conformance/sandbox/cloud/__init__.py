"""A real OpenStack cloud on this machine: six services of one release series, each a process of its own."""
