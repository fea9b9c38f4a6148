"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Bookmark, Search, TriangleAlert } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { hrefOfView } from "@/components/exceptions/url-parsers";
import { useTRPC } from "@/components/providers";
import { cn } from "@/components/ui/class-names";
import { Kbd } from "@/components/ui/kbd";
import { Mark } from "@/components/ui/mark";
import { EXCEPTION_KINDS, EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { ENTRIES } from "./entries";
import { useHidden } from "./pulse";
import { useMay, useViewer } from "./viewer";

/** Opens with Ctrl/Cmd-K or the search in the top bar; finds shipments by any number, exceptions by id or cause, and screens. */
export function CommandPalette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <button
          type="button"
          className="flex h-7 min-w-0 max-w-md flex-1 items-center gap-2 rounded-md border border-line bg-surface px-2 text-ink-3 hover:border-control"
        >
          <Search className="size-3.5 shrink-0" aria-hidden />
          <span className="flex-1 truncate text-left">
            <span className="max-sm:hidden">Find an order, tracking number, exception or screen</span>
            <span className="sm:hidden">Find anything</span>
          </span>
          <span className="max-sm:hidden">
            <Kbd>Ctrl K</Kbd>
          </span>
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[10vh] left-1/2 z-50 w-[calc(100vw-24px)] max-w-[600px] -translate-x-1/2 animate-appear overflow-hidden rounded-lg bg-raised shadow-lift"
        >
          <Dialog.Title className="sr-only">Find anything</Dialog.Title>
          <Palette onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

function Palette({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { rights } = useViewer();
  const mayExceptions = useMay("exceptions:read");
  const mayShipments = useMay("shipments:read");
  const [text, setText] = useState("");
  const asked = useSettled(text.trim(), 120);
  const found = useQuery({
    ...trpc.shipments.search.queryOptions({ said: asked }),
    enabled: mayShipments && asked.length >= 3,
    placeholderData: keepPreviousData,
  });
  const causes = useQuery({
    ...trpc.exceptions.find.queryOptions({ said: asked }),
    enabled: mayExceptions && asked.length >= 3,
    placeholderData: keepPreviousData,
  });
  const views = useQuery({ ...trpc.views.list.queryOptions(), enabled: mayExceptions, staleTime: 60_000 });
  const go = (href: string) => {
    onDone();
    router.push(href);
  };
  const wanted = text.trim().toLowerCase();
  const hidden = useHidden();
  const screens = ENTRIES.filter(
    (e) =>
      rights.includes(e.right) &&
      !hidden.includes(e.href) &&
      `${e.word} ${e.also ?? ""}`.toLowerCase().includes(wanted),
  );
  const kinds =
    mayExceptions && wanted.length >= 2
      ? EXCEPTION_KINDS.filter((kind) => EXCEPTION_SPECS[kind].label.toLowerCase().includes(wanted)).slice(0, 6)
      : [];
  const kept = (views.data ?? []).filter((view) => view.name.toLowerCase().includes(wanted)).slice(0, 8);
  const searching = asked.length >= 3 && (found.isFetching || causes.isFetching);
  const shipments = asked.length >= 3 ? (found.data?.items ?? []) : [];
  const exceptions = asked.length >= 3 ? (causes.data ?? []) : [];
  const nothing = shipments.length + exceptions.length + kinds.length + screens.length + kept.length === 0;

  return (
    <Command shouldFilter={false} loop label="Find anything">
      <div className="flex items-center gap-2 border-line border-b px-3">
        <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
        <Command.Input
          value={text}
          onValueChange={setText}
          maxLength={400}
          placeholder="Order, picking, tracking number, exception, screen"
          className="h-11 w-full bg-transparent text-base outline-none placeholder:text-ink-3"
        />
      </div>
      {nothing ? (
        <p className="px-4 py-8 text-ink-2">
          {searching
            ? "Searching"
            : `Nothing carries “${text.trim()}”. Try the number without its prefix, or a part of the cause.`}
        </p>
      ) : null}
      <Command.List label="Found" className={cn("max-h-[52vh] overflow-y-auto p-1.5", nothing && "hidden")}>
        {shipments.length > 0 ? (
          <Group heading="Shipments">
            {shipments.map((s) => (
              <Item key={s.id} value={`shipment ${s.id}`} onSelect={() => go(`/shipments/${s.id}`)}>
                <Mark shape="square" className="text-ink-3" />
                <span className="truncate font-medium">{s.name}</span>
                <span className="min-w-0 flex-1 truncate text-ink-3">
                  {[s.stage?.replaceAll("_", " "), s.carrier, s.customer].filter(Boolean).join(" · ")}
                </span>
                {s.openExceptions > 0 ? <span className="text-broken text-xs">{s.openExceptions} open</span> : null}
              </Item>
            ))}
          </Group>
        ) : null}
        {exceptions.length + kinds.length > 0 ? (
          <Group heading="Exceptions">
            {exceptions.map((e) => (
              <Item key={e.id} value={`exception ${e.id}`} onSelect={() => go(e.href)}>
                <TriangleAlert className="size-3.5 shrink-0 text-ink-3" aria-hidden />
                <span className="min-w-0 flex-1 truncate">{e.text}</span>
                <span className="text-ink-3 text-xs">{EXCEPTION_SPECS[e.kind].label}</span>
              </Item>
            ))}
            {kinds.map((kind) => (
              <Item key={kind} value={`kind ${kind}`} onSelect={() => go(`/exceptions?view=list&kind=${kind}`)}>
                <TriangleAlert className="size-3.5 shrink-0 text-ink-3" aria-hidden />
                <span>All of “{EXCEPTION_SPECS[kind].label}”</span>
              </Item>
            ))}
          </Group>
        ) : null}
        {kept.length > 0 ? (
          <Group heading="Views">
            {kept.map((view) => (
              <Item key={view.id} value={`view ${view.id}`} onSelect={() => go(hrefOfView(view.shows))}>
                <Bookmark className="size-3.5 shrink-0 text-ink-3" aria-hidden />
                <span className="min-w-0 flex-1 truncate">{view.name}</span>
                <span className="text-ink-3 text-xs">{view.mine ? "My view" : `Shared by ${view.byName}`}</span>
              </Item>
            ))}
          </Group>
        ) : null}
        {screens.length > 0 ? (
          <Group heading="Screens">
            {screens.map(({ href, word, icon: Icon }) => (
              <Item key={href} value={`screen ${href}`} onSelect={() => go(href)}>
                <Icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
                {word}
              </Item>
            ))}
          </Group>
        ) : null}
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

function Item({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-8 cursor-default items-center gap-2 rounded-sm px-2 data-[selected=true]:bg-sunken"
    >
      {children}
    </Command.Item>
  );
}
