CREATE TABLE "message_revision" (
	"message_id" uuid NOT NULL,
	"number" smallint NOT NULL,
	"body" "bytea",
	"by_person" uuid,
	"by_name" text NOT NULL,
	"why" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "message_revision_message_id_number_pk" PRIMARY KEY("message_id","number")
);
--> statement-breakpoint
ALTER TABLE "interpretation" ADD COLUMN "revision" smallint;