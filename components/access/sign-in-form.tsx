"use client";
import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/input";

const WRONG = "Sign-in does not work at the moment. Try again in a minute.";

export function SignInForm({ next, email }: { next: string; email?: string }) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const answer = await signIn("credentials", {
        email: form.get("email"),
        password: form.get("password"),
        redirect: false,
      });
      if (answer?.ok) return window.location.assign(next);
      setError(answer?.error && answer.error !== "CredentialsSignin" ? answer.error : WRONG);
    } catch {
      setError("Waypost cannot be reached. Check your network and try again.");
    }
    setBusy(false);
  };
  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-4">
      <Field label="E-mail address">
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={email}
            required
            autoFocus={!email}
            className="h-9"
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus={Boolean(email)}
            className="h-9"
          />
        )}
      </Field>
      {error ? (
        <p role="alert" className="text-broken text-sm">
          {error}
        </p>
      ) : null}
      <Button type="submit" variant="primary" size="lg" busy={busy}>
        Sign in
      </Button>
      <p className="text-ink-3 text-xs">Lost your password? An administrator can give you a link to set a new one.</p>
    </form>
  );
}
