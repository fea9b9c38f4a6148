"use client";
import { useMutation } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import type { FormEvent } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { NewPassword, useNewPassword } from "./new-password";

/** Sets the password of a one-time link, then signs in with it. */
export function WelcomeForm({ token, email }: { token: string; email: string }) {
  const trpc = useTRPC();
  const password = useNewPassword();
  const set = useMutation(
    trpc.access.welcome.mutationOptions({
      onSuccess: async () => {
        const answer = await signIn("credentials", { email, password: password.value, redirect: false });
        window.location.assign(answer?.ok ? "/" : `/sign-in?email=${encodeURIComponent(email)}`);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password.check()) set.mutate({ token, password: password.value });
  };
  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-4">
      <Input type="email" autoComplete="username" value={email} readOnly hidden aria-hidden tabIndex={-1} />
      <NewPassword password={password} />
      {set.error ? (
        <p role="alert" className="text-broken text-sm">
          {set.error.message}
        </p>
      ) : null}
      <Button type="submit" variant="primary" size="lg" busy={set.isPending || set.isSuccess}>
        Set password and sign in
      </Button>
    </form>
  );
}
