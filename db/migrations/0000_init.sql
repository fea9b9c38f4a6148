CREATE TABLE "api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"subject" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text,
	"correlation_id" text,
	CONSTRAINT "audit_id_at_pk" PRIMARY KEY("id","at")
) PARTITION BY RANGE ("at");--> statement-breakpoint
CREATE TABLE "audit_default" PARTITION OF "audit" DEFAULT;
--> statement-breakpoint
CREATE TABLE "heartbeat" (
	"process" text NOT NULL,
	"role" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"beat_at" timestamp with time zone NOT NULL,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"ok" boolean DEFAULT true NOT NULL,
	CONSTRAINT "heartbeat_process_pk" PRIMARY KEY("process")
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"state" text NOT NULL,
	"password_hash" text,
	"session_version" integer DEFAULT 1 NOT NULL,
	"failed_sign_ins" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone,
	"last_sign_in_at" timestamp with time zone,
	"odoo_login" text,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person_link" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"created_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "setting" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_by" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exception" (
	"home_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"occurrence" text NOT NULL,
	"severity" text NOT NULL,
	"rank" smallint NOT NULL,
	"state" text NOT NULL,
	"group_id" uuid NOT NULL,
	"shipment_id" uuid,
	"message_id" uuid,
	"feed_id" integer,
	"connection_id" integer,
	"posting_key" text,
	"text" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"evidence_hash" text NOT NULL,
	"owner_role" text NOT NULL,
	"assignee_id" uuid,
	"opened_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" uuid,
	"snoozed_until" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"resolved_by" uuid,
	"resolution" text,
	"correlation_id" text,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "exception_home_id_id_pk" PRIMARY KEY("home_id","id")
);
--> statement-breakpoint
CREATE TABLE "exception_group" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"kind" text NOT NULL,
	"cause" text NOT NULL,
	"feed_id" integer,
	"connection_id" integer,
	"first_seen" timestamp with time zone NOT NULL,
	"regressed" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exception_group_count" (
	"group_id" uuid NOT NULL,
	"slot" smallint NOT NULL,
	"opened" bigint DEFAULT 0 NOT NULL,
	"closed" bigint DEFAULT 0 NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	CONSTRAINT "exception_group_count_group_id_slot_pk" PRIMARY KEY("group_id","slot")
);
--> statement-breakpoint
CREATE TABLE "exception_note" (
	"home_id" uuid NOT NULL,
	"exception_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"by_person" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exception_note_home_id_exception_id_id_pk" PRIMARY KEY("home_id","exception_id","id")
);
--> statement-breakpoint
CREATE TABLE "acknowledgement" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"feed_id" integer NOT NULL,
	"file_name" text NOT NULL,
	"content_type" text NOT NULL,
	"body" text NOT NULL,
	"accepted" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"written_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "crosswalk_entry" (
	"feed_id" integer NOT NULL,
	"kind" text NOT NULL,
	"word" text NOT NULL,
	"since" integer NOT NULL,
	"until" integer,
	"to" text NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "crosswalk_entry_feed_id_kind_word_since_pk" PRIMARY KEY("feed_id","kind","word","since")
);
--> statement-breakpoint
CREATE TABLE "feed" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feed_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"adapter" text NOT NULL,
	"class" text NOT NULL,
	"way_in" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"verify" text NOT NULL,
	"verify_settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"zone" text,
	"skew_minutes" integer,
	"silence_minutes" integer,
	"rate_per_second" integer DEFAULT 1000 NOT NULL,
	"rate_burst" integer DEFAULT 2000 NOT NULL,
	"max_bytes" integer DEFAULT 5242880 NOT NULL,
	"max_batch_bytes" integer DEFAULT 33554432 NOT NULL,
	"urgency" integer DEFAULT 1 NOT NULL,
	"folder" text,
	"connection_id" integer,
	"owner" text,
	"generation" integer DEFAULT 1 NOT NULL,
	"mapping_version" integer DEFAULT 1 NOT NULL,
	"acknowledge_number" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feed_counter" (
	"feed_id" integer NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"slot" integer NOT NULL,
	"received" bigint DEFAULT 0 NOT NULL,
	"duplicates" bigint DEFAULT 0 NOT NULL,
	"rejected" bigint DEFAULT 0 NOT NULL,
	"limited" bigint DEFAULT 0 NOT NULL,
	"interpreted" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"ignored" bigint DEFAULT 0 NOT NULL,
	"events" bigint DEFAULT 0 NOT NULL,
	"repeated_events" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "feed_counter_feed_id_hour_slot_pk" PRIMARY KEY("feed_id","hour","slot")
);
--> statement-breakpoint
CREATE TABLE "feed_file" (
	"feed_id" integer NOT NULL,
	"name" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"message_id" uuid,
	"size" bigint NOT NULL,
	"state" text NOT NULL,
	"why" text,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feed_file_feed_id_name_digest_pk" PRIMARY KEY("feed_id","name","digest")
);
--> statement-breakpoint
CREATE TABLE "feed_secret" (
	"id" uuid PRIMARY KEY NOT NULL,
	"feed_id" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "mapping_version" (
	"feed_id" integer NOT NULL,
	"number" integer NOT NULL,
	"generation" integer NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"zone" text,
	"note" text DEFAULT '' NOT NULL,
	"by_person" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mapping_version_feed_id_number_pk" PRIMARY KEY("feed_id","number")
);
--> statement-breakpoint
CREATE TABLE "unmapped_word" (
	"feed_id" integer NOT NULL,
	"kind" text NOT NULL,
	"word" text NOT NULL,
	"slot" integer NOT NULL,
	"count" bigint DEFAULT 0 NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"sample_message" uuid NOT NULL,
	CONSTRAINT "unmapped_word_feed_id_kind_word_slot_pk" PRIMARY KEY("feed_id","kind","word","slot")
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"lane" smallint NOT NULL,
	"urgency" smallint NOT NULL,
	"message_id" uuid NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone,
	CONSTRAINT "inbox_lane_urgency_message_id_pk" PRIMARY KEY("lane","urgency","message_id")
);
--> statement-breakpoint
CREATE TABLE "interpretation" (
	"message_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"number" smallint NOT NULL,
	"feed_id" integer NOT NULL,
	"status" text NOT NULL,
	"adapter_version" smallint NOT NULL,
	"mapping_version" integer NOT NULL,
	"generation" integer NOT NULL,
	"run_id" uuid,
	"problems" jsonb,
	"ignored" text,
	"events" integer NOT NULL,
	"repeated" integer NOT NULL,
	"shipment_ids" uuid[] NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "interpretation_message_id_received_at_number_pk" PRIMARY KEY("message_id","received_at","number")
) PARTITION BY RANGE ("received_at");--> statement-breakpoint
CREATE TABLE "interpretation_default" PARTITION OF "interpretation" DEFAULT;
--> statement-breakpoint
CREATE TABLE "message" (
	"id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"lane" smallint NOT NULL,
	"feed_id" integer NOT NULL,
	"delivery_id" text,
	"correlation_id" text NOT NULL,
	"content_type" text,
	"headers" jsonb,
	"name" text,
	"verdict" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"size" integer NOT NULL,
	"body" "bytea",
	"altered" smallint DEFAULT 0 NOT NULL,
	CONSTRAINT "message_id_received_at_lane_pk" PRIMARY KEY("id","received_at","lane")
) PARTITION BY RANGE ("received_at");--> statement-breakpoint
CREATE TABLE "message_default" PARTITION OF "message" DEFAULT;
--> statement-breakpoint
CREATE TABLE "message_key" (
	"digest" uuid NOT NULL,
	"feed_id" integer NOT NULL,
	"delivery" text NOT NULL,
	"message_id" uuid NOT NULL,
	CONSTRAINT "message_key_digest_feed_id_delivery_pk" PRIMARY KEY("digest","feed_id","delivery")
);
--> statement-breakpoint
CREATE TABLE "set_aside" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"feed_id" integer NOT NULL,
	"error" text NOT NULL,
	"attempts" smallint NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "odoo_connection" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "odoo_connection_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"url" text NOT NULL,
	"database" text NOT NULL,
	"login" text NOT NULL,
	"sealed_key" "bytea" NOT NULL,
	"key_hint" text NOT NULL,
	"transport" text,
	"version" text,
	"state" text DEFAULT 'active' NOT NULL,
	"observing" boolean DEFAULT true NOT NULL,
	"kinds" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"dry_runs" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"notes" jsonb DEFAULT '["picked_up","out_for_delivery","delivered","returned"]'::jsonb NOT NULL,
	"post_since" timestamp with time zone,
	"poll_seconds" integer DEFAULT 10 NOT NULL,
	"rate_per_second" integer DEFAULT 20 NOT NULL,
	"concurrency" integer DEFAULT 4 NOT NULL,
	"timeout_ms" integer DEFAULT 60000 NOT NULL,
	"settle_ms" integer DEFAULT 120000 NOT NULL,
	"breaker" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"last_test" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "odoo_mirror" (
	"connection_id" integer NOT NULL,
	"model" text NOT NULL,
	"record_id" integer NOT NULL,
	"values" jsonb NOT NULL,
	"write_date" text,
	"open" boolean NOT NULL,
	"deleted_at" timestamp with time zone,
	"seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "odoo_mirror_connection_id_model_record_id_pk" PRIMARY KEY("connection_id","model","record_id")
);
--> statement-breakpoint
CREATE TABLE "odoo_watermark" (
	"connection_id" integer NOT NULL,
	"model" text NOT NULL,
	"watermark" text,
	"seen" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"polled_at" timestamp with time zone,
	"changed_at" timestamp with time zone,
	"backfill" jsonb,
	"last_error" text,
	CONSTRAINT "odoo_watermark_connection_id_model_pk" PRIMARY KEY("connection_id","model")
);
--> statement-breakpoint
CREATE TABLE "posting" (
	"shipment_id" uuid NOT NULL,
	"key" text NOT NULL,
	"id" uuid NOT NULL,
	"connection_id" integer NOT NULL,
	"kind" text NOT NULL,
	"level" boolean NOT NULL,
	"state" text NOT NULL,
	"record_model" text NOT NULL,
	"record_id" integer NOT NULL,
	"record_name" text,
	"company_id" integer,
	"lane" smallint NOT NULL,
	"sequence" smallint NOT NULL,
	"desired" jsonb NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"held_because" text,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"sent_at" timestamp with time zone,
	"due_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_owner" text,
	"last_outcome" text,
	"last_reason" text,
	"correlation_id" text,
	"message_id" uuid,
	"received_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"posted_at" timestamp with time zone,
	"verified_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "posting_shipment_id_key_pk" PRIMARY KEY("shipment_id","key")
);
--> statement-breakpoint
CREATE TABLE "posting_attempt" (
	"id" uuid NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"shipment_id" uuid NOT NULL,
	"posting_key" text NOT NULL,
	"number" smallint NOT NULL,
	"purpose" text NOT NULL,
	"request" jsonb,
	"outcome" text,
	"reason" text,
	"answer" jsonb,
	"duration_ms" integer,
	"owner" text NOT NULL,
	"correlation_id" text,
	"of" uuid,
	CONSTRAINT "posting_attempt_id_started_at_pk" PRIMARY KEY("id","started_at")
) PARTITION BY RANGE ("started_at");--> statement-breakpoint
CREATE TABLE "posting_attempt_default" PARTITION OF "posting_attempt" DEFAULT;
--> statement-breakpoint
CREATE TABLE "run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"dry_run" boolean NOT NULL,
	"state" text NOT NULL,
	"scope" jsonb NOT NULL,
	"mapping" text,
	"per_second" integer,
	"total" integer DEFAULT 0 NOT NULL,
	"processed" integer DEFAULT 0 NOT NULL,
	"changed" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"summary" jsonb,
	"error" text,
	"lease_until" timestamp with time zone,
	"lease_owner" text,
	"by_person" uuid,
	"by_api_key" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "run_item" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"target" text NOT NULL,
	"state" smallint DEFAULT 0 NOT NULL,
	"result" text,
	"before" jsonb,
	"after" jsonb,
	"reason" text,
	"at" timestamp with time zone,
	CONSTRAINT "run_item_run_id_position_pk" PRIMARY KEY("run_id","position")
);
--> statement-breakpoint
CREATE TABLE "breach" (
	"shipment_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"workflow" text NOT NULL,
	"feed_id" integer,
	"message_id" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"took_ms" bigint NOT NULL,
	"objective_ms" bigint NOT NULL,
	CONSTRAINT "breach_shipment_id_id_pk" PRIMARY KEY("shipment_id","id")
);
--> statement-breakpoint
CREATE TABLE "latency_bucket" (
	"workflow" text NOT NULL,
	"leg" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"feed_id" integer NOT NULL,
	"slot" smallint NOT NULL,
	"bucket" smallint NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "latency_bucket_workflow_leg_hour_feed_id_slot_bucket_pk" PRIMARY KEY("workflow","leg","hour","feed_id","slot","bucket")
);
--> statement-breakpoint
CREATE TABLE "claim" (
	"shipment_id" uuid NOT NULL,
	"feed_id" integer NOT NULL,
	"subject" text NOT NULL,
	"values" jsonb NOT NULL,
	CONSTRAINT "claim_shipment_id_feed_id_subject_pk" PRIMARY KEY("shipment_id","feed_id","subject")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"shipment_id" uuid NOT NULL,
	"key" uuid NOT NULL,
	"generation" integer NOT NULL,
	"withdrawn" boolean DEFAULT false NOT NULL,
	"kind" text NOT NULL,
	"classifier" smallint NOT NULL,
	"occurred_at" timestamp with time zone,
	"offset_minutes" smallint,
	"precision" smallint,
	"basis" smallint,
	"received_at" timestamp with time zone NOT NULL,
	"feed_id" integer NOT NULL,
	"message_id" uuid NOT NULL,
	"package" text,
	"inferred" boolean NOT NULL,
	"overall" boolean NOT NULL,
	"retracts" text,
	"word" text,
	"code" text,
	"description" text,
	"location" text,
	"rest" jsonb,
	CONSTRAINT "event_shipment_id_key_generation_pk" PRIMARY KEY("shipment_id","key","generation")
);
--> statement-breakpoint
CREATE TABLE "reference" (
	"value" text NOT NULL,
	"kind" text NOT NULL,
	"issuer" text DEFAULT '' NOT NULL,
	"shipment_id" uuid NOT NULL,
	"said" text NOT NULL,
	"feed_id" integer NOT NULL,
	"package" boolean DEFAULT false NOT NULL,
	"master" boolean DEFAULT false NOT NULL,
	"first_message" uuid NOT NULL,
	"live_until" timestamp with time zone,
	CONSTRAINT "reference_value_kind_issuer_shipment_id_pk" PRIMARY KEY("value","kind","issuer","shipment_id")
);
--> statement-breakpoint
CREATE TABLE "shipment" (
	"shipment_id" uuid PRIMARY KEY NOT NULL,
	"head_id" uuid,
	"provisional" boolean NOT NULL,
	"milestone" text,
	"stage" text,
	"summary" text NOT NULL,
	"terminal" text,
	"carrier" text,
	"service" text,
	"warehouse" text,
	"customer" text,
	"channel" text,
	"name" text NOT NULL,
	"tracking_number" text,
	"connection_id" integer,
	"picking_id" integer,
	"promised_at" timestamp with time zone,
	"eta_at" timestamp with time zone,
	"first_feed_id" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_event_at" timestamp with time zone,
	"review_at" timestamp with time zone,
	"open_exceptions" smallint DEFAULT 0 NOT NULL,
	"state" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shipment_link" (
	"shipment_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"other_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"why" text NOT NULL,
	"by_person" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "shipment_link_shipment_id_id_pk" PRIMARY KEY("shipment_id","id")
);
--> statement-breakpoint
ALTER TABLE "person_link" ADD CONSTRAINT "person_link_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "crosswalk_entry" ADD CONSTRAINT "crosswalk_entry_feed_id_feed_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."feed"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feed_secret" ADD CONSTRAINT "feed_secret_feed_id_feed_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."feed"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_version" ADD CONSTRAINT "mapping_version_feed_id_feed_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."feed"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "odoo_watermark" ADD CONSTRAINT "odoo_watermark_connection_id_odoo_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."odoo_connection"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_hash" ON "api_key" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "audit_recent" ON "audit" USING btree ("at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit" USING btree ("subject","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit" USING btree ("actor_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("action","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "person_email" ON "person" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "exception_open_once" ON "exception" USING btree ("home_id","kind","subject") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_queue" ON "exception" USING btree ("rank","due_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_queue_state" ON "exception" USING btree ("state","rank","due_at","id");--> statement-breakpoint
CREATE INDEX "exception_queue_kind" ON "exception" USING btree ("kind","rank","due_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_queue_assignee" ON "exception" USING btree ("assignee_id","rank","due_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_queue_feed" ON "exception" USING btree ("feed_id","rank","due_at","id") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "exception_group_members" ON "exception" USING btree ("group_id","state","opened_at" DESC NULLS FIRST,"id");--> statement-breakpoint
CREATE INDEX "exception_id" ON "exception" USING btree ("id");--> statement-breakpoint
CREATE INDEX "exception_shipment" ON "exception" USING btree ("shipment_id") WHERE shipment_id is not null;--> statement-breakpoint
CREATE INDEX "exception_wake" ON "exception" USING btree ("snoozed_until") WHERE state = 'snoozed';--> statement-breakpoint
CREATE INDEX "exception_resolved" ON "exception" USING btree ("resolved_at" DESC NULLS FIRST) WHERE state = 'resolved';--> statement-breakpoint
CREATE UNIQUE INDEX "exception_group_fingerprint" ON "exception_group" USING btree ("fingerprint");--> statement-breakpoint
CREATE UNIQUE INDEX "feed_slug" ON "feed" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "feed_secret_feed" ON "feed_secret" USING btree ("feed_id");--> statement-breakpoint
CREATE INDEX "message_feed_time" ON "message" USING btree ("feed_id","received_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "odoo_connection_name" ON "odoo_connection" USING btree ("name");--> statement-breakpoint
CREATE INDEX "odoo_mirror_open" ON "odoo_mirror" USING btree ("connection_id","model","open");--> statement-breakpoint
CREATE INDEX "posting_due" ON "posting" USING btree ("connection_id","due_at","sequence") WHERE state in ('planned', 'unconfirmed');--> statement-breakpoint
CREATE INDEX "posting_record" ON "posting" USING btree ("connection_id","record_model","record_id","sequence");--> statement-breakpoint
CREATE INDEX "posting_leased" ON "posting" USING btree ("lease_until") WHERE state = 'sending';--> statement-breakpoint
CREATE INDEX "posting_to_verify" ON "posting" USING btree ("connection_id","posted_at") WHERE state = 'posted';--> statement-breakpoint
CREATE INDEX "posting_list" ON "posting" USING btree ("updated_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "posting_by_state" ON "posting" USING btree ("state","updated_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "posting_by_kind" ON "posting" USING btree ("kind","updated_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "posting_id" ON "posting" USING btree ("id");--> statement-breakpoint
CREATE INDEX "posting_held" ON "posting" USING btree ("connection_id","kind") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "posting_attempt_posting" ON "posting_attempt" USING btree ("shipment_id","posting_key","started_at");--> statement-breakpoint
CREATE INDEX "run_recent" ON "run" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "run_state" ON "run" USING btree ("state");--> statement-breakpoint
CREATE INDEX "run_item_todo" ON "run_item" USING btree ("run_id","state","position");--> statement-breakpoint
CREATE INDEX "run_item_result" ON "run_item" USING btree ("run_id","result","position");--> statement-breakpoint
CREATE INDEX "breach_recent" ON "breach" USING btree ("workflow","ended_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "reference_shipment" ON "reference" USING btree ("shipment_id");--> statement-breakpoint
CREATE INDEX "shipment_review" ON "shipment" USING btree ("review_at") WHERE review_at is not null and head_id is null;--> statement-breakpoint
CREATE INDEX "shipment_recent" ON "shipment" USING btree ("updated_at" DESC NULLS FIRST,"shipment_id" DESC NULLS FIRST) WHERE head_id is null;--> statement-breakpoint
CREATE INDEX "shipment_by_stage" ON "shipment" USING btree ("stage","updated_at" DESC NULLS FIRST,"shipment_id" DESC NULLS FIRST) WHERE head_id is null;--> statement-breakpoint
CREATE INDEX "shipment_by_summary" ON "shipment" USING btree ("summary","updated_at" DESC NULLS FIRST,"shipment_id" DESC NULLS FIRST) WHERE head_id is null;--> statement-breakpoint
CREATE INDEX "shipment_by_carrier" ON "shipment" USING btree ("carrier","updated_at" DESC NULLS FIRST,"shipment_id" DESC NULLS FIRST) WHERE head_id is null;--> statement-breakpoint
CREATE INDEX "shipment_by_warehouse" ON "shipment" USING btree ("warehouse","updated_at" DESC NULLS FIRST,"shipment_id" DESC NULLS FIRST) WHERE head_id is null;--> statement-breakpoint
CREATE INDEX "shipment_promised" ON "shipment" USING btree ("promised_at") WHERE head_id is null and terminal is null and promised_at is not null;--> statement-breakpoint
CREATE INDEX "shipment_in_trouble" ON "shipment" USING btree ("updated_at" DESC NULLS FIRST,"shipment_id" DESC NULLS FIRST) WHERE head_id is null and open_exceptions > 0;--> statement-breakpoint
CREATE INDEX "shipment_members" ON "shipment" USING btree ("head_id") WHERE head_id is not null;--> statement-breakpoint
CREATE INDEX "shipment_picking" ON "shipment" USING btree ("connection_id","picking_id") WHERE picking_id is not null;