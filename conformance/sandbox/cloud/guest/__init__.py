"""The code that runs inside the processes of the six services.

It needs the services and their dependencies, and nothing of this distribution. Its modules can be imported under the
name `sandbox_cloud_guest`, which configurations of services use.
"""
