"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toaster";
import type { AlertWishes } from "@/core/alerts/rules";

const CHOICES = [
  { value: "critical", label: "critical only" },
  { value: "high", label: "high and critical" },
  { value: "medium", label: "medium and above" },
  { value: "low", label: "all" },
  { value: "none", label: "none" },
] as const satisfies readonly { value: AlertWishes["mailFrom"]; label: string }[];

/** What is mailed to the person who looks at it; saved at each change. */
export function WishesForm() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const read = useQuery(trpc.alerts.wishes.queryOptions());
  const change = useMutation(
    trpc.alerts.changeWishes.mutationOptions({
      onSuccess: () => toast.success("Saved."),
      onError: (error) => toast.error(error.message),
      onSettled: () => queries.invalidateQueries(trpc.alerts.wishes.queryFilter()),
    }),
  );
  if (!read.data)
    return read.error ? <p className="text-broken text-sm">{read.error.message}</p> : <SkeletonLines lines={2} />;
  const wishes: AlertWishes = { ...read.data.wishes, ...(change.isPending ? change.variables : {}) };
  return (
    <div className="max-w-xl">
      {read.data.mailed ? null : (
        <p className="mb-2 text-ink-3 text-xs">
          No mail server is set for this Waypost, so everything is listed in the app only. Your choice holds as soon as
          there is one.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
        <span className="min-w-56 flex-1">Mail me new causes of my role</span>
        <Select
          aria-label="Mail me new causes of my role"
          value={wishes.mailFrom}
          disabled={change.isPending}
          choices={CHOICES}
          onChange={(mailFrom) => change.mutate({ ...wishes, mailFrom })}
          className="w-44"
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
        <span className="min-w-56 flex-1">Mail me what colleagues give me, and comments that name me</span>
        <Switch
          aria-label="Mail me what colleagues give me, and comments that name me"
          checked={wishes.mailPersonal}
          disabled={change.isPending}
          onCheckedChange={(mailPersonal) => change.mutate({ ...wishes, mailPersonal })}
        />
      </div>
    </div>
  );
}
