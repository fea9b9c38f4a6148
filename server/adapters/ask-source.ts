import { Agent, request } from "undici";

/** One answer of a source, whole. */
export type SourceAnswer = { ok: true; bytes: Buffer; contentType: string | null } | { ok: false; why: string };

const TIMEOUT_MS = 60_000;
export const MOST_BYTES = 33_554_432;

/** Makes what asks sources, one request after the other. Redirects are not followed: the key goes to the address it was given for. */
export function makeAsker() {
  const agent = new Agent({ connect: { timeout: 10_000 }, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const ask = async (url: string, headers: Record<string, string>): Promise<SourceAnswer> => {
    try {
      const {
        statusCode,
        headers: told,
        body,
      } = await request(url, {
        method: "GET",
        headers: { accept: "application/json, */*;q=0.5", "user-agent": "waypost", ...headers },
        dispatcher: agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > MOST_BYTES)
          return { ok: false, why: `It answered more than ${MOST_BYTES / 1_048_576} MiB at once.` };
        chunks.push(chunk);
      }
      if (statusCode >= 300) return { ok: false, why: whyOf(statusCode) };
      const type = told["content-type"];
      return { ok: true, bytes: Buffer.concat(chunks), contentType: (Array.isArray(type) ? type[0] : type) ?? null };
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string };
      return {
        ok: false,
        why: `It does not answer (${name === "TimeoutError" ? "no answer in time" : (code ?? name)}).`,
      };
    }
  };
  return { ask, close: () => agent.close() };
}

export type Asker = ReturnType<typeof makeAsker>;

function whyOf(status: number): string {
  if (status === 401 || status === 403) return `It refuses the key (${status}).`;
  if (status === 404) return "There is nothing at that address (404).";
  if (status === 429) return "It is asked too often (429).";
  if (status < 400) return `It answers with another address (${status}), which is not followed: enter that one.`;
  return `It answers with an error (${status}).`;
}
