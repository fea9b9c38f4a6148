CREATE TABLE "feed_catch_up" (
	"feed_id" integer PRIMARY KEY NOT NULL,
	"settings" jsonb NOT NULL,
	"sealed_key" "bytea",
	"key_hint" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ask_from" timestamp with time zone,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"asked_at" timestamp with time zone,
	"asked_through" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"found" integer DEFAULT 0 NOT NULL,
	"stored" integer DEFAULT 0 NOT NULL,
	"recovered" integer DEFAULT 0 NOT NULL,
	"recovered_ever" bigint DEFAULT 0 NOT NULL,
	"count_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "feed_catch_up" ADD CONSTRAINT "feed_catch_up_feed_id_feed_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."feed"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "message_recovered" ON "message" USING btree ("feed_id","received_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE name like 'recovered %';