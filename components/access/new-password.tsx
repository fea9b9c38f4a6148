"use client";
import { useState } from "react";
import { Field, Input } from "@/components/ui/input";
import { passwordSchema } from "@/core/access/person";

/** A new password typed twice; `check` says what is wrong beside the field it is about. */
export function useNewPassword() {
  const [value, setValue] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState<{ value?: string; again?: string }>({});
  const check = (): boolean => {
    const parsed = passwordSchema.safeParse(value);
    const found = {
      ...(parsed.success ? {} : { value: parsed.error.issues[0]?.message ?? "This password cannot be used." }),
      ...(value === again ? {} : { again: "The two passwords differ." }),
    };
    setErrors(found);
    return Object.keys(found).length === 0;
  };
  return { value, setValue, again, setAgain, errors, check };
}

export function NewPassword({ password }: { password: ReturnType<typeof useNewPassword> }) {
  return (
    <>
      <Field
        label="New password"
        hint="At least 12 characters. A few words are easier than symbols."
        error={password.errors.value}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            required
            maxLength={200}
            value={password.value}
            onChange={(event) => password.setValue(event.target.value)}
            className="h-9"
          />
        )}
      </Field>
      <Field label="The same again" error={password.errors.again}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            required
            maxLength={200}
            value={password.again}
            onChange={(event) => password.setAgain(event.target.value)}
            className="h-9"
          />
        )}
      </Field>
    </>
  );
}
