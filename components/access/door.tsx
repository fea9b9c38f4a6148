import type { ReactNode } from "react";
import { Wordmark } from "@/components/shell/wordmark";

/** The frame of the screens before sign-in: one narrow column. */
export function Door({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh justify-center bg-canvas px-4 pt-[14vh] pb-10">
      <div className="w-full max-w-[340px]">
        <div className="mb-6 flex items-center gap-2">
          <Wordmark />
        </div>
        <h1 className="mb-4 font-semibold text-xl tracking-tight">{title}</h1>
        {children}
      </div>
    </main>
  );
}
