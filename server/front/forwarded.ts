import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

export type TrustedProxies = (address: string) => boolean;

/** Whose X-Forwarded-* headers are believed: "" nobody's, "loopback", addresses and ranges, joined by commas. */
export function trustedProxies(setting: string): TrustedProxies {
  const list = new BlockList();
  for (const part of setting.split(",").map((p) => p.trim())) {
    if (part === "loopback") {
      list.addSubnet("127.0.0.0", 8, "ipv4");
      list.addAddress("::1", "ipv6");
      continue;
    }
    const [address = "", bits] = part.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (isIP(address) === 0) continue;
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

export function remoteAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers that only we may set, or that steer Next from inside. */
function isOurs(name: string): boolean {
  return /^(x-forwarded-|forwarded$|x-real-ip$|x-client-ip$|x-middleware-|x-invoke-)/.test(name);
}

/** A flat list of names and values without those of this hop; those that Connection names go too. */
export function withoutHopByHop(raw: readonly string[], leaveOut: (name: string) => boolean = () => false): string[] {
  const named = new Set<string>();
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() !== "connection") continue;
    for (const name of (raw[i + 1] ?? "").split(",")) named.add(name.trim().toLowerCase());
  }
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    if (HOP_BY_HOP.has(name) || named.has(name) || leaveOut(name)) continue;
    kept.push(raw[i] as string, raw[i + 1] as string);
  }
  return kept;
}

/** The headers for Next: without those of this hop, and with forwarded ones that say what we know ourselves. */
export function forwardedHeaders(request: IncomingMessage, trusted: TrustedProxies): string[] {
  const remote = remoteAddress(request);
  const believed = trusted(remote);
  const before = (name: string) => (believed ? request.headers[name]?.toString() : undefined);
  const chain = before("x-forwarded-for");
  const proto = before("x-forwarded-proto")?.split(",", 1)[0]?.trim();
  const host = before("x-forwarded-host")?.split(",", 1)[0]?.trim() || request.headers.host || "";
  const headers = withoutHopByHop(request.rawHeaders, isOurs);
  // whether a body follows was told by a header of this hop
  if (request.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  headers.push("X-Forwarded-For", chain ? `${chain}, ${remote}` : remote);
  headers.push("X-Forwarded-Proto", proto === "https" ? "https" : "http");
  headers.push("X-Forwarded-Host", host);
  const port = before("x-forwarded-port");
  if (port && /^\d{1,5}$/.test(port)) headers.push("X-Forwarded-Port", port);
  return headers;
}
