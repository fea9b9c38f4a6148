"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, SearchInput } from "@/components/ui/input";
import { toast } from "@/components/ui/toaster";
import type { ShipmentDetail } from "./rows";
import { STAGE_WORD } from "./words";

/** Links this shipment to another that is the same movement: the other one stays, this one becomes a part of it. */
export function LinkDialog({ shipment, onClose }: { shipment: ShipmentDetail; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const asked = words.trim();
  const found = useQuery({
    ...trpc.shipments.search.queryOptions({ said: asked || "-", limit: 8 }),
    enabled: asked.length >= 3,
  });
  const others = (found.data?.items ?? []).filter((item) => item.id !== shipment.head.id);
  const target = others.find((item) => item.id === chosen);
  const link = useMutation(
    trpc.shipments.link.mutationOptions({
      onSuccess: () => {
        toast.success(`Linked to ${target?.name ?? "the other shipment"}`);
        void queries.invalidateQueries(trpc.shipments.get.queryFilter());
        void queries.invalidateQueries(trpc.shipments.list.infiniteQueryFilter());
        onClose();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Link ${shipment.head.name} to another shipment`}
      description={`The other shipment stays and is folded again over ${shipment.events.length} more events. This can be undone.`}
      footer={
        <>
          <Button onClick={onClose}>Do not link</Button>
          <Button
            variant="primary"
            busy={link.isPending}
            disabled={!target || why.trim().length < 3}
            onClick={() => target && link.mutate({ shipmentId: shipment.head.id, headId: target.id, why: why.trim() })}
          >
            Link{target ? ` to ${target.name}` : ""}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Which shipment is the same movement">
          {(control) => (
            <SearchInput
              {...control}
              autoFocus
              placeholder="Order, picking or tracking number"
              value={words}
              onChange={(event) => setWords(event.target.value)}
              className="w-full"
            />
          )}
        </Field>
        {asked.length >= 3 && !found.isFetching && others.length === 0 ? (
          <p className="text-ink-3">No other shipment carries this number.</p>
        ) : null}
        <ul className="flex flex-col">
          {others.map((item) => (
            <li key={item.id}>
              <button
                type="button"
                aria-pressed={item.id === chosen}
                onClick={() => setChosen(item.id)}
                className={cn(
                  "flex w-full items-baseline justify-between gap-2 rounded-md px-2 py-1.5 text-left hover:bg-sunken",
                  item.id === chosen && "bg-selected",
                )}
              >
                <span className="font-medium">{item.name}</span>
                <span className="truncate text-ink-3 text-xs">
                  {[item.stage ? STAGE_WORD[item.stage as keyof typeof STAGE_WORD] : null, item.carrier, item.customer]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <Field label="Why they are one">
          {(control) => (
            <Input
              {...control}
              maxLength={500}
              value={why}
              onChange={(event) => setWhy(event.target.value)}
              placeholder="Same order, the warehouse used its own number"
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
