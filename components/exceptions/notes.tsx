"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { RefObject } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Switch } from "@/components/ui/switch";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { CommentBox } from "./comment-box";
import type { ExceptionDetail } from "./rows";
import { NOTE_WORD } from "./words";

/** What people and Waypost did, newest first, and a box for words to colleagues. */
export function Notes({ exception, box }: { exception: ExceptionDetail; box: RefObject<HTMLTextAreaElement | null> }) {
  const mayComment = useMay("exceptions:comment");
  return (
    <div className="flex flex-col gap-3">
      {mayComment ? <CommentBox key={exception.id} id={exception.id} box={box} /> : null}
      <WatchSwitch exception={exception} />
      <ol className="flex flex-col gap-2.5">
        {exception.notes.map((note) => (
          <li key={note.id} className="flex flex-col gap-0.5">
            <span className="text-ink-3 text-xs">
              <span className="font-medium text-ink-2">{note.byName ?? "Waypost"}</span>{" "}
              {NOTE_WORD[note.kind] ?? note.kind}{" "}
              {note.kind === "assigned" || note.kind === "snoozed" ? `${note.text}, ` : ""}
              <Time at={note.at} />
            </span>
            {note.text && note.kind !== "assigned" && note.kind !== "snoozed" ? (
              <p className="whitespace-pre-wrap break-words">{note.text}</p>
            ) : null}
          </li>
        ))}
        <li className="text-ink-3 text-xs">
          Waypost opened this <Time at={exception.openedAt} />
        </li>
      </ol>
    </div>
  );
}

function WatchSwitch({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const watch = useMutation(
    trpc.exceptions.watch.mutationOptions({
      onError: (error) => toast.error(error.message),
      onSettled: () => queries.invalidateQueries(trpc.exceptions.get.queryFilter({ id: exception.id })),
    }),
  );
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch is a button inside of its label
    <label className="flex min-h-6 items-center gap-2 text-ink-2 text-xs">
      <Switch
        checked={watch.isPending ? watch.variables.on : exception.watching}
        onCheckedChange={(on) => watch.mutate({ id: exception.id, on })}
      />
      Tell me of comments on this
    </label>
  );
}
