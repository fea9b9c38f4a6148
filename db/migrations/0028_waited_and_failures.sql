ALTER TABLE "odoo_connection" ADD COLUMN "failure_percent" integer DEFAULT 5 NOT NULL;--> statement-breakpoint
ALTER TABLE "odoo_connection" ADD COLUMN "failures" jsonb;--> statement-breakpoint
ALTER TABLE "posting" ADD COLUMN "held_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "posting" ADD COLUMN "waited_ms" bigint DEFAULT 0 NOT NULL;