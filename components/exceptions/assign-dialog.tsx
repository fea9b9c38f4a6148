"use client";
import { Command } from "cmdk";
import { ROLE_WORD } from "@/components/shell/roles";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/number";
import type { Role } from "@/core/access/roles";

type Person = { id: string; name: string; role: Role };

/** Gives exceptions to a person; type to find, Enter to choose. */
export function AssignDialog({
  count,
  people,
  meId,
  onClose,
  onChoose,
}: {
  count: number;
  people: readonly Person[];
  meId: string;
  onClose: () => void;
  onChoose: (person: { id: string; name: string } | null) => void;
}) {
  const sorted = people.toSorted((a, b) => Number(b.id === meId) - Number(a.id === meId));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={count === 1 ? "Who takes it?" : `Who takes these ${formatCount(count)}?`}
      className="max-w-[400px]"
    >
      <Command label="People" className="pb-3">
        <Command.Input
          placeholder="Name"
          className="mb-2 h-8 w-full rounded-md border border-control bg-surface px-2 outline-offset-0 placeholder:text-ink-3"
        />
        <Command.List className="max-h-72 overflow-y-auto">
          <Command.Empty className="px-2 py-3 text-ink-3">Nobody by that name can take exceptions.</Command.Empty>
          {sorted.map((person) => (
            <Command.Item
              key={person.id}
              value={`${person.name} ${person.id}`}
              onSelect={() => onChoose(person)}
              className="flex h-8 cursor-default items-center justify-between rounded-sm px-2 data-[selected=true]:bg-sunken"
            >
              <span>
                {person.name}
                {person.id === meId ? <span className="text-ink-3"> (me)</span> : null}
              </span>
              <span className="text-ink-3 text-xs">{ROLE_WORD[person.role]}</span>
            </Command.Item>
          ))}
          <Command.Item
            value="nobody"
            onSelect={() => onChoose(null)}
            className="flex h-8 cursor-default items-center rounded-sm px-2 text-ink-2 data-[selected=true]:bg-sunken"
          >
            Nobody
          </Command.Item>
        </Command.List>
      </Command>
    </Dialog>
  );
}
