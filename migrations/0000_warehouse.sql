CREATE TABLE `sync_checkpoints` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`fingerprint` text NOT NULL,
	`cursor` text NOT NULL,
	`started_at` DATETIME NOT NULL,
	`saved_at` DATETIME NOT NULL,
	`run_id` integer DEFAULT 0 NOT NULL,
	`pages` integer DEFAULT 0 NOT NULL,
	`records_without_key` integer DEFAULT 0 NOT NULL,
	`announced_pages` integer,
	PRIMARY KEY(`account`, `resource`)
);
--> statement-breakpoint
CREATE TABLE `sync_compression_dictionaries` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`id` integer NOT NULL,
	`sample` text NOT NULL,
	PRIMARY KEY(`account`, `resource`, `id`)
);
--> statement-breakpoint
CREATE TABLE `sync_counted_payments` (
	`account` text NOT NULL,
	`invoice_uuid` text NOT NULL,
	`position` integer NOT NULL,
	`currency` text NOT NULL,
	`type` text NOT NULL,
	`date` DATETIME,
	`amount_in_cents` integer,
	PRIMARY KEY(`account`, `invoice_uuid`, `position`)
);
--> statement-breakpoint
CREATE TABLE `data_dictionary` (
	`table_name` text NOT NULL,
	`table_meaning` text NOT NULL,
	`column_name` text NOT NULL,
	`position` integer NOT NULL,
	`type` text NOT NULL,
	`unit` text,
	`meaning` text NOT NULL,
	`wire_field` text,
	`nullable` BOOLEAN NOT NULL,
	`in_primary_key` BOOLEAN NOT NULL,
	PRIMARY KEY(`table_name`, `column_name`)
);
--> statement-breakpoint
CREATE TABLE `sync_accounts` (
	`account` text PRIMARY KEY NOT NULL,
	`chartmogul_id` text,
	`name` text,
	`linked_at` DATETIME NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_odd_fields` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`field` text NOT NULL,
	`problem` text NOT NULL,
	`version` integer NOT NULL,
	`records` integer NOT NULL,
	`first_seen_at` DATETIME NOT NULL,
	`last_seen_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `field`, `problem`)
);
--> statement-breakpoint
CREATE TABLE `raw_records` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`hash` text NOT NULL,
	`compression_dictionary` integer NOT NULL,
	`record` BLOB NOT NULL,
	`first_seen_at` DATETIME NOT NULL,
	`changed_at` DATETIME NOT NULL,
	`list_order` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`account`, `resource`, `key`)
);
--> statement-breakpoint
CREATE TABLE `record_changes` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`run_id` integer NOT NULL,
	`changed_at` DATETIME NOT NULL,
	`kind` text NOT NULL,
	`field` text NOT NULL,
	`old_value` text,
	`new_value` text,
	PRIMARY KEY(`account`, `run_id`, `resource`, `key`, `kind`, `field`)
);
--> statement-breakpoint
CREATE TABLE `sync_refresh_queue` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`parent` text NOT NULL,
	`queued_at` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `parent`)
);
--> statement-breakpoint
CREATE TABLE `rejected_records` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`has_key` integer DEFAULT 0 NOT NULL,
	`parent` text,
	`run_id` integer NOT NULL,
	`reason` text NOT NULL,
	`json` text NOT NULL,
	`first_seen_at` DATETIME NOT NULL,
	`resolved_at` DATETIME,
	PRIMARY KEY(`account`, `resource`, `key`)
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
	`read_to_end` integer DEFAULT 0 NOT NULL,
	`restored` integer DEFAULT 0 NOT NULL,
	`deleted` integer DEFAULT 0 NOT NULL,
	`announced_pages` integer,
	`walk_started_at` DATETIME,
	`missing` integer DEFAULT 0 NOT NULL,
	`reconciled` integer DEFAULT 0 NOT NULL,
	`fresh_as_of` DATETIME,
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
CREATE TABLE `sync_seen_keys` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`part` integer NOT NULL,
	`key_hashes` BLOB NOT NULL,
	PRIMARY KEY(`account`, `resource`, `part`)
);
--> statement-breakpoint
CREATE TABLE `sync_stale_records` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	PRIMARY KEY(`account`, `resource`, `key`)
);
--> statement-breakpoint
CREATE TABLE `sync_summarised_accounts` (
	`account` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`currency` text,
	`time_zone` text NOT NULL,
	`day` text NOT NULL,
	`read_until` DATETIME NOT NULL,
	`is_counted` BOOLEAN NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_suspected_deletes` (
	`account` text NOT NULL,
	`resource` text NOT NULL,
	`key` text NOT NULL,
	`run_id` integer NOT NULL,
	`suspected_since` DATETIME NOT NULL,
	PRIMARY KEY(`account`, `resource`, `key`)
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
CREATE TABLE `accounts` (
	`account` text PRIMARY KEY NOT NULL,
	`id` text,
	`name` text,
	`currency` text,
	`time_zone` text,
	`week_start_on` text,
	`churn_recognition` text,
	`churn_when_zero_mrr` text,
	`auto_churn_subscription` text,
	`refund_handling` text,
	`proximate_movement_reclassification` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME
);
--> statement-breakpoint
CREATE TABLE `activities` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`date` DATETIME,
	`type` text,
	`description` text,
	`activity_mrr_movement_in_cents` integer,
	`activity_mrr_in_cents` integer,
	`activity_arr_in_cents` integer,
	`currency` text,
	`subscription_external_id` text,
	`subscription_set_external_id` text,
	`plan_external_id` text,
	`customer_name` text,
	`customer_uuid` text,
	`customer_external_id` text,
	`billing_connector_uuid` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account`,`billing_connector_uuid`) REFERENCES `data_sources`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `contacts` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`customer_uuid` text,
	`customer_external_id` text,
	`data_source_uuid` text,
	`external_id` text,
	`position` integer,
	`first_name` text,
	`last_name` text,
	`title` text,
	`email` text,
	`phone` text,
	`linked_in` text,
	`twitter` text,
	`notes` text,
	`last_seen` DATETIME,
	`custom` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account`,`data_source_uuid`) REFERENCES `data_sources`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
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
);
--> statement-breakpoint
CREATE TABLE `customer_tags` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`tag` text NOT NULL,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `customer_uuid`, `tag`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
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
	`merged_into` text,
	PRIMARY KEY(`account`, `uuid`)
);
--> statement-breakpoint
CREATE TABLE `daily_metric_restatements` (
	`account` text NOT NULL,
	`date` DATE NOT NULL,
	`metric` text NOT NULL,
	`observed_at` DATETIME NOT NULL,
	`old_value` DOUBLE,
	`new_value` DOUBLE,
	PRIMARY KEY(`account`, `date`, `metric`, `observed_at`),
	FOREIGN KEY (`account`,`date`) REFERENCES `daily_metrics`(`account`,`date`) ON UPDATE no action ON DELETE no action
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
	`customer_churn_rate` DOUBLE,
	`mrr_churn_rate` DOUBLE,
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
CREATE TABLE `data_sources` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`name` text,
	`system` text,
	`created_at` DATETIME,
	`status` text,
	`processing_status_processed` integer,
	`processing_status_failed` integer,
	`processing_status_pending` integer,
	`auto_churn_subscription_setting_enabled` BOOLEAN,
	`auto_churn_subscription_setting_interval` integer,
	`invoice_handling_setting` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`)
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
	`quantity` DOUBLE,
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
);
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
);
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
CREATE TABLE `notes` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`customer_uuid` text,
	`associated_object` text,
	`associated_object_uuid` text,
	`type` text,
	`text` text,
	`call_duration` integer,
	`author` text,
	`created_at` DATETIME,
	`updated_at` DATETIME,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `opportunities` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`customer_uuid` text,
	`owner` text,
	`pipeline` text,
	`pipeline_stage` text,
	`estimated_close_date` DATE,
	`currency` text,
	`amount_in_cents` integer,
	`type` text,
	`forecast_category` text,
	`win_likelihood` DOUBLE,
	`custom` text,
	`created_at` DATETIME,
	`updated_at` DATETIME,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `period_metric_restatements` (
	`account` text NOT NULL,
	`interval` text NOT NULL,
	`date` DATE NOT NULL,
	`metric` text NOT NULL,
	`observed_at` DATETIME NOT NULL,
	`old_value` DOUBLE,
	`new_value` DOUBLE,
	PRIMARY KEY(`account`, `interval`, `date`, `metric`, `observed_at`),
	FOREIGN KEY (`account`,`interval`,`date`) REFERENCES `period_metrics`(`account`,`interval`,`date`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `period_metrics` (
	`account` text NOT NULL,
	`interval` text NOT NULL,
	`date` DATE NOT NULL,
	`up_to` DATE,
	`mrr_in_cents` integer,
	`arr_in_cents` integer,
	`arpa_in_cents` integer,
	`asp_in_cents` integer,
	`ltv_in_cents` integer,
	`customers` integer,
	`customer_churn_rate` DOUBLE,
	`mrr_churn_rate` DOUBLE,
	`mrr_new_business_in_cents` integer,
	`mrr_expansion_in_cents` integer,
	`mrr_contraction_in_cents` integer,
	`mrr_churn_in_cents` integer,
	`mrr_reactivation_in_cents` integer,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `interval`, `date`)
);
--> statement-breakpoint
CREATE TABLE `plan_group_plans` (
	`account` text NOT NULL,
	`plan_group_uuid` text NOT NULL,
	`plan_uuid` text NOT NULL,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `plan_group_uuid`, `plan_uuid`),
	FOREIGN KEY (`account`,`plan_group_uuid`) REFERENCES `plan_groups`(`account`,`uuid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account`,`plan_uuid`) REFERENCES `plans`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `plan_groups` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`name` text,
	`plans_count` integer,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`)
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
CREATE TABLE `subscription_events` (
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
	`quantity` DOUBLE,
	`currency` text,
	`amount_in_cents` integer,
	`tax_amount_in_cents` integer,
	`event_order` integer,
	`retracted_event_id` text,
	`errors` text,
	`disabled` BOOLEAN,
	`disabled_at` DATETIME,
	`disabled_by` text,
	`user_created` BOOLEAN,
	`created_at` DATETIME,
	`updated_at` DATETIME,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `id`),
	FOREIGN KEY (`account`,`data_source_uuid`) REFERENCES `data_sources`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
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
);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`uuid` text NOT NULL,
	`id` integer,
	`external_id` text,
	`subscription_set_external_id` text,
	`subscription_set_uuid` text,
	`plan` text,
	`quantity` DOUBLE,
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
CREATE TABLE `tasks` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`customer_uuid` text,
	`associated_object` text,
	`associated_object_uuid` text,
	`task_details` text,
	`assignee` text,
	`due_date` DATETIME,
	`completed_at` DATETIME,
	`created_at` DATETIME,
	`updated_at` DATETIME,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `active_subscriptions` (
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
	`quantity` DOUBLE,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`currency` text,
	`start_date` DATETIME,
	`paid_until` DATETIME,
	PRIMARY KEY(`account`, `customer_uuid`, `subscription_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `cash_by_month` (
	`account` text NOT NULL,
	`currency` text NOT NULL,
	`month` DATE NOT NULL,
	`payments` integer,
	`collected_in_cents` integer,
	`collected` DOUBLE,
	`refunds` integer,
	`refunded_in_cents` integer,
	`refunded` DOUBLE,
	`net_in_cents` integer,
	`net` DOUBLE,
	PRIMARY KEY(`account`, `currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `cash_by_month_all_accounts` (
	`currency` text NOT NULL,
	`month` DATE NOT NULL,
	`accounts` integer,
	`payments` integer,
	`collected_in_cents` integer,
	`collected` DOUBLE,
	`refunds` integer,
	`refunded_in_cents` integer,
	`refunded` DOUBLE,
	`net_in_cents` integer,
	`net` DOUBLE,
	PRIMARY KEY(`currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `churned_customers` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`customer_name` text,
	`company` text,
	`country` text,
	`last_plan` text,
	`last_mrr_in_cents` integer,
	`last_mrr` DOUBLE,
	`currency` text,
	`customer_since` DATETIME,
	`churned_at` DATETIME,
	`churn_month` DATE,
	`lifetime_days` integer,
	`lifetime_months` DOUBLE,
	PRIMARY KEY(`account`, `customer_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `failed_payments` (
	`account` text NOT NULL,
	`invoice_uuid` text NOT NULL,
	`position` integer NOT NULL,
	`invoice_external_id` text,
	`customer_uuid` text,
	`customer_name` text,
	`failed_at` DATETIME,
	`amount_in_cents` integer,
	`amount` DOUBLE,
	`currency` text,
	`is_recovered` BOOLEAN,
	`recovered_at` DATETIME,
	PRIMARY KEY(`account`, `invoice_uuid`, `position`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account`,`invoice_uuid`) REFERENCES `invoices`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `freshness` (
	`account` text NOT NULL,
	`table_name` text NOT NULL,
	`resource` text,
	`all_rows` integer,
	`deleted_records` integer,
	`records_missing` integer,
	`suspected_deletes` integer,
	`fresh_as_of` DATETIME,
	`last_complete_at` DATETIME,
	`last_status` text,
	`last_error` text,
	`summaries_refreshed_at` DATETIME,
	PRIMARY KEY(`account`, `table_name`)
);
--> statement-breakpoint
CREATE TABLE `metrics_by_month` (
	`account` text NOT NULL,
	`month` DATE NOT NULL,
	`is_over` BOOLEAN,
	`up_to` DATE,
	`currency` text,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`customers` integer,
	`arpa_in_cents` integer,
	`arpa` DOUBLE,
	`asp_in_cents` integer,
	`asp` DOUBLE,
	`ltv_in_cents` integer,
	`ltv` DOUBLE,
	`customer_churn_rate` DOUBLE,
	`mrr_churn_rate` DOUBLE,
	`quick_ratio` DOUBLE,
	PRIMARY KEY(`account`, `month`)
);
--> statement-breakpoint
CREATE TABLE `metrics_by_month_all_accounts` (
	`currency` text NOT NULL,
	`month` DATE NOT NULL,
	`accounts` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`customers` integer,
	`arpa_in_cents` integer,
	`arpa` DOUBLE,
	`ltv_in_cents` integer,
	`ltv` DOUBLE,
	`customer_churn_rate` DOUBLE,
	`quick_ratio` DOUBLE,
	PRIMARY KEY(`currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_billing_interval` (
	`account` text NOT NULL,
	`currency` text,
	`billing_interval` text NOT NULL,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`account`, `billing_interval`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_billing_interval_all_accounts` (
	`currency` text NOT NULL,
	`billing_interval` text NOT NULL,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`currency`, `billing_interval`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_country` (
	`account` text NOT NULL,
	`currency` text,
	`country` text NOT NULL,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`account`, `country`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_country_all_accounts` (
	`currency` text NOT NULL,
	`country` text NOT NULL,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`currency`, `country`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_currency` (
	`account` text NOT NULL,
	`currency` text,
	`billing_currency` text NOT NULL,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`account`, `billing_currency`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_currency_all_accounts` (
	`currency` text NOT NULL,
	`billing_currency` text NOT NULL,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`currency`, `billing_currency`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_plan` (
	`account` text NOT NULL,
	`currency` text,
	`plan` text NOT NULL,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`account`, `plan`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_plan_all_accounts` (
	`currency` text NOT NULL,
	`plan` text NOT NULL,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`arr_in_cents` integer,
	`arr` DOUBLE,
	`share_percent` DOUBLE,
	PRIMARY KEY(`currency`, `plan`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_day` (
	`account` text NOT NULL,
	`currency` text,
	`date` DATE NOT NULL,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`first_mrr_in_cents` integer,
	`first_mrr` DOUBLE,
	`restatements` integer,
	`customers` integer,
	PRIMARY KEY(`account`, `date`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_day_all_accounts` (
	`currency` text NOT NULL,
	`date` DATE NOT NULL,
	`accounts` integer,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`first_mrr_in_cents` integer,
	`first_mrr` DOUBLE,
	`restatements` integer,
	`customers` integer,
	PRIMARY KEY(`currency`, `date`)
);
--> statement-breakpoint
CREATE TABLE `mrr_movements_by_customer` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`customer_name` text,
	`month` DATE NOT NULL,
	`new_business_in_cents` integer,
	`new_business` DOUBLE,
	`expansion_in_cents` integer,
	`expansion` DOUBLE,
	`contraction_in_cents` integer,
	`contraction` DOUBLE,
	`churn_in_cents` integer,
	`churn` DOUBLE,
	`reactivation_in_cents` integer,
	`reactivation` DOUBLE,
	`net_in_cents` integer,
	`net` DOUBLE,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`was_paying` BOOLEAN,
	`is_paying` BOOLEAN,
	`currency` text,
	PRIMARY KEY(`account`, `customer_uuid`, `month`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `mrr_movements_by_month` (
	`account` text NOT NULL,
	`currency` text,
	`month` DATE NOT NULL,
	`mrr_at_start_in_cents` integer,
	`mrr_at_start` DOUBLE,
	`new_business_in_cents` integer,
	`new_business` DOUBLE,
	`expansion_in_cents` integer,
	`expansion` DOUBLE,
	`contraction_in_cents` integer,
	`contraction` DOUBLE,
	`churn_in_cents` integer,
	`churn` DOUBLE,
	`reactivation_in_cents` integer,
	`reactivation` DOUBLE,
	`net_in_cents` integer,
	`net` DOUBLE,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`customers_at_start` integer,
	`new_customers` integer,
	`churned_customers` integer,
	`reactivated_customers` integer,
	`customers` integer,
	PRIMARY KEY(`account`, `month`)
);
--> statement-breakpoint
CREATE TABLE `mrr_movements_by_month_all_accounts` (
	`currency` text NOT NULL,
	`month` DATE NOT NULL,
	`accounts` integer,
	`mrr_at_start_in_cents` integer,
	`mrr_at_start` DOUBLE,
	`new_business_in_cents` integer,
	`new_business` DOUBLE,
	`expansion_in_cents` integer,
	`expansion` DOUBLE,
	`contraction_in_cents` integer,
	`contraction` DOUBLE,
	`churn_in_cents` integer,
	`churn` DOUBLE,
	`reactivation_in_cents` integer,
	`reactivation` DOUBLE,
	`net_in_cents` integer,
	`net` DOUBLE,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`customers_at_start` integer,
	`new_customers` integer,
	`churned_customers` integer,
	`reactivated_customers` integer,
	`customers` integer,
	PRIMARY KEY(`currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `retention_by_cohort` (
	`account` text NOT NULL,
	`currency` text,
	`cohort_month` DATE NOT NULL,
	`months_since` integer NOT NULL,
	`customers` integer,
	`retained_customers` integer,
	`signup_mrr_in_cents` integer,
	`signup_mrr` DOUBLE,
	`retained_mrr_in_cents` integer,
	`retained_mrr` DOUBLE,
	`customer_retention_percent` DOUBLE,
	`mrr_retention_percent` DOUBLE,
	PRIMARY KEY(`account`, `cohort_month`, `months_since`)
);
--> statement-breakpoint
CREATE TABLE `retention_by_cohort_all_accounts` (
	`currency` text NOT NULL,
	`cohort_month` DATE NOT NULL,
	`months_since` integer NOT NULL,
	`accounts` integer,
	`customers` integer,
	`retained_customers` integer,
	`signup_mrr_in_cents` integer,
	`signup_mrr` DOUBLE,
	`retained_mrr_in_cents` integer,
	`retained_mrr` DOUBLE,
	`customer_retention_percent` DOUBLE,
	`mrr_retention_percent` DOUBLE,
	PRIMARY KEY(`currency`, `cohort_month`, `months_since`)
);
--> statement-breakpoint
CREATE TABLE `top_customers` (
	`account` text NOT NULL,
	`rank` integer,
	`customer_uuid` text NOT NULL,
	`customer_name` text,
	`company` text,
	`country` text,
	`status` text,
	`customer_since` DATETIME,
	`mrr_in_cents` integer,
	`mrr` DOUBLE,
	`currency` text,
	`share_percent` DOUBLE,
	`cumulative_share_percent` DOUBLE,
	`rank_all_accounts` integer,
	`share_percent_all_accounts` DOUBLE,
	`cumulative_share_percent_all_accounts` DOUBLE,
	PRIMARY KEY(`account`, `customer_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `trial_conversion_by_month` (
	`account` text NOT NULL,
	`trial_month` DATE NOT NULL,
	`trials` integer,
	`converted` integer,
	`days_to_convert` integer,
	`conversion_percent` DOUBLE,
	`average_days_to_convert` DOUBLE,
	PRIMARY KEY(`account`, `trial_month`)
);
--> statement-breakpoint
CREATE TABLE `trial_conversion_by_month_all_accounts` (
	`trial_month` DATE PRIMARY KEY NOT NULL,
	`accounts` integer,
	`trials` integer,
	`converted` integer,
	`days_to_convert` integer,
	`conversion_percent` DOUBLE,
	`average_days_to_convert` DOUBLE
);
--> statement-breakpoint
CREATE TABLE `trials` (
	`account` text NOT NULL,
	`customer_uuid` text NOT NULL,
	`customer_name` text,
	`company` text,
	`country` text,
	`trial_started_at` DATETIME,
	`trial_month` DATE,
	`outcome` text,
	`converted_at` DATETIME,
	`days_to_convert` integer,
	PRIMARY KEY(`account`, `customer_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `unpaid_invoices` (
	`account` text NOT NULL,
	`invoice_uuid` text NOT NULL,
	`external_id` text,
	`customer_uuid` text,
	`customer_name` text,
	`date` DATETIME,
	`due_date` DATETIME,
	`status` text,
	`amount_in_cents` integer,
	`amount` DOUBLE,
	`paid_in_cents` integer,
	`paid` DOUBLE,
	`outstanding_in_cents` integer,
	`outstanding` DOUBLE,
	`currency` text,
	`is_overdue` BOOLEAN,
	`days_overdue` integer,
	`overdue_for` text,
	`age_days` integer,
	PRIMARY KEY(`account`, `invoice_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
