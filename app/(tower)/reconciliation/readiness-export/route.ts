import { readinessFilter } from "@/core/reconciliation/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportReadiness } from "@/server/reconciliation/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-readiness.csv", readinessFilter.safeParse(filterOf(request)), exportReadiness);
}
