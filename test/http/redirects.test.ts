import { expect, test } from "vitest";
import { apiErrorOf, clientOf, json, KEY, serve, text } from "./serve.ts";

const account = json({ name: "Teapots", currency: "SEK", time_zone: "Asia/Tokyo" });

test.each([301, 302, 303, 307, 308])(
  "a redirect to another host (%i) is refused with a hint, at once, and the other host is asked for nothing",
  async (status) => {
    const other = await serve(account);
    const [origin] = other.url.split("/v1");
    const location = `${origin}/login?token=hush-hush`;
    const served = await serve(text("<p>Please log in</p>", "text/html", status, { location }));
    const messages: string[] = [];
    const client = clientOf(served.url, { onRetry: (message) => messages.push(message) });
    const error = await apiErrorOf(client.get("account"));
    expect(error.message).toBe(
      `ChartMogul answered GET /account with ${status}, which leads to ${origin}, and the key is not sent there`,
    );
    expect(error.hint).toMatch(/CHARTMOGUL_API_URL.*proxy/);
    expect(error.status).toBe(status);
    expect([served.requests.length, other.requests.length, messages]).toEqual([1, 0, []]);
  },
);

test.each([
  ["the same host", "/v1/accounts"],
  ["https on the same host", "https://127.0.0.1:1/v1/account"],
  ["a page without a scheme", "//login.example.com/x"],
])("a redirect to %s is refused, too: the API has none", async (_, location) => {
  const served = await serve(text("", "text/html", 302, { location }));
  const { message } = await apiErrorOf(clientOf(served.url).get("account"));
  expect(message).toContain(`leads to ${new URL(location, served.url).origin}`);
  expect(served.requests).toHaveLength(1);
});

test.each([
  ["with an invalid address", { location: "http://[" }],
  ["without an address", {}],
])("a redirect %s is refused", async (_, headers) => {
  const served = await serve(text("", "text/html", 302, headers));
  const { message } = await apiErrorOf(clientOf(served.url).get("account"));
  expect(message).toContain("ChartMogul answered GET /account with 302, which leads elsewhere");
});

test("a key in the address of a redirect is not shown", async () => {
  const served = await serve(text("", "text/html", 302, { location: `http://${KEY}.example.com/${KEY}` }));
  const { message, hint } = await apiErrorOf(clientOf(served.url).get("account"));
  expect(`${message} ${hint}`).not.toContain(KEY.slice(0, 6));
});
