import {
  connectionChangeInput,
  connectionIdInput,
  connectionTestInput,
  kindInput,
  newConnectionInput,
  switchKindInput,
} from "@/core/odoo/connection-input";
import { connectOdoo } from "../../odoo/connect";
import { dryRunKind } from "../../odoo/dry-run-kind";
import { getConnection, readConnections } from "../../odoo/overview";
import { pauseConnection } from "../../odoo/pause";
import { resumeConnection } from "../../odoo/resume";
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
  pause: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => pauseConnection(ctx, actor, input)),
  resume: manage
    .input(connectionIdInput)
    .mutation(({ ctx: { ctx, actor }, input }) => resumeConnection(ctx, actor, input)),
});
