import { auditFilterFrom } from "@/core/access/audit-address";
import { exportAudit } from "@/server/access/export-audit";
import { csvExport } from "@/server/api/csv-export";

export function GET(request: Request): Promise<Response> {
  const filter = auditFilterFrom(new URL(request.url).searchParams);
  return csvExport("waypost-audit.csv", filter ? { success: true, data: filter } : { success: false }, exportAudit);
}
