// Names that nobody else gives: UUIDs of version 7 (RFC 9562), whose first 48 bits are the time they were made at.

/** A new one, in the order of time; `at` in milliseconds since 1970. */
export function uuid7(at = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(at / 0x10000));
  new DataView(bytes.buffer).setUint16(4, at % 0x10000);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** SHA-256 of some bytes, in lower-case hexadecimal. */
export async function digestOf(buffer) {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
