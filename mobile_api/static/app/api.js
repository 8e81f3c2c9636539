// Talking to the server. Three outcomes: an answer, a refusal with words for people, or no connection.

const MARKER = "Shifu-Protocol";
const PATIENCE = 30_000;

/** The server answered, and said no: `status`, `problem` (RFC 9457) and a sentence as `message`. */
export class Refusal extends Error {
  constructor(status, problem, headers) {
    super(problem.detail || problem.title || "");
    Object.assign(this, { status, problem, headers });
  }
}

/** Nothing that could be taken for an answer of ours: no network, a hotel's page, half an answer, a broken server. */
export class NoConnection extends Error {
  constructor(reason, { broken = false, portal = false } = {}) {
    super(reason);
    Object.assign(this, { broken, portal });
  }
}

/**
 * Ask once: `{ json, headers }`, or `{ blob, headers }` with `as: "blob"`.
 *
 * An answer without our marker is none, whatever its status says. `broken`: our server, but it could not (5xx).
 */
export async function ask(path, { token, language, method = "GET", json, body, headers = {}, as = "json", patience = PATIENCE } = {}) {
  const all = { "Accept-Language": language ?? "zh", ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  if (json) all["Content-Type"] = "application/json";
  const signal = AbortSignal.timeout(patience);
  const response = await fetched(path, { method, headers: all, body: json ? JSON.stringify(json) : body, signal });
  if (response.ok) return read(response, as);
  const problem = await problemOf(response);
  if (response.status >= 500) throw new NoConnection(`answer ${response.status}`, { broken: true });
  throw new Refusal(response.status, problem, response.headers);
}

async function fetched(path, options) {
  let response;
  try {
    response = await fetch(path, { redirect: "error", cache: "no-store", ...options });
  } catch (reason) {
    throw new NoConnection(String(reason));
  }
  if (!response.headers.get(MARKER)) throw new NoConnection("an answer that is not ours", { portal: response.ok });
  return response;
}

async function read(response, as) {
  try {
    if (as === "blob") return { blob: await response.blob(), headers: response.headers };
    const text = await response.text();
    return { json: text ? JSON.parse(text) : null, headers: response.headers };
  } catch (reason) {
    throw new NoConnection(`half an answer: ${reason}`);
  }
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch (reason) {
    if (response.status >= 500) return {};
    throw new NoConnection(`half a refusal: ${reason}`);
  }
}
