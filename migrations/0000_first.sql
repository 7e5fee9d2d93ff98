CREATE TABLE `sync_checkpoints` (
	`account` text NOT NULL,
	`walk` text NOT NULL,
	`members` text NOT NULL,
	`cursor` text NOT NULL,
	`started_at` DATETIME NOT NULL,
	`saved_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `walk`)
);
--> statement-breakpoint
CREATE TABLE `sync_dictionaries` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`id` integer NOT NULL,
	`sample` text NOT NULL,
	PRIMARY KEY(`account`, `resource`, `id`)
);
--> statement-breakpoint
CREATE TABLE `raw_records` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`hash` text NOT NULL,
	`dictionary` integer NOT NULL,
	`record` BLOB NOT NULL,
	`first_seen_at` DATETIME NOT NULL,
	`changed_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `key`)
);
--> statement-breakpoint
CREATE TABLE `rejected_records` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`run_id` integer NOT NULL,
	`reason` text NOT NULL,
	`json` text NOT NULL,
	`first_seen_at` DATETIME NOT NULL,
	`resolved_at` DATETIME,
	PRIMARY KEY(`account`, `resource`, `key`)
);
--> statement-breakpoint
CREATE TABLE `sync_run_resources` (
	`account` text NOT NULL,
	`run_id` integer NOT NULL,
	`resource` text NOT NULL,
	`status` text NOT NULL,
	`pages` integer NOT NULL,
	`fetched` integer NOT NULL,
	`inserted` integer NOT NULL,
	`updated` integer NOT NULL,
	`unchanged` integer NOT NULL,
	`rejected` integer NOT NULL,
	`milliseconds` integer NOT NULL,
	`error` text,
	PRIMARY KEY(`account`, `run_id`, `resource`),
	FOREIGN KEY (`account`,`run_id`) REFERENCES `sync_runs`(`account`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sync_runs` (
	`account` text NOT NULL,
	`id` integer NOT NULL,
	`trigger` text NOT NULL,
	`status` text NOT NULL,
	`started_at` DATETIME NOT NULL,
	`finished_at` DATETIME,
	`process_id` integer NOT NULL,
	`error` text,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE TABLE `sync_accounts` (
	`account` text PRIMARY KEY NOT NULL,
	`chartmogul_id` text,
	`name` text,
	`connected_at` DATETIME NOT NULL
);
--> statement-breakpoint
CREATE TABLE `accounts` (
	`account` text PRIMARY KEY NOT NULL,
	`id` text,
	`name` text,
	`currency` text,
	`time_zone` text,
	`week_start_on` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME
);
--> statement-breakpoint
CREATE TABLE `customer_attributes` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`source` text NOT NULL,
	`name` text NOT NULL,
	`type` text,
	`value` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `customer_uuid`, `source`, `name`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `customer_tags` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`tag` text NOT NULL,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `customer_uuid`, `tag`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `customers` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`id` integer,
	`external_id` text,
	`name` text,
	`email` text,
	`status` text,
	`customer_since` DATETIME,
	`data_source_uuid` text,
	`data_source_uuids` text,
	`external_ids` text,
	`company` text,
	`country` text,
	`state` text,
	`city` text,
	`zip` text,
	`lead_created_at` DATETIME,
	`free_trial_started_at` DATETIME,
	`address_country` text,
	`address_state` text,
	`address_city` text,
	`address_zip` text,
	`mrr_in_cents` integer,
	`arr_in_cents` integer,
	`billing_system_url` text,
	`chartmogul_url` text,
	`billing_system_type` text,
	`currency` text,
	`currency_sign` text,
	`owner` text,
	`website_url` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`)
);
--> statement-breakpoint
CREATE TABLE `daily_metrics` (
	`account` text NOT NULL,
	`date` DATE NOT NULL,
	`mrr_in_cents` integer,
	`arr_in_cents` integer,
	`arpa_in_cents` integer,
	`asp_in_cents` integer,
	`ltv_in_cents` integer,
	`customers` integer,
	`customer_churn_rate` real,
	`mrr_churn_rate` real,
	`mrr_new_business_in_cents` integer,
	`mrr_expansion_in_cents` integer,
	`mrr_contraction_in_cents` integer,
	`mrr_churn_in_cents` integer,
	`mrr_reactivation_in_cents` integer,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `date`)
);
--> statement-breakpoint
CREATE TABLE `invoice_line_items` (
	`account` text NOT NULL,
	`invoice_uuid` text NOT NULL,
	`position` integer NOT NULL,
	`uuid` text,
	`external_id` text,
	`type` text,
	`subscription_uuid` text,
	`subscription_external_id` text,
	`subscription_set_external_id` text,
	`plan_uuid` text,
	`plan_external_id` text,
	`prorated` BOOLEAN,
	`proration_type` text,
	`service_period_start` DATETIME,
	`service_period_end` DATETIME,
	`description` text,
	`amount_in_cents` integer,
	`quantity` integer,
	`discount_code` text,
	`discount_amount_in_cents` integer,
	`discount_description` text,
	`tax_amount_in_cents` integer,
	`transaction_fees_in_cents` integer,
	`transaction_fees_currency` text,
	`account_code` text,
	`event_order` integer,
	`balance_transfer` BOOLEAN,
	`disabled` BOOLEAN,
	`disabled_at` DATETIME,
	`disabled_by` text,
	`user_created` BOOLEAN,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `invoice_uuid`, `position`),
	FOREIGN KEY (`account`,`invoice_uuid`) REFERENCES `invoices`(`account`,`uuid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account`,`plan_uuid`) REFERENCES `plans`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `invoice_transactions` (
	`account` text NOT NULL,
	`invoice_uuid` text NOT NULL,
	`position` integer NOT NULL,
	`uuid` text,
	`external_id` text,
	`type` text,
	`date` DATETIME,
	`result` text,
	`amount_in_cents` integer,
	`transaction_fees_in_cents` integer,
	`transaction_fees_currency` text,
	`disabled` BOOLEAN,
	`disabled_at` DATETIME,
	`disabled_by` text,
	`user_created` BOOLEAN,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `invoice_uuid`, `position`),
	FOREIGN KEY (`account`,`invoice_uuid`) REFERENCES `invoices`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `invoices` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`external_id` text,
	`date` DATETIME,
	`due_date` DATETIME,
	`currency` text,
	`customer_uuid` text,
	`customer_external_id` text,
	`data_source_uuid` text,
	`collection_method` text,
	`status` text,
	`errors` text,
	`disabled` BOOLEAN,
	`disabled_at` DATETIME,
	`disabled_by` text,
	`user_created` BOOLEAN,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `plans` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`external_id` text,
	`name` text,
	`interval_count` integer,
	`interval_unit` text,
	`data_source_uuid` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`)
);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`uuid` text NOT NULL,
	`id` integer,
	`external_id` text,
	`subscription_set_external_id` text,
	`plan` text,
	`quantity` integer,
	`mrr_in_cents` integer,
	`arr_in_cents` integer,
	`status` text,
	`billing_cycle` text,
	`billing_cycle_count` integer,
	`start_date` DATETIME,
	`end_date` DATETIME,
	`currency` text,
	`currency_sign` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `customer_uuid`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
