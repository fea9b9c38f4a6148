import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ChangePasswordForm } from "@/components/access/change-password-form";
import { WishesForm } from "@/components/alerts/wishes-form";
import { PageHeader } from "@/components/shell/page-header";
import { serverApi } from "@/server/api/rsc";
import { getActor } from "@/server/auth";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  if (!(await getActor())) redirect("/sign-in");
  const me = await (await serverApi()).access.me();
  return (
    <>
      <PageHeader title="Your account" note={me.email} />
      <section className="px-4 pb-8">
        <h2 className="mb-2 font-semibold text-sm">Alerts by mail</h2>
        <WishesForm />
      </section>
      <section className="px-4 pb-8">
        <h2 className="mb-3 font-semibold text-sm">Password</h2>
        <ChangePasswordForm />
      </section>
    </>
  );
}
