"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Switch } from "@/components/ui/switch";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

/** How alerts are gathered and held back, and how the mail goes. */
export function AlertsForm({ seen, editable }: { seen: WorkspaceSettings["alerts"]; editable: boolean }) {
  const { draft, setDraft, ...bar } = useSetting("alerts", seen);
  return (
    <div className="max-w-3xl">
      <Row
        label="Gather news of a cause for"
        hint="A thousand failures with one cause make one alert that says how many there were."
      >
        <Seconds
          label="Seconds of gathering"
          unit="s"
          disabled={!editable}
          value={draft.collectSeconds}
          onChange={(collectSeconds) => setDraft({ ...draft, collectSeconds })}
        />
      </Row>
      <Row label="Then keep still about it for" hint="What comes meanwhile is counted and told with the next alert.">
        <Seconds
          label="Minutes of silence"
          unit="min"
          disabled={!editable}
          value={draft.throttleMinutes}
          onChange={(throttleMinutes) => setDraft({ ...draft, throttleMinutes })}
        />
      </Row>
      <Row
        label="Escalate what nobody takes"
        hint="Critical and high exceptions that nobody acknowledged by their due time are told to the next role: support to logistics, all others to the administrators."
      >
        <Switch
          aria-label="Escalate what nobody takes"
          disabled={!editable}
          checked={draft.escalate}
          onCheckedChange={(escalate) => setDraft({ ...draft, escalate })}
        />
      </Row>
      {editable ? <SaveBar {...bar} /> : null}
      {editable ? <MailState /> : null}
    </div>
  );
}

function Row({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <div className="min-w-64 flex-1">
        <div>{label}</div>
        <div className="text-ink-3 text-xs">{hint}</div>
      </div>
      {children}
    </div>
  );
}

function Seconds(props: {
  label: string;
  unit: string;
  disabled: boolean;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <span className="flex items-center gap-2">
      <Input
        type="number"
        aria-label={props.label}
        min={1}
        disabled={props.disabled}
        value={Number.isNaN(props.value) ? "" : props.value}
        onChange={(event) => props.onChange(event.target.valueAsNumber)}
        className="w-20 text-right"
      />
      <span className="w-7 text-ink-3 text-xs">{props.unit}</span>
    </span>
  );
}

function MailState() {
  const trpc = useTRPC();
  const mail = useQuery({ ...trpc.alerts.mail.queryOptions(), refetchInterval: 15_000 });
  const test = useMutation(
    trpc.alerts.sendTestMail.mutationOptions({
      onSuccess: ({ address, said }) => toast.success(`Sent to ${address}. The mail server said: ${said}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  if (!mail.data) return null;
  const { server, from, waiting, oldestWaiting, lastSent, failed, lastError } = mail.data;
  return (
    <section aria-labelledby="mail-state" className="mt-8">
      <h2 id="mail-state" className="mb-1 font-semibold text-sm">
        Mail
      </h2>
      {server ? (
        <>
          <p className="text-ink-2 text-sm">
            Mail goes out by <span className="font-mono text-xs">{server}</span> as {from}.{" "}
            {lastSent ? (
              <>
                The last one went <Time at={lastSent} />.
              </>
            ) : (
              "None has gone out yet."
            )}
          </p>
          {waiting > 0 ? (
            <p className="mt-1 text-late text-sm">
              {formatCount(waiting)} {waiting === 1 ? "mail waits" : "mails wait"}
              {oldestWaiting ? (
                <>
                  , the oldest since <Time at={oldestWaiting} />
                </>
              ) : null}
              .
            </p>
          ) : null}
          {failed > 0 ? (
            <p className="mt-1 text-broken text-sm">
              {formatCount(failed)} could not be delivered within the last week.
            </p>
          ) : null}
          {lastError ? <p className="mt-1 text-ink-3 text-xs">Last trouble: {lastError}</p> : null}
          <Button className="mt-3" busy={test.isPending} onClick={() => test.mutate()}>
            Send me a test mail
          </Button>
        </>
      ) : (
        <p className="text-ink-2 text-sm">
          No mail server is set, so alerts are listed in the app only. Start Waypost with{" "}
          <span className="font-mono text-xs">SMTP_URL</span> to have them mailed.
        </p>
      )}
    </section>
  );
}
