"use client";
import { Button } from "@/components/ui/button";
import { Field, Input, Textarea } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import type { Occasion } from "@/core/notices/occasions";
import { DEFAULT_WORDS, type NoticesSettings } from "@/core/notices/settings";
import { problemOf, VARIABLES } from "@/core/notices/template";

type Words = NoticesSettings["occasions"][Occasion];

/** Subject and text of one occasion; an unknown variable is said at once. */
export function NoticeWording({
  occasion,
  words,
  onChange,
}: {
  occasion: Occasion;
  words: Words;
  onChange: (words: Words) => void;
}) {
  const shipped = DEFAULT_WORDS[occasion];
  const changed = words.subject !== shipped.subject || words.body !== shipped.body;
  return (
    <div className="flex flex-col gap-3">
      <span className="flex items-center gap-2">
        <Switch id="notice-on" checked={words.on} onCheckedChange={(on) => onChange({ ...words, on })} />
        <label htmlFor="notice-on">Tell customers of this</label>
        {changed ? (
          <Button variant="quiet" size="sm" className="ml-auto" onClick={() => onChange({ ...words, ...shipped })}>
            Wording as shipped
          </Button>
        ) : null}
      </span>
      <Field label="Subject" error={problemOf(words.subject)}>
        {(control) => (
          <Input
            {...control}
            maxLength={200}
            value={words.subject}
            onChange={(event) => onChange({ ...words, subject: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Text"
        error={problemOf(words.body)}
        hint={`${VARIABLES.map((one) => `{{${one}}}`).join(" ")}. A line of which something is not known is left out.`}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={11}
            maxLength={4_000}
            value={words.body}
            onChange={(event) => onChange({ ...words, body: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
