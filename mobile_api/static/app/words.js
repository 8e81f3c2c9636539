// Words, times and amounts as people say them, in Chinese and English. `{name}` in a word is filled in.

import { WORDS as DAY } from "./words_day.js";

export const WORDS = { zh: { ...DAY.zh }, en: { ...DAY.en } };

/** More words, from what is loaded later. */
export function learn(more) {
  for (const name of Object.keys(more)) Object.assign(WORDS[name], more[name]);
}

export const LANGUAGES = Object.keys(WORDS);

let chosen = "zh";

export const language = () => chosen;
const locale = () => (chosen === "zh" ? "zh-CN" : "en-GB");

export function speak(wanted) {
  chosen = LANGUAGES.includes(wanted) ? wanted : "zh";
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = WORDS[chosen].app;
}

/** The word for `key` ("states.waiting" reaches into a group), `{…}` filled in; of "one|many" what `n` asks for. */
export function word(key, filling = {}) {
  const text = key.split(".").reduce((group, part) => group?.[part], WORDS[chosen]) ?? key;
  const [one, many = one] = text.split("|");
  return (filling.n === 1 ? one : many).replace(/\{(\w+)\}/g, (_, name) => filling[name] ?? "");
}

/** Whether there is a word for this key, for words that a server may bring anew. */
export const knows = (key) => word(key) !== key;

/** A length of time: "45 min", "1 h 20 min", "2 h". */
export function spell(seconds) {
  const minutes = seconds > 0 ? Math.max(1, Math.round(seconds / 60)) : 0;
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (!h) return word("minutes", { m });
  return word(m ? "hours" : "hours_only", { h, m });
}

export const distance = (metres) => word("km", { km: (metres / 1000).toFixed(metres < 99_950 ? 1 : 0) });

const formats = new Map();

function format(kind, shown) {
  const key = `${kind} ${JSON.stringify(shown)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(kind, shown));
  return formats.get(key);
}

/** The hour and minute of an instant in a zone, 24-hour. */
export function clock(instant, timeZone) {
  return format("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(instant));
}

/** The local date of an instant (milliseconds) in a zone, as "2026-05-11". */
export function dateIn(at, timeZone) {
  const parts = format("en-GB", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).formatToParts(at);
  return ["year", "month", "day"].map((wanted) => parts.find(({ type }) => type === wanted).value).join("-");
}

/** An instant as clocks in a zone show it: "2026-05-12T08:00:00". */
export const localIn = (instant, timeZone) =>
  format("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone }).format(new Date(instant)).replace(" ", "T");

/** The instant at which clocks in a zone show `local` ("2026-05-12T08:00"), as ISO text. */
export function instantIn(local, timeZone) {
  const wanted = Date.parse(`${local}Z`);
  const ahead = (at) => Date.parse(`${localIn(at, timeZone)}Z`) - at;
  return new Date(wanted - ahead(wanted - ahead(wanted))).toISOString();
}

/** A local date ("2026-05-12") as "Tue 12 May". */
export function dayName(on) {
  const shown = { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" };
  return format(locale(), shown).format(new Date(`${on}T00:00:00Z`));
}

/** Two local dates and what lies between: "16–22 Nov". */
export function daysName(from, to) {
  const [first, last] = [from, to].map((on) => new Date(`${on}T00:00:00Z`));
  return format(locale(), { month: "short", day: "numeric", timeZone: "UTC" }).formatRange(first, last);
}

/** An amount in minor units with its currency: `money(12800, "CNY")` is "¥128". */
export function money(minor, currency) {
  const shown = { style: "currency", currency, currencyDisplay: "narrowSymbol", trailingZeroDisplay: "stripIfInteger" };
  const form = new Intl.NumberFormat(locale(), shown);
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return form.format(minor / 10 ** maximumFractionDigits);
}

/** Bytes as "640 kB", "9.4 MB" or "64 GB". */
export function bytes(count) {
  const [unit, size] = count < 999_500 ? ["kB", Math.ceil(count / 1e3)] : count < 1e9 ? ["MB", count / 1e6] : ["GB", count / 1e9];
  return `${size.toFixed(unit === "kB" || size >= 100 ? 0 : 1)} ${unit}`;
}
