import { once } from "node:events";
import type { Writable } from "node:stream";

/** One file of an archive, whole: callers cut long ones into parts. */
export type Part = { name: string; bytes: Buffer };

const block = 512;
const largestPart = 64 * 2 ** 20;

/** Appends one file to a tar archive (ustar), waiting while the sink is full. Names are limited to 100 bytes. */
export async function writePart(sink: Writable, { name, bytes }: Part): Promise<void> {
  await write(sink, header(name, bytes.length));
  await write(sink, bytes);
  await write(sink, Buffer.alloc((block - (bytes.length % block)) % block));
}

/** Ends a tar archive. */
export async function writeEnd(sink: Writable): Promise<void> {
  await write(sink, Buffer.alloc(2 * block));
}

/** Yields the files of a tar archive that `writePart` wrote; throws on anything cut off or foreign. */
export async function* readParts(source: AsyncIterable<Buffer>): AsyncGenerator<Part> {
  const reader = new ExactReader(source);
  for (;;) {
    const head = await reader.take(block);
    if (head.every((byte) => byte === 0)) return;
    const name = text(head, 0, 100);
    const size = Number.parseInt(text(head, 124, 12), 8);
    const isTar = text(head, 257, 5) === "ustar" && Number.parseInt(text(head, 148, 8), 8) === checksum(head);
    if (!isTar || !(size >= 0 && size <= largestPart))
      throw new Error("the file is not a backup of Waypost, or is damaged");
    const bytes = await reader.take(size);
    await reader.take((block - (size % block)) % block);
    yield { name, bytes };
  }
}

class ExactReader {
  #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let missing = size; missing > 0; ) {
      if (this.#rest.length === 0) this.#rest = await this.#more();
      const chunk = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(chunk.length);
      missing -= chunk.length;
      chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  }

  async #more(): Promise<Buffer> {
    const { value, done } = await this.#source.next();
    if (done) throw new Error("the backup is cut off: it was not written to its end");
    return value;
  }
}

function header(name: string, size: number): Buffer {
  const head = Buffer.alloc(block);
  head.write(name, 0, 100);
  head.write("0000600\0", 100);
  head.write("0000000\0", 108);
  head.write("0000000\0", 116);
  head.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  head.write("00000000000\0", 136);
  head.write("0", 156);
  head.write("ustar\x0000", 257);
  head.write(`${checksum(head).toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}

/** Of a header with its checksum field taken as spaces. */
function checksum(head: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < block; at++) if (at < 148 || at >= 156) sum += head[at] ?? 0;
  return sum;
}

function text(head: Buffer, from: number, length: number): string {
  return head.toString("utf8", from, from + length).replace(/[\0 ].*$/s, "");
}

async function write(sink: Writable, bytes: Buffer): Promise<void> {
  if (!sink.write(bytes)) await once(sink, "drain");
}
