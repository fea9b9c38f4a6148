CREATE TABLE "automation_act" (
	"rule_id" uuid NOT NULL,
	"exception_id" uuid NOT NULL,
	"result" text NOT NULL,
	"reason" text,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "automation_act_rule_id_exception_id_pk" PRIMARY KEY("rule_id","exception_id")
);
--> statement-breakpoint
CREATE TABLE "automation_rule" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"says" jsonb NOT NULL,
	"is_on" boolean DEFAULT false NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"suggestion_id" uuid,
	"acted" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL,
	"last_acted_at" timestamp with time zone,
	"on_since" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"updated_by" uuid,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "automation_suggestion" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"says" jsonb NOT NULL,
	"times" integer NOT NULL,
	"people" integer NOT NULL,
	"share" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"examples" jsonb NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"rule_id" uuid,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "saved_view" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"shared" boolean DEFAULT false NOT NULL,
	"shows" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "saved_view_default" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"view_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "by_rule" uuid;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "undoes" uuid;--> statement-breakpoint
CREATE INDEX "automation_act_recent" ON "automation_act" USING btree ("rule_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "automation_rule_name" ON "automation_rule" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "automation_suggestion_once" ON "automation_suggestion" USING btree ("fingerprint");--> statement-breakpoint
CREATE INDEX "automation_suggestion_open" ON "automation_suggestion" USING btree ("times" DESC NULLS FIRST,"id") WHERE state = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "saved_view_name" ON "saved_view" USING btree ("person_id",lower("name"));--> statement-breakpoint
CREATE INDEX "saved_view_shared" ON "saved_view" USING btree ("name") WHERE shared;--> statement-breakpoint
CREATE INDEX "exception_kind_opened" ON "exception" USING btree ("kind","opened_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "run_undone_once" ON "run" USING btree ("undoes") WHERE undoes is not null;