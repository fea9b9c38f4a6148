import {
  classInput,
  connectionChangeInput,
  connectionIdInput,
  connectionTestInput,
  kindInput,
  kindPolicyInput,
  newConnectionInput,
  openNowInput,
  setUpInput,
  switchKindInput,
} from "@/core/odoo/connection-input";
import { connectOdoo } from "../../odoo/connect";
import { dryRunKind } from "../../odoo/dry-run-kind";
import { hintAddress, rotateHint } from "../../odoo/hint";
import { openKindNow } from "../../odoo/open-now";
import { getConnection, readConnections } from "../../odoo/overview";
import { pauseConnection } from "../../odoo/pause";
import { pauseClass } from "../../odoo/pause-class";
import { pauseHistoryOf } from "../../odoo/pause-history";
import { resumeConnection } from "../../odoo/resume";
import { resumeClass } from "../../odoo/resume-class";
import { resumeHistoryOf } from "../../odoo/resume-history";
import { setKindPolicy } from "../../odoo/set-policy";
import { setUpStatusField } from "../../odoo/set-up-status-field";
import { switchKind } from "../../odoo/switch-kind";
import { testOdoo } from "../../odoo/test";
import { updateConnection } from "../../odoo/update";
import { allowed, router } from "../trpc";

const readable = allowed("odoo:read");
const manage = allowed("odoo:manage");

export const odooRouter = router({
  list: readable.query(({ ctx: { ctx } }) => readConnections(ctx)),
  get: readable.input(connectionIdInput).query(({ ctx: { ctx }, input }) => getConnection(ctx, input.id)),

  connect: manage
    .input(newConnectionInput)
    .mutation(({ ctx: { ctx, actor }, input }) => connectOdoo(ctx, actor, input)),
  update: manage
    .input(connectionChangeInput)
    .mutation(({ ctx: { ctx, actor }, input }) => updateConnection(ctx, actor, input)),
  test: manage.input(connectionTestInput).mutation(({ ctx: { ctx, actor }, input }) => testOdoo(ctx, actor, input)),
  dryRunKind: manage.input(kindInput).mutation(({ ctx: { ctx, actor }, input }) => dryRunKind(ctx, actor, input)),
  switchKind: manage.input(switchKindInput).mutation(({ ctx: { ctx, actor }, input }) => switchKind(ctx, actor, input)),
  setPolicy: manage
    .input(kindPolicyInput)
    .mutation(({ ctx: { ctx, actor }, input }) => setKindPolicy(ctx, actor, input)),
  openNow: allowed("postings:repost")
    .input(openNowInput)
    .mutation(({ ctx: { ctx, actor }, input }) => openKindNow(ctx, actor, input)),
  pauseClass: manage.input(classInput).mutation(({ ctx: { ctx, actor }, input }) => pauseClass(ctx, actor, input)),
  resumeClass: manage.input(classInput).mutation(({ ctx: { ctx, actor }, input }) => resumeClass(ctx, actor, input)),
  setUpStatusField: manage
    .input(setUpInput)
    .mutation(({ ctx: { ctx, actor }, input }) => setUpStatusField(ctx, actor, input)),
  /** Where Odoo's own webhook asks for a look; holds the secret. */
  hint: manage.input(connectionIdInput).query(({ ctx: { ctx, actor }, input }) => hintAddress(ctx, actor, input.id)),
  rotateHint: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => rotateHint(ctx, actor, input.id)),
  pauseHistory: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => pauseHistoryOf(ctx, actor, input)),
  resumeHistory: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => resumeHistoryOf(ctx, actor, input)),
  pause: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => pauseConnection(ctx, actor, input)),
  resume: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => resumeConnection(ctx, actor, input)),
});
