"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { toast } from "@/components/ui/toaster";
import type { SettingName, WorkspaceSettings } from "@/core/settings/workspace";

/** A setting being edited: what was seen, what it is to become, and the save that refuses when somebody was faster. */
export function useSetting<N extends SettingName>(
  name: N,
  seen: WorkspaceSettings[N],
  onSaved?: (done: { review: { id: string; shipments: number } | null }) => void,
) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<WorkspaceSettings[N]>(seen);
  const save = useMutation(
    trpc.settings.change.mutationOptions({
      onSuccess: (done) => {
        void queries.invalidateQueries(trpc.settings.read.queryFilter());
        toast.success(saidOf(done));
        onSaved?.(done);
      },
    }),
  );
  return {
    draft,
    setDraft,
    dirty: JSON.stringify(draft) !== JSON.stringify(seen),
    busy: save.isPending,
    error: save.error,
    undo: () => setDraft(seen),
    save: () => save.mutate({ name, value: draft as Record<string, unknown>, seen: seen as Record<string, unknown> }),
  };
}

function saidOf({ changed, review }: { changed: boolean; review: { shipments: number } | null }): string {
  if (!changed) return "Nothing was different.";
  if (!review) return "Saved. It holds from now on.";
  const { shipments } = review;
  return `Saved. A run judges ${shipments.toLocaleString("en")} ${shipments === 1 ? "shipment" : "shipments"} by it now.`;
}
