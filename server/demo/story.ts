/** One step of a made-up shipment: what a system says, and how many seconds after the step before. */
export type Step =
  | { after: number; by: "warehouse"; status: string }
  | { after: number; by: "carrier"; status: string; detail?: string; message: string; city: string }
  | { after: number; by: "repeat" }
  | { after: number; by: "late"; status: string; detail?: string; message: string; city: string; minutesAgo: number };

const picked: Step[] = [
  { after: 6, by: "warehouse", status: "picked" },
  { after: 8, by: "warehouse", status: "packed" },
  { after: 5, by: "carrier", status: "pre_transit", message: "Shipping label created", city: "ALAMEDA" },
  { after: 10, by: "warehouse", status: "shipped" },
];
const moving: Step[] = [
  {
    after: 8,
    by: "carrier",
    status: "in_transit",
    detail: "received_at_origin_facility",
    message: "Origin scan",
    city: "OAKLAND",
  },
  {
    after: 12,
    by: "carrier",
    status: "in_transit",
    detail: "departed_facility",
    message: "Departed facility",
    city: "OAKLAND",
  },
  {
    after: 12,
    by: "carrier",
    status: "in_transit",
    detail: "arrived_at_facility",
    message: "Arrived at facility",
    city: "DENVER",
  },
];
const out: Step = {
  after: 15,
  by: "carrier",
  status: "out_for_delivery",
  detail: "out_for_delivery",
  message: "Out for delivery",
  city: "CHICAGO",
};
const delivered: Step = {
  after: 15,
  by: "carrier",
  status: "delivered",
  detail: "arrived_at_destination",
  message: "Delivered, front door",
  city: "CHICAGO",
};

/** The lives that made-up shipments lead: mostly well, sometimes with what operators see every day. */
export const STORIES: readonly { name: string; weight: number; steps: readonly Step[] }[] = [
  { name: "well", weight: 10, steps: [...picked, ...moving, out, delivered] },
  {
    name: "told twice",
    weight: 3,
    steps: [...picked, ...moving, { after: 1, by: "repeat" }, out, { after: 1, by: "repeat" }, delivered],
  },
  {
    name: "attempt failed",
    weight: 2,
    steps: [
      ...picked,
      ...moving,
      out,
      {
        after: 10,
        by: "carrier",
        status: "failure",
        detail: "delivery_exception",
        message: "Receiver not available",
        city: "CHICAGO",
      },
      {
        after: 25,
        by: "carrier",
        status: "out_for_delivery",
        detail: "out_for_delivery",
        message: "Out for delivery",
        city: "CHICAGO",
      },
      delivered,
    ],
  },
  {
    name: "unknown word",
    weight: 2,
    steps: [
      ...picked,
      ...moving,
      { after: 10, by: "carrier", status: "locker_drop", message: "Placed in parcel locker", city: "CHICAGO" },
    ],
  },
  {
    name: "damaged",
    weight: 1,
    steps: [
      ...picked,
      ...moving,
      { after: 10, by: "carrier", status: "failure", detail: "damaged", message: "Package damaged", city: "DENVER" },
    ],
  },
  {
    name: "scan after the end",
    weight: 1,
    steps: [
      ...picked,
      ...moving,
      out,
      delivered,
      {
        after: 45,
        by: "carrier",
        status: "in_transit",
        detail: "arrived_at_facility",
        message: "Arrived at facility",
        city: "DENVER",
      },
    ],
  },
  {
    name: "late news",
    weight: 1,
    steps: [
      ...picked,
      moving[0] as Step,
      out,
      delivered,
      {
        after: 10,
        by: "late",
        status: "in_transit",
        detail: "departed_facility",
        message: "Departed facility",
        city: "OAKLAND",
        minutesAgo: 2,
      },
    ],
  },
];

/** Picks a story by a number from 0 to 1. */
export function pickStory(at: number): (typeof STORIES)[number] {
  const total = STORIES.reduce((sum, story) => sum + story.weight, 0);
  let left = at * total;
  for (const story of STORIES) {
    left -= story.weight;
    if (left < 0) return story;
  }
  return STORIES[0] as (typeof STORIES)[number];
}
