import { postingFilter } from "@/core/postings/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportPostings } from "@/server/postings/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-postings.csv", postingFilter.safeParse(filterOf(request)), exportPostings);
}
