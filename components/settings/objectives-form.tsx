"use client";
import { Input } from "@/components/ui/input";
import { DEFAULT_OBJECTIVES, type Objective, WORKFLOWS, type Workflow } from "@/core/service-levels/objectives";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

const WORDS: Readonly<Record<Workflow, { label: string; clock: string }>> = {
  shipment_creation: { label: "Shipment visible", clock: "from the order's release in Odoo until it is seen here" },
  tracking_publication: { label: "Tracking published", clock: "from the number's receipt until it stands in Odoo" },
  label_response: { label: "Label answered", clock: "from receipt until it is shown or an exception" },
  delivery_exception: { label: "Exception raised", clock: "from receipt until it is in the queue" },
  proof_of_delivery: { label: "Proof of delivery filed", clock: "from receipt until it is in Odoo" },
  status_update: { label: "Status passed on", clock: "from receipt until it is in Odoo" },
  historical_reconciliation: { label: "Day reconciled", clock: "from the end of the day until it was compared" },
  freight_settlement: {
    label: "Freight settled",
    clock: "from the end of the day on which a bill came, or was approved",
  },
  customer_notification: {
    label: "Customer told",
    clock: "from receipt of the event until the mail server has its message; quiet hours run no clock",
  },
};

export function ObjectivesForm({ seen, editable }: { seen: WorkspaceSettings["objectives"]; editable: boolean }) {
  const { draft, setDraft, ...bar } = useSetting("objectives", seen);
  const change = (workflow: Workflow, part: Partial<Objective>) =>
    setDraft({ ...draft, [workflow]: { ...draft[workflow], ...part } });
  return (
    <div className="max-w-3xl">
      {WORKFLOWS.map((workflow) => {
        const { percent, withinSeconds } = draft[workflow];
        const shipped = DEFAULT_OBJECTIVES[workflow];
        const { label, clock } = WORDS[workflow];
        return (
          <div key={workflow} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
            <div className="min-w-64 flex-1">
              <div>{label}</div>
              <div className="text-ink-3 text-xs">{clock}</div>
            </div>
            <span className="flex items-center gap-2">
              <Input
                type="number"
                aria-label={`${label}: percent`}
                min={50}
                max={100}
                step={0.1}
                disabled={!editable}
                value={Number.isNaN(percent) ? "" : percent}
                onChange={(event) => change(workflow, { percent: event.target.valueAsNumber })}
                className="w-20 text-right"
              />
              <span className="text-ink-3 text-xs">% within</span>
              <Input
                type="number"
                aria-label={`${label}: seconds`}
                min={1}
                disabled={!editable}
                value={Number.isNaN(withinSeconds) ? "" : withinSeconds}
                onChange={(event) => change(workflow, { withinSeconds: event.target.valueAsNumber })}
                className="w-24 text-right"
              />
              <span className="text-ink-3 text-xs">s</span>
            </span>
            <span className="w-36 text-right text-ink-3 text-xs">
              {percent === shipped.percent && withinSeconds === shipped.withinSeconds
                ? "as shipped"
                : `shipped: ${shipped.percent} % in ${shipped.withinSeconds} s`}
            </span>
          </div>
        );
      })}
      {editable ? <SaveBar {...bar} /> : null}
    </div>
  );
}
