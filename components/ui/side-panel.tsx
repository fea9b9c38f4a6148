"use client";
import { ChevronDown, ChevronUp, Maximize2, X } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "./button";
import { typing } from "./hotkeys";
import { Tooltip } from "./tooltip";

const KEY = "waypost.panel-width";
const MIN = 380;
const DEFAULT = 520;

/**
 * The right panel of a list. It pushes the list on wide screens and covers it on narrow ones. Esc closes it; arrow up and down walk the list
 * behind it. Put it as last child of a `flex min-h-0 flex-1` row.
 */
export function SidePanel({
  label,
  header,
  children,
  footer,
  onClose,
  onWalk,
  pageHref,
}: {
  label: string;
  header: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
  pageHref?: string;
}) {
  const [width, setWidth] = useState(DEFAULT);
  const panel = useRef<HTMLElement>(null);
  const latest = useRef({ onClose, onWalk });
  latest.current = { onClose, onWalk };

  useEffect(() => {
    const kept = Number(localStorage.getItem(KEY));
    if (kept >= MIN) setWidth(kept);
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("[role=dialog],[role=menu],[role=listbox]:not([hidden])"))
        return;
      if (event.key === "Escape") {
        event.preventDefault();
        latest.current.onClose();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing(event.target)) {
        if (!latest.current.onWalk) return;
        event.preventDefault();
        latest.current.onWalk(event.key === "ArrowDown" ? 1 : -1);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const resize = useCallback((next: number) => {
    const clamped = Math.max(MIN, Math.min(next, window.innerWidth * 0.7));
    setWidth(clamped);
    localStorage.setItem(KEY, String(Math.round(clamped)));
  }, []);

  return (
    <aside
      ref={panel}
      aria-label={label}
      style={{ "--panel": `${width}px` } as React.CSSProperties}
      className="fixed inset-0 z-30 flex animate-slide-in flex-col bg-surface lg:relative lg:inset-auto lg:z-10 lg:w-(--panel) lg:shrink-0 lg:border-line lg:border-l"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a splitter between two panes has a value, hr has none */}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="Panel width"
        aria-valuenow={Math.round(width)}
        aria-valuemin={MIN}
        aria-valuemax={1200}
        tabIndex={0}
        className="absolute inset-y-0 -left-1 z-10 hidden w-2 cursor-col-resize hover:bg-accent/30 lg:block"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          event.preventDefault();
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) resize(window.innerWidth - event.clientX);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") resize(width + 24);
          else if (event.key === "ArrowRight") resize(width - 24);
        }}
      />
      <header className="flex shrink-0 items-start gap-2 border-line border-b py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1">{header}</div>
        <div className="flex">
          {onWalk ? (
            <>
              <Tooltip content="Previous (arrow up)">
                <Button variant="quiet" size="sm" icon aria-label="Previous row" onClick={() => onWalk(-1)}>
                  <ChevronUp />
                </Button>
              </Tooltip>
              <Tooltip content="Next (arrow down)">
                <Button variant="quiet" size="sm" icon aria-label="Next row" onClick={() => onWalk(1)}>
                  <ChevronDown />
                </Button>
              </Tooltip>
            </>
          ) : null}
          {pageHref ? (
            <Tooltip content="Open as a page">
              <Button variant="quiet" size="sm" icon asChild>
                <Link href={pageHref} aria-label="Open as a page">
                  <Maximize2 />
                </Link>
              </Button>
            </Tooltip>
          ) : null}
          <Tooltip content="Close (Esc)">
            <Button variant="quiet" size="sm" icon aria-label="Close panel" onClick={onClose}>
              <X />
            </Button>
          </Tooltip>
        </div>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
      {footer ? <footer className="shrink-0 border-line border-t p-3">{footer}</footer> : null}
    </aside>
  );
}

/** A part of a panel or page with a small heading. */
export function Section({
  title,
  aside,
  children,
  className,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`border-line border-b px-4 py-3 last:border-b-0 ${className ?? ""}`}>
      <div className="mb-2 flex items-baseline justify-between gap-2">
        <h3 className="font-semibold text-sm">{title}</h3>
        {aside ? <div className="text-ink-3 text-xs">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}

/** Names and values in two columns. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[minmax(96px,max-content)_1fr] gap-x-4 gap-y-1.5">{children}</dl>;
}

export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
