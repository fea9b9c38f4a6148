import type { Coordinates } from "@/core/shipments/delivery-place";

const EXIF = "Exif\0\0";
const GPS_POINTER = 0x8825;
const LATITUDE = { reference: 1, value: 2, most: 90 };
const LONGITUDE = { reference: 3, value: 4, most: 180 };
/** Segments before the picture, and entries of a directory, that are looked through; a real camera writes far fewer. */
const MOST_SEGMENTS = 64;
const MOST_ENTRIES = 512;

/** Where a JPEG says it was taken (the GPS part of its Exif); null where it says nothing, or nothing that can be. */
export function takenAt(bytes: Uint8Array): Coordinates | null {
  const exif = exifOf(bytes);
  if (!exif) return null;
  try {
    return gpsIn(exif);
  } catch (error) {
    // an offset that leads out of the segment
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The TIFF part of the Exif segment of a JPEG. */
function exifOf(bytes: Uint8Array): DataView | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  for (let count = 0; count < MOST_SEGMENTS && at + 4 <= view.byteLength; count++) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker < 0xff01 || marker === 0xffda || length < 2 || at + 2 + length > view.byteLength) return null;
    const start = at + 4;
    const isExif =
      marker === 0xffe1 &&
      length > 2 + EXIF.length &&
      Buffer.from(bytes.subarray(start, start + EXIF.length)).toString("latin1") === EXIF;
    if (isExif) return new DataView(view.buffer, view.byteOffset + start + EXIF.length, length - 2 - EXIF.length);
    at += 2 + length;
  }
  return null;
}

function gpsIn(tiff: DataView): Coordinates | null {
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (tiff.getUint16(2, little) !== 42) return null;
  const pointer = entriesAt(tiff, tiff.getUint32(4, little), little).get(GPS_POINTER);
  if (pointer === undefined) return null;
  const gps = entriesAt(tiff, tiff.getUint32(pointer + 8, little), little);
  const latitude = degrees(tiff, gps, LATITUDE, little);
  const longitude = degrees(tiff, gps, LONGITUDE, little);
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null;
  return { latitude, longitude };
}

/** Where the entry of each tag of a directory stands. */
function entriesAt(tiff: DataView, at: number, little: boolean): Map<number, number> {
  const count = Math.min(tiff.getUint16(at, little), MOST_ENTRIES);
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const entry = at + 2 + index * 12;
      return [tiff.getUint16(entry, little), entry];
    }),
  );
}

/** Degrees, minutes and seconds as three fractions, to seven places: a centimetre. */
function degrees(
  tiff: DataView,
  entries: ReadonlyMap<number, number>,
  axis: { reference: number; value: number; most: number },
  little: boolean,
): number | null {
  const [reference, value] = [entries.get(axis.reference), entries.get(axis.value)];
  if (reference === undefined || value === undefined || tiff.getUint32(value + 4, little) !== 3) return null;
  const at = tiff.getUint32(value + 8, little);
  const part = (index: number) => tiff.getUint32(at + index * 8, little) / tiff.getUint32(at + index * 8 + 4, little);
  const sum = part(0) + part(1) / 60 + part(2) / 3600;
  if (!Number.isFinite(sum) || sum > axis.most) return null;
  const side = String.fromCharCode(tiff.getUint8(reference + 8));
  if (!"NSEW".includes(side)) return null;
  const rounded = Math.round(sum * 1e7) / 1e7;
  return (side === "S" || side === "W") && rounded !== 0 ? -rounded : rounded;
}
