"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, ChevronDown, Star, Users } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay, useViewer } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Dropdown, DropdownItem, DropdownLabel } from "@/components/ui/dropdown";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toaster";
import { type ExceptionCell, type ExceptionFilter, totalOf } from "@/core/exceptions/filter";
import { type SavedView, sameShows, type ViewShows } from "@/core/exceptions/saved-view";
import type { SetUrl } from "./url";

/** Lists that people keep: each with its count, for oneself or shared, one of them the one to begin with. Key v opens it. */
export function SavedViews({
  cells,
  view,
  filter,
  set,
}: {
  cells: readonly ExceptionCell[];
  view: ViewShows["view"];
  filter: ExceptionFilter;
  set: SetUrl;
}) {
  const trpc = useTRPC();
  const me = useViewer().id;
  const views = useQuery({ ...trpc.views.list.queryOptions(), staleTime: 60_000 });
  const [open, setOpen] = useState(false);
  const [editing, setEditing] = useState<SavedView | "new" | null>(null);
  useHotkeys({ v: () => setOpen(true) });
  const change = useViewChanges();
  const now: ViewShows = { view, filter: { ...filter, group: null, shipment: null } };
  const here = views.data?.find((one) => sameShows(one.shows, now));
  const go = (one: SavedView) =>
    void set({ ...one.shows.filter, view: one.shows.view, group: null, shipment: null, id: null });
  const list = (word: string, of: readonly SavedView[]) =>
    of.length === 0 ? null : (
      <>
        <DropdownLabel>{word}</DropdownLabel>
        {of.map((one) => (
          <DropdownItem key={one.id} onSelect={() => go(one)}>
            {one.isDefault ? (
              <Star aria-label="You begin with it" />
            ) : one.shared ? (
              <Users aria-hidden />
            ) : (
              <Bookmark aria-hidden />
            )}
            <span className="flex-1 truncate">{one.name}</span>
            <span className="text-ink-3 text-xs">
              {one.shows.filter.state.includes("resolved") ? "" : formatCount(totalOf(cells, one.shows.filter, me))}
            </span>
          </DropdownItem>
        ))}
      </>
    );
  return (
    <>
      <Dropdown
        open={open}
        onOpenChange={setOpen}
        align="end"
        className="min-w-64"
        trigger={
          <Button variant="quiet">
            <Bookmark aria-hidden />
            {here ? here.name : "Views"}
            <ChevronDown aria-hidden />
          </Button>
        }
      >
        {list("My views", views.data?.filter((one) => one.mine) ?? [])}
        {list("Shared", views.data?.filter((one) => !one.mine) ?? [])}
        <DropdownLabel>This list</DropdownLabel>
        {here ? (
          <>
            <DropdownItem onSelect={() => change.beginWith(here.isDefault ? null : here.id)}>
              {here.isDefault ? "Begin with the queue again" : "Begin with this view"}
            </DropdownItem>
            {here.mine ? <DropdownItem onSelect={() => setEditing(here)}>Rename or share</DropdownItem> : null}
            {here.mine ? (
              <DropdownItem danger onSelect={() => change.remove(here.id)}>
                Delete
              </DropdownItem>
            ) : null}
          </>
        ) : (
          <DropdownItem onSelect={() => setEditing("new")}>Save as a view</DropdownItem>
        )}
      </Dropdown>
      {editing ? (
        <ViewDialog
          view={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSave={(name, shared) => {
            setEditing(null);
            change.save({ ...(editing === "new" ? {} : { id: editing.id }), name, shared, shows: now });
          }}
        />
      ) : null}
    </>
  );
}

function useViewChanges() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const after = (said: string) => ({
    onSuccess: () => {
      void queries.invalidateQueries(trpc.views.list.queryFilter());
      toast.success(said);
    },
    onError: (error: { message: string }) => toast.error(error.message),
  });
  const save = useMutation(trpc.views.save.mutationOptions(after("The view is saved.")));
  const remove = useMutation(trpc.views.delete.mutationOptions(after("The view is deleted.")));
  const beginWith = useMutation(trpc.views.beginWith.mutationOptions(after("Saved.")));
  return {
    save: save.mutate,
    remove: (id: string) => remove.mutate({ id }),
    beginWith: (id: string | null) => beginWith.mutate({ id }),
  };
}

function ViewDialog({
  view,
  onClose,
  onSave,
}: {
  view: SavedView | null;
  onClose: () => void;
  onSave: (name: string, shared: boolean) => void;
}) {
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState(view?.shared ?? false);
  const mayShare = useMay("exceptions:acknowledge");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={view ? "Change the view" : "Save this list as a view"}
      description="It keeps the filter and the way of showing."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!name.trim()} onClick={() => onSave(name.trim(), shared)}>
            Save
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) onSave(name.trim(), shared);
        }}
      >
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              autoFocus
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {mayShare ? (
          // biome-ignore lint/a11y/noLabelWithoutControl: the switch is a button inside of its label
          <label className="flex min-h-6 items-center gap-2">
            <Switch checked={shared} onCheckedChange={setShared} />
            Everybody sees it
          </label>
        ) : null}
      </form>
    </Dialog>
  );
}
