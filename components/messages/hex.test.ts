import { expect, test } from "vitest";
import { bytesOf, hexLines } from "./hex";

test("bytes are shown sixteen a line with their place, and what cannot be printed as a dot", () => {
  const bytes = bytesOf(Buffer.from("ISA*00*\u0000ř~0123456789").toString("base64"));
  expect(hexLines(bytes, 16)).toEqual([
    { offset: "000010", hex: "49 53 41 2a 30 30 2a 00  c5 99 7e 30 31 32 33 34", text: "ISA*00*···~01234" },
    { offset: "000020", hex: "35 36 37 38 39", text: "56789" },
  ]);
  expect(hexLines(new Uint8Array())).toEqual([]);
});
