import { shipmentFilter } from "@/core/shipments/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportShipments } from "@/server/shipments/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-shipments.csv", shipmentFilter.safeParse(filterOf(request)), exportShipments);
}
