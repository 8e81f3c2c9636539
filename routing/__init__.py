"""Time and distance: `Problem -> Plan`, pure. No SQL, no web, no clock, no network."""
