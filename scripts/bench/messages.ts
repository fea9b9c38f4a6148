/** EasyPost messages of about 1.5 kB for the pipeline benchmark: `per` events a shipment, one a message, in interleaved order, 1 % unknown words. */
export function* benchMessages(shipments: number, per = 15): Generator<{ code: string; body: Buffer }> {
  const words = [
    "pre_transit",
    ...Array<string>(10).fill("in_transit"),
    "out_for_delivery",
    "out_for_delivery",
    "delivered",
    "delivered",
  ];
  const base = Date.now() - per * 3_600_000;
  const pad = "x".repeat(800);
  for (let e = 0; e < per; e++) {
    for (let i = 0; i < shipments; i++) {
      const s = (i * 7919) % shipments;
      const at = new Date(base + e * 3_600_000 + s).toISOString();
      const code = `EZ${s}`;
      const status = s % 100 === 7 && e === 5 ? `odd_${s % 700}` : (words[e] ?? "delivered");
      const detail = {
        object: "TrackingDetail",
        status,
        message: `SCAN ${e}`,
        datetime: at,
        tracking_location: { city: `X${s % 97}`, country: "US" },
      };
      const result = {
        object: "Tracker",
        tracking_code: code,
        carrier: "UPS",
        status,
        updated_at: at,
        tracking_details: [detail],
        pad,
      };
      yield {
        code,
        body: Buffer.from(
          JSON.stringify({ id: `evt_${s}_${e}`, object: "Event", description: "tracker.updated", result }),
        ),
      };
    }
  }
}
