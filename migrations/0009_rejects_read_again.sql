ALTER TABLE `rejected_records` ADD `has_key` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rejected_records` ADD `parent` text;--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `missing` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `freshness` ADD `records_missing` integer;