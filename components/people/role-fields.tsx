"use client";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { ROLE_LABELS } from "@/core/access/person";
import { ROLES, type Role } from "@/core/access/roles";

export type RoleChoice = { role: Role; carriers: string; warehouses: string };

const split = (text: string) =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

/** What the verbs take of the choice. */
export function roleInput(choice: RoleChoice) {
  if (choice.role !== "partner") return { role: choice.role };
  return { role: choice.role, partner: { carriers: split(choice.carriers), warehouses: split(choice.warehouses) } };
}

export function RoleFields({ choice, onChange }: { choice: RoleChoice; onChange: (choice: RoleChoice) => void }) {
  return (
    <>
      <Field label="Role" hint={ROLE_LABELS[choice.role].for}>
        {(control) => (
          <Select
            {...control}
            value={choice.role}
            onChange={(role) => onChange({ ...choice, role })}
            choices={ROLES.map((role) => ({ value: role, label: ROLE_LABELS[role].label }))}
          />
        )}
      </Field>
      {choice.role === "partner" ? (
        <>
          <Field label="Carriers they may see" hint="As shipments name them, joined by commas.">
            {(control) => (
              <Input
                {...control}
                value={choice.carriers}
                onChange={(event) => onChange({ ...choice, carriers: event.target.value })}
              />
            )}
          </Field>
          <Field label="Warehouses they may see" hint="As shipments name them, joined by commas.">
            {(control) => (
              <Input
                {...control}
                value={choice.warehouses}
                onChange={(event) => onChange({ ...choice, warehouses: event.target.value })}
              />
            )}
          </Field>
        </>
      ) : null}
    </>
  );
}
