CREATE TABLE "readiness_item" (
	"shipment_id" uuid NOT NULL,
	"list" text NOT NULL,
	"connection_id" integer NOT NULL,
	"picking_id" integer NOT NULL,
	"name" text NOT NULL,
	"order_name" text,
	"customer" text,
	"carrier" text,
	"warehouse" text,
	"since" timestamp with time zone NOT NULL,
	"lines" jsonb NOT NULL,
	"value_minor" bigint,
	"currency" text,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "readiness_item_shipment_id_list_pk" PRIMARY KEY("shipment_id","list")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_count" (
	"day" date NOT NULL,
	"connection_id" integer NOT NULL,
	"pair" text NOT NULL,
	"aspect" text NOT NULL,
	"verdict" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "reconciliation_count_day_connection_id_pair_aspect_verdict_pk" PRIMARY KEY("day","connection_id","pair","aspect","verdict")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_decision" (
	"shipment_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"aspect" text NOT NULL,
	"decision" text NOT NULL,
	"ours" text NOT NULL,
	"theirs" text NOT NULL,
	"reason" text,
	"changed_by" text,
	"changed_at" timestamp with time zone,
	"by_person" uuid,
	"by_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "reconciliation_decision_shipment_id_id_pk" PRIMARY KEY("shipment_id","id")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_progress" (
	"connection_id" integer PRIMARY KEY NOT NULL,
	"seen_to" timestamp with time zone,
	"seen_id" uuid,
	"last_day" date,
	"last_run_id" uuid
);
--> statement-breakpoint
CREATE TABLE "reconciliation_row" (
	"day" date NOT NULL,
	"shipment_id" uuid NOT NULL,
	"known" boolean NOT NULL,
	"connection_id" integer NOT NULL,
	"picking_id" integer NOT NULL,
	"name" text NOT NULL,
	"carrier" text,
	"warehouse" text,
	"letters" text NOT NULL,
	"aspects" text[] NOT NULL,
	"causes" text[] NOT NULL,
	"open" smallint NOT NULL,
	"differences" jsonb,
	"run_id" uuid,
	"compared_at" timestamp with time zone NOT NULL,
	CONSTRAINT "reconciliation_row_shipment_id_day_pk" PRIMARY KEY("shipment_id","day")
);
--> statement-breakpoint
ALTER TABLE "posting" ADD COLUMN "accepted" jsonb;--> statement-breakpoint
CREATE INDEX "readiness_item_list" ON "readiness_item" USING btree ("list","since","shipment_id");--> statement-breakpoint
CREATE INDEX "reconciliation_row_day" ON "reconciliation_row" USING btree ("day","shipment_id");--> statement-breakpoint
CREATE INDEX "reconciliation_row_open" ON "reconciliation_row" USING btree ("day","shipment_id") WHERE open > 0;--> statement-breakpoint
CREATE INDEX "reconciliation_row_again" ON "reconciliation_row" USING btree ("day","compared_at") WHERE open > 0;