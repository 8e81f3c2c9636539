// Talking to the server. Three outcomes: an answer, a refusal with words for people, or no connection.

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title);
    Object.assign(this, { status, problem });
  }
}

export class NoConnection extends Error {}

const PATIENCE = 30_000;

/** Ask once. A server that is broken or an answer that is not ours counts as no connection: try again later. */
export async function ask(path, { token, language, method = "GET", json, body, type } = {}) {
  const headers = { "Accept-Language": language };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (json) headers["Content-Type"] = "application/json";
  if (type) headers["Content-Type"] = type;
  let response;
  try {
    const content = json ? JSON.stringify(json) : body;
    response = await fetch(path, { method, headers, body: content, signal: AbortSignal.timeout(PATIENCE) });
  } catch (reason) {
    throw new NoConnection(String(reason));
  }
  if (response.ok) return response;
  const isOurs = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  if (response.status >= 500 || !isOurs) throw new NoConnection(`answer ${response.status}`);
  throw new Refusal(response.status, await response.json());
}
