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
	`quantity` integer,
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
CREATE TABLE `cash_by_month` (
	`account` text NOT NULL,
	`currency` text,
	`month` DATE NOT NULL,
	`payments` integer,
	`collected_in_cents` integer,
	`collected` real,
	`refunds` integer,
	`refunded_in_cents` integer,
	`refunded` real,
	`net_in_cents` integer,
	`net` real,
	PRIMARY KEY(`account`, `currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `cash_by_month_all_accounts` (
	`currency` text,
	`month` DATE NOT NULL,
	`accounts` integer,
	`payments` integer,
	`collected_in_cents` integer,
	`collected` real,
	`refunds` integer,
	`refunded_in_cents` integer,
	`refunded` real,
	`net_in_cents` integer,
	`net` real,
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
	`last_mrr` real,
	`currency` text,
	`customer_since` DATETIME,
	`churned_at` DATETIME,
	`churn_month` DATE,
	`lifetime_days` integer,
	`lifetime_months` real,
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
	`amount` real,
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
	`confirmed_since` DATETIME,
	`last_complete_at` DATETIME,
	`last_status` text,
	`last_error` text,
	`answers_from` DATETIME,
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
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`customers` integer,
	`arpa_in_cents` integer,
	`arpa` real,
	`asp_in_cents` integer,
	`asp` real,
	`ltv_in_cents` integer,
	`ltv` real,
	`customer_churn_rate` real,
	`mrr_churn_rate` real,
	`quick_ratio` real,
	PRIMARY KEY(`account`, `month`)
);
--> statement-breakpoint
CREATE TABLE `metrics_by_month_all_accounts` (
	`currency` text,
	`month` DATE NOT NULL,
	`accounts` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`customers` integer,
	`arpa_in_cents` integer,
	`arpa` real,
	`ltv_in_cents` integer,
	`ltv` real,
	`customer_churn_rate` real,
	`quick_ratio` real,
	PRIMARY KEY(`currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_billing_interval` (
	`account` text NOT NULL,
	`currency` text,
	`billing_interval` text,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`account`, `billing_interval`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_billing_interval_all_accounts` (
	`currency` text,
	`billing_interval` text,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`currency`, `billing_interval`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_country` (
	`account` text NOT NULL,
	`currency` text,
	`country` text,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`account`, `country`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_country_all_accounts` (
	`currency` text,
	`country` text,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`currency`, `country`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_currency` (
	`account` text NOT NULL,
	`currency` text,
	`billing_currency` text,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`account`, `billing_currency`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_currency_all_accounts` (
	`currency` text,
	`billing_currency` text,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`currency`, `billing_currency`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_plan` (
	`account` text NOT NULL,
	`currency` text,
	`plan` text,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`account`, `plan`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_plan_all_accounts` (
	`currency` text,
	`plan` text,
	`accounts` integer,
	`subscriptions` integer,
	`customers` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`arr_in_cents` integer,
	`arr` real,
	`share_percent` real,
	PRIMARY KEY(`currency`, `plan`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_day` (
	`account` text NOT NULL,
	`currency` text,
	`date` DATE NOT NULL,
	`mrr_in_cents` integer,
	`mrr` real,
	`first_mrr_in_cents` integer,
	`first_mrr` real,
	`restatements` integer,
	`customers` integer,
	PRIMARY KEY(`account`, `date`)
);
--> statement-breakpoint
CREATE TABLE `mrr_by_day_all_accounts` (
	`currency` text,
	`date` DATE NOT NULL,
	`accounts` integer,
	`mrr_in_cents` integer,
	`mrr` real,
	`first_mrr_in_cents` integer,
	`first_mrr` real,
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
	`new_business` real,
	`expansion_in_cents` integer,
	`expansion` real,
	`contraction_in_cents` integer,
	`contraction` real,
	`churn_in_cents` integer,
	`churn` real,
	`reactivation_in_cents` integer,
	`reactivation` real,
	`net_in_cents` integer,
	`net` real,
	`mrr_in_cents` integer,
	`mrr` real,
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
	`mrr_at_start` real,
	`new_business_in_cents` integer,
	`new_business` real,
	`expansion_in_cents` integer,
	`expansion` real,
	`contraction_in_cents` integer,
	`contraction` real,
	`churn_in_cents` integer,
	`churn` real,
	`reactivation_in_cents` integer,
	`reactivation` real,
	`net_in_cents` integer,
	`net` real,
	`mrr_in_cents` integer,
	`mrr` real,
	`customers_at_start` integer,
	`new_customers` integer,
	`churned_customers` integer,
	`reactivated_customers` integer,
	`customers` integer,
	PRIMARY KEY(`account`, `month`)
);
--> statement-breakpoint
CREATE TABLE `mrr_movements_by_month_all_accounts` (
	`currency` text,
	`month` DATE NOT NULL,
	`accounts` integer,
	`mrr_at_start_in_cents` integer,
	`mrr_at_start` real,
	`new_business_in_cents` integer,
	`new_business` real,
	`expansion_in_cents` integer,
	`expansion` real,
	`contraction_in_cents` integer,
	`contraction` real,
	`churn_in_cents` integer,
	`churn` real,
	`reactivation_in_cents` integer,
	`reactivation` real,
	`net_in_cents` integer,
	`net` real,
	`mrr_in_cents` integer,
	`mrr` real,
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
	`signup_mrr` real,
	`retained_mrr_in_cents` integer,
	`retained_mrr` real,
	`customer_retention_percent` real,
	`mrr_retention_percent` real,
	PRIMARY KEY(`account`, `cohort_month`, `months_since`)
);
--> statement-breakpoint
CREATE TABLE `retention_by_cohort_all_accounts` (
	`currency` text,
	`cohort_month` DATE NOT NULL,
	`months_since` integer NOT NULL,
	`accounts` integer,
	`customers` integer,
	`retained_customers` integer,
	`signup_mrr_in_cents` integer,
	`signup_mrr` real,
	`retained_mrr_in_cents` integer,
	`retained_mrr` real,
	`customer_retention_percent` real,
	`mrr_retention_percent` real,
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
	`mrr` real,
	`currency` text,
	`share_percent` real,
	`cumulative_share_percent` real,
	`rank_all_accounts` integer,
	`share_percent_all_accounts` real,
	`cumulative_share_percent_all_accounts` real,
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
	`conversion_percent` real,
	`average_days_to_convert` real,
	PRIMARY KEY(`account`, `trial_month`)
);
--> statement-breakpoint
CREATE TABLE `trial_conversion_by_month_all_accounts` (
	`trial_month` DATE PRIMARY KEY NOT NULL,
	`accounts` integer,
	`trials` integer,
	`converted` integer,
	`days_to_convert` integer,
	`conversion_percent` real,
	`average_days_to_convert` real
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
	`amount` real,
	`paid_in_cents` integer,
	`paid` real,
	`outstanding_in_cents` integer,
	`outstanding` real,
	`currency` text,
	`is_overdue` BOOLEAN,
	`days_overdue` integer,
	`overdue_for` text,
	`age_days` integer,
	PRIMARY KEY(`account`, `invoice_uuid`),
	FOREIGN KEY (`account`,`customer_uuid`) REFERENCES `customers`(`account`,`uuid`) ON UPDATE no action ON DELETE no action
);
