import { AddressRefused, readAddress } from "../adapters/odoo/address";
import { AppError } from "../errors";

/** The address as the client will use it; throws `invalid` in words, as for plain http to another machine. */
export function checkedAddress(url: string): string {
  try {
    return readAddress(url, false);
  } catch (error) {
    if (error instanceof AddressRefused) throw new AppError("invalid", error.message);
    throw error;
  }
}
