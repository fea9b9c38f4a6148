"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toaster";
import { type CatchUpSettings, catchUpInput } from "@/core/feeds/catch-up";
import type { CatchUp, FeedDetail } from "./rows";

type Draft = {
  url: string;
  header: string;
  login: string;
  key: string;
  list: "list" | "whole";
  items: string;
  updated: string;
  by: CatchUpSettings["paging"]["by"];
  at: string;
  parameter: string;
  lastId: string;
  more: string;
  every: string;
  overlap: string;
};

const EMPTY: Draft = {
  url: "",
  header: "Authorization",
  login: "",
  key: "",
  list: "list",
  items: "",
  updated: "",
  by: "none",
  at: "/next",
  parameter: "page",
  lastId: "/id",
  more: "/has_more",
  every: "60",
  overlap: "120",
};

/** EasyPost lists trackers by the time they were made, so the overlap spans the time that parcels travel. */
const EASYPOST: Partial<Draft> = {
  url: "https://api.easypost.com/v2/trackers?page_size=100&start_datetime={since}",
  items: "/trackers",
  updated: "/updated_at",
  by: "last_id",
  parameter: "before_id",
  every: "360",
  overlap: "43200",
};

function draftOf({ settings }: CatchUp): Draft {
  const { paging } = settings;
  return {
    ...EMPTY,
    url: settings.url,
    header: settings.header ?? "",
    list: settings.items === null ? "whole" : "list",
    items: settings.items ?? "",
    updated: settings.updated ?? "",
    by: paging.by,
    ...(paging.by === "link" && { at: paging.at }),
    ...((paging.by === "page" || paging.by === "last_id") && { parameter: paging.parameter }),
    ...(paging.by === "last_id" && { lastId: paging.id, more: paging.more }),
    every: String(settings.everyMinutes),
    overlap: String(settings.overlapMinutes),
  };
}

function pagingOf(draft: Draft) {
  if (draft.list === "whole" || draft.by === "none") return { by: "none" };
  if (draft.by === "link") return { by: "link", at: draft.at };
  if (draft.by === "page") return { by: "page", parameter: draft.parameter };
  return { by: "last_id", parameter: draft.parameter, id: draft.lastId, more: draft.more };
}

/** Where a source is asked for what was missed: its address, key, shape of answer, and rhythm. */
export function CatchUpDialog({
  feed,
  catchUp,
  onDone,
  onClose,
}: {
  feed: FeedDetail["feed"];
  catchUp: CatchUp | null;
  onDone: () => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const maySecrets = useMay("feeds:secrets");
  const [draft, setDraft] = useState<Draft>(() => {
    if (catchUp) return draftOf(catchUp);
    return feed.adapter === "easypost" ? { ...EMPTY, ...EASYPOST } : EMPTY;
  });
  const [tried, setTried] = useState(false);
  const key = draft.login !== "" ? `Basic ${btoa(`${draft.login}:${draft.key}`)}` : draft.key || null;
  const parsed = catchUpInput.safeParse({
    id: feed.id,
    seen: catchUp?.updatedAt ?? null,
    key,
    url: draft.url,
    header: draft.header.trim() === "" ? null : draft.header,
    items: draft.list === "whole" ? null : draft.items,
    updated: draft.updated.trim() === "" || draft.list === "whole" ? null : draft.updated,
    paging: pagingOf(draft),
    everyMinutes: Number(draft.every),
    overlapMinutes: Number(draft.overlap),
  });
  const problem = (field: string, part?: string) => {
    if (parsed.success || !tried) return null;
    const issue = parsed.error.issues.find(({ path }) => path[0] === field && (!part || path[1] === part));
    return issue?.message ?? null;
  };
  const save = useMutation(
    trpc.feeds.setCatchUp.mutationOptions({
      onSuccess: () => {
        toast.success("Saved; it is asked within seconds");
        onDone();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const put = (name: keyof Draft) => (value: string) => setDraft((before) => ({ ...before, [name]: value }));
  const text = (name: keyof Draft, label: string, field: string, hint?: string, part?: string) => (
    <Field label={label} hint={hint} error={problem(field, part)}>
      {(control) => (
        <Input
          {...control}
          value={draft[name]}
          type={name === "key" ? "password" : "text"}
          autoComplete="off"
          spellCheck={false}
          disabled={!maySecrets && (name === "key" || name === "login")}
          onChange={(event) => put(name)(event.target.value)}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`What ${feed.name} missed`}
      description="Its source is asked by GET. What it answers enters by the same door as the webhooks; what is known already changes nothing."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={save.isPending}
            onClick={() => {
              setTried(true);
              if (parsed.success) save.mutate(parsed.data);
            }}
          >
            Save and ask
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {text("url", "Address", "url", "{since} and {until} become instants in UTC, such as 2026-11-29T08:00:00Z")}
        <div className="grid gap-3 sm:grid-cols-3">
          {text("header", "Header of the key", "header", "Empty: no key is needed")}
          {text("login", "Login", "key", "Only for Basic; else leave it empty")}
          {text("key", "Key", "key", keyHint(catchUp))}
        </div>
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="The answer is">
            {(control) => (
              <Select
                {...control}
                value={draft.list}
                onChange={put("list")}
                choices={[
                  { value: "list", label: "JSON with a list of updates" },
                  { value: "whole", label: "one message, as it is" },
                ]}
              />
            )}
          </Field>
          {draft.list === "list" ? (
            <>
              {text("items", "The list stands at", "items", "A JSON pointer, such as /trackers; empty: at the top")}
              {text(
                "updated",
                "Changed at (in an item)",
                "updated",
                "What changed in the last 10 minutes is left for later",
              )}
            </>
          ) : null}
        </div>
        {draft.list === "list" ? (
          <div className="grid gap-3 sm:grid-cols-3">
            <Field label="More pages">
              {(control) => (
                <Select
                  {...control}
                  value={draft.by}
                  onChange={put("by")}
                  choices={[
                    { value: "none", label: "none" },
                    { value: "link", label: "a link in the answer" },
                    { value: "last_id", label: "behind the last item's id" },
                    { value: "page", label: "by number" },
                  ]}
                />
              )}
            </Field>
            {draft.by === "link" ? text("at", "The link stands at", "paging", undefined, "at") : null}
            {draft.by === "page" || draft.by === "last_id"
              ? text("parameter", "Parameter", "paging", undefined, "parameter")
              : null}
            {draft.by === "last_id"
              ? text("more", "More stand there while this is true", "paging", undefined, "more")
              : null}
          </div>
        ) : null}
        <div className="grid gap-3 sm:grid-cols-3">
          {text("every", "Every (minutes)", "everyMinutes")}
          {text("overlap", "Reach back further (minutes)", "overlapMinutes", "Before the last asking")}
        </div>
        {feed.adapter === "easypost" && catchUp === null ? (
          <p className="text-ink-3 text-xs">
            Filled in for EasyPost's list of trackers: enter your API key as the login and any word as the key. It lists
            by the time a tracker was made, so it reaches back 30 days.
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}

function keyHint(catchUp: CatchUp | null): string {
  return catchUp?.keyHint ? `Kept: …${catchUp.keyHint}. Empty keeps it` : "Sealed, and never shown again";
}
