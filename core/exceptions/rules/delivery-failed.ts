import { reported } from "../conditions";

/** Raises `delivery_failed` for an attempt that failed, a refusal or an unclaimed parcel, until the next movement. */
export const deliveryFailed = reported(
  "delivery_failed",
  ["delivery_attempted", "refused", "unclaimed"],
  "that the delivery failed",
);
