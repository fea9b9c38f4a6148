"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Textarea } from "@/components/ui/input";
import { toast } from "@/components/ui/toaster";
import { mentionBefore, mentionPut } from "./mention";
import { useRefreshRows } from "./rows";

const MOST_NAMES = 6;

/** Words to colleagues; `@` offers their names, and who is named is told. */
export function CommentBox({ id, box }: { id: string; box: RefObject<HTMLTextAreaElement | null> }) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const list = useId();
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const comment = useMutation(
    trpc.exceptions.comment.mutationOptions({
      onSuccess: () => {
        setText("");
        refresh([], {});
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const mention = mentionBefore(text, caret);
  const mayKnow = useMay("exceptions:assign");
  const colleagues = useQuery({ ...trpc.access.colleagues.queryOptions(), enabled: mayKnow && mention !== null });
  const names =
    mention === null || closedAt === mention.at
      ? []
      : (colleagues.data ?? [])
          .filter((one) => one.name.toLowerCase().includes(mention.said.toLowerCase()))
          .slice(0, MOST_NAMES);
  const offered = names.length > 0;
  const send = () => {
    if (text.trim()) comment.mutate({ id, text });
  };
  const put = (name: string) => {
    if (!mention) return;
    const next = mentionPut(text, mention, caret, name);
    setText(next.text);
    setCaret(next.caret);
    setChosen(0);
    requestAnimationFrame(() => box.current?.setSelectionRange(next.caret, next.caret));
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (offered && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setChosen((at) => (at + (event.key === "ArrowDown" ? 1 : names.length - 1)) % names.length);
    } else if (offered && (event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      put((names[chosen] ?? names[0])?.name ?? "");
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      send();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (offered) setClosedAt(mention?.at ?? null);
      else event.currentTarget.blur();
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="relative flex flex-col gap-1.5"
    >
      <Textarea
        ref={box}
        role="combobox"
        aria-label="Comment"
        aria-autocomplete="list"
        aria-expanded={offered}
        aria-controls={list}
        aria-activedescendant={offered ? `${list}-${chosen}` : undefined}
        placeholder="Comment for colleagues, @ names one"
        className="min-h-8"
        rows={text ? 3 : 1}
        maxLength={4000}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
          setChosen(0);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
      />
      <ul
        id={list}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the list of a combobox
        role="listbox"
        aria-label="Colleagues"
        hidden={!offered}
        className="absolute top-full z-10 w-64 rounded-lg border border-line bg-raised p-1 shadow-lift"
      >
        {names.map((one, i) => (
          <li
            key={one.id}
            id={`${list}-${i}`}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the keyboard stays in the text, as in every combobox
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              put(one.name);
            }}
            className={cn("cursor-default rounded-sm px-2 py-1.5 text-sm", i === chosen && "bg-sunken")}
          >
            {one.name}
          </li>
        ))}
      </ul>
      {text.trim() ? (
        <Button type="submit" busy={comment.isPending} className="self-end">
          Comment
        </Button>
      ) : null}
    </form>
  );
}
