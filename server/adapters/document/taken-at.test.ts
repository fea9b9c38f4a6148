import fc from "fast-check";
import { expect, test } from "vitest";
import { takenAt } from "./taken-at";

type Place = { latitude: [number, string]; longitude: [number, string] };

/** A JPEG whose Exif tells a place, in the byte order of some cameras or of the others. */
function photo({ latitude, longitude }: Place, little: boolean): Uint8Array {
  const tiff = new DataView(new ArrayBuffer(128));
  const directory = (at: number, entries: [tag: number, type: number, count: number, value: number | string][]) => {
    tiff.setUint16(at, entries.length, little);
    for (const [index, [tag, type, count, value]] of entries.entries()) {
      const entry = at + 2 + index * 12;
      tiff.setUint16(entry, tag, little);
      tiff.setUint16(entry + 2, type, little);
      tiff.setUint32(entry + 4, count, little);
      if (typeof value === "number") tiff.setUint32(entry + 8, value, little);
      else tiff.setUint8(entry + 8, value.charCodeAt(0));
    }
  };
  const fractions = (at: number, degrees: number) => {
    const minutes = (degrees % 1) * 60;
    const parts = [Math.floor(degrees), 1, Math.floor(minutes), 1, Math.round((minutes % 1) * 60 * 10_000), 10_000];
    for (const [index, part] of parts.entries()) tiff.setUint32(at + index * 4, part, little);
  };
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, little);
  tiff.setUint32(4, 8, little);
  directory(8, [[0x8825, 4, 1, 26]]);
  directory(26, [
    [1, 2, 2, latitude[1]],
    [2, 5, 3, 80],
    [3, 2, 2, longitude[1]],
    [4, 5, 3, 104],
  ]);
  fractions(80, latitude[0]);
  fractions(104, longitude[0]);
  const jfif = [0xff, 0xe0, 0x00, 0x04, 0x01, 0x02];
  const exif = [0xff, 0xe1, 0x00, 2 + 6 + 128, ...Buffer.from("Exif\0\0", "latin1"), ...new Uint8Array(tiff.buffer)];
  return Uint8Array.from([0xff, 0xd8, ...jfif, ...exif, 0xff, 0xda, 0x00, 0x02, 0xff, 0xd9]);
}

const PRAGUE: Place = { latitude: [50.0755, "N"], longitude: [14.4378, "E"] };

test.each([true, false])("the place of a photo is read in either byte order (little: %s)", (little) => {
  expect(takenAt(photo(PRAGUE, little))).toEqual({ latitude: 50.0755, longitude: 14.4378 });
  expect(takenAt(photo({ latitude: [33.8688, "S"], longitude: [151.2093, "W"] }, little))).toEqual({
    latitude: -33.8688,
    longitude: -151.2093,
  });
});

test.each<[string, Uint8Array]>([
  ["no bytes", new Uint8Array()],
  ["a PDF", Buffer.from("%PDF-1.4\n")],
  ["a JPEG without Exif", Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x04, 1, 2, 0xff, 0xda, 0, 2])],
  ["a device without a fix", photo({ latitude: [0, "N"], longitude: [0, "E"] }, true)],
  ["no place on Earth", photo({ latitude: [120, "N"], longitude: [14, "E"] }, true)],
  ["a side that there is not", photo({ latitude: [50, "Q"], longitude: [14, "E"] }, true)],
])("%s tells no place", (_what, bytes) => {
  expect(takenAt(bytes)).toBeNull();
});

test("a photo that is cut off or damaged anywhere tells a place on Earth or none", () => {
  const whole = photo(PRAGUE, true);
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
      const damaged = whole.slice(0, end);
      if (at < damaged.length) damaged[at] = byte;
      const place = takenAt(damaged);
      if (place === null) return;
      expect(Math.abs(place.latitude)).toBeLessThanOrEqual(90);
      expect(Math.abs(place.longitude)).toBeLessThanOrEqual(180);
    }),
  );
});
