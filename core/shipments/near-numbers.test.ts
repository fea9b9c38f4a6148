import { expect, test } from "vitest";
import { nearNumbers } from "./near-numbers";

const whyOf = (value: string, meant: string) => nearNumbers(value).find((one) => one.value === meant)?.why;

test.each([
  ["420941079400111899223197428490", "9400111899223197428490", "without the ZIP code in front"],
  ["9612019123456789012345".slice(0, 22), "123456789012345", "the number inside the barcode"],
  ["000123456789", "123456789", "without its leading zeroes"],
  ["1Z999AA10123456784", "1Z999AA10123546784", "two signs exchanged"],
  ["1Z999AA10123456784", "1Z999AA10123456785", "one digit is another"],
  ["SO00012345", "SO00012346", "one digit is another"],
])("%s may mean %s", (value, meant, why) => {
  expect(whyOf(value, meant)).toBe(why);
});

test("a number is never near itself, too short ones are near to nothing, and the list is bounded", () => {
  expect(whyOf("1Z999AA10123456784", "1Z999AA10123456784")).toBeUndefined();
  expect(nearNumbers("12345")).toEqual([]);
  expect(nearNumbers("1".repeat(40)).length).toBeLessThanOrEqual(400);
});
