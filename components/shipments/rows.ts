import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["shipments"];
export type ShipmentRow = Output["list"]["items"][number];
export type ShipmentFacets = Output["facets"];
export type ShipmentDetail = Output["get"];
export type FeedName = ShipmentDetail["feeds"][number];
export type PostingOfShipment = NonNullable<ShipmentDetail["postings"]>[number];
