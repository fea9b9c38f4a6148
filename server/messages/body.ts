import type { IncomingMessage } from "node:http";

export type BodyRead = { ok: true; bytes: Buffer } | { ok: false; why: "too_large" | "no_room" | "aborted" };

/**
 * The body of a delivery. Reading stops as soon as more than `limit` bytes came, or when `grow` says that there is no room for so
 * many more in memory.
 */
export type DeliveryBody = { read: (limit: number, grow: (bytes: number) => boolean) => Promise<BodyRead> };

/** The body of a request of node:http. */
export function bodyOfRequest(request: IncomingMessage): DeliveryBody {
  return {
    read: (limit, grow) =>
      new Promise((resolve) => {
        const parts: Buffer[] = [];
        let size = 0;
        const stop = (read: BodyRead) => {
          request.off("data", onData).off("end", onEnd).off("error", onAbort).off("close", onAbort);
          if (!read.ok) request.pause();
          resolve(read);
        };
        const onData = (part: Buffer) => {
          size += part.length;
          if (size > limit) stop({ ok: false, why: "too_large" });
          else if (!grow(part.length)) stop({ ok: false, why: "no_room" });
          else parts.push(part);
        };
        const onEnd = () => {
          const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size);
          stop({ ok: true, bytes });
        };
        const onAbort = () => stop({ ok: false, why: "aborted" });
        request.on("data", onData).on("end", onEnd).on("error", onAbort).on("close", onAbort);
      }),
  };
}

/** The body of a request of the fetch API. */
export function bodyOfStream(stream: ReadableStream<Uint8Array> | null): DeliveryBody {
  return {
    read: async (limit, grow) => {
      const parts: Uint8Array[] = [];
      let size = 0;
      const reader = stream?.getReader();
      try {
        for (;;) {
          const next = await reader?.read();
          if (!next || next.done) return { ok: true, bytes: Buffer.concat(parts, size) };
          size += next.value.byteLength;
          const why = size > limit ? "too_large" : grow(next.value.byteLength) ? null : "no_room";
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
    read: async (limit, grow) => {
      if (bytes.byteLength > limit) return { ok: false, why: "too_large" };
      if (!grow(bytes.byteLength)) return { ok: false, why: "no_room" };
      return { ok: true, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
    },
  };
}
