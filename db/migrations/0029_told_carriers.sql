ALTER TABLE "quiet_window" ADD COLUMN "told_carriers" jsonb;--> statement-breakpoint
-- The windows of rules in force ended by themselves after 30 days while the banner stayed; from now on they end together.
update quiet_window w set to_at = w.from_at + interval '100 years' from degraded_rule r
where r.window_id = w.id and r.lifted_at is null and w.ended_at is null and w.lifted_at is null;
