CREATE TABLE `record_changes` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`run_id` integer NOT NULL,
	`changed_at` DATETIME NOT NULL,
	`kind` text NOT NULL,
	`field` text,
	`old_value` text,
	`new_value` text,
	PRIMARY KEY(`account`, `run_id`, `resource`, `key`, `kind`, `field`)
);
--> statement-breakpoint
CREATE TABLE `sync_retries` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`parent` text NOT NULL,
	`reason` text NOT NULL,
	`failed_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `parent`)
);
--> statement-breakpoint
CREATE TABLE `sync_seen` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`part` integer NOT NULL,
	`keys` BLOB NOT NULL,
	PRIMARY KEY(`account`, `resource`, `part`)
);
--> statement-breakpoint
CREATE TABLE `sync_tombstones` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`deleted_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `key`)
);
--> statement-breakpoint
CREATE TABLE `daily_metric_restatements` (
	`account` text NOT NULL,
	`date` DATE NOT NULL,
	`metric` text NOT NULL,
	`observed_at` DATETIME NOT NULL,
	`old_value` real,
	`new_value` real,
	PRIMARY KEY(`account`, `date`, `metric`, `observed_at`),
	FOREIGN KEY (`account`,`date`) REFERENCES `daily_metrics`(`account`,`date`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `sync_checkpoints` ADD `run_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_checkpoints` ADD `pages` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_checkpoints` ADD `keyless` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_checkpoints` ADD `announced_pages` integer;--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `read_to_end` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `restored` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `deleted` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `announced_pages` integer;--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `walk_started_at` DATETIME;--> statement-breakpoint
ALTER TABLE `customers` ADD `merged_into` text;