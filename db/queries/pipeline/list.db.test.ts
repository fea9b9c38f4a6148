import { afterAll, expect, it } from "vitest";
import { testDatabase } from "@/db/testing/database";
import { list } from "./list";

const database = await testDatabase("list");
afterAll(database.drop);

it.each([
  ["plain words", ["a", "b c", "{x,y}", "null", "NULL", "", " "]],
  ["nulls between words", [null, "null", null]],
  ["what has to be escaped", ['say "so"', "back\\slash", "two\nlines\tand a tab", "it's", "\\N", '{"json":"\\u0041"}']],
  ["letters beyond ASCII", ["Łódź", "東京", "🚚", "\u2028"]],
  ["nothing", []],
])("a list of %s comes back from the database as it went in", async (_, values) => {
  const [row] = await database.sql<{ values: (string | null)[] }[]>`
    select to_jsonb(${list(values)}::text[]) as values`;
  expect(row?.values).toEqual(values);
});

it("numbers, ids and instants are read by the type the statement casts to", async () => {
  const id = "01a208d2-df0e-76ff-81ee-26f4599223bd";
  const at = "2026-11-23T14:00:00.123Z";
  const [row] =
    await database.sql`select (${list([1, -2, null])}::int[])[2] as number, (${list([id])}::uuid[])[1] as id,
    (${list([null, at])}::timestamptz[])[2] as at`;
  expect(row).toEqual({ number: -2, id, at: new Date(at) });
});
