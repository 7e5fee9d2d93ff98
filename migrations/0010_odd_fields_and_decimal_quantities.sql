CREATE TABLE `sync_odd_fields` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`field` text NOT NULL,
	`what` text NOT NULL,
	`version` integer NOT NULL,
	`records` integer NOT NULL,
	`first_seen_at` DATETIME NOT NULL,
	`last_seen_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `field`, `what`)
);
--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_invoice_line_items` (
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
	`quantity` real,
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
INSERT INTO `__new_invoice_line_items`("account", "invoice_uuid", "position", "uuid", "external_id", "type", "subscription_uuid", "subscription_external_id", "subscription_set_external_id", "plan_uuid", "plan_external_id", "prorated", "proration_type", "service_period_start", "service_period_end", "description", "amount_in_cents", "quantity", "discount_code", "discount_amount_in_cents", "discount_description", "tax_amount_in_cents", "transaction_fees_in_cents", "transaction_fees_currency", "account_code", "event_order", "balance_transfer", "disabled", "disabled_at", "disabled_by", "user_created", "synced_at", "deleted_at") SELECT "account", "invoice_uuid", "position", "uuid", "external_id", "type", "subscription_uuid", "subscription_external_id", "subscription_set_external_id", "plan_uuid", "plan_external_id", "prorated", "proration_type", "service_period_start", "service_period_end", "description", "amount_in_cents", "quantity", "discount_code", "discount_amount_in_cents", "discount_description", "tax_amount_in_cents", "transaction_fees_in_cents", "transaction_fees_currency", "account_code", "event_order", "balance_transfer", "disabled", "disabled_at", "disabled_by", "user_created", "synced_at", "deleted_at" FROM `invoice_line_items`;--> statement-breakpoint
DROP TABLE `invoice_line_items`;--> statement-breakpoint
ALTER TABLE `__new_invoice_line_items` RENAME TO `invoice_line_items`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE TABLE `__new_subscription_events` (
	`account` text NOT NULL,
	`id` integer NOT NULL,
	`data_source_uuid` text,
	`customer_external_id` text,
	`subscription_external_id` text,
	`subscription_set_external_id` text,
	`plan_external_id` text,
	`external_id` text,
	`event_type` text,
	`event_date` DATETIME,
	`effective_date` DATETIME,
	`quantity` real,
	`currency` text,
	`amount_in_cents` integer,
	`tax_amount_in_cents` integer,
	`event_order` integer,
	`retracted_event_id` text,
	`errors` text,
	`disabled` BOOLEAN,
	`disabled_at` DATETIME,
	`disabled_by` text,
	`created_at` DATETIME,
	`updated_at` DATETIME,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `id`),
	FOREIGN KEY (`account`,`data_source_uuid`) REFERENCES `data_sources`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_subscription_events`("account", "id", "data_source_uuid", "customer_external_id", "subscription_external_id", "subscription_set_external_id", "plan_external_id", "external_id", "event_type", "event_date", "effective_date", "quantity", "currency", "amount_in_cents", "tax_amount_in_cents", "event_order", "retracted_event_id", "errors", "disabled", "disabled_at", "disabled_by", "created_at", "updated_at", "synced_at", "deleted_at") SELECT "account", "id", "data_source_uuid", "customer_external_id", "subscription_external_id", "subscription_set_external_id", "plan_external_id", "external_id", "event_type", "event_date", "effective_date", "quantity", "currency", "amount_in_cents", "tax_amount_in_cents", "event_order", "retracted_event_id", "errors", "disabled", "disabled_at", "disabled_by", "created_at", "updated_at", "synced_at", "deleted_at" FROM `subscription_events`;--> statement-breakpoint
DROP TABLE `subscription_events`;--> statement-breakpoint
ALTER TABLE `__new_subscription_events` RENAME TO `subscription_events`;--> statement-breakpoint
CREATE TABLE `__new_subscriptions` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`uuid` text NOT NULL,
	`id` integer,
	`external_id` text,
	`subscription_set_external_id` text,
	`plan` text,
	`quantity` real,
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
--> statement-breakpoint
INSERT INTO `__new_subscriptions`("account", "customer_uuid", "uuid", "id", "external_id", "subscription_set_external_id", "plan", "quantity", "mrr_in_cents", "arr_in_cents", "status", "billing_cycle", "billing_cycle_count", "start_date", "end_date", "currency", "currency_sign", "synced_at", "deleted_at") SELECT "account", "customer_uuid", "uuid", "id", "external_id", "subscription_set_external_id", "plan", "quantity", "mrr_in_cents", "arr_in_cents", "status", "billing_cycle", "billing_cycle_count", "start_date", "end_date", "currency", "currency_sign", "synced_at", "deleted_at" FROM `subscriptions`;--> statement-breakpoint
DROP TABLE `subscriptions`;--> statement-breakpoint
ALTER TABLE `__new_subscriptions` RENAME TO `subscriptions`;--> statement-breakpoint
CREATE TABLE `__new_active_subscriptions` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`customer_name` text,
	`subscription_uuid` text NOT NULL,
	`external_id` text,
	`company` text,
	`country` text,
	`plan` text,
	`billing_interval` text,
	`billing_currency` text,
	`quantity` real,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`currency` text,
	`start_date` DATETIME,
	`paid_until` DATETIME,
	PRIMARY KEY(`account`, `customer_uuid`, `subscription_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_active_subscriptions`("account", "customer_uuid", "customer_name", "subscription_uuid", "external_id", "company", "country", "plan", "billing_interval", "billing_currency", "quantity", "mrr_in_cents", "mrr", "arr_in_cents", "arr", "currency", "start_date", "paid_until") SELECT "account", "customer_uuid", "customer_name", "subscription_uuid", "external_id", "company", "country", "plan", "billing_interval", "billing_currency", "quantity", "mrr_in_cents", "mrr", "arr_in_cents", "arr", "currency", "start_date", "paid_until" FROM `active_subscriptions`;--> statement-breakpoint
DROP TABLE `active_subscriptions`;--> statement-breakpoint
ALTER TABLE `__new_active_subscriptions` RENAME TO `active_subscriptions`;