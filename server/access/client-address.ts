import { BlockList, isIP } from "node:net";

/** Whose X-Forwarded-For is believed: "", "loopback", or addresses and ranges joined by commas (scripts/settings.mjs checks them). */
function trusted(trustProxy: string): BlockList {
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addAddress("::1", "ipv6");
  for (const part of trustProxy.split(",").map((p) => p.trim())) {
    const [address, bits] = part.split("/");
    const family = isIP(address ?? "") === 6 ? "ipv6" : "ipv4";
    if (!address || isIP(address) === 0) continue;
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/**
 * The address of the client as the outermost trusted hop saw it: the list is read from the right, and the first address that is
 * no trusted proxy counts, since whatever stands left of it was written by the client itself.
 */
export function clientAddress(forwardedFor: string | null, trustProxy: string): string {
  const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim().replace(/^::ffff:/, ""));
  const proxies = trusted(trustProxy);
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) continue;
    if (!proxies.check(hop, isIP(hop) === 6 ? "ipv6" : "ipv4")) return hop;
  }
  return "local";
}
