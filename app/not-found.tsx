import Link from "next/link";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function NotFound() {
  return (
    <main>
      <EmptyState
        heading="h1"
        title="There is no such page"
        action={
          <Button asChild variant="primary">
            <Link href="/">To the tower</Link>
          </Button>
        }
      >
        The address may be mistyped, or what it named was moved or is no longer kept.
      </EmptyState>
    </main>
  );
}
