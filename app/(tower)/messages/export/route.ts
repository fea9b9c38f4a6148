import { messageFilter } from "@/core/messages/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportMessages } from "@/server/messages/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-messages.csv", messageFilter.safeParse(filterOf(request)), exportMessages);
}
