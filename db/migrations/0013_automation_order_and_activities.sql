CREATE TABLE "odoo_activity" (
	"connection_id" integer NOT NULL,
	"picking_id" integer NOT NULL,
	"exception_id" uuid NOT NULL,
	"activity_id" integer,
	"ended_at" timestamp with time zone,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "odoo_activity_connection_id_picking_id_exception_id_pk" PRIMARY KEY("connection_id","picking_id","exception_id")
);
--> statement-breakpoint
ALTER TABLE "automation_act" ADD COLUMN "before" jsonb;--> statement-breakpoint
ALTER TABLE "automation_act" ADD COLUMN "after" jsonb;--> statement-breakpoint
ALTER TABLE "automation_act" ADD COLUMN "undone_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "automation_rule" ADD COLUMN "place" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "odoo_activity_look" ON "odoo_activity" USING btree ("connection_id","looked_at");