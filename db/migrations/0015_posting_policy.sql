CREATE TABLE "degraded_rule" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "degraded_rule_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"connection_id" integer,
	"feed_id" integer,
	"rule" text NOT NULL,
	"kinds" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"via_connection_id" integer,
	"person_id" uuid,
	"window_id" uuid,
	"told_until" timestamp with time zone,
	"reason" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"started_by" text NOT NULL,
	"lifted_at" timestamp with time zone,
	"lifted_by" text,
	"tally" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
DROP INDEX "posting_due";--> statement-breakpoint
ALTER TABLE "odoo_connection" ADD COLUMN "policies" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "odoo_connection" ADD COLUMN "paused_classes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "odoo_connection" ADD COLUMN "pace" jsonb;--> statement-breakpoint
ALTER TABLE "posting" ADD COLUMN "urgency" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "degraded_rule_connection" ON "degraded_rule" USING btree ("connection_id") WHERE lifted_at is null and connection_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "degraded_rule_feed" ON "degraded_rule" USING btree ("feed_id") WHERE lifted_at is null and feed_id is not null;--> statement-breakpoint
CREATE INDEX "degraded_rule_started" ON "degraded_rule" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "posting_ready" ON "posting" USING btree ("connection_id","urgency","due_at","sequence") WHERE state = 'planned';--> statement-breakpoint
CREATE INDEX "posting_unanswered" ON "posting" USING btree ("connection_id","due_at") WHERE state = 'unconfirmed';--> statement-breakpoint
CREATE INDEX "posting_waiting" ON "posting" USING btree ("connection_id","due_at") WHERE state = 'held' and held_because in ('window', 'interval');