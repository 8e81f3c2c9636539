// What is still on this phone and what could not be used, as the views show it.

import { isWaiting, memory } from "./memory.js";
import { progress } from "./uploads.js";

const TELLS = { conflict: "conflict", rejected: "refused" };

/** Everything that waits, and everything that somebody has to read, in the order in which it happened. */
export function held(sending) {
  const rows = [
    ...memory.told.map((each) => fact(each, TELLS[each.outcome] ?? "refused", each.reason)),
    ...memory.events.filter(isWaiting).map((each) => fact(each, sending && each.state === "waiting" ? "sending" : each.state, each.reason ?? "")),
    ...memory.pictures.filter((each) => each.state !== "checked").map(picture),
  ];
  return rows.sort((one, other) => one.at.localeCompare(other.at));
}

function fact(event, state, reason) {
  const { event_id: id, type: what, visit_id, product, device_time: at } = event;
  return { id, kind: "fact", what, visit_id, product, at, state, reason, words: event.words ?? "", sent: 0, size: 0 };
}

function picture(each) {
  const { id, shot: what, visit_id, product, taken_at: at, size } = each;
  const sent = progress.get(id) ?? 0;
  const state = each.state === "refused" ? "refused" : progress.has(id) ? "sending" : "waiting";
  return { id, kind: "picture", what, visit_id, product, at, state, reason: each.reason ?? "", words: each.words ?? "", sent, size };
}

/** Counts for the line at the top. */
export function counted() {
  const pictures = memory.pictures.filter((each) => each.state === "here");
  return {
    facts: memory.events.filter(isWaiting).length,
    pictures: pictures.length,
    bytes: pictures.reduce((sum, each) => sum + each.size - (progress.get(each.id) ?? 0), 0),
    problems: memory.told.length + memory.pictures.filter((each) => each.state === "refused").length,
    synced_at: memory.word?.synced_at ?? null,
    others: memory.others,
  };
}
