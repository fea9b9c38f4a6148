ALTER TABLE "exception" ADD COLUMN "lost_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "lost_minor" bigint;--> statement-breakpoint
CREATE INDEX "exception_facets" ON "exception" USING btree ("group_id","rank","state","assignee_id","team_id","feed_id","party","due_at","stake_currency","risk_minor","work_rank","kind") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_losing" ON "exception" USING btree ("deadline_at") WHERE state <> 'resolved' and risk_minor > 0 and lost_at is null;--> statement-breakpoint
CREATE INDEX "exception_lost" ON "exception" USING btree ("lost_at" DESC NULLS FIRST) WHERE lost_at is not null;