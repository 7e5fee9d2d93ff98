CREATE TABLE `subscription_attributes` (
	`account` text NOT NULL,
	`subscription` text NOT NULL,
	`name` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`subscription_uuid` text NOT NULL,
	`type` text,
	`value` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `subscription`, `name`),
	FOREIGN KEY (`account`,`customer_uuid`,`subscription_uuid`) REFERENCES `subscriptions`(`account`,`customer_uuid`,`uuid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `contacts` ADD `last_seen` DATETIME;--> statement-breakpoint
ALTER TABLE `subscription_events` ADD `user_created` BOOLEAN;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `subscription_set_uuid` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `associated_object` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `associated_object_uuid` text;