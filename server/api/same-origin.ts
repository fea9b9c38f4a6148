/**
 * Says whether a request that changes something comes from our own pages. Browsers send Sec-Fetch-Site, older ones Origin; a request
 * with neither comes from no browser and carries no cookie of one.
 */
export function fromOwnPages(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  if (!origin) return true;
  return origin === new URL(publicUrl).origin || origin.replace(/^https?:\/\//, "") === headers.get("host");
}
