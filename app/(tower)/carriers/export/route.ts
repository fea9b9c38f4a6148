import { carrierQuestion } from "@/core/carriers/filter";
import { csvExport, filterOf } from "@/server/api/csv-export";
import { exportScores } from "@/server/carriers/export";

export function GET(request: Request): Promise<Response> {
  return csvExport("waypost-carriers.csv", carrierQuestion.safeParse(filterOf(request)), exportScores);
}
