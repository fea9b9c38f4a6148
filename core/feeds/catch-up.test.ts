import { describe, expect, it } from "vitest";
import { addressOf, catchUpInput, mayStillCome, nextAskMs, readPage, valueAt } from "./catch-up";

const settings = {
  id: 1,
  seen: null,
  key: null,
  url: "https://api.example.com/v2/trackers?start={since}",
  header: "Authorization",
  items: "/trackers",
  updated: "/updated_at",
  paging: { by: "last_id", parameter: "before_id", id: "/id", more: "/has_more" },
  everyMinutes: 60,
  overlapMinutes: 120,
} as const;
const problems = (over: object) =>
  catchUpInput.safeParse({ ...settings, ...over }).error?.issues.map((issue) => String(issue.path[0])) ?? [];

describe("settings of a catch-up", () => {
  it("take an address with {since} and {until}, and none with a login or another scheme", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ url: "https://a.example/{since}/{until}" })).toEqual([]);
    for (const url of [
      "ftp://a.example/",
      "file:///etc/passwd",
      "https://",
      "https://me:secret@a.example/",
      "nonsense",
    ])
      expect(problems({ url })).toEqual(expect.arrayContaining(["url"]));
  });

  it("refuse pointers, headers and rhythms that are none", () => {
    expect(problems({ items: "trackers" })).toEqual(["items"]);
    expect(problems({ header: "X: y" })).toEqual(["header"]);
    expect(problems({ everyMinutes: 1 })).toEqual(["everyMinutes"]);
    expect(problems({ items: null })).toEqual(["paging"]);
  });
});

describe("a page", () => {
  const address = "https://api.example.com/v2/trackers?start=x";
  const page = (answer: unknown, over: object = {}, number = 1) =>
    readPage(answer, { ...settings, ...over }, address, number);

  it("leads to the next by the id of its last item while there is more", () => {
    const trackers = [{ id: "trk_1" }, { id: "trk_2" }];
    expect(page({ trackers, has_more: true })).toEqual({
      ok: true,
      items: trackers,
      next: `${address}&before_id=trk_2`,
    });
    expect(page({ trackers, has_more: false })).toMatchObject({ ok: true, next: null });
    expect(page({ trackers: [], has_more: true })).toMatchObject({ ok: true, next: null });
  });

  it("leads to the next by its link or its number", () => {
    const link = { paging: { by: "link", at: "/next" } };
    expect(page({ trackers: [1], next: "/v2/more?c=2" }, link)).toMatchObject({
      next: "https://api.example.com/v2/more?c=2",
    });
    expect(page({ trackers: [1], next: null }, link)).toMatchObject({ next: null });
    const counted = { paging: { by: "page", parameter: "page" } };
    expect(page({ trackers: [1] }, counted, 3)).toMatchObject({ next: `${address}&page=4` });
    expect(page({ trackers: [] }, counted, 3)).toMatchObject({ next: null });
  });

  it("never follows a link to another server, which would be given the key", () => {
    const answer = page({ trackers: [1], next: "https://evil.example/x" }, { paging: { by: "link", at: "/next" } });
    expect(answer).toMatchObject({ ok: false, why: expect.stringContaining("https://evil.example") });
  });

  it("says when the list is not where the settings say", () => {
    expect(page({ error: "x" })).toEqual({ ok: false, why: "The answer holds no list at /trackers." });
    expect(page(null)).toMatchObject({ ok: false });
    expect(page([{ id: 1 }], { items: "", paging: { by: "none" } })).toMatchObject({ ok: true, items: [{ id: 1 }] });
  });
});

describe("the span and the rhythm", () => {
  it("puts instants into the address", () => {
    const at = Date.UTC(2026, 10, 20, 8, 0, 0);
    expect(addressOf("https://a.example/x?s={since}&u={until}", at, at + 60_000)).toBe(
      "https://a.example/x?s=2026-11-20T08%3A00%3A00Z&u=2026-11-20T08%3A01%3A00Z",
    );
  });

  it("leaves what has just changed for the next time", () => {
    const now = Date.UTC(2026, 10, 20, 8);
    const item = (minutes: number) => ({ updated_at: new Date(now - minutes * 60_000).toISOString() });
    expect(mayStillCome(item(2), "/updated_at", now)).toBe(true);
    expect(mayStillCome(item(20), "/updated_at", now)).toBe(false);
    expect(mayStillCome(item(2), null, now)).toBe(false);
    expect(mayStillCome({ updated_at: "soon" }, "/updated_at", now)).toBe(false);
  });

  it("asks sooner after a failure, and never more rarely than usual", () => {
    const minutes = (failures: number) => nextAskMs(0, 60, failures) / 60_000;
    expect([0, 1, 2, 5, 6, 50].map(minutes)).toEqual([60, 2, 4, 32, 60, 60]);
    expect(nextAskMs(0, 5, 9)).toBe(5 * 60_000);
  });

  it("finds values by pointers with escapes, and nothing on a prototype", () => {
    expect(valueAt({ "a/b": { "~": [7] } }, "/a~1b/~0/0")).toBe(7);
    expect(valueAt({}, "/constructor")).toBeUndefined();
    expect(valueAt("text", "/length")).toBeUndefined();
  });
});
