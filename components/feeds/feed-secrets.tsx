"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Time, useNow } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import type { FeedDetail } from "./rows";
import { SecretOnce } from "./secret-once";

const OVERLAPS = [
  { value: "0", label: "End the old one now" },
  { value: "1", label: "Take both for 1 hour" },
  { value: "24", label: "Take both for 24 hours" },
  { value: "168", label: "Take both for 7 days" },
] as const;

/** Secrets of a feed: which live, until when, when last used; rotation with an overlap. */
export function FeedSecrets({ detail, onChanged }: { detail: FeedDetail; onChanged: () => void }) {
  const trpc = useTRPC();
  const now = useNow();
  const { feed, secrets, url } = detail;
  const mayRotate = useMay("feeds:secrets");
  const [rotating, setRotating] = useState(false);
  const end = useMutation(
    trpc.feeds.endSecret.mutationOptions({
      onSuccess: () => {
        toast.success("Ended: deliveries signed with it are refused from now on");
        onChanged();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  if (feed.verify === "none") return <p className="text-ink-2">This feed verifies nothing, so it has no secret.</p>;
  const live = (secret: FeedDetail["secrets"][number]) => secret.expiresAt === null || secret.expiresAt.getTime() > now;
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-col">
        {secrets.map((secret) => (
          <li
            key={secret.id}
            className="flex flex-wrap items-center gap-x-3 border-line border-b py-1.5 last:border-b-0"
          >
            <span className="font-mono text-[12px]">…{secret.hint}</span>
            {!live(secret) ? (
              <Badge tone="idle" shape="dash">
                Ended
              </Badge>
            ) : secret.expiresAt ? (
              <Badge tone="late" shape="clock">
                Ends <Time at={secret.expiresAt} />
              </Badge>
            ) : (
              <Badge tone="ok" shape="dot">
                Live
              </Badge>
            )}
            <span className="text-ink-3 text-xs">
              made <Time at={secret.createdAt} />, {secret.lastUsedAt ? "last used " : "never used"}
              {secret.lastUsedAt ? <Time at={secret.lastUsedAt} /> : null}
            </span>
            {mayRotate && live(secret) ? (
              <Button
                size="sm"
                className="ml-auto"
                busy={end.isPending}
                onClick={() => end.mutate({ id: feed.id, secretId: secret.id })}
              >
                End now
              </Button>
            ) : null}
          </li>
        ))}
        {secrets.length === 0 ? <li className="text-broken">No secret is live: every delivery is refused.</li> : null}
      </ul>
      {mayRotate ? (
        <div>
          <Button onClick={() => setRotating(true)}>New secret</Button>
        </div>
      ) : null}
      {rotating ? (
        <RotateDialog
          feed={feed}
          url={url}
          onClose={() => {
            setRotating(false);
            onChanged();
          }}
        />
      ) : null}
    </div>
  );
}

function RotateDialog({ feed, url, onClose }: { feed: FeedDetail["feed"]; url: string | null; onClose: () => void }) {
  const trpc = useTRPC();
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]["value"]>("24");
  const [own, setOwn] = useState("");
  const rotate = useMutation(
    trpc.feeds.rotateSecret.mutationOptions({ onError: (error) => toast.error(error.message) }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`New secret for ${feed.name}`}
      description={
        rotate.data
          ? undefined
          : "Give the sender time to change over: until then deliveries signed with either are taken."
      }
      footer={
        rotate.data ? (
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Keep the old one</Button>
            <Button
              variant="primary"
              busy={rotate.isPending}
              disabled={own !== "" && own.trim().length < 16}
              onClick={() =>
                rotate.mutate({
                  id: feed.id,
                  overlapHours: Number(overlap),
                  secret: own.trim() === "" ? null : own.trim(),
                })
              }
            >
              Make a new secret
            </Button>
          </>
        )
      }
    >
      {rotate.data ? (
        <div className="flex flex-col gap-3">
          <SecretOnce url={url} secret={rotate.data.secret} />
          {rotate.data.oldUntil ? (
            <p className="text-ink-2">
              The one before is taken until <Time at={rotate.data.oldUntil} show="both" />.
            </p>
          ) : null}
        </div>
      ) : (
        <div className="flex flex-col gap-3">
          <Field label="The old one">
            {(control) => (
              <Select {...control} value={overlap} onChange={setOverlap} choices={OVERLAPS} className="w-60" />
            )}
          </Field>
          <Field
            label="Secret"
            hint="Empty: a new one is made. Give the sender's own where it has chosen one"
            error={own !== "" && own.trim().length < 16 ? "At least 16 characters" : null}
          >
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="new-password"
                value={own}
                onChange={(event) => setOwn(event.target.value)}
              />
            )}
          </Field>
        </div>
      )}
    </Dialog>
  );
}
