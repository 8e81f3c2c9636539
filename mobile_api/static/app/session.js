// Who is logged in on this phone, and who is leaving: logged out, with work that still has to be sent in their name.

import { ask, NoConnection, Refusal } from "./api.js";
import { get, got, put, transact } from "./store.js";

/** This installation's name, made once. Numbers of events belong to a technician on it. */
export function deviceId() {
  return transact(["kept"], async ({ kept }) => {
    const known = await got(kept.get("device_id"));
    if (known) return known;
    const made = crypto.randomUUID();
    kept.put(made, "device_id");
    return made;
  });
}

/** `{ technician: { code, name, language }, token }` of who is logged in, or null. */
export const current = async () => (await get("kept", "session")) ?? null;

/** The sessions that are kept for sending only. */
export const leaving = async () => (await get("kept", "leaving")) ?? [];

/** Ask for a token and keep it. Who comes back takes their own leaving session up again. */
export async function logIn(code, pin, language) {
  const json = { code, pin, device_id: await deviceId() };
  const answer = (await ask("/mobile/v1/login", { method: "POST", json, language })).json;
  const session = { technician: answer.technician, token: answer.token };
  await transact(["kept"], async ({ kept }) => {
    const others = (await got(kept.get("leaving"))) ?? [];
    kept.put(others.filter((each) => each.technician.code !== answer.technician.code), "leaving");
    kept.put(session, "session");
    kept.put({ facts: 0, pictures: 0, at: null }, `receipt:${answer.technician.code}`);
  });
  return session;
}

/** Nobody is logged in any more; the token stays until all work has been sent and the server has been told. */
export function logOut(session) {
  return transact(["kept"], async ({ kept }) => {
    const others = (await got(kept.get("leaving"))) ?? [];
    kept.put([...others, session], "leaving");
    kept.delete("session");
  });
}

/** The token did not hold: forget it, and nothing else. */
export async function lost(session) {
  await transact(["kept"], async ({ kept }) => {
    if ((await got(kept.get("session")))?.token === session.token) kept.delete("session");
    const others = (await got(kept.get("leaving"))) ?? [];
    kept.put(others.filter((each) => each.token !== session.token), "leaving");
  });
}

/** End a token at the server. One that has ended already is as good. */
async function revoke(session) {
  try {
    await ask("/mobile/v1/logout", { method: "POST", token: session.token });
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 401)) throw error;
  }
}

/** Somebody who was leaving has nothing left here. */
export async function left(session) {
  await revoke(session);
  await transact(["kept"], async ({ kept }) => {
    const others = (await got(kept.get("leaving"))) ?? [];
    kept.put(others.filter((each) => each.token !== session.token), "leaving");
  });
}

/** A new token in place of this one. When its answer is lost, the old one is good for another hour. */
export async function rotated(session) {
  const answer = (await ask("/mobile/v1/token", { method: "POST", token: session.token })).json;
  if (typeof answer?.token !== "string") throw new NoConnection("no token in the answer");
  const renewed = { ...session, token: answer.token };
  await transact(["kept"], async ({ kept }) => {
    if ((await got(kept.get("session")))?.token === session.token) kept.put(renewed, "session");
    const others = (await got(kept.get("leaving"))) ?? [];
    kept.put(others.map((each) => (each.token === session.token ? renewed : each)), "leaving");
  });
  return renewed;
}

export const keepLanguage = (language) => put("kept", language, "language");
