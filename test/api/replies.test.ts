import nock from "nock";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { apiErrorOf, clientOf, KEY } from "../http/serve.ts";

const HOST = "http://chartmogul.test";

const client = () => clientOf(`${HOST}/v1`, { retries: 0 });

/** The error of a request that gets this reply. */
const errorOf = (status: number, body: string | object, headers: Record<string, string> = {}) => {
  nock(HOST).get("/v1/customers").reply(status, body, headers);
  return apiErrorOf(client().get("customers"));
};

beforeAll(() => {
  nock.disableNetConnect();
  nock.enableNetConnect("127.0.0.1");
});

afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  expect(pending).toEqual([]);
});

afterAll(() => nock.restore());

describe("the words of each known shape of an error are shown", () => {
  test.each([
    {
      shape: "code, message and param",
      body: { code: 400, message: 'Parameter "colour" is missing', param: "colour" },
      words: 'Parameter "colour" is missing',
    },
    { shape: "message alone", body: { message: "Page out of bounds" }, words: "Page out of bounds" },
    { shape: "error", body: { error: "Umbrella not found" }, words: "Umbrella not found" },
    {
      shape: "errors by field",
      body: { errors: { colour: "Every umbrella needs a colour." } },
      words: '{"errors":{"colour":"Every umbrella needs a colour."}}',
    },
    {
      shape: "fields with lists, and error_details",
      body: {
        colour: ["Colour is unknown"],
        error_details: [{ param: "colour", code: "unknown", message: "Colour is unknown" }],
      },
      words:
        '{"colour":["Colour is unknown"],"error_details":[{"param":"colour","code":"unknown","message":"Colour is unknown"}]}',
    },
    { shape: "plain text", body: "Teapot is empty", words: "Teapot is empty" },
    {
      shape: "HTML",
      body: "<html><body>\n<h1>Out of tea</h1>\n<hr></body></html>",
      words: "Out of tea",
    },
    { shape: "JSON that is no object", body: '"too late"', words: '"too late"' },
    { shape: "nothing", body: "", words: "an empty body" },
  ])("$shape", async ({ body, words }) => {
    const error = await errorOf(422, body);
    expect(error.message).toBe(`ChartMogul answered GET /customers with 422: ${words}`);
    expect(error.status).toBe(422);
  });
});

test("a very long error is cut", async () => {
  for (const body of ["no ".repeat(5000), { message: "no ".repeat(5000) }]) {
    expect((await errorOf(500, body)).message.length).toBeLessThan(250);
  }
});

describe("the hint of each status says what the operator can do", () => {
  test.each([
    [400, /report it/i],
    [401, /check the API key/i],
    [402, /payment/],
    [403, /may not read|trial/],
    [404, /CHARTMOGUL_API_URL/],
    [422, /report it/i],
    [429, /CHARTMOGUL_REQUESTS_PER_SECOND/],
    [500, /sync again later/],
    [502, /sync again later/],
    [503, /CHARTMOGUL_CONNECTIONS/],
    [504, /sync again later/],
  ])("%i", async (status, hint) => {
    const error = await errorOf(status, { message: "No" });
    expect(error.status).toBe(status);
    expect(error.hint).toMatch(hint);
  });
});

describe("a reply with 200 that is not JSON is an ApiError and is not requested again", () => {
  test.each([
    ["HTML", "<!doctype html><title>Please log in</title>", "text/html", "Please log in"],
    ["plain text", "it works", "text/plain", "it works"],
    ["nothing", "", "text/html", "an empty body"],
  ])("%s", async (_what, body, contentType, words) => {
    nock(HOST).get("/v1/plans").reply(200, body, { "content-type": contentType });
    // A second request would find no answer and so end with other words.
    const error = await apiErrorOf(clientOf(`${HOST}/v1`, { retries: 2 }).get("plans"));
    expect(error.message).toContain("GET /plans is not JSON");
    expect(error.message).toContain(words);
    expect(error.status).toBeUndefined();
    expect(error.hint).toContain("CHARTMOGUL_API_URL");
  });
});

test("JSON is read whatever its content type is called", async () => {
  for (const contentType of ["application/json", "application/json; charset=utf-8", "text/plain"]) {
    nock(HOST).get("/v1/ping").reply(200, '{"answer":"pong"}', { "content-type": contentType });
    expect(await client().get("ping")).toEqual({ answer: "pong" });
  }
});

describe("profile", () => {
  const profileOf = (body: string | object) => {
    nock(HOST)
      .get("/v1/account")
      .basicAuth({ user: KEY, pass: "" })
      .reply(200, body, { "content-type": "application/json" });
    return client().profile();
  };

  test.each([
    ["a list", "[]"],
    ["a word", '"account"'],
    ["null", "null"],
    ["a number", "7"],
  ])("is an ApiError where the body is %s", async (_what, body) => {
    const error = await apiErrorOf(profileOf(body));
    expect(error.message).toContain("GET /account");
    expect(error.hint).toContain("CHARTMOGUL_API_URL");
  });

  test.each<[object]>([
    [{}],
    [{ name: null, currency: null, time_zone: null }],
    [{ name: "Teapots", currency: "", timezone: "Asia/Tokyo" }],
    [{ account: { name: "Teapots", currency: "SEK", time_zone: "Asia/Tokyo" } }],
    [{ message: "Please log in", html: "<html></html>" }],
  ])("is an ApiError where the body is %j: every account has a currency or a time zone", async (body) => {
    const error = await apiErrorOf(profileOf(body));
    expect(error.message).toMatch(
      /^ChartMogul answered GET \/account with something that is not an account: no /,
    );
    expect(error.hint).toContain("CHARTMOGUL_API_URL");
  });

  test("is null where ChartMogul says an empty word or something else than a word", async () => {
    expect(await profileOf({ name: "", id: 7, currency: 5, time_zone: "Asia/Tokyo" })).toEqual({
      id: null,
      name: null,
      currency: null,
      timeZone: "Asia/Tokyo",
      weekStartOn: null,
    });
  });

  test("has no id where the account has none", async () => {
    expect(
      await profileOf({ name: "Teapots", currency: "SEK", time_zone: "Asia/Tokyo", week_start_on: "sunday" }),
    ).toEqual({ id: null, name: "Teapots", currency: "SEK", timeZone: "Asia/Tokyo", weekStartOn: "sunday" });
  });

  test("has the id of the account, also for the patient client", async () => {
    const body = { id: "acc_7", name: "Teapots", currency: "SEK", time_zone: "Asia/Tokyo" };
    const profile = {
      id: "acc_7",
      name: "Teapots",
      currency: "SEK",
      timeZone: "Asia/Tokyo",
      weekStartOn: null,
    };
    expect(await profileOf(body)).toEqual(profile);
    nock(HOST).get("/v1/account").reply(200, body);
    expect(await client().patient.profile()).toEqual(profile);
  });
});
