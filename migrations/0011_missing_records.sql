CREATE TABLE `sync_missing` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`run_id` integer NOT NULL,
	`missing_since` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `key`)
);
--> statement-breakpoint
ALTER TABLE `freshness` ADD `records_left_out` integer;