import { csvExport } from "@/server/api/csv-export";
import { exportNotices, noticeFilter } from "@/server/notices/export";

export function GET(request: Request): Promise<Response> {
  const state = new URL(request.url).searchParams.get("state");
  return csvExport("waypost-customer-messages.csv", noticeFilter.safeParse({ state }), exportNotices);
}
