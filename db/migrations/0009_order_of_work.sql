CREATE TABLE "quiet_window" (
	"id" uuid PRIMARY KEY NOT NULL,
	"feed_id" integer,
	"carrier" text,
	"kind" text,
	"from_at" timestamp with time zone NOT NULL,
	"to_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"origin" text NOT NULL,
	"by_person" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"begun_at" timestamp with time zone,
	"lifted_at" timestamp with time zone
);
--> statement-breakpoint
DROP INDEX "exception_queue";--> statement-breakpoint
DROP INDEX "exception_queue_state";--> statement-breakpoint
DROP INDEX "exception_queue_kind";--> statement-breakpoint
DROP INDEX "exception_queue_assignee";--> statement-breakpoint
DROP INDEX "exception_queue_feed";--> statement-breakpoint
DROP INDEX "exception_queue_money";--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "owner_chosen" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "wake_opened" bigint;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "wake_rank" smallint;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "wake_rate" double precision;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "with_cause" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "window_id" uuid;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "work_rank" smallint;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "work_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "deadline_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "deadline_kind" text;--> statement-breakpoint
ALTER TABLE "exception_group" ADD COLUMN "settled_by" uuid;--> statement-breakpoint
ALTER TABLE "exception_snooze" ADD COLUMN "until" timestamp with time zone;--> statement-breakpoint
UPDATE "exception" SET work_rank = rank, work_at = due_at, owner_chosen = assignee_id is not null;--> statement-breakpoint
ALTER TABLE "exception" ALTER COLUMN "work_rank" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "exception" ALTER COLUMN "work_at" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "quiet_window_live" ON "quiet_window" USING btree ("from_at") WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "quiet_window_recent" ON "quiet_window" USING btree ("created_at" DESC NULLS FIRST,"id");--> statement-breakpoint
CREATE INDEX "exception_work" ON "exception" USING btree ("work_rank","work_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_work_state" ON "exception" USING btree ("state","work_rank","work_at","id");--> statement-breakpoint
CREATE INDEX "exception_work_kind" ON "exception" USING btree ("kind","work_rank","work_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_work_assignee" ON "exception" USING btree ("assignee_id","work_rank","work_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_work_team" ON "exception" USING btree ("team_id","work_rank","work_at","id") WHERE state <> 'resolved' and team_id is not null;--> statement-breakpoint
CREATE INDEX "exception_work_feed" ON "exception" USING btree ("feed_id","work_rank","work_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_lapse" ON "exception" USING btree ("rank","due_at") WHERE state = 'open' and rank <= 1;--> statement-breakpoint
CREATE INDEX "exception_group_risk" ON "exception" USING btree ("group_id","stake_currency","risk_minor","deadline_at") WHERE state in ('open', 'acknowledged') and risk_minor > 0;--> statement-breakpoint
CREATE INDEX "exception_put_away" ON "exception" USING btree ("group_id","wake_opened") WHERE state = 'snoozed';--> statement-breakpoint
CREATE INDEX "exception_suppressed" ON "exception" USING btree ("window_id") WHERE state = 'suppressed';