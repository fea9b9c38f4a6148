import { freightFilter } from "@/core/freight/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportBills } from "@/server/freight/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-freight.csv", freightFilter.safeParse(filterOf(request)), exportBills);
}
