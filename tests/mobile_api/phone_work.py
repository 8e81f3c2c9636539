"""A whole visit as the app writes it down, without the pages."""

WORKED = ["en-route", "check-in", "before", "after", "completion"]
WHOLE_VISIT = """
  await app.setOut(given);
  await app.arrive(given);
  const place = { lng: 121.4737, lat: 31.2304, accuracy: 9 };
  await app.addPicture(given, "before", await photo("teal"), { place });
  await app.addPicture(given, "after", await photo("olive"), { place });
  await app.record("completion", { visit_id: given, payload: { note: "" } });
"""
