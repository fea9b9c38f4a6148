import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import Link from "next/link";
import { Door } from "@/components/access/door";
import { WelcomeForm } from "@/components/access/welcome-form";
import { Button } from "@/components/ui/button";
import { serverApi } from "@/server/api/rsc";

export const metadata: Metadata = { title: "Set your password" };

async function read(token: string) {
  try {
    return await (await serverApi()).access.readLink({ token });
  } catch (error) {
    if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return error.message;
    throw error;
  }
}

export default async function WelcomePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const link = await read(token);
  if (typeof link === "string") {
    return (
      <Door title="This link does not work">
        <p className="mb-4 text-ink-2">{link}</p>
        <Button asChild>
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </Door>
    );
  }
  return (
    <Door title={link.purpose === "invitation" ? `Welcome, ${link.name}` : "Set a new password"}>
      <p className="mb-4 text-ink-2">
        For <span className="font-medium text-ink">{link.email}</span>. This link works once.
      </p>
      <WelcomeForm token={token} email={link.email} />
    </Door>
  );
}
