"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Section } from "@/components/ui/side-panel";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { fieldsNamed, type LabelField } from "@/core/exceptions/label-fields";
import { AddressRemedy } from "./address-remedy";
import { type ExceptionDetail, useRefreshRows } from "./rows";

const ON_ADDRESS: ReadonlySet<LabelField> = new Set(["postcode", "address", "name", "country"]);
const NOBODY = "nobody";

/** The carrier's own words, the field they name, and the request for another label; it waits until the label comes. */
export function LabelRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const may = useMay("exceptions:snooze");
  const mayAssign = useMay("exceptions:assign");
  const colleagues = useQuery({ ...trpc.access.colleagues.queryOptions(), enabled: mayAssign });
  const words = messageOf(exception);
  const fields = fieldsNamed(words.join(" "));
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<string>(exception.assigneeId ?? NOBODY);
  const ask = useMutation(
    trpc.exceptions.askLabel.mutationOptions({
      onSuccess: () => {
        toast.success("Asked. It comes back by itself if no label comes within a day.");
        setText("");
        refresh([], {});
      },
      onError: (error) => {
        toast.error(error.message);
        refresh([], {});
      },
    }),
  );
  const waiting = exception.state === "snoozed";
  return (
    <>
      <Section title="What the carrier says">
        <blockquote className="border-medium border-l-2 pl-2">
          {words.length === 0 ? <span className="text-ink-3">It gave no words.</span> : null}
          {words.map((word) => (
            <p key={word} className="break-words">
              {word}
            </p>
          ))}
        </blockquote>
        <p className="mt-2 text-ink-2">
          {fields.length > 0
            ? `To be mended: ${fields.join(", ")}.`
            : "It names no field; compare the booking with the order."}
        </p>
      </Section>
      {fields.some((field) => ON_ADDRESS.has(field)) ? <AddressRemedy exception={exception} /> : null}
      <Section title="Ask for the label again">
        {waiting ? (
          <p className="mb-2 text-ink-2">
            It waits for the label until <Time at={exception.snoozedUntil} show="both" />, and closes by itself when one
            comes.
          </p>
        ) : null}
        {may ? (
          <div className="flex flex-col gap-2">
            <Field label="What was corrected" hint="Stands in the note here, and in what the person is told.">
              {(control) => (
                <Textarea
                  {...control}
                  value={text}
                  maxLength={1000}
                  placeholder="Postcode is 01067 now; please print the label again"
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
            <div className="flex flex-wrap items-end gap-2">
              <Field label="Who is asked" className="min-w-44">
                {(control) => (
                  <Select
                    {...control}
                    value={asked}
                    onChange={setAsked}
                    choices={[
                      { value: NOBODY, label: "Nobody, only note it" },
                      ...(colleagues.data ?? []).map((one) => ({ value: one.id, label: one.name })),
                    ]}
                  />
                )}
              </Field>
              <Button
                variant="primary"
                disabled={text.trim().length < 3}
                busy={ask.isPending}
                onClick={() =>
                  ask.mutate({
                    target: {
                      ids: [exception.id],
                      seen: { [exception.id]: { state: exception.state, assigneeId: exception.assigneeId } },
                    },
                    text: text.trim(),
                    personId: asked === NOBODY ? null : asked,
                  })
                }
              >
                Ask and wait for it
              </Button>
            </div>
            <p className="text-ink-3 text-xs">
              No carrier is called from here. The exception leaves the queue for a day; if no label comes, it is back.
            </p>
          </div>
        ) : (
          <p className="text-ink-3">Asking again needs the right exceptions:snooze.</p>
        )}
      </Section>
    </>
  );
}

function messageOf({ evidence }: ExceptionDetail): string[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  const { description, reason, code } = evidence;
  // a code says more than nothing, but the carrier's sentence says it better
  const said = [description, reason, description ? null : code].filter(
    (one): one is string => typeof one === "string" && one !== "",
  );
  return [...new Set(said)];
}
