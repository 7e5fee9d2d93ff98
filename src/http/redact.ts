/** Replaces what must not be shown in a text. */
export type Redact = (text: string) => string;

/** Redacts an API key in both of its spellings: as it is, and as HTTP Basic sends it. */
export function createRedact(key: string): Redact {
  const secrets = [key, encodeCredentials(key)];
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}

/** The API key as the user name of HTTP Basic, with an empty password. */
export function encodeCredentials(key: string): string {
  return Buffer.from(`${key}:`).toString("base64");
}
