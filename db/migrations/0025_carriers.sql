CREATE TABLE "carrier_cell" (
	"id" serial PRIMARY KEY NOT NULL,
	"level" text NOT NULL,
	"carrier" text NOT NULL,
	"said" text NOT NULL,
	"service" text NOT NULL,
	"lane" text NOT NULL,
	"warehouse" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "carrier_day" (
	"cell_id" integer NOT NULL,
	"day" date NOT NULL,
	"pickup_due" integer DEFAULT 0 NOT NULL,
	"picked_up_in_time" integer DEFAULT 0 NOT NULL,
	"delivery_due" integer DEFAULT 0 NOT NULL,
	"delivered_in_time" integer DEFAULT 0 NOT NULL,
	"tried_in_time" integer DEFAULT 0 NOT NULL,
	"handed_over" integer DEFAULT 0 NOT NULL,
	"handed_over_delivered" integer DEFAULT 0 NOT NULL,
	"troubled" integer DEFAULT 0 NOT NULL,
	"delivered" integer DEFAULT 0 NOT NULL,
	"damaged" integer DEFAULT 0 NOT NULL,
	"ended" integer DEFAULT 0 NOT NULL,
	"attempted" integer DEFAULT 0 NOT NULL,
	"first_time" integer DEFAULT 0 NOT NULL,
	"proof_due" integer DEFAULT 0 NOT NULL,
	"proof_in_time" integer DEFAULT 0 NOT NULL,
	"proof_known" integer DEFAULT 0 NOT NULL,
	"bills_checked" integer DEFAULT 0 NOT NULL,
	"bills_clean" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "carrier_day_cell_id_day_pk" PRIMARY KEY("cell_id","day")
);
--> statement-breakpoint
CREATE TABLE "carrier_fact" (
	"subject_id" uuid PRIMARY KEY NOT NULL,
	"cells" integer[] NOT NULL,
	"counted" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "carrier_progress" (
	"name" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"id" uuid NOT NULL,
	"rules" text NOT NULL,
	"caught_up_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "carrier_spread" (
	"cell_id" integer NOT NULL,
	"spread" text NOT NULL,
	"day" date NOT NULL,
	"key" text NOT NULL,
	"n" bigint NOT NULL,
	CONSTRAINT "carrier_spread_cell_id_spread_day_key_pk" PRIMARY KEY("cell_id","spread","day","key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "carrier_cell_once" ON "carrier_cell" USING btree ("carrier","service","lane","warehouse");--> statement-breakpoint
CREATE INDEX "carrier_cell_level" ON "carrier_cell" USING btree ("level","carrier");--> statement-breakpoint
CREATE INDEX "freight_case_changed" ON "freight_case" USING btree ("updated_at","invoice_id");