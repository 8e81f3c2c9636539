"""The console and the pages consumers see: parse, call, show."""
