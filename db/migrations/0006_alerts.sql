CREATE TABLE "alert_clock" (
	"id" smallint PRIMARY KEY NOT NULL,
	"seen_until" timestamp with time zone NOT NULL,
	"due_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_group" (
	"group_id" uuid PRIMARY KEY NOT NULL,
	"told" bigint NOT NULL,
	"pending_since" timestamp with time zone,
	"alerted_at" timestamp with time zone,
	"standing" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exception_watch" (
	"exception_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"since" timestamp with time zone NOT NULL,
	CONSTRAINT "exception_watch_exception_id_person_id_pk" PRIMARY KEY("exception_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "mail" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"text" text NOT NULL,
	"html" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "notification" (
	"person_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"href" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "notification_person_id_id_pk" PRIMARY KEY("person_id","id")
);
--> statement-breakpoint
CREATE INDEX "alert_group_watched" ON "alert_group" USING btree ("group_id") WHERE standing or pending_since is not null;--> statement-breakpoint
CREATE INDEX "mail_due" ON "mail" USING btree ("due_at","id") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "mail_ended" ON "mail" USING btree ("ended_at" DESC NULLS FIRST) WHERE state <> 'waiting';--> statement-breakpoint
CREATE INDEX "notification_unread" ON "notification" USING btree ("person_id","id") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "notification_old" ON "notification" USING btree ("at");--> statement-breakpoint
-- what stands when alerts arrive was seen by people already
INSERT INTO "alert_group" ("group_id", "told", "standing") SELECT "group_id", sum("opened"), false FROM "exception_group_count" GROUP BY "group_id";
