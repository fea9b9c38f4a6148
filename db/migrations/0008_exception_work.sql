CREATE TABLE "exception_snooze" (
	"group_id" uuid PRIMARY KEY NOT NULL,
	"mode" text NOT NULL,
	"opened_before" bigint NOT NULL,
	"more" integer,
	"baseline_per_hour" double precision,
	"by_person" uuid,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exception_step" (
	"home_id" uuid NOT NULL,
	"exception_id" uuid NOT NULL,
	"step" text NOT NULL,
	"by_person" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "exception_step_home_id_exception_id_step_pk" PRIMARY KEY("home_id","exception_id","step")
);
--> statement-breakpoint
CREATE TABLE "shipment_likeness" (
	"likeness" uuid NOT NULL,
	"shipment_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "shipment_likeness_likeness_shipment_id_pk" PRIMARY KEY("likeness","shipment_id")
);
--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "party" text DEFAULT 'other' NOT NULL;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "stake_minor" bigint;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "stake_currency" text;--> statement-breakpoint
ALTER TABLE "exception" ADD COLUMN "risk_minor" bigint;--> statement-breakpoint
ALTER TABLE "exception_group" ADD COLUMN "settled_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "shipment_likeness_age" ON "shipment_likeness" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "exception_queue_money" ON "exception" USING btree ("risk_minor" DESC NULLS FIRST,"due_at","id") WHERE state <> 'resolved' and risk_minor is not null;
--> statement-breakpoint
UPDATE "exception" SET party = CASE
	WHEN kind IN ('event_flood', 'implausible_time', 'late_update', 'missing_milestone', 'first_scan_late', 'scan_late', 'delivery_late', 'delivery_at_risk', 'held', 'damaged', 'lost', 'misrouted', 'status_regression', 'pod_missing') THEN 'carrier'
	WHEN kind IN ('unknown_shipment', 'ambiguous_match', 'duplicate_shipment', 'label_failed', 'dispatch_late', 'address_mismatch', 'short', 'tracking_mismatch', 'quantity_mismatch', 'posting_rejected', 'odoo_unreachable', 'odoo_drift') THEN 'shipper'
	WHEN kind IN ('delivery_failed', 'return_unannounced') THEN 'consignee'
	WHEN kind IN ('customs_hold') THEN 'customs'
	ELSE party END WHERE state <> 'resolved';
