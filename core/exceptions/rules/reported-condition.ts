import { reported } from "../conditions";

/** Raise the reported conditions; damaged and short stand whatever is scanned later, the others until the next movement. */
export const customsHold = reported("customs_hold", ["customs_hold"], "a hold by customs");
export const held = reported("held", ["held"], "that the shipment is held");
export const damaged = reported("damaged", ["damaged"], "damage");
export const misrouted = reported("misrouted", ["misrouted"], "a wrong route");
export const short = reported("short", ["short"], "missing pieces");
