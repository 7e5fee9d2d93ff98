ALTER TABLE `accounts` ADD `churn_recognition` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `churn_when_zero_mrr` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `auto_churn_subscription` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `refund_handling` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `proximate_movement_reclassification` text;