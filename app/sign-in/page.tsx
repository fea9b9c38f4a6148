import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Door } from "@/components/access/door";
import { SignInForm } from "@/components/access/sign-in-form";
import { safePath } from "@/core/access/next-path";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Sign in" };

const one = (value: string | string[] | undefined) => (typeof value === "string" ? value : undefined);

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const search = await searchParams;
  const next = safePath(one(search.next));
  if (await getActor()) redirect(next);
  return (
    <Door title="Sign in">
      <SignInForm next={next} email={one(search.email)?.slice(0, 254)} />
    </Door>
  );
}
