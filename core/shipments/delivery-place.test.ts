import { describe, expect, it, test } from "vitest";
import { at, event } from "@/core/testing/facts";
import { coordinatesIn, deliveryPlace, mapAddress } from "./delivery-place";

describe("coordinates in a place", () => {
  it.each([
    ["50.0755, 14.4378", 50.0755, 14.4378],
    ["50.0755,14.4378", 50.0755, 14.4378],
    ["-33.86882;151.20930", -33.86882, 151.2093],
    ["Praha (50.0755 14.4378)", 50.0755, 14.4378],
    ["lat: 50.0755, lon: 14.4378", 50.0755, 14.4378],
    ["lat=50.0755 lng=14.4378", 50.0755, 14.4378],
    ["geo:50.0755,14.4378", 50.0755, 14.4378],
  ])("%s", (place, latitude, longitude) => {
    expect(coordinatesIn(place)).toEqual({ latitude, longitude });
  });

  it.each([
    "Praha",
    "DENVER, CO, US, 80202",
    "Hall 12.5, gate 3.1",
    "0.0000, 0.0000",
    "91.0000, 14.4378",
    "50.0755, 190.1234",
    "50.0755.1, 14.4378.2",
    "10.0.0.1",
    "",
  ])("%j has none", (place) => {
    expect(coordinatesIn(place)).toBeNull();
  });
});

describe("the place of the delivery", () => {
  it("is the newest that a delivery or its proof names, with the coordinates apart", () => {
    const events = [
      event("out_for_delivery", 1, { location: "Brno" }),
      event("delivered", 2, { location: "Front desk, Praha 1 (50.07550, 14.43780), CZ" }),
      event("pod_received", 3),
    ];
    expect(deliveryPlace(events)).toEqual({
      name: "Front desk, Praha 1, CZ",
      coordinates: { latitude: 50.0755, longitude: 14.4378 },
      atMs: at(2),
    });
  });

  it("may be coordinates alone, or a name alone, in the source's own words where nothing else is known", () => {
    expect(deliveryPlace([event("delivered", 2, { location: "50.0755,14.4378" })])).toMatchObject({ name: null });
    expect(deliveryPlace([event("delivered", 2, { raw: { place: "LOUISVILLE, KY, US" } })])).toMatchObject({
      name: "LOUISVILLE, KY, US",
      coordinates: null,
    });
  });

  it("is not known from a plan, from what was taken back, or from a scan on the way", () => {
    const elsewhere = { location: "Praha" };
    expect(
      deliveryPlace([
        event("delivered", 2, { ...elsewhere, classifier: "estimated" }),
        event("delivered", 2, { ...elsewhere, withdrawn: true }),
        event("in_transit", 2, elsewhere),
        event("delivered", 3),
      ]),
    ).toBeNull();
  });
});

test("the map is asked for a mark at coordinates, else for the name, and nothing in a name gets out of the question", () => {
  expect(mapAddress({ name: "Praha", coordinates: { latitude: 50.0755, longitude: -14.4378 } })).toBe(
    "https://www.openstreetmap.org/?mlat=50.0755&mlon=-14.4378#map=17/50.0755/-14.4378",
  );
  expect(mapAddress({ name: "A & B=C #1", coordinates: null })).toBe(
    "https://www.openstreetmap.org/search?query=A+%26+B%3DC+%231",
  );
  expect(mapAddress({ name: null, coordinates: null })).toBeNull();
});
