import { z } from "zod";
import { runItemFilter } from "@/core/runs/run";
import { csvExport } from "@/server/api/csv-export";
import { exportRun } from "@/server/runs/export";

const asked = z.object({ id: z.guid().lowercase(), filter: runItemFilter });

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const result = new URL(request.url).searchParams.getAll("result");
  return csvExport("waypost-run.csv", asked.safeParse({ id, filter: { result } }), (ctx, actor, run) =>
    exportRun(ctx, actor, run.id, run.filter),
  );
}
