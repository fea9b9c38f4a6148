/** Why an address cannot be an Odoo to connect to: a sentence for the person who typed it. */
export class AddressRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AddressRefused";
  }
}

/** Says whether a host name means this machine itself. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

/**
 * Reads an Odoo address into its base without a trailing slash. Throws `AddressRefused` for anything but https, for credentials in
 * the address, and for http to another machine unless `allowPlainHttp`.
 */
export function readAddress(url: string, allowPlainHttp: boolean): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new AddressRefused("The address is not a URL; it should look like https://company.odoo.com.");
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:")
    throw new AddressRefused("The address must begin with https://.");
  if (parsed.username || parsed.password)
    throw new AddressRefused("The address must not hold a user name or password.");
  if (parsed.protocol === "http:" && !isLoopback(parsed.hostname) && !allowPlainHttp)
    throw new AddressRefused("Plain http:// is refused for another machine: the key would cross the network readable.");
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
}
