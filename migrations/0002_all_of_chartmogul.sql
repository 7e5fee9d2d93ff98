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
	`custom` text,
	`synced_at` DATETIME,
	`deleted_at` DATETIME,
	PRIMARY KEY(`account`, `uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account`,`data_source_uuid`) REFERENCES `data_sources`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
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
	`win_likelihood` real,
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
	`old_value` real,
	`new_value` real,
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
	`customer_churn_rate` real,
	`mrr_churn_rate` real,
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
	`quantity` integer,
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
CREATE TABLE `tasks` (
	`account` text NOT NULL,
	`uuid` text NOT NULL,
	`customer_uuid` text,
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
ALTER TABLE `raw_records` ADD `list_order` integer DEFAULT 0 NOT NULL;