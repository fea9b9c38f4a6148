"use client";
import { useMutation } from "@tanstack/react-query";
import { type RefObject, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/input";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { type ExceptionDetail, useRefreshRows } from "./rows";
import { NOTE_WORD } from "./words";

/** What people and Waypost did, newest first, and a box for words to colleagues. */
export function Notes({ exception, box }: { exception: ExceptionDetail; box: RefObject<HTMLTextAreaElement | null> }) {
  const mayComment = useMay("exceptions:comment");
  return (
    <div className="flex flex-col gap-3">
      {mayComment ? <CommentBox key={exception.id} id={exception.id} box={box} /> : null}
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

function CommentBox({ id, box }: { id: string; box: RefObject<HTMLTextAreaElement | null> }) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const [text, setText] = useState("");
  const comment = useMutation(
    trpc.exceptions.comment.mutationOptions({
      onSuccess: () => {
        setText("");
        refresh([], {});
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const send = () => {
    if (text.trim()) comment.mutate({ id, text });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="flex flex-col gap-1.5"
    >
      <Textarea
        ref={box}
        aria-label="Comment"
        placeholder="Comment for colleagues"
        className="min-h-8"
        rows={text ? 3 : 1}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
          if (event.key === "Escape") {
            event.preventDefault();
            event.currentTarget.blur();
          }
        }}
      />
      {text.trim() ? (
        <Button type="submit" busy={comment.isPending} className="self-end">
          Comment
        </Button>
      ) : null}
    </form>
  );
}
