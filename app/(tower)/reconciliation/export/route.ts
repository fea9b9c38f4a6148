import { reconciliationFilter } from "@/core/reconciliation/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportReconciled } from "@/server/reconciliation/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-reconciliation.csv", reconciliationFilter.safeParse(filterOf(request)), exportReconciled);
}
