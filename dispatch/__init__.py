"""Orders, visits, appointments, day plans, promises and live changes; command line and worker."""
