"use client";
import { useMutation } from "@tanstack/react-query";
import { signOut } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/input";
import { NewPassword, useNewPassword } from "./new-password";

/** Changes one's own password. All one's sessions end, this one too. */
export function ChangePasswordForm() {
  const trpc = useTRPC();
  const [current, setCurrent] = useState("");
  const password = useNewPassword();
  const change = useMutation(
    trpc.access.changePassword.mutationOptions({ onSuccess: () => signOut({ callbackUrl: "/sign-in" }) }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password.check()) change.mutate({ current, next: password.value });
  };
  return (
    <form method="post" onSubmit={submit} className="flex max-w-sm flex-col gap-4">
      <Field label="Present password">
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
            className="h-9"
          />
        )}
      </Field>
      <NewPassword password={password} />
      {change.error ? (
        <p role="alert" className="text-broken text-sm">
          {change.error.message}
        </p>
      ) : null}
      <p className="text-ink-3 text-xs">You are signed out everywhere and sign in again with the new password.</p>
      <div>
        <Button type="submit" variant="primary" busy={change.isPending || change.isSuccess}>
          Change password
        </Button>
      </div>
    </form>
  );
}
