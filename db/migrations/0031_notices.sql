CREATE TABLE "notice" (
	"shipment_id" uuid NOT NULL,
	"occasion" text NOT NULL,
	"id" uuid NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"held" boolean DEFAULT false NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"feed_id" integer,
	"message_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"address" text,
	CONSTRAINT "notice_shipment_id_occasion_pk" PRIMARY KEY("shipment_id","occasion")
);
--> statement-breakpoint
CREATE INDEX "notice_due" ON "notice" USING btree ("due_at","id") WHERE state = 'planned';--> statement-breakpoint
CREATE INDEX "notice_recent" ON "notice" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "notice_by_state" ON "notice" USING btree ("state","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);