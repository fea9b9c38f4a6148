import type { IncomingMessage } from "node:http";

export type BodyRead = { ok: true; bytes: Buffer } | { ok: false; why: "too_large" | "no_room" | "aborted" };

/** Bounds the bytes of all bodies that are in memory at a time; one object a delivery, given back at its end. */
export class Room {
  private held = 0;
  private readonly memory: { held: number; most: number };

  constructor(memory: { held: number; most: number }) {
    this.memory = memory;
  }

  /** Takes room for so many bytes more; false where there is none. */
  take(bytes: number): boolean {
    if (this.memory.held + bytes > this.memory.most) return false;
    this.memory.held += bytes;
    this.held += bytes;
    return true;
  }

  giveBack(): void {
    this.memory.held -= this.held;
    this.held = 0;
  }
}

/** The body of a delivery. Reading stops as soon as more than `limit` bytes came, or when there is no room for them in memory. */
export type DeliveryBody = { read: (limit: number, room: Room) => Promise<BodyRead> };

/** The body of a request of node:http. */
export function bodyOfRequest(request: IncomingMessage): DeliveryBody {
  return new RequestBody(request);
}

/** A class, since a closure a request costs more than it looks. */
class RequestBody implements DeliveryBody {
  private readonly request: IncomingMessage;

  constructor(request: IncomingMessage) {
    this.request = request;
  }

  read(limit: number, room: Room): Promise<BodyRead> {
    return new Promise((resolve) => new RequestReader(this.request, limit, room, resolve));
  }
}

/** One object and four listeners a request: this runs for every message. */
class RequestReader {
  private parts: Buffer[] = [];
  private size = 0;
  private open = true;
  private readonly request: IncomingMessage;
  private readonly limit: number;
  private readonly room: Room;
  private readonly resolve: (read: BodyRead) => void;

  constructor(request: IncomingMessage, limit: number, room: Room, resolve: (read: BodyRead) => void) {
    this.request = request;
    this.limit = limit;
    this.room = room;
    this.resolve = resolve;
    request.on("data", (part: Buffer) => this.take(part));
    request.on("end", () => this.finish());
    request.on("error", () => this.stop("aborted"));
    request.on("close", () => this.stop("aborted"));
  }

  private take(part: Buffer): void {
    if (!this.open) return;
    this.size += part.length;
    if (this.size > this.limit) this.stop("too_large");
    else if (!this.room.take(part.length)) this.stop("no_room");
    else this.parts.push(part);
  }

  private finish(): void {
    if (!this.open) return;
    this.open = false;
    const { parts, size } = this;
    this.resolve({ ok: true, bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size) });
  }

  private stop(why: "too_large" | "no_room" | "aborted"): void {
    if (!this.open) return;
    this.open = false;
    this.parts = [];
    this.request.pause();
    this.resolve({ ok: false, why });
  }
}

/** The body of a request of the fetch API. */
export function bodyOfStream(stream: ReadableStream<Uint8Array> | null): DeliveryBody {
  return {
    read: async (limit, room) => {
      const parts: Uint8Array[] = [];
      let size = 0;
      const reader = stream?.getReader();
      try {
        for (;;) {
          const next = await reader?.read();
          if (!next || next.done) return { ok: true, bytes: Buffer.concat(parts, size) };
          size += next.value.byteLength;
          const why = size > limit ? "too_large" : room.take(next.value.byteLength) ? null : "no_room";
          if (why) {
            await reader?.cancel();
            return { ok: false, why };
          }
          parts.push(next.value);
        }
      } catch {
        return { ok: false, why: "aborted" };
      }
    },
  };
}

/** Bytes that are already there. */
export function bodyOfBytes(bytes: Uint8Array): DeliveryBody {
  return {
    read: async (limit, room) => {
      if (bytes.byteLength > limit) return { ok: false, why: "too_large" };
      if (!room.take(bytes.byteLength)) return { ok: false, why: "no_room" };
      return { ok: true, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
    },
  };
}
