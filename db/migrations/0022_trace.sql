ALTER TABLE "interpretation" ADD COLUMN "transform_us" integer;--> statement-breakpoint
ALTER TABLE "interpretation" ADD COLUMN "route_us" integer;--> statement-breakpoint
ALTER TABLE "interpretation" ADD COLUMN "enrich_us" integer;