"""Travel times from road engines, with a memory of their answers and something to fall back on."""
