import { exceptionFilter } from "@/core/exceptions/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportExceptions } from "@/server/exceptions/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-exceptions.csv", exceptionFilter.safeParse(filterOf(request)), exportExceptions);
}
