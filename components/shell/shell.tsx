"use client";
import { Menu } from "lucide-react";
import { usePathname } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { Bell } from "@/components/alerts/bell";
import { DegradedBanner } from "@/components/degraded/banner";
import { Button } from "@/components/ui/button";
import { Clock } from "@/components/ui/time";
import { CommandPalette } from "./command-palette";
import { Lamps } from "./lamps";
import { LiveProvider } from "./live";
import { PersonMenu } from "./person-menu";
import { PhaseGate } from "./phase-gate";
import { PulseRefresher } from "./pulse";
import { Rail } from "./rail";
import { RAIL_COOKIE } from "./rail-cookie";
import { type Viewer, ViewerProvider } from "./viewer";

/** The frame of all signed-in screens. Its content fills the window; screens scroll inside it. */
export function Shell({
  viewer,
  narrowRail,
  serverNowMs,
  children,
}: {
  viewer: Viewer;
  narrowRail: boolean;
  serverNowMs: number;
  children: ReactNode;
}) {
  const [narrow, setNarrow] = useState(narrowRail);
  const change = (next: boolean) => {
    setNarrow(next);
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads it to draw the rail right the first time
    document.cookie = `${RAIL_COOKIE}=${next ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
  };
  return (
    <ViewerProvider viewer={viewer}>
      <Clock serverNowMs={serverNowMs}>
        <LiveProvider>
          <PulseRefresher />
          <a
            href="#content"
            className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
          >
            Skip to the content
          </a>
          <div className="flex h-dvh">
            <div className="hidden md:block">
              <Rail narrow={narrow} onNarrow={change} />
            </div>
            <div className="flex min-w-0 flex-1 flex-col">
              <header className="flex h-11 shrink-0 items-center gap-2 border-line border-b bg-surface px-3 md:px-4">
                <Drawer />
                <CommandPalette />
                <div className="ml-auto flex items-center gap-1">
                  <Lamps />
                  <Bell />
                  <PersonMenu />
                </div>
              </header>
              <DegradedBanner />
              <main
                id="content"
                tabIndex={-1}
                className="relative flex min-h-0 flex-1 flex-col overflow-auto outline-none"
              >
                <PhaseGate>{children}</PhaseGate>
              </main>
            </div>
          </div>
        </LiveProvider>
      </Clock>
    </ViewerProvider>
  );
}

/** The rail on narrow screens. */
function Drawer() {
  const [open, setOpen] = useState(false);
  const pathname = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes when another screen came
  useEffect(() => setOpen(false), [pathname]);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button variant="quiet" icon aria-label="Screens" className="-ml-1 md:hidden">
          <Menu className="size-4!" />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content aria-describedby={undefined} className="fixed inset-y-0 left-0 z-50 outline-none">
          <Dialog.Title className="sr-only">Screens</Dialog.Title>
          <Rail narrow={false} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
