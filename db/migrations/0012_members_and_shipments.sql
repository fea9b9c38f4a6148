DROP INDEX "exception_group_members";--> statement-breakpoint
CREATE INDEX "exception_group_members" ON "exception" USING btree ("group_id","state","opened_at" DESC NULLS FIRST,"id","shipment_id");