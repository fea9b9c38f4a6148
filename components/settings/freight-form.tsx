"use client";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { CHARGE_LABELS, CHARGES, type Charge } from "@/core/freight/charges";
import type { ToleranceRule, VendorMapping } from "@/core/freight/settings";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

type Freight = WorkspaceSettings["freight"];

const ANY = "any";
const CHARGE_CHOICES = CHARGES.map((value) => ({ value: value as string, label: CHARGE_LABELS[value] }));

/** Tolerances in their order, who each carrier is in Odoo, charges that nobody may bill, and who approves how much. */
export function FreightForm({ seen, editable }: { seen: Freight; editable: boolean }) {
  const { draft, setDraft, ...bar } = useSetting("freight", seen);
  const set = (over: Partial<Freight>) => setDraft({ ...draft, ...over });
  return (
    <div className="max-w-5xl">
      <Tolerances rules={draft.tolerances} editable={editable} onChange={(tolerances) => set({ tolerances })} />
      <Vendors vendors={draft.vendors} editable={editable} onChange={(vendors) => set({ vendors })} />
      <Refused refused={draft.refused} editable={editable} onChange={(refused) => set({ refused })} />
      <Part title="Approval and Odoo">
        <Row label="Two people approve a bill from" note="in units of its currency; 0 asks for two every time">
          <Numeric
            label="Two people approve from"
            value={draft.fourEyesFrom}
            editable={editable}
            onChange={(fourEyesFrom) => set({ fourEyesFrom })}
          />
        </Row>
        <Row label="Real cost on the order's delivery line" note="changes what a customer may be charged">
          <Switch
            aria-label="Real cost on the order's delivery line"
            checked={draft.costOnOrder}
            disabled={!editable}
            onCheckedChange={(costOnOrder) => set({ costOnOrder })}
          />
        </Row>
        <Row
          label="Draft landed cost of approved bills"
          note="needs the landed costs module and a product for the carrier"
        >
          <Switch
            aria-label="Draft landed cost of approved bills"
            checked={draft.landedCost}
            disabled={!editable}
            onCheckedChange={(landedCost) => set({ landedCost })}
          />
        </Row>
      </Part>
      {editable ? <SaveBar {...bar} /> : null}
    </div>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="mb-6">
      <h2 className="font-semibold text-sm">{title}</h2>
      {note ? <p className="text-ink-2">{note}</p> : null}
      <div className="mt-2">{children}</div>
    </section>
  );
}

function Row({ label, note, children }: { label: string; note: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <div className="min-w-64 flex-1">
        <div>{label}</div>
        <div className="text-ink-3 text-xs">{note}</div>
      </div>
      {children}
    </div>
  );
}

function Numeric({
  label,
  value,
  editable,
  step = 1,
  className = "w-28",
  onChange,
}: {
  label: string;
  value: number;
  editable: boolean;
  step?: number;
  className?: string;
  onChange: (value: number) => void;
}) {
  return (
    <Input
      type="number"
      aria-label={label}
      min={0}
      step={step}
      className={`${className} text-right`}
      disabled={!editable}
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  );
}

const LIMITS = [
  ["overAmount", "over, amount"],
  ["overPercent", "over, %"],
  ["underAmount", "under, amount"],
  ["underPercent", "under, %"],
] as const;

function Tolerances({
  rules,
  editable,
  onChange,
}: {
  rules: Freight["tolerances"];
  editable: boolean;
  onChange: (rules: Freight["tolerances"]) => void;
}) {
  const set = (at: number, over: Partial<ToleranceRule>) =>
    onChange(rules.map((rule, index) => (index === at ? { ...rule, ...over } : rule)));
  const move = (at: number, step: 1 | -1) => {
    const next = [...rules];
    const [rule] = next.splice(at, 1);
    if (rule) next.splice(at + step, 0, rule);
    onChange(next);
  };
  return (
    <Part
      title="Tolerances"
      note="The first rule that fits carrier, charge and currency decides, each side by its own limits. Where none fits, only what is equal passes."
    >
      <ol className="overflow-x-auto">
        {rules.map((rule, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule's place is what it is
          <li key={at} className="flex min-w-max items-end gap-2 border-line border-b py-2">
            <span className="w-5 pb-1.5 text-ink-3 tabular-nums">{at + 1}</span>
            <Labelled label="Name">
              <Input
                aria-label={`Name of rule ${at + 1}`}
                className="w-40"
                maxLength={80}
                disabled={!editable}
                value={rule.name}
                onChange={(event) => set(at, { name: event.target.value })}
              />
            </Labelled>
            <Labelled label="Carrier">
              <Input
                aria-label={`Carrier of rule ${at + 1}`}
                className="w-28"
                placeholder="any"
                disabled={!editable}
                value={rule.vendor ?? ""}
                onChange={(event) => set(at, { vendor: event.target.value.toLowerCase() || null })}
              />
            </Labelled>
            <Labelled label="Charge">
              <Select
                aria-label={`Charge of rule ${at + 1}`}
                className="w-40"
                disabled={!editable}
                value={rule.charge ?? ANY}
                onChange={(charge) => set(at, { charge: charge === ANY ? null : (charge as Charge) })}
                choices={[{ value: ANY, label: "any" }, ...CHARGE_CHOICES]}
              />
            </Labelled>
            {LIMITS.map(([field, label]) => (
              <Labelled key={field} label={label}>
                <Numeric
                  label={`${label} of rule ${at + 1}`}
                  className="w-20"
                  step={0.1}
                  value={rule[field]}
                  editable={editable}
                  onChange={(value) => set(at, { [field]: value })}
                />
              </Labelled>
            ))}
            <Labelled label="Passes within">
              <Select
                aria-label={`How rule ${at + 1} passes`}
                className="w-28"
                disabled={!editable}
                value={rule.mode}
                onChange={(mode) => set(at, { mode })}
                choices={[
                  { value: "both" as const, label: "both" },
                  { value: "either" as const, label: "either" },
                ]}
              />
            </Labelled>
            {editable ? (
              <span className="flex">
                <Button
                  variant="quiet"
                  icon
                  aria-label={`Rule ${at + 1} up`}
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                >
                  <ArrowUp />
                </Button>
                <Button
                  variant="quiet"
                  icon
                  aria-label={`Rule ${at + 1} down`}
                  disabled={at === rules.length - 1}
                  onClick={() => move(at, 1)}
                >
                  <ArrowDown />
                </Button>
                <Button
                  variant="quiet"
                  icon
                  aria-label={`Take rule ${at + 1} away`}
                  onClick={() => onChange(rules.filter((_, index) => index !== at))}
                >
                  <Trash2 />
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      {editable ? (
        <Button
          className="mt-2"
          onClick={() =>
            onChange([
              {
                name: `Rule ${rules.length + 1}`,
                vendor: null,
                charge: null,
                currency: null,
                overAmount: 0,
                overPercent: 0,
                underAmount: 0,
                underPercent: 0,
                mode: "both",
              },
              ...rules,
            ])
          }
        >
          <Plus aria-hidden />
          Add a tolerance in front
        </Button>
      ) : null}
    </Part>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <div className="mb-0.5 text-ink-3 text-xs">{label}</div>
      {children}
    </div>
  );
}

const IDS = [
  ["connectionId", "Connection"],
  ["companyId", "Company"],
  ["partnerId", "Partner"],
] as const;

function Vendors({
  vendors,
  editable,
  onChange,
}: {
  vendors: Freight["vendors"];
  editable: boolean;
  onChange: (vendors: Freight["vendors"]) => void;
}) {
  const set = (at: number, over: Partial<VendorMapping>) =>
    onChange(vendors.map((one, index) => (index === at ? { ...one, ...over } : one)));
  return (
    <Part
      title="Carriers in Odoo"
      note="Which partner a carrier's bills belong to, by the ids of the connection and of Odoo. Without one, its bills are blocked."
    >
      {vendors.length === 0 ? <p className="text-ink-3">No carrier yet.</p> : null}
      <ul className="overflow-x-auto">
        {vendors.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being typed
          <li key={at} className="flex min-w-max items-end gap-2 border-line border-b py-2">
            <Labelled label="Carrier on the bill">
              <Input
                aria-label="Carrier on the bill"
                className="w-36"
                disabled={!editable}
                value={one.vendor}
                onChange={(event) => set(at, { vendor: event.target.value.toLowerCase() })}
              />
            </Labelled>
            {IDS.map(([field, label]) => (
              <Labelled key={field} label={label}>
                <Numeric
                  label={`${label} of ${one.vendor}`}
                  className="w-24"
                  value={one[field]}
                  editable={editable}
                  onChange={(value) => set(at, { [field]: value })}
                />
              </Labelled>
            ))}
            <Labelled label="Product (0: none)">
              <Numeric
                label={`Product of ${one.vendor}`}
                className="w-24"
                value={one.productId ?? 0}
                editable={editable}
                onChange={(value) => set(at, { productId: value || null })}
              />
            </Labelled>
            <Labelled label="Currency where none is said">
              <Input
                aria-label={`Currency of ${one.vendor}`}
                className="w-20"
                maxLength={3}
                placeholder="none"
                disabled={!editable}
                value={one.currency ?? ""}
                onChange={(event) => set(at, { currency: event.target.value.toUpperCase() || null })}
              />
            </Labelled>
            {editable ? (
              <Button
                variant="quiet"
                icon
                aria-label={`Take ${one.vendor} away`}
                onClick={() => onChange(vendors.filter((_, index) => index !== at))}
              >
                <Trash2 />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {editable ? (
        <Button
          className="mt-2"
          onClick={() =>
            onChange([
              ...vendors,
              { vendor: "", connectionId: 1, companyId: 1, partnerId: 1, productId: null, currency: null },
            ])
          }
        >
          <Plus aria-hidden />
          Add a carrier
        </Button>
      ) : null}
    </Part>
  );
}

function Refused({
  refused,
  editable,
  onChange,
}: {
  refused: Freight["refused"];
  editable: boolean;
  onChange: (refused: Freight["refused"]) => void;
}) {
  return (
    <Part title="Charges that are not to be billed" note="A bill with one of them needs a reason to be approved.">
      <ul>
        {refused.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a pair has no name of its own
          <li key={at} className="flex flex-wrap items-center gap-2 border-line border-b py-2">
            <Input
              aria-label="Carrier"
              className="w-36"
              placeholder="any carrier"
              disabled={!editable}
              value={one.vendor ?? ""}
              onChange={(event) =>
                onChange(
                  refused.map((each, index) =>
                    index === at ? { ...each, vendor: event.target.value.toLowerCase() || null } : each,
                  ),
                )
              }
            />
            <Select
              aria-label="Charge"
              className="w-48"
              disabled={!editable}
              value={one.charge as string}
              onChange={(charge) =>
                onChange(refused.map((each, index) => (index === at ? { ...each, charge: charge as Charge } : each)))
              }
              choices={CHARGE_CHOICES}
            />
            {editable ? (
              <Button
                variant="quiet"
                icon
                aria-label="Take it away"
                onClick={() => onChange(refused.filter((_, index) => index !== at))}
              >
                <Trash2 />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {editable ? (
        <Button className="mt-2" onClick={() => onChange([...refused, { vendor: null, charge: "residential" }])}>
          <Plus aria-hidden />
          Add a charge
        </Button>
      ) : null}
    </Part>
  );
}
