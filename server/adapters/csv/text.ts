import { analyse } from "chardet";
import iconv from "iconv-lite";

/** Encodings a warehouse export is read in; a saved mapping may name one. */
export const ENCODINGS = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "iso-8859-2",
  "shift_jis",
  "gb18030",
  "big5",
  "euc-kr",
] as const;
export type Encoding = (typeof ENCODINGS)[number];

export type Decoded = { text: string; encoding: Encoding; bom: boolean };

/** How much of a file is looked at where its encoding has to be guessed. */
const SAMPLE = 64 * 1024;

/** Decodes bytes by their mark, else by what they can only be, else by the likeliest; null when they are no text. */
export function decodeText(bytes: Uint8Array, wanted: Encoding | null = null): Decoded | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = markOf(buffer);
  const encoding = mark ?? wanted ?? guessEncoding(buffer);
  if (encoding === null) return null;
  const text = encoding === "utf-8" ? utf8(buffer) : iconv.decode(buffer, encoding);
  if (text === null) return null;
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  // A NUL in decoded text means that these bytes are no text in this encoding.
  return plain.slice(0, SAMPLE).includes("\0") ? null : { text: plain, encoding, bom: mark !== null };
}

function markOf(buffer: Buffer): Encoding | null {
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) return "utf-8";
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return "utf-16le";
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return "utf-16be";
  return null;
}

function utf8(buffer: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    return null;
  }
}

function guessEncoding(buffer: Buffer): Encoding | null {
  const sample = buffer.subarray(0, SAMPLE);
  if (sample.includes(0)) return wideOf(sample);
  if (utf8(buffer) !== null) return "utf-8";
  // The likeliest of those we know; western Europe where nothing speaks clearly for another.
  const likely = analyse(beyondAscii(buffer)).find(({ confidence }) => confidence >= 40);
  const name = likely?.name.toLowerCase();
  return ENCODINGS.find((encoding) => encoding === name && !encoding.startsWith("utf")) ?? "windows-1252";
}

/** UTF-16 without a mark: nearly every second byte of a western text is NUL, always on the same side. */
function wideOf(sample: Buffer): Encoding | null {
  let even = 0;
  let odd = 0;
  sample.forEach((byte, index) => {
    if (byte !== 0) return;
    if (index % 2 === 0) even++;
    else odd++;
  });
  const half = sample.length / 2;
  if (odd > half * 0.4 && even < half * 0.05) return "utf-16le";
  if (even > half * 0.4 && odd < half * 0.05) return "utf-16be";
  return null;
}

/** Surroundings of the first bytes beyond ASCII, so that a long plain start does not hide them. */
function beyondAscii(buffer: Buffer): Buffer {
  const first = buffer.findIndex((byte) => byte > 0x7f);
  const start = Math.max(0, first - 1024);
  return buffer.subarray(start, start + SAMPLE);
}
