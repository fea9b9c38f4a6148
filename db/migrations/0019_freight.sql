CREATE TABLE "freight_act" (
	"invoice_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"act" text NOT NULL,
	"from_state" text NOT NULL,
	"to_state" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"pay_minor" bigint,
	"seen" jsonb NOT NULL,
	"by_person" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "freight_act_invoice_id_id_pk" PRIMARY KEY("invoice_id","id")
);
--> statement-breakpoint
CREATE TABLE "freight_case" (
	"invoice_id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"verdict" text,
	"version" integer DEFAULT 1 NOT NULL,
	"vendor" text NOT NULL,
	"currency" text,
	"billed_minor" bigint,
	"expected_minor" bigint,
	"over_minor" bigint DEFAULT 0 NOT NULL,
	"under_minor" bigint DEFAULT 0 NOT NULL,
	"matched" text DEFAULT 'none' NOT NULL,
	"objections" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"duplicate_of" uuid[] DEFAULT '{}' NOT NULL,
	"lineage" uuid[] DEFAULT '{}' NOT NULL,
	"pay_minor" bigint,
	"reason" text,
	"first_by" uuid,
	"first_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"received_at" timestamp with time zone NOT NULL,
	"judged_at" timestamp with time zone,
	"review_at" timestamp with time zone,
	"cost_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freight_invoice" (
	"id" uuid PRIMARY KEY NOT NULL,
	"vendor" text NOT NULL,
	"number" text NOT NULL,
	"number_key" text NOT NULL,
	"kind" text NOT NULL,
	"document" text NOT NULL,
	"invoice_date" date,
	"due_date" date,
	"currency" text,
	"total" text,
	"feed_id" integer NOT NULL,
	"message_id" uuid NOT NULL,
	"at" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"correlation_id" text
);
--> statement-breakpoint
CREATE TABLE "freight_line" (
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"line" text NOT NULL,
	"code" text,
	"description" text,
	"implied" text,
	"amount" text NOT NULL,
	CONSTRAINT "freight_line_invoice_id_position_pk" PRIMARY KEY("invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "freight_line_case" (
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"charge" text,
	"shipment_id" uuid,
	"amount_minor" bigint,
	"expected_minor" bigint,
	"verdict" text NOT NULL,
	"rule" text,
	CONSTRAINT "freight_line_case_invoice_id_position_pk" PRIMARY KEY("invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "freight_paid" (
	"vendor" text NOT NULL,
	"number_key" text NOT NULL,
	"kind" text NOT NULL,
	"invoice_id" uuid NOT NULL,
	CONSTRAINT "freight_paid_vendor_number_key_kind_pk" PRIMARY KEY("vendor","number_key","kind")
);
--> statement-breakpoint
CREATE TABLE "freight_reference" (
	"value" text NOT NULL,
	"kind" text NOT NULL,
	"issuer" text DEFAULT '' NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"said" text NOT NULL,
	CONSTRAINT "freight_reference_value_kind_issuer_invoice_id_position_pk" PRIMARY KEY("value","kind","issuer","invoice_id","position")
);
--> statement-breakpoint
ALTER TABLE "posting" ADD COLUMN "invoice_id" uuid;--> statement-breakpoint
CREATE INDEX "freight_case_recent" ON "freight_case" USING btree ("received_at" DESC NULLS FIRST,"invoice_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "freight_case_state" ON "freight_case" USING btree ("state","received_at" DESC NULLS FIRST,"invoice_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "freight_case_vendor" ON "freight_case" USING btree ("vendor","received_at" DESC NULLS FIRST,"invoice_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "freight_case_review" ON "freight_case" USING btree ("review_at") WHERE review_at is not null;--> statement-breakpoint
CREATE INDEX "freight_case_undecided" ON "freight_case" USING btree ("invoice_id") WHERE state in ('open', 'second', 'disputed');--> statement-breakpoint
CREATE INDEX "freight_case_cost" ON "freight_case" USING btree ("cost_at") WHERE cost_at is not null;--> statement-breakpoint
CREATE INDEX "freight_invoice_number" ON "freight_invoice" USING btree ("vendor","number_key");--> statement-breakpoint
CREATE INDEX "freight_invoice_search" ON "freight_invoice" USING btree ("number_key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "freight_invoice_message" ON "freight_invoice" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "freight_line_case_shipment" ON "freight_line_case" USING btree ("shipment_id") WHERE shipment_id is not null;--> statement-breakpoint
CREATE INDEX "freight_line_case_unmatched" ON "freight_line_case" USING btree ("invoice_id") WHERE shipment_id is null;--> statement-breakpoint
CREATE INDEX "freight_reference_invoice" ON "freight_reference" USING btree ("invoice_id");