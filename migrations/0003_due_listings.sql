CREATE TABLE `sync_due_listings` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`parent` text NOT NULL,
	`due_since` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `parent`)
);
--> statement-breakpoint
ALTER TABLE `sync_run_resources` ADD `confirmed_since` DATETIME;