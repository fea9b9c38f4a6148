"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Textarea } from "@/components/ui/input";
import { Kbd } from "@/components/ui/kbd";
import { SkeletonLines } from "@/components/ui/skeleton";
import { MOST_PASTED } from "@/core/lookup/parse";
import { AnswerCard } from "./answer-card";
import { HitList } from "./hit-list";
import { Nothing } from "./nothing";
import { addressOf, saidIn } from "./query-address";
import type { LookupResult } from "./rows";

/** Paste anything a customer names; one card answers. Enter asks, arrows walk the list, C copies the reply, / goes back to the box. */
export function LookupScreen() {
  const trpc = useTRPC();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const find = useMutation(
    trpc.lookup.find.mutationOptions({
      onSuccess: (result) => {
        setChosen(result.chosen?.id ?? null);
        if (result.hits.length > 0) box.current?.blur();
      },
    }),
  );
  const { mutate } = find;
  const ask = useCallback(
    (said: string, keep: "push" | "replace") => {
      if (said.trim() === "") return;
      window.history[keep === "push" ? "pushState" : "replaceState"](null, "", addressOf(said));
      setChosen(null);
      mutate({ said: said.slice(0, MOST_PASTED) });
    },
    [mutate],
  );
  useEffect(() => {
    const fromAddress = () => {
      const said = saidIn(window.location);
      setText(said);
      ask(said, "replace");
    };
    fromAddress();
    box.current?.focus();
    window.addEventListener("popstate", fromAddress);
    return () => window.removeEventListener("popstate", fromAddress);
  }, [ask]);

  const result = find.data;
  const walk = (step: 1 | -1) => {
    const hits = result?.hits ?? [];
    const at = hits.findIndex((hit) => hit.id === chosen);
    const next = hits[at < 0 ? (step > 0 ? 0 : hits.length - 1) : at + step];
    if (next) setChosen(next.id);
  };
  useHotkeys({
    ArrowDown: () => walk(1),
    ArrowUp: () => walk(-1),
    j: () => walk(1),
    k: () => walk(-1),
    "/": () => box.current?.select(),
  });
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    ask(text, "push");
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <PageHeader title="Lookup" note="Where is it, why, and what to tell the customer" />
      <form onSubmit={submit} className="flex flex-wrap items-start gap-2 border-line border-b px-4 pb-3">
        <Textarea
          ref={box}
          aria-label="Order, tracking number, Odoo name, e-mail, telephone number, or the customer's message"
          placeholder="Order, tracking number, Odoo name, e-mail, phone, or the customer's message"
          value={text}
          rows={2}
          maxLength={MOST_PASTED}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
          }}
          className="min-h-0 min-w-0 flex-1 basis-64"
        />
        <Button type="submit" variant="primary" busy={find.isPending} disabled={text.trim() === ""}>
          Look up <Kbd>Enter</Kbd>
        </Button>
      </form>
      {find.isPending ? (
        <div className="p-4">
          <SkeletonLines lines={9} />
        </div>
      ) : find.error ? (
        <ErrorState title="The lookup failed" error={find.error} onRetry={() => ask(text, "replace")} />
      ) : result ? (
        <Result result={result} chosen={chosen} onChoose={setChosen} />
      ) : (
        <EmptyState title="Paste what the customer wrote">
          <p>
            A number alone or their whole message: order and tracking numbers, Odoo names, e-mail addresses and
            telephone numbers are found in it. <Kbd>Enter</Kbd> looks up, <Kbd>C</Kbd> copies the reply, <Kbd>↓</Kbd>{" "}
            walks through several, <Kbd>/</Kbd> comes back here.
          </p>
        </EmptyState>
      )}
    </div>
  );
}

function Result({
  result,
  chosen,
  onChoose,
}: {
  result: LookupResult;
  chosen: string | null;
  onChoose: (id: string) => void;
}) {
  if (result.hits.length === 0) return <Nothing result={result} />;
  const several = result.hits.length > 1;
  return (
    <>
      {result.contactsRefused ? (
        <p className="border-line border-b px-4 py-2 text-ink-2">
          Found by numbers only: searching by e-mail address or telephone number needs the right lookup:contacts.
        </p>
      ) : null}
      <div className={several ? "grid lg:grid-cols-[300px_minmax(0,1fr)]" : ""}>
        {several ? <HitList hits={result.hits} more={result.more} selected={chosen} onSelect={onChoose} /> : null}
        {chosen === null ? null : <Chosen key={chosen} id={chosen} result={result} onChoose={onChoose} />}
      </div>
    </>
  );
}

function Chosen({ id, result, onChoose }: { id: string; result: LookupResult; onChoose: (id: string) => void }) {
  const trpc = useTRPC();
  const first = result.chosen?.id === id ? result.chosen : undefined;
  const got = useQuery({
    ...trpc.lookup.answer.queryOptions({ id }),
    initialData: first ? { answer: first.answer, feeds: first.feeds } : undefined,
  });
  useLive(["shipments", "postings", "exceptions"], () => void got.refetch(), 2_000, id);
  if (got.error && !got.data)
    return <ErrorState title="This shipment could not be read" error={got.error} onRetry={() => void got.refetch()} />;
  if (!got.data)
    return (
      <div className="p-4">
        <SkeletonLines lines={9} />
      </div>
    );
  return <AnswerCard answer={got.data.answer} feeds={got.data.feeds} onOpen={onChoose} />;
}
