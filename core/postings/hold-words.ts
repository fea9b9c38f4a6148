import type { HoldReason } from "./kinds";

/** Why a posting waits, and what ends the waiting. */
export const HOLD_WORD: Readonly<Record<HoldReason, { word: string; ends: string }>> = {
  observe: { word: "Connection only observes", ends: "Switch this kind on after its dry run." },
  kind_off: { word: "This kind is off", ends: "Switch it on for the connection after its dry run." },
  not_linked: { word: "Not linked to a picking yet", ends: "It goes when the shipment meets its Odoo picking." },
  paused: { word: "Paused", ends: "It goes when the connection, or the class it belongs to, is resumed." },
  breaker: { word: "Odoo does not answer", ends: "It goes when a probe gets through." },
  window: { word: "Outside of the posting window", ends: "It goes when the window opens." },
  interval: { word: "Gathered for the next batch", ends: "It goes with the batch." },
  degraded: { word: "Held by a degraded rule", ends: "It goes, or is left, when the rule is lifted." },
  maintenance: { word: "Maintenance", ends: "It goes when the maintenance ends." },
  before_connection: {
    word: "From before posting began",
    ends: "It is shown and never posted, unless somebody posts it again.",
  },
  invalid: {
    word: "A check failed",
    ends: "It is not posted. A newer value takes its place once the cause is mended.",
  },
  contradicted: {
    word: "A later scan contradicts the delivery",
    ends: "Somebody decides: post it again once the delivery is sure, or cancel it.",
  },
};
